//! The native surface, `/gongfang/v1`: what Gongfang can do, in words of its own.
//!
//! Nouns in plural, snake_case, JSON. Ids are texts with a prefix (`task_12`), times RFC 3339 in UTC with microseconds, money a decimal text
//! with its currency. Lists come in pages by cursor, newest first. What is wrong is an `application/problem+json` (RFC 9457) whose `code`
//! never changes and whose words follow `Accept-Language`. `docs/api.md` is its paper.

mod problem;
mod query;
mod task;
mod wire;

use aide::{
    axum::{ApiRouter, routing::get_with},
    openapi::OpenApi,
    transform::TransformOperation,
};
use axum::{Router, http::header, response::Response};

use crate::{
    docs::{self, Paths},
    http::{self, App, Dialect, ErrorResponse, Mounted, RequestError, Surface},
};

/// The words of this surface.
pub(crate) struct Words;

type Refusing = ErrorResponse<Words>;
type Caller = http::Caller<Words>;

impl Dialect for Words {
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
    let api = ApiRouter::new().api_route(
        "/gongfang/v1/tasks",
        get_with(task::list, |op| {
            let op = describe::<wire::Tasks>(op, "task_list", "tasks", "One's tasks of every kind, newest first");
            docs::query(
                op,
                &[
                    ("limit", "how many at most, from 1 to 200; 50 where it is absent", "integer"),
                    ("cursor", "where the page before ended: its `next`", "string"),
                    ("kind", "only tasks of these kinds, separated by commas", "string"),
                    ("state", "only tasks in these states, separated by commas", "string"),
                    ("count", "whether to say how many there are, up to 10000", "boolean"),
                ],
            )
        }),
    );
    let mut open = docs::head("native", "Everything Gongfang can do, in words of its own.", &[("tasks", "Tasks of every kind")]);
    let router = api.finish_api(&mut open);
    (router, open)
}

fn describe<'t, T: serde::Serialize + schemars::JsonSchema>(
    op: TransformOperation<'t>,
    id: &str,
    tag: &str,
    summary: &str,
) -> TransformOperation<'t> {
    docs::describe::<200, T, problem::Problem>(op, id, tag, summary)
}

/// The surface as the configuration names it.
pub const SURFACE: Surface = Surface {
    name: "native",
    companions: &["media"],
    build: || {
        Mounted::documented::<Words>(&["/gongfang/v1/", "/gongfang/v1"], api()).docs_at(Paths {
            openapi: "/gongfang/v1/openapi.json",
            swagger: "/gongfang/v1/docs",
            redoc: "/gongfang/v1/redoc",
        })
    },
};
