//! A field of a body that is looked at by hand, where a document has its own text for a missing or a wrong one.

use domain::{problem::Problem, refusal::Refusal};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

/// What stood in a body under a name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Field<T> {
    /// Nothing: the key is not there.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// A value of another type.
    Odd,
    /// A value of the type.
    Given(T),
}

/// A field whose value is none that it may have.
pub fn malformed(field: &'static str) -> Refusal {
    Refusal::Invalid { field, problem: Problem::Malformed }
}

impl<T> Field<T> {
    /// The value, if there is one of the type.
    pub fn given(self) -> Option<T> {
        match self {
            Self::Given(value) => Some(value),
            Self::Absent | Self::Null | Self::Odd => None,
        }
    }

    /// The value of a field that may be left out.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] where a value of another type stands there.
    pub fn optional(self, name: &'static str) -> Result<Option<T>, Refusal> {
        match self {
            Self::Given(value) => Ok(Some(value)),
            Self::Absent | Self::Null => Ok(None),
            Self::Odd => Err(malformed(name)),
        }
    }

    /// Whether a value of another type stands there.
    pub fn is_odd(&self) -> bool {
        matches!(self, Self::Odd)
    }
}

impl Field<String> {
    /// The text; nothing at all is the empty text, and what is no text is one that no rule takes.
    pub fn text(self) -> String {
        match self {
            Self::Given(text) => text,
            Self::Absent | Self::Null => String::new(),
            Self::Odd => "\0".to_owned(),
        }
    }

    /// Whether there is nothing to read in it: absent, null, or blank.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Given(text) => text.trim().is_empty(),
            Self::Absent | Self::Null => true,
            Self::Odd => false,
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        if value.is_null() {
            return Ok(Self::Null);
        }
        Ok(serde_json::from_value(value).map_or(Self::Odd, Self::Given))
    }
}

impl<T: JsonSchema> JsonSchema for Field<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Named {
        #[serde(default)]
        name: Field<String>,
        #[serde(default)]
        count: Field<i64>,
    }

    #[test]
    fn what_stands_in_a_body_is_told_apart() {
        for (body, name, count) in [
            ("{}", Field::Absent, Field::Absent),
            (r#"{"name":null,"count":null}"#, Field::Null, Field::Null),
            (r#"{"name":1,"count":"1"}"#, Field::Odd, Field::Odd),
            (r#"{"name":"a","count":1}"#, Field::Given("a".to_owned()), Field::Given(1)),
            (r#"{"name":[],"count":1.5}"#, Field::Odd, Field::Odd),
            (r#"{"name":{},"count":9223372036854775808}"#, Field::Odd, Field::Odd),
        ] {
            let found: Named = serde_json::from_str(body).unwrap();
            assert_eq!((found.name, found.count), (name, count), "{body}");
        }
    }
}
