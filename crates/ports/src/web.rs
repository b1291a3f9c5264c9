//! The guarded client, as the engine calls it: one request, one bounded answer.
//!
//! There is one port for all addresses that people name: results, pictures and models' servers need the same guard. Only the engine knows
//! what an answer means.

use std::time::Duration;

use bytes::Bytes;

use crate::fault::Fault;

/// How something is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// It asks, and changes nothing.
    Get,
    /// It hands something in.
    Post,
    /// It sets something; doing it again changes nothing more.
    Put,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// How.
    pub method: Method,
    /// The body of what is not a GET.
    pub body: Option<Bytes>,
    /// Where to.
    pub url: String,
    /// Headers, all of them secret.
    pub headers: Vec<(String, String)>,
    /// How many bytes of an answer are read at most.
    pub most_bytes: usize,
    /// How long the whole call may take.
    pub deadline: Duration,
    /// How many redirects of a GET are followed, each checked like the first address.
    pub redirects: u8,
    /// Whether the call buys something, so that a broken answer must not be asked for again.
    pub buys: bool,
    /// Whether 429 and 5xx are replies, too, and of a long answer the beginning is kept: for answers that are shown and not used.
    pub verbatim: bool,
}

impl Request {
    /// A GET of a file.
    #[must_use]
    pub fn get(url: impl Into<String>, most_bytes: usize, deadline: Duration) -> Self {
        Self {
            method: Method::Get,
            body: None,
            url: url.into(),
            headers: Vec::new(),
            most_bytes,
            deadline,
            redirects: 3,
            buys: false,
            verbatim: false,
        }
    }
}

/// What came back, read whole. A status of 429 or 5xx is no reply but a passing fault, except where the request is `verbatim`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The content type, lower case, without parameters.
    pub content_type: String,
    /// The body.
    pub body: Bytes,
    /// Where a redirect leads that was not followed, as it was written.
    pub location: Option<String>,
    /// Links to other pages of the answer (RFC 8288), as they were written.
    pub link: Option<String>,
    /// How long the other side asks us to wait: seconds or a date, as it was written.
    pub retry_after: Option<String>,
}

/// Calls addresses that people named.
#[async_trait::async_trait]
pub trait Web: Send + Sync {
    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// [`Fault::Lasting`] for an address that may not be reached and an answer that is too large; [`Fault::Passing`] for everything
    /// that the network does. Nothing of either side's bodies and headers is in its text.
    async fn send(&self, request: Request) -> Result<Reply, Fault>;
    /// Whether an address may be named at all: its scheme, port and literal address; a name is resolved when it is called.
    fn allows(&self, url: &str) -> bool;
}
