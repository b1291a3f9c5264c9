//! Rows of deliveries: the outbox for development, the operator's log, and the basis for the limits on sending.

use domain::{
    delivery::{Channel, Delivery, Letter, State},
    id::DeliveryId,
    time::Timestamp,
    verification::Purpose,
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// A delivery about to begin.
#[derive(Debug, Clone)]
pub struct New {
    /// The channel that it is sent over.
    pub channel: Channel,
    /// The recipient.
    pub to: String,
    /// What the recipient's limits are counted by: the phone number, or the mailbox behind an address.
    pub mailbox: String,
    /// The network that the request came from, if that is counted.
    pub origin: Option<String>,
    /// Its purpose.
    pub purpose: Purpose,
    /// Who carries it.
    pub carrier: &'static str,
    /// `Kept` or `Waiting`.
    pub state: State,
    /// Its content, if the outbox keeps it.
    pub letter: Option<Letter>,
    /// Now.
    pub now: Timestamp,
}

/// Begins a delivery.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, new: &New) -> Result<DeliveryId, Fault> {
    let sql = "INSERT INTO deliveries (channel, recipient, mailbox, origin, purpose, carrier, state, tries, subject, text, code, link, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12, $12) RETURNING id";
    let letter = new.letter.as_ref();
    let values = params![
        new.channel,
        &new.to,
        &new.mailbox,
        new.origin.as_ref(),
        new.purpose,
        new.carrier,
        new.state,
        letter.map(|letter| &letter.subject).filter(|subject| !subject.is_empty()),
        letter.map(|letter| &letter.text),
        letter.map(|letter| &letter.code).filter(|code| !code.is_empty()),
        letter.map(|letter| &letter.link).filter(|link| !link.is_empty()),
        new.now
    ];
    Ok(DeliveryId(tx.query_one(sql, values).await?.int(0)))
}

/// Records the state of a delivery.
///
/// # Errors
/// [`Fault`].
pub async fn note(tx: &mut Tx, id: DeliveryId, state: State, tries: i64, detail: Option<&str>, now: Timestamp) -> Result<(), Fault> {
    let sql = "UPDATE deliveries SET state = $2, tries = $3, detail = $4, updated_at = $5 WHERE id = $1";
    tx.execute(sql, params![id, state, tries, detail, now]).await.map(drop)
}

/// What a limit on sending counts.
#[derive(Debug, Clone)]
pub enum Scope {
    /// The codes that were sent to one mailbox or number and were not given up. Links are not counted: otherwise the time when the next
    /// code may be sent would reveal whether the mailbox belongs to an account.
    Mailbox(Channel, String),
    /// What was sent to one mailbox or number for one purpose.
    About(Channel, String, Purpose),
    /// What was requested from one network.
    Origin(String),
    /// Everything over a channel.
    Channel(Channel),
}

/// When the newest deliveries of a scope after `since` were requested, newest first.
///
/// # Errors
/// [`Fault`].
pub async fn newest(tx: &mut Tx, scope: &Scope, since: Timestamp, limit: i64) -> Result<Vec<Timestamp>, Fault> {
    let rows = match scope {
        Scope::Mailbox(channel, mailbox) => {
            let sql = "SELECT created_at FROM deliveries WHERE channel = $1 AND mailbox = $2 AND created_at > $3 AND state <> 'failed' \
                       AND purpose <> $5 AND purpose <> $6 ORDER BY created_at DESC LIMIT $4";
            tx.query(sql, params![*channel, mailbox, since, limit, Purpose::ResetPassword, Purpose::VerifyEmail]).await?
        }
        Scope::About(channel, mailbox, purpose) => {
            let sql = "SELECT created_at FROM deliveries WHERE channel = $1 AND mailbox = $2 AND purpose = $3 AND created_at > $4 \
                       ORDER BY created_at DESC LIMIT $5";
            tx.query(sql, params![*channel, mailbox, *purpose, since, limit]).await?
        }
        Scope::Origin(origin) => {
            let sql = "SELECT created_at FROM deliveries WHERE origin = $1 AND created_at > $2 ORDER BY created_at DESC LIMIT $3";
            tx.query(sql, params![origin, since, limit]).await?
        }
        Scope::Channel(channel) => {
            let sql = "SELECT created_at FROM deliveries WHERE channel = $1 AND created_at > $2 ORDER BY created_at DESC LIMIT $3";
            tx.query(sql, params![*channel, since, limit]).await?
        }
    };
    Ok(rows.iter().map(|row| Timestamp(row.int(0))).collect())
}

/// How many messages over a channel after `since` cost something: those that were not given up.
///
/// # Errors
/// [`Fault`].
pub async fn spent(tx: &mut Tx, channel: Channel, since: Timestamp) -> Result<i64, Fault> {
    let sql = "SELECT COUNT(*) FROM deliveries WHERE channel = $1 AND created_at > $2 AND state <> 'failed'";
    Ok(tx.query_one(sql, params![channel, since]).await?.int(0))
}

/// Gives up deliveries that have had no update since `since`.
///
/// # Errors
/// [`Fault`].
pub async fn give_up_lost(tx: &mut Tx, since: Timestamp, now: Timestamp) -> Result<u64, Fault> {
    let sql = "UPDATE deliveries SET state = 'failed', detail = 'the process ended meanwhile', updated_at = $2 \
               WHERE state = 'waiting' AND updated_at < $1";
    tx.execute(sql, params![since, now]).await
}

/// The newest deliveries, newest first; only those to one recipient if one is named.
///
/// # Errors
/// [`Fault`].
pub async fn list(tx: &mut Tx, to: Option<&str>, limit: i64) -> Result<Vec<Delivery>, Fault> {
    let rows = match to {
        Some(to) => {
            let sql = concat!("SELECT ", columns!(deliveries), " FROM deliveries WHERE recipient = $1 ORDER BY id DESC LIMIT $2");
            tx.query(sql, params![to, limit]).await?
        }
        None => {
            let sql = concat!("SELECT ", columns!(deliveries), " FROM deliveries ORDER BY id DESC LIMIT $1");
            tx.query(sql, params![limit]).await?
        }
    };
    rows.iter().map(delivery).collect()
}

/// Deliveries with smaller ids than `before`, newest first; only those to one recipient if one is named.
///
/// # Errors
/// [`Fault`].
pub async fn page(tx: &mut Tx, to: Option<&str>, before: DeliveryId, limit: i64) -> Result<Vec<Delivery>, Fault> {
    let rows = match to {
        Some(to) => {
            let sql =
                concat!("SELECT ", columns!(deliveries), " FROM deliveries WHERE recipient = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
            tx.query(sql, params![to, before, limit]).await?
        }
        None => {
            let sql = concat!("SELECT ", columns!(deliveries), " FROM deliveries WHERE id < $1 ORDER BY id DESC LIMIT $2");
            tx.query(sql, params![before, limit]).await?
        }
    };
    rows.iter().map(delivery).collect()
}

/// How many deliveries of a channel were given up since a time, and how many there were.
///
/// # Errors
/// [`Fault`].
pub async fn given_up(tx: &mut Tx, channel: Channel, since: Timestamp) -> Result<(i64, i64), Fault> {
    let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN state = 'failed' THEN 1 ELSE 0 END), 0) AS BIGINT) FROM deliveries \
               WHERE channel = $1 AND created_at > $2";
    let row = tx.query_one(sql, params![channel, since]).await?;
    Ok((row.int(1), row.int(0)))
}

/// Deletes what is older than `before`, so many at most; returns how many there were.
///
/// # Errors
/// [`Fault`].
pub async fn tidy(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64, Fault> {
    // Ids grow with time: the oldest ones come first.
    let sql = "DELETE FROM deliveries WHERE created_at < $1 AND id IN (SELECT id FROM deliveries ORDER BY id LIMIT $2)";
    tx.execute(sql, params![before, limit]).await
}

fn delivery(row: &Row) -> Result<Delivery, Fault> {
    let mut row = row.reader();
    Ok(Delivery {
        id: DeliveryId(row.int()),
        channel: Channel::from_word(&row.text()).ok_or(Fault::Corrupt("channel"))?,
        to: row.text(),
        purpose: Purpose::from_word(&row.text()).ok_or(Fault::Corrupt("purpose"))?,
        carrier: row.text(),
        state: State::from_word(&row.text()).ok_or(Fault::Corrupt("state"))?,
        tries: row.int(),
        detail: row.opt_text(),
        subject: row.opt_text(),
        text: row.opt_text(),
        code: row.opt_text(),
        link: row.opt_text(),
        created_at: Timestamp(row.int()),
        updated_at: Timestamp(row.int()),
    })
}
