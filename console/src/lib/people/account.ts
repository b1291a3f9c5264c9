/** Accounts as people speak of them. */
import type { Schemas } from '../api';

type Account = Schemas['Account'];

export const ROLES = ['user', 'admin', 'super_admin'] as const;

/** What somebody is called: the first name that they have. */
export const nameOf = (account: Account): string => account.username ?? account.email ?? account.phone ?? account.id;

/** Where the subject of an act leads, such as `order:2de7`. */
export function subjectPage(subject: string): string | undefined {
  const [kind, id] = subject.split(':');
  if (!id || id === '*') return undefined;
  const pages: Record<string, string> = {
    account: `/admin/users/acct_${id}`,
    order: `/admin/orders/order_${id}`,
    batch: `/admin/codes/batch_${id}`,
    model: `/admin/models/model_${id}`,
    task: `/tasks/task_${id}`,
    payment_method: '/admin/methods',
    option: '/admin/settings',
  };
  return kind === undefined ? undefined : pages[kind];
}
