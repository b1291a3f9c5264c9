//! Webhooks on both databases: what is written with an event, when it is sent, and what becomes of an endpoint. The clock is set by hand.

mod common;

use std::{
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use common::{Chosen, PROBE, START, World, nobody, race};
use domain::{
    account::Role,
    id::{AccountId, WebhookDeliveryId, WebhookId},
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    webhook::{FAILING, Off, SCHEDULE, Secret, State, headers},
};
use doubles::StubWeb;
use engine::{
    Error, account,
    idempotency::Answered,
    kinds::metered,
    order, task,
    webhook::{self, Change, Made, NewWebhook},
    worker::{Ending, Failure, Worker},
};
use ports::{
    fault::Fault,
    web::{Method, Reply, Request},
};
use serde_json::Value;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const URL: &str = "https://example.com/hook";

/// What an endpoint answers: a status, and what it says of waiting; nothing if nobody is there.
type Says = Option<(u16, Option<&'static str>)>;

/// The servers that messages go to.
struct Receiver {
    web: Arc<StubWeb>,
    says: Arc<Mutex<Says>>,
    seen: Mutex<usize>,
}

/// A message as it arrived.
#[derive(Debug, Clone)]
struct Arrived {
    id: String,
    at_s: i64,
    signatures: String,
    text: String,
    body: Value,
    url: String,
}

impl Receiver {
    fn new() -> Self {
        let says: Arc<Mutex<Says>> = Arc::new(Mutex::new(Some((200, None))));
        let told = Arc::clone(&says);
        let web = Arc::new(StubWeb::new(move |_| match *told.lock().unwrap() {
            Some((status, retry_after)) => Ok(Reply {
                status,
                body: Bytes::from_static(b"answered\0"),
                retry_after: retry_after.map(str::to_owned),
                ..Reply::default()
            }),
            None => Err(Fault::passing("example.com: no answer in time")),
        }));
        Self { web, says, seen: Mutex::new(0) }
    }

    fn answers(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    /// What arrived since the last look.
    fn arrived(&self) -> Vec<Arrived> {
        let asked = self.web.asked();
        let mut seen = self.seen.lock().unwrap();
        let new = asked[*seen..].iter().map(arrived).collect();
        *seen = asked.len();
        new
    }
}

fn arrived(request: &Request) -> Arrived {
    assert_eq!((request.method, request.redirects, request.verbatim), (Method::Post, 0, true), "no redirect is followed");
    let header = |name: &str| request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap();
    assert_eq!(header("content-type"), "application/json");
    let text = String::from_utf8(request.body.clone().unwrap().to_vec()).unwrap();
    Arrived {
        id: header("webhook-id"),
        at_s: header("webhook-timestamp").parse().unwrap(),
        signatures: header("webhook-signature"),
        body: serde_json::from_str(&text).unwrap(),
        text,
        url: request.url.clone(),
    }
}

/// Worlds with one receiver each.
async fn worlds(name: &str) -> Vec<(World, Receiver)> {
    // The receiver is the same for both databases: each test goes through them one after the other.
    let receiver = Receiver::new();
    let mut reach = nobody();
    reach.strangers = receiver.web.clone();
    let worlds = World::both_with(name, Chosen { reach, ..Chosen::default() }).await;
    let share = |_: &World| Receiver { web: receiver.web.clone(), says: receiver.says.clone(), seen: Mutex::new(0) };
    worlds.into_iter().map(|world| (share(&world), world)).map(|(receiver, world)| (world, receiver)).collect()
}

async fn world() -> (World, Receiver) {
    let receiver = Receiver::new();
    let mut reach = nobody();
    reach.strangers = receiver.web.clone();
    (World::sqlite_with(Chosen { reach, ..Chosen::default() }).await, receiver)
}

async fn made(world: &World, owner: AccountId, new: NewWebhook) -> Made {
    webhook::create(&world.engine, &world.caller(owner, Role::User), new, Origin::default()).await.unwrap()
}

fn at(url: &str) -> NewWebhook {
    NewWebhook { url: url.to_owned(), ..NewWebhook::default() }
}

fn telling(types: &[&str]) -> NewWebhook {
    NewWebhook { types: types.iter().map(|word| (*word).to_owned()).collect(), ..at(URL) }
}

/// Ends a probe of an account's in a way.
async fn ends(world: &World, owner: AccountId, result: Result<Ending, Failure>) {
    world.submit(owner).await.unwrap();
    let worker = Worker::new(world.engine.clone());
    let job = worker.claim(&*world.probe, 1).await.unwrap().pop().unwrap();
    worker.settle(&*world.probe, &job, result, false).await.unwrap().unwrap();
}

fn done() -> Result<Ending, Failure> {
    Ok(Ending::Done("film".to_owned()))
}

fn broken() -> Result<Ending, Failure> {
    Err(Failure { code: "BROKEN", message: "for good".to_owned(), again: None })
}

async fn due(world: &World) -> usize {
    webhook::due(&world.engine).await.unwrap()
}

/// The deliveries to an endpoint, oldest first: state and tries.
async fn deliveries(world: &World, owner: AccountId, id: WebhookId) -> Vec<(State, i64)> {
    let caller = world.caller(owner, Role::User);
    let listed = webhook::deliveries(&world.engine, &caller, id, None, WebhookDeliveryId(i64::MAX), 100).await.unwrap();
    listed.iter().rev().map(|(delivery, _)| (delivery.state, delivery.tries)).collect()
}

async fn newest(world: &World, owner: AccountId, id: WebhookId) -> WebhookDeliveryId {
    let caller = world.caller(owner, Role::User);
    let listed = webhook::deliveries(&world.engine, &caller, id, None, WebhookDeliveryId(i64::MAX), 1).await.unwrap();
    listed[0].0.id
}

async fn endpoint(world: &World, owner: AccountId, id: WebhookId) -> domain::webhook::Webhook {
    webhook::get(&world.engine, &world.caller(owner, Role::User), id).await.unwrap()
}

async fn rows(world: &World, sql: &'static str) -> i64 {
    world.db.read(async move |tx| Ok::<_, Error>(tx.query_one(sql, &[]).await?.int(0))).await.unwrap()
}

#[tokio::test]
async fn every_sort_of_event_is_told_once_and_signed() {
    for (world, receiver) in worlds("hooks_events").await {
        receiver.arrived();
        world.probe.price.store(30, Ordering::SeqCst);
        let alice = world.account("alice", 100).await;
        let all = made(&world, alice, NewWebhook { low_money: Some(50), low_uses: Some(2), ..at(URL) }).await;
        let some = made(&world, alice, NewWebhook { low_money: Some(20), ..telling(&["task.failed", "wallet.low"]) }).await;
        ends(&world, alice, done()).await;
        ends(&world, alice, broken()).await;
        let id = world.submit(alice).await.unwrap().id;
        task::cancel(&world.engine, alice, PROBE, id).await.unwrap();
        world.redeem(alice, 3).await;
        let root = world.account("root", 0).await;
        let admin = world.caller(root, Role::Admin);
        let manual = order::Manual { account: alice, amount: 1_000_000, remark: String::new(), origin: Origin::default(), once: None };
        let Answered::Executed(order) = order::create_manual(&world.engine, &admin, manual).await.unwrap() else { panic!("replayed") };
        order::complete(
            &world.engine,
            &admin,
            order.id,
            order::Settlement { reason: String::new(), origin: Origin::default(), once: None },
        )
        .await
        .unwrap();
        assert_eq!(due(&world).await, 8);
        assert_eq!(due(&world).await, 0, "nothing is told twice");

        let told = receiver.arrived();
        let secrets = [Secret::parse(&all.secret).unwrap(), Secret::parse(&some.secret).unwrap()];
        let mut types: Vec<(String, usize)> = Vec::new();
        for message in &told {
            let event = domain::id::EventId(message.body["data"]["sequence"].as_i64().unwrap());
            let own = secrets.iter().position(|secret| {
                let now = world.engine.now();
                let [id, at, signature] = headers(std::slice::from_ref(secret), event, now, &message.text);
                (id.1, at.1, signature.1) == (message.id.clone(), message.at_s.to_string(), message.signatures.clone())
            });
            let own = own.expect("it is signed with the secret of one endpoint");
            types.push((message.body["type"].as_str().unwrap().to_owned(), own));
        }
        types.sort();
        let pair = |word: &str, own| (word.to_owned(), own);
        let expected = [
            pair("code.redeemed", 0),
            pair("order.paid", 0),
            pair("task.cancelled", 0),
            pair("task.failed", 0),
            pair("task.failed", 1),
            pair("task.succeeded", 0),
            // 100, 70, 40 (below 50), 70 again by the refund, 40 (below 50 again).
            pair("wallet.low", 0),
            pair("wallet.low", 0),
        ];
        assert_eq!(types, expected, "{told:?}");
        for message in &told {
            let data = &message.body["data"];
            assert_eq!(message.body["timestamp"], "2023-11-14T22:13:20.000000Z");
            let what = message.body["type"].as_str().unwrap();
            match what {
                "task.failed" => {
                    assert_eq!((&data["task"]["error"]["code"], &data["task"]["state"]), (&"BROKEN".into(), &"failed".into()));
                    assert_eq!((&data["attempt"], &data["task"]["price"]["amount"]), (&1.into(), &"0.00003".into()));
                }
                "wallet.low" => assert_eq!(data["wallet"]["asset"], "money"),
                "code.redeemed" => assert_eq!(data["redemption"], serde_json::json!({ "added": 3, "uses": 3 })),
                "order.paid" => assert_eq!(data["order"]["status"], "paid"),
                _ => assert!(data["task"]["id"].as_str().unwrap().starts_with("task_"), "{data}"),
            }
        }
        assert_eq!(world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_wallet_is_low_when_it_falls_below_the_bound_and_not_again_until_it_was_above() {
    for (world, receiver) in worlds("hooks_low").await {
        receiver.arrived();
        let alice = world.account("alice", 100).await;
        let caller = world.caller(alice, Role::User);
        let id = made(&world, alice, NewWebhook { low_money: Some(50), low_uses: Some(2), ..telling(&["wallet.low"]) }).await.webhook.id;
        // A change of the money, and what the endpoint is told: what there was before and what there is now.
        for (number, (change, told)) in [
            (-50, None),
            (-1, Some(("0.00005", "0.000049"))),
            (-9, None),
            (9, None),
            (-5, None),
            (56, None),
            (-60, Some(("0.0001", "0.00004"))),
        ]
        .into_iter()
        .enumerate()
        {
            world.top_up(alice, change, &format!("change {number}")).await;
            due(&world).await;
            let arrived: Vec<Value> = receiver.arrived().into_iter().map(|message| message.body["data"]["wallet"].clone()).collect();
            let amount = |amount: &str| serde_json::json!({ "amount": amount, "currency": "CNY" });
            let wallet =
                told.map(|(before, now)| serde_json::json!({ "asset": "money", "balance": amount(now), "balance_before": amount(before) }));
            assert_eq!(arrived, Vec::from_iter(wallet), "change {number}: {change}");
        }
        // Uses have a bound of their own, and one that was taken away tells nothing.
        world.redeem(alice, 3).await;
        for (remaining, told) in [(2, 0), (1, 1), (0, 0)] {
            metered::submit(&world.engine, alice, None).await.unwrap();
            assert_eq!((world.uses(alice).await, due(&world).await), (remaining, told));
        }
        let none = Change { low_money: Some(None), ..Change::default() };
        webhook::update(&world.engine, &caller, id, none, Origin::default()).await.unwrap();
        world.top_up(alice, 60, "above").await;
        world.top_up(alice, -60, "below").await;
        assert_eq!(due(&world).await, 0);
        assert_eq!(rows(&world, "SELECT COUNT(*) FROM wallets WHERE alert_below IS NOT NULL").await, 1, "that of the uses");
    }
}

#[tokio::test]
async fn an_account_without_endpoints_writes_nothing() {
    for (world, receiver) in worlds("hooks_nobody").await {
        receiver.arrived();
        let [alice, bob] = [world.account("alice", 100).await, world.account("bob", 100).await];
        let id = made(&world, alice, at(URL)).await.webhook.id;
        made(&world, bob, telling(&["order.paid"])).await;
        webhook::delete(&world.engine, &world.caller(alice, Role::User), id, Origin::default()).await.unwrap();
        for owner in [alice, bob] {
            ends(&world, owner, done()).await;
            world.redeem(owner, 1).await;
        }
        assert_eq!(rows(&world, "SELECT COUNT(*) FROM webhook_events").await, 0, "nobody wants to hear of it");
        assert_eq!((due(&world).await, receiver.arrived().len()), (0, 0));
    }
}

#[tokio::test]
async fn a_message_is_tried_on_schedule_under_one_id_and_then_given_up() {
    for (world, receiver) in worlds("hooks_schedule").await {
        receiver.arrived();
        receiver.answers(Some((500, None)));
        let alice = world.account("alice", 0).await;
        let id = made(&world, alice, at(URL)).await.webhook.id;
        ends(&world, alice, done()).await;
        let mut ids = Vec::new();
        for (number, wait) in SCHEDULE.into_iter().enumerate() {
            if number > 0 {
                assert_eq!(due(&world).await, 0, "try {number} is over");
                world.clock.advance(wait - SECOND);
                assert_eq!(due(&world).await, 0, "try {number}: not before {wait:?}");
                // A fifth more at most.
                world.clock.advance(SECOND + wait / 5);
            }
            assert_eq!(due(&world).await, 1, "try {number} after {wait:?}");
            let told = receiver.arrived().remove(0);
            assert_eq!(told.at_s, world.engine.now().seconds(), "each try has a time of its own");
            ids.push((told.id, told.text));
        }
        assert!(ids.iter().all(|one| *one == ids[0]), "{ids:?}");
        assert_eq!(deliveries(&world, alice, id).await, [(State::Failed, 10)]);
        world.clock.advance(3 * DAY);
        assert_eq!(due(&world).await, 0, "it was given up");
        let caller = world.caller(alice, Role::User);
        let shown = webhook::read(&world.engine, &caller, id, newest(&world, alice, id).await).await.unwrap();
        assert_eq!((shown.tries.len(), shown.body == ids[0].1), (10, true));
        assert!(shown.tries.iter().all(|tried| (tried.status, tried.answer.as_str()) == (Some(500), "answered\u{fffd}")), "{shown:?}");
    }
}

#[tokio::test]
async fn what_an_answer_means() {
    for (world, receiver) in worlds("hooks_answers").await {
        answers(&world, &receiver).await;
    }
}

async fn answers(world: &World, receiver: &Receiver) {
    let alice = world.account("alice", 0).await;
    let busy = |seconds: u64| Some(Duration::from_secs(seconds));
    // The answer; the state of the delivery; how long the endpoint is left alone at least; whether it is off.
    let answers: [(Says, State, Option<Duration>, bool); 12] = [
        (Some((200, None)), State::Delivered, None, false),
        (Some((204, Some("600"))), State::Delivered, None, false),
        (Some((301, None)), State::Waiting, None, false),
        (Some((400, None)), State::Waiting, None, false),
        (Some((410, None)), State::Failed, None, true),
        (Some((429, None)), State::Waiting, busy(60), false),
        (Some((429, Some("600"))), State::Waiting, busy(600), false),
        (Some((429, Some("Tue, 14 Nov 2023 22:23:20 GMT"))), State::Waiting, busy(600), false),
        (Some((502, None)), State::Waiting, busy(60), false),
        (Some((503, Some("999999999"))), State::Waiting, busy(86_400), false),
        (Some((504, None)), State::Waiting, busy(60), false),
        (None, State::Waiting, None, false),
    ];
    for (says, state, rest, off) in answers {
        receiver.answers(says);
        let id = made(world, alice, at(URL)).await.webhook.id;
        for _ in 0..2 {
            ends(world, alice, done()).await;
        }
        assert_eq!(due(world).await, 2, "{says:?}");
        let mut found = deliveries(world, alice, id).await;
        // The endpoint is off from the first answer on: the other delivery, which was on its way, is held.
        found.sort_by_key(|(_, tries)| *tries);
        let expected = if off { [(State::Held, 0), (state, 1)] } else { [(state, 1), (state, 1)] };
        assert_eq!(found, expected, "{says:?}");
        let now = endpoint(world, alice, id).await;
        assert_eq!(now.off, off.then_some(Off::Gone), "{says:?}");
        assert_eq!(now.rests_until.map(|until| until.since(START)), rest, "{says:?}");
        if let Some(rest) = rest {
            receiver.answers(Some((200, None)));
            ends(world, alice, done()).await;
            world.clock.advance(rest - SECOND);
            assert_eq!(due(world).await, 0, "{says:?}: it is left alone, also with what is new");
            world.clock.advance(SECOND);
            let tried = due(world).await;
            assert!((1..=3).contains(&tried), "{says:?}: {tried}");
            assert_eq!(endpoint(world, alice, id).await.rests_until, None, "{says:?}");
            world.clock.set_back(rest);
        }
        webhook::delete(&world.engine, &world.caller(alice, Role::User), id, Origin::default()).await.unwrap();
    }
}

#[tokio::test]
async fn five_days_of_failures_switch_an_endpoint_off_and_its_owner_is_told() {
    for (world, receiver) in worlds("hooks_five_days").await {
        receiver.arrived();
        receiver.answers(None);
        let new = account::NewAccount { email: Some("alice@example.com".to_owned()), ..account::NewAccount::default() };
        let alice = account::create(&world.engine, new).await.unwrap();
        let id = made(&world, alice, at(URL)).await.webhook.id;
        let letters = async || engine::delivery::list(&world.engine, Some("alice@example.com".to_owned()), 10).await.unwrap();
        for hour in 0..120 {
            ends(&world, alice, done()).await;
            due(&world).await;
            assert_eq!(endpoint(&world, alice, id).await.off, None, "hour {hour}");
            world.clock.advance(HOUR);
        }
        assert_eq!(world.engine.now().since(START), FAILING);
        assert!(letters().await.is_empty());
        ends(&world, alice, done()).await;
        due(&world).await;
        let off = endpoint(&world, alice, id).await;
        assert_eq!((off.off, off.off_at, off.failing_since), (Some(Off::Failing), Some(world.engine.now()), Some(START)));
        assert!(deliveries(&world, alice, id).await.iter().all(|(state, _)| matches!(state, State::Held | State::Failed)));
        common::until(async || !letters().await.is_empty()).await;
        let letter = letters().await.remove(0);
        assert!(letter.text.as_ref().is_some_and(|text| text.contains(URL) && text.contains("five days")), "{letter:?}");

        // What happens meanwhile is kept.
        receiver.arrived();
        ends(&world, alice, broken()).await;
        assert_eq!(due(&world).await, 0);
        assert_eq!(deliveries(&world, alice, id).await.last(), Some(&(State::Held, 0)));
        let caller = world.caller(alice, Role::User);
        let newest = newest(&world, alice, id).await;
        assert_eq!(webhook::resend(&world.engine, &caller, id, newest).await.unwrap_err(), Refusal::WebhookOff.into());
        assert_eq!(webhook::resend_since(&world.engine, &caller, id, START, false).await.unwrap_err(), Refusal::WebhookOff.into());

        // It works again: what was missed is sent when its owner says so, and nothing of it before.
        receiver.answers(Some((200, None)));
        let on = Change { enabled: Some(true), ..Change::default() };
        let on = webhook::update(&world.engine, &caller, id, on, Origin::default()).await.unwrap();
        assert_eq!((on.off, on.off_at, on.failing_since, on.rests_until), (None, None, None, None));
        assert_eq!(due(&world).await, 0);
        assert_eq!(webhook::resend_since(&world.engine, &caller, id, START, false).await.unwrap(), 122);
        assert_eq!(due(&world).await, 122);
        let mut ids: Vec<String> = receiver.arrived().into_iter().map(|message| message.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 122, "every event, once");
        assert!(deliveries(&world, alice, id).await.iter().all(|(state, _)| *state == State::Delivered));
        assert_eq!(letters().await.len(), 1);
    }
}

#[tokio::test]
async fn one_success_and_a_long_silence_begin_the_five_days_anew() {
    let (world, receiver) = world().await;
    let alice = world.account("alice", 0).await;
    let id = made(&world, alice, at(URL)).await.webhook.id;
    let day = async |says: Says, days: u32| {
        receiver.answers(says);
        ends(&world, alice, done()).await;
        due(&world).await;
        let off = endpoint(&world, alice, id).await.off;
        world.clock.advance(days * DAY);
        off
    };
    for _ in 0..4 {
        assert_eq!(day(Some((500, None)), 1).await, None);
    }
    assert_eq!(day(Some((200, None)), 1).await, None, "a success");
    for _ in 0..5 {
        assert_eq!(day(Some((500, None)), 1).await, None);
    }
    // Nothing is waiting any more, and the next failures are three days apart.
    let forget = "UPDATE webhook_deliveries SET state = 'failed', due_at = NULL";
    for _ in 0..4 {
        world.meddle(forget).await;
        world.clock.advance(3 * DAY);
        assert_eq!(day(Some((500, None)), 0).await, None, "failures that are far apart are not of one piece");
    }
}

#[tokio::test]
async fn whoever_dies_with_a_message_loses_none_and_sends_none_under_another_id() {
    for (world, receiver) in worlds("hooks_killed").await {
        receiver.arrived();
        let alice = world.account("alice", 0).await;
        let id = made(&world, alice, at(URL)).await.webhook.id;
        ends(&world, alice, done()).await;
        // Killed between the event and its delivery: it is in the database, and whoever comes next sends it. Killed after the claim, before
        // or after it was sent: nobody else has it for a minute.
        let now = world.engine.now();
        let claimed = world.db.write(async move |tx| Ok::<_, Error>(store::webhook::claim(tx, id, now, now.plus(60 * SECOND), 8).await?));
        assert_eq!(claimed.await.unwrap().len(), 1);
        assert_eq!(due(&world).await, 0);
        world.clock.advance(59 * SECOND);
        assert_eq!(due(&world).await, 0);
        world.clock.advance(SECOND);
        assert_eq!(due(&world).await, 1);
        let told = receiver.arrived();
        assert_eq!((told.len(), told[0].id.starts_with("event_")), (1, true));
        assert_eq!(deliveries(&world, alice, id).await, [(State::Delivered, 1)], "the claim of the dead was no try");
    }
}

#[tokio::test]
async fn the_outcome_of_a_claim_that_was_lost_counts_for_nothing() {
    let (world, _) = world().await;
    let alice = world.account("alice", 0).await;
    let id = made(&world, alice, at(URL)).await.webhook.id;
    ends(&world, alice, done()).await;
    let claim = async || {
        let now = world.engine.now();
        let claimed = world.db.write(async move |tx| Ok::<_, Error>(store::webhook::claim(tx, id, now, now.plus(60 * SECOND), 8).await?));
        claimed.await.unwrap().remove(0)
    };
    let old = claim().await;
    world.clock.advance(60 * SECOND);
    let young = claim().await;
    let settle = async |claimed: &store::webhook::Claimed, outcome| {
        let (claimed, now) = (claimed.clone(), world.engine.now());
        world.db.write(async move |tx| Ok::<_, Error>(store::webhook::settle(tx, &claimed, outcome, now).await?)).await.unwrap()
    };
    assert!(!settle(&old, store::webhook::Outcome::Ended(State::Failed)).await);
    assert!(settle(&young, store::webhook::Outcome::Ended(State::Delivered)).await);
    assert_eq!(deliveries(&world, alice, id).await, [(State::Delivered, 1)]);
}

#[tokio::test]
async fn several_processes_deliver_each_message_once() {
    for (world, receiver) in worlds("hooks_race").await {
        receiver.arrived();
        let world = Arc::new(world);
        let alice = world.account("alice", 0).await;
        for number in 0..3 {
            made(&world, alice, at(&format!("{URL}/{number}"))).await;
        }
        for _ in 0..20 {
            ends(&world, alice, done()).await;
        }
        let tries = race(|_| {
            let world = Arc::clone(&world);
            async move { webhook::due(&world.engine).await.unwrap() }
        });
        assert_eq!(tries.await.into_iter().sum::<usize>(), 60);
        let mut told: Vec<_> = receiver.arrived().into_iter().map(|message| (message.url, message.id)).collect();
        told.sort();
        let all = told.len();
        told.dedup();
        assert_eq!((told.len(), all), (60, 60), "each to each endpoint, once");
    }
}

#[tokio::test]
async fn events_of_tasks_that_end_at_once_are_all_written() {
    for (world, receiver) in worlds("hooks_many").await {
        receiver.arrived();
        let world = Arc::new(world);
        let alice = world.account("alice", 0).await;
        let id = made(&world, alice, at(URL)).await.webhook.id;
        let ended = race(|number| {
            let world = Arc::clone(&world);
            async move {
                let task = world.submit(alice).await.unwrap();
                if number % 2 == 0 {
                    return task::cancel(&world.engine, alice, PROBE, task.id).await.is_ok();
                }
                let on = Change { name: Some(format!("hook {number}")), ..Change::default() };
                webhook::update(&world.engine, &world.caller(alice, Role::User), id, on, Origin::default()).await.is_ok()
            }
        });
        assert!(ended.await.into_iter().all(|ended| ended));
        assert_eq!(deliveries(&world, alice, id).await.len(), 32);
        // Two cancel one task at once: it ends once.
        let task = world.submit(alice).await.unwrap();
        let cancelled = race(|_| {
            let world = Arc::clone(&world);
            async move { task::cancel(&world.engine, alice, PROBE, task.id).await.is_ok() }
        });
        assert_eq!(cancelled.await.into_iter().filter(|ended| *ended).count(), 1);
        assert_eq!(deliveries(&world, alice, id).await.len(), 33);
    }
}

#[tokio::test]
async fn a_rolled_secret_goes_on_signing_for_a_while() {
    for (world, receiver) in worlds("hooks_roll").await {
        receiver.arrived();
        let alice = world.account("alice", 0).await;
        let caller = world.caller(alice, Role::User);
        let own = format!("whsec_{}", "QUJD".repeat(10));
        let first = made(&world, alice, NewWebhook { secret: Some(own.clone()), ..at(URL) }).await;
        assert_eq!(first.secret, own, "a secret that somebody has already");
        let id = first.webhook.id;
        let roll = async |overlap: Duration| webhook::roll(&world.engine, &caller, id, overlap, None, Origin::default()).await;
        let signed = async |secrets: &[&str]| {
            ends(&world, alice, done()).await;
            due(&world).await;
            let told = receiver.arrived().remove(0);
            let event = domain::id::EventId(told.body["data"]["sequence"].as_i64().unwrap());
            let secrets: Vec<Secret> = secrets.iter().map(|text| Secret::parse(text).unwrap()).collect();
            assert_eq!(told.signatures, headers(&secrets, event, world.engine.now(), &told.text)[2].1);
        };
        signed(&[&first.secret]).await;
        let second = roll(HOUR).await.unwrap();
        assert_eq!(second.webhook.rolled_until, Some(world.engine.now().plus(HOUR)));
        signed(&[&second.secret, &first.secret]).await;
        world.clock.advance(HOUR);
        signed(&[&second.secret]).await;
        let third = roll(Duration::ZERO).await.unwrap();
        signed(&[&third.secret]).await;
        let week = roll(8 * DAY).await.unwrap_err();
        assert!(matches!(week, Error::Refused(Refusal::Invalid { field: "overlap_s", problem: Problem::OutOfBounds { .. } })), "{week}");
        let stored = world.db.read(async |tx| {
            let row = tx.query_one("SELECT secret, previous_secret FROM webhooks", &[]).await?;
            Ok::<_, Error>(format!("{} {}", row.text(0), row.text(1)))
        });
        let stored = stored.await.unwrap();
        assert!(stored.matches("sealed:").count() == 2 && !stored.contains("whsec_"), "{stored}");
    }
}

#[tokio::test]
async fn a_test_is_sent_once_and_says_nothing_of_how_the_endpoint_does() {
    for (world, receiver) in worlds("hooks_test").await {
        receiver.arrived();
        let alice = world.account("alice", 0).await;
        let caller = world.caller(alice, Role::User);
        let id = made(&world, alice, telling(&["order.paid"])).await.webhook.id;
        for (says, state) in [(Some((204, None)), State::Delivered), (Some((500, None)), State::Failed), (Some((410, None)), State::Failed)]
        {
            receiver.answers(says);
            let told = webhook::test(&world.engine, &caller, id).await.unwrap();
            assert_eq!((told.delivery.state, told.tries.len(), told.tries[0].status), (state, 1, says.map(|(status, _)| status)));
            let arrived = receiver.arrived().remove(0);
            assert_eq!((&arrived.body["type"], &arrived.body["data"]["webhook"]), (&"test".into(), &format!("webhook_{id}").into()));
            assert_eq!(told.body, arrived.text);
        }
        let still = endpoint(&world, alice, id).await;
        assert_eq!((still.off, still.failing_since), (None, None));
        world.clock.advance(HOUR);
        assert_eq!(due(&world).await, 0, "a test is not tried again");
        let off = Change { enabled: Some(false), ..Change::default() };
        webhook::update(&world.engine, &caller, id, off, Origin::default()).await.unwrap();
        for _ in 0..10 {
            webhook::test(&world.engine, &caller, id).await.unwrap();
        }
        let often = webhook::test(&world.engine, &caller, id).await.unwrap_err();
        assert!(matches!(often, Error::Refused(Refusal::TooOften(limit)) if limit.retry_after_s == 60), "{often}");
    }
}

#[tokio::test]
async fn what_was_given_up_or_delivered_is_sent_once_more_under_its_id() {
    for (world, receiver) in worlds("hooks_resend").await {
        receiver.arrived();
        let alice = world.account("alice", 0).await;
        let caller = world.caller(alice, Role::User);
        let id = made(&world, alice, at(URL)).await.webhook.id;
        receiver.answers(Some((200, None)));
        ends(&world, alice, done()).await;
        due(&world).await;
        let first = receiver.arrived().remove(0);
        let one = newest(&world, alice, id).await;
        world.clock.advance(DAY);
        let told = webhook::resend(&world.engine, &caller, id, one).await.unwrap();
        assert_eq!((told.delivery.state, told.delivery.tries), (State::Waiting, 0));
        receiver.answers(Some((500, None)));
        assert_eq!(due(&world).await, 1);
        world.clock.advance(6 * SECOND);
        receiver.answers(Some((200, None)));
        assert_eq!(due(&world).await, 1, "as if it were new: after five seconds");
        let again = receiver.arrived();
        assert!(again.iter().all(|message| (&message.id, &message.text) == (&first.id, &first.text)) && again.len() == 2, "{again:?}");
        let shown = webhook::read(&world.engine, &caller, id, one).await.unwrap();
        let statuses: Vec<_> = shown.tries.iter().map(|tried| tried.status).collect();
        assert_eq!(statuses, [Some(200), Some(500), Some(200)], "newest first");

        let since = world.engine.now();
        ends(&world, alice, done()).await;
        due(&world).await;
        let resent = async |since, delivered| webhook::resend_since(&world.engine, &caller, id, since, delivered).await.unwrap();
        assert_eq!(resent(START, false).await, 0, "all were delivered");
        assert_eq!(resent(since, true).await, 1);
        assert_eq!(resent(since.plus(SECOND), true).await, 0);
        assert_eq!(resent(START, true).await, 1, "one waits already");
        assert_eq!(due(&world).await, 2);
        let missing = webhook::resend(&world.engine, &caller, id, WebhookDeliveryId(999)).await.unwrap_err();
        assert_eq!(missing, Refusal::NotFound(Noun::Delivery).into());
    }
}

#[tokio::test]
async fn somebody_elses_endpoint_does_not_exist() {
    let (world, _) = world().await;
    let alice = world.account("alice", 0).await;
    let id = made(&world, alice, at(URL)).await.webhook.id;
    ends(&world, alice, done()).await;
    let delivery = newest(&world, alice, id).await;
    for role in [Role::User, Role::Admin] {
        let eve = world.caller(world.account(role.word(), 0).await, role);
        let (engine, origin) = (&world.engine, Origin::default);
        let refused = [
            webhook::get(engine, &eve, id).await.unwrap_err(),
            webhook::update(engine, &eve, id, Change::default(), origin()).await.unwrap_err(),
            webhook::roll(engine, &eve, id, Duration::ZERO, None, origin()).await.unwrap_err(),
            webhook::test(engine, &eve, id).await.unwrap_err(),
            webhook::deliveries(engine, &eve, id, None, WebhookDeliveryId(i64::MAX), 10).await.unwrap_err(),
            webhook::read(engine, &eve, id, delivery).await.unwrap_err(),
            webhook::resend(engine, &eve, id, delivery).await.unwrap_err(),
            webhook::resend_since(engine, &eve, id, START, true).await.unwrap_err(),
            webhook::delete(engine, &eve, id, origin()).await.unwrap_err(),
        ];
        assert!(refused.iter().all(|error| *error == Refusal::NotFound(Noun::Webhook).into()), "{refused:?}");
        let own = made(&world, eve.account, at(URL)).await.webhook.id;
        let foreign = webhook::read(engine, &eve, own, delivery).await.unwrap_err();
        assert_eq!(foreign, Refusal::NotFound(Noun::Delivery).into(), "somebody else's delivery under one's own endpoint");
    }
}

#[tokio::test]
async fn of_many_endpoints_made_at_once_ten_are_kept() {
    for (world, _) in worlds("hooks_ten").await {
        let world = Arc::new(world);
        let alice = world.account("alice", 0).await;
        let outcomes = race(|_| {
            let world = Arc::clone(&world);
            async move { webhook::create(&world.engine, &world.caller(alice, Role::User), at(URL), Origin::default()).await.map(drop) }
        });
        let outcomes = outcomes.await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 10);
        assert!(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(|error| *error == Refusal::TooManyWebhooks(10).into()));
    }
}

#[tokio::test]
async fn what_cannot_be_an_endpoint_is_refused() {
    let (world, _) = world().await;
    let alice = world.account("alice", 0).await;
    let mut production = Chosen::default();
    production.settings.production = true;
    let strict = World::sqlite_with(production).await;
    let bob = strict.account("bob", 0).await;
    for (new, field) in [
        (at(""), "url"),
        (at("example.com/hook"), "url"),
        (at("ftp://example.com/"), "url"),
        (at("https://user:secret@example.com/"), "url"),
        (at("https://example.com/#fragment"), "url"),
        (at(&format!("https://example.com/{}", "a".repeat(2000))), "url"),
        (telling(&["task.*"]), "types"),
        (telling(&["test"]), "types"),
        (NewWebhook { low_money: Some(0), ..at(URL) }, "low_money"),
        (NewWebhook { low_uses: Some(-1), ..at(URL) }, "low_uses"),
        (NewWebhook { secret: Some("whsec_dG9vIHNob3J0".to_owned()), ..at(URL) }, "secret"),
    ] {
        for (world, account) in [(&world, alice), (&strict, bob)] {
            let refused = webhook::create(&world.engine, &world.caller(account, Role::User), new.clone(), Origin::default()).await;
            assert!(
                matches!(refused, Err(Error::Refused(Refusal::Invalid { field: named, .. })) if named == field),
                "{new:?}: {refused:?}"
            );
        }
    }
    let plain = at("http://example.com/hook");
    let refused = webhook::create(&strict.engine, &strict.caller(bob, Role::User), plain.clone(), Origin::default()).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::Invalid { field: "url", problem: Problem::Because(_) }))), "{refused:?}");
    let made = made(&world, alice, plain).await;
    assert_eq!((made.webhook.name.as_str(), made.webhook.url.as_str()), ("example.com", "http://example.com/hook"), "development");
}

#[tokio::test]
async fn an_account_that_is_closed_is_told_nothing_and_one_that_is_shut_waits() {
    for (world, receiver) in worlds("hooks_closed").await {
        receiver.arrived();
        let [alice, bob] = [world.account("alice", 0).await, world.account("bob", 0).await];
        for owner in [alice, bob] {
            made(&world, owner, NewWebhook { low_money: Some(5), ..at(URL) }).await;
            ends(&world, owner, done()).await;
        }
        account::close(&world.engine, alice).await.unwrap();
        account::set_active(&world.engine, bob, false).await.unwrap();
        assert_eq!(due(&world).await, 0);
        account::set_active(&world.engine, bob, true).await.unwrap();
        assert_eq!(due(&world).await, 1);
        assert!(webhook::list(&world.engine, &world.caller(alice, Role::User)).await.unwrap().is_empty());
        assert_eq!(rows(&world, "SELECT COUNT(*) FROM wallets WHERE alert_below IS NOT NULL").await, 1);
        assert_eq!(
            rows(&world, "SELECT COUNT(*) FROM webhooks WHERE deleted_at IS NOT NULL AND secret <> ''").await,
            0,
            "secrets are gone"
        );
    }
}

#[tokio::test]
async fn what_is_thirty_days_old_is_dropped() {
    for (world, receiver) in worlds("hooks_tidy").await {
        receiver.arrived();
        let alice = world.account("alice", 0).await;
        let caller = world.caller(alice, Role::User);
        let old = made(&world, alice, at(URL)).await.webhook.id;
        let kept = made(&world, alice, at(URL)).await.webhook.id;
        ends(&world, alice, done()).await;
        due(&world).await;
        webhook::delete(&world.engine, &caller, old, Origin::default()).await.unwrap();
        world.clock.advance(20 * DAY);
        ends(&world, alice, done()).await;
        due(&world).await;
        world.clock.advance(10 * DAY + SECOND);
        webhook::tidy(&world.engine).await.unwrap();
        assert_eq!(deliveries(&world, alice, kept).await.len(), 1);
        let counts = "SELECT (SELECT COUNT(*) FROM webhooks) * 1000 + (SELECT COUNT(*) FROM webhook_events) * 100 \
                      + (SELECT COUNT(*) FROM webhook_deliveries) * 10 + (SELECT COUNT(*) FROM webhook_tries)";
        assert_eq!(rows(&world, counts).await, 1111, "one endpoint, event, delivery and try each");
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_strands_no_message() {
    for (world, receiver) in worlds("hooks_clock").await {
        receiver.arrived();
        engine::clock::note(&world.engine).await.unwrap();
        world.clock.advance(30 * DAY);
        engine::clock::note(&world.engine).await.unwrap();
        receiver.answers(Some((429, Some("86400"))));
        let alice = world.account("alice", 0).await;
        let id = made(&world, alice, at(URL)).await.webhook.id;
        ends(&world, alice, done()).await;
        assert_eq!(due(&world).await, 1);
        world.clock.set_back(30 * DAY);
        assert!(engine::clock::note(&world.engine).await.unwrap());
        receiver.answers(Some((200, None)));
        world.clock.advance(DAY);
        due(&world).await;
        assert_eq!(deliveries(&world, alice, id).await[0].0, State::Delivered);
    }
}

#[tokio::test]
async fn whoever_has_no_address_is_switched_off_without_a_letter() {
    let (world, receiver) = world().await;
    receiver.answers(Some((410, None)));
    let alice = world.account("alice", 0).await;
    let id = made(&world, alice, at(URL)).await.webhook.id;
    ends(&world, alice, done()).await;
    due(&world).await;
    assert_eq!(endpoint(&world, alice, id).await.off, Some(Off::Gone));
    world.engine.sending.close();
    world.engine.sending.wait().await;
    assert!(engine::delivery::list(&world.engine, None, 10).await.unwrap().is_empty());
}
