//! Deliveries: one message to one recipient, and its outcome.

use crate::{id::DeliveryId, time::Timestamp, verification::Purpose};

/// The channel that a message is sent over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// A text message to a phone.
    Sms,
    /// A letter to a mailbox.
    Mail,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 2] = [Self::Sms, Self::Mail];

    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Mail => "mail",
        }
    }

    /// The channel with this name in storage.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.word() == word)
    }
}

/// The state of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It is kept in the outbox for development and is not sent.
    Kept,
    /// It is being sent.
    Waiting,
    /// The carrier accepted it.
    Sent,
    /// It was given up.
    Failed,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Kept, Self::Waiting, Self::Sent, Self::Failed];

    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    /// The state with this name in storage.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// The content of a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its subject; text messages have none.
    pub subject: String,
    /// Its plain text.
    pub text: String,
    /// The same as HTML; text messages have none.
    pub html: String,
    /// The verification code in it, if it carries one.
    pub code: String,
    /// The link in it, if it carries one.
    pub link: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter")
    }
}

/// One message to one recipient. Only the outbox for development stores its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The channel that it is sent over.
    pub channel: Channel,
    /// A phone number in E.164 or an e-mail address.
    pub to: String,
    /// Its purpose.
    pub purpose: Purpose,
    /// Who carries it: `outbox`, or a carrier's name.
    pub carrier: String,
    /// Its state.
    pub state: State,
    /// How often it was tried.
    pub tries: i64,
    /// What the carrier said when it did not accept it, without its key or response body.
    pub detail: Option<String>,
    /// Its subject, in the outbox.
    pub subject: Option<String>,
    /// Its text, in the outbox.
    pub text: Option<String>,
    /// The verification code in it, in the outbox.
    pub code: Option<String>,
    /// The link in it, in the outbox.
    pub link: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When its state last changed.
    pub updated_at: Timestamp,
}
