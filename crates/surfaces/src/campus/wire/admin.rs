//! What administrators read and write.

use domain::{account::Account, audit::Line, task::State};
use engine::{campus::CampusAccount, kinds::study::Statistics as Counted};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AdminConfig, User, time};
use crate::http::{Field, Options};

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::campus) struct AdminUser {
    #[serde(flatten)]
    user: User,
    config: AdminConfig,
}

impl AdminUser {
    pub(in crate::campus) fn of(options: &Options, account: &Account, place: Option<&CampusAccount>) -> Self {
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
    /// 需要注意的事项数
    warnings: usize,
    /// 各事项的说明
    warning_texts: Vec<String>,
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
            warnings: warnings.len(),
            warning_texts: warnings,
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
