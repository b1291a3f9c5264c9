//! The log of deliveries to an endpoint, sending them once more, and tests.

use std::sync::Arc;

use domain::{
    id::{WebhookDeliveryId, WebhookId},
    refusal::Refusal,
    time::Timestamp,
    webhook::{Delivery, EventType, State, Try},
    window::Rule,
};
use store::{
    tx::Lock,
    webhook::{Claimed, NewDelivery},
};

use super::{
    body::{self, TestData},
    deliver,
    endpoint::{own, own_for_update},
};
use crate::{Engine, Error, Fault, housekeeping, session::Caller};

/// How often an account may test endpoints.
const TESTS: Rule = Rule::minutely(10);
/// The most tries of a delivery that are shown.
const SHOWN: i64 = 50;

/// A delivery with everything that is known of it.
#[derive(Debug, Clone)]
pub struct Told {
    /// The delivery.
    pub delivery: Delivery,
    /// Its body, as it is sent.
    pub body: String,
    /// The tries, newest first.
    pub tries: Vec<Try>,
}

/// The deliveries to an endpoint of the caller's with smaller ids than `before`, newest first, each with its newest try, of which the
/// answer is left out; only those in a state if one is named.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn list(
    engine: &Engine,
    caller: &Caller,
    webhook: WebhookId,
    state: Option<State>,
    before: WebhookDeliveryId,
    limit: i64,
) -> Result<Vec<(Delivery, Option<Try>)>, Error> {
    let account = caller.account;
    let read = engine.db.read(async move |tx| {
        own(tx, account, webhook).await?;
        Ok(store::webhook::list_deliveries(tx, webhook, state, before, limit).await?)
    });
    read.await
}

/// A delivery to an endpoint of the caller's.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn read(engine: &Engine, caller: &Caller, webhook: WebhookId, id: WebhookDeliveryId) -> Result<Told, Error> {
    let account = caller.account;
    let read = engine.db.read(async move |tx| {
        own(tx, account, webhook).await?;
        let (delivery, data) = store::webhook::get_delivery(tx, webhook, id).await?.ok_or(MISSING)?;
        let body = body::whole(delivery.event, delivery.event_type, &data, delivery.created_at);
        let tries = store::webhook::tries(tx, id, SHOWN).await?;
        Ok(Told { delivery, body, tries })
    });
    read.await
}

const MISSING: Refusal = Refusal::NotFound(domain::refusal::Noun::Delivery);

/// Sends a delivery to an endpoint of the caller's once more, as if it were new; under the same id.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::WebhookOff`].
pub async fn resend(engine: &Engine, caller: &Caller, webhook: WebhookId, id: WebhookDeliveryId) -> Result<Told, Error> {
    let (account, now) = (caller.account, engine.now());
    let sent = engine.db.write(async move |tx| {
        if own_for_update(tx, account, webhook).await?.off.is_some() {
            return Err(Refusal::WebhookOff.into());
        }
        if store::webhook::resend(tx, webhook, id, now).await? { Ok(()) } else { Err(MISSING.into()) }
    });
    sent.await?;
    engine.webhooks.wake();
    read(engine, caller, webhook, id).await
}

/// Sends once more what happened since `since` and was given up or held; with `delivered`, what was delivered, too. Returns how many
/// deliveries that are.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::WebhookOff`].
pub async fn resend_since(engine: &Engine, caller: &Caller, webhook: WebhookId, since: Timestamp, delivered: bool) -> Result<u64, Error> {
    let (account, now) = (caller.account, engine.now());
    let sent = engine.db.write(async move |tx| {
        if own_for_update(tx, account, webhook).await?.off.is_some() {
            return Err(Refusal::WebhookOff.into());
        }
        Ok(store::webhook::resend_since(tx, webhook, since, delivered, now).await?)
    });
    let sent = sent.await?;
    engine.webhooks.wake();
    Ok(sent)
}

/// Drops what happened more than thirty days ago, with its deliveries.
///
/// # Errors
/// [`Error::Fault`].
pub async fn tidy(engine: &Engine) -> Result<(), Error> {
    let before = engine.now().minus(engine.settings.housekeeping.webhooks);
    housekeeping::in_batches(engine, "webhook_events", async move |tx, limit| Ok(store::webhook::tidy(tx, before, limit).await?)).await
}

/// Sends a test event to an endpoint of the caller's, on or off, once, and waits for the outcome.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::TooOften`].
pub async fn test(engine: &Arc<Engine>, caller: &Caller, webhook: WebhookId) -> Result<Told, Error> {
    let (account, now) = (caller.account, engine.now());
    let data = serde_json::to_string(&TestData { webhook: format!("webhook_{webhook}") }).map_err(|_| Fault::Corrupt("event"))?;
    let made = engine.db.write(async move |tx| {
        tx.lock(Lock::Account(account)).await?;
        let endpoint = own(tx, account, webhook).await?;
        let limit = TESTS.among(&store::webhook::newest_tests(tx, account, i64::from(TESTS.allowed)).await?, now);
        if limit.remaining == 0 {
            return Err(Refusal::TooOften(limit).into());
        }
        let event = store::webhook::insert_event(tx, account, EventType::Test, &data, now).await?;
        // It is tried here and now: nobody else takes it before this process has surely ended.
        let new = NewDelivery { webhook, event, due_at: Some(now.plus(deliver::HELD)), now };
        let id = store::webhook::insert_delivery(tx, new).await?;
        let claimed = Claimed { id, event, event_type: EventType::Test, data: data.clone(), happened_at: now, tries: 0, claims: 0 };
        Ok((endpoint, claimed))
    });
    let (endpoint, claimed) = made.await?;
    let id = claimed.id;
    deliver::once(engine, account, &endpoint, claimed).await?;
    read(engine, caller, webhook, id).await
}
