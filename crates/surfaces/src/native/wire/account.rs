//! Accounts as administrators see and change them.

use domain::{
    account::{Account, Role},
    audit::Line,
    money::Money,
    problem::Problem,
    refusal::Refusal,
    wallet::Asset,
};
use engine::account::{Holder, administer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Holdings, Page, id, time};
use crate::{http::Field, native::listing::Listed};

/// An account.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Account")]
pub(in crate::native) struct AccountShown {
    /// Its id, as `acct_3`.
    id: String,
    /// The user name.
    username: Option<String>,
    /// The e-mail address.
    email: Option<String>,
    /// Whether its owner has proved that the address is theirs.
    email_verified: bool,
    /// The phone number.
    phone: Option<String>,
    /// `user`, `admin` or `super_admin`.
    role: &'static str,
    /// Whether it may sign in.
    active: bool,
    /// What it has.
    wallet: Holdings,
    /// When it was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
    /// When somebody last signed in.
    signed_in_at: Option<String>,
    /// Its version, which is its `ETag`: send it as `If-Match` to change what you have read and nothing newer.
    version: i64,
}

impl AccountShown {
    pub(in crate::native) fn of(holder: &Holder) -> Self {
        let account: &Account = &holder.account;
        Self {
            id: super::account_id(account.id),
            username: account.username.clone(),
            email: account.email.clone(),
            email_verified: account.email_verified_at.is_some(),
            phone: account.phone.clone(),
            role: account.role.word(),
            active: account.active,
            wallet: Holdings::of(holder),
            created_at: time(account.created_at),
            updated_at: time(account.updated_at),
            signed_in_at: account.signed_in_at.map(time),
            version: account.version,
        }
    }
}

impl Listed for AccountShown {
    const NAME: &'static str = "accounts";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "username",
        "email",
        "email_verified",
        "phone",
        "role",
        "active",
        "wallet.money.amount",
        "wallet.credit_limit.amount",
        "wallet.uses",
        "created_at",
        "updated_at",
        "signed_in_at",
    ];
}

/// A page of accounts, of which one more was read than is shown.
pub(in crate::native) fn accounts(holders: &[Holder], limit: i64) -> Page<AccountShown> {
    Page::of(holders, limit, AccountShown::of, |holder| holder.account.id.to_string())
}

/// An account to make.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct NewAccount {
    /// A user name; one of `username`, `email` and `phone` at least.
    #[serde(default)]
    username: Option<String>,
    /// An e-mail address.
    #[serde(default)]
    email: Option<String>,
    /// A phone number.
    #[serde(default)]
    phone: Option<String>,
    /// A password; without one its owner signs in by a code, or sets one by a link.
    #[serde(default)]
    password: Option<String>,
    /// `user` where it is absent, or `admin`.
    #[serde(default)]
    role: Option<AccountRole>,
}

impl From<NewAccount> for administer::NewAccount {
    fn from(new: NewAccount) -> Self {
        let role = new.role.map_or(Role::User, Role::from);
        Self { username: new.username, email: new.email, phone: new.phone, password: new.password, role }
    }
}

/// What an account may do.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::native) enum AccountRole {
    User,
    Admin,
    SuperAdmin,
}

impl From<AccountRole> for Role {
    fn from(role: AccountRole) -> Self {
        match role {
            AccountRole::User => Self::User,
            AccountRole::Admin => Self::Admin,
            AccountRole::SuperAdmin => Self::SuperAdmin,
        }
    }
}

/// What changes in an account; what is absent stays as it is.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct AccountUpdate {
    /// A new user name.
    #[serde(default)]
    username: Field<String>,
    /// A new e-mail address, which is not proved yet.
    #[serde(default)]
    email: Field<String>,
    /// A new password, which ends the sessions.
    #[serde(default)]
    password: Field<String>,
    /// A new role.
    #[serde(default)]
    role: Option<AccountRole>,
    /// Whether it may sign in.
    #[serde(default)]
    active: Option<bool>,
    /// How far below zero the money may go, as a decimal text.
    #[serde(default)]
    credit_limit: Field<String>,
}

impl AccountUpdate {
    /// It as the engine takes it, for an account of this version if one is named.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field.
    pub(in crate::native) fn read(self, version: Option<i64>) -> Result<administer::Update, Refusal> {
        let malformed = Refusal::Invalid { field: "credit_limit", problem: Problem::Malformed };
        let limit = self.credit_limit.optional("credit_limit")?.map(|text| Money::parse(&text).ok_or(malformed)).transpose()?;
        Ok(administer::Update {
            username: self.username.optional("username")?,
            email: self.email.optional("email")?,
            password: self.password.optional("password")?,
            role: self.role.map(Role::from),
            active: self.active,
            credit_limit: limit.map(|money| money.0),
            version,
        })
    }
}

/// A correction of what somebody has: of money or of uses.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct NewAdjustment {
    /// By how much, as a decimal text in yuan; negative to take away.
    #[serde(default)]
    amount: Option<String>,
    /// By how many uses; negative to take away.
    #[serde(default)]
    uses: Option<i64>,
    /// Why: it stands in the ledger and in the audit log.
    reason: String,
}

impl NewAdjustment {
    /// The asset, by how much of its units, and why.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field.
    pub(in crate::native) fn read(self) -> Result<(Asset, i64, String), Refusal> {
        if self.reason.trim().is_empty() {
            return Err(Refusal::Invalid { field: "reason", problem: Problem::Missing });
        }
        match (self.amount, self.uses) {
            (Some(text), None) => {
                let money = Money::parse(&text).ok_or(Refusal::Invalid { field: "amount", problem: Problem::Malformed })?;
                Ok((Asset::Money, money.0, self.reason))
            }
            (None, Some(uses)) => Ok((Asset::Uses, uses, self.reason)),
            (None, None) => Err(Refusal::Invalid { field: "amount", problem: Problem::Missing }),
            (Some(_), Some(_)) => Err(Refusal::Invalid { field: "uses", problem: Problem::Malformed }),
        }
    }
}

/// A line of the audit log.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Act")]
pub(in crate::native) struct ActShown {
    /// Its id, as `act_5`.
    id: String,
    /// Who did it, as `acct_3`; the command line where it is `null`.
    actor: Option<String>,
    /// What was done, as `account.update`.
    action: String,
    /// To what, as `account:7`.
    subject: String,
    /// More about it.
    detail: String,
    /// The address that it was asked from.
    address: Option<String>,
    /// What asked.
    device: Option<String>,
    /// When.
    created_at: String,
}

impl ActShown {
    fn of(line: &Line) -> Self {
        Self {
            id: id("act", line.id),
            actor: line.actor.map(super::account_id),
            action: line.action.clone(),
            subject: line.subject.clone(),
            detail: line.detail.clone(),
            address: line.origin.address.clone(),
            device: line.origin.device.clone(),
            created_at: time(line.at),
        }
    }
}

impl Listed for ActShown {
    const NAME: &'static str = "audit";
    const COLUMNS: &'static [&'static str] = &["id", "created_at", "actor", "action", "subject", "detail", "address", "device"];
}

/// A page of the audit log, of which one line more was read than is shown.
pub(in crate::native) fn acts(lines: &[Line], limit: i64) -> Page<ActShown> {
    Page::of(lines, limit, ActShown::of, |line| line.id.to_string())
}
