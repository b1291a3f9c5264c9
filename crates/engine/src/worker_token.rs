//! Worker tokens: created and revoked by an operator, presented by outside workers.

use std::time::Duration;

use domain::{
    id::WorkerTokenId,
    refusal::{Noun, Refusal},
    worker_token::WorkerToken,
};

use crate::{Engine, Error};

/// The prefix of every worker token, which distinguishes it from an account's token.
pub const PREFIX: &str = "gfw_";
/// How precisely the time of a token's last use is recorded.
const NOTED: Duration = Duration::from_secs(60);
/// How many tokens a list shows.
const LISTED: i64 = 1000;

/// Creates a token and returns its text, which cannot be read again later.
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

/// Revokes a token; from now on it is refused in every process.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn revoke(engine: &Engine, id: WorkerTokenId) -> Result<(), Error> {
    let now = engine.now();
    let found = engine.db.write(async move |tx| Ok(store::worker_token::revoke(tx, id, now).await?)).await?;
    if found { Ok(()) } else { Err(Refusal::NotFound(Noun::WorkerToken).into()) }
}

/// The id of the token with this text, if it is valid.
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
