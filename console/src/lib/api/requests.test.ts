import { expect, test } from 'vitest';
import { asProgram, masked, type Asked } from './requests.svelte';
import { filled } from './typed';

const asked = (change: Partial<Asked>): Asked => ({
  method: 'GET',
  path: '/tasks',
  query: {},
  body: undefined,
  status: 200,
  ms: 1,
  at: 0,
  ...change,
});

test('secrets are not copied', () => {
  const body = { name: 'lin', password: 'p', nested: [{ secret: 's', totp: '1', new: 'n', current: 'c' }] };
  expect(masked(body)).toEqual({
    name: 'lin',
    password: '…',
    nested: [{ secret: '…', totp: '…', new: '…', current: '…' }],
  });
});

test('a request is told in three tongues', () => {
  const list = asked({ query: { state: 'failed' } });
  expect(asProgram(list, 'curl', 'http://x')).toContain(`'http://x/gongfang/v1/tasks?state=failed'`);
  expect(asProgram(list, 'typescript', 'http://x')).toContain(`client.get('/tasks', {"state":"failed"})`);
  expect(asProgram(list, 'python', 'http://x')).toContain(`client.get("/tasks", state="failed")`);
  const posted = asked({ method: 'POST', body: { text: "it's" } });
  expect(asProgram(posted, 'curl', 'http://x')).toContain(`-d '{"text":"it'\\''s"}'`);
});

test('an id cannot leave its place in a path', () => {
  expect(filled('/tasks/{id}/log', { id: 'a/../b?c' })).toBe('/tasks/a%2F..%2Fb%3Fc/log');
});
