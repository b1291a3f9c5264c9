import { Problem } from "./problem.js";
import type { Page, StreamEvent, TaskEvent } from "./types.js";

const ENDED = ["succeeded", "failed", "cancelled"];
/** What may be asked again: the server did nothing, or did it under the same key. */
const AGAIN = [429, 502, 503, 504];

export interface ClientOptions {
  /** An API key or a session's token; without one a browser's cookie counts. */
  key?: string;
  /** The language of what people read: `en` or `zh`. */
  language?: string;
  /** Milliseconds that an answer may take. */
  timeout?: number;
  /** How often something is tried at most. */
  tries?: number;
}

export type Query = Record<string, string | number | boolean | undefined>;

interface Sent {
  body?: unknown;
  query?: Query;
  headers?: Record<string, string>;
  /** Under which a POST is made once, however often it is sent. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

const rest = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** A server, and who asks. */
export class Client {
  readonly base: string;
  private key: string | undefined;
  private readonly language: string;
  private readonly timeout: number;
  private readonly tries: number;

  constructor(url: string, options: ClientOptions = {}) {
    this.base = `${url.replace(/\/+$/, "")}/gongfang/v1`;
    this.key = options.key;
    this.language = options.language ?? "en";
    this.timeout = options.timeout ?? 60_000;
    this.tries = options.tries ?? 4;
  }

  /** Opens a session: a token that this client goes on with, or a cookie that the browser keeps. */
  async signIn(name: string, password: string, options: { cookie?: boolean } = {}): Promise<{ account: string }> {
    const body = { name, password, ...(options.cookie ? { cookie: true } : {}) };
    const session = await this.post<{ token: string | null; account: string }>("/sessions", body);
    this.key = session.token ?? undefined;
    return { account: session.account };
  }

  get<T = unknown>(path: string, query: Query = {}): Promise<T> {
    return this.request<T>("GET", path, { query });
  }

  post<T = unknown>(path: string, body?: unknown, idempotencyKey: string = crypto.randomUUID()): Promise<T> {
    return this.request<T>("POST", path, { body, idempotencyKey });
  }

  put<T = unknown>(path: string, body: unknown): Promise<T> {
    return this.request<T>("PUT", path, { body });
  }

  /** Changes something; with `ifMatch` only where it still has that version. */
  patch<T = unknown>(path: string, body: unknown, ifMatch?: string | number): Promise<T> {
    const headers: Record<string, string> = ifMatch === undefined ? {} : { "If-Match": `"${ifMatch}"` };
    return this.request<T>("PATCH", path, { body, headers });
  }

  delete<T = unknown>(path: string, body?: unknown): Promise<T> {
    return this.request<T>("DELETE", path, { body });
  }

  /** Everything in a list, whatever its length. */
  async *pages<T = unknown>(path: string, query: Query = {}): AsyncGenerator<T> {
    for (let cursor: string | undefined; ; ) {
      const page: Page<T> = await this.get(path, { ...query, cursor });
      yield* page.items;
      if (!page.next) return;
      cursor = page.next;
    }
  }

  /** Sends a request, and again where that is safe. */
  async request<T>(method: string, path: string, sent: Sent = {}): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      let wait: number | undefined;
      try {
        const answer = await this.send(method, path, { ...sent, signal: sent.signal ?? AbortSignal.timeout(this.timeout) });
        const text = await answer.text();
        return (text ? JSON.parse(text) : undefined) as T;
      } catch (error) {
        const refused = error instanceof Problem;
        if (attempt >= this.tries || (refused && !AGAIN.includes(error.status))) throw error;
        // A POST without a key might have been heard: it is not sent again.
        if (!refused && method === "POST" && !sent.idempotencyKey) throw error;
        wait = refused ? error.retryAfter : undefined;
      }
      await rest(wait !== undefined ? wait * 1000 : Math.min(2 ** attempt * 250, 8000) * (0.5 + Math.random()));
    }
  }

  private async send(method: string, path: string, sent: Sent): Promise<Response> {
    const url = new URL(this.base + path);
    for (const [name, value] of Object.entries(sent.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const headers: Record<string, string> = { "Accept-Language": this.language, ...sent.headers };
    if (this.key) headers["Authorization"] = `Bearer ${this.key}`;
    if (sent.idempotencyKey) headers["Idempotency-Key"] = sent.idempotencyKey;
    if (sent.body !== undefined) headers["Content-Type"] = "application/json";
    const request: RequestInit = { method, headers, credentials: "same-origin" };
    if (sent.body !== undefined) request.body = JSON.stringify(sent.body);
    if (sent.signal) request.signal = sent.signal;
    const answer = await fetch(url, request);
    if (answer.ok) return answer;
    const text = await answer.text();
    let said: Record<string, unknown> = { title: text.slice(0, 200) };
    try {
      said = JSON.parse(text) as Record<string, unknown>;
    } catch {
      // No JSON: what stands there is the title.
    }
    const after = Number(answer.headers.get("retry-after") ?? Number.NaN);
    throw Number.isFinite(after) ? new Problem(answer.status, said, after) : new Problem(answer.status, said);
  }

  /** The states of tasks as they change, for ever. */
  async *events(tasks: string[], signal?: AbortSignal): AsyncGenerator<TaskEvent> {
    for await (const event of this.stream(tasks, { signal })) if (event.kind === "task") yield event.task;
  }

  /**
   * What happens to tasks and lists (`tasks`, `orders`, `wallet`, for administrators `queues`), for ever: the stream is opened again where
   * it ends, and goes on where it was. `account` is for administrators: whose lists, as `acct_3` or `all`.
   */
  async *stream(topics: string[], { signal, account }: { signal?: AbortSignal | undefined; account?: string } = {}): AsyncGenerator<StreamEvent> {
    let last: string | undefined;
    while (!signal?.aborted) {
      try {
        const headers: Record<string, string> = { Accept: "text/event-stream", ...(last ? { "Last-Event-ID": last } : {}) };
        const sent: Sent = { query: { topics: topics.join(","), account }, headers };
        if (signal) sent.signal = signal;
        const answer = await this.send("GET", "/events", sent);
        for await (const event of messages(answer)) {
          last = event.id ?? last;
          if (event.kind === "task") yield { kind: "task", task: JSON.parse(event.data) as TaskEvent };
          if (event.kind === "list") yield { kind: "list", ...(JSON.parse(event.data) as { list: string }) };
        }
      } catch (error) {
        if (signal?.aborted) return;
        if (error instanceof Problem && !AGAIN.includes(error.status)) throw error;
      }
      await rest(1000 * (1 + Math.random()));
    }
  }

  /** The states of a task until it has ended. */
  async *follow(task: string): AsyncGenerator<TaskEvent> {
    const stop = new AbortController();
    try {
      for await (const event of this.events([task], stop.signal)) {
        yield event;
        if (ENDED.includes(event.state)) return;
      }
    } finally {
      stop.abort();
    }
  }
}

interface Message {
  id: string | undefined;
  kind: string;
  data: string;
}

/** The messages of an event stream (WHATWG HTML, 9.2). */
async function* messages(answer: Response): AsyncGenerator<Message> {
  const decoder = new TextDecoder();
  let [buffer, id, kind] = ["", undefined as string | undefined, "message"];
  let data: string[] = [];
  if (!answer.body) return;
  const reader = answer.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      buffer += decoder.decode(value, { stream: true });
      const lines = buffer.split(/\r?\n/);
      buffer = lines.pop() ?? "";
      for (const line of lines) {
        const at = line.indexOf(":");
        const name = at < 0 ? line : line.slice(0, at);
        const text = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
        if (line === "") {
          if (data.length > 0) yield { id, kind, data: data.join("\n") };
          [kind, data] = ["message", []];
        } else if (name === "id") id = text;
        else if (name === "event") kind = text;
        else if (name === "data") data.push(text);
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
