//! Actions on many tasks on the wire.

use std::collections::BTreeMap;

use domain::{id::AccountId, problem::Problem, refusal::Refusal, task::State};
use engine::{
    bulk::{self, Action, Bulk, Preview, Selector},
    session::Whose,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Page, Task, id, time};
use crate::native::query;

/// What is to be done, and with which tasks.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct NewBulk {
    /// `start`, `approve`, `reject`, `pause`, `resume`, `retry` or `cancel`.
    action: BulkAction,
    /// Why; rejecting wants a reason.
    #[serde(default)]
    pub(in crate::native) reason: String,
    /// Which tasks.
    selector: BulkSelector,
    /// Whether only to say which tasks that would be.
    #[serde(default)]
    pub(in crate::native) dry_run: bool,
}

/// What is done with each task.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum BulkAction {
    Start,
    Approve,
    Reject,
    Pause,
    Resume,
    Retry,
    Cancel,
}

/// Which tasks: some by their ids, or everything that a filter matches.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BulkSelector {
    /// Ids of tasks, as `task_12`; 1000 at most.
    #[serde(default)]
    ids: Option<Vec<String>>,
    /// The filter of the list of tasks: `account`, `kind` and `state`, as texts like those of its query.
    #[serde(default)]
    filter: Option<BTreeMap<String, String>>,
}

impl NewBulk {
    /// The action and the tasks, where `kind` knows the kinds that there are.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field.
    pub(in crate::native) fn read(&self, kind: impl Fn(&str) -> Option<&'static str>) -> Result<(Action, Selector), Refusal> {
        let word = match self.action {
            BulkAction::Start => "start",
            BulkAction::Approve => "approve",
            BulkAction::Reject => "reject",
            BulkAction::Pause => "pause",
            BulkAction::Resume => "resume",
            BulkAction::Retry => "retry",
            BulkAction::Cancel => "cancel",
        };
        let malformed = Refusal::Invalid { field: "selector", problem: Problem::Malformed };
        let (_, action) = Action::ALL.into_iter().find(|(known, _)| *known == word).ok_or(malformed.clone())?;
        let selector = match (&self.selector.ids, &self.selector.filter) {
            (Some(ids), None) => {
                let task = |text: &String| query::number("task", text).map(domain::id::TaskId);
                let ids: Option<Vec<_>> = ids.iter().map(task).collect();
                Selector::Ids(ids.ok_or(Refusal::Invalid { field: "ids", problem: Problem::Malformed })?)
            }
            (None, Some(filter)) => {
                let wrong = |field| Refusal::Invalid { field, problem: Problem::Malformed };
                if filter.keys().any(|name| !["account", "kind", "state"].contains(&name.as_str())) {
                    return Err(wrong("filter"));
                }
                let words = |name: &str| {
                    let text = filter.get(name).map(String::as_str).unwrap_or_default();
                    text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
                };
                let whose = match filter.get("account").map(String::as_str) {
                    None | Some("") => Whose::Own,
                    Some("all") => Whose::Everybody,
                    Some(one) => Whose::Of(AccountId(query::number("acct", one).ok_or(wrong("account"))?)),
                };
                let kinds = words("kind").iter().map(|word| kind(word).ok_or(wrong("kind"))).collect::<Result<_, _>>()?;
                let states = words("state").iter().map(|word| State::from_word(word).ok_or(wrong("state"))).collect::<Result<_, _>>()?;
                Selector::Filter(whose, kinds, states)
            }
            _ => return Err(malformed),
        };
        Ok((action, selector))
    }
}

/// One action on many tasks, and how far it is; for a dry run, what it would be about.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Bulk")]
pub(in crate::native) struct BulkShown {
    /// Its id, as `bulk_3`; `null` for a dry run.
    id: Option<String>,
    /// Who asked for it.
    account: Option<String>,
    /// What is done with each task.
    action: String,
    /// `running`, `done` or `cancelled`; `dry_run`.
    state: &'static str,
    /// How many tasks matched when it was made; 10000 stands for that many or more.
    total: i64,
    /// On how many it was done.
    done: i64,
    /// How many refused it.
    refused: i64,
    /// The first of those, and why.
    refusals: Vec<BulkRefusal>,
    /// The newest tasks that match, for a dry run.
    first: Vec<Task>,
    /// When it was made.
    created_at: Option<String>,
    /// When it last went on.
    updated_at: Option<String>,
    /// When it ended.
    ended_at: Option<String>,
}

/// A task that refused.
#[derive(Debug, Serialize, JsonSchema)]
struct BulkRefusal {
    /// The task, as `task_12`.
    task: String,
    /// Why.
    detail: String,
}

impl BulkShown {
    pub(in crate::native) fn of(bulk: &Bulk) -> Self {
        let refusal = |refused: bulk::Refused| BulkRefusal { task: id("task", refused.task), detail: refused.why };
        Self {
            id: Some(id("bulk", bulk.id.0)),
            account: Some(super::account_id(bulk.account)),
            action: bulk.action.clone(),
            state: bulk.state.word(),
            total: bulk.total,
            done: bulk.done,
            refused: bulk.refused,
            refusals: bulk::refusals(bulk).into_iter().map(refusal).collect(),
            first: Vec::new(),
            created_at: Some(time(bulk.created_at)),
            updated_at: Some(time(bulk.updated_at)),
            ended_at: bulk.ended_at.map(time),
        }
    }

    pub(in crate::native) fn preview(action: Action, preview: &Preview) -> Self {
        Self {
            id: None,
            account: None,
            action: action.word().to_owned(),
            state: "dry_run",
            total: preview.count,
            done: 0,
            refused: 0,
            refusals: Vec::new(),
            first: preview.first.iter().map(Task::of).collect(),
            created_at: None,
            updated_at: None,
            ended_at: None,
        }
    }
}

/// A page of them, of which one more was read than is shown.
pub(in crate::native) fn bulks(bulks: &[Bulk], limit: i64) -> Page<BulkShown> {
    Page::of(bulks, limit, BulkShown::of, |bulk| bulk.id.to_string())
}
