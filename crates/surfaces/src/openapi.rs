//! What an extractor adds to the OpenAPI text of the operations that use it.

use aide::openapi::{Operation, ReferenceOr, SecurityRequirement};
use serde_json::{Value, json};

/// Says that an operation asks for a token.
pub(crate) fn needs_token(operation: &mut Operation) {
    let requirement: SecurityRequirement = [("bearer".to_owned(), Vec::new())].into_iter().collect();
    operation.security.push(requirement);
}

/// Says that an operation's body is a file of any type.
pub(crate) fn takes_file(operation: &mut Operation) {
    let content = json!({ "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } });
    if let Ok(body) = serde_json::from_value(json!({ "required": true, "content": content })) {
        operation.request_body = Some(ReferenceOr::Item(body));
    }
}

/// Adds a parameter of an operation.
pub(crate) fn parameter(operation: &mut Operation, parameter: Value) {
    if let Ok(parameter) = serde_json::from_value(parameter) {
        operation.parameters.push(ReferenceOr::Item(parameter));
    }
}
