//! The first administrator, by a link that the operator's own console shows.
//!
//! Invariant: the link is good as long as nobody administers, and makes one administrator. The state is in the database: a browser can
//! neither skip it nor go round in it.

use domain::{account, account::Role, audit::Act, origin::Origin, problem::Problem, refusal::Refusal, text::hex};
use store::tx::Lock;

use crate::{
    Engine, Error, Fault,
    account::{Opening, SessionOptions, SignedIn, hash, insert},
    audit,
    limit::{self, Visit},
    password,
};

/// Under which name the mark of the link is stored.
const LINK: &str = "setup.link";

/// Whether nobody administers yet.
///
/// # Errors
/// [`Error::Fault`].
pub async fn needed(engine: &Engine) -> Result<bool, Error> {
    engine.db.read(async move |tx| Ok(store::account::administering(tx).await? == 0)).await
}

/// The secret of a new link, which takes the place of older ones; `None` if somebody administers already.
///
/// # Errors
/// [`Error::Fault`].
pub async fn link(engine: &Engine) -> Result<Option<String>, Error> {
    let secret = ports::random::hex::<32>(&*engine.random);
    let mark = mark(engine, &secret);
    let now = engine.now();
    let kept = engine.db.write(async move |tx| {
        tx.lock(Lock::Administrators).await?;
        if store::account::administering(tx).await? > 0 {
            return Ok(false);
        }
        store::installation::set(tx, LINK, &mark, now).await?;
        Ok::<_, Error>(true)
    });
    Ok(kept.await?.then_some(secret))
}

/// The first administrator, as somebody with the link enters them.
pub struct Setup {
    /// The link's secret.
    pub secret: String,
    /// The administrator's user name.
    pub username: String,
    /// Their password.
    pub password: String,
    /// The session to open.
    pub session: SessionOptions,
}

/// Makes the first administrator and signs them in: both or neither.
///
/// # Errors
/// [`Refusal::UnusableTicket`] for a wrong secret, and once somebody administers; [`Refusal::Invalid`]; [`Refusal::Taken`];
/// [`Refusal::TooOften`].
pub async fn finish(engine: &Engine, setup: Setup) -> Result<SignedIn, Error> {
    let address = setup.session.address;
    limit::visit(engine, Visit::Registration, address)?;
    let malformed = Refusal::Invalid { field: "username", problem: Problem::Malformed };
    let username = account::username(&setup.username).ok_or(malformed)?;
    password::rule(&engine.settings, &setup.password)?;
    let shown = mark(engine, &setup.secret);
    let asked = shown.clone();
    // Hashing a password is expensive, so a wrong secret is refused before.
    let known = engine.db.read(async move |tx| Ok::<_, Error>(store::installation::get(tx, LINK).await?.as_ref() == Some(&asked)));
    if !known.await? {
        return Err(Refusal::UnusableTicket.into());
    }
    let opening = Opening::new(engine, &setup.session, None);
    let row = store::account::New {
        username_key: Some(account::fold(&username)),
        username: Some(username),
        email: None,
        email_verified: false,
        phone: None,
        password_hash: Some(hash(engine, setup.password).await?),
        role: Role::SuperAdmin,
        now: opening.now(),
    };
    let origin = Origin { address: address.map(|address| address.to_string()), device: None };
    let session = opening.clone();
    let made = engine.db.write(async move |tx| {
        // One after the other: whoever comes second finds an administrator.
        tx.lock(Lock::Administrators).await?;
        let good = store::installation::get(tx, LINK).await? == Some(shown.clone());
        if !good || store::account::administering(tx).await? > 0 {
            return Err(Refusal::UnusableTicket.into());
        }
        store::installation::remove(tx, LINK).await?;
        let id = insert(tx, &row).await?;
        let act = Act {
            actor: Some(id),
            action: "setup.finish",
            subject: format!("account:{id}"),
            detail: String::new(),
            origin: origin.clone(),
        };
        audit::note(tx, &act, row.now).await?;
        session.open(tx, id).await?;
        Ok(store::account::by_id(tx, id).await?.ok_or(Fault::Corrupt("account"))?)
    });
    opening.signed_in(engine, made.await?)
}

fn mark(engine: &Engine, secret: &str) -> String {
    hex(&engine.secrets.keyed(&["setup link", secret]))
}
