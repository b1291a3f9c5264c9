/** How lists stay fresh: asked again while somebody looks, and old rows stay until new ones are here. */
import { keepPreviousData } from '@tanstack/svelte-query';

export const fresh = { refetchInterval: 15_000, placeholderData: keepPreviousData } as const;
