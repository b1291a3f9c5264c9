//! Rows of accounts.

use domain::{
    account::{Account, Role},
    id::AccountId,
    time::Timestamp,
    wallet::Wallet,
};

use crate::{
    fault::Fault,
    params,
    tx::{Reader, Row, Tx},
};

/// The fields of a new account, with names in their stored forms.
#[derive(Debug, Clone)]
pub struct New {
    /// The user name as it was entered.
    pub username: Option<String>,
    /// Its folded form.
    pub username_key: Option<String>,
    /// The e-mail address, lower case.
    pub email: Option<String>,
    /// Whether the address is verified.
    pub email_verified: bool,
    /// The phone number in E.164.
    pub phone: Option<String>,
    /// The password's hash.
    pub password_hash: Option<String>,
    /// The role.
    pub role: Role,
    /// Now.
    pub now: Timestamp,
}

/// Creates an account; `None` if one of its names is taken.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, new: &New) -> Result<Option<AccountId>, Fault> {
    let sql = "INSERT INTO accounts (username, username_key, email, phone, password_hash, role, active, created_at, updated_at, activated_at, \
               email_verified_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7, $7, $8) ON CONFLICT DO NOTHING RETURNING id";
    let values = params![
        new.username.as_ref(),
        new.username_key.as_ref(),
        new.email.as_ref(),
        new.phone.as_ref(),
        new.password_hash.as_ref(),
        new.role,
        new.now,
        new.email_verified.then_some(new.now)
    ];
    Ok(tx.query_opt(sql, values).await?.map(|row| AccountId(row.int(0))))
}

/// The account with this id.
///
/// # Errors
/// [`Fault`].
pub async fn by_id(tx: &mut Tx, id: AccountId) -> Result<Option<Account>, Fault> {
    let sql = concat!("SELECT ", columns!(accounts), " FROM accounts WHERE id = $1");
    tx.query_opt(sql, params![id]).await?.as_ref().map(account).transpose()
}

/// The account that signs in under an e-mail address.
///
/// # Errors
/// [`Fault`].
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<Account>, Fault> {
    let sql = concat!("SELECT ", columns!(accounts), " FROM accounts WHERE email = $1");
    tx.query_opt(sql, params![email]).await?.as_ref().map(account).transpose()
}

/// The account that signs in under a phone number in E.164.
///
/// # Errors
/// [`Fault`].
pub async fn by_phone(tx: &mut Tx, phone: &str) -> Result<Option<Account>, Fault> {
    let sql = concat!("SELECT ", columns!(accounts), " FROM accounts WHERE phone = $1");
    tx.query_opt(sql, params![phone]).await?.as_ref().map(account).transpose()
}

/// The account that signs in under a user name, given in its folded form.
///
/// # Errors
/// [`Fault`].
pub async fn by_username(tx: &mut Tx, key: &str) -> Result<Option<Account>, Fault> {
    let sql = concat!("SELECT ", columns!(accounts), " FROM accounts WHERE username_key = $1");
    tx.query_opt(sql, params![key]).await?.as_ref().map(account).transpose()
}

/// Gives an account a new password.
///
/// # Errors
/// [`Fault`].
pub async fn set_password(tx: &mut Tx, id: AccountId, hash: &str, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE accounts SET password_hash = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND anonymised_at IS NULL";
    Ok(tx.execute(sql, params![id, hash, now]).await? == 1)
}

/// Takes an account's password away: it is signed in to otherwise, or with a new one.
///
/// # Errors
/// [`Fault`].
pub async fn forget_password(tx: &mut Tx, id: AccountId, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE accounts SET password_hash = NULL, updated_at = $2, version = version + 1 WHERE id = $1 AND anonymised_at IS NULL";
    Ok(tx.execute(sql, params![id, now]).await? == 1)
}

/// What an administrator may change in an account; absent fields stay as they are.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// A new user name, as it was entered.
    pub username: Option<String>,
    /// A new e-mail address, lower case; it is not verified yet.
    pub email: Option<String>,
    /// The hash of a new password.
    pub password_hash: Option<String>,
    /// A new role.
    pub role: Option<Role>,
    /// Whether it may sign in.
    pub active: Option<bool>,
}

/// Changes an account if it still has the version that was read; `false` if it does not, or was closed.
///
/// # Errors
/// [`Fault`].
pub async fn update(tx: &mut Tx, before: &Account, change: &Update, now: Timestamp) -> Result<bool, Fault> {
    let username = change.username.as_ref().or(before.username.as_ref());
    let moved = change.email.is_some() && change.email != before.email;
    let active = change.active.unwrap_or(before.active);
    let activated = if active && !before.active { Some(now) } else { before.activated_at };
    let deactivated = match (active, before.active) {
        (true, _) => None,
        (false, true) => Some(now),
        (false, false) => before.deactivated_at,
    };
    let sql = "UPDATE accounts SET username = $3, username_key = $4, password_hash = $5, role = $6, active = $7, activated_at = $8, deactivated_at = $9, \
               updated_at = $10, email = $11, email_verified_at = $12, version = version + 1 WHERE id = $1 AND version = $2 AND anonymised_at IS NULL";
    let values = params![
        before.id,
        before.version,
        username,
        username.map(|name| domain::account::fold(name)),
        change.password_hash.as_ref().or(before.password_hash.as_ref()),
        change.role.unwrap_or(before.role),
        active,
        activated,
        deactivated,
        now,
        change.email.as_ref().or(before.email.as_ref()),
        before.email_verified_at.filter(|_| !moved)
    ];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Selects accounts.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// A part of the name, address or phone number; all if empty.
    pub name: String,
    /// The role.
    pub role: Option<Role>,
    /// Whether they may sign in.
    pub active: Option<bool>,
    /// Created from this time on.
    pub from: Timestamp,
    /// Created up to this time.
    pub until: Timestamp,
    /// How many to skip.
    pub offset: i64,
    /// How many at most.
    pub limit: i64,
}

/// An account and what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The account.
    pub account: Account,
    /// Its wallet of money.
    pub money: Wallet,
    /// Its wallet of uses.
    pub uses: Wallet,
}

/// Accounts that are not closed, with their wallets, under further conditions.
macro_rules! holders {
    ($conditions:literal) => {
        concat!(
            "SELECT ",
            columns!(accounts, "a."),
            ", ",
            columns!(wallets, "m."),
            ", ",
            columns!(wallets, "u."),
            " FROM accounts a JOIN wallets m ON m.account_id = a.id AND m.asset = 'money' JOIN wallets u ON u.account_id = a.id AND \
             u.asset = 'uses' WHERE a.anonymised_at IS NULL AND ",
            $conditions
        )
    };
}

/// The account with this id and what it has, unless it is closed.
///
/// # Errors
/// [`Fault`].
pub async fn holder(tx: &mut Tx, id: AccountId) -> Result<Option<Holder>, Fault> {
    tx.query_opt(holders!("a.id = $1"), params![id]).await?.as_ref().map(held).transpose()
}

/// A page of accounts that are not closed, newest first, and how many there are in all.
///
/// # Errors
/// [`Fault`].
pub async fn list(tx: &mut Tx, wanted: &Wanted) -> Result<(Vec<Holder>, i64), Fault> {
    let like = crate::dialect::containing(&domain::account::fold(&wanted.name));
    let (role, active) = (wanted.role.map_or("", Role::word), wanted.active.map_or(-1, i64::from));
    let sql = holders!(
        "(COALESCE(a.username_key, '') LIKE $1 ESCAPE '!' OR COALESCE(a.email, '') LIKE $1 ESCAPE '!' OR \
         COALESCE(a.phone, '') LIKE $1 ESCAPE '!') AND ($2 = '' OR a.role = $2) AND (CAST($3 AS BIGINT) < 0 OR a.active \
         = $3) AND a.created_at BETWEEN $4 AND $5 ORDER BY a.id DESC LIMIT $6 OFFSET $7"
    );
    let rows = tx.query(sql, params![&like, role, active, wanted.from, wanted.until, wanted.limit, wanted.offset]).await?;
    let sql = "SELECT COUNT(*) FROM accounts a WHERE a.anonymised_at IS NULL \
               AND (COALESCE(a.username_key, '') LIKE $1 ESCAPE '!' OR COALESCE(a.email, '') LIKE $1 ESCAPE '!' OR COALESCE(a.phone, '') LIKE $1 ESCAPE '!') \
               AND ($2 = '' OR a.role = $2) AND (CAST($3 AS BIGINT) < 0 OR a.active = $3) AND a.created_at BETWEEN $4 AND $5";
    let total = tx.query_one(sql, params![&like, role, active, wanted.from, wanted.until]).await?.int(0);
    Ok((rows.iter().map(held).collect::<Result<_, Fault>>()?, total))
}

/// Which accounts a page shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// How the folded user name, the e-mail address or the phone number begins; all if empty.
    pub name: String,
    /// The role.
    pub role: Option<Role>,
    /// Whether they may sign in.
    pub active: Option<bool>,
}

/// Accounts that are not closed with smaller ids than `before`, newest first. What is rare is read from an index of its own, so that a
/// page does not pass over everybody to find it.
///
/// # Errors
/// [`Fault`].
pub async fn page(tx: &mut Tx, filter: &Filter, before: AccountId, limit: i64) -> Result<Vec<Holder>, Fault> {
    let (role, active) = (filter.role.map_or("", Role::word), filter.active.map_or(-1, i64::from));
    let rows = if !filter.name.is_empty() {
        let sql = holders!(
            "a.id IN (SELECT id FROM accounts WHERE username_key >= $5 AND username_key < $6 \
             UNION SELECT id FROM accounts WHERE email >= $5 AND email < $6 \
             UNION SELECT id FROM accounts WHERE phone >= $5 AND phone < $6) \
             AND ($1 = '' OR a.role = $1) AND (CAST($2 AS BIGINT) < 0 OR a.active = $2) AND a.id < $3 ORDER BY a.id DESC LIMIT $4"
        );
        let end = format!("{}\u{10ffff}", filter.name);
        tx.query(sql, params![role, active, before, limit, &filter.name, end]).await?
    } else if filter.role.is_some_and(Role::administers) {
        let sql = holders!(
            "a.role <> 'user' AND a.role = $1 AND (CAST($2 AS BIGINT) < 0 OR a.active = $2) AND a.id < $3 ORDER BY a.id DESC LIMIT $4"
        );
        tx.query(sql, params![role, active, before, limit]).await?
    } else if filter.active == Some(false) {
        let sql = holders!("a.active = 0 AND ($1 = '' OR a.role = $1) AND a.id < $2 ORDER BY a.id DESC LIMIT $3");
        tx.query(sql, params![role, before, limit]).await?
    } else {
        let sql =
            holders!("($1 = '' OR a.role = $1) AND (CAST($2 AS BIGINT) < 0 OR a.active = $2) AND a.id < $3 ORDER BY a.id DESC LIMIT $4");
        tx.query(sql, params![role, active, before, limit]).await?
    };
    rows.iter().map(held).collect()
}

fn held(row: &Row) -> Result<Holder, Fault> {
    let mut row = row.reader();
    Ok(Holder { account: read(&mut row)?, money: crate::wallet::read(&mut row)?, uses: crate::wallet::read(&mut row)? })
}

/// Allows an account to sign in, or forbids it.
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

/// Gives an account a new role.
///
/// # Errors
/// [`Fault`].
pub async fn set_role(tx: &mut Tx, id: AccountId, role: Role, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE accounts SET role = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND anonymised_at IS NULL";
    Ok(tx.execute(sql, params![id, role, now]).await? == 1)
}

/// Closes an account: its names and password are removed, its id is kept for the ledger.
///
/// # Errors
/// [`Fault`].
pub async fn anonymise(tx: &mut Tx, id: AccountId, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE accounts SET username = NULL, username_key = NULL, email = NULL, phone = NULL, password_hash = NULL, active = 0, email_verified_at = NULL, \
               anonymised_at = $2, updated_at = $2, deactivated_at = $2, version = version + 1 WHERE id = $1 AND anonymised_at IS NULL";
    Ok(tx.execute(sql, params![id, now]).await? == 1)
}

/// Records that somebody signed in.
///
/// # Errors
/// [`Fault`].
pub async fn signed_in(tx: &mut Tx, id: AccountId, now: Timestamp) -> Result<(), Fault> {
    tx.execute("UPDATE accounts SET signed_in_at = $2 WHERE id = $1", params![id, now]).await.map(drop)
}

/// Marks an e-mail address as verified, if it is still the account's; `false` if it is not, or was already verified.
///
/// # Errors
/// [`Fault`].
pub async fn verify_email(tx: &mut Tx, id: AccountId, email: &str, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE accounts SET email_verified_at = $3 WHERE id = $1 AND email = $2 AND email_verified_at IS NULL";
    Ok(tx.execute(sql, params![id, email, now]).await? == 1)
}

/// How many accounts there are that are not closed, and how many of them may sign in.
///
/// # Errors
/// [`Fault`].
pub async fn count(tx: &mut Tx) -> Result<(i64, i64), Fault> {
    let all = tx.query_one("SELECT COUNT(*) FROM accounts WHERE anonymised_at IS NULL", &[]).await?.int(0);
    let active = tx.query_one("SELECT COUNT(*) FROM accounts WHERE anonymised_at IS NULL AND active = 1", &[]).await?.int(0);
    Ok((all, active))
}

/// How many administrators there are that may sign in.
///
/// # Errors
/// [`Fault`].
pub async fn administering(tx: &mut Tx) -> Result<i64, Fault> {
    Ok(tx.query_one("SELECT COUNT(*) FROM accounts WHERE role <> 'user' AND active = 1", &[]).await?.int(0))
}

fn account(row: &Row) -> Result<Account, Fault> {
    read(&mut row.reader())
}

/// The account in the next columns of a row, as `columns!(accounts)` lists them.
fn read(row: &mut Reader<'_>) -> Result<Account, Fault> {
    Ok(Account {
        id: AccountId(row.int()),
        username: row.opt_text(),
        email: row.opt_text(),
        phone: row.opt_text(),
        password_hash: row.opt_text(),
        role: Role::from_word(&row.text()).ok_or(Fault::Corrupt("role"))?,
        active: row.flag(),
        created_at: Timestamp(row.int()),
        updated_at: Timestamp(row.int()),
        anonymised_at: row.opt_int().map(Timestamp),
        version: row.int(),
        activated_at: row.opt_int().map(Timestamp),
        deactivated_at: row.opt_int().map(Timestamp),
        email_verified_at: row.opt_int().map(Timestamp),
        signed_in_at: row.opt_int().map(Timestamp),
    })
}
