/** How long an old secret goes on beside the new one, in seconds. */
import { t } from '$lib/words/index.svelte';

export const overlaps = () =>
  (
    [
      [0, 'now'],
      [3600, 'hour'],
      [86_400, 'day'],
      [604_800, 'week'],
    ] as const
  ).map(([seconds, name]) => ({ value: String(seconds), label: t(`overlap.${name}`) }));
