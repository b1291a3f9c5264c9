/** Webhooks that arrive: Standard Webhooks 1.0 (https://www.standardwebhooks.com). */

/** What a webhook tells. */
export interface WebhookEvent<T = Record<string, unknown>> {
  /** As `task.succeeded`. */
  type: string;
  /** When it happened, as RFC 3339. */
  timestamp: string;
  data: T;
}

/** What arrived is not from the server with this secret, or is too old. */
export class WebhookError extends Error {
  override name = "WebhookError";
}

const bytes = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

/**
 * The event in a webhook, once its signature has proved who sent it.
 *
 * @param body exactly as it arrived
 * @param now in seconds; the clock's where it is absent
 */
export async function verifyWebhook(
  body: string,
  headers: Record<string, string | undefined>,
  secret: string,
  now: number = Date.now() / 1000,
  tolerance = 300,
): Promise<WebhookEvent> {
  const known = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const [id, stamp, signatures] = ["id", "timestamp", "signature"].map((name) => known.get(`webhook-${name}`));
  if (!id || !stamp || !signatures || !/^\d+$/.test(stamp)) throw new WebhookError("a header is missing or malformed");
  if (Math.abs(now - Number(stamp)) > tolerance) throw new WebhookError("the timestamp is too far from now");
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes(secret.replace(/^whsec_/, "")), hmac, false, ["verify"]);
  const signed = new TextEncoder().encode(`${id}.${stamp}.${body}`);
  for (const signature of signatures.split(" ")) {
    const [version, text] = signature.split(",", 2);
    if (version !== "v1" || !text) continue;
    let given: Uint8Array<ArrayBuffer>;
    try {
      given = bytes(text);
    } catch {
      continue;
    }
    if (await crypto.subtle.verify("HMAC", key, given, signed)) return JSON.parse(body) as WebhookEvent;
  }
  throw new WebhookError("no signature verifies");
}
