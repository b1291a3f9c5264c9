//! Storage in an S3-compatible bucket: AWS, MinIO, Kodo, OSS.

use std::{ops::Range, path::Path};

use bytes::Bytes;
use futures_util::{StreamExt, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path as Key,
};
use ports::{fault::Fault, storage::Storage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The size of the parts in which a large file is uploaded, in bytes.
const PIECE: usize = 8 << 20;

/// How to reach a bucket.
#[derive(Clone)]
pub struct Bucket {
    /// The server, such as `https://s3.example.com`; the vendor's own if empty.
    pub endpoint: String,
    /// The region.
    pub region: String,
    /// The bucket.
    pub name: String,
    /// The key's id.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
    /// Whether the bucket is part of the host name instead of the path: OSS supports only that.
    pub virtual_host: bool,
}

/// Files in a bucket. Objects appear atomically.
#[derive(Debug)]
pub struct S3(AmazonS3);

impl S3 {
    /// Storage in a bucket.
    ///
    /// # Errors
    /// [`Fault::Lasting`] if the configuration makes no sense.
    pub fn new(bucket: &Bucket) -> Result<Self, Fault> {
        let mut builder = AmazonS3Builder::new()
            .with_region(&bucket.region)
            .with_bucket_name(&bucket.name)
            .with_access_key_id(&bucket.access_key)
            .with_secret_access_key(&bucket.secret_key)
            .with_virtual_hosted_style_request(bucket.virtual_host)
            .with_allow_http(bucket.endpoint.starts_with("http://"));
        if !bucket.endpoint.is_empty() {
            builder = builder.with_endpoint(&bucket.endpoint);
        }
        Ok(Self(builder.build().map_err(|error| Fault::lasting(format!("storage: {error}")))?))
    }
}

fn server(error: &object_store::Error) -> Fault {
    // The server's text may name the key's id and the bucket; for the operator's log, the type of error is enough.
    let text = match error {
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => "the bucket refuses the key",
        object_store::Error::NotFound { .. } => "there is no such object",
        _ => "the bucket does not answer as it should",
    };
    tracing::debug!(%error, "storage");
    match error {
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => Fault::lasting(text),
        _ => Fault::passing(text),
    }
}

fn disk(error: &std::io::Error) -> Fault {
    Fault::passing(format!("storage: {error}"))
}

#[async_trait::async_trait]
impl Storage for S3 {
    async fn put(&self, key: &str, from: &Path) -> Result<(), Fault> {
        let key = Key::from(key);
        let mut file = tokio::fs::File::open(from).await.map_err(|error| disk(&error))?;
        let size = file.metadata().await.map_err(|error| disk(&error))?.len();
        if size <= PIECE as u64 {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).await.map_err(|error| disk(&error))?;
            return self.0.put(&key, PutPayload::from(bytes)).await.map(drop).map_err(|error| server(&error));
        }
        let mut upload = self.0.put_multipart(&key).await.map_err(|error| server(&error))?;
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            let read = (&mut file).take(PIECE as u64).read_to_end(&mut piece).await;
            let sent = match read {
                Ok(0) => break,
                Ok(_) => upload.put_part(PutPayload::from(piece)).await.map_err(|error| server(&error)),
                Err(error) => Err(disk(&error)),
            };
            if let Err(fault) = sent {
                let _ = upload.abort().await;
                return Err(fault);
            }
        }
        upload.complete().await.map(drop).map_err(|error| server(&error))
    }

    async fn fetch(&self, key: &str, to: &Path) -> Result<bool, Fault> {
        let found = match self.0.get(&Key::from(key)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(server(&error)),
        };
        let part = to.with_extension("part");
        let mut file = tokio::fs::File::create(&part).await.map_err(|error| disk(&error))?;
        let mut pieces = found.into_stream();
        while let Some(piece) = pieces.next().await {
            file.write_all(&piece.map_err(|error| server(&error))?).await.map_err(|error| disk(&error))?;
        }
        file.flush().await.map_err(|error| disk(&error))?;
        drop(file);
        tokio::fs::rename(&part, to).await.map_err(|error| disk(&error))?;
        Ok(true)
    }

    async fn size(&self, key: &str) -> Result<Option<u64>, Fault> {
        match self.0.head(&Key::from(key)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(server(&error)),
        }
    }

    async fn read(&self, key: &str, range: Range<u64>) -> Result<BoxStream<'static, Result<Bytes, Fault>>, Fault> {
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let found = self.0.get_opts(&Key::from(key), options).await.map_err(|error| server(&error))?;
        Ok(found.into_stream().map(|piece| piece.map_err(|error| server(&error))).boxed())
    }

    async fn remove(&self, key: &str) -> Result<(), Fault> {
        match self.0.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(server(&error)),
        }
    }
}
