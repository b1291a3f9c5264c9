//! Registering: with a code sent to a mailbox, or under a user name.

use std::{net::IpAddr, sync::Arc};

use domain::{
    account::{self, Account, Role},
    delivery::Channel,
    problem::Problem,
    refusal::Refusal,
    time::Timestamp,
    verification::Purpose,
    window::Rule,
};
use store::tx::Tx;

use super::{SessionOptions, SignedIn, sign_in::Opening};
use crate::{
    Engine, Error, Fault,
    limit::{self, Visit},
    password,
    ticket::{self, Reader},
    verification::{self, Claim, Outcome, Proof},
};

/// A registration with a code, as it was entered.
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

/// Registers an account and consumes its code: both or neither.
///
/// The code is checked, then the password is hashed, then both are used in one transaction.
///
/// Only somebody with a valid code for the address learns whether it is taken.
///
/// # Errors
/// In this order: [`Refusal::Invalid`] for the address, the password, the code; [`Refusal::WrongVerification`] or
/// [`Refusal::ExpiredVerification`]; [`Refusal::Taken`].
pub async fn register(engine: &Engine, request: Registration) -> Result<Account, Error> {
    registered(engine, request, None).await
}

async fn registered(engine: &Engine, request: Registration, session: Option<Opening>) -> Result<Account, Error> {
    verification::target(engine, Channel::Mail, &request.email)?;
    password::rule(&engine.settings, &request.password)?;
    let claim =
        Claim { purpose: Purpose::Register, channel: Channel::Mail, to: request.email, code: request.code, address: request.address };
    let proof = verification::begin(engine, &claim)?;
    limit::visit(engine, Visit::Registration, request.address)?;
    // Hashing a password is expensive, so a wrong code is refused before.
    verification::compare(engine, &proof).await?;
    let hash = super::hash(engine, request.password).await?;
    let (shown, now) = (proof.clone(), engine.now());
    let outcome = engine.db.write(async move |tx| apply(tx, &proof, &hash, session.as_ref(), now).await).await?;
    verification::settle(engine, &shown, outcome)
}

/// A registration of either sort.
pub enum NewRegistration {
    /// With a mailbox and the code that was sent there.
    Mailbox(Registration, SessionOptions),
    /// Under a user name.
    Name(NameRegistration),
}

/// Registers somebody in either way, and signs them in: both or neither.
///
/// # Errors
/// As [`register`] and [`register_by_name`].
pub async fn register_with(engine: &Arc<Engine>, request: NewRegistration) -> Result<SignedIn, Error> {
    match request {
        NewRegistration::Mailbox(request, session) => {
            let opening = Opening::new(engine, &session, None);
            let account = registered(engine, request, Some(opening.clone())).await?;
            opening.signed_in(engine, account)
        }
        NewRegistration::Name(request) => register_by_name(engine, request).await,
    }
}

/// A registration under a user name, as it was entered.
pub struct NameRegistration {
    /// The user name.
    pub username: String,
    /// The fewest characters of a user name at this surface.
    pub least: usize,
    /// The e-mail address, if the surface asks for one. A letter with a link is sent there, so that its owner can verify it.
    pub email: Option<String>,
    /// Who reads that letter.
    pub reader: Reader,
    /// The surface's limit on registrations from one network.
    pub rule: Rule,
    /// The password.
    pub password: String,
    /// The session to open.
    pub session: SessionOptions,
}

/// Registers an account under a user name and signs it in: both or neither. Its role is user, even if it is the first account.
///
/// # Errors
/// [`Refusal::Invalid`] for the name, the address or the password; [`Refusal::Taken`], the name first; [`Refusal::TooOften`].
pub async fn register_by_name(engine: &Arc<Engine>, request: NameRegistration) -> Result<SignedIn, Error> {
    // Somebody whose user name is their own address gets no user name.
    let address = request.email.as_deref().and_then(account::email);
    let by_address = address.is_some() && account::email(&request.username) == address;
    let username = if by_address { None } else { Some(name(&request)?) };
    let email = match &request.email {
        Some(text) => Some(verification::target(engine, Channel::Mail, text)?),
        None => None,
    };
    password::rule(&engine.settings, &request.password)?;
    if username.as_deref().is_some_and(account::is_reserved) {
        return Err(Refusal::Taken { field: "username" }.into());
    }
    limit::visit_under(engine, Visit::Registration, request.rule, request.session.address)?;
    let opening = Opening::new(engine, &request.session, None);
    let row = store::account::New {
        username_key: username.as_deref().map(account::fold),
        username,
        email,
        email_verified: false,
        phone: None,
        password_hash: Some(super::hash(engine, request.password).await?),
        role: Role::User,
        now: opening.now(),
    };
    let session = opening.clone();
    let account = engine
        .db
        .write(async move |tx| {
            let id = super::insert(tx, &row).await?;
            session.open(tx, id).await?;
            Ok(store::account::by_id(tx, id).await?.ok_or(Fault::Corrupt("account"))?)
        })
        .await?;
    if account.email.is_some() {
        ticket::send_behind(engine, Purpose::VerifyEmail, account.clone(), request.reader);
    }
    opening.signed_in(engine, account)
}

fn name(request: &NameRegistration) -> Result<String, Refusal> {
    let invalid = |problem| Refusal::Invalid { field: "username", problem };
    let problem = if request.username.trim().is_empty() { Problem::Missing } else { Problem::Malformed };
    let name = account::username(&request.username).ok_or(invalid(problem))?;
    if name.chars().count() < request.least { Err(invalid(Problem::TooShort(request.least as u64))) } else { Ok(name) }
}

async fn apply(tx: &mut Tx, proof: &Proof, hash: &str, session: Option<&Opening>, now: Timestamp) -> Result<Outcome<Account>, Error> {
    if let Err(missed) = verification::consume(tx, proof, now).await? {
        // It matched a moment ago: whoever consumed it meanwhile has most likely registered this very address.
        let taken = store::account::by_email(tx, &proof.target).await?.is_some();
        return if taken { Err(Refusal::Taken { field: "email" }.into()) } else { Ok(Err(missed)) };
    }
    let row = store::account::New {
        username: None,
        username_key: None,
        email: Some(proof.target.clone()),
        email_verified: true,
        phone: None,
        password_hash: Some(hash.to_owned()),
        role: Role::User,
        now,
    };
    let id = super::insert(tx, &row).await?;
    if let Some(session) = session {
        session.open(tx, id).await?;
    }
    Ok(Ok(store::account::by_id(tx, id).await?.ok_or(Fault::Corrupt("account"))?))
}
