/** The API as pages use it: the library's client with the browser's cookie, typed by the API's document, and remembered. */
import { prefs, type Language } from '../prefs.svelte';
import { proof } from './proof.svelte';
import { requests } from './requests.svelte';
import { Client, Problem } from './sdk';
import { filled, type Answer, type BodyOf, type Method, type Options, type PathOf } from './typed';

export { Problem } from './sdk';
export type { Schemas } from './typed';

type Sent = NonNullable<Parameters<Client['request']>[2]>;

/** The library's client, which writes down what it asks. */
class Remembering extends Client {
  override async request<T>(method: string, path: string, sent: Sent = {}): Promise<T> {
    const [at, began] = [Date.now(), performance.now()];
    const pairs = Object.entries(sent.query ?? {}).filter(([, value]) => value !== undefined);
    const query = Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]));
    const done = (status: number) =>
      requests.add({ method, path, query, body: sent.body, status, ms: performance.now() - began, at });
    try {
      const answer = await super.request<T>(method, path, sent);
      done(200);
      return answer;
    } catch (error) {
      done(error instanceof Problem ? error.status : 0);
      throw error;
    }
  }
}

const clients = new Map<Language, Client>();

/** The client that asks in the reader's language. Queries try again by themselves, so it does not. */
export function client(): Client {
  const language = prefs.language;
  const known = clients.get(language) ?? new Remembering(location.origin, { language, tries: 1, timeout: 30_000 });
  clients.set(language, known);
  return known;
}

async function ask<M extends Method, P extends string>(method: M, path: P, body: unknown, options: Options<M, P> = {}) {
  const sent: Sent = {};
  if (body !== undefined) sent.body = body;
  if (options.query) sent.query = options.query as NonNullable<Sent['query']>;
  if (options.ifMatch !== undefined) sent.headers = { 'If-Match': `"${options.ifMatch}"` };
  if (options.signal) sent.signal = options.signal;
  if (method === 'post') sent.idempotencyKey = options.idempotencyKey ?? idempotencyKey();
  const values = options.path as Record<string, string> | undefined;
  const send = () => client().request<Answer<M, P>>(method.toUpperCase(), filled(path, values), sent);
  try {
    return await send();
  } catch (error) {
    // What is dangerous asks for a fresh proof; whoever gives it goes on with what they did.
    if (!(error instanceof Problem) || error.code !== 'step_up_required' || !(await proof.ask())) throw error;
    return send();
  }
}

/** One function a method; paths are as the API's document has them: `api.get('/tasks/{id}', { path: { id } })`. */
export const api = {
  get: <P extends PathOf<'get'>>(path: P, options?: Options<'get', P>) => ask('get', path, undefined, options),
  post: <P extends PathOf<'post'>>(path: P, body?: BodyOf<'post', P>, options?: Options<'post', P>) =>
    ask('post', path, body, options),
  put: <P extends PathOf<'put'>>(path: P, body?: BodyOf<'put', P>, options?: Options<'put', P>) =>
    ask('put', path, body, options),
  patch: <P extends PathOf<'patch'>>(path: P, body?: BodyOf<'patch', P>, options?: Options<'patch', P>) =>
    ask('patch', path, body, options),
  delete: <P extends PathOf<'delete'>>(path: P, body?: BodyOf<'delete', P>, options?: Options<'delete', P>) =>
    ask('delete', path, body, options),
};

/** Random also where a page came over plain http, which has no `randomUUID`. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
