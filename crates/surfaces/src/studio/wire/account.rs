//! Chapter one on the wire: who one is and what one may spend.

use domain::{account::Account, wallet::Wallet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Yuan, role, time, yuan};
use crate::http::Field;

#[derive(Deserialize, JsonSchema)]
pub(in crate::studio) struct Credentials {
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::studio) username: Field<String>,
    #[serde(default)]
    #[schemars(required)]
    pub(in crate::studio) password: Field<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::studio) struct SignedIn {
    id: i64,
    username: String,
    role: &'static str,
    is_active: bool,
    #[serde(rename = "creditLimit")]
    credit_limit: Yuan,
    total_consumed: Yuan,
    token: String,
}

impl SignedIn {
    pub(in crate::studio) fn of(account: &Account, money: &Wallet, token: String) -> Self {
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
pub(in crate::studio) struct User {
    id: i64,
    username: String,
    role: &'static str,
    is_active: bool,
    activated_at: Option<String>,
    deactivated_at: Option<String>,
    #[serde(rename = "creditLimit")]
    credit_limit: Yuan,
    total_consumed: Yuan,
    credit: Credit,
    token: String,
}

/// What one may spend: `available` is the balance and the credit limit, `total` is that and what was spent before.
#[derive(Debug, Serialize, JsonSchema)]
struct Credit {
    total: Yuan,
    used: Yuan,
    available: Yuan,
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
    pub(in crate::studio) fn of(account: &Account, money: &Wallet, token: String) -> Self {
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
            alert_below: None,
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
