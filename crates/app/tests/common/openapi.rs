//! Whether an answer is what the served OpenAPI text says of it: its media type, and whether a body was needed.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;

use super::{Server, http};

/// The texts that a server serves, where it serves any.
pub async fn documents(server: &Server) -> Vec<Value> {
    let mut found = Vec::new();
    for path in ["/openapi.json", "/api/openapi.json", "/gongfang/v1/openapi.json"] {
        let answer = http().get(format!("{}{path}", server.base)).send().await.unwrap();
        if answer.status().is_success() {
            found.push(answer.json().await.unwrap());
        }
    }
    found
}

/// Compares an exchange with what is written of it.
pub fn agrees(documents: &[Value], method: &str, path: &str, bodiless: bool, status: u16, headers: &HeaderMap) {
    let path = path.split('?').next().unwrap().trim();
    for document in documents {
        let Some((template, operation)) = operation(document, method, path) else { continue };
        let success = (200..300).contains(&status);
        let required = operation["requestBody"]["required"] == true;
        assert!(!(success && bodiless && required), "{method} {template} needs a body by its document, and none was needed");
        let Some(content) = operation["responses"][status.to_string()]["content"].as_object().filter(|_| success) else { continue };
        let kind = headers.get(CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap());
        let kind = kind.split(';').next().unwrap().trim();
        assert!(content.contains_key(kind), "{method} {template} answers {kind} and its document says {:?}", content.keys());
    }
}

fn operation<'d>(document: &'d Value, method: &str, path: &str) -> Option<(&'d str, &'d Value)> {
    let fits = |template: &str| {
        let (parts, named): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), template.split('/').collect());
        parts.len() == named.len() && parts.iter().zip(named).all(|(part, named)| *part == named || named.starts_with('{'))
    };
    let paths = document["paths"].as_object()?.iter();
    let mut found: Vec<_> = paths.filter(|(template, _)| fits(template)).collect();
    // A plain path goes before one with a name in it.
    found.sort_by_key(|(template, _)| template.contains('{'));
    let (template, operations) = found.first()?;
    let operation = &operations[method.to_lowercase()];
    operation.is_object().then_some((template.as_str(), operation))
}
