//! Queries: values by name, whole numbers, and pages of lists.

use aide::operation::OperationInput;
use axum::{extract::FromRequestParts, http::request::Parts};

use super::RequestError;

/// The values of a query. Of a name that stands there twice the last one counts, where one is asked for.
#[derive(Debug, Default)]
pub struct Values(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Values {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        Ok(Self(pairs.map(|pairs| pairs.0).unwrap_or_default()))
    }
}

impl OperationInput for Values {}

impl Values {
    /// A value as it is.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| named(known, name)).map(|(_, value)| value.as_str())
    }

    /// All values of a name, as libraries write a list: `status=a&status=b`, `status[]=a` or `status[0]=a`.
    #[must_use]
    pub fn texts(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(known, _)| named(known, name)).map(|(_, value)| value.as_str()).collect()
    }

    /// A whole number of at least 1, or `otherwise` where it is absent.
    ///
    /// # Errors
    /// [`RequestError::Query`] for everything that is not such a number.
    pub fn positive(&self, name: &'static str, otherwise: i64) -> Result<i64, RequestError> {
        let Some(text) = self.text(name) else { return Ok(otherwise) };
        row_number(text).ok_or(RequestError::Query { field: name })
    }

    /// As [`Values::positive`], but never more than `most`, however large the number is.
    ///
    /// # Errors
    /// [`RequestError::Query`].
    pub fn positive_up_to(&self, name: &'static str, otherwise: i64, most: i64) -> Result<i64, RequestError> {
        let vast =
            self.text(name).is_some_and(|text| text.len() > 18 && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0'));
        if vast { Ok(most) } else { Ok(self.positive(name, otherwise)?.min(most)) }
    }
}

/// Whether a name of a query is this one, as it is or with the brackets of a list.
fn named(known: &str, name: &str) -> bool {
    known.strip_prefix(name).is_some_and(|rest| {
        let index = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        rest.is_empty() || index.is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// The number of a row as paths write it: plain digits without a leading zero; none for anything else.
#[must_use]
pub fn row_number(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}

/// The number of the row that a path names; none where it is no number, which names nothing that exists.
pub struct RowNumber(pub Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for RowNumber {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let path = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(path.ok().and_then(|text| row_number(&text))))
    }
}

impl OperationInput for RowNumber {}

/// A page of a list: which, how many on it, and how many to pass over.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// 1 and up.
    pub number: i64,
    /// 1 to 100.
    pub size: i64,
}

impl Page {
    /// The page a query asks for under these names, of so many where it does not say; a size above 100 is 100.
    ///
    /// # Errors
    /// [`RequestError::Query`].
    pub fn sized(values: &Values, number: &'static str, size: &'static str, otherwise: i64) -> Result<Self, RequestError> {
        Ok(Self { number: values.positive(number, 1)?, size: values.positive_up_to(size, otherwise, 100)? })
    }

    /// The page a query asks for under these names; a size above 100 is 100.
    ///
    /// # Errors
    /// [`RequestError::Query`].
    pub fn of(values: &Values, number: &'static str, size: &'static str) -> Result<Self, RequestError> {
        Self::sized(values, number, size, 10)
    }

    /// How many to pass over.
    #[must_use]
    pub fn offset(self) -> i64 {
        (self.number - 1).saturating_mul(self.size)
    }

    /// How many pages there are; 0 where there is nothing.
    #[must_use]
    pub fn pages(self, total: i64) -> i64 {
        total / self.size + i64::from(total % self.size > 0)
    }
}
