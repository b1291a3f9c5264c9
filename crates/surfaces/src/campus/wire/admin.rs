//! What administrators read and write.

use domain::{account::Account, audit::Line, task::State};
use engine::{
    campus::Place,
    kinds::study::Statistics as Counted,
    option::{self, Number, Security},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AdminConfig, User, time};
use crate::speak::{Field, Options};

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct AdminUser {
    #[serde(flatten)]
    user: User,
    config: AdminConfig,
}

impl AdminUser {
    pub(in crate::campus) fn of(options: &Options, account: &Account, place: Option<&Place>) -> Self {
        Self { user: User::of(options, account), config: place.map_or_else(AdminConfig::usual, AdminConfig::of) }
    }
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::campus) struct UserUpdate {
    #[serde(default)]
    pub(in crate::campus) email: Field<String>,
    #[serde(default)]
    pub(in crate::campus) password: Field<String>,
    #[serde(default)]
    pub(in crate::campus) is_active: Field<bool>,
    /// user, admin
    #[serde(default)]
    pub(in crate::campus) role: Field<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::campus) struct AdminStatistics {
    total_users: i64,
    active_users: i64,
    total_tasks: i64,
    running_tasks: i64,
    completed_tasks: i64,
    failed_tasks: i64,
    today_completed: i64,
    today_failed: i64,
    /// 百分比，一位小数
    success_rate: f64,
    warnings: Vec<String>,
}

impl AdminStatistics {
    pub(in crate::campus) fn of(counted: &Counted, warnings: Vec<String>) -> Self {
        let of = |word: &str| counted.tasks.iter().filter(|(state, _)| super::status(*state) == word).map(|(_, count)| count).sum::<i64>();
        let total: i64 = counted.tasks.iter().map(|(_, count)| count).sum();
        let completed = of(super::status(State::Succeeded));
        let rate = completed as f64 / total.max(1) as f64 * 100.0;
        Self {
            total_users: counted.accounts.0,
            active_users: counted.accounts.1,
            total_tasks: total,
            running_tasks: of("running"),
            completed_tasks: completed,
            failed_tasks: of("failed"),
            today_completed: counted.today_succeeded,
            today_failed: counted.today_failed,
            success_rate: (rate * 10.0).round() / 10.0,
            warnings,
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct AdminLog {
    id: i64,
    /// INFO, WARNING
    level: &'static str,
    module: String,
    message: String,
    user_id: Option<i64>,
    ip_address: Option<String>,
    created_at: String,
}

impl AdminLog {
    pub(in crate::campus) fn of(options: &Options, line: &Line) -> Self {
        let module = line.action.split('.').next().unwrap_or_default().to_owned();
        let message = [line.action.as_str(), &line.subject, &line.detail].into_iter().filter(|part| !part.is_empty());
        Self {
            id: line.id,
            level: if line.action.ends_with(".refuse") { "WARNING" } else { "INFO" },
            module,
            message: message.collect::<Vec<_>>().join(" "),
            user_id: line.actor.map(|actor| actor.0),
            ip_address: line.origin.address.clone(),
            created_at: time(options, line.at),
        }
    }
}

/// A number that administrators may set.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct Editable {
    key: &'static str,
    value: i64,
    default: i64,
    min: i64,
    max: i64,
    #[serde(rename = "type")]
    sort: &'static str,
    description: &'static str,
}

impl Editable {
    pub(in crate::campus) fn all(engine: &engine::Engine) -> Vec<Self> {
        let one = |number: Number| {
            let (min, max) = number.bounds();
            let description = match number {
                Number::MaxTasks => "每个用户同时等待和运行的任务数上限",
                Number::TaskTimeout => "任务超时时间（秒）",
                Number::PageSize => "列表默认每页数量",
                Number::MaxPageSize => "列表最大每页数量",
                Number::TokenMinutes => "登录有效期（分钟）",
            };
            Self {
                key: number.name(),
                value: option::number(engine, number),
                default: number.usual(engine),
                min,
                max,
                sort: "integer",
                description,
            }
        };
        Number::ALL.into_iter().map(one).collect()
    }
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::campus) struct EditableUpdate {
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) key: Field<String>,
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) value: Field<i64>,
}

/// What the system runs with.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct SystemParams {
    pub(in crate::campus) version: &'static str,
    pub(in crate::campus) public_url: String,
    pub(in crate::campus) time_zone: String,
    pub(in crate::campus) max_concurrent_tasks: i64,
    pub(in crate::campus) task_timeout: i64,
    pub(in crate::campus) default_page_size: i64,
    pub(in crate::campus) max_page_size: i64,
    pub(in crate::campus) access_token_expire_minutes: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct Smtp {
    smtp_host: String,
    smtp_port: u16,
    smtp_username: String,
    /// 固定掩码或 null
    smtp_password: Option<&'static str>,
    smtp_from: String,
    /// starttls, tls, none
    smtp_security: &'static str,
    enabled: bool,
}

impl Smtp {
    pub(in crate::campus) fn of(server: &option::MailServer, secret: bool) -> axum::Json<Self> {
        axum::Json(Self {
            smtp_host: server.host.clone(),
            smtp_port: server.port,
            smtp_username: server.username.clone(),
            smtp_password: secret.then_some(MASK),
            smtp_from: server.from.clone(),
            smtp_security: match server.security {
                Security::Starttls => "starttls",
                Security::Tls => "tls",
                Security::None => "none",
            },
            enabled: server.enabled,
        })
    }
}

/// What stands for a password; sent back, it changes nothing.
pub(in crate::campus) const MASK: &str = "********";

#[derive(Deserialize, JsonSchema)]
pub(in crate::campus) struct SmtpUpdate {
    #[serde(default)]
    pub(in crate::campus) smtp_host: Field<String>,
    #[serde(default)]
    pub(in crate::campus) smtp_port: Field<i64>,
    #[serde(default)]
    pub(in crate::campus) smtp_username: Field<String>,
    /// 只写；空字符串、null 或掩码保留原密码
    #[serde(default)]
    pub(in crate::campus) smtp_password: Field<String>,
    #[serde(default)]
    pub(in crate::campus) smtp_from: Field<String>,
    /// starttls, tls, none
    #[serde(default)]
    pub(in crate::campus) smtp_security: Field<String>,
    #[serde(default)]
    pub(in crate::campus) enabled: Field<bool>,
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::campus) struct SmtpTest {
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::campus) to_email: Field<String>,
}

/// A letter as it is written, with a made-up code or link.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct Template {
    pub(in crate::campus) name: &'static str,
    pub(in crate::campus) description: &'static str,
    pub(in crate::campus) subject: String,
    pub(in crate::campus) text: String,
    pub(in crate::campus) html: String,
}
