//! Checks that the secrets and the database belong together.
//!
//! Entries that were chained with another key, and codes and passwords that were sealed with another one, are worthless. So a start with
//! secrets that are not this database's is refused before anything but the schema is written.

use domain::{hash::GENESIS, ledger::ChainKey, text::hex, time::Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use store::{
    Db,
    tx::{Lock, Tx},
};

use crate::{Error, Fault, Secrets, seal, transfer};

/// The message about a database that has lost the marks of its keys.
const UNMARKED: &str = "the marks of the keys are gone from the table installation, and anchors.log says that they were there: \
                        somebody changed the database, and its seals prove nothing now. Put a backup back, or, if you know what was done, \
                        move anchors.log away";

/// Whether this database never had an account.
///
/// # Errors
/// [`Error::Fault`].
pub async fn is_fresh(db: &Db) -> Result<bool, Error> {
    db.read(async move |tx| Ok(store::installation::is_fresh(tx).await?)).await
}

/// Compares the secrets with those that the database knows; marks of those that it does not know are stored, once. `anchored` tells
/// whether there are anchors outside the database; they are written only by versions that know these marks.
///
/// # Errors
/// [`Fault::Foreign`] if they are not this database's; [`Fault::Database`] if it had marks and no longer has them.
pub async fn recognise(db: &Db, secrets: &Secrets, anchored: bool, now: Timestamp) -> Result<(), Error> {
    let marks = [
        ("key.token", mark(&secrets.token)),
        ("key.media", mark(&secrets.media)),
        ("key.codes", mark(&secrets.codes)),
        ("key.vault", mark(&secrets.vault)),
        ("key.chain", hex(&secrets.chain.seal(&["mark"]))),
    ];
    let ours = marks.clone();
    let known = db.read(async move |tx| compare(tx, &ours).await);
    if known.await? == marks.len() {
        return Ok(());
    }
    let chain = secrets.chain.clone();
    db.write(async move |tx| {
        // If two processes set up an installation at once, only one does it; the other must have the same secrets.
        tx.lock(Lock::Administrators).await?;
        compare(tx, &marks).await?;
        if !proves(tx, &chain).await? {
            return Err(Fault::Foreign("chain").into());
        }
        // A database of a version without seals is accepted as it is; after this every row has one.
        if store::installation::get(tx, "key.chain").await?.is_none() {
            // If one that had seals and lost the mark were accepted, whatever was tampered with meanwhile would be sealed, too.
            if anchored && !store::installation::is_fresh(tx).await? {
                return Err(Fault::Database(UNMARKED.to_owned()).into());
            }
            seal::put_all(tx, &chain).await?;
        }
        for (name, mark) in &marks {
            store::installation::set(tx, name, mark, now).await?;
        }
        Ok(())
    })
    .await
}

/// How many of the marks the database knows.
async fn compare(tx: &mut Tx, marks: &[(&'static str, String)]) -> Result<usize, Error> {
    if store::installation::get(tx, transfer::MARK).await?.is_some() {
        return Err(Fault::Database(transfer::UNFINISHED.to_owned()).into());
    }
    let mut known = 0;
    for (name, mark) in marks {
        match store::installation::get(tx, name).await? {
            Some(found) if found != *mark => return Err(Fault::Foreign(name.trim_start_matches("key.")).into()),
            Some(_) => known += 1,
            None => {}
        }
    }
    Ok(known)
}

/// A mark by which a key is recognised, and which reveals nothing about it.
fn mark(key: &[u8; 32]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(b"gongfang: mark of a key");
    hex(&mac.finalize().into_bytes())
}

/// Whether the ledger's first entry was chained with this key; true if there is none.
async fn proves(tx: &mut Tx, chain: &ChainKey) -> Result<bool, Error> {
    let first = store::ledger::first(tx).await?;
    Ok(first.is_none_or(|entry| entry.hash == chain.hash(&GENESIS, &entry)))
}
