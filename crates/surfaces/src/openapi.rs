//! What an extractor adds to the OpenAPI text of the operations that use it.

use aide::openapi::{Operation, ReferenceOr, SecurityRequirement};
use serde_json::Value;

/// Says that an operation asks for a token.
pub(crate) fn needs_token(operation: &mut Operation) {
    let requirement: SecurityRequirement = [("bearer".to_owned(), Vec::new())].into_iter().collect();
    operation.security.push(requirement);
}

/// Adds a parameter of an operation.
pub(crate) fn parameter(operation: &mut Operation, parameter: Value) {
    if let Ok(parameter) = serde_json::from_value(parameter) {
        operation.parameters.push(ReferenceOr::Item(parameter));
    }
}
