//! Orders on both databases: callbacks, re-queries, and the races between them.

mod common;

use std::{sync::Arc, time::Duration};

use common::{Chosen, World, nobody, race};
use domain::{
    account::Role,
    id::AccountId,
    id::OrderId,
    order::{Channel, Status},
    origin::Origin,
    refusal::Refusal,
    wallet::Asset,
};
use doubles::StubGateway;
use engine::{
    Error,
    account::administer::{self, Adjustment},
    idempotency::{Answered, Once},
    method::{self, Config, Draft},
    order::{self, Manual, NewOrder, Settlement, Verdict},
};
use ports::payment::OrderStatus;

const YUAN: i64 = 1_000_000;

fn settled() -> Settlement {
    Settlement { reason: "现金已收".to_owned(), origin: Origin::default(), once: None }
}

/// Worlds with a gateway of which one says what it knows.
async fn worlds(name: &str) -> (Vec<World>, Arc<StubGateway>) {
    let gateway = Arc::new(StubGateway::default());
    let mut reach = nobody();
    reach.gateway = gateway.clone();
    (World::both_with(name, Chosen { reach, ..Chosen::default() }).await, gateway)
}

/// A payment method; its name in addresses.
async fn method(world: &World, admin: &str) -> String {
    let admin = world.account(admin, 0).await;
    let draft = Draft { name: Some("支付宝".to_owned()), config: Some(Config::default()), enabled: Some(true) };
    method::create(&world.engine, &world.caller(admin, Role::Admin), "epay", draft, Origin::default()).await.unwrap().uuid
}

async fn order(world: &World, account: AccountId, uuid: &str, amount: i64) -> Result<OrderId, Error> {
    let new = NewOrder {
        amount,
        method: uuid.to_owned(),
        channel: Channel::Alipay,
        return_url: "http://shop/back".to_owned(),
        origin: Origin::default(),
        once: None,
    };
    match order::create(&world.engine, &world.caller(account, Role::User), new).await? {
        Answered::Executed(jump) => Ok(jump.order),
        Answered::Replayed(text) => panic!("{text}"),
    }
}

async fn notify(world: &World, uuid: &str, order: &OrderId, trade: &str, fen: &str, more: &[(&str, &str)]) -> Verdict {
    let mut fields = vec![("order", order.as_str()), ("trade", trade), ("fen", fen), ("sign", "good")];
    fields.extend(more);
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    order::notify(&world.engine, uuid, fields).await.unwrap()
}

async fn status(world: &World, id: &OrderId) -> Status {
    order::get(&world.engine, None, id.clone()).await.unwrap().0.status
}

/// What happened to an order: each sort of event once, by name.
async fn happened(world: &World, id: &OrderId) -> Vec<String> {
    let mut what: Vec<String> = order::get(&world.engine, None, id.clone()).await.unwrap().1.into_iter().map(|event| event.what).collect();
    what.sort();
    what.dedup();
    what
}

#[tokio::test]
async fn e18_an_order_is_credited_once_however_often_it_is_announced() {
    let (worlds, _) = worlds("orders_race").await;
    for world in worlds {
        let world = Arc::new(world);
        let uuid = method(&world, "admin").await;
        let payer = world.account("payer", 0).await;
        let id = order(&world, payer, &uuid, 100 * YUAN).await.unwrap();
        let verdicts = race(|_| {
            let (world, uuid, id) = (Arc::clone(&world), uuid.clone(), id.clone());
            async move { notify(&world, &uuid, &id, "t1", "10000", &[]).await }
        })
        .await;
        assert!(verdicts.iter().all(|verdict| *verdict == Verdict::Success));
        assert_eq!(world.balance(payer).await, 100 * YUAN);
        assert_eq!(happened(&world, &id).await, ["callback", "created", "jumped", "paid"]);
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn e17_what_does_not_fit_credits_nothing() {
    let (worlds, _) = worlds("orders_fit").await;
    for world in worlds {
        let uuid = method(&world, "admin").await;
        let other = method(&world, "other-admin").await;
        let payer = world.account("payer", 0).await;
        let id = order(&world, payer, &uuid, 100 * YUAN).await.unwrap();
        let second = order(&world, payer, &uuid, 50 * YUAN).await.unwrap();
        let unknown = OrderId::new([9; 16]);
        assert_eq!(notify(&world, &uuid, &id, "t1", "1", &[]).await, Verdict::Fail, "another amount");
        assert_eq!(notify(&world, &uuid, &id, "t1", "1.0E+15", &[]).await, Verdict::Fail, "no amount");
        assert_eq!(notify(&world, &uuid, &id, "t1", "10000", &[("status", "WAIT_BUYER_PAY")]).await, Verdict::Success, "not paid");
        assert_eq!(notify(&world, &uuid, &unknown, "t1", "10000", &[]).await, Verdict::Fail, "no order");
        assert_eq!(notify(&world, &other, &id, "t1", "10000", &[]).await, Verdict::Fail, "another method's order");
        assert_eq!(notify(&world, "no-such", &id, "t1", "10000", &[]).await, Verdict::Fail, "no method");
        assert_eq!(notify(&world, &uuid, &id, "t1", "10000", &[("fen", "1")]).await, Verdict::Fail, "a field twice");
        assert_eq!(notify(&world, &uuid, &id, "t1", "10000", &[("sign", "good")]).await, Verdict::Fail, "e16: the signature twice");
        let forged = vec![("order".to_owned(), id.to_string()), ("sign".to_owned(), "bad".to_owned())];
        assert_eq!(order::notify(&world.engine, &uuid, forged).await.unwrap(), Verdict::Fail, "e16: a wrong signature");
        assert_eq!((world.balance(payer).await, status(&world, &id).await), (0, Status::Pending));
        assert_eq!(notify(&world, &uuid, &id, "t1", "10000", &[]).await, Verdict::Success);
        assert_eq!(notify(&world, &uuid, &second, "t1", "5000", &[]).await, Verdict::Fail, "a trade of another order");
        assert_eq!(notify(&world, &uuid, &id, "t2", "10000", &[]).await, Verdict::Success, "a second payment is the operator's");
        assert_eq!((world.balance(payer).await, status(&world, &second).await), (100 * YUAN, Status::Pending));
        assert!(happened(&world, &id).await.contains(&"alarm".to_owned()));
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_lost_callback_is_found_by_asking_and_silence_expires() {
    let (worlds, gateway) = worlds("orders_asked").await;
    for world in worlds {
        let uuid = method(&world, "admin").await;
        let payer = world.account("payer", 0).await;
        *gateway.status.lock().unwrap() = Some(OrderStatus::Unpaid);
        let (paid, silent) = (order(&world, payer, &uuid, 2 * YUAN).await.unwrap(), order(&world, payer, &uuid, 3 * YUAN).await.unwrap());
        assert_eq!(order::due(&world.engine).await.unwrap(), 0, "not before a minute");
        world.clock.advance(Duration::from_secs(61));
        assert_eq!(order::due(&world.engine).await.unwrap(), 2);
        assert_eq!(order::due(&world.engine).await.unwrap(), 0, "asked a moment ago");
        *gateway.status.lock().unwrap() = Some(OrderStatus::Paid { trade: "t7".to_owned(), fen: Some(200) });
        order::recheck(&world.engine, None, paid.clone()).await.unwrap();
        assert_eq!((status(&world, &paid).await, world.balance(payer).await), (Status::Paid, 2 * YUAN));
        // The amount of the other one is another, so the same word credits nothing.
        for _ in 0..6 {
            world.clock.advance(Duration::from_secs(8 * 3600));
            order::due(&world.engine).await.unwrap();
        }
        assert_eq!((status(&world, &silent).await, world.balance(payer).await), (Status::Expired, 2 * YUAN));
        assert_eq!(notify(&world, &uuid, &silent, "t8", "300", &[]).await, Verdict::Success, "late, and paid after all");
        assert_eq!((status(&world, &silent).await, world.balance(payer).await), (Status::Paid, 5 * YUAN));
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn cancelled_and_paid_after_all_is_credited_with_an_alarm() {
    let (worlds, _) = worlds("orders_cancelled").await;
    for world in worlds {
        let uuid = method(&world, "admin").await;
        let payer = world.account("payer", 0).await;
        let admin = world.caller(payer, Role::Admin);
        let id = order(&world, payer, &uuid, YUAN).await.unwrap();
        order::cancel(&world.engine, &admin, id.clone(), Origin::default()).await.unwrap();
        let again = order::cancel(&world.engine, &admin, id.clone(), Origin::default()).await.unwrap_err();
        assert!(matches!(again, Error::Refused(Refusal::OrderState(Status::Cancelled))), "{again}");
        assert_eq!(notify(&world, &uuid, &id, "t1", "100", &[]).await, Verdict::Success);
        assert_eq!(world.balance(payer).await, YUAN);
        assert_eq!(happened(&world, &id).await, ["alarm", "callback", "cancelled", "created", "jumped"]);
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn e22_amounts_methods_and_the_number_of_orders_are_bounded() {
    let (worlds, _) = worlds("orders_bounds").await;
    for world in worlds {
        let world = Arc::new(world);
        let uuid = method(&world, "admin").await;
        let payer = world.account("payer", 0).await;
        for amount in [0, -YUAN, 1, 5_000, 50_001 * YUAN, i64::MAX] {
            assert!(matches!(
                order(&world, payer, &uuid, amount).await.unwrap_err(),
                Error::Refused(Refusal::Invalid { field: "amount", .. })
            ));
        }
        assert!(matches!(order(&world, payer, "none", YUAN).await.unwrap_err(), Error::Refused(Refusal::MethodOff)));
        let made = race(|_| {
            let (world, uuid) = (Arc::clone(&world), uuid.clone());
            async move { order(&world, payer, &uuid, YUAN).await.is_ok() }
        })
        .await;
        assert_eq!(made.into_iter().filter(|made| *made).count(), 20);
    }
}

#[tokio::test]
async fn a_manual_order_is_completed_once_and_a_key_does_things_once() {
    let (worlds, _) = worlds("orders_manual").await;
    for world in worlds {
        let world = Arc::new(world);
        let user = world.account("user", 0).await;
        let boss = world.account("boss", 0).await;
        let once = || Once {
            route: "orders".to_owned(),
            key: "k1".to_owned(),
            request: [1; 32],
            encode: Arc::new(|order: &domain::order::Order| order.id.to_string()),
        };
        let made = race(|_| {
            let world = Arc::clone(&world);
            let manual =
                Manual { account: user, amount: 7 * YUAN, remark: "转账".to_owned(), origin: Origin::default(), once: Some(once()) };
            async move {
                match order::create_manual(&world.engine, &world.caller(boss, Role::Admin), manual).await.unwrap() {
                    Answered::Executed(order) => (true, order.id.to_string()),
                    Answered::Replayed(text) => (false, text),
                }
            }
        })
        .await;
        assert_eq!(made.iter().filter(|(now, _)| *now).count(), 1, "one was made");
        assert!(made.iter().all(|(_, id)| *id == made[0].1), "and all were told of it");
        let other = Once { request: [2; 32], ..once() };
        let manual = Manual { account: user, amount: YUAN, remark: String::new(), origin: Origin::default(), once: Some(other) };
        let refused = order::create_manual(&world.engine, &world.caller(boss, Role::Admin), manual).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::KeyReused)), "{refused}");
        let id = OrderId::parse(&made[0].1).unwrap();
        let completed = race(|_| {
            let (world, id) = (Arc::clone(&world), id.clone());
            async move { order::complete(&world.engine, &world.caller(boss, Role::Admin), id, settled()).await }
        })
        .await;
        assert_eq!(completed.iter().filter(|done| done.is_ok()).count(), 1);
        assert_eq!(world.balance(user).await, 7 * YUAN);
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn e10_a_key_of_one_is_no_key_of_another_and_a_double_click_pays_once() {
    let (worlds, _) = worlds("orders_keys").await;
    for world in worlds {
        let world = Arc::new(world);
        let user = world.account("user", 0).await;
        let (boss, chief) = (world.account("boss", 0).await, world.account("chief", 0).await);
        let click = |by: AccountId, at: usize| {
            let world = Arc::clone(&world);
            async move {
                let once = Once {
                    route: "balance".to_owned(),
                    key: "k".to_owned(),
                    request: [0; 32],
                    encode: Arc::new(move |_: &_| format!("answer {at}")),
                };
                let (reason, origin) = (String::new(), Origin::default());
                let adjustment = Adjustment { account: user, asset: Asset::Money, amount: YUAN, reason, origin, once: Some(once) };
                administer::adjust(&world.engine, &world.caller(by, Role::Admin), adjustment).await.unwrap();
            }
        };
        race(|number| click(if number % 2 == 0 { boss } else { chief }, number)).await;
        assert_eq!(world.balance(user).await, 2 * YUAN, "x18: one for each administrator");
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn e14_of_64_changes_from_one_sight_one_succeeds() {
    let (worlds, _) = worlds("accounts_race").await;
    for world in worlds {
        let world = Arc::new(world);
        let user = world.account("user", 0).await;
        let boss = world.account("boss", 0).await;
        engine::account::set_role(&world.engine, boss, Role::Admin).await.unwrap();
        let version = |world: &World| {
            let engine = Arc::clone(&world.engine);
            async move { engine::account::with_wallet(&engine, user, domain::wallet::Asset::Money).await.unwrap().0.version }
        };
        let before = version(&world).await;
        let outcomes = race(|number| {
            let world = Arc::clone(&world);
            async move {
                let update = administer::Update { active: Some(number % 2 == 0), ..administer::Update::default() };
                administer::update(&world.engine, &world.caller(boss, Role::Admin), user, update, Origin::default()).await
            }
        })
        .await;
        let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert!(done >= 1);
        assert_eq!(version(&world).await - before, i64::try_from(done).unwrap(), "each success is one change");
        for outcome in outcomes.into_iter().filter_map(Result::err) {
            assert!(matches!(outcome, Error::Refused(Refusal::Stale)), "{outcome}");
        }
    }
}

#[tokio::test]
async fn parallel_requests_under_different_keys_do_not_wait_for_each_other() {
    let (worlds, _) = worlds("orders_many_keys").await;
    for world in worlds {
        let world = Arc::new(world);
        let uuid = method(&world, "admin").await;
        let payer = world.account("payer", 0).await;
        let made = race(|number| {
            let (world, uuid) = (Arc::clone(&world), uuid.clone());
            async move {
                let once = Once {
                    route: "pay".to_owned(),
                    key: format!("k{}", number % 16),
                    request: [0; 32],
                    encode: Arc::new(|jump: &order::Jump| jump.order.to_string()),
                };
                let new = NewOrder {
                    amount: YUAN,
                    method: uuid,
                    channel: Channel::Wxpay,
                    return_url: "http://shop/".to_owned(),
                    origin: Origin::default(),
                    once: Some(once),
                };
                match order::create(&world.engine, &world.caller(payer, Role::User), new).await.unwrap() {
                    Answered::Executed(jump) => jump.order.to_string(),
                    Answered::Replayed(text) => text,
                }
            }
        })
        .await;
        let distinct: std::collections::HashSet<_> = made.into_iter().collect();
        assert_eq!(distinct.len(), 16, "one order a key");
    }
}

#[tokio::test]
async fn a_gateway_that_is_away_is_no_gateway_that_says_unpaid() {
    let (worlds, gateway) = worlds("orders_silence").await;
    for world in worlds {
        *gateway.status.lock().unwrap() = None;
        let uuid = method(&world, "admin").await;
        let payer = world.account("payer", 0).await;
        let id = order(&world, payer, &uuid, 2 * YUAN).await.unwrap();
        for _ in 0..30 {
            world.clock.advance(Duration::from_secs(3600));
            order::due(&world.engine).await.unwrap();
        }
        assert_eq!(status(&world, &id).await, Status::Pending, "nobody said anything for thirty hours");
        *gateway.status.lock().unwrap() = Some(OrderStatus::Paid { trade: "t1".to_owned(), fen: Some(200) });
        world.clock.advance(Duration::from_secs(600));
        order::due(&world.engine).await.unwrap();
        assert_eq!((status(&world, &id).await, world.balance(payer).await), (Status::Paid, 2 * YUAN));
    }
}

#[tokio::test]
async fn administrators_do_not_shut_each_other_out_and_nobody_rises_above() {
    let (worlds, _) = worlds("accounts_rights").await;
    for world in worlds {
        let world = Arc::new(world);
        let make = |name: &'static str| {
            let world = Arc::clone(&world);
            async move {
                let new = engine::account::NewAccount { username: Some(name.to_owned()), admin: true, ..Default::default() };
                engine::account::create(&world.engine, new).await.unwrap()
            }
        };
        let (one, other) = (make("one").await, make("other").await);
        let outcomes = race(|number| {
            let world = Arc::clone(&world);
            let (by, whom) = if number % 2 == 0 { (one, other) } else { (other, one) };
            async move {
                let update = administer::Update { active: Some(false), ..administer::Update::default() };
                administer::update(&world.engine, &world.caller(by, Role::Admin), whom, update, Origin::default()).await.is_ok()
            }
        })
        .await;
        assert!(outcomes.iter().any(|done| *done));
        let active = |id| {
            let engine = Arc::clone(&world.engine);
            async move { engine::account::with_wallet(&engine, id, domain::wallet::Asset::Money).await.unwrap().0.active }
        };
        assert!(active(one).await || active(other).await, "one is left");
        let boss = world.account("boss", 0).await;
        engine::account::set_role(&world.engine, boss, Role::SuperAdmin).await.unwrap();
        let update = administer::Update { password: Some("taken over".to_owned()), ..administer::Update::default() };
        let refused =
            administer::update(&world.engine, &world.caller(one, Role::Admin), boss, update, Origin::default()).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::Forbidden)), "{refused}");
        let refused = administer::close(&world.engine, &world.caller(one, Role::Admin), boss, Origin::default()).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::Forbidden)), "{refused}");
        let same = administer::Update { role: Some(Role::Admin), ..administer::Update::default() };
        let shown = administer::update(&world.engine, &world.caller(boss, Role::SuperAdmin), one, same, Origin::default()).await.unwrap();
        assert_eq!(shown.account.role, Role::Admin);
    }
}
