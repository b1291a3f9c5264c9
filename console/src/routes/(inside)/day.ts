/** What a day's numbers say. Sums are the server's: nothing is added up here but counts. */
import type { Schemas } from '$lib/api';
import { money } from '$lib/format';

type Day = Schemas['Day'];

export const counted = (day: Day, state: string): number => day.tasks[state] ?? 0;

export const tasksIn = (day: Day): number => Object.values(day.tasks).reduce((sum, count) => sum + count, 0);

/** What was booked for one cause, in money and without its sign: the label says which way it went. */
export function booked(day: Day, cause: string): string {
  const one = day.booked.find((each) => each.cause === cause && 'amount' in each.amount);
  const amount = one && 'amount' in one.amount ? one.amount.amount : '0';
  return money(amount.replace(/^-/, ''));
}
