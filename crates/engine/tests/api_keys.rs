//! API keys: what they open and what not, their ends, and races with real parallel calls on both databases.

mod common;

use std::{net::IpAddr, sync::Arc, time::Duration};

use common::{PROBE, World, race};
use domain::{account::Role, id::KeyId, problem::Problem, refusal::Refusal};
use engine::{
    Error, account,
    api_key::{self, Made, NewKey, Payer, Scope},
    kinds::metered,
    session::{self, Caller},
    task,
};

fn new(scopes: &[&str]) -> NewKey {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    NewKey { name: "程序".into(), scopes, networks: vec![], daily_cap: None, expires_at: None }
}

async fn made(world: &World, caller: &Caller, key: NewKey) -> Made {
    api_key::create(&world.engine, caller, key, domain::origin::Origin::default()).await.unwrap()
}

fn scope(text: &str) -> Scope {
    Scope::parse(text).unwrap()
}

/// What somebody gets who presents a key where a scope is needed.
async fn presented(world: &World, text: &str, from: Option<&str>, needed: &str) -> Result<Caller, Error> {
    let from = from.map(|address| address.parse::<IpAddr>().unwrap());
    session::identify(&world.engine, text, from, Some(&scope(needed))).await
}

#[tokio::test]
async fn a_key_opens_what_it_was_given_and_no_more() {
    for world in World::both("keys").await {
        let alice = world.caller(world.account("alice", 0).await, Role::User);
        let made = made(&world, &alice, new(&["tasks:write", "tasks:write", "wallet:read"])).await;
        assert_eq!(made.key.scopes, [scope("tasks:write"), scope("wallet:read")]);
        let caller = presented(&world, &made.text, None, "tasks:read").await.unwrap();
        assert_eq!((caller.account, caller.key), (alice.account, Some(made.key.id)));
        assert!(presented(&world, &made.text, None, "tasks:write").await.is_ok());
        for needed in ["wallet:write", "orders:read", "users:read", "worker:metered"] {
            let refused = presented(&world, &made.text, None, needed).await.unwrap_err();
            assert_eq!(refused, Refusal::KeyScope(Some(scope(needed))).into());
        }
        let nothing = session::identify(&world.engine, &made.text, None, None).await.unwrap_err();
        assert_eq!(nothing, Refusal::KeyScope(None).into(), "what needs a person is not for keys");
        // A key makes, lists and revokes no key.
        let none = Refusal::KeyScope(None);
        let origin = domain::origin::Origin::default;
        assert_eq!(api_key::create(&world.engine, &caller, new(&["tasks:read"]), origin()).await.unwrap_err(), none.clone().into());
        assert_eq!(api_key::list(&world.engine, &caller, KeyId(i64::MAX), 10).await.unwrap_err(), none.clone().into());
        assert_eq!(api_key::revoke(&world.engine, &caller, made.key.id, origin()).await.unwrap_err(), none.into());
        // Nor does somebody else.
        let bob = world.caller(world.account("bob", 0).await, Role::Admin);
        let missing = Refusal::NotFound(domain::refusal::Noun::Key);
        assert_eq!(api_key::revoke(&world.engine, &bob, made.key.id, origin()).await.unwrap_err(), missing.clone().into());
        assert_eq!(api_key::roll(&world.engine, &bob, made.key.id, Duration::ZERO, origin()).await.unwrap_err(), missing.into());
    }
}

#[tokio::test]
async fn a_key_is_kept_as_its_maker_wants_it_or_not_at_all() {
    let world = World::sqlite().await;
    let alice = world.caller(world.account("alice", 0).await, Role::User);
    let with = |networks: &[&str]| NewKey { networks: networks.iter().map(|text| (*text).to_owned()).collect(), ..new(&["tasks:read"]) };
    let many = vec!["192.0.2.1"; 21];
    let now = world.engine.now();
    for (key, field) in [
        (NewKey { name: " \u{200b} ".into(), ..new(&["tasks:read"]) }, "name"),
        (new(&[]), "scopes"),
        (new(&["tasks:read", "everything"]), "scopes"),
        (new(&["account:write"]), "scopes"),
        (with(&["192.0.2.0/33"]), "networks"),
        (with(&["localhost"]), "networks"),
        (with(&many), "networks"),
        (NewKey { daily_cap: Some(-1), ..new(&["tasks:read"]) }, "daily_cap"),
        (NewKey { expires_at: Some(now), ..new(&["tasks:read"]) }, "expires_at"),
    ] {
        let refused = api_key::create(&world.engine, &alice, key, domain::origin::Origin::default()).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::Invalid { field: named, .. }) if named == field), "{field}: {refused:?}");
    }
    let refused = api_key::create(&world.engine, &alice, new(&["worker:metered"]), domain::origin::Origin::default()).await.unwrap_err();
    assert_eq!(refused, Refusal::Forbidden.into(), "only administrators give work to workers");
    assert_eq!(api_key::list(&world.engine, &alice, KeyId(i64::MAX), 10).await.unwrap(), []);
    let kept = made(&world, &alice, with(&["192.0.2.77/24", "2001:db8::1"])).await.key;
    assert_eq!(kept.networks, ["192.0.2.0/24", "2001:db8::1/128"]);
}

#[tokio::test]
async fn a_key_ends_in_every_way_that_it_can() {
    for world in World::both("keys_end").await {
        let alice = world.caller(world.account("alice", 0).await, Role::User);
        let good = async |text: &str, from: Option<&str>| presented(&world, text, from, "tasks:read").await.is_ok();
        let origin = domain::origin::Origin::default;
        let networks = vec!["192.0.2.0/24".to_owned()];
        let at_home = made(&world, &alice, NewKey { networks, ..new(&["tasks:read"]) }).await;
        let outcomes =
            (good(&at_home.text, Some("192.0.2.9")).await, good(&at_home.text, Some("192.0.3.9")).await, good(&at_home.text, None).await);
        assert_eq!(outcomes, (true, false, false));

        let revoked = made(&world, &alice, new(&["tasks:read"])).await;
        let caller = presented(&world, &revoked.text, None, "tasks:read").await.unwrap();
        assert!(session::renew(&world.engine, &caller).await.is_ok());
        api_key::revoke(&world.engine, &alice, revoked.key.id, origin()).await.unwrap();
        assert!(!good(&revoked.text, None).await, "at once, though it was used a moment ago");
        assert_eq!(session::renew(&world.engine, &caller).await.unwrap_err(), Refusal::Unauthorized.into(), "an open socket hears of it");

        let short =
            made(&world, &alice, NewKey { expires_at: Some(world.engine.now().plus(Duration::from_secs(60))), ..new(&["tasks:read"]) })
                .await;
        assert!(good(&short.text, None).await);
        let old = made(&world, &alice, new(&["tasks:read"])).await;
        let young = api_key::roll(&world.engine, &alice, old.key.id, Duration::from_secs(3600), origin()).await.unwrap();
        assert!(good(&old.text, None).await && good(&young.text, None).await, "the old one goes on beside the new one");
        world.clock.advance(Duration::from_secs(60));
        assert!(!good(&short.text, None).await);
        world.clock.advance(Duration::from_secs(3600));
        assert!(!good(&old.text, None).await && good(&young.text, None).await);
        let week = api_key::LONGEST_OVERLAP + Duration::from_secs(1);
        let refused = api_key::roll(&world.engine, &alice, young.key.id, week, origin()).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::Invalid { field: "overlap_s", problem: Problem::OutOfBounds { .. } })));

        account::set_active(&world.engine, alice.account, false).await.unwrap();
        assert!(!good(&young.text, None).await);
        account::set_active(&world.engine, alice.account, true).await.unwrap();
        assert!(good(&young.text, None).await);
        account::close(&world.engine, alice.account).await.unwrap();
        assert!(!good(&young.text, None).await);
        let kept = api_key::list(&world.engine, &alice, KeyId(i64::MAX), 10).await.unwrap();
        assert!(kept.iter().all(|key| key.revoked_at.is_some()), "who leaves takes the keys along");
    }
}

#[tokio::test]
async fn the_last_use_is_noted_to_the_minute() {
    let world = World::sqlite().await;
    let alice = world.caller(world.account("alice", 0).await, Role::User);
    let text = made(&world, &alice, new(&["tasks:read"])).await.text;
    let used = async || api_key::list(&world.engine, &alice, KeyId(i64::MAX), 1).await.unwrap().remove(0);
    assert_eq!(used().await.used_at, None);
    let start = world.engine.now();
    for (after, noted, from) in [(0, 0, "192.0.2.1"), (30, 0, "192.0.2.1"), (60, 60, "192.0.2.3"), (100, 60, "192.0.2.3")] {
        world.clock.advance(start.plus(Duration::from_secs(after)).since(world.engine.now()));
        presented(&world, &text, Some(&format!("192.0.2.{}", 1 + after / 30)), "tasks:read").await.unwrap();
        let key = used().await;
        assert_eq!((key.used_at, key.used_from.as_deref()), (Some(start.plus(Duration::from_secs(noted))), Some(from)), "{after}");
    }
}

#[tokio::test]
async fn a_key_spends_no_more_than_it_may_in_a_day() {
    for world in World::both("keys_cap").await {
        let world = Arc::new(world);
        world.probe.price.store(100, std::sync::atomic::Ordering::SeqCst);
        let alice = world.caller(world.account("alice", 1_000_000).await, Role::User);
        let key = made(&world, &alice, NewKey { daily_cap: Some(1000), ..new(&["tasks:write"]) }).await.key;
        let payer = Payer { account: alice.account, key: Some(key.id) };
        let submit = |world: Arc<World>| async move {
            let submission = task::Submission { payer, kind: PROBE, input: "wait".to_owned(), rule: None };
            task::submit(&world.engine, submission).await
        };
        for day in 1..=2 {
            let outcomes = race(|_| submit(Arc::clone(&world))).await;
            assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 10, "a thousand for tasks at a hundred");
            let spent = Refusal::KeySpent.into();
            assert!(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(|error| *error == spent));
            assert_eq!(world.balance(alice.account).await, 1_000_000 - day * 1000);
            assert!(world.submit(alice.account).await.is_ok(), "whoever is signed in goes on");
            world.top_up(alice.account, 100, &format!("day {day}")).await;
            let id = outcomes.into_iter().find_map(Result::ok).unwrap().task.id;
            task::cancel(&world.engine, alice.account, PROBE, id).await.unwrap();
            world.top_up(alice.account, -100, &format!("refund {day}")).await;
            let retried = task::retry(&world.engine, payer, PROBE, id).await.unwrap_err();
            assert_eq!(retried, Refusal::KeySpent.into(), "a refund gives nothing back to the cap");
            world.clock.advance(Duration::from_secs(86_400));
        }
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn of_many_keys_made_at_once_fifty_are_kept_and_a_key_is_rolled_once() {
    for world in World::both("keys_race").await {
        let world = Arc::new(world);
        let alice = world.caller(world.account("alice", 0).await, Role::User);
        let first = made(&world, &alice, new(&["tasks:read"])).await.key.id;
        let rolled = race(|_| {
            let (world, alice) = (Arc::clone(&world), alice.clone());
            async move { api_key::roll(&world.engine, &alice, first, Duration::ZERO, domain::origin::Origin::default()).await.is_ok() }
        });
        assert_eq!(rolled.await.into_iter().filter(|rolled| *rolled).count(), 1);
        let outcomes = race(|_| {
            let (world, alice) = (Arc::clone(&world), alice.clone());
            async move { api_key::create(&world.engine, &alice, new(&["tasks:read"]), domain::origin::Origin::default()).await }
        });
        let outcomes = outcomes.await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 49);
        assert!(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(|error| *error == Refusal::TooManyKeys(50).into()));
    }
}

#[tokio::test]
async fn a_workers_key_reports_on_everybodys_tasks_as_long_as_its_owner_administers() {
    let world = World::sqlite().await;
    let bob = world.account("bob", 0).await;
    world.redeem(bob, 1).await;
    let id = metered::submit(&world.engine, bob, None).await.unwrap().id;
    let boss = world.account("boss", 0).await;
    account::set_role(&world.engine, boss, Role::Admin).await.unwrap();
    let text = made(&world, &world.caller(boss, Role::Admin), new(&["worker:metered"])).await.text;
    let needed = scope("tasks:read");
    let asker = async || metered::asker(&world.engine, &text, None, Some(&needed)).await;
    let worker = asker().await.unwrap();
    assert!(matches!(worker, metered::Asker::Worker(_)));
    assert_eq!(metered::get(&world.engine, &worker, id).await.unwrap().0.id, id);
    account::set_role(&world.engine, boss, Role::User).await.unwrap();
    assert_eq!(asker().await.unwrap_err(), Refusal::KeyScope(Some(needed.clone())).into());
}

#[tokio::test]
async fn what_only_looks_like_a_key_opens_nothing() {
    let world = World::sqlite().await;
    let alice = world.caller(world.account("alice", 0).await, Role::User);
    let text = made(&world, &alice, new(&["tasks:read"])).await.text;
    let typed = text.replace(&text[10..11], if &text[10..11] == "x" { "y" } else { "x" });
    let other = domain::api_key::compose(domain::api_key::TEST, &"0".repeat(32));
    for bad in [typed.as_str(), &other, "gf_test_", "gf_live_0", &text[..text.len() - 1], &text.to_lowercase()] {
        assert_eq!(presented(&world, bad, None, "tasks:read").await.unwrap_err(), Refusal::Unauthorized.into(), "{bad}");
    }
    assert!(presented(&world, &text, None, "tasks:read").await.is_ok());
}
