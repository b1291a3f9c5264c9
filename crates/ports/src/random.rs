//! Randomness: every secret and every jitter goes through it, so that a test can repeat itself.

/// A source of random bytes fit for secrets.
pub trait Random: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// `N` random bytes as lower-case hexadecimal text.
#[must_use]
pub fn hex<const N: usize>(random: &dyn Random) -> String {
    let mut bytes = [0_u8; N];
    random.fill(&mut bytes);
    domain::text::hex(&bytes)
}
