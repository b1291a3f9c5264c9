//! Accounts, what they sign in with, and how they want to learn.

use domain::account::Account;
use engine::campus::{CampusAccount, NotOpen};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::time;
use crate::http::{Field, Options};

#[derive(Deserialize, JsonSchema)]
pub(in crate::campus) struct Register {
    /// 3-80 个字符
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) username: Field<String>,
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) email: Field<String>,
    /// 至少 6 位
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) password: Field<String>,
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::campus) struct Login {
    /// 用户名或邮箱
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) username: Field<String>,
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) password: Field<String>,
    /// 如果给出，必须是 password
    #[serde(default)]
    pub(in crate::campus) grant_type: Field<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct Token {
    pub(in crate::campus) access_token: String,
    pub(in crate::campus) token_type: &'static str,
    pub(in crate::campus) user: User,
}

/// Somebody with an account.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct User {
    id: i64,
    username: String,
    email: Option<String>,
    /// user, admin
    role: &'static str,
    is_active: bool,
    email_verified: bool,
    created_at: String,
    last_login: Option<String>,
}

impl User {
    pub(in crate::campus) fn of(options: &Options, account: &Account) -> Self {
        Self {
            id: account.id.0,
            username: account.display_name(),
            email: account.email.clone(),
            role: if account.role.administers() { "admin" } else { "user" },
            is_active: account.active,
            email_verified: account.email_verified_at.is_some(),
            created_at: time(options, account.created_at),
            last_login: account.signed_in_at.map(|at| time(options, at)),
        }
    }
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::campus) struct Email {
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) email: Field<String>,
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::campus) struct Reset {
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) token: Field<String>,
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) new_password: Field<String>,
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::campus) struct Ticket {
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) token: Field<String>,
}

#[derive(Deserialize, JsonSchema, Default)]
pub(in crate::campus) struct Passwords {
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) old_password: Field<String>,
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) new_password: Field<String>,
}

#[derive(Deserialize, JsonSchema, Default)]
pub(in crate::campus) struct Password {
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) password: Field<String>,
}

/// What is to change of a configuration; what is absent stays.
#[derive(Deserialize, JsonSchema)]
pub(in crate::campus) struct ConfigUpdate {
    #[serde(default)]
    pub(in crate::campus) cx_username: Field<String>,
    /// 只写；空字符串或 null 保留原密码
    #[serde(default)]
    pub(in crate::campus) cx_password: Field<String>,
    /// 只写；不能用密码登录的平台所发的访问令牌
    #[serde(default)]
    pub(in crate::campus) cx_token: Field<String>,
    /// demo, moodle
    #[serde(default)]
    pub(in crate::campus) platform: Field<String>,
    /// Moodle 站点，如 https://moodle.example.edu
    #[serde(default)]
    pub(in crate::campus) site: Field<String>,
    #[serde(default)]
    pub(in crate::campus) use_cookies: Field<bool>,
    /// 1.0 到 2.0
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    pub(in crate::campus) speed: Field<Number>,
    /// retry, continue, ask
    #[serde(default)]
    pub(in crate::campus) notopen_action: Field<String>,
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(in crate::campus) tiku_config: Field<Map<String, Value>>,
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(in crate::campus) notification_config: Field<Map<String, Value>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct Config {
    id: i64,
    user_id: i64,
    cx_username: Option<String>,
    has_cx_password: bool,
    use_cookies: bool,
    speed: Value,
    notopen_action: &'static str,
    tiku_config: Value,
    notification_config: Value,
    platform: String,
    site: String,
    updated_at: String,
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

impl Config {
    /// A configuration without the key of the password.
    fn of(options: &Options, place: &CampusAccount) -> Self {
        Self {
            id: place.id,
            user_id: place.account.0,
            cx_username: place.username.clone(),
            has_cx_password: place.password.is_some() || place.token.is_some(),
            use_cookies: place.use_cookies,
            speed: parsed(&place.speed),
            notopen_action: place.not_open.word(),
            tiku_config: parsed(&place.questions),
            notification_config: parsed(&place.notifications),
            platform: place.platform.clone(),
            site: place.site.clone(),
            updated_at: time(options, place.updated_at),
        }
    }
}

/// A configuration as its owner reads it: the password's key is there, and always null.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct OwnConfig {
    #[serde(flatten)]
    config: Config,
    /// 永远为 null：密码只写
    cx_password: Option<String>,
}

impl OwnConfig {
    pub(in crate::campus) fn of(options: &Options, place: &CampusAccount) -> axum::Json<Self> {
        axum::Json(Self { config: Config::of(options, place), cx_password: None })
    }
}

/// How many tasks somebody has.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(in crate::campus) struct TaskCounts {
    total: i64,
    pending: i64,
    running: i64,
    paused: i64,
    completed: i64,
    failed: i64,
    cancelled: i64,
}

impl TaskCounts {
    pub(in crate::campus) fn of(counts: &[(domain::task::State, i64)]) -> Self {
        let mut all = Self::default();
        for (state, count) in counts {
            all.total += count;
            *match super::status(*state) {
                "pending" => &mut all.pending,
                "running" => &mut all.running,
                "paused" => &mut all.paused,
                "completed" => &mut all.completed,
                "failed" => &mut all.failed,
                _ => &mut all.cancelled,
            } += count;
        }
        all
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct Statistics {
    pub(in crate::campus) tasks: TaskCounts,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct Profile {
    user: ProfileUser,
    statistics: Statistics,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ProfileUser {
    #[serde(flatten)]
    user: User,
    config: Config,
}

impl Profile {
    pub(in crate::campus) fn of(options: &Options, account: &Account, place: &CampusAccount, tasks: TaskCounts) -> axum::Json<Self> {
        let user = ProfileUser { user: User::of(options, account), config: Config::of(options, place) };
        axum::Json(Self { user, statistics: Statistics { tasks } })
    }
}

/// Somebody's configuration as administrators read it: nothing secret, not even sealed.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct AdminConfig {
    cx_username: Option<String>,
    /// 固定掩码或 null
    cx_password_encrypted: Option<&'static str>,
    use_cookies: bool,
    video_speed: Value,
    notopen_action: &'static str,
    tiku_config: Value,
}

impl AdminConfig {
    /// What somebody has who never looked at it.
    pub(super) fn usual() -> Self {
        Self {
            cx_username: None,
            cx_password_encrypted: None,
            use_cookies: false,
            video_speed: parsed("1.0"),
            notopen_action: NotOpen::Retry.word(),
            tiku_config: parsed("{}"),
        }
    }

    pub(super) fn of(place: &CampusAccount) -> Self {
        Self {
            cx_username: place.username.clone(),
            cx_password_encrypted: (place.password.is_some() || place.token.is_some()).then_some("********"),
            use_cookies: place.use_cookies,
            video_speed: parsed(&place.speed),
            notopen_action: place.not_open.word(),
            tiku_config: parsed(&place.questions),
        }
    }
}
