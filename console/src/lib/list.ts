/** Lists whose filters and place stand in the address: a page can be reloaded, sent to somebody, and gone back from. */
/** The query of an address, to be read. */
export type Params = Pick<URLSearchParams, 'get' | 'getAll' | 'toString'>;

export interface Filters {
  [name: string]: string;
}

/** The filters that an address names, of those that a list knows. */
export function filtersOf(params: Params, names: readonly string[]): Filters {
  const known = names.map((name) => [name, params.get(name) ?? ''] as const);
  return Object.fromEntries(known.filter(([, value]) => value !== ''));
}

/** What a list asks the API for: the filters of the address, and the place in it. */
export function queryOf<const Name extends string>(params: Params, names: readonly Name[], limit = 20) {
  const cursor = placeOf(params).at(-1);
  const filters = filtersOf(params, names) as { [N in Name]?: string };
  return { ...filters, limit, ...(cursor ? { cursor } : {}) };
}

/** The cursors behind us and the one we are at; the first page has none. */
export function placeOf(params: Params): string[] {
  return params.getAll('at');
}

/** The query of an address with a filter changed; that leads to the first page, for the old place means nothing now. */
export function withFilter(params: Params, name: string, value: string): string {
  const next = new URLSearchParams(params.toString());
  next.delete('at');
  if (value) next.set(name, value);
  else next.delete(name);
  return query(next);
}

/** The query of the page that begins at a cursor. */
export function further(params: Params, cursor: string): string {
  const next = new URLSearchParams(params.toString());
  next.append('at', cursor);
  return query(next);
}

/** The query of the page before this one. */
export function back(params: Params): string {
  const next = new URLSearchParams(params.toString());
  const place = next.getAll('at').slice(0, -1);
  next.delete('at');
  for (const cursor of place) next.append('at', cursor);
  return query(next);
}

function query(params: URLSearchParams): string {
  const text = params.toString();
  return text ? `?${text}` : '?';
}
