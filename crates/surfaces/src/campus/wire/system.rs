//! What administrators set while the server runs, and how it is run.

use std::collections::BTreeMap;

use domain::verification::TICKET_LIFETIME;
use engine::runtime_settings::{self, Number, Security};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::http::{Deployment, Field, Options};

/// The numbers that administrators may set, by name.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct Editables {
    configs: BTreeMap<&'static str, Editable>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Editable {
    value: i64,
    default: i64,
    min: i64,
    max: i64,
    #[serde(rename = "type")]
    sort: &'static str,
    description: &'static str,
}

impl Editables {
    pub(in crate::campus) fn of(engine: &engine::Engine) -> Self {
        let one = |number: Number| {
            let (min, max) = number.bounds();
            let description = match number {
                Number::MaxTasks => "每个用户同时等待和运行的任务数上限",
                Number::TaskTimeout => "任务超时时间（秒）",
                Number::PageSize => "列表默认每页数量",
                Number::MaxPageSize => "列表最大每页数量",
                Number::TokenMinutes => "登录有效期（分钟）",
            };
            let (value, default) = (runtime_settings::number(engine, number), number.usual(engine));
            (number.name(), Editable { value, default, min, max, sort: "integer", description })
        };
        Self { configs: Number::ALL.into_iter().map(one).collect() }
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
    app: AppParams,
    deploy: DeployParams,
    task: TaskParams,
    pagination: PageParams,
    security: SecurityParams,
}

#[derive(Debug, Serialize, JsonSchema)]
struct AppParams {
    name: String,
    version: &'static str,
    debug: bool,
    host: String,
    port: u16,
    public_url: String,
    time_zone: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DeployParams {
    /// simple（本机数据库）, standard（多进程共享数据库）
    mode: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct TaskParams {
    max_concurrent_tasks_per_user: i64,
    task_timeout: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct PageParams {
    default_page_size: i64,
    max_page_size: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SecurityParams {
    jwt_expire_minutes: i64,
    email_verification_expire_minutes: u64,
}

fn mode(deployment: &Deployment) -> &'static str {
    if deployment.shared_database { "standard" } else { "simple" }
}

impl SystemParams {
    pub(in crate::campus) fn of(engine: &engine::Engine, options: &Options) -> Self {
        let number = |number| runtime_settings::number(engine, number);
        let deployment = &options.deployment;
        Self {
            app: AppParams {
                name: engine.settings.brand.clone(),
                version: env!("CARGO_PKG_VERSION"),
                debug: !deployment.production,
                host: deployment.host.clone(),
                port: deployment.port,
                public_url: engine.settings.public_url.clone(),
                time_zone: crate::http::zone_name(&options.zone, engine.now()),
            },
            deploy: DeployParams { mode: mode(deployment) },
            task: TaskParams { max_concurrent_tasks_per_user: number(Number::MaxTasks), task_timeout: number(Number::TaskTimeout) },
            pagination: PageParams { default_page_size: number(Number::PageSize), max_page_size: number(Number::MaxPageSize) },
            security: SecurityParams {
                jwt_expire_minutes: number(Number::TokenMinutes),
                email_verification_expire_minutes: TICKET_LIFETIME.as_secs() / 60,
            },
        }
    }
}

/// Where the data is, as a page about moving it shows.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct DataPlace {
    deploy_mode: &'static str,
    /// SQLite, PostgreSQL
    database_type: &'static str,
    database_url: String,
    broker_type: &'static str,
    celery_broker: String,
    celery_result_backend: String,
}

impl DataPlace {
    pub(in crate::campus) fn of(options: &Options) -> Self {
        let deployment = &options.deployment;
        Self {
            deploy_mode: mode(deployment),
            database_type: if deployment.shared_database { "PostgreSQL" } else { "SQLite" },
            database_url: deployment.database.clone(),
            // Tasks wait in the database itself.
            broker_type: "数据库",
            celery_broker: "database".to_owned(),
            celery_result_backend: "database".to_owned(),
        }
    }
}

/// How a move of the data goes: none is made through the API.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(in crate::campus) struct MoveStatus {
    is_running: bool,
    progress: i64,
    current_step: &'static str,
    message: &'static str,
    result: Option<String>,
    error: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct Smtp {
    smtp_host: String,
    smtp_port: u16,
    smtp_username: String,
    /// 固定掩码或 null
    smtp_password: Option<&'static str>,
    smtp_from: String,
    smtp_from_email: String,
    smtp_from_name: String,
    /// starttls, tls, none
    smtp_security: &'static str,
    smtp_use_tls: bool,
    enabled: bool,
    smtp_enabled: bool,
}

impl Smtp {
    pub(in crate::campus) fn of(server: &runtime_settings::MailServer, secret: bool) -> axum::Json<Self> {
        let sender = sender(&server.from);
        axum::Json(Self {
            smtp_host: server.host.clone(),
            smtp_port: server.port,
            smtp_username: server.username.clone(),
            smtp_password: secret.then_some(MASK),
            smtp_from: server.from.clone(),
            smtp_from_email: sender.1,
            smtp_from_name: sender.0,
            smtp_use_tls: server.security != Security::None,
            smtp_enabled: server.enabled,
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

/// The name and the address of whoever writes, of `"Name" <a@b.c>` or an address alone.
pub(in crate::campus) fn sender(from: &str) -> (String, String) {
    match from.rsplit_once('<').zip(from.trim_end().strip_suffix('>')) {
        Some(((name, address), _)) => {
            let name = name.trim();
            let quoted = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
            let name = quoted.map_or_else(|| name.to_owned(), |name| name.replace("\\\"", "\"").replace("\\\\", "\\"));
            (name, address.trim_end().trim_end_matches('>').trim().to_owned())
        }
        None => (String::new(), from.trim().to_owned()),
    }
}

/// The way back from [`sender`].
pub(in crate::campus) fn from(name: &str, address: &str) -> String {
    match name.trim() {
        "" => address.trim().to_owned(),
        name => format!("\"{}\" <{}>", name.replace('\\', "\\\\").replace('"', "\\\""), address.trim()),
    }
}

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
    #[serde(default)]
    pub(in crate::campus) smtp_from_email: Field<String>,
    #[serde(default)]
    pub(in crate::campus) smtp_from_name: Field<String>,
    /// starttls, tls, none
    #[serde(default)]
    pub(in crate::campus) smtp_security: Field<String>,
    /// 端口 465 为 tls，其他为 starttls
    #[serde(default)]
    pub(in crate::campus) smtp_use_tls: Field<bool>,
    #[serde(default)]
    pub(in crate::campus) enabled: Field<bool>,
    #[serde(default)]
    pub(in crate::campus) smtp_enabled: Field<bool>,
}

#[derive(Deserialize, JsonSchema)]
pub(in crate::campus) struct SmtpTest {
    /// 缺省为管理员自己的邮箱
    #[serde(default)]
    pub(in crate::campus) to_email: Field<String>,
}

/// Mail servers that people use, to be filled in from; and the letters that are written.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct Templates {
    pub(in crate::campus) templates: Vec<SmtpTemplate>,
    pub(in crate::campus) letters: Vec<Letter>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct SmtpTemplate {
    name: &'static str,
    smtp_host: &'static str,
    smtp_port: u16,
    smtp_use_tls: bool,
    note: &'static str,
}

impl SmtpTemplate {
    pub(in crate::campus) fn all() -> Vec<Self> {
        let one = |(name, smtp_host, smtp_port, note)| Self { name, smtp_host, smtp_port, smtp_use_tls: true, note };
        [
            ("QQ邮箱", "smtp.qq.com", 465, "密码填授权码，在邮箱设置中开启 SMTP 服务后生成"),
            ("163邮箱", "smtp.163.com", 465, "密码填授权码，在邮箱设置中开启 SMTP 服务后生成"),
            ("阿里企业邮箱", "smtp.qiye.aliyun.com", 465, "密码填邮箱密码或第三方客户端安全密码"),
            ("腾讯企业邮箱", "smtp.exmail.qq.com", 465, "密码填客户端专用密码"),
            ("Gmail", "smtp.gmail.com", 587, "密码填应用专用密码，需先开启两步验证"),
            ("Outlook", "smtp-mail.outlook.com", 587, "密码填应用密码，需先开启两步验证"),
        ]
        .map(one)
        .into()
    }
}

/// A letter as it is written, with a made-up code or link.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct Letter {
    pub(in crate::campus) name: &'static str,
    pub(in crate::campus) description: &'static str,
    pub(in crate::campus) subject: String,
    pub(in crate::campus) text: String,
    pub(in crate::campus) html: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_taken_apart_and_put_together_again() {
        for (name, address, written) in [
            ("", "no-reply@example.com", "no-reply@example.com"),
            ("工坊", "no-reply@example.com", "\"工坊\" <no-reply@example.com>"),
            ("Team, \"A\"", "a@example.com", "\"Team, \\\"A\\\"\" <a@example.com>"),
        ] {
            assert_eq!(from(name, address), written);
            assert_eq!(sender(written), (name.to_owned(), address.to_owned()));
        }
        assert_eq!(sender("工坊 <a@example.com>"), ("工坊".to_owned(), "a@example.com".to_owned()));
    }
}
