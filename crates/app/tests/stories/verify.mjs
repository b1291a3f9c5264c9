// Verifies messages with the library of Standard Webhooks, as a receiver does; prints what was in each.
import { createRequire } from "node:module";

const require = createRequire(process.argv[3] + "/");
const { Webhook, WebhookVerificationError } = require("standardwebhooks");

const given = JSON.parse(process.argv[2]);
const refused = (verify) => {
  try {
    verify();
  } catch (error) {
    if (error instanceof WebhookVerificationError) return;
    throw error;
  }
  throw new Error("what was changed was taken for good");
};
const webhook = new Webhook(given.secret);
for (const { body, headers } of given.messages) {
  console.log(webhook.verify(body, headers).type);
  refused(() => webhook.verify(body.replace("sequence", "Sequence"), headers));
  refused(() => new Webhook("whsec_" + "QUJD".repeat(10)).verify(body, headers));
}
