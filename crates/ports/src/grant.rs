//! Grants: short-lived keys with which a browser uploads by itself.

use std::time::Duration;

use domain::{id::AccountId, time::Timestamp};

use crate::fault::Fault;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRequest {
    /// For whom.
    pub account: AccountId,
    /// Below which keys files may be put; nothing else is allowed.
    pub prefix: String,
    /// For how long.
    pub lifetime: Duration,
    /// Now.
    pub now: Timestamp,
}

/// Keys that may put files below one prefix for a while.
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    /// The key's id.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
    /// What goes with every request.
    pub session_token: String,
    /// Until when.
    pub expires_at: Timestamp,
    /// The region, as the vendor's own library wants it.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// Where the bucket's server is.
    pub endpoint: String,
}

impl std::fmt::Debug for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Grant {{ access_key: {:?} }}", self.access_key)
    }
}

/// Gives out keys.
#[async_trait::async_trait]
pub trait CredentialIssuer: Send + Sync {
    /// Keys that may put files below one prefix for a while, and nothing else.
    ///
    /// # Errors
    /// [`Fault`], without the vendor's body.
    async fn grant(&self, request: &CredentialRequest) -> Result<Grant, Fault>;
}
