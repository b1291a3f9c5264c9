//! An identity provider (OpenID Connect): people sign in there, and it says who they are.

use domain::time::Timestamp;

use crate::fault::Fault;

/// What is sent along and must come back, so that an answer belongs to the request and to the browser that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Comes back with the code (RFC 6749, 4.1.1).
    pub state: String,
    /// Stands in what the provider signs (OpenID Connect Core, 3.1.2.1).
    pub nonce: String,
    /// Whoever exchanges the code must know it (PKCE, RFC 7636).
    pub verifier: String,
}

/// Who somebody is, as the provider signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// The person's id there, which never changes.
    pub subject: String,
    /// Their e-mail address, if the provider says that it is proved.
    pub email: Option<String>,
    /// The groups that they belong to.
    pub groups: Vec<String>,
}

/// A provider.
#[async_trait::async_trait]
pub trait IdentityProvider: Send + Sync {
    /// What people call it.
    fn name(&self) -> &str;

    /// Where a browser is sent to sign in, and comes back to `redirect` from.
    ///
    /// # Errors
    /// [`Fault`] if the provider does not answer.
    async fn authorization(&self, challenge: &Challenge, redirect: &str, now: Timestamp) -> Result<String, Fault>;

    /// Who it is that came back with `code`.
    ///
    /// # Errors
    /// [`Fault::Passing`] if the provider does not answer; [`Fault::Lasting`] for a code that it does not take and for whatever it says
    /// that is not signed as it should be.
    async fn identity(&self, code: &str, challenge: &Challenge, redirect: &str, now: Timestamp) -> Result<Identity, Fault>;
}
