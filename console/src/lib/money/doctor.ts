/** What happened to an order, in words, and what to do about it. The server's own words are kept beside them. */
import type { Schemas } from '../api';
import { money } from '../format';
import { t, type Key } from '../words/index.svelte';

type Order = Schemas['OrderDetail'];
type Event = Order['timeline'][number];
type Tone = 'plain' | 'good' | 'warn' | 'bad';

export interface Finding {
  tone: Tone;
  title: string;
  /** What to do, where there is something to do. */
  todo?: string;
}

type Rule = [what: string, detail: RegExp, name: string, tone: Tone];

/** The first rule that fits; `doctor.NAME` says it, and `todo.NAME` what to do. */
const RULES: readonly Rule[] = [
  ['created', /by hand$/, 'created_by_hand', 'plain'],
  ['created', /^/, 'created', 'plain'],
  ['jumped', /^/, 'jumped', 'plain'],
  ['restored', /^/, 'restored', 'plain'],
  ['callback', /signature does not verify/, 'signature', 'bad'],
  ['callback', /another merchant/, 'merchant', 'bad'],
  ['callback', /missing or malformed/, 'malformed', 'bad'],
  ['callback', /another amount/, 'amount', 'bad'],
  ['callback', /does not confirm/, 'unconfirmed', 'bad'],
  ['callback', /nothing is credited$/, 'unpaid_status', 'warn'],
  ['callback', /^believed/, 'believed', 'good'],
  ['query', /under no number/, 'no_number', 'bad'],
  ['query', /another amount/, 'query_amount', 'bad'],
  ['query', /that it is paid$/, 'query_paid', 'good'],
  ['query', /not paid$/, 'query_unpaid', 'warn'],
  ['query', /does not know it/, 'query_unknown', 'warn'],
  ['query', /says status/, 'query_other', 'warn'],
  ['query', /does not say/, 'query_silent', 'bad'],
  ['paid', /administrator's hand/, 'paid_by_hand', 'good'],
  ['paid', /^/, 'paid', 'good'],
  ['expired', /^/, 'expired', 'plain'],
  ['cancelled', /^/, 'cancelled', 'plain'],
  ['alarm', /after it was cancelled/, 'alarm_cancelled', 'bad'],
  ['alarm', /second time/, 'alarm_twice', 'bad'],
  ['alarm', /another order/, 'alarm_other', 'bad'],
  ['alarm', /account is closed/, 'alarm_closed', 'bad'],
];

export const NAMES: readonly string[] = RULES.map((rule) => rule[2]);

const TODO = new Set([
  ...['signature', 'merchant', 'malformed', 'amount', 'unconfirmed', 'unpaid_status', 'no_number', 'query_amount'],
  ...['query_unpaid', 'query_unknown', 'query_other', 'query_silent', 'expired'],
  ...['alarm_cancelled', 'alarm_twice', 'alarm_other', 'alarm_closed'],
]);

function found(name: string, tone: Tone): Finding {
  const title = t(`doctor.${name}` as Key);
  return TODO.has(name) ? { tone, title, todo: t(`todo.${name}` as Key) } : { tone, title };
}

export function finding(event: Event): Finding {
  const rule = RULES.find(([what, detail]) => what === event.what && detail.test(event.detail));
  return rule ? found(rule[2], rule[3]) : { tone: 'plain', title: event.what };
}

/** Events of which several in a row say the same are one, with how often it was; the time is the last one's. */
export function folded(events: readonly Event[]): (Event & { times: number })[] {
  const lines: (Event & { times: number })[] = [];
  for (const event of events) {
    const last = lines.at(-1);
    const same = last && last.what === event.what && last.detail === event.detail;
    if (same) lines.splice(-1, 1, { ...event, times: last.times + 1 });
    else lines.push({ ...event, times: 1 });
  }
  return lines;
}

/** What an administrator should know first. */
export function diagnosis(order: Order): Finding {
  const alarm = order.timeline.findLast((event) => event.what === 'alarm');
  if (alarm) return finding(alarm);
  const amount = 'amount' in order.amount ? money(order.amount.amount, order.amount.currency) : '';
  if (order.status === 'paid') return { tone: 'good', title: t('doctor.all_well', { amount }) };
  // The last that says more than that the order is there; a refused callback weighs more than a question that came to nothing.
  const told = order.timeline.filter((event) => ['callback', 'query'].includes(event.what));
  const refused = told.findLast((event) => finding(event).tone === 'bad');
  const last = refused ?? told.at(-1);
  if (order.kind === 'manual' && order.status === 'pending') {
    return { tone: 'warn', title: t('doctor.manual_waits'), todo: t('todo.manual_waits') };
  }
  if (last) return finding(last);
  if (order.status !== 'pending') return finding(order.timeline.at(-1)!);
  return { tone: 'warn', title: t('doctor.silent'), todo: t('todo.silent') };
}
