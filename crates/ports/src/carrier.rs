//! Carriers: whoever takes text messages to phones and letters to mailboxes.
//!
//! There is one port for both: a web hook serves both, and the engine retries, logs and maps faults in one place.
//! The development outbox is no carrier: the engine keeps what it would have sent in its own table.

use std::time::Duration;

use domain::{
    delivery::{Channel, Letter},
    id::DeliveryId,
    time::Timestamp,
    verification::Purpose,
};

/// One message on its way.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// Its number: the same for each try, so that a carrier that knows it sends once.
    pub id: DeliveryId,
    /// The way it goes.
    pub channel: Channel,
    /// One phone number in E.164, or one e-mail address.
    pub to: String,
    /// What it is about; carriers with templates choose one by it.
    pub purpose: Purpose,
    /// What it says.
    pub letter: Letter,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// Why a message was not taken. The text is for the operator's log and carries no key, no code and no recipient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// It may be taken in a moment.
    #[error("{text}")]
    Passing {
        /// What happened.
        text: String,
        /// How long the carrier asked us to wait.
        retry_after: Option<Duration>,
    },
    /// The carrier says that this recipient has been written to too often.
    #[error("{text}")]
    TooOften {
        /// What happened.
        text: String,
    },
    /// There is no such recipient.
    #[error("{text}")]
    Recipient {
        /// What happened.
        text: String,
    },
    /// Nothing will be taken until the operator acts: no money left, a wrong key, an unknown template.
    #[error("{text}")]
    Operator {
        /// What happened.
        text: String,
    },
}

impl From<crate::fault::Fault> for Undelivered {
    fn from(fault: crate::fault::Fault) -> Self {
        match fault {
            crate::fault::Fault::Passing { text, retry_after } => Self::Passing { text, retry_after },
            crate::fault::Fault::Lasting { text } => Self::Operator { text },
            crate::fault::Fault::Stopped => Self::Passing { text: "stopped".to_owned(), retry_after: None },
        }
    }
}

/// Takes messages to their recipients.
#[async_trait::async_trait]
pub trait Carrier: Send + Sync {
    /// Its name in the log.
    fn name(&self) -> &'static str;
    /// Takes one message.
    ///
    /// # Errors
    /// [`Undelivered`].
    async fn carry(&self, parcel: &Parcel) -> Result<(), Undelivered>;
}

/// How a connection to a mail server is kept from others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// In clear first, then encrypted; never in clear for the letters.
    #[default]
    Starttls,
    /// Encrypted from the first byte.
    Tls,
    /// Not at all: a relay on this machine.
    None,
}

/// A mail server, as an administrator named it.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MailServer {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The user name there; empty where it asks for none.
    pub username: String,
    /// The password there.
    pub password: String,
    /// Who writes, as `工坊 <no-reply@example.com>`.
    pub from: String,
    /// How the connection is kept from others.
    pub security: Security,
    /// Whether letters go there.
    pub enabled: bool,
}

impl Default for MailServer {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            username: String::new(),
            password: String::new(),
            from: String::new(),
            security: Security::Starttls,
            enabled: false,
        }
    }
}

impl std::fmt::Debug for MailServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MailServer {}:{}", self.host, self.port)
    }
}

/// Makes carriers for mail servers that are named while the server runs.
pub trait MailerFactory: Send + Sync {
    /// A carrier to a mail server.
    ///
    /// # Errors
    /// [`crate::fault::Fault::Lasting`] where the settings cannot be used.
    fn smtp(&self, server: &MailServer) -> Result<std::sync::Arc<dyn Carrier>, crate::fault::Fault>;
}
