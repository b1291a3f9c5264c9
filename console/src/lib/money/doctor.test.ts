import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { t } from '../words/index.svelte';
import { zh } from '../words/zh';
import { diagnosis, finding, folded, NAMES } from './doctor';

const event = (what: string, detail = '') => ({ what, detail, created_at: '2026-11-29T03:04:05.000006Z' });
const order = (status: string, ...timeline: ReturnType<typeof event>[]) => ({
  id: 'order_1',
  account: 'acct_3',
  amount: { amount: '12.50', currency: 'CNY' },
  status,
  kind: 'payment',
  created_at: '2026-11-29T03:04:05.000006Z',
  timeline: [event('created', '12.50'), event('jumped', 'http://gateway.example.com'), ...timeline],
});

test('every finding has its words', () => {
  for (const name of NAMES) expect(zh).toHaveProperty([`doctor.${name}`]);
});

test('what the server says of an order is understood', () => {
  const folder = new URL('../../../../crates/engine/src/order/', import.meta.url);
  const sources = ['notify.rs', 'recheck.rs', 'settle.rs', 'mod.rs', 'journal.rs']
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n');
  const said: [string, string][] = [
    ['callback', 'refused: another amount'],
    ['callback', 'refused: the gateway does not confirm it'],
    ['query', 'the gateway says that it is paid'],
    ['query', 'the gateway says that it is not paid'],
    ['query', 'the gateway does not know it: nobody has gone there yet'],
    ['query', 'the gateway says that another amount is paid: nothing is credited'],
    ['alarm', 'paid, and its account is closed: give the money back at the gateway'],
  ];
  for (const [what, detail] of said) {
    expect(sources, detail).toContain(detail);
    expect(finding(event(what, detail)).title, detail).not.toBe(what);
  }
  expect(finding(event('something new', 'x'))).toEqual({ tone: 'plain', title: 'something new' });
});

test('the refusal is named before a question that came to nothing', () => {
  const refused = event('callback', 'refused: the signature does not verify');
  const asked = event('query', 'the gateway does not know it: nobody has gone there yet');
  expect(diagnosis(order('pending', asked, refused, asked, asked))).toEqual(finding(refused));
  expect(diagnosis(order('pending')).title).toBe(t('doctor.silent'));
  expect(diagnosis(order('paid', event('paid', 'trade 1'))).tone).toBe('good');
  expect(diagnosis(order('paid', event('alarm', 'paid a second time, not credited; trade 2'))).tone).toBe('bad');
});

test('what repeats itself is one line', () => {
  const asked = event('query', 'the gateway says that it is not paid');
  expect(folded([event('created'), asked, asked, asked]).map((one) => one.times)).toEqual([1, 3]);
});
