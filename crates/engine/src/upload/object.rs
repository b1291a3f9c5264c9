//! Objects that are uploaded to the built-in endpoint. A file is stored under a key of ours; the name that its uploader gave it is in the
//! database, with the account that owns it: nobody can overwrite what another account put.

use std::path::Path;

use domain::id::AccountId;
use md5::{Digest, Md5};
use store::{
    Tx,
    upload::{Part, Session, Upload},
};

use super::{BUCKET, Key};
use crate::{Engine, Error, Fault};

/// How many multipart uploads an account may have at once.
const MAX_ARRIVING: i64 = 20;
/// How long a multipart upload may take.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(86_400);
/// The largest part number.
const MAX_PARTS: i64 = 10_000;

/// Why an upload is refused, in the terms of the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The name belongs to another account, or is taken although the request allows only a free one.
    Taken,
    /// It is larger than allowed.
    TooLarge,
    /// There is no such multipart upload.
    NoSession,
    /// Parts are missing, or are not the ones that were sent.
    InvalidPart,
    /// Parts are not in order.
    InvalidOrder,
    /// It does not match what its sender says about it.
    Mismatch,
    /// There are too many multipart uploads.
    TooMany,
    /// The engine or the storage failed.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Compares a file that is being assembled with what its sender says about it.
pub trait Witness: Send {
    /// Takes the next bytes, which belong to the part at this position in the sender's list.
    fn see(&mut self, part: usize, bytes: &[u8]);

    /// Whether all the bytes are what they should be.
    fn agrees(&mut self) -> bool;
}

/// A received file: its temporary path, its size, and its hash.
#[derive(Debug, Clone)]
pub struct Arrived<'a> {
    /// Its temporary path.
    pub file: &'a Path,
    /// Its size in bytes.
    pub size: u64,
    /// Its MD5 in hexadecimal.
    pub etag: String,
}

/// Stores a file under a name. The caller has checked that the key allows it; `over` allows replacing one of the account's own files.
///
/// # Errors
/// [`Refused::Taken`], [`Refused::TooLarge`]; nothing has changed then.
pub async fn put(engine: &Engine, key: &Key, object: &str, arrived: Arrived<'_>, over: bool) -> Result<(), Refused> {
    let most = engine.settings.uploads.most_bytes;
    if arrived.size > most {
        return Err(Refused::TooLarge);
    }
    let file = stored(engine, "uploads", arrived.file, object).await?;
    let upload = Upload {
        object: object.to_owned(),
        account: key.account,
        file: file.clone(),
        size: i64::try_from(arrived.size).unwrap_or(i64::MAX),
        etag: arrived.etag,
    };
    named(engine, upload, over, None).await
}

/// Gives a stored file its name. The file that it replaces is removed, or the new file itself if the name is not available.
async fn named(engine: &Engine, upload: Upload, over: bool, session: Option<String>) -> Result<(), Refused> {
    let (object, file) = (upload.object.clone(), upload.file.clone());
    let now = engine.now();
    let written = engine.db.write(async move |tx| {
        // If two uploads replace each other, each one removes what it replaced.
        tx.lock(store::tx::Lock::Account(upload.account)).await?;
        let before = store::upload::get(tx, &upload.object).await?;
        if !store::upload::put(tx, &upload, over, now).await? {
            return Ok(Err(()));
        }
        let mut spare: Vec<String> = before.into_iter().map(|before| before.file).collect();
        if let Some(session) = &session {
            spare.extend(store::upload::parts(tx, session).await?.into_iter().map(|part| part.file));
            store::upload::complete(tx, session, &upload.etag).await?;
        }
        Ok::<_, Error>(Ok(spare))
    });
    match written.await {
        Ok(Ok(spare)) => {
            remove(engine, spare).await;
            Ok(())
        }
        Ok(Err(())) => {
            remove(engine, vec![file]).await;
            Err(Refused::Taken)
        }
        Err(error) => {
            // The connection may have broken after the commit: a file that has its name by now is kept.
            let found = engine.db.read(async move |tx| Ok::<_, Error>(store::upload::get(tx, &object).await?));
            if found.await.is_ok_and(|found| found.is_none_or(|found| found.file != file)) {
                remove(engine, vec![file]).await;
            }
            Err(error.into())
        }
    }
}

/// Begins a multipart upload; returns its session id.
///
/// # Errors
/// [`Refused::TooMany`].
pub async fn begin(engine: &Engine, key: &Key, object: &str) -> Result<String, Refused> {
    let session = Session { id: ports::random::hex::<16>(&*engine.random), account: key.account, object: object.to_owned(), etag: None };
    let id = session.id.clone();
    let now = engine.now();
    let begun = engine.db.write(async move |tx| {
        tx.lock(store::tx::Lock::Account(session.account)).await?;
        if store::upload::arriving(tx, session.account).await? >= MAX_ARRIVING {
            return Ok(false);
        }
        store::upload::begin(tx, &session, now).await?;
        Ok::<_, Error>(true)
    });
    if begun.await? { Ok(id) } else { Err(Refused::TooMany) }
}

/// Stores a part of a file. All parts together must not be larger than a file may be.
///
/// # Errors
/// [`Refused::NoSession`], [`Refused::TooLarge`], [`Refused::InvalidPart`].
pub async fn put_part(engine: &Engine, key: &Key, object: &str, session: &str, number: i64, arrived: Arrived<'_>) -> Result<(), Refused> {
    if !(1..=MAX_PARTS).contains(&number) {
        return Err(Refused::InvalidPart);
    }
    let most = engine.settings.uploads.most_bytes;
    if arrived.size > most {
        return Err(Refused::TooLarge);
    }
    let file = stored(engine, "upload-parts", arrived.file, "").await?;
    let part = Part { number, file: file.clone(), size: i64::try_from(arrived.size).unwrap_or(i64::MAX), etag: arrived.etag };
    let account = key.account;
    let object = object.to_owned();
    let session = session.to_owned();
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let written = engine.db.write(async move |tx| {
        if open(tx, account, &object, &session).await?.is_none_or(|session| session.etag.is_some()) {
            return Ok(Err(Refused::NoSession));
        }
        let (same, others): (Vec<Part>, Vec<Part>) =
            store::upload::parts(tx, &session).await?.into_iter().partition(|known| known.number == part.number);
        if others.iter().map(|part| part.size).sum::<i64>().saturating_add(part.size) > most {
            return Ok(Err(Refused::TooLarge));
        }
        store::upload::put_part(tx, &session, &part).await?;
        Ok::<_, Error>(Ok(same.into_iter().map(|part| part.file).collect::<Vec<_>>()))
    });
    let outcome = match written.await {
        Ok(Ok(replaced)) => {
            remove(engine, replaced).await;
            return Ok(());
        }
        Ok(Err(refused)) => refused,
        Err(error) => error.into(),
    };
    remove(engine, vec![file]).await;
    Err(outcome)
}

/// Assembles the parts of a file in the order that its uploader states, and gives it its name. A repeated request gets the same answer.
///
/// # Errors
/// [`Refused::NoSession`], [`Refused::InvalidPart`], [`Refused::InvalidOrder`], [`Refused::Mismatch`], [`Refused::Taken`].
pub async fn complete(
    engine: &Engine,
    key: &Key,
    object: &str,
    session: &str,
    wanted: &[(i64, String)],
    over: bool,
    witness: &mut dyn Witness,
) -> Result<String, Refused> {
    let account = key.account;
    let put_together = object.to_owned();
    let opened = session.to_owned();
    let (found, parts) = engine
        .db
        .write(async move |tx| Ok::<_, Error>((open(tx, account, &put_together, &opened).await?, store::upload::parts(tx, &opened).await?)))
        .await?;
    let found = found.ok_or(Refused::NoSession)?;
    if let Some(etag) = found.etag {
        return Ok(etag);
    }
    if !wanted.is_sorted_by(|one, other| one.0 < other.0) {
        return Err(Refused::InvalidOrder);
    }
    let chosen: Option<Vec<&Part>> =
        wanted.iter().map(|(number, etag)| parts.iter().find(|part| part.number == *number && part.etag == *etag)).collect();
    let chosen = chosen.filter(|chosen| !chosen.is_empty()).ok_or(Refused::InvalidPart)?;
    let (file, size, etag) = assembled(engine, object, &chosen, witness).await?;
    let upload = Upload { object: object.to_owned(), account: key.account, file, size, etag: etag.clone() };
    named(engine, upload, over, Some(session.to_owned())).await?;
    Ok(etag)
}

/// Concatenates the parts of a file and stores it; returns its key, its size, and the hash of the hashes of its parts.
async fn assembled(engine: &Engine, object: &str, parts: &[&Part], witness: &mut dyn Witness) -> Result<(String, i64, String), Refused> {
    let path = engine.settings.work_folder.join("uploads").join(super::part_name(engine));
    let put_together = async {
        use tokio::io::AsyncWriteExt;
        let fault = |error: std::io::Error| Fault::Database(format!("an upload cannot be put together: {}", error.kind()));
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await.map_err(fault)?;
        }
        let mut whole = tokio::fs::File::create(&path).await.map_err(fault)?;
        let (mut hashes, mut size) = (Md5::new(), 0_i64);
        for (place, part) in parts.iter().enumerate() {
            let length = u64::try_from(part.size).unwrap_or(0);
            let mut pieces = engine.storage.read(&part.file, 0..length).await.map_err(|fault| Fault::Database(fault.to_string()))?;
            while let Some(piece) = futures_util::StreamExt::next(&mut pieces).await {
                let piece = piece.map_err(|fault| Fault::Database(fault.to_string()))?;
                witness.see(place, &piece);
                whole.write_all(&piece).await.map_err(fault)?;
            }
            size = size.saturating_add(part.size);
            hashes.update(bytes_of(&part.etag));
        }
        whole.flush().await.map_err(fault)?;
        drop(whole);
        if !witness.agrees() {
            return Err(Refused::Mismatch);
        }
        let file = stored(engine, "uploads", &path, object).await?;
        Ok::<_, Refused>((file, size, format!("{}-{}", domain::text::hex(&hashes.finalize()), parts.len())))
    };
    let outcome = put_together.await;
    let _ = tokio::fs::remove_file(&path).await;
    outcome
}

fn bytes_of(etag: &str) -> Vec<u8> {
    (0..etag.len() / 2).filter_map(|index| u8::from_str_radix(etag.get(2 * index..2 * index + 2)?, 16).ok()).collect()
}

/// Aborts a multipart upload.
///
/// # Errors
/// [`Refused::NoSession`].
pub async fn abort(engine: &Engine, key: &Key, object: &str, session: &str) -> Result<(), Refused> {
    let account = key.account;
    let object = object.to_owned();
    let session = session.to_owned();
    let aborted = engine.db.write(async move |tx| {
        if open(tx, account, &object, &session).await?.is_none() {
            return Ok(None);
        }
        let files = store::upload::parts(tx, &session).await?.into_iter().map(|part| part.file).collect::<Vec<_>>();
        store::upload::forget(tx, &session).await?;
        Ok::<_, Error>(Some(files))
    });
    remove(engine, aborted.await?.ok_or(Refused::NoSession)?).await;
    Ok(())
}

/// Aborts multipart uploads that were not completed within a day.
///
/// # Errors
/// [`Error::Fault`].
pub async fn tidy(engine: &Engine) -> Result<(), Error> {
    let before = engine.now().minus(PATIENCE);
    loop {
        let files = engine.db.write(async move |tx| {
            let mut files = Vec::new();
            let stale = store::upload::stale(tx, before).await?;
            for id in &stale {
                files.extend(store::upload::parts(tx, id).await?.into_iter().map(|part| part.file));
                store::upload::forget(tx, id).await?;
            }
            Ok::<_, Error>((files, stale.len()))
        });
        let (files, count) = files.await?;
        remove(engine, files).await;
        if count == 0 {
            return Ok(());
        }
    }
}

/// The file that a URL of the built-in endpoint names, if it belongs to the account.
pub(crate) async fn own_file(engine: &Engine, account: AccountId, url: &str) -> Option<String> {
    let object = addressed(engine, url)?;
    let named = object.clone();
    let found = engine.db.read(async move |tx| Ok::<_, Error>(store::upload::get(tx, &named).await?));
    match found.await.ok()? {
        Some(upload) => (upload.account == account).then_some(upload.file),
        // Files from before uploads had rows are stored under their own names.
        None => object.strip_prefix(&format!("uploads/u{account}/")).is_some_and(super::plain).then_some(object),
    }
}

/// The object that a URL of the built-in endpoint names, in any notation: with the bucket in the path, before the host, or without it.
pub(crate) fn addressed(engine: &Engine, url: &str) -> Option<String> {
    let endpoint = engine.settings.uploads.endpoint.as_deref()?;
    let (scheme, host) = endpoint.split_once("://")?;
    let rest = [endpoint.to_owned(), format!("{scheme}://{BUCKET}.{host}")]
        .iter()
        .find_map(|base| url.strip_prefix(base.as_str())?.strip_prefix('/').map(str::to_owned))?;
    let object = rest.strip_prefix(BUCKET).and_then(|rest| rest.strip_prefix('/')).unwrap_or(&rest);
    let object = domain::label::decoded(object.split(['?', '#']).next()?);
    super::is_name(&object).then_some(object)
}

async fn open(tx: &mut Tx, account: AccountId, object: &str, session: &str) -> Result<Option<Session>, Error> {
    let found = store::upload::get_for_update(tx, session).await?;
    Ok(found.filter(|session| session.account == account && session.object == object))
}

/// Stores a file under a new key, with its name's extension if it has a plain one.
async fn stored(engine: &Engine, folder: &str, file: &Path, object: &str) -> Result<String, Refused> {
    let ending = object.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending);
    let plain = (1..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let ending = if plain { format!(".{}", ending.to_ascii_lowercase()) } else { String::new() };
    let key = format!("{folder}/{}{ending}", ports::random::hex::<16>(&*engine.random));
    engine.storage.put(&key, file).await.map_err(|fault| Fault::Database(fault.to_string()))?;
    Ok(key)
}

async fn remove(engine: &Engine, files: Vec<String>) {
    for file in files {
        if let Err(fault) = engine.storage.remove(&file).await {
            tracing::warn!(%fault, file, "an upload that is needed no longer could not be removed");
        }
    }
}
