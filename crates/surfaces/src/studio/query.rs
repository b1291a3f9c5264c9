//! What the queries of administrators' lists have in common: spans of time, bounds of amounts, somebody's number.

use std::time::Duration;

use domain::{id::AccountId, money::Money, time::Timestamp};

use crate::speak::{Values, Wrong};

/// A point in time as RFC 3339, or a day; a day that ends a span is meant whole.
fn time(text: &str, ends: bool) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp(at.as_microsecond()));
    }
    let plain = text.len() == 10 && text.is_ascii();
    let day: jiff::civil::Date = text.parse().ok().filter(|_| plain)?;
    let start = Timestamp(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_microsecond());
    Some(if ends { start.plus(Duration::from_micros(86_400_000_000 - 1)) } else { start })
}

/// The span between two values of a query; the whole of time where they are absent.
///
/// # Errors
/// [`Wrong::Query`], also for a span that ends before it begins.
pub(super) fn span(values: &Values, from: &'static str, until: &'static str) -> Result<(Timestamp, Timestamp), Wrong> {
    let read = |name: &'static str, otherwise: i64, ends: bool| match values.text(name).filter(|text| !text.is_empty()) {
        Some(text) => time(text, ends).ok_or(Wrong::Query { field: name }),
        None => Ok(Timestamp(otherwise)),
    };
    let (start, end) = (read(from, i64::MIN, false)?, read(until, i64::MAX, true)?);
    if start > end { Err(Wrong::Query { field: until }) } else { Ok((start, end)) }
}

/// The bounds `min_amount` and `max_amount` in micro-yuan.
///
/// # Errors
/// [`Wrong::Query`].
pub(super) fn amounts(values: &Values) -> Result<(i64, i64), Wrong> {
    let read = |name: &'static str, otherwise: i64| match values.text(name).filter(|text| !text.is_empty()) {
        Some(text) => Money::parse(text).map(|money| money.0).ok_or(Wrong::Query { field: name }),
        None => Ok(otherwise),
    };
    let (least, most) = (read("min_amount", i64::MIN)?, read("max_amount", i64::MAX)?);
    if least > most { Err(Wrong::Query { field: "max_amount" }) } else { Ok((least, most)) }
}

/// Somebody's number, if one is named.
///
/// # Errors
/// [`Wrong::Query`].
pub(super) fn account(values: &Values, name: &'static str) -> Result<Option<AccountId>, Wrong> {
    match values.text(name).filter(|text| !text.is_empty()) {
        Some(_) => Ok(Some(AccountId(values.positive(name, 1)?))),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e43_times_are_rfc_3339_or_days() {
        for (text, ends, expected) in [
            ("2024-01-01T00:00:00Z", false, Some(1_704_067_200)),
            ("2024-01-01T08:00:00+08:00", false, Some(1_704_067_200)),
            ("2024-01-01", false, Some(1_704_067_200)),
            ("2024-01-01", true, Some(1_704_067_200 + 86_399)),
            ("2024-01-01T08:00:00 08:00", false, None),
            ("99999-01-01", false, None),
            ("yesterday", false, None),
            ("1704067200", false, None),
            ("2024-13-01", false, None),
        ] {
            assert_eq!(time(text, ends).map(Timestamp::seconds), expected, "{text}");
        }
    }
}
