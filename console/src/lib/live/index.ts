/**
 * Where tasks are and which lists have changed, as the server tells it: one stream for all pages of a browser. The page that holds the
 * lock has the stream, and tells the others over a channel; they tell it what they watch.
 */
import { client } from '../api';
import type { StreamEvent, TaskEvent } from '../api/sdk';

/** The lists that a stream has news of. */
export type List = 'tasks' | 'orders' | 'wallet' | 'queues';

type Listener = (event: StreamEvent) => void;
type Said = { kind: 'watch'; from: string; topics: string[] } | { kind: 'ask' } | { kind: 'event'; event: StreamEvent };

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
let everybodys = false;

/** Calls `listener` whenever one of these tasks changes; call what is returned to end it. */
export function follow(tasks: readonly string[], listener: (event: TaskEvent) => void): () => void {
  return listen(tasks, (event) => event.kind === 'task' && listener(event.task));
}

/** Calls `changed` whenever one of these lists may be another than before; call what is returned to end it. */
export function watch(lists: readonly List[], changed: () => unknown): () => void {
  return listen(lists, (event) => event.kind === 'list' && void changed());
}

/** Whether the lists are everybody's, which administrators see. */
export function watchEverybody(on: boolean) {
  if (on === everybodys) return;
  everybodys = on;
  restart();
}

function listen(topics: readonly string[], listener: Listener): () => void {
  for (const topic of topics) {
    const known = listeners.get(topic) ?? new Set();
    listeners.set(topic, known.add(listener));
  }
  changed();
  return () => {
    for (const topic of topics) {
      const known = listeners.get(topic);
      known?.delete(listener);
      if (known?.size === 0) listeners.delete(topic);
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
  tell({ kind: 'watch', from: me, topics: [...listeners.keys()] });
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
    // Lists have no `_` in their names and are few: they come first, so that many tasks do not crowd them out.
    const all = [...new Set([...listeners.keys(), ...[...others.values()].flat()])].sort();
    const [lists, tasks] = [all.filter((topic) => !topic.includes('_')), all.filter((topic) => topic.includes('_'))];
    const topics = [...lists, ...tasks].slice(0, MOST);
    const account = everybodys && lists.length > 0 ? 'all' : undefined;
    const wanted = [...topics, account].join();
    if (wanted === streamed) return;
    streamed = wanted;
    stop?.abort();
    stop = undefined;
    if (topics.length > 0) void run(topics, account);
  }, 50);
}

async function run(topics: string[], account: string | undefined) {
  const own = new AbortController();
  stop = own;
  try {
    for await (const event of client().stream(topics, { signal: own.signal, ...(account && { account }) })) {
      heard(event);
      tell({ kind: 'event', event });
    }
  } catch {
    // Refused, as after signing out: whoever watches next begins anew.
    if (stop === own) streamed = '';
  }
}

function heard(event: StreamEvent) {
  for (const listener of listeners.get(event.kind === 'task' ? event.task.id : event.list) ?? []) listener(event);
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
        tell({ kind: 'watch', from: me, topics: [...listeners.keys()] });
        break;
      case 'watch':
        if (data.topics.length > 0) others.set(data.from, data.topics);
        else others.delete(data.from);
        restart();
        break;
    }
  };
  addEventListener('pagehide', () => tell({ kind: 'watch', from: me, topics: [] }));
}
