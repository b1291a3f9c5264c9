/** Webhooks as people read them. */
import type { Schemas } from './api';
import { t, word } from './words/index.svelte';

export const TYPES = [
  'task.succeeded',
  'task.failed',
  'task.cancelled',
  'order.paid',
  'wallet.low',
  'code.redeemed',
] as const;

export const eventName = (type: string) => word('event', type.replace('.', '_'));

type Try = Pick<Schemas['WebhookTry'], 'status' | 'error'>;

/** What came of a try: its status, or why there was none. */
export const answerOf = (one: Try) =>
  typeof one.status === 'number' ? t('hooks.status', { status: one.status }) : (one.error ?? t('hooks.no_answer'));

const TONES: Record<string, 'good' | 'bad' | 'warn'> = { delivered: 'good', failed: 'bad', held: 'warn' };
export const toneOf = (state: string) => TONES[state] ?? 'plain';
