/** The one clock of all relative times: it goes on once a minute, and only where somebody reads it. */
import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 60_000);
  return () => clearInterval(timer);
});

export const clock = {
  get now() {
    subscribe();
    return Date.now();
  },
};
