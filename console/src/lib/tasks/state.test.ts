import { expect, test } from 'vitest';
import { actionsOf, type Task } from './state';

const task = (kind: string, state: string) => ({ id: 'task_1', account: 'acct_1', kind, state }) as Task;
const owner = { id: 'acct_1', admin: false };
const admin = { id: 'acct_2', admin: true };

test('what may be done with a task is what its state, its kind and its owner allow', () => {
  for (const [kind, state, who, actions] of [
    ['anime', 'running', owner, 'pause cancel'],
    ['anime', 'paused', owner, 'resume cancel'],
    ['anime', 'failed', owner, 'retry'],
    ['anime', 'succeeded', owner, ''],
    ['study', 'draft', owner, 'start cancel'],
    ['generation', 'awaiting_approval', owner, 'cancel'],
    ['translate', 'awaiting_approval', owner, 'cancel'],
    ['generation', 'running', owner, 'cancel'],
    ['metered', 'cancelled', owner, ''],
    ['generation', 'awaiting_approval', admin, 'approve reject cancel'],
    ['anime', 'running', admin, ''],
  ] as const) {
    expect(actionsOf(task(kind, state), who).join(' '), `${kind} ${state}`).toBe(actions);
  }
});
