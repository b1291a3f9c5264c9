//! What the queries of administrators' lists have in common: spans of time, bounds of amounts, somebody's number.

use domain::{id::AccountId, money::Money, time::Timestamp};
use jiff::tz::TimeZone;

use crate::http::{RequestError, Values};

/// A point in time as RFC 3339, a time of the operator's zone, or a day there; a day that ends a span is meant whole. The quotes that
/// libraries leave around a date are taken off.
fn time(text: &str, zone: &TimeZone, ends: bool) -> Option<Timestamp> {
    let text = text.trim();
    let quoted = |mark: char| text.strip_prefix(mark).and_then(|text| text.strip_suffix(mark));
    let text = quoted('"').or_else(|| quoted('\'')).unwrap_or(text);
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp(at.as_microsecond()));
    }
    let at = |time: jiff::Zoned| Timestamp(time.timestamp().as_microsecond());
    if text.len() == 10 && text.is_ascii() {
        let day: jiff::civil::Date = text.parse().ok()?;
        let start = if ends { day.tomorrow().ok()? } else { day };
        let start = at(start.to_zoned(zone.clone()).ok()?);
        return Some(if ends { Timestamp(start.0 - 1) } else { start });
    }
    // As a page's own field for a date and a time writes it.
    let plain = text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.T".contains(&byte));
    let local: jiff::civil::DateTime = text.parse().ok().filter(|_| plain)?;
    Some(at(local.to_zoned(zone.clone()).ok()?))
}

/// The span between two values of a query; the whole of time where they are absent.
///
/// # Errors
/// [`RequestError::Query`], also for a span that ends before it begins.
pub(super) fn span(
    values: &Values,
    zone: &TimeZone,
    from: &'static str,
    until: &'static str,
) -> Result<(Timestamp, Timestamp), RequestError> {
    let read = |name: &'static str, otherwise: i64, ends: bool| match values.text(name).filter(|text| !text.is_empty()) {
        Some(text) => time(text, zone, ends).ok_or(RequestError::Query { field: name }),
        None => Ok(Timestamp(otherwise)),
    };
    let (start, end) = (read(from, i64::MIN, false)?, read(until, i64::MAX, true)?);
    if start > end { Err(RequestError::Query { field: until }) } else { Ok((start, end)) }
}

/// The bounds `min_amount` and `max_amount` in micro-yuan.
///
/// # Errors
/// [`RequestError::Query`].
pub(super) fn amounts(values: &Values) -> Result<(i64, i64), RequestError> {
    let read = |name: &'static str, otherwise: i64| match values.text(name).filter(|text| !text.is_empty()) {
        Some(text) => Money::parse(text).map(|money| money.0).ok_or(RequestError::Query { field: name }),
        None => Ok(otherwise),
    };
    let (least, most) = (read("min_amount", i64::MIN)?, read("max_amount", i64::MAX)?);
    if least > most { Err(RequestError::Query { field: "max_amount" }) } else { Ok((least, most)) }
}

/// Somebody's number, if one is named.
///
/// # Errors
/// [`RequestError::Query`].
pub(super) fn account(values: &Values, name: &'static str) -> Result<Option<AccountId>, RequestError> {
    match values.text(name).filter(|text| !text.is_empty()) {
        Some(_) => Ok(Some(AccountId(values.positive(name, 1)?))),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e43_times_are_rfc_3339_or_times_and_days_of_the_operators_zone() {
        let zone = |name: &str| TimeZone::get(name).unwrap();
        let (utc, shanghai, new_york) = (TimeZone::UTC, zone("Asia/Shanghai"), zone("America/New_York"));
        for (text, zone, ends, expected) in [
            ("2024-01-01T00:00:00Z", &utc, false, Some(1_704_067_200)),
            ("2024-01-01T08:00:00+08:00", &utc, false, Some(1_704_067_200)),
            ("\"2024-01-01T00:00:00.000Z\"", &shanghai, false, Some(1_704_067_200)),
            ("'2024-01-01'", &utc, false, Some(1_704_067_200)),
            ("2024-01-01", &utc, false, Some(1_704_067_200)),
            ("2024-01-01", &utc, true, Some(1_704_067_200 + 86_399)),
            ("2024-01-01", &shanghai, false, Some(1_704_067_200 - 8 * 3600)),
            ("2024-01-01", &shanghai, true, Some(1_704_067_200 - 8 * 3600 + 86_399)),
            // A day of 23 hours.
            ("2024-03-10", &new_york, false, Some(1_710_046_800)),
            ("2024-03-10", &new_york, true, Some(1_710_046_800 + 23 * 3600 - 1)),
            ("2024-01-01T08:00", &shanghai, false, Some(1_704_067_200)),
            ("2024-01-01T08:00:00", &shanghai, true, Some(1_704_067_200)),
            ("2024-01-01T08:00:00 08:00", &utc, false, None),
            ("\"2024-01-01", &utc, false, None),
            ("99999-01-01", &utc, false, None),
            ("yesterday", &utc, false, None),
            ("1704067200", &utc, false, None),
            ("2024-13-01", &utc, false, None),
        ] {
            assert_eq!(time(text, zone, ends).map(Timestamp::seconds), expected, "{text}");
        }
    }
}
