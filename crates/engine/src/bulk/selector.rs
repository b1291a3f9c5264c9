//! Which tasks an action on many is about, and how that is written down.

use domain::{
    id::{AccountId, TaskId},
    task::{State, Task},
};
use serde::{Deserialize, Serialize};

use crate::{
    Engine, Error, Fault,
    kinds::any,
    session::{Caller, Whose},
    task::{self, Filter},
};

/// Which tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// Those with these ids.
    Ids(Vec<TaskId>),
    /// Those that a filter matches; whose, of which kinds, in which states. An empty list is any.
    Filter(Whose, Vec<&'static str>, Vec<State>),
}

/// A selector as it is stored.
#[derive(Serialize, Deserialize)]
enum Written {
    Ids(Vec<i64>),
    Filter { everybody: bool, account: Option<i64>, kinds: Vec<String>, states: Vec<String> },
}

/// What would be acted on.
#[derive(Debug, Clone)]
pub struct Preview {
    /// How many tasks match; [`task::COUNT_LIMIT`] stands for that many or more.
    pub count: i64,
    /// The newest of them.
    pub first: Vec<Task>,
}

/// The tasks that match, newest first, from below `before`; and how many there are, if that is asked.
pub(super) async fn matching(
    engine: &Engine,
    caller: &Caller,
    selector: &Selector,
    before: TaskId,
    limit: i64,
    count: bool,
) -> Result<Preview, Error> {
    match selector {
        Selector::Filter(whose, kinds, states) => {
            let filter = Filter { whose: *whose, kinds: kinds.clone(), states: states.clone(), before: Some(before), limit, count };
            let listed = task::browse(engine, caller, filter).await?;
            Ok(Preview { count: listed.count.unwrap_or(0), first: listed.tasks })
        }
        Selector::Ids(ids) => {
            let mut ids: Vec<TaskId> = ids.iter().copied().filter(|id| *id < before).collect();
            ids.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
            ids.dedup();
            let caller = caller.clone();
            let read = engine.db.read(async move |tx| Ok::<_, Error>(store::task::of_ids(tx, &ids).await?));
            let mut seen: Vec<Task> = read.await?.into_iter().filter(|task| any::visible_to(task, &caller)).collect();
            let count = i64::try_from(seen.len()).unwrap_or(i64::MAX);
            seen.truncate(usize::try_from(limit).unwrap_or(0));
            Ok(Preview { count, first: seen })
        }
    }
}

pub(super) fn written(selector: &Selector) -> Result<String, Error> {
    let written = match selector {
        Selector::Ids(ids) => Written::Ids(ids.iter().map(|id| id.0).collect()),
        Selector::Filter(whose, kinds, states) => Written::Filter {
            everybody: *whose == Whose::Everybody,
            account: if let Whose::Of(account) = whose { Some(account.0) } else { None },
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            states: states.iter().map(|state| state.word().to_owned()).collect(),
        },
    };
    serde_json::to_string(&written).map_err(|_| Fault::Corrupt("bulk").into())
}

/// The selector that was written down.
pub(super) fn read(engine: &Engine, text: &str) -> Result<Selector, Error> {
    let written: Written = serde_json::from_str(text).map_err(|_| Fault::Corrupt("bulk"))?;
    Ok(match written {
        Written::Ids(ids) => Selector::Ids(ids.into_iter().map(TaskId).collect()),
        Written::Filter { everybody, account, kinds, states } => {
            let whose = match account {
                _ if everybody => Whose::Everybody,
                Some(account) => Whose::Of(AccountId(account)),
                None => Whose::Own,
            };
            // A kind that is no more has no tasks that could be acted on.
            let kinds = kinds.iter().filter_map(|kind| engine.kind(kind)).collect();
            Selector::Filter(whose, kinds, states.iter().filter_map(|state| State::from_word(state)).collect())
        }
    })
}
