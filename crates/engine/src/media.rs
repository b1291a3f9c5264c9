//! Links to files: signed when they are requested, and valid for a while. What is stored is the file's key, never a link.

use std::{ops::Range, time::Duration};

use bytes::Bytes;
use domain::{
    refusal::{Noun, Refusal},
    text::{PATH, hex, percent_encoded},
    time::Timestamp,
};
use futures_util::stream::BoxStream;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{Engine, Error, Fault};

/// A link to the file under `key`, below the server's public URL. It ends in the file's name and nothing else, because pages tell the
/// file's type by it.
#[must_use]
pub fn link(engine: &Engine, key: &str) -> String {
    let expires = engine.now().plus(engine.settings.media_lifetime).seconds();
    format!("{}/media/{expires}.{}/{}", engine.settings.public_url, signature(engine, key, expires), percent_encoded(key, PATH))
}

fn signature(engine: &Engine, key: &str, expires: i64) -> String {
    hex(&mac(engine, key, expires).finalize().into_bytes())
}

fn mac(engine: &Engine, key: &str, expires: i64) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&engine.secrets.media).expect("HMAC takes a key of any length");
    mac.update(format!("{expires}\n{key}").as_bytes());
    mac
}

/// The content of a link.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The file's key.
    pub key: String,
    /// When the link expires, in Unix seconds.
    pub expires: i64,
    /// The signature as lower-case hexadecimal text.
    pub signature: String,
}

impl Asked {
    /// Parses the path of a link; `None` if it has the older form, with the rest in the query.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let (signed, key) = path.split_once('/')?;
        let (expires, signature) = signed.split_once('.')?;
        unhex(signature)?;
        Some(Self { key: key.to_owned(), expires: expires.parse().ok()?, signature: signature.to_owned() })
    }
}

/// The size in bytes of the file that a valid link names.
///
/// # Errors
/// [`Refusal::NotFound`] for every invalid link, and for a file that is gone.
pub async fn size(engine: &Engine, asked: &Asked) -> Result<u64, Error> {
    let missing = || Error::from(Refusal::NotFound(Noun::Task));
    let bytes = unhex(&asked.signature).ok_or_else(missing)?;
    let good = mac(engine, &asked.key, asked.expires).verify_slice(&bytes).is_ok() && lasts(engine, asked.expires);
    if !good {
        return Err(missing());
    }
    let size = engine.storage.size(&asked.key).await.map_err(|fault| Fault::Database(fault.to_string()))?;
    size.ok_or_else(missing)
}

/// Whether a link with this expiry is valid now, and was not made by a clock that has been set back since.
fn lasts(engine: &Engine, expires: i64) -> bool {
    let (now, expires) = (engine.now(), Timestamp(expires.saturating_mul(1_000_000)));
    now < expires && expires <= now.plus(engine.settings.media_lifetime + Duration::from_secs(3600))
}

/// The bytes in `range` of a file whose link was found valid by [`size`].
///
/// # Errors
/// [`Error::Fault`] if it cannot be read.
pub async fn read(
    engine: &Engine,
    asked: &Asked,
    range: Range<u64>,
) -> Result<BoxStream<'static, Result<Bytes, ports::fault::Fault>>, Error> {
    engine.storage.read(&asked.key, range).await.map_err(|fault| Fault::Database(fault.to_string()).into())
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(bytes)
}
