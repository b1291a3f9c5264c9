//! Payment methods as administrators see and change them.

use engine::{
    Engine,
    method::{self, Check, Config, Draft},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::time;

/// A way to pay, with its configuration.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MethodDetail")]
pub(in crate::native) struct MethodShown {
    /// Its id.
    id: String,
    /// What payers read.
    name: String,
    /// Its protocol: `epay`.
    protocol: String,
    /// Whether orders can be made through it.
    enabled: bool,
    /// How its gateway is reached and signed for; keys are masked where the operator chose so.
    config: Map<String, Value>,
    /// When it was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

impl MethodShown {
    pub(in crate::native) fn of(engine: &Engine, method: &method::Method) -> Self {
        Self {
            id: method.uuid.clone(),
            name: method.name.clone(),
            protocol: method.protocol.clone(),
            enabled: method.enabled,
            config: method::shown(engine, method).0,
            created_at: time(method.created_at),
            updated_at: time(method.updated_at),
        }
    }
}

/// A way to pay to make; its protocol is `epay`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct NewMethod {
    /// What payers read.
    name: String,
    /// How its gateway is reached and signed for: `gateway`, `pid`, and `key` (MD5) or `private_key` and `platform_key` (RSA).
    config: Map<String, Value>,
    /// Whether orders can be made through it; they can where it is absent.
    #[serde(default)]
    enabled: Option<bool>,
}

impl From<NewMethod> for Draft {
    fn from(new: NewMethod) -> Self {
        Self { name: Some(new.name), config: Some(Config(new.config)), enabled: new.enabled }
    }
}

/// What changes in a way to pay; what is absent stays as it is, and the mask of a key stands for the key.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct MethodUpdate {
    /// What payers read.
    #[serde(default)]
    name: Option<String>,
    /// How its gateway is reached and signed for.
    #[serde(default)]
    config: Option<Map<String, Value>>,
    /// Whether orders can be made through it.
    #[serde(default)]
    enabled: Option<bool>,
}

impl From<MethodUpdate> for Draft {
    fn from(update: MethodUpdate) -> Self {
        Self { name: update.name, config: update.config.map(Config), enabled: update.enabled }
    }
}

/// What a try showed.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct MethodTest {
    /// Whether everything is as it must be.
    well: bool,
    /// What was tried.
    checks: Vec<MethodCheck>,
}

/// One thing that was tried.
#[derive(Debug, Serialize, JsonSchema)]
struct MethodCheck {
    /// `configuration`, `signature`, `gateway`, `callback_address` or `callback`.
    what: &'static str,
    /// Whether it is as it must be.
    well: bool,
    /// A sentence: what was found, and what to do.
    text: String,
}

impl MethodTest {
    pub(in crate::native) fn of(checks: &[Check]) -> Self {
        let check = |check: &Check| MethodCheck { what: check.what, well: check.well, text: check.text.clone() };
        Self { well: checks.iter().all(|check| check.well), checks: checks.iter().map(check).collect() }
    }
}
