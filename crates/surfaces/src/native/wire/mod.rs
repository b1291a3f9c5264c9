//! The bodies of this surface. Ids are texts with a prefix, times RFC 3339 in UTC, money a decimal text.

mod account;
mod bulk;
mod claim;
mod code;
mod help;
mod key;
mod method;
mod model;
mod money;
mod operation;
mod sign_in;
mod task;
mod webhook;

use domain::time::Timestamp;
use engine::account::Holder;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) use self::{
    account::{AccountShown, AccountUpdate, ActShown, NewAccount, NewAdjustment, accounts, acts},
    bulk::{BulkShown, NewBulk, bulks},
    claim::{Claim, Completion, Heartbeat, Lease, NewClaim, WorkerFailure},
    code::{BatchShown, BatchWhole, CodeShown, MintedCodes, NewCodes, Revoked, batches, codes},
    help::{CourseShown, Look, Seen, UploadGrant},
    key::{Key, MadeKey, NewKey, Roll, keys},
    method::{MethodShown, MethodTest, MethodUpdate, NewMethod},
    model::{ModelDraft, ModelShown},
    money::{Amount, Entry, Jump, ManualOrder, Method, NewOrder, Order, OrderDetail, Redeem, Redeemed, Settlement, entries, jump, orders},
    operation::{HealthShown, Message, NewNumber, Overview, QueueShown, Settings, messages},
    sign_in::{
        IdentityShown, Mailbox, MailboxProof, NewRegistration, NewSecondFactor, NewVerification, PasswordReset, Provider, RecoveryCodes,
        SecondFactorCode, SecondFactorShown, Session, SessionShown, Setup, SetupState, SignIn, SignInMethods, StepUp, Verification,
        identities,
    },
    task::{ListEvent, LogLine, NewTask, Rejection, Task, TaskDetail, TaskEvent, TaskResult, log, page},
    webhook::{
        MadeWebhook, NewWebhook, Resend, Resent, Webhook, WebhookChange, WebhookDelivery, WebhookDeliveryDetail, WebhookRoll, deliveries,
    },
};
use super::query;

/// A page of a list, newest first.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub(super) struct Page<T> {
    /// What is on it.
    pub(super) items: Vec<T>,
    /// The cursor of the next page; `null` on the last one.
    pub(super) next: Option<String>,
    /// How many there are, where it was asked for; 10000 stands for that many or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<i64>,
}

impl<T> Page<T> {
    /// The first `limit` of rows that were read, of which one more shows that there is another page.
    fn of<R>(rows: &[R], limit: i64, item: impl Fn(&R) -> T, cursor: impl Fn(&R) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let shown = &rows[..rows.len().min(limit)];
        let next = shown.last().filter(|_| rows.len() > limit).map(|row| query::cursor(&cursor(row)));
        Self { items: shown.iter().map(item).collect(), next, count: None }
    }
}

/// A list that has no pages.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}List")]
pub(super) struct Items<T> {
    /// What is in it.
    pub(super) items: Vec<T>,
}

/// An id: what it is of, and its number.
fn id(prefix: &str, number: i64) -> String {
    format!("{prefix}_{number}")
}

/// A time as RFC 3339 has it, in UTC, with microseconds.
fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.0).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

/// A new password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    /// The one that is good until now.
    pub(super) current: String,
    /// The new one.
    pub(super) new: String,
}

/// Leaving.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Leave {
    /// The password.
    pub(super) password: String,
}

/// One's own account.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Me {
    /// Its id, as `acct_3`.
    id: String,
    /// The user name.
    username: Option<String>,
    /// The e-mail address.
    email: Option<String>,
    /// Whether one has proved that the mailbox is one's own.
    email_verified: bool,
    /// The phone number.
    phone: Option<String>,
    /// Whether one can sign in by a password.
    password: bool,
    /// `user`, `admin` or `super_admin`.
    role: &'static str,
    /// When it was made.
    created_at: String,
    /// What it has.
    wallet: Holdings,
}

/// What an account has.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Holdings {
    /// Money.
    money: Amount,
    /// How far below zero the money may go.
    credit_limit: Amount,
    /// Uses.
    uses: i64,
}

/// The id of an account.
pub(super) fn account_id(account: domain::id::AccountId) -> String {
    id("acct", account.0)
}

impl Me {
    pub(super) fn of(holder: &Holder) -> Self {
        let account = &holder.account;
        Self {
            id: account_id(account.id),
            username: account.username.clone(),
            email: account.email.clone(),
            email_verified: account.email_verified_at.is_some(),
            phone: account.phone.clone(),
            password: account.password_hash.is_some(),
            role: account.role.word(),
            created_at: time(account.created_at),
            wallet: Holdings::of(holder),
        }
    }
}

impl Holdings {
    fn of(Holder { money, uses, .. }: &Holder) -> Self {
        Self {
            money: Amount::of(money.asset, money.balance),
            credit_limit: Amount::of(money.asset, money.credit_limit),
            uses: uses.balance,
        }
    }
}
