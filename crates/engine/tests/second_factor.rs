//! Second factors and fresh proofs: at every door, used once, and never longer fresh than ten minutes; on both databases.

mod common;

use std::{sync::Arc, time::Duration};

use common::{World, race};
use domain::{
    account::Role, api_key::Scope, delivery::Channel, id::AccountId, origin::Origin, refusal::Refusal, totp, verification::Purpose,
    wallet::Asset,
};
use engine::{
    Error,
    account::{
        self, CodeSignIn, Proof, SecondFactor, SessionOptions, SignIn, SignedIn,
        administer::{self, Adjustment},
    },
    api_key,
    letter::Language,
    second_factor, session,
    verification::{self, CodeRequest},
};

const PASSWORD: &str = "a long pass phrase";

/// A session of the native surface, with a second factor in its own field.
fn own(totp: Option<&str>) -> SessionOptions {
    SessionOptions {
        second_factor: SecondFactor::Field(totp.map(str::to_owned)),
        step_up: true,
        ..SessionOptions::new("native", Duration::from_secs(86_400), None)
    }
}

/// A session of a document that knows no second factor.
fn published() -> SessionOptions {
    SessionOptions::new("studio", Duration::from_secs(86_400), None)
}

async fn enter(world: &World, password: &str, session: SessionOptions) -> Result<SignedIn, Error> {
    account::sign_in(&world.engine, SignIn { name: "alice".into(), password: password.into(), session }).await
}

async fn caller(world: &World, signed_in: &SignedIn) -> session::Caller {
    session::authenticate(&world.engine, &signed_in.token).await.unwrap()
}

async fn alice(world: &World) -> AccountId {
    let new = account::NewAccount { username: Some("alice".into()), password: Some(PASSWORD.into()), ..Default::default() };
    account::create(&world.engine, new).await.unwrap()
}

/// What an authenticator with this secret shows now.
fn shown(world: &World, secret: &str) -> String {
    totp::code(&totp::read(secret).unwrap(), totp::step(world.engine.now()))
}

/// Sets an authenticator up for somebody who is signed in: its secret and the recovery codes.
async fn set_up(world: &World, caller: &session::Caller) -> (String, Vec<String>) {
    let begun = second_factor::begin(&world.engine, caller).await.unwrap();
    let code = shown(world, &begun.secret);
    let codes = second_factor::switch_on(&world.engine, caller, &code, Origin::default(), None).await.unwrap();
    world.clock.advance(Duration::from_secs(60));
    (begun.secret, codes)
}

/// What this process remembered for a moment is read again.
async fn forget(world: &World, account: AccountId) {
    account::set_active(&world.engine, account, true).await.unwrap();
}

fn refused<T>(result: Result<T, Error>) -> Result<(), Error> {
    result.map(drop)
}

#[tokio::test]
async fn every_door_asks_for_it_once_it_is_on() {
    for world in World::both("second_factor_doors").await {
        alice(&world).await;
        let first = enter(&world, PASSWORD, own(None)).await.unwrap();
        let other = enter(&world, PASSWORD, published()).await.unwrap();
        let holder = caller(&world, &first).await;
        let begun = second_factor::begin(&world.engine, &holder).await.unwrap();
        assert!(begun.uri.contains(&begun.secret), "{}", begun.uri);
        // Nothing asks for what was only begun.
        enter(&world, PASSWORD, own(None)).await.unwrap();
        let wrong = second_factor::switch_on(&world.engine, &holder, "000000", Origin::default(), None).await;
        assert_eq!(refused(wrong), Err(Refusal::WrongSecondFactor.into()));
        let (secret, recovery) = set_up(&world, &holder).await;
        assert_eq!(recovery.len(), 10);
        assert_eq!(session::authenticate(&world.engine, &other.token).await, Err(Refusal::SessionEnded.into()), "opened without it");
        session::authenticate(&world.engine, &first.token).await.unwrap();

        // The native field, and what is typed behind the password of a document that has none.
        assert_eq!(refused(enter(&world, PASSWORD, own(None)).await), Err(Refusal::SecondFactor.into()));
        assert_eq!(refused(enter(&world, PASSWORD, published()).await), Err(Refusal::SecondFactor.into()));
        assert_eq!(refused(enter(&world, "wrong", own(None)).await), Err(Refusal::WrongCredentials.into()), "the password comes first");
        assert_eq!(refused(enter(&world, PASSWORD, own(Some("123456"))).await), Err(Refusal::WrongSecondFactor.into()));
        let code = shown(&world, &secret);
        assert_eq!(refused(enter(&world, &format!("wrong{code}"), published()).await), Err(Refusal::WrongCredentials.into()));
        enter(&world, &format!("{PASSWORD}{code}"), published()).await.unwrap();
        assert_eq!(refused(enter(&world, PASSWORD, own(Some(&code))).await), Err(Refusal::WrongSecondFactor.into()), "used");
        world.clock.advance(Duration::from_secs(30));
        enter(&world, PASSWORD, own(Some(&shown(&world, &secret)))).await.unwrap();

        // A recovery code is good once, however it is spelled.
        let spelled = recovery[0].to_uppercase().replace('-', " ");
        enter(&world, PASSWORD, own(Some(&spelled))).await.unwrap();
        assert_eq!(refused(enter(&world, PASSWORD, own(Some(&recovery[0]))).await), Err(Refusal::WrongSecondFactor.into()));
        let status = second_factor::status(&world.engine, &holder).await.unwrap();
        assert_eq!((status.on_since.is_some(), status.codes_left), (true, 9));
    }
}

#[tokio::test]
async fn a_code_to_a_phone_does_not_go_round_it() {
    for world in World::both("second_factor_phone").await {
        let by_code = async |session| {
            let phone = "13800138000".to_owned();
            let ask = CodeRequest {
                purpose: Purpose::SignIn,
                channel: Channel::Sms,
                to: phone.clone(),
                language: Language::Chinese,
                address: None,
            };
            world.clock.advance(Duration::from_secs(61));
            let code = verification::issue(&world.engine, ask).await.unwrap().unwrap();
            let request = |session| CodeSignIn { channel: Channel::Sms, to: phone.clone(), code: code.clone(), session };
            let first = account::sign_in_by_code(&world.engine, request(session)).await;
            (first, code)
        };
        let signed_in = by_code(own(None)).await.0.unwrap();
        let (secret, _) = set_up(&world, &caller(&world, &signed_in).await).await;
        assert_eq!(refused(by_code(published()).await.0), Err(Refusal::SecondFactor.into()));
        let (first, code) = by_code(own(None)).await;
        assert_eq!(refused(first), Err(Refusal::SecondFactor.into()));
        // The code that was sent is still good: nobody has to wait for another.
        let session = own(Some(&shown(&world, &secret)));
        let request = CodeSignIn { channel: Channel::Sms, to: "13800138000".into(), code, session };
        account::sign_in_by_code(&world.engine, request).await.unwrap();
    }
}

#[tokio::test]
async fn of_many_with_one_code_one_comes_in() {
    for world in World::both("second_factor_race").await {
        alice(&world).await;
        let first = enter(&world, PASSWORD, own(None)).await.unwrap();
        let (secret, recovery) = set_up(&world, &caller(&world, &first).await).await;
        let world = Arc::new(world);
        for code in [shown(&world, &secret), recovery[0].clone()] {
            let results = race(|_| {
                let (world, code) = (Arc::clone(&world), code.clone());
                async move { enter(&world, PASSWORD, own(Some(&code))).await }
            })
            .await;
            assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{code}");
            // Past the hour in which the wrong ones count.
            world.clock.advance(Duration::from_secs(3601));
        }
    }
}

#[tokio::test]
async fn wrong_codes_are_counted() {
    let world = World::sqlite().await;
    alice(&world).await;
    let first = enter(&world, PASSWORD, own(None)).await.unwrap();
    let (secret, _) = set_up(&world, &caller(&world, &first).await).await;
    for _ in 0..10 {
        assert_eq!(refused(enter(&world, PASSWORD, own(Some("000000"))).await), Err(Refusal::WrongSecondFactor.into()));
    }
    let right = shown(&world, &secret);
    let Err(Error::Refused(Refusal::TooOften(_))) = enter(&world, PASSWORD, own(Some(&right))).await else { panic!("ten in an hour") };
    world.clock.advance(Duration::from_secs(3601));
    enter(&world, PASSWORD, own(Some(&shown(&world, &secret)))).await.unwrap();
}

#[tokio::test]
async fn a_clock_that_was_set_back_locks_nobody_out() {
    for world in World::both("second_factor_clock").await {
        alice(&world).await;
        world.clock.advance(Duration::from_secs(25 * 3600));
        let first = enter(&world, PASSWORD, own(None)).await.unwrap();
        let (secret, _) = set_up(&world, &caller(&world, &first).await).await;
        enter(&world, PASSWORD, own(Some(&shown(&world, &secret)))).await.unwrap();
        world.clock.set_back(Duration::from_secs(25 * 3600));
        enter(&world, PASSWORD, own(Some(&shown(&world, &secret)))).await.unwrap();
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_signs_no_browser_out() {
    for world in World::both("second_factor_browser").await {
        alice(&world).await;
        let session = SessionOptions { lifetime: Duration::from_secs(90 * 86_400), ..own(None) };
        let signed_in = enter(&world, PASSWORD, session).await.unwrap();
        world.clock.advance(Duration::from_secs(7200));
        engine::clock::note(&world.engine).await.unwrap();
        world.clock.set_back(Duration::from_secs(3600));
        assert!(engine::clock::note(&world.engine).await.unwrap());
        session::authenticate(&world.engine, &signed_in.token).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_dangerous_takes_a_fresh_proof() {
    for world in World::both("step_up").await {
        let id = alice(&world).await;
        account::set_role(&world.engine, id, Role::Admin).await.unwrap();
        let first = enter(&world, PASSWORD, own(None)).await.unwrap();
        let old = caller(&world, &first).await;
        let adjust = async |caller: &session::Caller| {
            let adjustment =
                Adjustment { account: id, asset: Asset::Money, amount: 1, reason: "gift".into(), origin: Origin::default(), once: None };
            refused(administer::adjust(&world.engine, caller, adjustment).await)
        };
        adjust(&old).await.unwrap();
        world.clock.advance(Duration::from_secs(601));
        assert_eq!(adjust(&old).await, Err(Refusal::StepUp.into()));
        let new = api_key::NewKey {
            name: "n".into(),
            scopes: vec![Scope::parse("tasks:read").unwrap().to_string()],
            networks: Vec::new(),
            daily_cap: None,
            expires_at: None,
        };
        assert_eq!(refused(api_key::create(&world.engine, &old, new, Origin::default()).await), Err(Refusal::StepUp.into()));
        assert_eq!(refused(second_factor::begin(&world.engine, &old).await), Err(Refusal::StepUp.into()));

        let wrong = account::step_up(&world.engine, &old, Proof::Password("wrong".into()), &own(None), Origin::default()).await;
        assert_eq!(refused(wrong), Err(Refusal::WrongCredentials.into()));
        let none = account::step_up(&world.engine, &old, Proof::SecondFactor("123456".into()), &own(None), Origin::default()).await;
        assert_eq!(refused(none), Err(Refusal::SecondFactorState(false).into()));
        let fresh = account::step_up(&world.engine, &old, Proof::Password(PASSWORD.into()), &own(None), Origin::default()).await.unwrap();
        assert_eq!(session::authenticate(&world.engine, &first.token).await, Err(Refusal::SessionEnded.into()), "it took its place");
        let new = caller(&world, &fresh).await;
        assert_eq!(new.expires_at, old.expires_at, "it lasts as long");
        adjust(&new).await.unwrap();
        let again = account::step_up(&world.engine, &old, Proof::Password(PASSWORD.into()), &own(None), Origin::default()).await;
        assert_eq!(refused(again), Err(Refusal::SessionEnded.into()), "an ended session gets nothing fresh");

        // Sessions of the documents are not asked: their front ends could not answer.
        let published = caller(&world, &enter(&world, PASSWORD, published()).await.unwrap()).await;
        world.clock.advance(Duration::from_secs(3600));
        adjust(&published).await.unwrap();
    }
}

#[tokio::test]
async fn whoever_lost_it_is_helped_by_an_administrator() {
    for world in World::both("second_factor_reset").await {
        let id = alice(&world).await;
        let first = enter(&world, PASSWORD, own(None)).await.unwrap();
        set_up(&world, &caller(&world, &first).await).await;
        let stranger = world.caller(AccountId(999), Role::User);
        assert_eq!(second_factor::reset(&world.engine, &stranger, id, Origin::default()).await, Err(Refusal::Forbidden.into()));
        let admin = world.caller(id, Role::Admin);
        second_factor::reset(&world.engine, &admin, id, Origin::default()).await.unwrap();
        enter(&world, PASSWORD, own(None)).await.unwrap();
        let none = second_factor::reset(&world.engine, &admin, id, Origin::default()).await;
        assert_eq!(none, Err(Refusal::SecondFactorState(false).into()));
    }
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends() {
    for world in World::both("idle").await {
        let id = alice(&world).await;
        let idle = Duration::from_secs(14 * 86_400);
        let session = SessionOptions { idle: Some(idle), lifetime: Duration::from_secs(90 * 86_400), ..own(None) };
        let signed_in = enter(&world, PASSWORD, session).await.unwrap();
        // Used once a week, it lasts until its end.
        for _ in 0..12 {
            world.clock.advance(Duration::from_secs(7 * 86_400));
            forget(&world, id).await;
            session::authenticate(&world.engine, &signed_in.token).await.unwrap();
        }
        world.clock.advance(Duration::from_secs(7 * 86_400));
        forget(&world, id).await;
        assert_eq!(session::authenticate(&world.engine, &signed_in.token).await, Err(Refusal::Unauthorized.into()), "ninety days");

        let session = SessionOptions { idle: Some(idle), lifetime: Duration::from_secs(90 * 86_400), ..own(None) };
        let signed_in = enter(&world, PASSWORD, session).await.unwrap();
        world.clock.advance(idle + Duration::from_secs(1));
        forget(&world, id).await;
        assert_eq!(session::authenticate(&world.engine, &signed_in.token).await, Err(Refusal::Unauthorized.into()), "left alone");
    }
}

#[tokio::test]
async fn whoever_first_proves_a_mailbox_has_the_account_to_themselves() {
    for world in World::both("claimed").await {
        let new = account::NewAccount { email: Some("alice@example.com".into()), password: Some(PASSWORD.into()), ..Default::default() };
        let id = account::create(&world.engine, new).await.unwrap();
        let squatter = SignIn { name: "alice@example.com".into(), password: PASSWORD.into(), session: own(None) };
        let squatter = account::sign_in(&world.engine, squatter).await.unwrap();
        let ask = CodeRequest {
            purpose: Purpose::SignIn,
            channel: Channel::Mail,
            to: "alice@example.com".into(),
            language: Language::Chinese,
            address: None,
        };
        let code = verification::issue(&world.engine, ask).await.unwrap().unwrap();
        let request = CodeSignIn { channel: Channel::Mail, to: "alice@example.com".into(), code, session: own(None) };
        assert_eq!(account::sign_in_by_code(&world.engine, request).await.unwrap().account.id, id, "the same account");
        forget(&world, id).await;
        assert_eq!(session::authenticate(&world.engine, &squatter.token).await, Err(Refusal::SessionEnded.into()));
        let again = SignIn { name: "alice@example.com".into(), password: PASSWORD.into(), session: own(None) };
        assert_eq!(refused(account::sign_in(&world.engine, again).await), Err(Refusal::WrongCredentials.into()));
    }
}
