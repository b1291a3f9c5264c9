//! Rows of API keys.

use domain::{
    account::Role,
    api_key::{ApiKey, Scope},
    id::{AccountId, KeyId},
    time::Timestamp,
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// A key that is about to be stored.
#[derive(Debug, Clone)]
pub struct New {
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// The keyed hash of its text.
    pub hash: [u8; 32],
    /// The ends of its text.
    pub shown: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The networks it may be used from.
    pub networks: Vec<String>,
    /// The most that tasks may be charged with it in a day.
    pub daily_cap: Option<i64>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Now.
    pub now: Timestamp,
}

/// A key together with what decides whether it may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyState {
    /// The key.
    pub key: ApiKey,
    /// Whose it is.
    pub account: AccountId,
    /// The account's current role.
    pub role: Role,
    /// Whether the account may sign in now.
    pub active: bool,
}

/// Adds a key.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, new: &New) -> Result<KeyId, Fault> {
    let sql = "INSERT INTO api_keys (account_id, name, hash, shown, scopes, networks, daily_cap, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
    let scopes = new.scopes.iter().map(Scope::to_string).collect::<Vec<_>>().join(" ");
    let values =
        params![new.account, &new.name, new.hash, &new.shown, scopes, new.networks.join(" "), new.daily_cap, new.now, new.expires_at];
    Ok(KeyId(tx.query_one(sql, values).await?.int(0)))
}

/// How many keys of an account are good.
///
/// # Errors
/// [`Fault`].
pub async fn count(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<i64, Fault> {
    let sql = "SELECT COUNT(*) FROM api_keys WHERE account_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";
    Ok(tx.query_one(sql, params![account, now]).await?.int(0))
}

/// The keys of an account with smaller ids than `before`, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn list(tx: &mut Tx, account: AccountId, before: KeyId, limit: i64) -> Result<Vec<ApiKey>, Fault> {
    let sql = concat!("SELECT ", columns!(api_keys), " FROM api_keys WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    Ok(tx.query(sql, params![account, before, limit]).await?.iter().map(key).collect())
}

/// A key of an account.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, account: AccountId, id: KeyId) -> Result<Option<ApiKey>, Fault> {
    let sql = concat!("SELECT ", columns!(api_keys), " FROM api_keys WHERE id = $1 AND account_id = $2");
    Ok(tx.query_opt(sql, params![id, account]).await?.as_ref().map(key))
}

/// The state of the key with this hash, and its account's, in one indexed read.
///
/// # Errors
/// [`Fault`].
pub async fn state(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<KeyState>, Fault> {
    let sql = concat!(
        "SELECT ",
        columns!(api_keys, "k."),
        ", k.account_id, a.role, a.active FROM api_keys k JOIN accounts a ON a.id = k.account_id WHERE k.hash = $1"
    );
    let Some(row) = tx.query_opt(sql, params![hash]).await? else { return Ok(None) };
    Ok(Some(KeyState {
        key: key(&row),
        account: AccountId(row.int(12)),
        role: Role::from_word(&row.text(13)).ok_or(Fault::Corrupt("role"))?,
        active: row.flag(14),
    }))
}

/// Records that a key was used, unless that was recorded since `noted`.
///
/// # Errors
/// [`Fault`].
pub async fn used(tx: &mut Tx, id: KeyId, from: Option<&str>, noted: Timestamp, now: Timestamp) -> Result<(), Fault> {
    let sql = "UPDATE api_keys SET used_at = $2, used_from = $3 WHERE id = $1 AND (used_at IS NULL OR used_at <= $4)";
    tx.execute(sql, params![id, now, from, noted]).await.map(drop)
}

/// Counts what is charged with a key on a day; `false`, and nothing counted, if that is more than it may spend.
///
/// # Errors
/// [`Fault`].
pub async fn spend(tx: &mut Tx, id: KeyId, amount: i64, day: i64) -> Result<bool, Fault> {
    let sql = "UPDATE api_keys SET spent = CASE WHEN spent_day = $3 THEN spent + $2 ELSE $2 END, spent_day = $3 \
               WHERE id = $1 AND (daily_cap IS NULL OR CASE WHEN spent_day = $3 THEN spent + $2 ELSE $2 END <= daily_cap)";
    Ok(tx.execute(sql, params![id, amount, day]).await? == 1)
}

/// Revokes a key; `false` if there is no such key that is not revoked.
///
/// # Errors
/// [`Fault`].
pub async fn revoke(tx: &mut Tx, account: AccountId, id: KeyId, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE api_keys SET revoked_at = $3 WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL";
    Ok(tx.execute(sql, params![id, account, now]).await? == 1)
}

/// Revokes every key of an account.
///
/// # Errors
/// [`Fault`].
pub async fn revoke_all(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<u64, Fault> {
    tx.execute("UPDATE api_keys SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL", params![account, now]).await
}

/// Makes a good key end at a time, if it would not end before; `false` if it is not good any more.
///
/// # Errors
/// [`Fault`].
pub async fn end_at(tx: &mut Tx, account: AccountId, id: KeyId, at: Timestamp, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE api_keys SET expires_at = CASE WHEN expires_at < $3 THEN expires_at ELSE $3 END \
               WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $4)";
    Ok(tx.execute(sql, params![id, account, at, now]).await? == 1)
}

fn key(row: &Row) -> ApiKey {
    let mut row = row.reader();
    let words = |text: String| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    ApiKey {
        id: KeyId(row.int()),
        name: row.text(),
        shown: row.text(),
        // A scope that a newer program knew opens nothing here.
        scopes: words(row.text()).iter().filter_map(|word| Scope::parse(word)).collect(),
        networks: words(row.text()),
        daily_cap: row.opt_int(),
        spent: row.int(),
        created_at: Timestamp(row.int()),
        expires_at: row.opt_int().map(Timestamp),
        used_at: row.opt_int().map(Timestamp),
        used_from: row.opt_text(),
        revoked_at: row.opt_int().map(Timestamp),
    }
}
