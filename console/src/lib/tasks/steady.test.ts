import { expect, test } from 'vitest';
import { Steady } from './steady.svelte';

const rows = (...ids: string[]) => ids.map((id) => ({ id, n: 0 }));
const ids = (list: Steady<{ id: string; n: number }>) => list.shown?.map((row) => row.id).join(' ');

test('nothing moves while somebody is busy with the list', () => {
  const list = new Steady<{ id: string; n: number }>();
  list.take(rows('b', 'a'), 'all', false);
  list.take(
    [
      { id: 'c', n: 0 },
      { id: 'b', n: 1 },
    ],
    'all',
    true,
  );
  expect(ids(list)).toBe('b a');
  expect(list.shown![0]!.n).toBe(1);
  expect(list.waiting).toBe(1);
  list.settle();
  expect(ids(list)).toBe('c b');
  expect(list.waiting).toBe(0);
});

test('another list is shown at once', () => {
  const list = new Steady<{ id: string; n: number }>();
  list.take(rows('a'), 'all', false);
  list.take(rows('z'), 'failed', true);
  expect(ids(list)).toBe('z');
  list.patch('z', { n: 3 });
  expect(list.shown![0]!.n).toBe(3);
});
