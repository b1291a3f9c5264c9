/** What is known of a batch. */
import type { Schemas } from '$lib/api';

export const STATES = ['open', 'redeemed', 'revoked', 'expired'] as const;

export const allOf = (batch: Schemas['BatchDetail']): number => STATES.reduce((sum, state) => sum + batch[state], 0);
