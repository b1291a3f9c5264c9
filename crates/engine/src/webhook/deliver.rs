//! Sending messages: what is due is claimed, sent, and settled by what the endpoint answered. Several processes may do so at once.
//!
//! A message is claimed for a minute. Whoever dies with it has sent it or not; it is then sent once more under the same id, by which the
//! receiver recognises it.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use domain::{
    id::{AccountId, WebhookId},
    time::Timestamp,
    webhook::{self, APART, EventType, FAILING, LONGEST_WAIT, Off, REST, Secret, State, Try, Verdict, Webhook},
};
use futures_util::future::join_all;
use ports::web::{Method, Request};
use store::{
    tx::Tx,
    webhook::{Claimed, Outcome},
};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{body, endpoint, letter};
use crate::{Engine, Error, vault::Vault};

/// How long an endpoint may take to answer.
const DEADLINE: Duration = Duration::from_secs(15);
/// An endpoint that took so long to fail is left alone for a while, because it holds a connection meanwhile.
const SLOW: Duration = Duration::from_secs(10);
/// How long a claimed message is nobody else's: longer than any try.
pub(super) const HELD: Duration = Duration::from_secs(60);
/// How many endpoints are served at once.
const AT_ONCE: usize = 64;
/// How many messages an endpoint gets at once.
const BATCH: i64 = 8;
/// How many endpoints are looked up at once.
const LOOKED_UP: i64 = 1000;
/// How many bytes of an answer are kept.
const ANSWER: usize = 4096;

/// Sends what is due until `ending` is cancelled, and then waits for what is being sent.
pub async fn serve(engine: Arc<Engine>, ending: CancellationToken) {
    let tracker = TaskTracker::new();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let busy: Busy = Arc::default();
    while !ending.is_cancelled() {
        match look(&engine).await {
            Ok(due) => {
                for served in due.into_iter().filter_map(|id| Served::begin(&busy, id)) {
                    let (engine, places, ending) = (Arc::clone(&engine), Arc::clone(&places), ending.clone());
                    tracker.spawn(async move {
                        let _place = places.acquire_owned().await.expect("nobody closes this semaphore");
                        if let Err(error) = work(&engine, served.id, &ending).await {
                            tracing::error!(webhook = served.id.0, %error, "messages could not be sent");
                        }
                    });
                }
            }
            Err(error) => tracing::error!(%error, "due deliveries could not be looked up"),
        }
        tokio::select! {
            () = engine.webhooks.woken.notified() => {}
            () = tokio::time::sleep(engine.settings.poll) => {}
            () = ending.cancelled() => {}
        }
    }
    tracker.close();
    tracker.wait().await;
}

/// The endpoints that this process serves right now.
type Busy = Arc<Mutex<HashSet<WebhookId>>>;

/// An endpoint that is served, and that nobody else in this process serves until this is dropped.
struct Served {
    id: WebhookId,
    busy: Busy,
}

impl Served {
    fn begin(busy: &Busy, id: WebhookId) -> Option<Self> {
        let new = busy.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        new.then(|| Self { id, busy: Arc::clone(busy) })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// Sends everything that is due now, one endpoint after the other; returns the number of tries.
///
/// # Errors
/// [`Error::Fault`].
pub async fn due(engine: &Arc<Engine>) -> Result<usize, Error> {
    let mut tries = 0;
    for id in look(engine).await? {
        tries += work(engine, id, &CancellationToken::new()).await?;
    }
    Ok(tries)
}

/// The endpoints that have something due.
async fn look(engine: &Engine) -> Result<Vec<WebhookId>, Error> {
    let now = engine.now();
    let read = engine.db.read(async move |tx| {
        let any = store::webhook::any(tx).await?;
        Ok((any, if any { store::webhook::due(tx, now, LOOKED_UP).await? } else { Vec::new() }))
    });
    let (any, due) = read.await?;
    engine.webhooks.any.store(any, Ordering::Relaxed);
    Ok(due)
}

/// Sends an endpoint what is due to it, some at a time; returns the number of tries.
async fn work(engine: &Arc<Engine>, id: WebhookId, ending: &CancellationToken) -> Result<usize, Error> {
    let mut tries = 0;
    while !ending.is_cancelled() {
        let Some(batch) = claim(engine, id).await? else { break };
        let number = batch.deliveries.len();
        for settled in join_all(batch.deliveries.into_iter().map(|claimed| tell(engine, &batch.endpoint, &batch.secrets, claimed))).await {
            settled?;
        }
        tries += number;
        if i64::try_from(number).unwrap_or(0) < BATCH {
            break;
        }
    }
    Ok(tries)
}

/// What an endpoint gets at once.
struct Batch {
    endpoint: Endpoint,
    secrets: Vec<Secret>,
    deliveries: Vec<Claimed>,
}

/// An endpoint and whose it is.
#[derive(Clone)]
struct Endpoint {
    account: AccountId,
    webhook: Webhook,
}

/// Claims some of what is due to an endpoint; none if nothing is, or if it is left alone just now.
async fn claim(engine: &Engine, id: WebhookId) -> Result<Option<Batch>, Error> {
    let (vault, now) = (Vault::of(engine), engine.now());
    let claimed = engine.db.write(async move |tx| {
        let Some((account, webhook)) = store::webhook::get_for_update(tx, id).await? else {
            store::webhook::hold(tx, id, now).await?;
            return Ok(None);
        };
        if webhook.off.is_some() {
            store::webhook::hold(tx, id, now).await?;
            return Ok(None);
        }
        if webhook.rests_until.is_some_and(|until| until > now) {
            return Ok(None);
        }
        let deliveries = store::webhook::claim(tx, id, now, now.plus(HELD), BATCH).await?;
        if deliveries.is_empty() {
            return Ok(None);
        }
        let secrets = endpoint::secrets(tx, &vault, id, now).await?;
        Ok(Some(Batch { endpoint: Endpoint { account, webhook }, secrets, deliveries }))
    });
    claimed.await
}

/// Sends a message that was claimed for this, once, and settles it.
pub(super) async fn once(engine: &Arc<Engine>, account: AccountId, webhook: &Webhook, claimed: Claimed) -> Result<(), Error> {
    let (vault, id, now) = (Vault::of(engine), webhook.id, engine.now());
    let secrets = engine.db.read(async move |tx| endpoint::secrets(tx, &vault, id, now).await).await?;
    tell(engine, &Endpoint { account, webhook: webhook.clone() }, &secrets, claimed).await
}

async fn tell(engine: &Arc<Engine>, endpoint: &Endpoint, secrets: &[Secret], claimed: Claimed) -> Result<(), Error> {
    let (tried, retry_after) = send(engine, &endpoint.webhook.url, secrets, &claimed).await;
    let verdict = Verdict::on(tried.status);
    metrics::counter!("gongfang_webhook_tries_total", "outcome" => word(verdict)).increment(1);
    let mut jitter = [0];
    engine.random.fill(&mut jitter);
    let settlement = Settlement {
        webhook: endpoint.webhook.id,
        outcome: outcome(&claimed, verdict, retry_after, jitter[0], engine.now()),
        rests: rests(verdict, &tried, retry_after),
        verdict,
        claimed,
        tried,
        now: engine.now(),
    };
    let off = engine.db.write(async move |tx| settle(tx, &settlement).await).await?;
    if let Some(why) = off {
        tracing::warn!(webhook = endpoint.webhook.id.0, account = endpoint.account.0, why = why.word(), "an endpoint was switched off");
        letter::send_behind(engine, endpoint.account, endpoint.webhook.clone(), why);
    }
    Ok(())
}

/// Tries to send a message; returns what came of it, and how long the endpoint asks to be left alone.
async fn send(engine: &Engine, url: &str, secrets: &[Secret], claimed: &Claimed) -> (Try, Option<Duration>) {
    let at = engine.now();
    let body = body::whole(claimed.event, claimed.event_type, &claimed.data, claimed.happened_at);
    let signed = webhook::headers(secrets, claimed.event, at, &body).map(|(name, value)| (name.to_owned(), value));
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    headers.extend(signed);
    let request = Request {
        method: Method::Post,
        body: Some(Bytes::from(body)),
        headers,
        redirects: 0,
        verbatim: true,
        ..Request::get(url, ANSWER, DEADLINE)
    };
    let reply = engine.reach.strangers.send(request).await;
    let now = engine.now();
    let took_ms = i64::try_from(now.since(at).as_millis()).unwrap_or(i64::MAX);
    match reply {
        Ok(reply) => {
            let answer = String::from_utf8_lossy(&reply.body).replace('\0', "\u{fffd}");
            let retry_after = reply.retry_after.and_then(|text| wait_asked(&text, now));
            (Try { at, took_ms, status: Some(reply.status), error: None, answer }, retry_after)
        }
        Err(fault) => (Try { at, took_ms, status: None, error: Some(fault.to_string()), answer: String::new() }, None),
    }
}

/// The wait that a `Retry-After` asks for: seconds, or a date (RFC 9110).
fn wait_asked(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let asked = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => Timestamp(jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_microsecond()).since(now),
    };
    Some(asked.min(LONGEST_WAIT))
}

/// What becomes of a message.
fn outcome(claimed: &Claimed, verdict: Verdict, retry_after: Option<Duration>, jitter: u8, now: Timestamp) -> Outcome {
    let usual = match (verdict, claimed.event_type) {
        (Verdict::Delivered, _) => return Outcome::Ended(State::Delivered),
        // Whoever tests looks at the outcome.
        (Verdict::Gone, _) | (_, EventType::Test) => return Outcome::Ended(State::Failed),
        (Verdict::Busy | Verdict::Failed, _) => webhook::wait_after(claimed.tries + 1, jitter),
    };
    usual.map_or(Outcome::Ended(State::Failed), |usual| Outcome::Again(now.plus(usual.max(retry_after.unwrap_or_default()))))
}

/// How long an endpoint is left alone after a try.
fn rests(verdict: Verdict, tried: &Try, retry_after: Option<Duration>) -> Option<Duration> {
    let slow = i64::try_from(SLOW.as_millis()).unwrap_or(i64::MAX);
    match verdict {
        Verdict::Delivered | Verdict::Gone => None,
        Verdict::Busy => Some(retry_after.unwrap_or(REST)),
        Verdict::Failed if tried.took_ms >= slow => Some(REST),
        // 503 with Retry-After: it speaks for the whole server.
        Verdict::Failed => retry_after,
    }
}

/// What is written after a try.
struct Settlement {
    webhook: WebhookId,
    claimed: Claimed,
    tried: Try,
    verdict: Verdict,
    outcome: Outcome,
    rests: Option<Duration>,
    now: Timestamp,
}

/// Writes what came of a try; returns why the endpoint was switched off, if it was.
async fn settle(tx: &mut Tx, settlement: &Settlement) -> Result<Option<Off>, Error> {
    let Settlement { webhook, claimed, tried, verdict, outcome, rests, now } = settlement;
    let mut off = None;
    // A test says nothing of how an endpoint does otherwise.
    if claimed.event_type != EventType::Test {
        let why = match verdict {
            Verdict::Delivered => {
                store::webhook::succeeded(tx, *webhook).await?;
                None
            }
            Verdict::Gone => Some(Off::Gone),
            Verdict::Busy | Verdict::Failed => {
                let rests_until = rests.map(|rest| now.plus(rest));
                let since = store::webhook::failed(tx, *webhook, rests_until, now.minus(APART), *now).await?;
                since.filter(|since| now.since(*since) >= FAILING).map(|_| Off::Failing)
            }
        };
        if let Some(why) = why
            && store::webhook::switch_off(tx, *webhook, why, *now).await?
        {
            off = Some(why);
        }
    }
    store::webhook::note_try(tx, claimed.id, tried).await?;
    store::webhook::settle(tx, claimed, *outcome, *now).await?;
    if off.is_some() {
        store::webhook::hold(tx, *webhook, *now).await?;
    }
    Ok(off)
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Delivered => "delivered",
        Verdict::Gone => "gone",
        Verdict::Busy => "busy",
        Verdict::Failed => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_asked_for_in_seconds_or_as_a_date() {
        // 1994-11-06 08:49:37 UTC is the example of RFC 9110.
        let now = Timestamp(784_111_777_000_000).minus(Duration::from_secs(30));
        for (text, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", Some(0)),
            ("999999999", Some(86_400)),
            ("Wed, 21 Oct 2099 07:28:00 GMT", Some(86_400)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(wait_asked(text, now), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
