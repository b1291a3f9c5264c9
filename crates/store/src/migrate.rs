//! Migrations: the schema changes by numbered steps, each of them atomic, under a lock.
//!
//! Migrations are only added. To change the schema, expand, migrate, then contract, in separate releases.

use domain::time::Timestamp;

use crate::{
    db::Db,
    fault::{Error, Fault},
    params,
    tx::Tx,
};

/// Every step: its name and its text.
const STEPS: &[(&str, &str)] = &[
    ("core", include_str!("migrations/0001_core.sql")),
    ("codes", include_str!("migrations/0002_codes.sql")),
    ("origin", include_str!("migrations/0003_origin.sql")),
    ("studio", include_str!("migrations/0004_studio.sql")),
    ("campus", include_str!("migrations/0005_campus.sql")),
    ("proof", include_str!("migrations/0006_proof.sql")),
    ("uploads", include_str!("migrations/0007_uploads.sql")),
    ("places", include_str!("migrations/0008_places.sql")),
    ("keys", include_str!("migrations/0009_keys.sql")),
    ("administration", include_str!("migrations/0010_administration.sql")),
    ("webhooks", include_str!("migrations/0011_webhooks.sql")),
    ("second_factor", include_str!("migrations/0012_second_factor.sql")),
    ("identities", include_str!("migrations/0013_identities.sql")),
    ("bulk", include_str!("migrations/0014_bulk.sql")),
    ("housekeeping", include_str!("migrations/0015_housekeeping.sql")),
];

/// The newest schema version that this program knows.
#[must_use]
pub fn newest() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Migrates the database to the newest schema, and returns the steps that were run.
///
/// # Errors
/// [`Fault::Database`] if a step fails or the database was created by a newer program; nothing has changed then.
pub async fn run(db: &Db, now: Timestamp) -> Result<Vec<&'static str>, Error> {
    db.write(async move |tx| steps(tx, now).await).await
}

/// Whether any step was ever run.
pub(crate) async fn begun(tx: &mut Tx) -> Result<bool, Fault> {
    let found = tx.query_one(tx.dialect().has_table(), params!["migrations"]).await?;
    Ok(found.int(0) > 0)
}

async fn steps(tx: &mut Tx, now: Timestamp) -> Result<Vec<&'static str>, Error> {
    let dialect = tx.dialect();
    if let Some(lock) = dialect.migration_lock() {
        tx.query(lock, &[]).await?;
    }
    let table = dialect.schema(
        "CREATE TABLE IF NOT EXISTS migrations (version {int} PRIMARY KEY, name {text} NOT NULL, applied_at {int} NOT NULL){strict}",
    );
    tx.batch(&table).await?;
    let found = tx.query_one("SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM migrations", &[]).await?.int(0);
    if found > newest() {
        let text =
            format!("the database has schema {found}, this program knows {}: start the program that made it, or a newer one", newest());
        return Err(Fault::Database(text).into());
    }
    let mut taken = Vec::new();
    for (version, (name, text)) in (1..).zip(STEPS).skip(usize::try_from(found).unwrap_or(0)) {
        tx.batch(&dialect.schema(text)).await?;
        tx.execute("INSERT INTO migrations (version, name, applied_at) VALUES ($1, $2, $3)", params![version, *name, now]).await?;
        taken.push(*name);
    }
    Ok(taken)
}
