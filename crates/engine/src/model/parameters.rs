//! The parameters of a model: the fields of its form, the headers that are sent, and how its server's answers are read
//! (docs/surfaces/studio.md, How a model is described).

use domain::{id::ModelId, model::Model, text::masked};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Error, Fault, vault::Vault};

/// The types that front ends draw fields for.
const TYPES: [&str; 9] = ["string", "textarea", "select", "number", "integer", "uint32", "boolean", "array", "object"];
/// Headers whose value is not secret.
const PLAIN: [&str; 4] = ["content-type", "accept", "accept-language", "user-agent"];
/// Headers that only the HTTP client sets.
const RESERVED: [&str; 8] = ["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "idempotency-key"];
/// The mask that is shown instead of a secret value.
const MASK: &str = "xxx…";
/// The most entries of one list.
const MOST: usize = 100;

/// One parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// The type of its value.
    #[serde(rename = "type")]
    pub sort: String,
    /// Whether it is required.
    pub required: bool,
    /// What it is for.
    pub description: String,
    /// A header's value, a field's default, or a setting for reading answers.
    pub example: Value,
    /// Other data that a front end keeps with it, such as the `options` of a `select`.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// The parameters of a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// What is sent with every call.
    pub request_header: Vec<Parameter>,
    /// What users fill in.
    pub request_body: Vec<Parameter>,
    /// How answers are read.
    pub response_parameters: Vec<Parameter>,
}

/// The stored form of the parameters.
#[derive(Serialize, Deserialize)]
#[serde(tag = "record", rename = "model.parameters.v1")]
struct Kept {
    #[serde(flatten)]
    parameters: Parameters,
}

impl Parameters {
    /// Reads parameters as administrators write them.
    ///
    /// # Errors
    /// What is wrong with them, in a line.
    pub fn read(value: &Value) -> Result<Self, String> {
        let list = |name: &str| {
            let entries = value.get(name).and_then(Value::as_array).ok_or_else(|| format!("{name} must be an array"))?;
            if entries.len() > MOST {
                return Err(format!("{name} has more than {MOST} entries"));
            }
            entries.iter().enumerate().map(|(index, entry)| entry_of(entry).map_err(|wrong| format!("{name}[{index}]: {wrong}"))).collect()
        };
        if !value.is_object() {
            return Err("it must be an object".to_owned());
        }
        let read = Self {
            request_header: list("request_header")?,
            request_body: list("request_body")?,
            response_parameters: list("response_parameters")?,
        };
        if value.to_string().contains("\\u0000") {
            return Err("a text holds a NUL".to_owned());
        }
        for (index, header) in read.request_header.iter().enumerate() {
            header_fault(header).map_or(Ok(()), |wrong| Err(format!("request_header[{index}]: {wrong}")))?;
        }
        Ok(read)
    }

    /// The stored parameters of a model, with secrets decrypted.
    pub(crate) fn opened(vault: &Vault, model: &Model) -> Result<Self, Error> {
        if model.parameters.is_empty() {
            return Ok(Self::default());
        }
        let kept: Kept = serde_json::from_str(&model.parameters).map_err(|_| Fault::Corrupt("parameters"))?;
        let mut parameters = kept.parameters;
        for header in parameters.request_header.iter_mut().filter(|header| header.is_secret()) {
            let Value::String(sealed) = &header.example else { return Err(Fault::Corrupt("parameters").into()) };
            header.example = vault.open(&place(model.id, &header.name), sealed)?.into();
        }
        Ok(parameters)
    }

    /// The parameters as they are stored for a model.
    pub(crate) fn sealed(mut self, vault: &Vault, id: ModelId) -> Result<String, Error> {
        for header in self.request_header.iter_mut().filter(|header| header.is_secret()) {
            header.example = vault.seal(&place(id, &header.name), &header.value())?.into();
        }
        serde_json::to_string(&Kept { parameters: self }).map_err(|_| Fault::Corrupt("parameters").into())
    }

    /// Masks secret values.
    pub(crate) fn mask(&mut self) {
        for header in self.request_header.iter_mut().filter(|header| header.is_secret()) {
            header.example = MASK.into();
        }
    }

    /// Removes the values that reveal how a model is called.
    pub(crate) fn hide(&mut self) {
        self.mask();
        for entry in &mut self.response_parameters {
            entry.example = "".into();
        }
    }

    /// Replaces masks by the known values; fails with the name of a header whose mask matches no known value.
    pub(crate) fn unmask(&mut self, known: &Self) -> Result<(), String> {
        for header in self.request_header.iter_mut().filter(|header| header.is_secret()) {
            let given = header.value();
            if !given.starts_with(MASK) {
                continue;
            }
            let before = known.request_header.iter().find(|before| before.name.eq_ignore_ascii_case(&header.name));
            match before.filter(|before| given == MASK || given == masked(&before.value())) {
                Some(before) => header.example = before.example.clone(),
                None => return Err(header.name.clone()),
            }
        }
        Ok(())
    }

    /// The setting for reading answers with this name, if there is one.
    pub(crate) fn response(&self, name: &str) -> Option<String> {
        let entry = self.response_parameters.iter().find(|entry| entry.name == name)?;
        Some(entry.value()).filter(|value| !value.is_empty())
    }

    /// What is wrong with a form that a user filled in; `None` if it is valid.
    pub(crate) fn fault(&self, form: &Map<String, Value>) -> Option<String> {
        self.request_body.iter().find_map(|parameter| {
            let name = &parameter.name;
            match form.get(name).filter(|value| !value.is_null() && value.as_str() != Some("")) {
                None if parameter.required && parameter.value().is_empty() => Some(format!("{name} is required")),
                None => None,
                Some(value) => (!parameter.takes(value)).then(|| format!("{name} must be of type {}", parameter.sort)),
            }
        })
    }
}

fn place(id: ModelId, header: &str) -> String {
    format!("model:{id}:request_header:{}", header.to_ascii_lowercase())
}

fn entry_of(value: &Value) -> Result<Parameter, String> {
    let object = value.as_object().ok_or("it must be an object")?;
    for (name, is, kind) in [
        ("name", object.get("name").is_some_and(|name| name.as_str().is_some_and(|name| !name.trim().is_empty())), "a text"),
        ("type", object.get("type").is_some_and(Value::is_string), "a text"),
        ("required", object.get("required").is_some_and(Value::is_boolean), "true or false"),
        ("description", object.get("description").is_some_and(Value::is_string), "a text"),
        ("example", object.contains_key("example"), "there"),
    ] {
        if !is {
            return Err(format!("{name} must be {kind}"));
        }
    }
    let entry: Parameter = serde_json::from_value(value.clone()).map_err(|_| "it is not a parameter")?;
    if !TYPES.contains(&entry.sort.as_str()) {
        return Err(format!("type must be one of {}", TYPES.join(", ")));
    }
    if entry.sort == "select" && !entry.more.get("options").is_some_and(Value::is_array) {
        return Err("a select must have options".to_owned());
    }
    Ok(entry)
}

fn header_fault(header: &Parameter) -> Option<String> {
    let token = |c: u8| c.is_ascii_alphanumeric() || b"-_.~!#$%&'*+^`|".contains(&c);
    let name = header.name.to_ascii_lowercase();
    if !name.bytes().all(token) {
        Some("the name is none that a header may have".to_owned())
    } else if RESERVED.contains(&name.as_str()) {
        Some(format!("the header {name} is not yours to set"))
    } else if matches!(header.example, Value::Array(_) | Value::Object(_)) {
        Some("example must be the header's value".to_owned())
    } else if header.value().starts_with(MASK) {
        None
    } else if !header.value().bytes().all(|byte| byte == b'\t' || (0x20..0x7f).contains(&byte)) {
        Some("example must be plain ASCII".to_owned())
    } else {
        None
    }
}

impl Parameter {
    /// Its example as text; empty if there is none.
    pub(crate) fn value(&self) -> String {
        match &self.example {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    fn is_secret(&self) -> bool {
        !PLAIN.contains(&self.name.to_ascii_lowercase().as_str()) && !self.value().is_empty()
    }

    /// The intended value of a form's field: a list or an object may come as JSON text, as pages with a single text field for it send it.
    pub(crate) fn meant(&self, value: &Value) -> Value {
        let read = || {
            let read: Value = serde_json::from_str(value.as_str()?).ok()?;
            (if self.sort == "array" { read.is_array() } else { read.is_object() }).then_some(read)
        };
        if matches!(self.sort.as_str(), "array" | "object") { read().unwrap_or_else(|| value.clone()) } else { value.clone() }
    }

    /// Whether a form's value has this parameter's type. Forms may send numbers as text.
    fn takes(&self, value: &Value) -> bool {
        let value = &self.meant(value);
        let number = || value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite());
        let whole = || value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        match self.sort.as_str() {
            "string" | "textarea" => value.is_string() || value.is_number() || value.is_boolean() || value.is_array(),
            "select" => !value.is_object(),
            "number" => number().is_some(),
            "integer" => whole().is_some(),
            "uint32" => whole().is_some_and(|number| u32::try_from(number).is_ok()),
            "boolean" => value.is_boolean() || matches!(value.as_str(), Some("true" | "false")),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(name: &str, sort: &str, required: bool, example: Value) -> Value {
        json!({ "name": name, "type": sort, "required": required, "description": "", "example": example })
    }

    #[test]
    fn parameters_are_whole_or_refused() {
        let good = json!({ "request_header": [entry("Authorization", "string", true, "Bearer sk-1".into())], "request_body": [], "response_parameters": [] });
        assert!(Parameters::read(&good).is_ok());
        for (bad, word) in [
            (json!([]), "object"),
            (json!({ "request_header": [], "request_body": [] }), "response_parameters must be an array"),
            (json!({ "request_header": [1], "request_body": [], "response_parameters": [] }), "request_header[0]"),
            (json!({ "request_header": [], "request_body": [{ "name": "a" }], "response_parameters": [] }), "type must be a text"),
            (json!({ "request_header": [], "request_body": [entry("a", "blob", true, Value::Null)], "response_parameters": [] }), "one of"),
            (
                json!({ "request_header": [], "request_body": [entry("a", "select", true, Value::Null)], "response_parameters": [] }),
                "options",
            ),
            (
                json!({ "request_header": [entry("a\r\nb", "string", true, "x".into())], "request_body": [], "response_parameters": [] }),
                "name",
            ),
            (
                json!({ "request_header": [entry("Host", "string", true, "x".into())], "request_body": [], "response_parameters": [] }),
                "not yours",
            ),
            (
                json!({ "request_header": [entry("X", "string", true, "a\r\nb".into())], "request_body": [], "response_parameters": [] }),
                "ASCII",
            ),
        ] {
            let wrong = Parameters::read(&bad).unwrap_err();
            assert!(wrong.contains(word), "{wrong} of {bad}");
        }
    }

    #[test]
    fn a_form_is_checked_by_its_types() {
        let parameters = Parameters::read(&json!({ "request_header": [], "response_parameters": [], "request_body": [
            entry("prompt", "textarea", true, Value::Null), entry("steps", "uint32", true, 20.into()), entry("hd", "boolean", false, Value::Null)] }))
        .unwrap();
        let fault = |form: Value| parameters.fault(form.as_object().unwrap());
        assert_eq!(fault(json!({ "prompt": "a fox" })), None);
        assert_eq!(fault(json!({ "prompt": "a fox", "steps": "30", "hd": "true", "more": [1] })), None);
        for (form, expected) in [
            (json!({}), "prompt is required"),
            (json!({ "prompt": "" }), "prompt is required"),
            (json!({ "prompt": "a", "steps": -1 }), "steps must be of type uint32"),
            (json!({ "prompt": "a", "steps": "many" }), "steps must be of type uint32"),
            (json!({ "prompt": "a", "hd": 1 }), "hd must be of type boolean"),
        ] {
            assert_eq!(fault(form).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_mask_stands_for_the_value_that_is_known() {
        let with = |example: &str| {
            Parameters::read(&json!({ "request_header": [entry("Authorization", "string", true, example.into())], "request_body": [], "response_parameters": [] }))
                .unwrap()
        };
        let known = with("Bearer sk-0123456789");
        let mut masked = known.clone();
        masked.mask();
        assert_eq!(masked.request_header[0].example, "xxx…");
        masked.unmask(&known).unwrap();
        assert_eq!(masked, known);
        assert!(with("xxx…9999").unmask(&known).is_err(), "the mask of another value");
        let mut other = with("Bearer other-key-1");
        other.unmask(&known).unwrap();
        assert_eq!(other.request_header[0].example, "Bearer other-key-1");
    }
}
