//! Senders of letters.

mod smtp;

pub use ports::carrier::Security;
pub use smtp::{Smtp, SmtpSettings, Smtps};
