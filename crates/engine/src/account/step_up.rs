//! A fresh proof of who is asking, before what is dangerous is done.

use std::net::IpAddr;

use domain::{account::Account, audit::Act, delivery::Channel, origin::Origin, refusal::Refusal, verification::Purpose};
use store::tx::{Lock, Tx};

use super::{Opening, SessionOptions, SignedIn, own};
use crate::{
    Engine, Error, audit,
    second_factor::{self, Shown},
    session::{self, Caller},
    verification::{self, Claim, Outcome},
};

/// What somebody who is signed in proves anew who they are with.
#[derive(Debug, Clone)]
pub enum Proof {
    /// Their password.
    Password(String),
    /// A code of their authenticator, or a recovery code.
    SecondFactor(String),
    /// A code for signing in that was sent to their phone, or to their mailbox if they have no phone.
    Code(String),
}

/// Opens a session that is freshly proved in place of the caller's, and lasts as long: whoever knows the old token has nothing of it.
///
/// # Errors
/// [`Refusal::WrongCredentials`], [`Refusal::WrongSecondFactor`], [`Refusal::WrongVerification`], [`Refusal::ExpiredVerification`];
/// [`Refusal::SecondFactorState`] without an authenticator; [`Refusal::TooOften`]; [`Refusal::KeyScope`] for a key that asks.
pub async fn step_up(engine: &Engine, caller: &Caller, proof: Proof, options: &SessionOptions, origin: Origin) -> Result<SignedIn, Error> {
    caller.signed_in()?;
    let address = options.address;
    let (account, shown, claimed) = match proof {
        Proof::Password(text) => (own::knows(engine, caller, &text, address).await?.ok_or(Refusal::WrongCredentials)?, None, None),
        Proof::SecondFactor(code) => (own::get(engine, caller).await?, Some(Shown::of(engine, Some(&code))), None),
        Proof::Code(code) => {
            let account = own::get(engine, caller).await?;
            let claimed = verification::begin(engine, &claim(&account, code, address)?)?;
            (account, None, Some(claimed))
        }
    };
    let opening = Opening::new(engine, options, None).until(caller.expires_at);
    let act = Act {
        actor: Some(caller.account),
        action: "session.step_up",
        subject: format!("account:{}", caller.account),
        detail: String::new(),
        origin,
    };
    let (old, next, shown_code, id, password) =
        (caller.session.clone(), opening.clone(), claimed.clone(), account.id, account.password_hash.clone());
    let proved = engine.db.write(async move |tx| {
        tx.lock(Lock::Account(id)).await?;
        let current = store::account::by_id(tx, id).await?.ok_or(Refusal::Unauthorized)?;
        // The password was checked outside of this transaction: what it was checked against must still be true.
        if !current.active || current.password_hash != password {
            return Err(Refusal::SessionEnded.into());
        }
        if let Some(shown) = &shown {
            if !second_factor::on(tx, id).await? {
                return Err(Refusal::SecondFactorState(false).into());
            }
            shown.pass(tx, id, next.now()).await?;
        }
        if let Some(code) = &shown_code
            && let Err(missed) = verification::consume(tx, code, next.now()).await?
        {
            return Ok(Err(missed));
        }
        replace(tx, &old, &next, &act).await
    });
    let outcome = second_factor::counted(engine, &id.to_string(), address, proved).await?;
    if let Some(claimed) = &claimed {
        verification::settle(engine, claimed, outcome)?;
    }
    session::invalidate(engine, id);
    opening.signed_in(engine, account)
}

/// The claim to own the caller's phone, or else their mailbox.
fn claim(account: &Account, code: String, address: Option<IpAddr>) -> Result<Claim, Refusal> {
    let mailbox = account.email.clone().filter(|_| account.email_verified_at.is_some());
    let (channel, to) = match (&account.phone, mailbox) {
        (Some(phone), _) => (Channel::Sms, phone.clone()),
        (None, Some(email)) => (Channel::Mail, email),
        (None, None) => return Err(Refusal::WrongVerification),
    };
    Ok(Claim { purpose: Purpose::SignIn, channel, to, code, address })
}

async fn replace(tx: &mut Tx, old: &str, next: &Opening, act: &Act) -> Result<Outcome, Error> {
    if !store::session::end(tx, old, next.now()).await? {
        return Err(Refusal::SessionEnded.into());
    }
    let account = act.actor.ok_or(Refusal::Unauthorized)?;
    next.insert(tx, account).await?;
    audit::note(tx, act, next.now()).await?;
    Ok(Ok(()))
}
