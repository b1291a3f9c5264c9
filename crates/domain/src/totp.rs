//! One-time passwords by time (RFC 6238), as authenticator applications show them: HMAC-SHA-1, six digits, a new one every 30 seconds.
//! Those applications know no other sort reliably.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;

use crate::{time::Timestamp, verification};

/// Seconds that a code stands.
const PERIOD_S: i64 = 30;
/// How many codes before and after the present one are taken, as clocks differ (RFC 6238, 5.2).
const DRIFT: i64 = 1;
/// Bytes of a secret (RFC 4226, 4: at least 16, and 20 recommended).
pub const SECRET: usize = 20;

/// The number of the period that a time lies in.
#[must_use]
pub fn step(now: Timestamp) -> i64 {
    now.seconds().div_euclid(PERIOD_S)
}

/// The digits of a period (RFC 4226, 5.3).
#[must_use]
pub fn code(secret: &[u8], step: i64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 15);
    let number = hash[offset..offset + 4].iter().fold(0, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// The last period whose code is taken now.
#[must_use]
pub fn latest(now: Timestamp) -> i64 {
    step(now) + DRIFT
}

/// The period whose code this is, if it is one that is taken now and comes after the period `last`, whose code was used. A `last` that
/// lies further ahead than any that is taken was written by a clock that went wrong, and does not count.
#[must_use]
pub fn period(secret: &[u8], typed: &str, now: Timestamp, last: i64) -> Option<i64> {
    let typed = verification::canonical(typed)?;
    let (present, latest) = (step(now), latest(now));
    let last = if last > latest { 0 } else { last };
    (present - DRIFT..=latest).find(|step| *step > last && code(secret, *step) == typed)
}

/// A secret as it is typed into an application.
#[must_use]
pub fn written(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// The secret that was written like this.
#[must_use]
pub fn read(written: &str) -> Option<Vec<u8>> {
    BASE32_NOPAD.decode(written.as_bytes()).ok()
}

/// What an application takes in by its camera: `otpauth://totp/..`.
#[must_use]
pub fn uri(issuer: &str, name: &str, secret: &[u8]) -> String {
    let plain = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    format!("otpauth://totp/{}:{}?secret={}&issuer={}", plain(issuer), plain(name), written(secret), plain(issuer))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    /// RFC 6238, appendix B: the last six of its eight digits.
    #[test]
    fn the_published_vectors() {
        for (seconds, digits) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(SECRET, step(Timestamp(seconds * 1_000_000))), digits, "{seconds}");
        }
    }

    #[test]
    fn a_code_is_taken_a_little_early_or_late_and_never_twice() {
        let now = Timestamp(1_111_111_111_000_000);
        let present = step(now);
        for (offset, taken) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let typed = code(SECRET, present + offset);
            assert_eq!(period(SECRET, &typed, now, 0), taken.then_some(present + offset), "{offset}");
        }
        assert_eq!(period(SECRET, "050 471", now, 0), Some(present), "as it is typed");
        assert_eq!(period(SECRET, "050471", now, present), None, "used");
        assert_eq!(period(SECRET, "050471", now, present + 2), Some(present), "the clock was set back");
        assert_eq!(period(SECRET, "05047", now, 0), None);
    }

    #[test]
    fn a_secret_is_read_as_it_is_written() {
        assert_eq!(written(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(read(&written(SECRET)).as_deref(), Some(SECRET));
        assert_eq!(
            uri("工坊", "a b@c.de", SECRET),
            "otpauth://totp/%E5%B7%A5%E5%9D%8A:a%20b%40c%2Ede?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E5%B7%A5%E5%9D%8A"
        );
    }
}
