//! The words of the studio document on the wire, and how the core's values become them.

use axum::Json;
use domain::{
    account::{Account, Role},
    time::Timestamp,
    wallet::Wallet,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::speak::{Field, FieldError};

/// Every success. `status` is 200 also where HTTP says 201: the front end throws on any other.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Answer<T> {
    status: u16,
    message: &'static str,
    data: T,
}

pub(super) fn answer<T>(message: &'static str, data: T) -> Json<Answer<T>> {
    Json(Answer { status: 200, message, data })
}

/// Every error.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Failure {
    pub(super) status: u16,
    pub(super) message: String,
    pub(super) data: Option<()>,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) errors: Option<Vec<FieldError>>,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Credentials {
    #[serde(default)]
    #[schemars(required)]
    pub(super) username: Field<String>,
    #[serde(default)]
    #[schemars(required)]
    pub(super) password: Field<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SignedIn {
    id: i64,
    username: String,
    role: &'static str,
    is_active: bool,
    #[serde(rename = "creditLimit")]
    credit_limit: f64,
    total_consumed: f64,
    token: String,
}

impl SignedIn {
    pub(super) fn of(account: &Account, money: &Wallet, token: String) -> Self {
        Self {
            id: account.id.0,
            username: account.display_name(),
            role: role(account.role),
            is_active: account.active,
            credit_limit: yuan(money.credit_limit),
            total_consumed: yuan(money.consumed),
            token,
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct User {
    id: i64,
    username: String,
    role: &'static str,
    is_active: bool,
    activated_at: Option<String>,
    deactivated_at: Option<String>,
    #[serde(rename = "creditLimit")]
    credit_limit: f64,
    total_consumed: f64,
    credit: Credit,
    token: String,
}

/// What one may spend: `available` is the balance and the credit limit, `total` is that and what was spent before.
#[derive(Debug, Serialize, JsonSchema)]
struct Credit {
    total: f64,
    used: f64,
    available: f64,
    #[serde(rename = "usagePercentage")]
    usage_percentage: f64,
}

impl Credit {
    fn of(money: &Wallet) -> Self {
        let available = money.balance.saturating_add(money.credit_limit);
        let total = available.saturating_add(money.consumed);
        // Hundredths of a percent, rounded half up, in whole numbers.
        let hundredths = match i128::from(total) {
            0 => 0,
            total => (i128::from(money.consumed) * 10_000 * 2 + total) / (total * 2),
        };
        Self {
            total: yuan(total),
            used: yuan(money.consumed),
            available: yuan(available),
            usage_percentage: i32::try_from(hundredths).map_or(0.0, |hundredths| f64::from(hundredths) / 100.0),
        }
    }
}

impl User {
    pub(super) fn of(account: &Account, money: &Wallet, token: String) -> Self {
        Self {
            id: account.id.0,
            username: account.display_name(),
            role: role(account.role),
            is_active: account.active,
            activated_at: account.activated_at.map(time),
            deactivated_at: account.deactivated_at.map(time),
            credit_limit: yuan(money.credit_limit),
            total_consumed: yuan(money.consumed),
            credit: Credit::of(money),
            token,
        }
    }
}

/// The document knows two roles.
fn role(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Admin | Role::SuperAdmin => "admin",
    }
}

/// Micro-yuan as the document's number of yuan. The nearest float of six decimals is written with those six at most.
fn yuan(micros: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "an amount of money is far below 2^53 micro-yuan, and only shown here")]
    let amount = micros as f64 / 1_000_000.0;
    amount
}

fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.seconds()).map(|at| at.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::{
        id::{AccountId, WalletId},
        wallet::Asset,
    };

    use super::*;

    /// The published sample: 150 available of 200, 50 used, a quarter.
    #[test]
    fn the_credit_block_is_the_published_one() {
        let wallet = |balance: i64, credit_limit: i64, consumed: i64| Wallet {
            id: WalletId(1),
            account: AccountId(1),
            asset: Asset::Money,
            balance: balance * 1_000_000,
            credit_limit: credit_limit * 1_000_000,
            consumed: consumed * 1_000_000,
            entries: 0,
            head: [0; 32],
        };
        for (money, expected) in [
            (wallet(50, 100, 50), [200.0, 50.0, 150.0, 25.0]),
            (wallet(0, 0, 0), [0.0, 0.0, 0.0, 0.0]),
            (wallet(2, 0, 1), [3.0, 1.0, 2.0, 33.33]),
            (wallet(1, 0, 2), [3.0, 2.0, 1.0, 66.67]),
        ] {
            let credit = serde_json::to_value(Credit::of(&money)).unwrap();
            let found = ["total", "used", "available", "usagePercentage"].map(|name| credit[name].clone());
            assert_eq!(found.to_vec(), expected.map(serde_json::Value::from).to_vec());
        }
    }
}
