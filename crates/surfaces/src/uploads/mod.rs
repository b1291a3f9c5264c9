//! The built-in endpoint for uploads: it speaks S3, takes files below the prefix of a temporary key until that expires, and does
//! nothing else. Signatures are checked by the library; what a key may is asked here, before anything of the request is read.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::any,
};
use bytes::Bytes;
use engine::{
    Engine,
    upload::{self, BUCKET, Key},
};
use futures_util::StreamExt;
use s3s::{
    S3, S3Request, S3Response, S3Result,
    access::{S3Access, S3AccessContext},
    auth::{S3Auth, SecretKey},
    dto::{ETag, PutObjectInput, PutObjectOutput},
    path::S3Path,
    s3_error,
    service::S3ServiceBuilder,
};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use crate::speak::{App, Manners, Surface, Wrong};

/// The surface as a listener mounts it.
#[must_use]
pub fn surface() -> Surface {
    let bucket = format!("/{BUCKET}");
    let router =
        Router::new().route(&bucket, any(serve)).route(&format!("{bucket}/"), any(serve)).route(&format!("{bucket}/{{*key}}"), any(serve));
    Surface {
        name: "uploads",
        prefixes: &["/gongfang-uploads/"],
        claims: vec![format!("{bucket}/*")],
        router,
        refuse,
        docs: None,
        manners: Manners::default(),
    }
}

/// This surface speaks to programs that know S3: a status is all that is left to say where it does not.
fn refuse(wrong: &Wrong) -> Response {
    match wrong {
        Wrong::Panicked => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn serve(State(app): State<App>, request: Request) -> Response {
    let mut builder = S3ServiceBuilder::new(Endpoint(Arc::clone(&app.engine)));
    builder.set_auth(Keys(Arc::clone(&app.engine)));
    builder.set_access(Rights(Arc::clone(&app.engine)));
    let request = request.map(s3s::Body::http_body_unsync);
    match builder.build().call(request).await {
        Ok(answer) => answer.map(axum::body::Body::new),
        Err(error) => {
            tracing::warn!(?error, "an upload broke off");
            StatusCode::BAD_REQUEST.into_response()
        }
    }
}

/// The secrets of keys, computed from their ids.
struct Keys(Arc<Engine>);

#[async_trait::async_trait]
impl S3Auth for Keys {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        let key = Key::of(&self.0, access_key).ok_or_else(|| s3_error!(InvalidAccessKeyId))?;
        Ok(SecretKey::from(key.secret))
    }
}

/// What a key may: put files below its prefix, with its session token, until it expires.
struct Rights(Arc<Engine>);

#[async_trait::async_trait]
impl S3Access for Rights {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
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
        if !key.lasts(&self.0) {
            return Err(s3_error!(ExpiredToken, "the key has expired: ask for another one"));
        }
        match cx.s3_path() {
            S3Path::Object { bucket, key: object }
                if cx.s3_op().name() == "PutObject" && &**bucket == BUCKET && key.allows(&self.0, object) =>
            {
                Ok(())
            }
            S3Path::Object { .. } | S3Path::Bucket { .. } | S3Path::Root => {
                Err(s3_error!(AccessDenied, "this key puts files below {} under plain names, and does nothing else", key.prefix))
            }
        }
    }
}

/// What the endpoint does: it takes files.
struct Endpoint(Arc<Engine>);

#[async_trait::async_trait]
impl S3 for Endpoint {
    async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let PutObjectInput { body, key, content_length, .. } = request.input;
        let most = self.0.settings.uploads.most_bytes;
        if content_length.is_some_and(|length| u64::try_from(length).unwrap_or(u64::MAX) > most) {
            return Err(s3_error!(EntityTooLarge));
        }
        let internal = |error: std::io::Error| s3_error!(InternalError, "{}", error.kind());
        let folder = self.0.settings.work_folder.join("uploads");
        tokio::fs::create_dir_all(&folder).await.map_err(internal)?;
        let path = folder.join(upload::part_name(&self.0));
        let taken = async {
            let mut file = tokio::fs::File::create(&path).await.map_err(internal)?;
            let (mut hash, mut size) = (Sha256::new(), 0_u64);
            let mut pieces = body.ok_or_else(|| s3_error!(IncompleteBody))?;
            while let Some(piece) = pieces.next().await {
                let piece: Bytes = piece.map_err(|_| s3_error!(IncompleteBody))?;
                size += piece.len() as u64;
                if size > most {
                    return Err(s3_error!(EntityTooLarge));
                }
                hash.update(&piece);
                file.write_all(&piece).await.map_err(internal)?;
            }
            file.flush().await.map_err(internal)?;
            drop(file);
            upload::put(&self.0, &key, &path, size).await.map_err(|_| s3_error!(ServiceUnavailable))?;
            Ok(domain::text::hex(&hash.finalize()))
        };
        let taken = taken.await;
        let _ = tokio::fs::remove_file(&path).await;
        Ok(S3Response::new(PutObjectOutput { e_tag: Some(ETag::Strong(taken?)), ..PutObjectOutput::default() }))
    }
}
