//! Tasks of every kind.

use axum::{Json, extract::State};
use domain::{id::TaskId, task::State as TaskState};
use engine::task::{self, Filter};

use super::{Caller, Refusing, query, wire};
use crate::http::{App, Values};

pub(super) async fn list(State(app): State<App>, caller: Caller, values: Values) -> Result<Json<wire::Tasks>, Refusing> {
    let page = query::Page::of(&values)?;
    let filter = Filter {
        account: caller.0.account,
        kinds: query::words(&values, "kind", |word| app.engine.kind(word))?,
        states: query::words(&values, "state", TaskState::from_word)?,
        before: page.after.map(TaskId),
        limit: page.limit,
        count: page.count,
    };
    Ok(Json(wire::Tasks::of(task::browse(&app.engine, filter).await?)))
}
