/** What a day's numbers say. Sums are the server's: nothing is added up here but counts. */
import type { Schemas } from '$lib/api';
import { money } from '$lib/format';
import { word } from '$lib/words/index.svelte';

type Day = Schemas['Day'];

export const counted = (day: Day, state: string): number => day.tasks[state] ?? 0;

export const tasksIn = (day: Day): number => Object.values(day.tasks).reduce((sum, count) => sum + count, 0);

/** What was booked for one cause, in money and without its sign: the label says which way it went. */
export function booked(day: Day, cause: string): string {
  const one = day.booked.find((each) => each.cause === cause && 'amount' in each.amount);
  const amount = one && 'amount' in one.amount ? one.amount.amount : '0';
  return money(amount.replace(/^-/, ''));
}

type Days = Schemas['Overview'];

/** The causes of money on one of the two days, for a chart; lengths are drawn from floats, texts are the server's. */
export function bookedLines(days: Days) {
  const causes = [...days.today.booked, ...days.yesterday.booked].filter((one) => 'amount' in one.amount);
  return [...new Set(causes.map((one) => one.cause))].map((cause) => {
    const size = (day: Day) => {
      const one = day.booked.find((each) => each.cause === cause && 'amount' in each.amount);
      return one && 'amount' in one.amount ? Math.abs(Number(one.amount.amount)) : 0;
    };
    const said: [string, string] = [booked(days.today, cause), booked(days.yesterday, cause)];
    return { id: cause, label: word('cause', cause), now: size(days.today), before: size(days.yesterday), said };
  });
}

/** Tasks by where they are now, for a chart. */
export function stateLines(days: Days, n: (value: number) => string) {
  const states = [...new Set([...Object.keys(days.today.tasks), ...Object.keys(days.yesterday.tasks)])];
  return states.map((state) => {
    const [now, before] = [counted(days.today, state), counted(days.yesterday, state)];
    return { id: state, label: word('task', state), now, before, said: [n(now), n(before)] as [string, string] };
  });
}
