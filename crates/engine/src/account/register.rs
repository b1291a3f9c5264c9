//! Registering: with a code sent to a mailbox, or under a user name.

use std::{net::IpAddr, time::Duration};

use domain::{
    account::{self, Account, Role},
    delivery::Channel,
    refusal::{Problem, Refusal},
    time::Timestamp,
    verification::Purpose,
};
use store::tx::Tx;

use super::{SignedIn, sign_in::Opening};
use crate::{
    Engine, Error, Fault,
    limit::{self, Visit},
    password,
    verification::{self, Claim, Outcome, Proof},
};

/// Who wants to register, as they wrote it.
pub struct Registration {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The code that was sent to the address.
    pub code: String,
    /// The asker's address.
    pub address: Option<IpAddr>,
}

/// Registers an account and uses its code up: both or neither.
///
/// The code is looked at, then the password is hashed, then both are used in one transaction.
///
/// Whether the address is taken is told only to whoever holds a good code for it.
///
/// # Errors
/// In this order: [`Refusal::Invalid`] for the address, the password, the code; [`Refusal::WrongVerification`] or
/// [`Refusal::ExpiredVerification`]; [`Refusal::Taken`].
pub async fn register(engine: &Engine, request: Registration) -> Result<Account, Error> {
    verification::target(engine, Channel::Mail, &request.email)?;
    password::rule(&engine.settings, &request.password)?;
    let claim =
        Claim { purpose: Purpose::Register, channel: Channel::Mail, to: request.email, code: request.code, address: request.address };
    let proof = verification::begin(engine, &claim)?;
    limit::visit(engine, Visit::Registration, request.address)?;
    // A password costs much to hash, so a code that does not fit is refused before.
    verification::compare(engine, &proof).await?;
    let hash = super::hash(engine, request.password).await?;
    let input = (proof.clone(), hash, engine.now());
    let outcome = engine.db.write(input, |tx, (proof, hash, now)| Box::pin(apply(tx, proof, hash, *now))).await?;
    verification::settle(engine, &proof, outcome)
}

/// Who wants to register under a user name, as they wrote it.
pub struct NameRegistration {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: String,
    /// The asker's address.
    pub address: Option<IpAddr>,
    /// Which surface asks.
    pub surface: &'static str,
    /// How long the session lasts.
    pub lifetime: Duration,
}

/// Registers an account under a user name and signs it in: both or neither. Its role is user, whoever is first.
///
/// # Errors
/// [`Refusal::Invalid`] for the name or the password; [`Refusal::Taken`].
pub async fn register_by_name(engine: &Engine, request: NameRegistration) -> Result<SignedIn, Error> {
    let problem = if request.username.trim().is_empty() { Problem::Missing } else { Problem::Malformed };
    let username = account::username(&request.username).ok_or(Refusal::Invalid { field: "username", problem })?;
    password::rule(&engine.settings, &request.password)?;
    limit::visit(engine, Visit::Registration, request.address)?;
    let opening = Opening::new(engine, request.surface, request.lifetime);
    let row = store::account::New {
        username_key: Some(account::fold(&username)),
        username: Some(username),
        email: None,
        phone: None,
        password_hash: Some(super::hash(engine, request.password).await?),
        role: Role::User,
        now: opening.now,
    };
    let account = engine
        .db
        .write((row, opening.clone()), |tx, (row, opening)| {
            Box::pin(async move {
                let id = super::insert(tx, row).await?;
                opening.open(tx, id).await?;
                Ok(store::account::by_id(tx, id).await?.ok_or(Fault::Corrupt("account"))?)
            })
        })
        .await?;
    opening.signed_in(engine, account)
}

async fn apply(tx: &mut Tx, proof: &Proof, hash: &str, now: Timestamp) -> Result<Outcome<Account>, Error> {
    if let Err(missed) = verification::consume(tx, proof, now).await? {
        // It fitted a moment ago: whoever used it up meanwhile has most likely registered this very address.
        let taken = store::account::by_email(tx, &proof.target).await?.is_some();
        return if taken { Err(Refusal::Taken { field: "email" }.into()) } else { Ok(Err(missed)) };
    }
    let row = store::account::New {
        username: None,
        username_key: None,
        email: Some(proof.target.clone()),
        phone: None,
        password_hash: Some(hash.to_owned()),
        role: Role::User,
        now,
    };
    let id = super::insert(tx, &row).await?;
    Ok(Ok(store::account::by_id(tx, id).await?.ok_or(Fault::Corrupt("account"))?))
}
