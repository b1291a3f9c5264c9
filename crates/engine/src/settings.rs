//! The engine's settings, already checked by whoever reads the configuration.

use std::{path::PathBuf, time::Duration};

use domain::{delivery::Channel, window::Rule};

use crate::delivery::Rules;

/// What the operator chose.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people and callbacks reach this server, without a slash at the end.
    pub public_url: String,
    /// Whether the limits that protect this server are on.
    pub limits_enabled: bool,
    /// Whether requests from this machine itself are exempt from limits by address.
    pub loopback_exempt: bool,
    /// How many cores may be kept busy with passwords and pictures.
    pub cores: usize,
    /// How long a link to a file is good.
    pub media_lifetime: Duration,
    /// Where work in progress is kept.
    pub work_folder: PathBuf,
    /// How long a worker's claim lasts without a heartbeat.
    pub lease: Duration,
    /// How often a worker looks for tasks that nobody told it of.
    pub poll: Duration,
    /// What the product is called in messages to its users.
    pub brand: String,
    /// Prefixes of the countries whose phones may sign in, as `+86`.
    pub phone_prefixes: Vec<String>,
    /// Whether verification codes are given back in answers, as the documents show for their test mode.
    pub echo_codes: bool,
    /// How often text messages may be sent.
    pub sms: Rules,
    /// How often letters may be sent.
    pub mail: Rules,
    /// How long is waited between tries of one message when the carrier does not say; one more try than there are waits.
    pub send_waits: Vec<Duration>,
    /// How long an asker waits to hear that a carrier took the message; the tries go on behind the answer.
    pub patience: Duration,
    /// The fewest characters of a password.
    pub password_least: u64,
    /// Whether the commonest passwords are refused.
    pub refuse_common_passwords: bool,
    /// Who may mint redemption codes through the API.
    pub minting: Minting,
    /// The most codes that one request may mint.
    pub mint_most: i64,
    /// Whether owners report on their own metered tasks, as published; otherwise they may only cancel.
    pub owners_report: bool,
    /// Whether what a metered task made is shown as the label that was reported; otherwise as a signed link to the file.
    pub expose_paths: bool,
    /// Whether anybody may look accounts up by their number.
    pub public_profiles: bool,
}

/// Who may mint redemption codes through the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Minting {
    /// Everybody who is signed in, as published.
    Anybody,
    /// Administrators.
    Admins,
}

impl Settings {
    /// How often may be sent over a channel.
    #[must_use]
    pub fn sending(&self, channel: Channel) -> &Rules {
        match channel {
            Channel::Sms => &self.sms,
            Channel::Mail => &self.mail,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://localhost:8000".to_owned(),
            limits_enabled: true,
            loopback_exempt: true,
            cores: 2,
            media_lifetime: Duration::from_secs(3600),
            work_folder: std::env::temp_dir(),
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            brand: "工坊 Gongfang".to_owned(),
            phone_prefixes: vec!["+86".to_owned()],
            echo_codes: true,
            sms: Rules::default(),
            mail: Rules { recipient: vec![Rule { allowed: 1, span: Duration::from_secs(60) }], ..Rules::default() },
            send_waits: vec![Duration::from_secs(1), Duration::from_secs(5)],
            patience: Duration::from_secs(8),
            password_least: 6,
            refuse_common_passwords: false,
            minting: Minting::Anybody,
            mint_most: 100,
            owners_report: true,
            expose_paths: true,
            public_profiles: true,
        }
    }
}
