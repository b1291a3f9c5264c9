//! How messages leave: over which carrier, if over any.

use std::sync::Arc;

use domain::delivery::Channel;
use ports::carrier::Carrier;

/// How the messages of a channel are sent.
#[derive(Clone)]
pub enum Transport {
    /// They are kept for a developer to read.
    Outbox,
    /// A carrier sends them.
    Carried(Arc<dyn Carrier>),
    /// They are not sent: nothing is configured.
    Closed,
}

impl Transport {
    /// The carrier's name in the log; `None` if nothing is sent.
    pub(crate) fn carrier(&self) -> Option<&'static str> {
        match self {
            Self::Outbox => Some("outbox"),
            Self::Carried(carrier) => Some(carrier.name()),
            Self::Closed => None,
        }
    }
}

/// The transports of both channels.
#[derive(Clone)]
pub struct Transports {
    /// Text messages.
    pub sms: Transport,
    /// Letters.
    pub mail: Transport,
}

impl Transports {
    /// The transport of a channel.
    #[must_use]
    pub fn of(&self, channel: Channel) -> &Transport {
        match channel {
            Channel::Sms => &self.sms,
            Channel::Mail => &self.mail,
        }
    }

    /// What is missing, for the operator.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let closed = |channel: &Channel| matches!(self.of(*channel), Transport::Closed);
        Channel::ALL
            .iter()
            .filter(|channel| closed(channel))
            .map(|channel| format!("{}: no carrier is configured", channel.word()))
            .collect()
    }
}
