//! Payment gateways: where payers are sent, what a callback says, and what a gateway knows of an order.

use serde_json::{Map, Value};

use crate::{address, fault::Fault};

/// How a method's gateway is reached and signed for, as its administrator wrote it: `gateway`, `pid`, `key` and the like.
#[derive(Clone, Default, PartialEq)]
pub struct Config(pub Map<String, Value>);

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Config {
    /// A value as text; a number is one, and what is absent is empty.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        match self.0.get(name) {
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }

    /// The gateway's address, without the page that people copy with it; it may be called `gateway` or `url`.
    #[must_use]
    pub fn gateway(&self) -> String {
        let named = self.text("gateway");
        Self::address(if named.is_empty() { self.text("url") } else { named })
    }

    /// A gateway's address as it is typed, without its page.
    #[must_use]
    pub fn address(typed: impl AsRef<str>) -> String {
        address::base(typed.as_ref(), &["*.php", "api/pay/submit", "api/pay/create", "api/pay/query", "api/pay"])
    }
}

/// What a payer is to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// Our number.
    pub order: String,
    /// How much, in fen.
    pub fen: i64,
    /// What the payer pays with.
    pub channel: &'static str,
    /// What it is for; no user's words.
    pub name: String,
    /// Whom the gateway tells.
    pub notify_url: String,
    /// Where the payer's browser goes afterwards.
    pub return_url: String,
    /// Now, in Unix seconds.
    pub now_s: i64,
}

/// What a callback with a good signature says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Our number.
    pub order: String,
    /// The gateway's number.
    pub trade: String,
    /// The gateway's word for what happened.
    pub status: String,
    /// Whether that word means that it was paid.
    pub paid: bool,
    /// How much, in fen; none where it is no amount.
    pub fen: Option<i64>,
}

/// Why a callback is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Disbelief {
    /// The signature is missing or wrong.
    #[error("the signature does not verify")]
    Signature,
    /// It is about another merchant.
    #[error("it is about another merchant")]
    Merchant,
    /// A field is missing or not of its form.
    #[error("a field is missing or malformed")]
    Malformed,
}

/// What a gateway knows of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderStatus {
    /// Nothing.
    Unknown,
    /// It was not paid.
    Unpaid,
    /// It was paid.
    Paid {
        /// The gateway's number.
        trade: String,
        /// How much, in fen; none where it is no amount.
        fen: Option<i64>,
    },
    /// Something else: refunded, frozen.
    Other(String),
}

/// A protocol of gateways.
#[async_trait::async_trait]
pub trait Gateway: Send + Sync {
    /// What is wrong with a configuration, in a line for its administrator; nothing where it will do.
    fn fault(&self, config: &Config) -> Option<String>;
    /// Where the payer's browser is sent.
    ///
    /// # Errors
    /// [`Fault::Lasting`] where the configuration cannot sign.
    fn jump(&self, config: &Config, bill: &Bill) -> Result<String, Fault>;
    /// Reads a callback, decoded, each field once.
    ///
    /// # Errors
    /// [`Disbelief`].
    fn read(&self, config: &Config, fields: &[(String, String)]) -> Result<Notice, Disbelief>;
    /// Fields with their signature behind them; both sides sign alike.
    ///
    /// # Errors
    /// [`Fault::Lasting`] where the configuration cannot sign.
    fn sign(&self, config: &Config, fields: Vec<(String, String)>) -> Result<Vec<(String, String)>, Fault>;
    /// Whether a signature over fields verifies.
    fn verifies(&self, config: &Config, fields: &[(String, String)]) -> bool;
    /// Asks what the gateway knows of an order.
    ///
    /// # Errors
    /// [`Fault`] where it cannot be asked or its answer makes no sense.
    async fn ask(&self, config: &Config, order: &str, now_s: i64) -> Result<OrderStatus, Fault>;
}
