//! Rows of identities: who somebody is at an identity provider, and which account is theirs.

use domain::{id::AccountId, time::Timestamp};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// An identity that is linked to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Its id.
    pub id: i64,
    /// The provider.
    pub issuer: String,
    /// The person's id there.
    pub subject: String,
    /// The address that the provider named when it was last used.
    pub email: Option<String>,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When somebody last signed in with it.
    pub used_at: Timestamp,
}

/// Links an identity to an account; `false` if it is linked already, to whomever.
///
/// # Errors
/// [`Fault`].
pub async fn link(tx: &mut Tx, account: AccountId, who: (&str, &str), email: Option<&str>, now: Timestamp) -> Result<bool, Fault> {
    let sql = "INSERT INTO identities (issuer, subject, account_id, email, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $5) \
               ON CONFLICT (issuer, subject) DO NOTHING";
    Ok(tx.execute(sql, params![who.0, who.1, account, email, now]).await? == 1)
}

/// The account of an identity.
///
/// # Errors
/// [`Fault`].
pub async fn account(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<AccountId>, Fault> {
    let row = tx.query_opt("SELECT account_id FROM identities WHERE issuer = $1 AND subject = $2", params![issuer, subject]).await?;
    Ok(row.map(|row| AccountId(row.int(0))))
}

/// Writes down that somebody signed in with an identity.
///
/// # Errors
/// [`Fault`].
pub async fn used(tx: &mut Tx, issuer: &str, subject: &str, email: Option<&str>, now: Timestamp) -> Result<(), Fault> {
    let sql = "UPDATE identities SET used_at = $3, email = $4 WHERE issuer = $1 AND subject = $2";
    tx.execute(sql, params![issuer, subject, now, email]).await.map(drop)
}

/// The identities of an account.
///
/// # Errors
/// [`Fault`].
pub async fn of(tx: &mut Tx, account: AccountId) -> Result<Vec<Linked>, Fault> {
    let sql = "SELECT id, issuer, subject, email, created_at, used_at FROM identities WHERE account_id = $1 ORDER BY id LIMIT 100";
    let linked = |row: &Row| Linked {
        id: row.int(0),
        issuer: row.text(1),
        subject: row.text(2),
        email: row.opt_text(3),
        created_at: Timestamp(row.int(4)),
        used_at: Timestamp(row.int(5)),
    };
    Ok(tx.query(sql, params![account]).await?.iter().map(linked).collect())
}

/// Unlinks one of an account's identities; `false` if it has none with this id.
///
/// # Errors
/// [`Fault`].
pub async fn unlink(tx: &mut Tx, account: AccountId, id: i64) -> Result<bool, Fault> {
    Ok(tx.execute("DELETE FROM identities WHERE account_id = $1 AND id = $2", params![account, id]).await? == 1)
}

/// Unlinks all identities of an account.
///
/// # Errors
/// [`Fault`].
pub async fn unlink_all(tx: &mut Tx, account: AccountId) -> Result<u64, Fault> {
    tx.execute("DELETE FROM identities WHERE account_id = $1", params![account]).await
}
