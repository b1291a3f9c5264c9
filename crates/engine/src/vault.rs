//! Encryption of secrets that must be read again: sealed with XChaCha20-Poly1305, and bound to the row that they belong to.
//!
//! A text that was moved to another row, or changed, cannot be decrypted.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};

use ports::random::Random;

use crate::{Engine, Error, Fault};

/// The prefix of a sealed text, which names the way in which it was sealed.
const MARK: &str = "sealed:1:";
const NONCE: usize = 24;

/// Encrypts and decrypts texts. Cheap to clone, so that a transaction may hold it.
#[derive(Clone)]
pub(crate) struct Vault {
    key: [u8; 32],
    random: Arc<dyn Random>,
}

impl Vault {
    /// The vault of an installation.
    pub(crate) fn of(engine: &Engine) -> Self {
        Self { key: engine.secrets.vault, random: Arc::clone(&engine.random) }
    }

    /// Seals a text for a place, such as `model:7:request_header:authorization`.
    ///
    /// # Errors
    /// [`Fault::Corrupt`] if it is too large to be sealed.
    pub(crate) fn seal(&self, place: &str, text: &str) -> Result<String, Error> {
        let mut nonce = [0; NONCE];
        self.random.fill(&mut nonce);
        let payload = Payload { msg: text.as_bytes(), aad: place.as_bytes() };
        let sealed = XChaCha20Poly1305::new(&self.key.into()).encrypt(&nonce.into(), payload).map_err(|_| Fault::Corrupt("secret"))?;
        Ok(format!("{MARK}{}", BASE64.encode([&nonce[..], &sealed].concat())))
    }

    /// The text that was sealed for a place.
    ///
    /// # Errors
    /// [`Fault::Corrupt`] if it was sealed with another key or for another place, or was changed.
    pub(crate) fn open(&self, place: &str, sealed: &str) -> Result<String, Error> {
        let text = sealed.strip_prefix(MARK).and_then(|text| BASE64.decode(text).ok()).filter(|bytes| bytes.len() > NONCE);
        let bytes = text.ok_or(Fault::Corrupt("secret"))?;
        let nonce: [u8; NONCE] = bytes[..NONCE].try_into().map_err(|_| Fault::Corrupt("secret"))?;
        let payload = Payload { msg: &bytes[NONCE..], aad: place.as_bytes() };
        let opened = XChaCha20Poly1305::new(&self.key.into()).decrypt(&nonce.into(), payload).map_err(|_| Fault::Corrupt("secret"))?;
        String::from_utf8(opened).map_err(|_| Fault::Corrupt("secret").into())
    }
}

#[cfg(test)]
mod tests {
    use doubles::SeededRandom;

    use super::*;

    #[test]
    fn e35_a_secret_opens_in_its_own_place_alone() {
        let vault = Vault { key: [1; 32], random: Arc::new(SeededRandom::new(1)) };
        let sealed = vault.seal("model:1", "sk-secret").unwrap();
        assert!(!sealed.contains("sk-secret"));
        assert_eq!(vault.open("model:1", &sealed).unwrap(), "sk-secret");
        assert_ne!(vault.seal("model:1", "sk-secret").unwrap(), sealed, "never twice alike");
        assert!(vault.open("model:2", &sealed).is_err(), "moved to another row");
        assert!(Vault { key: [2; 32], ..vault.clone() }.open("model:1", &sealed).is_err(), "another key");
        let mut changed = sealed.into_bytes();
        let last = changed.len() - 1;
        changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
        assert!(vault.open("model:1", std::str::from_utf8(&changed).unwrap()).is_err(), "changed");
    }
}
