/** Types of every route, out of the API's own document: path, method, query, body and answer belong together. */
import type { components, paths } from '../../generated/api';

const _BASE = '/gongfang/v1';
type Base = typeof _BASE;

export type Schemas = components['schemas'];
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

type Own<P> = P extends `${Base}${infer Rest}` ? Rest : never;

/** The paths that know a method, without what all begin with. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? Own<P> : never;
}[keyof paths];

type Operation<M extends Method, P extends string> = `${Base}${P}` extends keyof paths
  ? paths[`${Base}${P}`] extends Record<M, infer O>
    ? O
    : never
  : never;

type Json<R> = R extends { content: { 'application/json': infer T } } ? T : undefined;

/** What a route answers when all went well. */
export type Answer<M extends Method, P extends string> =
  Operation<M, P> extends { responses: infer R } ? Json<R[Extract<keyof R, 200 | 201 | 202 | 204>]> : never;

/** What a route takes as its body. */
export type BodyOf<M extends Method, P extends string> =
  Operation<M, P> extends { requestBody: { content: { 'application/json': infer T } } }
    ? T
    : Operation<M, P> extends { requestBody?: { content: { 'application/json': infer T } } }
      ? T | undefined
      : undefined;

export type QueryOf<M extends Method, P extends string> =
  Operation<M, P> extends { parameters: { query?: infer Q } } ? Exclude<Q, undefined> : never;

/** What stands in the braces of a path. */
type Names<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

export interface Options<M extends Method, P extends string> {
  query?: QueryOf<M, P>;
  path?: Record<Names<P>, string>;
  /** The version that was read: nothing newer is changed. */
  ifMatch?: number | string;
  signal?: AbortSignal;
  /** Under which it is made once, however often it is sent; one of its own where absent. */
  idempotencyKey?: string;
}

/** A path with its braces filled. */
export function filled(path: string, values: Record<string, string> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}
