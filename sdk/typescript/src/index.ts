/** Gongfang's native API: tasks, money, live events, webhooks. */
export { Client, type ClientOptions, type Query } from "./client.js";
export { Problem, type FieldProblem } from "./problem.js";
export { verifyWebhook, WebhookError, type WebhookEvent } from "./webhooks.js";
export type { Account, Amount, Entry, Order, Page, StreamEvent, Task, TaskEvent, TaskFile, TaskResult, TaskState } from "./types.js";
