/** The parts of a server as people read them. */
import { t, word } from './words/index.svelte';

/** A part's name as people read it; queues are called `queue.anime` and so on. */
export function partName(name: string): string {
  const kind = /^queue\.(.+)$/.exec(name)?.[1];
  if (kind) return t('part.queue', { kind: word('kind', kind) });
  return name === 'mail' || name === 'sms' ? t(`check.${name}`) : word('part', name);
}
