//! What a key may: put files under names that are its, with its session token, until it expires.

use std::sync::Arc;

use engine::{
    Engine,
    upload::{BUCKET, Key},
};
use s3s::{
    S3Result,
    access::{S3Access, S3AccessContext},
    auth::{S3Auth, SecretKey},
    path::S3Path,
    s3_error,
};

use super::oss::Signed;

/// What a key that puts files may ask for.
const OPERATIONS: [&str; 5] = ["PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload"];

/// The secrets of keys, computed from their ids.
pub(super) struct Keys(pub(super) Arc<Engine>);

#[async_trait::async_trait]
impl S3Auth for Keys {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        let key = Key::of(&self.0, access_key).ok_or_else(|| s3_error!(InvalidAccessKeyId))?;
        Ok(SecretKey::from(key.secret))
    }
}

/// Lets in whoever may, and leaves their key with the request.
pub(super) struct Rights(pub(super) Arc<Engine>);

#[async_trait::async_trait]
impl S3Access for Rights {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let key = match cx.extensions_mut().get::<Signed>() {
            Some(signed) => signed.0.clone(),
            None => self.signed(cx)?,
        };
        if !key.lasts(&self.0) {
            return Err(s3_error!(ExpiredToken, "the key has expired: ask for another one"));
        }
        match cx.s3_path() {
            S3Path::Object { bucket, key: object }
                if OPERATIONS.contains(&cx.s3_op().name()) && &**bucket == BUCKET && key.allows(object) => {}
            S3Path::Object { .. } | S3Path::Bucket { .. } | S3Path::Root => {
                return Err(s3_error!(AccessDenied, "this key puts files below {}, and does nothing else", key.prefix));
            }
        }
        cx.extensions_mut().insert(Signed(key));
        Ok(())
    }
}

impl Rights {
    /// The key that an S3 request was signed with, if it brings that key's session token.
    fn signed(&self, cx: &mut S3AccessContext<'_>) -> S3Result<Key> {
        let credentials = cx.credentials().ok_or_else(|| s3_error!(AccessDenied))?;
        let key = Key::of(&self.0, &credentials.access_key).ok_or_else(|| s3_error!(InvalidAccessKeyId))?;
        let in_query = || {
            let query = cx.uri().query().unwrap_or_default();
            url::form_urlencoded::parse(query.as_bytes())
                .find(|(name, _)| name.eq_ignore_ascii_case("x-amz-security-token"))
                .map(|(_, value)| value.into_owned())
        };
        let token = match cx.headers().get("x-amz-security-token") {
            Some(value) => value.to_str().ok().map(str::to_owned),
            None => in_query(),
        };
        if !token.is_some_and(|token| key.has_token(&token)) {
            return Err(s3_error!(InvalidToken, "the session token is missing or is not this key's"));
        }
        Ok(key)
    }
}
