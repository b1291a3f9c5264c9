/** What is wrong with one field. */
export interface FieldProblem {
  /** A JSON pointer into the body, or the name of a value of the query. */
  pointer: string;
  /** A stable word for programs. */
  code: string;
  /** What is wrong, for people. */
  detail: string;
}

/** A refusal: RFC 9457, with a `code` that never changes. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: FieldProblem[];
  readonly requestId: string | undefined;
  /** Seconds after which it may be tried again, where the server says so. */
  readonly retryAfter: number | undefined;

  constructor(status: number, body: Record<string, unknown>, retryAfter?: number) {
    const text = (name: string) => (typeof body[name] === "string" ? (body[name] as string) : undefined);
    const code = text("code") ?? "unknown";
    const said = [text("title"), text("detail")].filter(Boolean).join(": ");
    super(`${status} ${code}: ${said}`);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.title = text("title") ?? "";
    this.detail = text("detail");
    this.errors = Array.isArray(body["errors"]) ? (body["errors"] as FieldProblem[]) : [];
    this.requestId = text("request_id");
    this.retryAfter = retryAfter;
  }
}
