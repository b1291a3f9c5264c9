//! Rows of uploads to the built-in endpoint. An object's name is given by its uploader, its file's name by us.

use domain::{id::AccountId, time::Timestamp};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// A file that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The name that its uploader gave it.
    pub object: String,
    /// The account that it belongs to.
    pub account: AccountId,
    /// Its key in storage.
    pub file: String,
    /// Its size in bytes.
    pub size: i64,
    /// The hash that clients know it by.
    pub etag: String,
}

/// A multipart upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its session id.
    pub id: String,
    /// The account that it belongs to.
    pub account: AccountId,
    /// The name that the object will have.
    pub object: String,
    /// The hash of the whole file, once it is complete.
    pub etag: Option<String>,
}

/// A part of a multipart upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its number.
    pub number: i64,
    /// Its key in storage.
    pub file: String,
    /// Its size in bytes.
    pub size: i64,
    /// Its hash.
    pub etag: String,
}

/// The file under a name.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, object: &str) -> Result<Option<Upload>, Fault> {
    let sql = "SELECT object, account_id, file, size, etag FROM uploads WHERE object = $1";
    let row = tx.query_opt(sql, params![object]).await?;
    Ok(row.map(|row| Upload {
        object: row.text(0),
        account: AccountId(row.int(1)),
        file: row.text(2),
        size: row.int(3),
        etag: row.text(4),
    }))
}

/// Stores a file under a name that is free, or, if `over` allows it, belongs to the same account. `false` if the name is not available.
///
/// # Errors
/// [`Fault`].
pub async fn put(tx: &mut Tx, upload: &Upload, over: bool, now: Timestamp) -> Result<bool, Fault> {
    let sql = "INSERT INTO uploads (object, account_id, file, size, etag, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (object) DO UPDATE SET file = $3, size = $4, etag = $5, created_at = $6 \
               WHERE uploads.account_id = $2 AND CAST($7 AS BIGINT) = 1";
    let values = params![&upload.object, upload.account, &upload.file, upload.size, &upload.etag, now, over];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Begins a multipart upload.
///
/// # Errors
/// [`Fault`].
pub async fn begin(tx: &mut Tx, session: &Session, now: Timestamp) -> Result<(), Fault> {
    let sql = "INSERT INTO upload_sessions (id, account_id, object, created_at) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, params![&session.id, session.account, &session.object, now]).await.map(drop)
}

/// How many multipart uploads of an account are not complete.
///
/// # Errors
/// [`Fault`].
pub async fn arriving(tx: &mut Tx, account: AccountId) -> Result<i64, Fault> {
    let sql = "SELECT COUNT(*) FROM upload_sessions WHERE account_id = $1 AND etag IS NULL";
    Ok(tx.query_one(sql, params![account]).await?.int(0))
}

/// A multipart upload, locked until this transaction ends.
///
/// # Errors
/// [`Fault`].
pub async fn get_for_update(tx: &mut Tx, id: &str) -> Result<Option<Session>, Fault> {
    let sql = tx.dialect().hold_upload();
    Ok(tx.query_opt(sql, params![id]).await?.as_ref().map(session))
}

/// Its parts, by number.
///
/// # Errors
/// [`Fault`].
pub async fn parts(tx: &mut Tx, id: &str) -> Result<Vec<Part>, Fault> {
    let sql = "SELECT number, file, size, etag FROM upload_parts WHERE session = $1 ORDER BY number";
    let part = |row: &Row| Part { number: row.int(0), file: row.text(1), size: row.int(2), etag: row.text(3) };
    Ok(tx.query(sql, params![id]).await?.iter().map(part).collect())
}

/// Stores a part, in place of an earlier one with the same number.
///
/// # Errors
/// [`Fault`].
pub async fn put_part(tx: &mut Tx, id: &str, part: &Part) -> Result<(), Fault> {
    let sql = "INSERT INTO upload_parts (session, number, file, size, etag) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (session, number) DO UPDATE SET file = $3, size = $4, etag = $5";
    tx.execute(sql, params![id, part.number, &part.file, part.size, &part.etag]).await.map(drop)
}

/// Records that an upload is complete: its parts are no longer needed, and a repeated request gets the same answer.
///
/// # Errors
/// [`Fault`].
pub async fn complete(tx: &mut Tx, id: &str, etag: &str) -> Result<(), Fault> {
    tx.execute("DELETE FROM upload_parts WHERE session = $1", params![id]).await?;
    tx.execute("UPDATE upload_sessions SET etag = $2 WHERE id = $1", params![id, etag]).await.map(drop)
}

/// Deletes a multipart upload.
///
/// # Errors
/// [`Fault`].
pub async fn forget(tx: &mut Tx, id: &str) -> Result<(), Fault> {
    tx.execute("DELETE FROM upload_parts WHERE session = $1", params![id]).await?;
    tx.execute("DELETE FROM upload_sessions WHERE id = $1", params![id]).await.map(drop)
}

/// Multipart uploads that began before a time, a hundred at most.
///
/// # Errors
/// [`Fault`].
pub async fn stale(tx: &mut Tx, before: Timestamp) -> Result<Vec<String>, Fault> {
    let sql = "SELECT id FROM upload_sessions WHERE created_at < $1 ORDER BY created_at LIMIT 100";
    Ok(tx.query(sql, params![before]).await?.iter().map(|row| row.text(0)).collect())
}

fn session(row: &Row) -> Session {
    let mut row = row.reader();
    Session { id: row.text(), account: AccountId(row.int()), object: row.text(), etag: row.opt_text() }
}
