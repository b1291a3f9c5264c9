//! The engine's settings, already checked by whoever reads the configuration.

use std::{path::PathBuf, time::Duration};

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
        }
    }
}
