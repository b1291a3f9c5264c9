//! Chapter three on the wire: tasks and their numbers.

use domain::{id::ModelId, task::State};
use engine::{
    Engine,
    kinds::generation::{self, Generated, MAX_RETRIES},
    model::ModelRef,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Yuan, time, yuan};
use crate::http::{Field, row_number};

/// The document's number of a state (docs/surfaces/studio.md, States).
fn number(state: State) -> u8 {
    match state {
        State::Draft | State::AwaitingApproval => 1,
        State::Queued | State::Paused => 2,
        State::Running => 3,
        State::Succeeded => 4,
        State::Failed => 5,
        State::Cancelled => 6,
    }
}

/// The states that a number stands for.
pub(in crate::studio) fn states(number: &str) -> Option<Vec<State>> {
    Some(match number {
        "1" => vec![State::AwaitingApproval],
        "2" => vec![State::Queued, State::Paused],
        "3" => vec![State::Running],
        "4" => vec![State::Succeeded],
        "5" => vec![State::Failed],
        "6" => vec![State::Cancelled],
        _ => return None,
    })
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "StudioTask")]
pub(in crate::studio) struct Task {
    id: i64,
    /// What was sent as `body`.
    input_data: Map<String, Value>,
    creator_id: i64,
    creator_name: String,
    /// 1 待审核, 2 待执行, 3 处理中, 4 已完成, 5 失败, 6 已取消.
    status: u8,
    result_url: String,
    retry_count: i64,
    max_retries: i64,
    error_log: String,
    remote_task_id: String,
    cost: Yuan,
    created_at: String,
    updated_at: String,
}

impl Task {
    pub(in crate::studio) fn of(engine: &Engine, made: &Generated) -> Self {
        let task = &made.task;
        let owner = made.owner.iter().flatten().next().cloned();
        let failed = task.error.as_ref().map(|error| error.message.clone());
        // Between two runs the last one's failure is told.
        let passing = task.message.clone().filter(|_| task.state == State::Queued && task.run > 0);
        Self {
            id: task.id.0,
            input_data: serde_json::from_str(&made.input).unwrap_or_default(),
            creator_id: task.account.0,
            creator_name: owner.unwrap_or_else(|| format!("user{}", task.account)),
            status: number(task.state),
            result_url: generation::result(engine, task).unwrap_or_default(),
            retry_count: task.run,
            max_retries: MAX_RETRIES,
            error_log: failed.or(passing).unwrap_or_default(),
            remote_task_id: made.remote.clone().unwrap_or_default(),
            cost: yuan(task.price),
            created_at: time(task.created_at),
            updated_at: time(task.updated_at),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "StudioTasks")]
pub(in crate::studio) struct Tasks {
    pub(in crate::studio) total: i64,
    pub(in crate::studio) items: Vec<Task>,
}

/// What is handed in. The values of `user` are not trusted: the token's user is creator and payer, unless an administrator names another.
#[derive(Deserialize, JsonSchema)]
pub(in crate::studio) struct Submission {
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::studio) body: Field<Map<String, Value>>,
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::studio) user: Field<Creator>,
    /// The model's number; it may stand in `body`, too.
    #[serde(default)]
    pub(in crate::studio) model_id: Field<Value>,
    #[serde(default, rename = "modelId")]
    pub(in crate::studio) model_id_camel: Field<Value>,
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::studio) struct Creator {
    #[serde(rename = "creatorId")]
    pub(in crate::studio) id: Value,
    #[serde(rename = "creatorName")]
    #[expect(dead_code, reason = "it must be there and is not trusted")]
    name: String,
}

impl Creator {
    /// The account that is named.
    pub(in crate::studio) fn account(&self) -> Option<i64> {
        whole(&self.id)
    }
}

/// What a task is to do now.
#[derive(Deserialize, JsonSchema)]
pub(in crate::studio) struct Amendment {
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::studio) body: Field<Map<String, Value>>,
    #[serde(default)]
    pub(in crate::studio) model_id: Field<Value>,
    #[serde(default, rename = "modelId")]
    pub(in crate::studio) model_id_camel: Field<Value>,
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().filter(|number| *number > 0),
        Value::String(text) => row_number(text.trim()),
        _ => None,
    }
}

/// How a task names its model: by a number in its body, its form or beside it, else by where it is called. `Err` for a number that
/// is none.
pub(in crate::studio) fn named(body: &Map<String, Value>, beside: [Field<Value>; 2]) -> Result<ModelRef, ()> {
    let form = body.get("data").and_then(Value::as_object);
    let within = [Some(body), form].into_iter().flatten().flat_map(|object| ["model_id", "modelId"].map(|name| object.get(name)));
    let beside = beside.into_iter().map(Field::given);
    let number = within.flatten().cloned().chain(beside.flatten()).find(|value| !value.is_null() && value.as_str() != Some(""));
    if let Some(value) = number {
        return whole(&value).map(|id| ModelRef::Id(ModelId(id))).ok_or(());
    }
    let url = body.get("model").and_then(|model| model.get("model_url")).and_then(Value::as_str).filter(|url| !url.is_empty());
    Ok(url.map_or(ModelRef::Default, |url| ModelRef::Url(url.to_owned())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_task_names_its_model_in_many_ways() {
        let id = |number| Ok(ModelRef::Id(ModelId(number)));
        for (body, expected) in [
            (json!({ "key": "value" }), Ok(ModelRef::Default)),
            (json!({ "model_id": 3 }), id(3)),
            (json!({ "modelId": "4" }), id(4)),
            (json!({ "data": { "modelId": 5, "prompt": "a" }, "model": { "model_url": "http://m/x" } }), id(5)),
            (json!({ "data": {}, "model": { "model_url": "http://m/x", "model_name": "X" } }), Ok(ModelRef::Url("http://m/x".to_owned()))),
            (json!({ "model": { "model_url": "" } }), Ok(ModelRef::Default)),
            (json!({ "model_id": "x" }), Err(())),
            (json!({ "model_id": 0 }), Err(())),
            (json!({ "model_id": 1.5 }), Err(())),
        ] {
            assert_eq!(named(body.as_object().unwrap(), [Field::Absent, Field::Absent]), expected, "{body}");
        }
        assert_eq!(named(&Map::new(), [Field::Absent, Field::Given(7.into())]), id(7));
    }
}
