//! Deliveries: a message is recorded in the transaction of the change that it belongs to, and sent once that is committed.
//!
//! Its text is never stored, except in the outbox for development: a failed send is retried from memory, and the operator's log shows
//! the outcome.

use std::{net::IpAddr, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use domain::{
    account,
    delivery::{Channel, Delivery, Letter, State},
    id::DeliveryId,
    problem::Problem,
    refusal::Refusal,
    verification::Purpose,
    window::Rule,
};
use futures_util::FutureExt;
use ports::carrier::{Carrier, Parcel, Undelivered};
use store::{delivery::Scope, tx::Tx};

pub use crate::transport::{Transport, Transports};
use crate::{Engine, Error, Fault, audit::administers, housekeeping, limit, runtime_settings, session::Caller};

/// The longest wait between tries that a carrier can demand.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// A delivery without an outcome after this time is lost: its process ended. It is longer than all tries of a delivery together.
const LOST: Duration = Duration::from_secs(600);

/// The current transport of a channel: for letters, the mail server that an administrator set through the API, if one did.
pub(crate) fn way(engine: &Engine, channel: Channel) -> Transport {
    let named = || runtime_settings::known(engine).mail.clone();
    match channel {
        Channel::Sms => engine.transports.sms.clone(),
        Channel::Mail => named().unwrap_or_else(|| engine.transports.mail.clone()),
    }
}

/// How often messages may be sent over a channel.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// To one number or mailbox.
    pub recipient: Vec<Rule>,
    /// To one mailbox for one purpose.
    pub purpose: Vec<Rule>,
    /// For one network.
    pub origin: Vec<Rule>,
    /// In total.
    pub channel: Vec<Rule>,
    /// In total per day, as a cost ceiling; reaching it raises an alarm.
    pub ceiling: Option<Rule>,
}

/// The row of a new delivery over a transport.
///
/// # Errors
/// [`Refusal::Undeliverable`].
pub(crate) fn begun(
    engine: &Engine,
    way: &Transport,
    (channel, purpose): (Channel, Purpose),
    to: &str,
    letter: &Letter,
    address: Option<IpAddr>,
) -> Result<store::delivery::New, Refusal> {
    let carrier = way.carrier().ok_or(Refusal::Undeliverable)?;
    let kept = matches!(way, Transport::Outbox);
    Ok(store::delivery::New {
        channel,
        to: to.to_owned(),
        mailbox: if channel == Channel::Mail { account::mailbox(to) } else { to.to_owned() },
        origin: origin(engine, address),
        purpose,
        carrier,
        state: if kept { State::Kept } else { State::Waiting },
        letter: kept.then(|| letter.clone()),
        now: engine.now(),
    })
}

/// Begins a delivery within the transaction of the change that it belongs to, and counts it against every rule of its channel.
///
/// # Errors
/// [`Refusal::SentTooOften`]; [`Refusal::Undeliverable`] at the ceiling.
pub(crate) async fn begin(tx: &mut Tx, rules: Option<&Rules>, new: &store::delivery::New) -> Result<DeliveryId, Error> {
    if let Some(rules) = rules {
        count(tx, rules, new).await?;
    }
    Ok(store::delivery::insert(tx, new).await?)
}

async fn count(tx: &mut Tx, rules: &Rules, new: &store::delivery::New) -> Result<(), Error> {
    tx.lock(store::tx::Lock::Sending).await?;
    let mailbox = Scope::Mailbox(new.channel, new.mailbox.clone());
    let scopes = [
        (Some(mailbox), &rules.recipient),
        (Some(Scope::About(new.channel, new.mailbox.clone(), new.purpose)), &rules.purpose),
        (new.origin.clone().map(Scope::Origin), &rules.origin),
        (Some(Scope::Channel(new.channel)), &rules.channel),
    ];
    for (scope, rules) in scopes {
        let Some(scope) = scope else { continue };
        for rule in rules {
            let newest = store::delivery::newest(tx, &scope, new.now.minus(rule.span), i64::from(rule.allowed)).await?;
            let limit = rule.among(&newest, new.now);
            if limit.remaining == 0 {
                return Err(Refusal::SentTooOften(limit).into());
            }
        }
    }
    if let Some(ceiling) = rules.ceiling {
        let spent = store::delivery::spent(tx, new.channel, new.now.minus(ceiling.span)).await?;
        match i64::from(ceiling.allowed) - spent {
            2.. => {}
            1 => alarm(new.channel, "the last message that the daily ceiling allows is being sent"),
            _ => {
                alarm(new.channel, "the daily ceiling is reached; nothing is sent");
                return Err(Refusal::Undeliverable.into());
            }
        }
    }
    Ok(())
}

fn alarm(channel: Channel, what: &str) {
    metrics::counter!("gongfang_alarms_total", "channel" => channel.word()).increment(1);
    tracing::error!(alarm = true, channel = channel.word(), what, "sending needs the operator");
}

/// The key that a network is counted by, unless it is exempt.
pub(crate) fn origin(engine: &Engine, address: Option<IpAddr>) -> Option<String> {
    limit::counted_address(engine, address).map(|address| address.to_string())
}

/// What is undone when a message is given up.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Undo {
    /// Nothing: what was not sent expires by itself.
    Nothing,
    /// The verification code with this hash is voided.
    Code([u8; 32]),
}

impl Undo {
    async fn apply(self, engine: &Engine, parcel: Parcel) -> Result<(), Error> {
        match self {
            Self::Nothing => Ok(()),
            Self::Code(hash) => {
                let Parcel { purpose, to, .. } = parcel;
                engine.db.write(async move |tx| Ok(store::verification::void(tx, purpose, &to, hash).await?)).await
            }
        }
    }
}

/// Sends a message over a carrier, with a few tries; waits a while for the outcome.
///
/// # Errors
/// [`Refusal::Undeliverable`], [`Refusal::SentTooOften`] or [`Refusal::Invalid`], depending on the carrier's answer.
pub(crate) async fn carry(engine: &Arc<Engine>, carrier: Arc<dyn Carrier>, parcel: Parcel, undo: Undo) -> Result<(), Error> {
    let channel = parcel.channel;
    let tries = engine.sending.spawn(tries(Arc::clone(engine), carrier, parcel, undo));
    match tokio::time::timeout(engine.settings.patience, tries).await {
        // Still being tried: the code is valid, and may arrive at any moment.
        Err(_) => Ok(()),
        Ok(Err(broken)) => Err(Fault::Panicked(broken.to_string()).into()),
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(undelivered))) => Err(refusal(engine, channel, &undelivered).into()),
    }
}

fn refusal(engine: &Engine, channel: Channel, undelivered: &Undelivered) -> Refusal {
    let field = match channel {
        Channel::Sms => "phone",
        Channel::Mail => "email",
    };
    match undelivered {
        Undelivered::TooOften { .. } => {
            let minute = Rule { allowed: 1, span: Duration::from_secs(60) };
            Refusal::SentTooOften(minute.standing(1, Some(engine.now()), Some(engine.now()), engine.now()))
        }
        Undelivered::Recipient { .. } => Refusal::Invalid { field, problem: Problem::Malformed },
        Undelivered::Passing { .. } | Undelivered::Operator { .. } => Refusal::Undeliverable,
    }
}

async fn tries(engine: Arc<Engine>, carrier: Arc<dyn Carrier>, parcel: Parcel, undo: Undo) -> Result<(), Undelivered> {
    let mut waits = engine.settings.send_waits.iter().copied();
    let mut count = 0;
    loop {
        count += 1;
        // A carrier that panics has not accepted the message, and will not accept it the next time.
        let outcome = AssertUnwindSafe(carrier.carry(&parcel)).catch_unwind().await;
        let undelivered = match outcome.unwrap_or_else(|_| Err(Undelivered::Operator { text: "the carrier panicked".to_owned() })) {
            Ok(()) => {
                note(&engine, parcel.id, State::Sent, count, None).await;
                return Ok(());
            }
            Err(undelivered) => undelivered,
        };
        let text = undelivered.to_string();
        tracing::warn!(delivery = parcel.id.0, channel = parcel.channel.word(), carrier = carrier.name(), count, text, "not taken");
        if let Undelivered::Operator { text } = &undelivered {
            alarm(parcel.channel, text);
        }
        let wait = match &undelivered {
            Undelivered::Passing { retry_after, .. } => waits.next().map(|usual| retry_after.unwrap_or(usual).min(LONGEST_WAIT)),
            Undelivered::TooOften { .. } | Undelivered::Recipient { .. } | Undelivered::Operator { .. } => None,
        };
        let Some(wait) = wait else {
            note(&engine, parcel.id, State::Failed, count, Some(text)).await;
            let id = parcel.id;
            if let Err(error) = undo.apply(&engine, parcel).await {
                tracing::error!(delivery = id.0, %error, "what the message was for could not be undone");
            }
            return Err(undelivered);
        };
        note(&engine, parcel.id, State::Waiting, count, Some(text)).await;
        tokio::time::sleep(wait).await;
    }
}

async fn note(engine: &Engine, id: DeliveryId, state: State, tries: i64, detail: Option<String>) {
    let now = engine.now();
    let noted = engine.db.write(async move |tx| Ok(store::delivery::note(tx, id, state, tries, detail.as_deref(), now).await?));
    if let Err(error) = noted.await {
        tracing::error!(delivery = id.0, %error, "the log of deliveries could not be written");
    }
}

/// The newest deliveries, newest first; only those to one recipient if one is named.
///
/// # Errors
/// [`Error::Fault`].
pub async fn list(engine: &Engine, to: Option<String>, limit: i64) -> Result<Vec<Delivery>, Error> {
    engine.db.read(async move |tx| Ok(store::delivery::list(tx, to.as_deref(), limit).await?)).await
}

/// Deliveries with smaller ids than `before`, newest first; only those to one recipient if one is named, as a phone number in E.164 or an
/// e-mail address.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators.
pub async fn page(engine: &Engine, caller: &Caller, to: Option<String>, before: DeliveryId, limit: i64) -> Result<Vec<Delivery>, Error> {
    administers(caller)?;
    engine.db.read(async move |tx| Ok(store::delivery::page(tx, to.as_deref(), before, limit).await?)).await
}

/// Deletes deliveries and verification codes that are no longer needed, and gives up deliveries whose process ended.
///
/// # Errors
/// [`Error::Fault`].
pub async fn tidy(engine: &Engine) -> Result<(), Error> {
    let now = engine.now();
    engine
        .db
        .write(async move |tx| {
            store::verification::tidy(tx, now.minus(Duration::from_secs(86_400))).await?;
            store::ticket::tidy(tx, now.minus(Duration::from_secs(86_400))).await?;
            store::delivery::give_up_lost(tx, now.minus(LOST), now).await?;
            Ok::<_, Error>(())
        })
        .await?;
    let before = now.minus(engine.settings.housekeeping.messages);
    housekeeping::in_batches(engine, "messages", async move |tx, limit| Ok(store::delivery::tidy(tx, before, limit).await?)).await
}
