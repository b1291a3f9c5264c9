/** Money as a decimal text with its currency, or uses as a whole number. */
export type Amount = { amount: string; currency: "CNY" } | { uses: number };

export type TaskState = "draft" | "awaiting_approval" | "queued" | "running" | "paused" | "succeeded" | "failed" | "cancelled";

/** A task. Times are RFC 3339 in UTC. */
export interface Task {
  id: string;
  account: string;
  kind: string;
  state: TaskState;
  attempt: number;
  progress: number;
  step: string | null;
  message: string | null;
  error: { code: string; message: string } | null;
  price: Amount;
  created_at: string;
  updated_at: string;
  started_at: string | null;
  ended_at: string | null;
}

/** Where a task is, as a stream tells it. */
export interface TaskEvent {
  id: string;
  state: TaskState;
  attempt: number;
  progress: number;
  step: string | null;
  message: string | null;
}

/** What a stream tells: a task's state, or that a list (`tasks`, `orders`, `wallet`, `queues`) is to be read again. */
export type StreamEvent = { kind: "task"; task: TaskEvent } | { kind: "list"; list: string };

/** A file of a result; read the result again for a fresh link. */
export interface TaskFile {
  role: "video" | "thumbnail" | "subtitles" | "result";
  url: string;
}

export interface TaskResult {
  files: TaskFile[];
  /** What came of it, for programs; of kinds of the operator's own. */
  data?: Record<string, unknown>;
  summary: string | null;
  notes: string[];
}

/** A change of a wallet. */
export interface Entry {
  id: string;
  account: string;
  amount: Amount;
  balance: Amount;
  cause: string;
  task: string | null;
  order: string | null;
  note: string;
  sequence: number;
  hash: string;
  created_at: string;
}

export interface Order {
  id: string;
  account: string;
  amount: Amount;
  status: "pending" | "paid" | "cancelled" | "expired";
  kind: "payment" | "manual";
  channel: "alipay" | "wxpay" | null;
  trade: string | null;
  created_at: string;
  paid_at: string | null;
}

export interface Account {
  id: string;
  username: string | null;
  email: string | null;
  phone: string | null;
  role: "user" | "admin" | "super_admin";
  wallet: { money: Amount; credit_limit: Amount; uses: number };
  created_at: string;
}

/** A page of a list; `next` is the cursor of the one behind it. */
export interface Page<T> {
  items: T[];
  next: string | null;
  count?: number;
}
