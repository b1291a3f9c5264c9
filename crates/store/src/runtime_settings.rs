//! Rows of the operator's settings that were changed through the API; the engine knows their valid values.

use domain::time::Timestamp;

use crate::{fault::Fault, params, tx::Tx};

/// Every setting that was changed, by name.
///
/// # Errors
/// [`Fault`].
pub async fn all(tx: &mut Tx) -> Result<Vec<(String, String)>, Fault> {
    let rows = tx.query("SELECT name, value FROM options ORDER BY name", &[]).await?;
    Ok(rows.iter().map(|row| (row.text(0), row.text(1))).collect())
}

/// Sets a setting's value.
///
/// # Errors
/// [`Fault`].
pub async fn set(tx: &mut Tx, name: &str, value: &str, now: Timestamp) -> Result<(), Fault> {
    let sql = "INSERT INTO options (name, value, updated_at) VALUES ($1, $2, $3) \
               ON CONFLICT (name) DO UPDATE SET value = $2, updated_at = $3";
    tx.execute(sql, params![name, value, now]).await.map(drop)
}
