//! Rows of payment methods. The row of a deleted method is kept for its orders.

use domain::{id::MethodId, time::Timestamp};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// A payment method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// Its id.
    pub id: MethodId,
    /// Its name in URLs: 122 random bits.
    pub uuid: String,
    /// Its display name for payers.
    pub name: String,
    /// Which protocol its gateway speaks.
    pub protocol: String,
    /// Its configuration, sealed.
    pub config: String,
    /// Whether orders can be made through it.
    pub enabled: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was switched off, if it is.
    pub disabled_at: Option<Timestamp>,
}

/// Creates a method without a configuration.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, uuid: &str, name: &str, protocol: &str, enabled: bool, now: Timestamp) -> Result<MethodId, Fault> {
    let sql = "INSERT INTO payment_methods (uuid, name, protocol, config, enabled, created_at, updated_at, disabled_at) \
               VALUES ($1, $2, $3, '', $4, $5, $5, $6) RETURNING id";
    let row = tx.query_one(sql, params![uuid, name, protocol, enabled, now, (!enabled).then_some(now)]).await?;
    Ok(MethodId(row.int(0)))
}

/// Saves the mutable fields of a method.
///
/// # Errors
/// [`Fault`].
pub async fn save(tx: &mut Tx, method: &Method) -> Result<bool, Fault> {
    let sql = "UPDATE payment_methods SET name = $2, config = $3, enabled = $4, updated_at = $5, disabled_at = $6 WHERE id = $1 AND deleted_at IS NULL";
    let values = params![method.id, &method.name, &method.config, method.enabled, method.updated_at, method.disabled_at];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Deletes a method; callbacks about its orders are still accepted for a while.
///
/// # Errors
/// [`Fault`].
pub async fn delete(tx: &mut Tx, id: MethodId, now: Timestamp) -> Result<bool, Fault> {
    let sql = "UPDATE payment_methods SET enabled = 0, deleted_at = $2, updated_at = $2, disabled_at = COALESCE(disabled_at, $2) \
               WHERE id = $1 AND deleted_at IS NULL";
    Ok(tx.execute(sql, params![id, now]).await? == 1)
}

/// The method with this id, deleted or not.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, id: MethodId) -> Result<Option<Method>, Fault> {
    let sql = concat!("SELECT ", columns!(payment_methods), " FROM payment_methods WHERE id = $1");
    Ok(tx.query_opt(sql, params![id]).await?.as_ref().map(method))
}

/// The method with this id, if it is not deleted, locked until this transaction ends.
///
/// # Errors
/// [`Fault`].
pub async fn get_for_update(tx: &mut Tx, id: MethodId) -> Result<Option<Method>, Fault> {
    let sql = tx.dialect().hold_method();
    Ok(tx.query_opt(sql, params![id]).await?.as_ref().map(method))
}

/// The method with this name in URLs, deleted or not.
///
/// # Errors
/// [`Fault`].
pub async fn by_uuid(tx: &mut Tx, uuid: &str) -> Result<Option<Method>, Fault> {
    let sql = concat!("SELECT ", columns!(payment_methods), " FROM payment_methods WHERE uuid = $1");
    Ok(tx.query_opt(sql, params![uuid]).await?.as_ref().map(method))
}

/// Every method that is not deleted, oldest first.
///
/// # Errors
/// [`Fault`].
pub async fn list(tx: &mut Tx) -> Result<Vec<Method>, Fault> {
    let sql = concat!("SELECT ", columns!(payment_methods), " FROM payment_methods WHERE deleted_at IS NULL ORDER BY id LIMIT 1000");
    Ok(tx.query(sql, &[]).await?.iter().map(method).collect())
}

fn method(row: &Row) -> Method {
    let mut row = row.reader();
    Method {
        id: MethodId(row.int()),
        uuid: row.text(),
        name: row.text(),
        protocol: row.text(),
        config: row.text(),
        enabled: row.flag(),
        created_at: Timestamp(row.int()),
        updated_at: Timestamp(row.int()),
        disabled_at: row.opt_int().map(Timestamp),
    }
}
