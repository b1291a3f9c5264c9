/**
 * Where tasks are, as the server tells it: one stream for all pages of a browser. The page that holds the lock has the stream, and
 * tells the others over a channel; they tell it what they watch.
 */
import { client } from '../api';
import type { TaskEvent } from '../api/sdk';

type Listener = (event: TaskEvent) => void;
type Said = { kind: 'watch'; from: string; tasks: string[] } | { kind: 'ask' } | { kind: 'event'; event: TaskEvent };

/** What one stream carries at most (docs/api.md, Following tasks and lists). */
const MOST = 50;

const me = Array.from(crypto.getRandomValues(new Uint32Array(2)), String).join('-');
const listeners = new Map<string, Set<Listener>>();
const others = new Map<string, string[]>();
const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('gongfang.live');
let leads = false;
let stop: AbortController | undefined;
let streamed = '';
let waiting: ReturnType<typeof setTimeout> | undefined;
let queued = false;

/** Calls `listener` whenever one of these tasks changes; call what is returned to end it. */
export function follow(tasks: readonly string[], listener: Listener): () => void {
  for (const task of tasks) {
    const known = listeners.get(task) ?? new Set();
    listeners.set(task, known.add(listener));
  }
  changed();
  return () => {
    for (const task of tasks) {
      const known = listeners.get(task);
      known?.delete(listener);
      if (known?.size === 0) listeners.delete(task);
    }
    changed();
  };
}

/** Ends the stream and forgets everybody: after signing out. */
export function silence() {
  listeners.clear();
  others.clear();
  changed();
}

function changed() {
  tell({ kind: 'watch', from: me, tasks: [...listeners.keys()] });
  if (listeners.size > 0) lead();
  restart();
}

/** Waits to become the page that has the stream. Without locks every page has its own. */
function lead() {
  if (queued) return;
  queued = true;
  const take = () => {
    leads = true;
    tell({ kind: 'ask' });
    restart();
    return new Promise<void>(() => undefined);
  };
  if (navigator.locks) void navigator.locks.request('gongfang.live', take);
  else void take();
}

function restart() {
  clearTimeout(waiting);
  // Several parts of a page begin to watch in one moment: they share a stream.
  waiting = setTimeout(() => {
    if (!leads) return;
    const tasks = [...new Set([...listeners.keys(), ...[...others.values()].flat()])].sort().slice(0, MOST);
    if (tasks.join() === streamed) return;
    streamed = tasks.join();
    stop?.abort();
    stop = undefined;
    if (tasks.length > 0) void run(tasks);
  }, 50);
}

async function run(tasks: string[]) {
  const own = new AbortController();
  stop = own;
  try {
    for await (const event of client().events(tasks, own.signal)) {
      heard(event);
      tell({ kind: 'event', event });
    }
  } catch {
    // Refused, as after signing out: whoever watches next begins anew.
    if (stop === own) streamed = '';
  }
}

function heard(event: TaskEvent) {
  for (const listener of listeners.get(event.id) ?? []) listener(event);
}

function tell(said: Said) {
  channel?.postMessage(said);
}

if (channel) {
  channel.onmessage = ({ data }: MessageEvent<Said>) => {
    switch (data.kind) {
      case 'event':
        heard(data.event);
        break;
      case 'ask':
        tell({ kind: 'watch', from: me, tasks: [...listeners.keys()] });
        break;
      case 'watch':
        if (data.tasks.length > 0) others.set(data.from, data.tasks);
        else others.delete(data.from);
        restart();
        break;
    }
  };
  addEventListener('pagehide', () => tell({ kind: 'watch', from: me, tasks: [] }));
}
