//! Redemption codes and worker tokens: who may mint and redeem, guesses, and races with real parallel calls on both databases.

mod common;

use std::{sync::Arc, time::Duration};

use common::{Chosen, World, race};
use domain::{account::Role, refusal::Refusal};
use engine::{
    Error, code,
    settings::{Minting, Settings},
    worker_token,
};

#[tokio::test]
async fn a10_of_many_parallel_redemptions_of_one_code_one_succeeds() {
    for world in World::both("race_redeem").await {
        let world = Arc::new(world);
        let mut accounts = Vec::new();
        for number in 0..4 {
            accounts.push(world.account(&format!("user{number}"), 0).await);
        }
        let minter = world.caller(accounts[0], Role::User);
        for alone in [true, false] {
            let text = code::mint(&world.engine, &minter, 1, 7).await.unwrap().remove(0);
            let before: i64 = total(&world, &accounts).await;
            let outcomes = race(|number| {
                let (world, text) = (Arc::clone(&world), text.clone());
                let account = accounts[if alone { 0 } else { number % 4 }];
                async move { code::redeem(&world.engine, account, &text, None).await }
            })
            .await;
            assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
            let unusable = Err(Refusal::UnusableCode.into());
            assert!(outcomes.iter().all(|outcome| outcome.is_ok() || *outcome == unusable), "{outcomes:?}");
            assert_eq!(total(&world, &accounts).await, before + 7);
        }
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

async fn total(world: &World, accounts: &[domain::id::AccountId]) -> i64 {
    let mut sum = 0;
    for account in accounts {
        sum += world.uses(*account).await;
    }
    sum
}

#[tokio::test]
async fn a09_codes_that_never_existed_are_guesses_and_used_ones_are_not() {
    let world = World::sqlite().await;
    let account = world.account("alice", 0).await;
    let text = code::mint(&world.engine, &world.caller(account, Role::User), 1, 1).await.unwrap().remove(0);
    code::redeem(&world.engine, account, &text.to_lowercase(), None).await.unwrap();
    let unusable = Err(Refusal::UnusableCode.into());
    for _ in 0..30 {
        assert_eq!(code::redeem(&world.engine, account, &text, None).await, unusable);
    }
    for _ in 0..10 {
        assert_eq!(code::redeem(&world.engine, account, "ABCDEFGH23456789", None).await, unusable);
    }
    let refused = code::redeem(&world.engine, account, "ABCDEFGH23456789", None).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::TooOften(_)))), "{refused:?}");
    world.clock.advance(Duration::from_secs(3600));
    assert_eq!(code::redeem(&world.engine, account, "x", None).await, unusable);
}

#[tokio::test]
async fn a07_a08_minting_is_for_those_who_may_and_within_bounds() {
    let settings = Settings { minting: Minting::Admins, ..Settings::default() };
    let world = World::sqlite_with(Chosen { settings, ..Chosen::default() }).await;
    let account = world.account("alice", 0).await;
    let (user, admin) = (world.caller(account, Role::User), world.caller(account, Role::Admin));
    assert_eq!(code::mint(&world.engine, &user, 1, 1).await, Err(Refusal::Forbidden.into()));
    for (count, uses) in [(0, 1), (-1, 1), (101, 1), (1_000_000_000, 1), (1, 0), (1, -5), (1, 100_001), (1, i64::MAX)] {
        let refused = code::mint(&world.engine, &admin, count, uses).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::Invalid { .. }))), "{count} {uses}");
    }
    assert_eq!(code::page(&world.engine, None, None, domain::id::CodeId(i64::MAX), 10).await.unwrap(), [], "nothing was stored");
    let texts = code::mint(&world.engine, &admin, 100, 100_000).await.unwrap();
    assert_eq!(texts.iter().collect::<std::collections::BTreeSet<_>>().len(), 100);
    let kept = code::page(&world.engine, None, None, domain::id::CodeId(i64::MAX), 1000).await.unwrap();
    assert!(kept.len() == 100 && kept.iter().all(|code| code.text.is_none()), "the texts are shown once and kept nowhere");
}

/// The random source's bytes become codes without a character that is likelier than another.
#[tokio::test]
async fn a09_no_character_of_a_code_is_likelier_than_another() {
    let world = World::sqlite().await;
    let mut counts = [0_u32; 128];
    for text in code::draw(&world.engine, 62_500) {
        for byte in text.bytes() {
            counts[usize::from(byte)] += 1;
        }
    }
    let expected = 1_000_000.0 / 32.0;
    let chi: f64 = domain::code::ALPHABET.iter().map(|c| (f64::from(counts[usize::from(*c)]) - expected).powi(2) / expected).sum();
    // 31 degrees of freedom: 61.1 is passed by chance once in a thousand.
    assert!(chi < 61.1, "chi-square {chi}");
}

#[tokio::test]
async fn meddling_with_redeemed_codes_is_found() {
    let world = World::sqlite().await;
    let account = world.account("alice", 0).await;
    world.redeem(account, 5).await;
    assert_eq!(world.faults().await, Vec::<String>::new());
    world.meddle("UPDATE codes SET uses = 6").await;
    assert!(world.faults().await.iter().any(|fault| fault.starts_with("I4 code 1")), "{:?}", world.faults().await);
    world.meddle("UPDATE codes SET uses = 5, redeemed_by = NULL").await;
    assert!(world.faults().await.iter().any(|fault| fault.starts_with("I4 code 1")));
}

#[tokio::test]
async fn a_worker_token_is_refused_once_it_is_taken_back() {
    let world = World::sqlite().await;
    let (id, text) = worker_token::create(&world.engine, "render".to_owned()).await.unwrap();
    assert_eq!(worker_token::authenticate(&world.engine, &text).await, Ok(id));
    assert_eq!(worker_token::list(&world.engine).await.unwrap()[0].used_at, Some(world.engine.now()));
    for bad in ["gfw_", "gfw_00", &text.to_uppercase(), &format!("{text} ")] {
        assert_eq!(worker_token::authenticate(&world.engine, bad).await, Err(Refusal::Unauthorized.into()), "{bad}");
    }
    worker_token::revoke(&world.engine, id).await.unwrap();
    assert_eq!(worker_token::authenticate(&world.engine, &text).await, Err(Refusal::Unauthorized.into()));
}
