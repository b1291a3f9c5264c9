//! What the endpoint does: it takes files, whole or in parts.

use std::sync::Arc;

use engine::{
    Engine,
    upload::{
        BUCKET, Key,
        object::{self, Refused},
    },
};
use s3s::{
    S3, S3Error, S3Request, S3Response, S3Result,
    dto::{
        AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
        CreateMultipartUploadInput, CreateMultipartUploadOutput, ETag, PutObjectInput, PutObjectOutput, UploadPartInput, UploadPartOutput,
    },
    s3_error,
};

use super::{arrival, claims::Claims, oss::Signed};

pub(super) struct Endpoint(pub(super) Arc<Engine>);

/// The key that a request was let in with.
fn key<T>(request: &S3Request<T>) -> S3Result<Key> {
    request.extensions.get::<Signed>().map(|signed| signed.0.clone()).ok_or_else(|| s3_error!(AccessDenied))
}

/// Whether an object of the key's own may be replaced, as both dialects say that it must not be.
fn over(headers: &axum::http::HeaderMap) -> bool {
    let says = |name: &str, word: &str| headers.get(name).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(word.as_bytes()));
    !says("if-none-match", "*") && !says("x-oss-forbid-overwrite", "true")
}

fn refused(refused: Refused) -> S3Error {
    match refused {
        Refused::Taken => s3_error!(AccessDenied, "there is a file of this name, and it may not be replaced"),
        Refused::TooLarge => s3_error!(EntityTooLarge),
        Refused::NoSession => s3_error!(NoSuchUpload),
        Refused::InvalidPart => s3_error!(InvalidPart),
        Refused::InvalidOrder => s3_error!(InvalidPartOrder),
        Refused::Mismatch => s3_error!(BadDigest, "the file or one of its parts is not what its checksum says"),
        Refused::TooMany => s3_error!(SlowDown, "too many files are arriving: finish or abort one"),
        Refused::Failed(error) => {
            tracing::error!(%error, "an upload could not be kept");
            s3_error!(ServiceUnavailable)
        }
    }
}

#[async_trait::async_trait]
impl S3 for Endpoint {
    async fn put_object(&self, mut request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let (key, over) = (key(&request)?, over(&request.headers));
        let (body, length) = (request.input.body.take(), request.input.content_length);
        let file = arrival::taken(&self.0, &request.headers, body, request.trailing_headers.as_ref(), length).await?;
        object::put(&self.0, &key, &request.input.key, file.arrived(), over).await.map_err(refused)?;
        Ok(S3Response::new(PutObjectOutput { e_tag: Some(ETag::Strong(file.etag())), ..PutObjectOutput::default() }))
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let session = object::begin(&self.0, &key(&request)?, &request.input.key).await.map_err(refused)?;
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(BUCKET.to_owned()),
            key: Some(request.input.key),
            upload_id: Some(session),
            ..CreateMultipartUploadOutput::default()
        }))
    }

    async fn upload_part(&self, mut request: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        let key = key(&request)?;
        let (body, length) = (request.input.body.take(), request.input.content_length);
        let file = arrival::taken(&self.0, &request.headers, body, request.trailing_headers.as_ref(), length).await?;
        let UploadPartInput { key: object, upload_id, part_number, .. } = request.input;
        object::put_part(&self.0, &key, &object, &upload_id, part_number.into(), file.arrived()).await.map_err(refused)?;
        Ok(S3Response::new(UploadPartOutput { e_tag: Some(ETag::Strong(file.etag())), ..UploadPartOutput::default() }))
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let (key, over) = (key(&request)?, over(&request.headers));
        let CompleteMultipartUploadInput { key: object, upload_id, multipart_upload, .. } = request.input;
        let parts = multipart_upload.and_then(|parts| parts.parts).unwrap_or_default();
        let mut claims = Claims::of(&request.headers, &parts);
        let part = |part: s3s::dto::CompletedPart| Some((part.part_number?.into(), part.e_tag?.into_value()));
        let parts: Option<Vec<(i64, String)>> = parts.into_iter().map(part).collect();
        let parts = parts.ok_or_else(|| s3_error!(MalformedXML))?;
        let etag = object::complete(&self.0, &key, &object, &upload_id, &parts, over, &mut claims).await.map_err(refused)?;
        // Alibaba's libraries look for it among the headers.
        let header = axum::http::HeaderValue::try_from(format!("\"{etag}\"")).map_err(|_| s3_error!(InternalError))?;
        let mut answer = S3Response::new(CompleteMultipartUploadOutput {
            bucket: Some(BUCKET.to_owned()),
            key: Some(object),
            e_tag: Some(ETag::Strong(etag)),
            ..CompleteMultipartUploadOutput::default()
        });
        answer.headers.insert(axum::http::header::ETAG, header);
        Ok(answer)
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let key = key(&request)?;
        object::abort(&self.0, &key, &request.input.key, &request.input.upload_id).await.map_err(refused)?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }
}
