/** What a task's state means to pages: its colour, whether it is over, and what may be done with it. */
import type { Schemas } from '../api';

export type Task = Schemas['Task'];

export const STATES = [
  'draft',
  'awaiting_approval',
  'queued',
  'running',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
] as const;
/** The kinds that every server knows; operators have their own beside them. */
export const KINDS = ['anime', 'generation', 'study', 'metered'] as const;
export const AT_WORK = 'draft,awaiting_approval,queued,running,paused';

export type Action = 'start' | 'approve' | 'reject' | 'pause' | 'resume' | 'retry' | 'cancel';

const OVER = ['succeeded', 'failed', 'cancelled'];
export const isOver = (state: string) => OVER.includes(state);

const TONES: Record<string, 'good' | 'warn' | 'bad' | 'accent'> = {
  awaiting_approval: 'warn',
  running: 'accent',
  succeeded: 'good',
  failed: 'bad',
};
export const toneOf = (state: string) => TONES[state] ?? 'plain';

/** Where each action leads from. The server decides; this only leaves out what it would refuse. */
const FROM: Record<Action, readonly string[]> = {
  start: ['draft'],
  approve: ['awaiting_approval'],
  reject: ['awaiting_approval'],
  resume: ['paused'],
  pause: ['queued', 'running'],
  retry: ['failed', 'cancelled'],
  cancel: ['draft', 'awaiting_approval', 'queued', 'running', 'paused'],
};
/** Kinds whose work cannot be held: a model's server or an outside program goes on with it. */
const UNPAUSED = ['generation', 'metered'];

/** What somebody may do with a task. Whose a task is matters: most actions are its owner's. */
export function actionsOf(task: Task, me: { id: string; admin: boolean }): Action[] {
  const own = task.account === me.id;
  return (Object.keys(FROM) as Action[]).filter((action) => {
    if (!FROM[action].includes(task.state)) return false;
    if (action === 'approve' || action === 'reject') return me.admin;
    if (action === 'start') return own && task.kind === 'study';
    if (action === 'pause' || action === 'resume') return own && !UNPAUSED.includes(task.kind);
    if (action === 'retry') return own && task.kind !== 'metered';
    return own || (me.admin && ['generation', 'study', 'metered'].includes(task.kind));
  });
}
