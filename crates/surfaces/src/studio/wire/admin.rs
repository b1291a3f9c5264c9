//! Chapter seven on the wire: accounts, transactions, the audit log.

use domain::{audit::Line, text::hex};
use engine::account::Holder;
use engine::{kinds::generation, ledger::NamedEntry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Yuan, precise_time, role, time, yuan};
use crate::http::Field;

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AdministeredUser")]
pub(in crate::studio) struct UserItem {
    id: i64,
    username: String,
    role: &'static str,
    is_active: bool,
    activated_at: Option<String>,
    deactivated_at: Option<String>,
    balance: Yuan,
    #[serde(rename = "creditLimit")]
    credit_limit: Yuan,
    created_at: String,
    updated_at: String,
}

impl UserItem {
    pub(in crate::studio) fn of(Holder { account, money, .. }: &Holder) -> Self {
        Self {
            id: account.id.0,
            username: account.display_name(),
            role: role(account.role),
            is_active: account.active,
            activated_at: account.activated_at.map(time),
            deactivated_at: account.deactivated_at.map(time),
            balance: yuan(money.balance),
            credit_limit: yuan(money.credit_limit),
            created_at: time(account.created_at),
            updated_at: time(account.updated_at),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct Users {
    pub(in crate::studio) users: Vec<UserItem>,
    pub(in crate::studio) total: i64,
    pub(in crate::studio) page: i64,
    pub(in crate::studio) limit: i64,
}

/// What is to change of an account; `creditLimit` is read from the text of the body.
#[derive(Deserialize, JsonSchema)]
pub(in crate::studio) struct UserUpdate {
    #[serde(default)]
    pub(in crate::studio) username: Field<String>,
    #[serde(default)]
    pub(in crate::studio) password: Field<String>,
    /// `admin` or `user`.
    #[serde(default)]
    pub(in crate::studio) role: Field<String>,
    #[serde(default)]
    pub(in crate::studio) is_active: Field<bool>,
    #[serde(default, rename = "creditLimit")]
    #[expect(dead_code, reason = "named for the documentation; its text is read, not its float")]
    credit_limit: Field<f64>,
}

/// A correction of a balance; `amount` is read from the text of the body.
#[derive(Deserialize, JsonSchema)]
pub(in crate::studio) struct BalanceAdjustment {
    #[serde(default, rename = "amount")]
    #[schemars(required)]
    #[expect(dead_code, reason = "named for the documentation; its text is read, not its float")]
    amount: Field<f64>,
    /// `credit` or `debit`.
    #[serde(default, rename = "type")]
    #[schemars(required)]
    pub(in crate::studio) sort: Field<String>,
    #[serde(default)]
    pub(in crate::studio) reason: Field<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct Transaction {
    pub(in crate::studio) id: i64,
    pub(in crate::studio) created_at: String,
    pub(in crate::studio) user_id: i64,
    amount: Yuan,
    balance_before: Yuan,
    balance_after: Yuan,
    pub(in crate::studio) reason: String,
    pub(in crate::studio) operator: String,
    #[serde(rename = "type")]
    pub(in crate::studio) sort: &'static str,
    pub(in crate::studio) ip_address: String,
    pub(in crate::studio) device_info: String,
    pub(in crate::studio) hash: String,
}

impl Transaction {
    pub(in crate::studio) fn of(named: &NamedEntry) -> Self {
        let entry = &named.entry;
        let actor = entry.actor.map(|actor| named.actor.iter().flatten().next().cloned().unwrap_or_else(|| format!("user{actor}")));
        Self {
            id: entry.id.0,
            created_at: precise_time(entry.created_at),
            user_id: entry.account.0,
            amount: yuan(entry.amount),
            balance_before: yuan(entry.before),
            balance_after: yuan(entry.after),
            reason: reason(named),
            operator: actor.unwrap_or_else(|| "system".to_owned()),
            sort: sort(&entry.cause, entry.actor.is_some()),
            ip_address: entry.origin.address.clone().unwrap_or_default(),
            device_info: entry.origin.device.clone().unwrap_or_default(),
            hash: hex(&entry.hash),
        }
    }
}

/// What a query may ask for: the document's word, the ledger's cause, and whether a person must have acted.
const SORTS: [(&str, &str, Option<bool>); 6] = [
    ("admin_adjustment", "adjustment", Some(true)),
    ("system_auto", "adjustment", Some(false)),
    ("user_consume", "task_charge", None),
    ("user_refund", "task_refund", None),
    ("user_topup", "top_up", None),
    ("manual_topup", "manual_top_up", None),
];

/// The document's word for a cause.
fn sort(cause: &str, acted: bool) -> &'static str {
    SORTS.iter().find(|sort| sort.1 == cause && sort.2.is_none_or(|must| must == acted)).map_or("system_auto", |sort| sort.0)
}

/// The ledger's cause of the document's word.
pub(in crate::studio) fn cause(word: &str) -> Option<(&'static str, Option<bool>)> {
    SORTS.iter().find(|sort| sort.0 == word).map(|sort| (sort.1, sort.2))
}

fn reason(named: &NamedEntry) -> String {
    let entry = &named.entry;
    let task = entry.task.map_or(0, |task| task.0);
    match (entry.cause.as_str(), entry.order(), entry.note.as_str()) {
        ("task_charge", _, "") => format!("Create task {task}"),
        ("task_charge", _, model) => format!("Create task for model: {model}"),
        ("task_refund", _, generation::REFUND_NOTE_CANCELLED) => format!("Refund for task {task} cancellation"),
        ("task_refund", _, generation::REFUND_NOTE_REPRICED) => format!("Refund for task {task}: another model"),
        ("task_refund", ..) => format!("Refund for task {task} failure"),
        ("top_up", Some(order), _) => format!("充值订单: {order}"),
        ("manual_top_up", Some(order), remark) => format!("管理员手动充值订单: {order} ({remark})"),
        (_, _, note) => note.to_owned(),
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct Transactions {
    pub(in crate::studio) transactions: Vec<Transaction>,
    pub(in crate::studio) total: i64,
    pub(in crate::studio) page: i64,
    pub(in crate::studio) limit: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditLine")]
pub(in crate::studio) struct ActLine {
    id: i64,
    created_at: String,
    /// None for the house itself and the command line.
    user_id: Option<i64>,
    action: String,
    subject: String,
    detail: String,
    ip_address: String,
    device_info: String,
}

impl ActLine {
    pub(in crate::studio) fn of(line: &Line) -> Self {
        Self {
            id: line.id,
            created_at: precise_time(line.at),
            user_id: line.actor.map(|actor| actor.0),
            action: line.action.clone(),
            subject: line.subject.clone(),
            detail: line.detail.clone(),
            ip_address: line.origin.address.clone().unwrap_or_default(),
            device_info: line.origin.device.clone().unwrap_or_default(),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditLog")]
pub(in crate::studio) struct Acts {
    pub(in crate::studio) items: Vec<ActLine>,
    pub(in crate::studio) total: i64,
    pub(in crate::studio) page: i64,
    pub(in crate::studio) limit: i64,
}
