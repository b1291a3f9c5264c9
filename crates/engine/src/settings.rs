//! The engine's settings, already validated by the code that reads the configuration.

use std::{collections::HashMap, path::PathBuf, time::Duration};

use domain::{delivery::Channel, window::Rule};

use crate::delivery::Rules;

/// What the operator chose.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The base URL at which people and callbacks reach this server, without a slash at the end.
    pub public_url: String,
    /// Whether it is hardened, so that its API keys are live ones.
    pub production: bool,
    /// Whether the limits that protect this server are on.
    pub limits_enabled: bool,
    /// Whether requests from this machine itself are exempt from limits by address.
    pub loopback_exempt: bool,
    /// How many cores may be kept busy with passwords and pictures.
    pub cores: usize,
    /// How long a link to a file is valid.
    pub media_lifetime: Duration,
    /// Where work in progress is kept.
    pub work_folder: PathBuf,
    /// How long a worker's claim lasts without a heartbeat.
    pub lease: Duration,
    /// How often a worker looks for tasks that it was not woken for.
    pub poll: Duration,
    /// The product's name in messages to its users.
    pub brand: String,
    /// The longest novel, in bytes.
    pub novel_bytes: usize,
    /// Prefixes of the countries whose phones may sign in, as `+86`.
    pub phone_prefixes: Vec<String>,
    /// Whether verification codes are returned in answers, as the documents show for their test mode.
    pub echo_codes: bool,
    /// How often text messages may be sent.
    pub sms: Rules,
    /// How often letters may be sent.
    pub mail: Rules,
    /// The waits between tries of one message if the carrier does not say; there is one more try than there are waits.
    pub send_waits: Vec<Duration>,
    /// How long an asker waits for a carrier to accept a message; the tries go on after the answer.
    pub patience: Duration,
    /// The fewest characters of a password.
    pub password_least: u64,
    /// Whether the commonest passwords are refused.
    pub refuse_common_passwords: bool,
    /// Who may mint redemption codes through the API.
    pub minting: Minting,
    /// The most codes that one request may mint.
    pub mint_most: i64,
    /// Whether owners may report on their own metered tasks, as published; otherwise they may only cancel them.
    pub owners_report: bool,
    /// Whether the result of a metered task is shown as the label that was reported; otherwise as a signed link to the file.
    pub expose_paths: bool,
    /// Whether anybody may look accounts up by their id.
    pub public_profiles: bool,
    /// The front end's base URL, to which links in letters lead, without a slash at the end.
    pub front_url: String,
    /// Courses that are studied as tasks.
    pub campus: Campus,
    /// Where the native surface and the pages beside it are reached, without a slash at the end.
    pub console_url: String,
    /// Signing in at an identity provider.
    pub oidc: crate::oidc::Settings,
    /// Models and the tasks that they do.
    pub studio: Studio,
    /// Payments.
    pub payment: Payment,
    /// Direct uploads by browsers.
    pub uploads: Uploads,
    /// How long what is not money is kept.
    pub housekeeping: Housekeeping,
    /// The operator's templates of the assistant, by name.
    pub templates: HashMap<String, String>,
}

/// Courses that are studied as tasks.
#[derive(Debug, Clone)]
pub struct Campus {
    /// What a task costs its owner, in micro-yuan.
    pub price: i64,
    /// How many tasks of one account may be waiting or running at once, unless an administrator changed it.
    pub most_tasks: i64,
    /// How long a task may take, unless an administrator changed it.
    pub timeout: Duration,
    /// How long a session lasts, unless an administrator changed it.
    pub session: Duration,
    /// How many tasks are worked on at once.
    pub concurrency: usize,
    /// How long a second of media lasts at normal speed: a second, except in tests.
    pub second: Duration,
    /// The wait before an item that was locked is checked again.
    pub recheck: Duration,
}

/// Who approves a generation task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// An administrator.
    Admin,
    /// Its owner or an administrator.
    Owner,
    /// Nobody needs to.
    Automatic,
}

/// Models and the tasks that they do.
#[derive(Debug, Clone)]
pub struct Studio {
    /// Who approves a task.
    pub approval: Approval,
    /// Whether administrators may approve tasks of their own.
    pub approve_own: bool,
    /// The name of the model for tasks that name none.
    pub default_model: Option<String>,
    /// Whether users see the URLs of models.
    pub expose_url: bool,
    /// How many tasks are worked on at once.
    pub concurrency: usize,
    /// The wait before a job is polled again.
    pub poll: Duration,
    /// For how long it is polled that often; after that, less and less often.
    pub window: Duration,
    /// The time after which a job without an outcome fails, without a retry.
    pub settle: Duration,
    /// How long a call to a model may take.
    pub call: Duration,
    /// The largest result in bytes.
    pub result_bytes: usize,
}

/// Payments.
#[derive(Debug, Clone)]
pub struct Payment {
    /// The base URL at which gateways reach this server, without a slash at the end.
    pub notify_url: String,
    /// The smallest amount of a payment, in micro-yuan.
    pub least: i64,
    /// The largest amount of a payment, in micro-yuan.
    pub most: i64,
    /// Hosts that payers may be redirected back to; any host if empty.
    pub return_hosts: Vec<String>,
    /// The amount, in micro-yuan, from which on a callback counts only if the gateway confirms it when asked; 0 means never.
    pub confirm_above: i64,
    /// Whether administrators are shown the keys of methods.
    pub expose_key: bool,
    /// How long callbacks through a method are still accepted after it was switched off.
    pub afterglow: Duration,
}

/// How long what is not money is kept.
#[derive(Debug, Clone)]
pub struct Housekeeping {
    /// Messages that were sent, for the operator to read.
    pub messages: Duration,
    /// Events of webhooks, with their deliveries.
    pub webhooks: Duration,
    /// Sessions, after they expired.
    pub sessions: Duration,
    /// Pieces of films that can be made again.
    pub pieces: Duration,
    /// Logs and steps of tasks, after these ended; for ever if `None`.
    pub records: Option<Duration>,
    /// Films and other results, after their tasks ended; for ever if `None`.
    pub results: Option<Duration>,
}

/// Direct uploads by browsers.
#[derive(Debug, Clone)]
pub struct Uploads {
    /// The built-in endpoint's address, in the form that the vendor's libraries expect; `None` if there is none.
    pub endpoint: Option<String>,
    /// The largest file that the built-in endpoint accepts, in bytes.
    pub most_bytes: u64,
    /// Where upload keys may put files.
    pub scope: UploadScope,
}

/// Where keys for uploads may put files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadScope {
    /// Any new object below `uploads/`, as the published answer names no prefix.
    Shared,
    /// Below a prefix of the account's own.
    Account,
}

/// How long upload keys are valid.
pub const GRANTED_FOR: Duration = Duration::from_secs(900);

/// Who may mint redemption codes through the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Minting {
    /// Everybody who is signed in, as published.
    Anybody,
    /// Administrators.
    Admins,
}

impl Settings {
    /// The limits on sending over a channel.
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
            production: false,
            public_url: "http://localhost:8000".to_owned(),
            limits_enabled: true,
            loopback_exempt: true,
            cores: 2,
            media_lifetime: Duration::from_secs(3600),
            work_folder: std::env::temp_dir(),
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            brand: "工坊 Gongfang".to_owned(),
            novel_bytes: 204_800,
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
            front_url: "http://localhost:8000".to_owned(),
            campus: Campus {
                price: 0,
                most_tasks: 3,
                timeout: Duration::from_secs(7200),
                session: Duration::from_secs(86_400),
                concurrency: 64,
                second: Duration::from_secs(1),
                recheck: Duration::from_secs(5),
            },
            console_url: "http://localhost:8080".to_owned(),
            oidc: crate::oidc::Settings::default(),
            studio: Studio {
                approval: Approval::Admin,
                approve_own: true,
                default_model: None,
                expose_url: true,
                concurrency: 64,
                poll: Duration::from_secs(5),
                window: Duration::from_secs(30 * 60),
                settle: Duration::from_secs(24 * 3600),
                call: Duration::from_secs(60),
                result_bytes: 128 << 20,
            },
            payment: Payment {
                notify_url: "http://localhost:8080".to_owned(),
                least: 10_000,
                most: 50_000_000_000,
                return_hosts: Vec::new(),
                confirm_above: 0,
                expose_key: true,
                afterglow: Duration::from_secs(7 * 24 * 3600),
            },
            housekeeping: Housekeeping {
                messages: Duration::from_secs(30 * 86_400),
                webhooks: Duration::from_secs(30 * 86_400),
                sessions: Duration::from_secs(30 * 86_400),
                pieces: Duration::from_secs(14 * 86_400),
                records: Some(Duration::from_secs(90 * 86_400)),
                results: None,
            },
            uploads: Uploads { endpoint: None, most_bytes: 20 << 20, scope: UploadScope::Shared },
            templates: HashMap::new(),
        }
    }
}
