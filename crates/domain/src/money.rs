//! Amounts of yuan: whole micro-yuan (1e-6 yuan), never a float.

use std::fmt;

const MICROS: i64 = 1_000_000;
const MICROS_PER_FEN: i64 = 10_000;

/// An amount of money in micro-yuan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Money(pub i64);

impl Money {
    /// Reads a decimal text such as `12`, `-0.5` or `0.000001`.
    ///
    /// # Errors
    /// `None` for anything else: exponents, more than six decimals, blanks, overflow.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(fraction) || fraction.len() > 6 {
            return None;
        }
        let micros = format!("{fraction:0<6}").parse::<i64>().ok()?;
        let total = whole.parse::<i64>().ok()?.checked_mul(MICROS)?.checked_add(micros)?;
        Some(Self(if negative { total.checked_neg()? } else { total }))
    }
}

impl Money {
    /// The amount in fen (1e-2 yuan), if it is a whole number of them.
    #[must_use]
    pub fn fen(self) -> Option<i64> {
        (self.0 % MICROS_PER_FEN == 0).then_some(self.0 / MICROS_PER_FEN)
    }

    /// The amount of this many fen; `None` if that would overflow.
    #[must_use]
    pub fn of_fen(fen: i64) -> Option<Self> {
        fen.checked_mul(MICROS_PER_FEN).map(Self)
    }

    /// The amount with two decimals, or as many more as are needed to be exact.
    #[must_use]
    pub fn with_fen(self) -> String {
        let text = self.to_string();
        let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        match decimals {
            0 => format!("{text}.00"),
            1 => format!("{text}0"),
            _ => text,
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let micros = self.0.unsigned_abs();
        let (whole, fraction) = (micros / MICROS.unsigned_abs(), micros % MICROS.unsigned_abs());
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let fraction = format!("{fraction:06}");
        write!(f, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written_exactly() {
        for (text, micros, written) in [
            ("0", 0, "0"),
            ("12", 12_000_000, "12"),
            ("0.1", 100_000, "0.1"),
            ("-0.50", -500_000, "-0.5"),
            ("0.000001", 1, "0.000001"),
            ("9223372036854.775807", i64::MAX, "9223372036854.775807"),
        ] {
            let money = Money::parse(text).unwrap_or_else(|| panic!("{text} is an amount"));
            assert_eq!((money.0, money.to_string().as_str()), (micros, written), "{text}");
        }
    }

    #[test]
    fn fen_are_whole_or_not_at_all() {
        for (text, fen, written) in
            [("100", Some(10_000), "100.00"), ("1.5", Some(150), "1.50"), ("-0.01", Some(-1), "-0.01"), ("0.001", None, "0.001")]
        {
            let money = Money::parse(text).unwrap();
            assert_eq!((money.fen(), money.with_fen().as_str()), (fen, written), "{text}");
            assert!(fen.is_none_or(|fen| Money::of_fen(fen) == Some(money)));
        }
        assert_eq!(Money::of_fen(i64::MAX), None);
    }

    #[test]
    fn what_is_not_a_plain_decimal_is_refused() {
        for text in ["", "-", ".", "1.", ".5", "1e3", "0.0000001", " 1", "1 ", "+1", "١", "1,5", "99999999999999", "0x1", "NaN"] {
            assert_eq!(Money::parse(text), None, "{text}");
        }
    }
}
