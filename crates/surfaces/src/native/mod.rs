//! The native surface, `/gongfang/v1`: what Gongfang can do, in words of its own.
//!
//! Nouns in plural, snake_case, JSON. Ids are texts with a prefix (`task_12`), times RFC 3339 in UTC with microseconds, money a decimal text
//! with its currency. Lists come in pages by cursor, newest first. What is wrong is an `application/problem+json` (RFC 9457) whose `code`
//! never changes and whose words follow `Accept-Language`. `docs/api.md` is its paper.

mod account;
mod administration;
mod bulk;
mod claim;
mod code;
mod events;
mod help;
mod key;
mod listing;
mod method;
mod model;
mod oidc;
mod operation;
mod order;
mod problem;
mod query;
mod sign_in;
mod task;
mod webhook;
mod wire;

use aide::{
    axum::{
        ApiRouter,
        routing::{delete_with, get_with, post_with, put_with},
    },
    openapi::OpenApi,
    transform::TransformOperation,
};
use axum::{Router, http::header, response::Response};
use engine::api_key::Area;

use self::listing::{PAGE, WHOSE};
use crate::{
    docs::{self, Paths},
    http::{self, App, Dialect, ErrorResponse, Mounted, RequestError, Surface},
};

config::section! {
    /// The native surface.
    pub Settings {
        /// Seconds a session lasts.
        session_s: config::Seconds<60> = 86_400,
        /// Seconds a browser's session lasts unused. It is a cookie.
        browser_session_s: config::Seconds<60> = 1_209_600,
        /// Seconds a browser's session lasts at most.
        browser_session_longest_s: config::Seconds<60, 7_776_000> = 7_776_000,
    }
}

/// The words of this surface.
pub(crate) struct Words;

type Refusing = ErrorResponse<Words>;
type Caller = http::Caller<Words>;
type Administrator = http::Administrator<Caller>;
type Body<T> = http::Body<T, Words>;
type Key = http::Key<Words>;

impl Dialect for Words {
    const COOKIES: bool = true;

    fn refuse(wrong: &RequestError) -> Response {
        let problem = problem::Problem::of(wrong, http::language());
        let mut answer = http::json(problem.status(), &problem);
        answer.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/problem+json"));
        http::retry_after(answer.headers_mut(), wrong);
        answer
    }
}

/// The OpenAPI text of this surface and its routes.
fn api() -> (Router<App>, OpenApi) {
    aide::generate::infer_responses(false);
    let mut open = docs::head(
        "native",
        "Everything Gongfang can do, in words of its own.",
        &[
            ("account", "Signing in, and what one has"),
            ("tasks", "Tasks of every kind"),
            ("workers", "Workers of your own"),
            ("money", "Entries, orders, and codes that give uses"),
            ("webhooks", "Telling your own servers what happens"),
            ("administration", "Everybody's accounts"),
            ("codes", "Minting redemption codes"),
            ("help", "What helps with a task"),
            ("models", "What can be had made"),
            ("operation", "What keeps a server running"),
        ],
    );
    let router = accounts()
        .merge(sign_in::routes())
        .merge(keys())
        .merge(tasks())
        .merge(bulk::routes())
        .merge(workers())
        .merge(money())
        .merge(webhook::routes())
        .merge(administration::routes())
        .merge(code::routes())
        .merge(help::routes())
        .merge(method::routes())
        .merge(model::routes())
        .merge(operation::routes())
        .finish_api(&mut open);
    docs::media_of_refusals(&mut open, "application/problem+json");
    (router, open)
}

fn accounts() -> ApiRouter<App> {
    ApiRouter::new().api_route(
        "/gongfang/v1/me",
        get_with(account::me, |op| describe::<200, wire::Me>(op, "me_read", "account", "One's own account"))
            .delete_with(account::leave, |op| {
                ends(op, "me_delete", "account", "Close one's own account", "nobody can sign in to it; its entries are kept")
            }),
    )
}

fn keys() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route(
            "/gongfang/v1/keys",
            get_with(key::list, |op| {
                docs::query(describe::<200, wire::Page<wire::Key>>(op, "key_list", "account", "One's API keys, newest first"), &PAGE)
            })
            .post_with(key::create, |op| describe::<201, wire::MadeKey>(op, "key_create", "account", "Make an API key")),
        )
        .api_route(
            "/gongfang/v1/keys/{id}",
            delete_with(key::revoke, |op| {
                let op = docs::describe_refusals::<problem::Problem>(op, "key_delete", "account", "Revoke an API key");
                docs::path_text(op, "id").response_with::<204, (), _>(|answer| answer.description("the key is no longer good"))
            }),
        )
        .api_route(
            "/gongfang/v1/keys/{id}/roll",
            post_with(key::roll, |op| {
                docs::path_text(describe::<201, wire::MadeKey>(op, "key_roll", "account", "Give a key's place to a new one"), "id")
            }),
        )
}

fn tasks() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route(
            "/gongfang/v1/tasks",
            get_with(task::list, |op| {
                docs::query(
                    listed::<wire::Task>(op, "task_list", "tasks", "Tasks of every kind, newest first"),
                    &[
                        WHOSE,
                        ("kind", "only tasks of these kinds, separated by commas", "string"),
                        ("state", "only tasks in these states, separated by commas", "string"),
                        ("count", "whether to say how many there are, up to 10000", "boolean"),
                    ],
                )
            })
            .post_with(task::create, |op| describe::<201, wire::Task>(op, "task_create", "tasks", "Hand in a task")),
        )
        .api_route(
            "/gongfang/v1/tasks/{id}",
            get_with(task::read, |op| {
                let op = describe::<200, wire::TaskDetail>(op, "task_read", "tasks", "A task, what it waits for, and what was handed in");
                docs::query(op, &[("include", "`entries`: what was charged and refunded for it", "string")])
            }),
        )
        .api_route(
            "/gongfang/v1/tasks/{id}/log",
            get_with(task::log, |op| {
                docs::query(describe::<200, wire::Page<wire::LogLine>>(op, "task_log", "tasks", "The log of a task, newest first"), &PAGE)
            }),
        )
        .api_route(
            "/gongfang/v1/tasks/{id}/result",
            get_with(task::result, |op| describe::<200, wire::TaskResult>(op, "task_result", "tasks", "What came of a task")),
        )
        .api_route(
            "/gongfang/v1/events",
            get_with(events::stream, |op| {
                let op =
                    docs::describe_refusals::<problem::Problem>(op, "event_stream", "tasks", "Follow tasks and lists: server-sent events");
                let told = "events of the type `task`: where each is now, then every newer state; and of the type `list`, as \
                            `{\"list\": \"orders\"}`: read it again";
                let op = docs::stream::<wire::TaskEvent>(op, told);
                let topics =
                    ("topics", "`task_12`, `tasks`, `orders`, `wallet`, for administrators `queues`; by commas, 50 at most", "string");
                docs::query(op, &[topics, WHOSE])
            }),
        )
        .api_route("/gongfang/v1/tasks/{id}/start", post_with(task::start, |op| acts(op, "task_start", "Start a draft")))
        .api_route("/gongfang/v1/tasks/{id}/approve", post_with(task::approve, |op| acts(op, "task_approve", "Let a task run")))
        .api_route(
            "/gongfang/v1/tasks/{id}/reject",
            post_with(task::reject, |op| acts(op, "task_reject", "End a task that waits for approval, with a reason")),
        )
        .api_route("/gongfang/v1/tasks/{id}/pause", post_with(task::pause, |op| acts(op, "task_pause", "Hold a task")))
        .api_route("/gongfang/v1/tasks/{id}/resume", post_with(task::resume, |op| acts(op, "task_resume", "Let a held task go on")))
        .api_route(
            "/gongfang/v1/tasks/{id}/retry",
            post_with(task::retry, |op| acts(op, "task_retry", "Open a new attempt, which is charged")),
        )
        .api_route("/gongfang/v1/tasks/{id}/cancel", post_with(task::cancel, |op| acts(op, "task_cancel", "End a task")))
}

fn workers() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route(
            "/gongfang/v1/tasks/claim",
            post_with(claim::claim, |op| {
                describe::<200, wire::Claim>(op, "task_claim", "workers", "Claim a task of a kind, and wait for one")
                    .response_with::<204, (), _>(|answer| answer.description("no task came"))
            }),
        )
        .api_route(
            "/gongfang/v1/tasks/{id}/heartbeat",
            post_with(claim::heartbeat, |op| {
                describe::<200, wire::Lease>(op, "task_heartbeat", "workers", "Keep a claimed task, and say how far it is")
            }),
        )
        .api_route(
            "/gongfang/v1/tasks/{id}/files/{name}",
            put_with(claim::put_file, |op| {
                let op = docs::describe_refusals::<problem::Problem>(op, "task_file_put", "workers", "Bring a file of a claimed task");
                let op = docs::query(op, &[("epoch", "what came with the claim", "integer")]);
                docs::path_text(docs::path_text(op, "id"), "name")
                    .response_with::<204, (), _>(|answer| answer.description("the file is kept"))
            }),
        )
        .api_route(
            "/gongfang/v1/tasks/{id}/complete",
            post_with(claim::complete, |op| {
                describe::<200, wire::Task>(op, "task_complete", "workers", "Hand over what came of a claimed task")
            }),
        )
        .api_route(
            "/gongfang/v1/tasks/{id}/fail",
            post_with(claim::fail, |op| describe::<200, wire::Task>(op, "task_fail", "workers", "Say why a claimed task cannot be done")),
        )
}

fn acts<'t>(op: TransformOperation<'t>, id: &str, summary: &str) -> TransformOperation<'t> {
    describe::<200, wire::Task>(op, id, "tasks", summary)
}

fn money() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route(
            "/gongfang/v1/entries",
            get_with(account::entries, |op| {
                let op = listed::<wire::Entry>(op, "entry_list", "money", "The changes of wallets, newest first");
                let proof = ("include", "`proof`: whether the chain of each proves it", "string");
                docs::query(op, &[WHOSE, ("asset", "only `money`, or only `uses`", "string"), proof])
            }),
        )
        .api_route(
            "/gongfang/v1/redemptions",
            post_with(account::redeem, |op| describe::<201, wire::Redeemed>(op, "redemption_create", "money", "Redeem a code")),
        )
        .api_route(
            "/gongfang/v1/payment_methods",
            get_with(order::methods, |op| describe::<200, wire::Items<wire::Method>>(op, "payment_method_list", "money", "Ways to pay")),
        )
        .api_route(
            "/gongfang/v1/orders",
            get_with(order::list, |op| {
                let op = listed::<wire::Order>(op, "order_list", "money", "Orders, newest first");
                docs::query(op, &[WHOSE, ("status", "only `pending`, `paid`, `cancelled` or `expired`", "string")])
            })
            .post_with(order::create, |op| describe::<201, wire::Jump>(op, "order_create", "money", "Begin to pay in")),
        )
        .api_route(
            "/gongfang/v1/orders/manual",
            post_with(order::create_manual, |op| {
                describe::<201, wire::Order>(op, "order_create_manual", "money", "Note a payment that was received by other means")
            }),
        )
        .api_route(
            "/gongfang/v1/orders/{id}/settle",
            post_with(order::settle, |op| {
                docs::path_text(describe::<200, wire::Order>(op, "order_settle", "money", "Credit a pending order by hand"), "id")
            }),
        )
        .api_route(
            "/gongfang/v1/orders/{id}/cancel",
            post_with(order::cancel, |op| {
                docs::path_text(describe::<200, wire::Order>(op, "order_cancel", "money", "Cancel a pending order"), "id")
            }),
        )
        .api_route(
            "/gongfang/v1/orders/{id}/recheck",
            post_with(order::recheck, |op| {
                docs::path_text(describe::<200, wire::OrderDetail>(op, "order_recheck", "money", "Ask the gateway about an order"), "id")
            }),
        )
        .api_route(
            "/gongfang/v1/orders/{id}",
            get_with(order::read, |op| {
                docs::path_text(describe::<200, wire::OrderDetail>(op, "order_read", "money", "An order with its timeline"), "id")
            }),
        )
}

fn describe<'t, const STATUS: u16, T: serde::Serialize + schemars::JsonSchema>(
    op: TransformOperation<'t>,
    id: &str,
    tag: &str,
    summary: &str,
) -> TransformOperation<'t> {
    docs::describe::<STATUS, T, problem::Problem>(op, id, tag, summary)
}

/// A list, which is also a file for whoever prefers `text/csv`.
fn listed<'t, T: listing::Listed + schemars::JsonSchema>(
    op: TransformOperation<'t>,
    id: &str,
    tag: &str,
    summary: &str,
) -> TransformOperation<'t> {
    docs::query(docs::or_table(describe::<200, wire::Page<T>>(op, id, tag, summary)), &PAGE)
}

/// What is answered with nothing.
fn ends<'t>(op: TransformOperation<'t>, id: &str, tag: &str, summary: &str, done: &str) -> TransformOperation<'t> {
    docs::describe_refusals::<problem::Problem>(op, id, tag, summary).response_with::<204, (), _>(|answer| answer.description(done))
}

/// The surface as the configuration names it.
pub const SURFACE: Surface = Surface {
    name: "native",
    companions: &["media"],
    docs: Some(Paths { openapi: "/gongfang/v1/openapi.json", swagger: "/gongfang/v1/docs", redoc: "/gongfang/v1/redoc" }),
    areas: &[
        ("/gongfang/v1/me", Area::Account),
        ("/gongfang/v1/tasks", Area::Tasks),
        ("/gongfang/v1/events", Area::Tasks),
        ("/gongfang/v1/bulk", Area::Tasks),
        ("/gongfang/v1/entries", Area::Wallet),
        ("/gongfang/v1/redemptions", Area::Wallet),
        ("/gongfang/v1/payment_methods", Area::Orders),
        ("/gongfang/v1/orders", Area::Orders),
        ("/gongfang/v1/webhooks", Area::Webhooks),
        ("/gongfang/v1/accounts", Area::Users),
        ("/gongfang/v1/audit", Area::Users),
        ("/gongfang/v1/uploads", Area::Uploads),
        ("/gongfang/v1/assistant", Area::Tasks),
        ("/gongfang/v1/courses", Area::Tasks),
        ("/gongfang/v1/models", Area::Models),
        ("/gongfang/v1/payment_methods/", Area::Settings),
        ("/gongfang/v1/overview", Area::Wallet),
        ("/gongfang/v1/queues", Area::Settings),
        ("/gongfang/v1/health", Area::Settings),
        ("/gongfang/v1/messages", Area::Users),
        ("/gongfang/v1/settings", Area::Settings),
        ("/gongfang/v1/batches", Area::Codes),
        ("/gongfang/v1/codes", Area::Codes),
    ],
    build: || Mounted::documented::<Words>(&["/gongfang/v1/", "/gongfang/v1"], api()),
};
