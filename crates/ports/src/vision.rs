//! Vision models: a picture becomes words.

use bytes::Bytes;

use crate::fault::Fault;

/// What is asked about a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What to write.
    pub instructions: String,
    /// The picture, whole.
    pub picture: Bytes,
    /// Its media type, found by its first bytes.
    pub media_type: &'static str,
}

/// Looks at pictures.
#[async_trait::async_trait]
pub trait Vision: Send + Sync {
    /// Whether pictures are unpacked by this process: a lasting fault says then that one is none.
    fn unpacks(&self) -> bool {
        false
    }

    /// Writes what it was told to about a picture.
    ///
    /// # Errors
    /// [`Fault`], without the provider's body.
    async fn look(&self, question: Question) -> Result<String, Fault>;
}
