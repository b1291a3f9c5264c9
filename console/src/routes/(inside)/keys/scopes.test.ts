import { expect, test } from 'vitest';
import { linesOf, scopesOf } from './scopes';

test('grants become scopes', () => {
  expect(scopesOf({ tasks: 'write', wallet: 'read', orders: '' }, ' translate，metered ')).toEqual([
    'tasks:write',
    'wallet:read',
    'worker:translate',
    'worker:metered',
  ]);
  expect(scopesOf({ tasks: '' }, '')).toEqual([]);
  expect(linesOf('192.0.2.0/24\n\n 198.51.100.7, ::1')).toEqual(['192.0.2.0/24', '198.51.100.7', '::1']);
});
