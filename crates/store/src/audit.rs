//! Rows of the audit log, which is append-only.

use domain::{
    audit::{Act, Line},
    id::AccountId,
    origin::Origin,
    time::Timestamp,
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// Records an act.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, act: &Act, now: Timestamp) -> Result<(), Fault> {
    let sql = "INSERT INTO acts (created_at, actor_id, action, subject, detail, address, device) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = params![now, act.actor, act.action, &act.subject, &act.detail, act.origin.address.as_ref(), act.origin.device.as_ref()];
    tx.execute(sql, values).await.map(drop)
}

/// A page of the log, newest first, of one actor if one is named, and how many lines there are in all.
///
/// # Errors
/// [`Fault`].
pub async fn list(tx: &mut Tx, actor: Option<AccountId>, offset: i64, limit: i64) -> Result<(Vec<Line>, i64), Fault> {
    let (rows, total) = match actor {
        Some(actor) => {
            let sql = "SELECT id, created_at, actor_id, action, subject, detail, address, device FROM acts \
                       WHERE actor_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3";
            let rows = tx.query(sql, params![actor, limit, offset]).await?;
            (rows, tx.query_one("SELECT COUNT(*) FROM acts WHERE actor_id = $1", params![actor]).await?)
        }
        None => {
            let sql =
                "SELECT id, created_at, actor_id, action, subject, detail, address, device FROM acts ORDER BY id DESC LIMIT $1 OFFSET $2";
            let rows = tx.query(sql, params![limit, offset]).await?;
            (rows, tx.query_one("SELECT COUNT(*) FROM acts", &[]).await?)
        }
    };
    Ok((rows.iter().map(line).collect(), total.int(0)))
}

/// Lines with smaller ids than `before`, newest first; of one actor if one is named.
///
/// # Errors
/// [`Fault`].
pub async fn page(tx: &mut Tx, actor: Option<AccountId>, before: i64, limit: i64) -> Result<Vec<Line>, Fault> {
    let rows = match actor {
        Some(actor) => {
            let sql = "SELECT id, created_at, actor_id, action, subject, detail, address, device FROM acts \
                       WHERE actor_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
            tx.query(sql, params![actor, before, limit]).await?
        }
        None => {
            let sql = "SELECT id, created_at, actor_id, action, subject, detail, address, device FROM acts \
                       WHERE id < $1 ORDER BY id DESC LIMIT $2";
            tx.query(sql, params![before, limit]).await?
        }
    };
    Ok(rows.iter().map(line).collect())
}

fn line(row: &Row) -> Line {
    let mut row = row.reader();
    Line {
        id: row.int(),
        at: Timestamp(row.int()),
        actor: row.opt_int().map(AccountId),
        action: row.text(),
        subject: row.text(),
        detail: row.text(),
        origin: Origin { address: row.opt_text(), device: row.opt_text() },
    }
}
