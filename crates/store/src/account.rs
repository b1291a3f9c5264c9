//! Rows of accounts.

use domain::{
    account::{Account, Role},
    id::AccountId,
    time::Timestamp,
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// What a new account is made of; names in their stored forms.
#[derive(Debug, Clone)]
pub struct New {
    /// The user name as written.
    pub username: Option<String>,
    /// Its folded form.
    pub username_key: Option<String>,
    /// The e-mail address, lower case.
    pub email: Option<String>,
    /// The phone number in E.164.
    pub phone: Option<String>,
    /// The password's hash.
    pub password_hash: Option<String>,
    /// The role.
    pub role: Role,
    /// Now.
    pub now: Timestamp,
}

/// Makes an account; `None` where one of its names is taken.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, new: &New) -> Result<Option<AccountId>, Fault> {
    let sql = "INSERT INTO accounts (username, username_key, email, phone, password_hash, role, active, created_at, updated_at, activated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7, $7) ON CONFLICT DO NOTHING RETURNING id";
    let values = params![
        new.username.as_ref(),
        new.username_key.as_ref(),
        new.email.as_ref(),
        new.phone.as_ref(),
        new.password_hash.as_ref(),
        new.role,
        new.now
    ];
    Ok(tx.query_opt(sql, values).await?.map(|row| AccountId(row.int(0))))
}

/// The account with this number.
///
/// # Errors
/// [`Fault`].
pub async fn by_id(tx: &mut Tx, id: AccountId) -> Result<Option<Account>, Fault> {
    let sql = "SELECT id, username, email, phone, password_hash, role, active, created_at, updated_at, anonymised_at, version, activated_at, deactivated_at FROM accounts WHERE id = $1";
    tx.query_opt(sql, params![id]).await?.as_ref().map(account).transpose()
}

/// The account that signs in under an e-mail address.
///
/// # Errors
/// [`Fault`].
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<Account>, Fault> {
    let sql = "SELECT id, username, email, phone, password_hash, role, active, created_at, updated_at, anonymised_at, version, activated_at, deactivated_at FROM accounts WHERE email = $1";
    tx.query_opt(sql, params![email]).await?.as_ref().map(account).transpose()
}

/// The account that signs in under a phone number in E.164.
///
/// # Errors
/// [`Fault`].
pub async fn by_phone(tx: &mut Tx, phone: &str) -> Result<Option<Account>, Fault> {
    let sql = "SELECT id, username, email, phone, password_hash, role, active, created_at, updated_at, anonymised_at, version, activated_at, deactivated_at FROM accounts WHERE phone = $1";
    tx.query_opt(sql, params![phone]).await?.as_ref().map(account).transpose()
}

/// The account that signs in under a user name, given in its folded form.
///
/// # Errors
/// [`Fault`].
pub async fn by_username(tx: &mut Tx, key: &str) -> Result<Option<Account>, Fault> {
    let sql = "SELECT id, username, email, phone, password_hash, role, active, created_at, updated_at, anonymised_at, version, activated_at, deactivated_at FROM accounts WHERE username_key = $1";
    tx.query_opt(sql, params![key]).await?.as_ref().map(account).transpose()
}

/// Gives an account another password.
///
/// # Errors
/// [`Fault`].
pub async fn set_password(tx: &mut Tx, id: AccountId, hash: &str, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE accounts SET password_hash = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND anonymised_at IS NULL";
    Ok(tx.execute(sql, params![id, hash, now]).await? == 1)
}

/// Lets an account sign in, or not.
///
/// # Errors
/// [`Fault`].
pub async fn set_active(tx: &mut Tx, id: AccountId, active: bool, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE accounts SET active = CAST($2 AS BIGINT), updated_at = $3, version = version + 1, \
               activated_at = CASE WHEN active = 0 AND CAST($2 AS BIGINT) = 1 THEN $3 ELSE activated_at END, \
               deactivated_at = CASE WHEN CAST($2 AS BIGINT) = 1 THEN NULL WHEN active = 1 THEN $3 ELSE deactivated_at END \
               WHERE id = $1 AND anonymised_at IS NULL";
    Ok(tx.execute(sql, params![id, active, now]).await? == 1)
}

/// Gives an account another role.
///
/// # Errors
/// [`Fault`].
pub async fn set_role(tx: &mut Tx, id: AccountId, role: Role, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE accounts SET role = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND anonymised_at IS NULL";
    Ok(tx.execute(sql, params![id, role, now]).await? == 1)
}

/// Closes an account: its names and password go, its number stays for the ledger.
///
/// # Errors
/// [`Fault`].
pub async fn anonymise(tx: &mut Tx, id: AccountId, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE accounts SET username = NULL, username_key = NULL, email = NULL, phone = NULL, password_hash = NULL, active = 0, \
               anonymised_at = $2, updated_at = $2, deactivated_at = $2, version = version + 1 WHERE id = $1 AND anonymised_at IS NULL";
    Ok(tx.execute(sql, params![id, now]).await? == 1)
}

fn account(row: &Row) -> Result<Account, Fault> {
    Ok(Account {
        id: AccountId(row.int(0)),
        username: row.opt_text(1),
        email: row.opt_text(2),
        phone: row.opt_text(3),
        password_hash: row.opt_text(4),
        role: Role::from_word(&row.text(5)).ok_or(Fault::Corrupt("role"))?,
        active: row.flag(6),
        created_at: Timestamp(row.int(7)),
        updated_at: Timestamp(row.int(8)),
        anonymised_at: row.opt_int(9).map(Timestamp),
        version: row.int(10),
        activated_at: row.opt_int(11).map(Timestamp),
        deactivated_at: row.opt_int(12).map(Timestamp),
    })
}
