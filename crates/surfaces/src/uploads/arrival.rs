//! What arrives: it is written down while it comes, and is what its sender says it is, by every hash that they name, or it is nothing.

use std::path::PathBuf;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use engine::{
    Engine,
    upload::{self, object::Arrived},
};
use futures_util::StreamExt;
use s3s::{
    S3Result, TrailingHeaders,
    crypto::{Checksum, Crc32, Crc32c, Crc64Nvme, Md5, Sha1, Sha256},
    dto::StreamingBlob,
    s3_error,
};
use tokio::io::AsyncWriteExt;

/// A file that came, removed again when it is dropped.
pub(super) struct File {
    path: PathBuf,
    size: u64,
    etag: String,
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl File {
    pub(super) fn arrived(&self) -> Arrived<'_> {
        Arrived { file: &self.path, size: self.size, etag: self.etag.clone() }
    }

    /// The hash that clients know it by.
    pub(super) fn etag(&self) -> String {
        self.etag.clone()
    }
}

/// A hash that is computed while the file comes.
pub(super) enum Hasher {
    Md5(Md5),
    Crc32(Crc32),
    Crc32c(Crc32c),
    Crc64(Crc64Nvme),
    Sha1(Sha1),
    Sha256(Sha256),
}

/// The headers, of the request or behind its body, in which senders name a hash.
const NAMES: [&str; 6] = [
    "content-md5",
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-sha1",
    "x-amz-checksum-sha256",
];

impl Hasher {
    pub(super) fn of(name: &str) -> Self {
        match name {
            "content-md5" => Self::Md5(Md5::new()),
            "x-amz-checksum-crc32" => Self::Crc32(Crc32::new()),
            "x-amz-checksum-crc32c" => Self::Crc32c(Crc32c::new()),
            "x-amz-checksum-crc64nvme" => Self::Crc64(Crc64Nvme::new()),
            "x-amz-checksum-sha1" => Self::Sha1(Sha1::new()),
            _ => Self::Sha256(Sha256::new()),
        }
    }

    pub(super) fn update(&mut self, piece: &[u8]) {
        match self {
            Self::Md5(hasher) => hasher.update(piece),
            Self::Crc32(hasher) => hasher.update(piece),
            Self::Crc32c(hasher) => hasher.update(piece),
            Self::Crc64(hasher) => hasher.update(piece),
            Self::Sha1(hasher) => hasher.update(piece),
            Self::Sha256(hasher) => hasher.update(piece),
        }
    }

    pub(super) fn finalize(self) -> Vec<u8> {
        match self {
            Self::Md5(hasher) => hasher.finalize().as_ref().to_vec(),
            Self::Crc32(hasher) => hasher.finalize().as_ref().to_vec(),
            Self::Crc32c(hasher) => hasher.finalize().as_ref().to_vec(),
            Self::Crc64(hasher) => hasher.finalize().as_ref().to_vec(),
            Self::Sha1(hasher) => hasher.finalize().as_ref().to_vec(),
            Self::Sha256(hasher) => hasher.finalize().as_ref().to_vec(),
        }
    }
}

/// Takes a body down and compares it with what its sender says of it.
///
/// # Errors
/// `BadDigest` where it is not what it should be; `EntityTooLarge`; `IncompleteBody`. Nothing is kept then.
pub(super) async fn taken(
    engine: &Engine,
    headers: &axum::http::HeaderMap,
    body: Option<StreamingBlob>,
    trailers: Option<&TrailingHeaders>,
    announced: Option<i64>,
) -> S3Result<File> {
    let most = engine.settings.uploads.most_bytes;
    if announced.is_some_and(|length| u64::try_from(length).unwrap_or(u64::MAX) > most) {
        return Err(s3_error!(EntityTooLarge));
    }
    let promised = headers.get_all("x-amz-trailer").iter().filter_map(|value| value.to_str().ok());
    let promised: Vec<String> = promised.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect();
    let wanted = NAMES.into_iter().filter(|name| headers.contains_key(*name) || promised.iter().any(|promised| promised == name));
    let mut hashers: Vec<(&str, Hasher)> = wanted.map(|name| (name, Hasher::of(name))).collect();
    let internal = |error: std::io::Error| s3_error!(InternalError, "{}", error.kind());
    let folder = engine.settings.work_folder.join("uploads");
    tokio::fs::create_dir_all(&folder).await.map_err(internal)?;
    let mut arriving = File { path: folder.join(upload::part_name(engine)), size: 0, etag: String::new() };
    let mut file = tokio::fs::File::create(&arriving.path).await.map_err(internal)?;
    let mut md5 = Md5::new();
    // Alibaba's V4 may name the body's hash, too, in hexadecimal; its libraries say that they do not.
    let mut signed =
        headers.get("x-oss-content-sha256").and_then(|value| domain::text::unhex(value.to_str().ok()?)).map(|said| (said, Sha256::new()));
    let mut pieces = body.ok_or_else(|| s3_error!(IncompleteBody))?;
    while let Some(piece) = pieces.next().await {
        // The library compares one hash itself, and says so by breaking the body off.
        let piece = piece.map_err(|error| match format!("{error:?}") {
            text if text.contains("Sha256Mismatch") => s3_error!(BadDigest, "the body is not what x-amz-content-sha256 says"),
            _ => s3_error!(IncompleteBody),
        })?;
        arriving.size += piece.len() as u64;
        if arriving.size > most {
            return Err(s3_error!(EntityTooLarge));
        }
        md5.update(&piece);
        if let Some((_, hasher)) = &mut signed {
            hasher.update(&piece);
        }
        hashers.iter_mut().for_each(|(_, hasher)| hasher.update(&piece));
        file.write_all(&piece).await.map_err(internal)?;
    }
    file.flush().await.map_err(internal)?;
    let behind = trailers.and_then(TrailingHeaders::take).unwrap_or_default();
    if signed.is_some_and(|(said, hasher)| hasher.finalize().as_ref()[..] != said) {
        return Err(s3_error!(BadDigest, "the body is not what x-oss-content-sha256 says"));
    }
    // One that came unannounced was not looked for, and is not passed over either.
    if let Some(name) = NAMES.iter().find(|name| behind.contains_key(**name) && hashers.iter().all(|(looked_for, _)| looked_for != *name)) {
        return Err(s3_error!(BadDigest, "{name} came behind the body and was not announced"));
    }
    for (name, hasher) in hashers {
        let named = [headers.get(name), behind.get(name)].into_iter().flatten().map(|value| value.as_bytes().to_vec()).collect::<Vec<_>>();
        let found = hasher.finalize();
        // One that was announced and did not come proves nothing.
        if named.is_empty() || named.iter().any(|named| BASE64.decode(named).ok().as_ref() != Some(&found)) {
            return Err(s3_error!(BadDigest, "the body is not what {name} says"));
        }
    }
    arriving.etag = domain::text::hex(md5.finalize().as_ref());
    Ok(arriving)
}
