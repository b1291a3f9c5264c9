//! Exact rolling windows: at most a number of requests in any time span of a given length, counted individually.

use std::{collections::VecDeque, time::Duration};

use crate::{refusal::Limit, time::Timestamp};

/// A rule: at most `allowed` within any `span`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// How many are allowed.
    pub allowed: u32,
    /// The length of the window.
    pub span: Duration,
}

impl Rule {
    /// At most `allowed` per hour.
    #[must_use]
    pub const fn hourly(allowed: u32) -> Self {
        Self { allowed, span: Duration::from_secs(3600) }
    }

    /// At most `allowed` per minute.
    #[must_use]
    pub const fn minutely(allowed: u32) -> Self {
        Self { allowed, span: Duration::from_secs(60) }
    }

    /// The state of the limit, given the newest times, newest first; `allowed` of them are enough.
    #[must_use]
    pub fn among(self, newest: &[Timestamp], now: Timestamp) -> Limit {
        let start = now.minus(self.span);
        // Times that are in the future because the clock has been set back do not count.
        let latest = now.plus(Duration::from_secs(60));
        let enough = usize::try_from(self.allowed).unwrap_or(usize::MAX);
        let within: Vec<Timestamp> = newest.iter().copied().take(enough).filter(|at| *at > start && *at <= latest).collect();
        let used = u32::try_from(within.len()).unwrap_or(u32::MAX);
        self.standing(used, within.last().copied(), within.first().copied(), now)
    }

    /// The state of the limit when `used` times are in the window, the oldest of them at `oldest` and the newest at `newest`.
    ///
    /// `oldest` is the one that makes room when it leaves the window: with more than `allowed` in the window, the `allowed`-th newest.
    #[must_use]
    pub fn standing(self, used: u32, oldest: Option<Timestamp>, newest: Option<Timestamp>, now: Timestamp) -> Limit {
        let remaining = self.allowed.saturating_sub(used);
        let leaves = |at: Timestamp| at.plus(self.span);
        let wait = oldest.map_or(Duration::ZERO, |at| leaves(at).since(now));
        Limit {
            allowed: self.allowed,
            remaining,
            retry_after_s: if remaining > 0 { 0 } else { wait.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX) },
            resets_at_s: if remaining > 0 { newest } else { oldest }.map_or(now, leaves).plus(Duration::from_micros(999_999)).seconds(),
        }
    }
}

/// The times that count against one rule for one asker.
#[derive(Debug, Default)]
pub struct Window {
    times: VecDeque<Timestamp>,
}

impl Window {
    /// Counts one at `now` if the rule allows it.
    ///
    /// # Errors
    /// The state of the limit, if it is used up; nothing is counted then.
    pub fn take(&mut self, rule: Rule, now: Timestamp) -> Result<Limit, Limit> {
        let before = self.look(rule, now);
        if before.remaining == 0 {
            return Err(before);
        }
        self.times.push_back(now);
        Ok(self.look(rule, now))
    }

    /// The state of the limit at `now`, without counting.
    pub fn look(&mut self, rule: Rule, now: Timestamp) -> Limit {
        let start = now.minus(rule.span);
        while self.times.front().is_some_and(|at| *at <= start) {
            self.times.pop_front();
        }
        let used = u32::try_from(self.times.len()).unwrap_or(u32::MAX);
        rule.standing(used, self.times.front().copied(), self.times.back().copied(), now)
    }

    /// Counts one at `now`, regardless of the rule.
    pub fn push(&mut self, now: Timestamp) {
        self.times.push_back(now);
    }

    /// Uncounts the newest one.
    pub fn give_back(&mut self) {
        self.times.pop_back();
    }

    /// Whether no times are left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn exactly_as_many_as_allowed_pass_in_any_span() {
        let rule = Rule { allowed: 3, span: Duration::from_secs(10) };
        let mut window = Window::default();
        let mut passed = Vec::new();
        for second in 0..40 {
            if window.take(rule, Timestamp(second * SECOND)).is_ok() {
                passed.push(second);
            }
        }
        assert_eq!(passed, [0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32]);
    }

    #[test]
    fn stored_times_count_like_those_in_memory() {
        let rule = Rule { allowed: 2, span: Duration::from_secs(10) };
        let at = |seconds: i64| Timestamp(seconds * SECOND);
        for (newest, remaining, wait) in [
            (vec![], 2, 0),
            (vec![at(95)], 1, 0),
            (vec![at(99), at(95)], 0, 5),
            (vec![at(99), at(95), at(94)], 0, 5),
            (vec![at(99), at(90)], 1, 0),
        ] {
            let limit = rule.among(&newest, at(100));
            assert_eq!((limit.remaining, limit.retry_after_s), (remaining, wait), "{newest:?}");
        }
    }

    #[test]
    fn a_refusal_says_when_to_come_back() {
        let rule = Rule { allowed: 1, span: Duration::from_secs(10) };
        let mut window = Window::default();
        window.take(rule, Timestamp(0)).unwrap();
        let refused = window.take(rule, Timestamp(3 * SECOND + 1)).unwrap_err();
        assert_eq!((refused.allowed, refused.remaining, refused.retry_after_s, refused.resets_at_s), (1, 0, 7, 10));
        assert!(window.take(rule, Timestamp(10 * SECOND)).is_ok());
    }
}
