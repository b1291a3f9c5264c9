//! Rows of accounts' places at a learning platform; secrets in them are sealed by the engine.

use domain::{course::NotOpen, id::AccountId, time::Timestamp};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// An account's place at a learning platform: its login there, and its settings for learning.
#[derive(Debug, Clone, PartialEq)]
pub struct CampusAccount {
    /// Its id.
    pub id: i64,
    /// The account.
    pub account: AccountId,
    /// The platform, by the name of its connector.
    pub platform: String,
    /// The platform's address; empty if the platform has only one.
    pub site: String,
    /// The user name there.
    pub username: Option<String>,
    /// The password there, sealed, until it was exchanged for a token.
    pub password: Option<String>,
    /// The token that replaces the password, sealed.
    pub token: Option<String>,
    /// Whether the token was pasted by its learner, rather than received in exchange for a password.
    pub pasted: bool,
    /// Why the platform refused the latest credentials, if it did; it is not asked again until they change.
    pub refusal: Option<String>,
    /// As published; stored and returned.
    pub use_cookies: bool,
    /// How fast media is played, as a decimal number.
    pub speed: String,
    /// What is done about items that are not open.
    pub not_open: NotOpen,
    /// As published (`tiku_config`): JSON, stored and returned without being interpreted.
    pub questions: String,
    /// As published (`notification_config`): JSON, stored and returned without being interpreted.
    pub notifications: String,
    /// How often it was changed.
    pub version: i64,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The place of an account, created with the defaults if it has none.
///
/// # Errors
/// [`Fault`].
pub async fn obtain(tx: &mut Tx, account: AccountId, platform: &str, site: &str, now: Timestamp) -> Result<CampusAccount, Fault> {
    if let Some(place) = get(tx, account).await? {
        return Ok(place);
    }
    let sql = "INSERT INTO campus_places (account_id, platform, site, pasted, use_cookies, speed, not_open, questions, notifications, version, updated_at) \
               VALUES ($1, $2, $3, 0, 0, '1.0', 'retry', '{}', '{}', 0, $4) ON CONFLICT (account_id) DO NOTHING";
    tx.execute(sql, params![account, platform, site, now]).await?;
    get(tx, account).await?.ok_or(Fault::Corrupt("place"))
}

/// The place of an account, if it has one.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, account: AccountId) -> Result<Option<CampusAccount>, Fault> {
    let sql = "SELECT id, account_id, platform, site, username, password, token, pasted, refusal, use_cookies, speed, not_open, questions, notifications, \
               version, updated_at FROM campus_places WHERE account_id = $1";
    tx.query_opt(sql, params![account]).await?.as_ref().map(place).transpose()
}

/// Saves a place if it still has the version that was read, and increments the version. `false` if somebody else was faster.
///
/// # Errors
/// [`Fault`].
pub async fn save(tx: &mut Tx, place: &CampusAccount, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE campus_places SET platform = $3, site = $4, username = $5, password = $6, token = $7, pasted = $8, refusal = $9, use_cookies = $10, \
               speed = $11, not_open = $12, questions = $13, notifications = $14, updated_at = $15, version = version + 1, \
               exchanged_until = CASE WHEN password = $6 THEN exchanged_until ELSE NULL END WHERE account_id = $1 AND version = $2";
    let values = params![
        place.account,
        place.version,
        &place.platform,
        &place.site,
        place.username.as_ref(),
        place.password.as_ref(),
        place.token.as_ref(),
        place.pasted,
        place.refusal.as_ref(),
        place.use_cookies,
        &place.speed,
        place.not_open.word(),
        &place.questions,
        &place.notifications,
        now
    ];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Which process exchanges a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    /// The one that asked.
    Begun,
    /// Another process, until this time at the latest.
    Elsewhere(Timestamp),
}

/// Begins to exchange a password, unless another process does.
///
/// # Errors
/// [`Fault`].
pub async fn begin_exchange(tx: &mut Tx, asked: &CampusAccount, now: Timestamp, until: Timestamp) -> Result<Exchange, Fault> {
    let sql = "UPDATE campus_places SET exchanged_until = $4 \
               WHERE account_id = $1 AND password = $2 AND (exchanged_until IS NULL OR exchanged_until <= $3)";
    if tx.execute(sql, params![asked.account, asked.password.as_ref(), now, until]).await? == 1 {
        return Ok(Exchange::Begun);
    }
    // There is none if the password was settled or changed meanwhile: asking again shows the outcome.
    let sql = "SELECT exchanged_until FROM campus_places WHERE account_id = $1 AND exchanged_until IS NOT NULL";
    Ok(Exchange::Elsewhere(tx.query_opt(sql, params![asked.account]).await?.map_or(now, |row| Timestamp(row.int(0)))))
}

/// Gives up an exchange of a password that had no outcome, so that it may be tried again.
///
/// # Errors
/// [`Fault`].
pub async fn end_exchange(tx: &mut Tx, asked: &CampusAccount) -> Result<bool, Fault> {
    let sql = "UPDATE campus_places SET exchanged_until = NULL WHERE account_id = $1 AND password = $2";
    Ok(tx.execute(sql, params![asked.account, asked.password.as_ref()]).await? == 1)
}

/// Replaces a password by the token that was received for it, or records why it was refused. This applies only if platform, site, user
/// name and password are still the ones that were sent; other changes to the place are kept.
///
/// # Errors
/// [`Fault`].
pub async fn settle(tx: &mut Tx, asked: &CampusAccount, outcome: Result<&str, &str>) -> Result<bool, Fault> {
    let sql = "UPDATE campus_places SET token = $6, pasted = 0, password = NULL, refusal = $7, exchanged_until = NULL, version = version + 1 \
               WHERE account_id = $1 AND platform = $2 AND site = $3 AND username = $4 AND password = $5";
    let (username, password) = (asked.username.as_ref(), asked.password.as_ref());
    let values = params![asked.account, &asked.platform, &asked.site, username, password, outcome.ok(), outcome.err()];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Drops a token that the platform no longer accepts, if it is still this one, and records why.
///
/// # Errors
/// [`Fault`].
pub async fn expire(tx: &mut Tx, account: AccountId, token: &str, why: &str) -> Result<bool, Fault> {
    let sql = "UPDATE campus_places SET token = NULL, refusal = $3, version = version + 1 WHERE account_id = $1 AND token = $2";
    Ok(tx.execute(sql, params![account, token, why]).await? == 1)
}

/// Deletes a place with all its secrets.
///
/// # Errors
/// [`Fault`].
pub async fn forget(tx: &mut Tx, account: AccountId) -> Result<u64, Fault> {
    tx.execute("DELETE FROM campus_places WHERE account_id = $1", params![account]).await
}

fn place(row: &Row) -> Result<CampusAccount, Fault> {
    let mut row = row.reader();
    Ok(CampusAccount {
        id: row.int(),
        account: AccountId(row.int()),
        platform: row.text(),
        site: row.text(),
        username: row.opt_text(),
        password: row.opt_text(),
        token: row.opt_text(),
        pasted: row.flag(),
        refusal: row.opt_text(),
        use_cookies: row.flag(),
        speed: row.text(),
        not_open: NotOpen::from_word(&row.text()).ok_or(Fault::Corrupt("not_open"))?,
        questions: row.text(),
        notifications: row.text(),
        version: row.int(),
        updated_at: Timestamp(row.int()),
    })
}
