//! Senders of letters.

mod smtp;

pub use smtp::{Security, Smtp, SmtpSettings};
