//! The words of the mail document on the wire, and how the core's values become them.

use domain::account::Account;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::http::{Field, FieldError, Fraction, Options, local_time};

/// A success with data and a message.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Answer<T> {
    pub(super) success: bool,
    pub(super) message: &'static str,
    pub(super) data: T,
}

/// A success with a message alone.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Done {
    pub(super) success: bool,
    pub(super) message: &'static str,
}

/// Every error.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Failure {
    pub(super) success: bool,
    pub(super) message: String,
    /// 再次发送前需等待的秒数
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cooldown_seconds: Option<u64>,
    /// 出错的字段（面向开发者）
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) errors: Option<Vec<FieldError>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Health {
    pub(super) status: &'static str,
    pub(super) message: &'static str,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Register {
    /// 用户邮箱地址
    #[serde(default)]
    #[schemars(required)]
    pub(super) email: Field<String>,
    /// 用户密码（至少 6 位）
    #[serde(default)]
    #[schemars(required)]
    pub(super) password: Field<String>,
    /// 邮箱验证码
    #[serde(default)]
    #[schemars(required)]
    pub(super) verification_code: Field<String>,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct SendCode {
    /// 用户邮箱地址
    #[serde(default)]
    #[schemars(required)]
    pub(super) email: Field<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Sent {
    pub(super) success: bool,
    pub(super) message: &'static str,
    /// 仅在测试模式下返回，生产环境不会返回
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct VerifyCode {
    /// 用户邮箱地址
    #[serde(default)]
    #[schemars(required)]
    pub(super) email: Field<String>,
    /// 验证码
    #[serde(default)]
    #[schemars(required)]
    pub(super) code: Field<String>,
}

/// A profile, which comes without a message.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Profile {
    pub(super) success: bool,
    pub(super) data: User,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct User {
    id: i64,
    email: Option<String>,
    /// super_admin, admin, user
    role: &'static str,
    created_at: String,
    is_active: bool,
}

impl User {
    pub(super) fn of(options: &Options, account: &Account, masked: bool) -> Self {
        let email = account.email.as_deref().map(|email| if masked { mask(email) } else { email.to_owned() });
        Self {
            id: account.id.0,
            email,
            role: account.role.word(),
            created_at: local_time(&options.zone, account.created_at, Fraction::None),
            is_active: account.active,
        }
    }
}

/// An address of which one sees that it is one: `u***@example.com`.
fn mask(email: &str) -> String {
    let (local, host) = email.split_once('@').unwrap_or((email, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}***@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_address_keeps_its_first_letter_and_its_host() {
        assert_eq!(mask("user@example.com"), "u***@example.com");
    }
}
