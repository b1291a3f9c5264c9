//! Models, and their forms as JSON Schema.

use domain::{model::Status, money::Money, problem::Problem, refusal::Refusal, wallet::Asset};
use engine::model::{Draft, Parameter, Parameters, Shown};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Amount, id, time};
use crate::http::malformed;

/// A model.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Model")]
pub(in crate::native) struct ModelShown {
    /// Its id, as `model_3`.
    id: String,
    /// What it is called.
    name: String,
    /// What it does.
    description: String,
    /// `open`, `closed` or `draft`.
    status: &'static str,
    /// What a task costs.
    price: Amount,
    /// What a task's `form` may be: JSON Schema; `x-widget` is `textarea` where a text may be long.
    form: Map<String, Value>,
    /// How it is called, for administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<ModelCall>,
    /// When it was registered.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

/// How a model is called.
#[derive(Debug, Serialize, JsonSchema)]
struct ModelCall {
    /// Where.
    url: String,
    /// Headers, the fields of the form, and how answers are read.
    #[schemars(with = "Map<String, Value>")]
    parameters: Value,
}

impl ModelShown {
    pub(in crate::native) fn of(Shown { model, parameters }: &Shown, administers: bool) -> Self {
        let call = || ModelCall { url: model.url.clone(), parameters: serde_json::to_value(parameters).unwrap_or_default() };
        Self {
            id: id("model", model.id.0),
            name: model.name.clone(),
            description: model.description.clone(),
            status: model.status.word(),
            price: Amount::of(Asset::Money, model.price),
            form: form(&parameters.request_body),
            call: administers.then(call),
            created_at: time(model.created_at),
            updated_at: time(model.updated_at),
        }
    }
}

/// The fields of a form as JSON Schema.
fn form(fields: &[Parameter]) -> Map<String, Value> {
    let properties: Map<String, Value> = fields.iter().map(|field| (field.name.clone(), schema(field).into())).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name.as_str()).collect();
    let form = json!({ "type": "object", "properties": properties, "required": required });
    if let Value::Object(form) = form { form } else { Map::new() }
}

fn schema(field: &Parameter) -> Map<String, Value> {
    let kind = match field.sort.as_str() {
        "number" => "number",
        "integer" | "uint32" => "integer",
        "boolean" => "boolean",
        "array" => "array",
        "object" => "object",
        _ => "string",
    };
    let mut schema = Map::new();
    schema.insert("type".to_owned(), kind.into());
    if !field.description.is_empty() {
        schema.insert("description".to_owned(), field.description.clone().into());
    }
    if field.sort == "uint32" {
        schema.insert("minimum".to_owned(), 0.into());
    }
    if field.sort == "textarea" {
        schema.insert("x-widget".to_owned(), "textarea".into());
    }
    if let Some(options @ Value::Array(_)) = field.more.get("options").filter(|_| field.sort == "select") {
        schema.insert("enum".to_owned(), options.clone());
    }
    if !matches!(&field.example, Value::Null) && field.example != Value::String(String::new()) {
        schema.insert("default".to_owned(), field.example.clone());
    }
    schema
}

/// A model to register, or what changes in one: what is absent stays as it is.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct ModelDraft {
    /// What it is called.
    #[serde(default)]
    name: Option<String>,
    /// What it does.
    #[serde(default)]
    description: Option<String>,
    /// Who may use it: everybody, nobody any more, nobody yet.
    #[serde(default)]
    status: Option<ModelStatus>,
    /// Where it is called.
    #[serde(default)]
    url: Option<String>,
    /// What a task costs, as a decimal text in yuan.
    #[serde(default)]
    price: Option<String>,
    /// `request_header`, `request_body` and `response_parameters`: lists of `{name, type, required, description, example}`.
    #[serde(default)]
    parameters: Option<Map<String, Value>>,
}

/// Who may use a model.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::native) enum ModelStatus {
    Open,
    Closed,
    Draft,
}

impl ModelDraft {
    /// It as the engine takes it.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field.
    pub(in crate::native) fn read(self) -> Result<Draft, Refusal> {
        let status = self.status.map(|status| match status {
            ModelStatus::Open => Status::Open,
            ModelStatus::Closed => Status::Closed,
            ModelStatus::Draft => Status::Draft,
        });
        let price = self.price.map(|text| Money::parse(&text).ok_or(malformed("price"))).transpose()?;
        let wrong = |problem: String| Refusal::Invalid { field: "parameters", problem: Problem::Because(problem) };
        let parameters = self.parameters.map(|value| Parameters::read(&Value::Object(value)).map_err(wrong)).transpose()?;
        let price = price.map(|money| money.0);
        Ok(Draft { name: self.name, description: self.description, status, url: self.url, price, parameters })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_a_json_schema() {
        let fields = json!([
            { "name": "prompt", "type": "textarea", "required": true, "description": "画什么", "example": "" },
            { "name": "size", "type": "select", "required": false, "description": "", "example": "1:1", "options": ["1:1", "16:9"] },
            { "name": "steps", "type": "uint32", "required": false, "description": "", "example": 20 },
        ]);
        let fields: Vec<Parameter> = serde_json::from_value(fields).unwrap();
        let expected = json!({
            "type": "object",
            "properties": {
                "prompt": { "type": "string", "description": "画什么", "x-widget": "textarea" },
                "size": { "type": "string", "enum": ["1:1", "16:9"], "default": "1:1" },
                "steps": { "type": "integer", "minimum": 0, "default": 20 },
            },
            "required": ["prompt"],
        });
        assert_eq!(Value::Object(form(&fields)), expected);
    }
}
