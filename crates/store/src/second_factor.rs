//! Rows of second factors: one authenticator an account, and its recovery codes.

use domain::{id::AccountId, time::Timestamp};

use crate::{fault::Fault, params, tx::Tx};

/// An authenticator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// Its secret, sealed.
    pub secret: String,
    /// Since when signing in asks for it; not yet, while it is being set up.
    pub on_since: Option<Timestamp>,
    /// The period of the newest code that was used.
    pub last_step: i64,
}

/// Stores the secret of an authenticator that is being set up, in place of an older one that never was on; `false` if one is on.
///
/// # Errors
/// [`Fault`].
pub async fn begin(tx: &mut Tx, account: AccountId, secret: &str, now: Timestamp) -> Result<bool, Fault> {
    let sql = "INSERT INTO second_factors (account_id, secret, begun_at, last_step) VALUES ($1, $2, $3, 0) \
               ON CONFLICT (account_id) DO UPDATE SET secret = $2, begun_at = $3, last_step = 0 WHERE second_factors.on_since IS NULL";
    Ok(tx.execute(sql, params![account, secret, now]).await? == 1)
}

/// An account's authenticator, and since when it has been set up.
///
/// # Errors
/// [`Fault`].
pub async fn find(tx: &mut Tx, account: AccountId) -> Result<Option<SecondFactor>, Fault> {
    let sql = "SELECT secret, on_since, last_step FROM second_factors WHERE account_id = $1";
    let row = tx.query_opt(sql, params![account]).await?;
    Ok(row.map(|row| SecondFactor { secret: row.text(0), on_since: row.opt_int(1).map(Timestamp), last_step: row.int(2) }))
}

/// Switches an authenticator on whose code of the period `step` was shown; `false` if its secret changed meanwhile, or it is on.
///
/// # Errors
/// [`Fault`].
pub async fn switch_on(tx: &mut Tx, account: AccountId, secret: &str, step: i64, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE second_factors SET on_since = $4, last_step = $3 WHERE account_id = $1 AND secret = $2 AND on_since IS NULL";
    Ok(tx.execute(sql, params![account, secret, step, now]).await? == 1)
}

/// Uses the code of a period; `false` if it, or a later one up to `latest`, was used.
///
/// # Errors
/// [`Fault`].
pub async fn take(tx: &mut Tx, account: AccountId, step: i64, latest: i64) -> Result<bool, Fault> {
    let sql = "UPDATE second_factors SET last_step = $2 \
               WHERE account_id = $1 AND (last_step < $2 OR last_step > $3) AND on_since IS NOT NULL";
    Ok(tx.execute(sql, params![account, step, latest]).await? == 1)
}

/// Removes an account's authenticator and its recovery codes; `false` if it had none.
///
/// # Errors
/// [`Fault`].
pub async fn remove(tx: &mut Tx, account: AccountId) -> Result<bool, Fault> {
    tx.execute("DELETE FROM recovery_codes WHERE account_id = $1", params![account]).await?;
    Ok(tx.execute("DELETE FROM second_factors WHERE account_id = $1", params![account]).await? == 1)
}

/// Gives an account new recovery codes, by their keyed hashes, in place of the older ones.
///
/// # Errors
/// [`Fault`].
pub async fn give_codes(tx: &mut Tx, account: AccountId, hashes: &[[u8; 32]]) -> Result<(), Fault> {
    tx.execute("DELETE FROM recovery_codes WHERE account_id = $1", params![account]).await?;
    for hash in hashes {
        tx.execute("INSERT INTO recovery_codes (account_id, hash) VALUES ($1, $2)", params![account, *hash]).await?;
    }
    Ok(())
}

/// Uses a recovery code; `false` if the account has no such code, or it was used.
///
/// # Errors
/// [`Fault`].
pub async fn take_code(tx: &mut Tx, account: AccountId, hash: [u8; 32], now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE recovery_codes SET used_at = $3 WHERE account_id = $1 AND hash = $2 AND used_at IS NULL";
    Ok(tx.execute(sql, params![account, hash, now]).await? == 1)
}

/// How many recovery codes an account has left.
///
/// # Errors
/// [`Fault`].
pub async fn codes_left(tx: &mut Tx, account: AccountId) -> Result<i64, Fault> {
    let row = tx.query_one("SELECT COUNT(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL", params![account]).await?;
    Ok(row.int(0))
}
