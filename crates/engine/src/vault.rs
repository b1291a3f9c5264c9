//! What must be kept secret and read again: sealed with XChaCha20-Poly1305, bound to the row that it stands in.
//!
//! A text that was moved to another row, or changed, does not open.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};

use crate::{Engine, Error, Fault};

/// What a sealed text begins with: the way in which it was sealed.
const MARK: &str = "sealed:1:";
const NONCE: usize = 24;

/// Seals a text for a place, such as `model:7:request_header:Authorization`.
///
/// # Errors
/// [`Fault::Corrupt`] where it is too large to be sealed.
pub(crate) fn seal(engine: &Engine, place: &str, text: &str) -> Result<String, Error> {
    let mut nonce = [0; NONCE];
    engine.random.fill(&mut nonce);
    let payload = Payload { msg: text.as_bytes(), aad: place.as_bytes() };
    let sealed =
        XChaCha20Poly1305::new(&engine.secrets.vault.into()).encrypt(&nonce.into(), payload).map_err(|_| Fault::Corrupt("secret"))?;
    Ok(format!("{MARK}{}", BASE64.encode([&nonce[..], &sealed].concat())))
}

/// The text that was sealed for a place.
///
/// # Errors
/// [`Fault::Corrupt`] where it was sealed by another key, for another place, or changed.
pub(crate) fn open(engine: &Engine, place: &str, sealed: &str) -> Result<String, Error> {
    let text = sealed.strip_prefix(MARK).and_then(|text| BASE64.decode(text).ok()).filter(|bytes| bytes.len() > NONCE);
    let bytes = text.ok_or(Fault::Corrupt("secret"))?;
    let nonce: [u8; NONCE] = bytes[..NONCE].try_into().map_err(|_| Fault::Corrupt("secret"))?;
    let payload = Payload { msg: &bytes[NONCE..], aad: place.as_bytes() };
    let opened =
        XChaCha20Poly1305::new(&engine.secrets.vault.into()).decrypt(&nonce.into(), payload).map_err(|_| Fault::Corrupt("secret"))?;
    String::from_utf8(opened).map_err(|_| Fault::Corrupt("secret").into())
}
