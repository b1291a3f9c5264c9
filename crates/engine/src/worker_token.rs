//! Worker tokens: made and taken back by an operator, shown by outside workers.

use std::time::Duration;

use domain::{
    id::WorkerTokenId,
    refusal::{Noun, Refusal},
    worker_token::WorkerToken,
};

use crate::{Engine, Error};

/// What every worker token begins with, so that it is told from an account's.
pub const PREFIX: &str = "gfw_";
/// How exactly it is noted when a token was last shown.
const NOTED: Duration = Duration::from_secs(60);
/// How many tokens a list shows.
const LISTED: i64 = 1000;

/// Makes a token and gives its text: the only time it can be read.
///
/// # Errors
/// [`Error::Fault`].
pub async fn create(engine: &Engine, name: String) -> Result<(WorkerTokenId, String), Error> {
    let text = format!("{PREFIX}{}", ports::random::hex::<32>(&*engine.random));
    let hash = hash(engine, &text);
    let now = engine.now();
    let id = engine.db.write(async move |tx| Ok(store::worker_token::insert(tx, &name, hash, now).await?)).await?;
    tracing::info!(token = id.0, "a worker token was made");
    Ok((id, text))
}

/// Every token, newest first.
///
/// # Errors
/// [`Error::Fault`].
pub async fn list(engine: &Engine) -> Result<Vec<WorkerToken>, Error> {
    engine.db.read(async move |tx| Ok(store::worker_token::list(tx, LISTED).await?)).await
}

/// Takes a token back; it is refused from now on, in every process.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn revoke(engine: &Engine, id: WorkerTokenId) -> Result<(), Error> {
    let now = engine.now();
    let found = engine.db.write(async move |tx| Ok(store::worker_token::revoke(tx, id, now).await?)).await?;
    if found { Ok(()) } else { Err(Refusal::NotFound(Noun::WorkerToken).into()) }
}

/// Whether a text is a token that stands.
///
/// # Errors
/// [`Refusal::Unauthorized`].
pub async fn authenticate(engine: &Engine, text: &str) -> Result<WorkerTokenId, Error> {
    let hash = hash(engine, text);
    let found = engine.db.read(async move |tx| Ok(store::worker_token::valid(tx, hash).await?)).await?;
    let token = found.ok_or(Refusal::Unauthorized)?;
    let now = engine.now();
    if token.used_at.is_none_or(|at| now.since(at) >= NOTED) {
        let id = token.id;
        engine.db.write(async move |tx| Ok(store::worker_token::used(tx, id, now).await?)).await?;
    }
    Ok(token.id)
}

fn hash(engine: &Engine, text: &str) -> [u8; 32] {
    engine.secrets.keyed(&["worker token", text])
}
