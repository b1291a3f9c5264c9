import { expect, test } from 'vitest';
import { back, filtersOf, further, placeOf, withFilter } from './list';

test('a filter that changes leads to the first page, and keeps the others', () => {
  const params = new URLSearchParams('state=failed&kind=anime&at=c1&at=c2');
  expect(withFilter(params, 'state', 'running')).toBe('?state=running&kind=anime');
  expect(withFilter(params, 'state', '')).toBe('?kind=anime');
  expect(withFilter(new URLSearchParams('state=failed'), 'state', '')).toBe('?');
  expect(params.getAll('at')).toEqual(['c1', 'c2']);
});

test('pages go forth and back', () => {
  let params = new URLSearchParams('state=failed');
  params = new URLSearchParams(further(params, 'c1'));
  params = new URLSearchParams(further(params, 'c2'));
  expect(placeOf(params)).toEqual(['c1', 'c2']);
  expect(back(params)).toBe('?state=failed&at=c1');
  expect(back(new URLSearchParams(back(params)))).toBe('?state=failed');
});

test('only filters that a list knows are taken from an address', () => {
  expect(filtersOf(new URLSearchParams('state=failed&evil=1&kind='), ['state', 'kind'])).toEqual({ state: 'failed' });
});
