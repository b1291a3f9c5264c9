//! Verification codes: issuing, checking and consuming them.
//!
//! Invariant: a code is valid for one purpose and target, for ten minutes, for at most five wrong tries, and is single-use.
//! Invariant: a new code voids the older one.

use std::{net::IpAddr, sync::Arc};

use domain::{
    account,
    delivery::Channel,
    problem::Problem,
    refusal::Refusal,
    time::Timestamp,
    verification::{self, LIFETIME, Purpose, TRIES},
};
use ports::carrier::Parcel;
use store::tx::Tx;

use crate::{
    Engine, Error,
    delivery::{self, Transport},
    letter::{self, Language},
    limit::{self, Guess},
};

/// A request for a code, as it was entered.
#[derive(Debug, Clone)]
pub struct CodeRequest {
    /// The purpose.
    pub purpose: Purpose,
    /// The channel to send it over.
    pub channel: Channel,
    /// A phone number or an e-mail address.
    pub to: String,
    /// The language of the message.
    pub language: Language,
    /// The asker's address.
    pub address: Option<IpAddr>,
}

/// Issues a code and sends it. Returns the code only if the operator enabled that (for development).
///
/// Limits, log and code are written in one transaction. The carrier is called after it; if it does not accept the message, another
/// transaction undoes the first.
///
/// Whether the recipient has an account is not looked up, so nothing can reveal it.
///
/// # Errors
/// [`Refusal::Invalid`], [`Refusal::SentTooOften`], [`Refusal::Undeliverable`].
pub async fn issue(engine: &Arc<Engine>, request: CodeRequest) -> Result<Option<String>, Error> {
    let target = target(engine, request.channel, &request.to)?;
    let way = delivery::way(engine, request.channel);
    let mut bytes = [0; 8];
    engine.random.fill(&mut bytes);
    let code = verification::digits(bytes);
    let letter = letter::verification(&engine.settings.brand, request.channel, request.purpose, &code, request.language);
    let hash = hash(engine, request.purpose, &target, &code);
    let row = delivery::begun(engine, &way, (request.channel, request.purpose), &target, &letter, request.address)?;
    let now = row.now;
    let issued = store::verification::New { purpose: request.purpose, target: target.clone(), hash, now, expires_at: now.plus(LIFETIME) };
    let rules = engine.settings.limits_enabled.then(|| engine.settings.sending(request.channel).clone());
    let id = engine
        .db
        .write(async move |tx| {
            let id = delivery::begin(tx, rules.as_ref(), &row).await?;
            store::verification::issue(tx, &issued).await?;
            Ok(id)
        })
        .await?;
    if let Transport::Carried(carrier) = way {
        let parcel = Parcel { id, channel: request.channel, to: target, purpose: request.purpose, letter, created_at: now };
        delivery::carry(engine, carrier, parcel, delivery::Undo::Code(hash)).await?;
    }
    metrics::counter!("gongfang_verifications_issued_total", "channel" => request.channel.word()).increment(1);
    Ok(engine.settings.echo_codes.then_some(code))
}

/// Checks whether a code is the one that was sent, without consuming it; a wrong one counts as a try.
///
/// # Errors
/// [`Refusal::Invalid`], [`Refusal::WrongVerification`], [`Refusal::ExpiredVerification`], [`Refusal::TooOften`].
pub async fn check(engine: &Engine, claim: &Claim) -> Result<(), Error> {
    compare(engine, &begin(engine, claim)?).await
}

/// Somebody's claim to own a phone or a mailbox, as it was entered.
pub struct Claim {
    /// The purpose.
    pub purpose: Purpose,
    /// The channel over which the code was sent.
    pub channel: Channel,
    /// A phone number or an e-mail address.
    pub to: String,
    /// The code.
    pub code: String,
    /// The asker's address.
    pub address: Option<IpAddr>,
}

/// A claim in the normalised form in which it is compared.
#[derive(Debug, Clone)]
pub(crate) struct Proof {
    pub(crate) purpose: Purpose,
    pub(crate) target: String,
    hash: [u8; 32],
    address: Option<IpAddr>,
}

/// The outcome of comparing a code. A refusal is a value here rather than an error, so that the transaction that counted the try is
/// committed.
pub(crate) type Outcome<T = ()> = Result<T, Missed>;

/// A code that did not match.
#[derive(Debug)]
pub(crate) struct Missed {
    refusal: Refusal,
    /// Whether there was a valid code that it could have matched.
    guessed: bool,
}

/// Normalises a claim, unless there were too many wrong ones before it.
pub(crate) fn begin(engine: &Engine, claim: &Claim) -> Result<Proof, Error> {
    let target = target(engine, claim.channel, &claim.to)?;
    if claim.code.trim().is_empty() {
        return Err(Refusal::Invalid { field: "verification_code", problem: Problem::Missing }.into());
    }
    // A text that cannot be a code does not count as a try.
    let code = verification::canonical(&claim.code).ok_or(Refusal::WrongVerification)?;
    limit::may_guess(engine, Guess::Verification, &target, claim.address)?;
    let hash = hash(engine, claim.purpose, &target, &code);
    Ok(Proof { purpose: claim.purpose, target, hash, address: claim.address })
}

/// Compares a code without consuming it.
pub(crate) async fn compare(engine: &Engine, proof: &Proof) -> Result<(), Error> {
    let (shown, now) = (proof.clone(), engine.now());
    let outcome = engine.db.write(async move |tx| look(tx, &shown, now).await).await?;
    settle(engine, proof, outcome)
}

async fn look(tx: &mut Tx, proof: &Proof, now: Timestamp) -> Result<Outcome, Error> {
    if store::verification::fits(tx, proof.purpose, &proof.target, proof.hash, TRIES, now).await? {
        return Ok(Ok(()));
    }
    miss(tx, proof, now).await
}

/// Compares a code and consumes it.
pub(crate) async fn consume(tx: &mut Tx, proof: &Proof, now: Timestamp) -> Result<Outcome, Error> {
    if store::verification::consume(tx, proof.purpose, &proof.target, proof.hash, TRIES, now).await? {
        return Ok(Ok(()));
    }
    miss(tx, proof, now).await
}

async fn miss(tx: &mut Tx, proof: &Proof, now: Timestamp) -> Result<Outcome, Error> {
    let (purpose, target) = (proof.purpose, proof.target.as_str());
    if store::verification::miss(tx, purpose, target, TRIES, now).await? {
        return Ok(Err(Missed { refusal: Refusal::WrongVerification, guessed: true }));
    }
    let expired = store::verification::expired(tx, purpose, target, proof.hash, TRIES, now).await?;
    let refusal = if expired { Refusal::ExpiredVerification } else { Refusal::WrongVerification };
    Ok(Err(Missed { refusal, guessed: false }))
}

/// Turns an outcome into a result, and counts a wrong guess. If there was no valid code to match, it does not count as a guess.
pub(crate) fn settle<T>(engine: &Engine, proof: &Proof, outcome: Outcome<T>) -> Result<T, Error> {
    outcome.map_err(|missed| {
        tracing::info!(purpose = proof.purpose.word(), guessed = missed.guessed, "a verification code was refused");
        if missed.guessed {
            limit::guessed_wrong(engine, Guess::Verification, &proof.target, proof.address);
        }
        missed.refusal.into()
    })
}

/// A phone number or an e-mail address in its stored form.
pub(crate) fn target(engine: &Engine, channel: Channel, text: &str) -> Result<String, Refusal> {
    let (field, found) = match channel {
        Channel::Sms => ("phone", account::phone(text, &engine.settings.phone_prefixes)),
        Channel::Mail => ("email", account::email(text)),
    };
    let problem = if text.trim().is_empty() { Problem::Missing } else { Problem::Malformed };
    found.ok_or(Refusal::Invalid { field, problem })
}

fn hash(engine: &Engine, purpose: Purpose, target: &str, code: &str) -> [u8; 32] {
    engine.secrets.keyed(&["verification", purpose.word(), target, code])
}
