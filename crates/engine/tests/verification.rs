//! Verification codes and what is sent: the rules with a clock one sets, and the races with real parallel calls on both databases.

mod common;

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use common::{Chosen, World, race};
use domain::{
    delivery::{Channel, State},
    problem::Problem,
    refusal::Refusal,
    verification::Purpose,
    window::Rule,
};
use engine::{
    Error,
    account::{self, CodeSignIn, Registration, SessionOptions},
    delivery::{self, Rules, Transport, Transports},
    letter::Language,
    session,
    settings::Settings,
    verification::{self, Claim, CodeRequest},
};
use ports::carrier::{Carrier, Parcel, Undelivered};

const PHONE: &str = "13800138000";
const EMAIL: &str = "user@example.com";

async fn ask_code(world: &World, channel: Channel, to: &str, address: Option<IpAddr>) -> Result<String, Error> {
    let purpose = if channel == Channel::Sms { Purpose::SignIn } else { Purpose::Register };
    let request = CodeRequest { purpose, channel, to: to.to_owned(), language: Language::Chinese, address };
    Ok(verification::issue(&world.engine, request).await?.expect("development gives codes back"))
}

fn by_code(phone: &str, code: &str) -> CodeSignIn {
    let session = SessionOptions::new("phone", Duration::from_secs(60), None);
    CodeSignIn { channel: Channel::Sms, to: phone.to_owned(), code: code.to_owned(), session }
}

async fn sign_in(world: &World, phone: &str, code: &str) -> Result<i64, Error> {
    let request = by_code(phone, code);
    Ok(account::sign_in_by_code(&world.engine, request).await?.account.id.0)
}

async fn check(world: &World, code: &str) -> Result<(), Error> {
    let claim = Claim { purpose: Purpose::Register, channel: Channel::Mail, to: EMAIL.to_owned(), code: code.to_owned(), address: None };
    verification::check(&world.engine, &claim).await
}

async fn register(world: &World, email: &str, password: &str, code: &str) -> Result<i64, Error> {
    let request = Registration { email: email.to_owned(), password: password.to_owned(), code: code.to_owned(), address: None };
    Ok(account::register(&world.engine, request).await?.id.0)
}

/// A code that is not this one.
fn other(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

fn wrong<T>() -> Result<T, Error> {
    Err(Refusal::WrongVerification.into())
}

#[tokio::test]
async fn a02_a_code_is_good_once_for_one_phone_one_purpose_and_ten_minutes() {
    let world = World::sqlite().await;
    let code = ask_code(&world, Channel::Sms, PHONE, None).await.unwrap();
    assert_eq!(sign_in(&world, "13900139000", &code).await, wrong(), "another phone");
    let claim = Claim { purpose: Purpose::Register, channel: Channel::Sms, to: PHONE.into(), code: code.clone(), address: None };
    assert_eq!(verification::check(&world.engine, &claim).await, wrong(), "another purpose");
    let first = sign_in(&world, "+86 138-0013-8000", &code).await.unwrap();
    assert_eq!(sign_in(&world, PHONE, &code).await, wrong(), "used up");
    let code = ask_code(&world, Channel::Sms, PHONE, None).await.unwrap();
    world.clock.advance(Duration::from_secs(599));
    assert_eq!(sign_in(&world, PHONE, &code).await, Ok(first), "the same account");
    let code = ask_code(&world, Channel::Sms, PHONE, None).await.unwrap();
    world.clock.advance(Duration::from_secs(600));
    assert_eq!(sign_in(&world, PHONE, &code).await, Err(Refusal::ExpiredVerification.into()));
    let old = ask_code(&world, Channel::Sms, PHONE, None).await.unwrap();
    let new = ask_code(&world, Channel::Sms, PHONE, None).await.unwrap();
    assert_eq!(sign_in(&world, PHONE, &old).await, wrong(), "a new code voids the older one");
    assert_eq!(sign_in(&world, PHONE, &new).await, Ok(first));
}

#[tokio::test]
async fn a01_five_wrong_tries_void_a_code_and_twenty_an_hour_are_all() {
    let world = World::sqlite().await;
    for round in 0..4 {
        let code = ask_code(&world, Channel::Sms, PHONE, None).await.unwrap();
        for _ in 0..5 {
            assert_eq!(sign_in(&world, PHONE, &other(&code)).await, wrong());
        }
        if round < 3 {
            assert_eq!(sign_in(&world, PHONE, &code).await, wrong(), "void after five");
        }
    }
    let code = ask_code(&world, Channel::Sms, PHONE, None).await.unwrap();
    let Err(Error::Refused(Refusal::TooOften(limit))) = sign_in(&world, PHONE, &code).await else { panic!("twenty wrong ones in an hour") };
    assert_eq!(limit.retry_after_s, 3600);
    sign_in(&world, "13900139000", &ask_code(&world, Channel::Sms, "13900139000", None).await.unwrap()).await.unwrap();
    world.clock.advance(Duration::from_secs(3600));
    let code = ask_code(&world, Channel::Sms, PHONE, None).await.unwrap();
    sign_in(&world, PHONE, &code).await.unwrap();
}

#[tokio::test]
async fn a03_a21_of_many_parallel_sign_ins_with_one_code_one_succeeds_and_makes_one_account() {
    for world in World::both("race_sign_in").await {
        let world = Arc::new(world);
        let code = ask_code(&world, Channel::Sms, PHONE, None).await.unwrap();
        let outcomes = race(|_| {
            let (world, code) = (Arc::clone(&world), code.clone());
            async move { sign_in(&world, PHONE, &code).await }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(outcomes.iter().all(|outcome| outcome.is_ok() || *outcome == wrong()), "{outcomes:?}");
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn b01_verifying_uses_nothing_up_and_shares_its_tries_with_registering() {
    let world = World::sqlite().await;
    let code = ask_code(&world, Channel::Mail, EMAIL, None).await.unwrap();
    for _ in 0..3 {
        assert_eq!(check(&world, &code).await, Ok(()));
    }
    for _ in 0..3 {
        assert_eq!(check(&world, &other(&code)).await, wrong());
    }
    for _ in 0..2 {
        assert_eq!(register(&world, EMAIL, "password123", &other(&code)).await, wrong());
    }
    assert_eq!(check(&world, &code).await, wrong(), "five wrong ones in all");
    assert_eq!(register(&world, EMAIL, "password123", &code).await, wrong());
}

#[tokio::test]
async fn registering_refuses_in_the_documents_order_and_uses_the_code_up() {
    let world = World::sqlite().await;
    let invalid = |field, problem| Err(Error::from(Refusal::Invalid { field, problem }));
    let code = ask_code(&world, Channel::Mail, EMAIL, None).await.unwrap();
    assert_eq!(register(&world, " ", "", "").await, invalid("email", Problem::Missing));
    assert_eq!(register(&world, "a@b", "", "").await, invalid("email", Problem::Malformed));
    assert_eq!(register(&world, EMAIL, "12345", "").await, invalid("password", Problem::TooShort(6)));
    assert_eq!(register(&world, EMAIL, &"x".repeat(1 << 20), "").await, invalid("password", Problem::TooLong(128)));
    assert_eq!(register(&world, EMAIL, "password123", "").await, invalid("verification_code", Problem::Missing));
    assert_eq!(register(&world, EMAIL, "password123", &other(&code)).await, wrong());
    assert_eq!(register(&world, "b@example.com", "password123", &code).await, wrong(), "b06: the code went elsewhere");
    register(&world, "User@Example.COM", "password123", &code).await.unwrap();
    assert_eq!(register(&world, EMAIL, "password123", &code).await, wrong(), "used up");
    world.clock.advance(Duration::from_secs(61));
    let code = ask_code(&world, Channel::Mail, EMAIL, None).await.unwrap();
    assert_eq!(register(&world, EMAIL, "password123", &code).await, Err(Refusal::Taken { field: "email" }.into()));
}

#[tokio::test]
async fn b05_of_parallel_registrations_of_one_address_one_succeeds() {
    for world in World::both("race_register").await {
        let world = Arc::new(world);
        let code = ask_code(&world, Channel::Mail, EMAIL, None).await.unwrap();
        let outcomes = race(|number| {
            let (world, code) = (Arc::clone(&world), code.clone());
            let email = if number % 2 == 0 { EMAIL } else { "USER@example.com" };
            async move { register(&world, email, "password123", &code).await }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        let taken = Err(Refusal::Taken { field: "email" }.into());
        assert!(outcomes.iter().all(|outcome| outcome.is_ok() || *outcome == taken || *outcome == wrong()), "{outcomes:?}");
        assert!(outcomes.contains(&taken), "those that were on their way hear that the address is taken");
    }
}

#[tokio::test]
async fn sending_keeps_to_its_rules_exactly_in_a_burst() {
    let day = Duration::from_secs(86_400);
    let sms = Rules {
        recipient: vec![Rule { allowed: 1, span: Duration::from_secs(60) }, Rule::hourly(3), Rule { allowed: 5, span: day }],
        origin: vec![Rule::hourly(9)],
        purpose: vec![],
        channel: vec![],
        ceiling: Some(Rule { allowed: 12, span: day }),
    };
    let chosen = Chosen { settings: Settings { sms, ..Settings::default() }, ..Chosen::default() };
    for world in World::both_with("race_sending", chosen).await {
        let world = Arc::new(world);
        let outcomes = race(|_| {
            let world = Arc::clone(&world);
            async move { ask_code(&world, Channel::Sms, PHONE, None).await }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "one a minute");
        let waits = |outcome: &Result<String, Error>| match outcome {
            Err(Error::Refused(Refusal::SentTooOften(limit))) => limit.retry_after_s,
            other => panic!("{other:?}"),
        };
        world.clock.advance(Duration::from_secs(30));
        assert_eq!(waits(&ask_code(&world, Channel::Sms, "+86 13800138000", None).await), 30, "however the number is written");
        for _ in 0..2 {
            world.clock.advance(Duration::from_secs(60));
            ask_code(&world, Channel::Sms, PHONE, None).await.unwrap();
        }
        world.clock.advance(Duration::from_secs(60));
        assert!(waits(&ask_code(&world, Channel::Sms, PHONE, None).await) > 3000, "three an hour");
        let home: Option<IpAddr> = Some("203.0.113.7".parse().unwrap());
        for number in 0..9 {
            ask_code(&world, Channel::Sms, &format!("1390013900{number}"), home).await.unwrap();
        }
        assert!(waits(&ask_code(&world, Channel::Sms, "13700137000", home).await) > 3000, "nine an hour from one network");
        let elsewhere = Some("203.0.113.8".parse().unwrap());
        assert_eq!(
            ask_code(&world, Channel::Sms, "13700137000", elsewhere).await,
            Err(Refusal::Undeliverable.into()),
            "twelve a day in all"
        );
        assert_eq!(world.faults().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn b02_addresses_of_one_mailbox_wait_together() {
    let world = World::sqlite().await;
    ask_code(&world, Channel::Mail, "victim@example.com", None).await.unwrap();
    for same in ["VICTIM@example.com", "victim+1@example.com", " victim@EXAMPLE.com "] {
        assert!(matches!(ask_code(&world, Channel::Mail, same, None).await, Err(Error::Refused(Refusal::SentTooOften(_)))), "{same}");
    }
    ask_code(&world, Channel::Mail, "other@example.com", None).await.unwrap();
}

#[tokio::test]
async fn b11_an_account_that_may_not_sign_in_is_stopped_at_once() {
    let world = World::sqlite().await;
    let id = sign_in(&world, PHONE, &ask_code(&world, Channel::Sms, PHONE, None).await.unwrap()).await.unwrap();
    let request = by_code(PHONE, &ask_code(&world, Channel::Sms, PHONE, None).await.unwrap());
    let token = account::sign_in_by_code(&world.engine, request).await.unwrap().token;
    session::authenticate(&world.engine, &token).await.unwrap();
    account::set_active(&world.engine, domain::id::AccountId(id), false).await.unwrap();
    assert_eq!(session::authenticate(&world.engine, &token).await, Err(Refusal::SessionEnded.into()));
    let code = ask_code(&world, Channel::Sms, PHONE, None).await.unwrap();
    assert_eq!(sign_in(&world, PHONE, &code).await, Err(Refusal::Unauthorized.into()));
}

/// A carrier that fails as it is told, then takes what comes.
#[derive(Default)]
struct Moody {
    moods: Mutex<Vec<Undelivered>>,
    calls: AtomicUsize,
    seen: Mutex<Vec<Parcel>>,
    slow: bool,
    panics: bool,
}

#[async_trait::async_trait]
impl Carrier for Moody {
    fn name(&self) -> &'static str {
        "moody"
    }

    async fn carry(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.seen.lock().unwrap().push(parcel.clone());
        if self.slow {
            std::future::pending::<()>().await;
        }
        if self.panics {
            panic!("planned");
        }
        let mood = self.moods.lock().unwrap().pop();
        mood.map_or(Ok(()), Err)
    }
}

async fn moody(moods: Vec<Undelivered>) -> (World, Arc<Moody>) {
    carried_by(Moody { moods: Mutex::new(moods), ..Moody::default() }).await
}

async fn carried_by(carrier: Moody) -> (World, Arc<Moody>) {
    let carrier = Arc::new(carrier);
    let transports = Transports { sms: Transport::Carried(carrier.clone()), mail: Transport::Closed };
    // Patience ends only with a carrier that never answers: no machine is too slow for the others.
    let patience = if carrier.slow { Duration::from_millis(300) } else { Duration::from_secs(60) };
    let settings = Settings { send_waits: vec![Duration::ZERO; 2], patience, ..Settings::default() };
    let world = World::sqlite_with(Chosen { settings, transports, ..Chosen::default() }).await;
    (world, carrier)
}

fn passing() -> Undelivered {
    Undelivered::Passing { text: "busy".to_owned(), retry_after: None }
}

#[tokio::test]
async fn a_carrier_that_stumbles_is_tried_again_with_the_same_message() {
    let (world, carrier) = moody(vec![passing()]).await;
    let code = ask_code(&world, Channel::Sms, PHONE, None).await.unwrap();
    assert_eq!(carrier.calls.load(Ordering::SeqCst), 2);
    let seen = carrier.seen.lock().unwrap().clone();
    assert_eq!((seen[0].id, &seen[0].letter.code), (seen[1].id, &seen[1].letter.code), "the same number for each try");
    let log = delivery::list(&world.engine, None, 10).await.unwrap();
    assert_eq!((log[0].state, log[0].tries, log[0].carrier.as_str()), (State::Sent, 2, "moody"));
    assert_eq!((&log[0].text, &log[0].code), (&None, &None), "what it said is kept nowhere");
    sign_in(&world, PHONE, &code).await.unwrap();
}

#[tokio::test]
async fn what_a_carrier_will_not_take_is_told_logged_and_void() {
    let text = || "isv.WORD".to_owned();
    let invalid = Refusal::Invalid { field: "phone", problem: Problem::Malformed };
    for (mood, expected, calls) in [
        (Undelivered::Operator { text: text() }, Some(Refusal::Undeliverable), 1),
        (Undelivered::Recipient { text: text() }, Some(invalid), 1),
        (Undelivered::TooOften { text: text() }, None, 1),
    ] {
        let (world, carrier) = moody(vec![mood]).await;
        let refused = ask_code(&world, Channel::Sms, PHONE, None).await.unwrap_err();
        match expected {
            Some(expected) => assert_eq!(refused, expected.into()),
            None => assert!(matches!(refused, Error::Refused(Refusal::SentTooOften(limit)) if limit.retry_after_s == 60), "{refused:?}"),
        }
        assert_eq!(carrier.calls.load(Ordering::SeqCst), calls);
        let log = delivery::list(&world.engine, None, 10).await.unwrap();
        assert_eq!((log[0].state, log[0].detail.as_deref()), (State::Failed, Some("isv.WORD")));
        let lost = carrier.seen.lock().unwrap()[0].letter.code.clone();
        assert_eq!(sign_in(&world, PHONE, &lost).await, wrong(), "a code that was never sent is void");
    }
}

#[tokio::test]
async fn a_message_is_tried_three_times_and_no_more() {
    let (world, carrier) = moody(vec![passing(), passing(), passing(), passing()]).await;
    assert_eq!(ask_code(&world, Channel::Sms, PHONE, None).await, Err(Refusal::Undeliverable.into()));
    assert_eq!(carrier.calls.load(Ordering::SeqCst), 3);
    assert_eq!(delivery::list(&world.engine, None, 1).await.unwrap()[0].state, State::Failed);
}

#[tokio::test]
async fn a_carrier_that_panics_has_not_taken_the_message() {
    let (world, carrier) = carried_by(Moody { panics: true, ..Moody::default() }).await;
    assert_eq!(ask_code(&world, Channel::Sms, PHONE, None).await, Err(Refusal::Undeliverable.into()));
    let lost = carrier.seen.lock().unwrap()[0].letter.code.clone();
    assert_eq!(sign_in(&world, PHONE, &lost).await, wrong());
    assert_eq!(delivery::list(&world.engine, None, 1).await.unwrap()[0].state, State::Failed);
}

#[tokio::test]
async fn an_asker_does_not_wait_for_a_slow_carrier_and_its_code_is_good() {
    let (world, carrier) = carried_by(Moody { slow: true, ..Moody::default() }).await;
    let code = ask_code(&world, Channel::Sms, PHONE, None).await.unwrap();
    assert_eq!(code, carrier.seen.lock().unwrap()[0].letter.code);
    assert_eq!(delivery::list(&world.engine, None, 1).await.unwrap()[0].state, State::Waiting);
    sign_in(&world, PHONE, &code).await.unwrap();
    world.clock.advance(Duration::from_secs(601));
    delivery::tidy(&world.engine).await.unwrap();
    assert_eq!(delivery::list(&world.engine, None, 1).await.unwrap()[0].state, State::Failed, "nobody works on it any more");
}

#[tokio::test]
async fn b11_taking_sessions_away_takes_one_that_is_being_opened_too() {
    for world in World::both("race_inactive").await {
        let world = Arc::new(world);
        let id = sign_in(&world, PHONE, &ask_code(&world, Channel::Sms, PHONE, None).await.unwrap()).await.unwrap();
        let id = domain::id::AccountId(id);
        for _ in 0..20 {
            account::set_active(&world.engine, id, true).await.unwrap();
            let request = by_code(PHONE, &ask_code(&world, Channel::Sms, PHONE, None).await.unwrap());
            let signing = tokio::spawn({
                let world = Arc::clone(&world);
                async move { account::sign_in_by_code(&world.engine, request).await.map(|signed_in| signed_in.token) }
            });
            account::set_active(&world.engine, id, false).await.unwrap();
            let signed_in = signing.await.unwrap();
            account::set_active(&world.engine, id, true).await.unwrap();
            // Who came first was signed out with the rest; who came later was refused.
            if let Ok(token) = signed_in {
                assert_eq!(session::authenticate(&world.engine, &token).await, Err(Refusal::SessionEnded.into()));
            }
        }
    }
}

#[tokio::test]
async fn that_an_account_is_deactivated_is_told_to_whoever_knows_its_password() {
    let world = World::sqlite().await;
    let new = account::NewAccount { username: Some("alice".into()), password: Some("secret1".into()), ..Default::default() };
    let id = account::create(&world.engine, new).await.unwrap();
    account::set_active(&world.engine, id, false).await.unwrap();
    let sign_in = |password: &str| {
        let session = SessionOptions::new("studio", Duration::from_secs(60), None);
        let request = account::SignIn { name: "alice".into(), password: password.into(), session };
        account::sign_in(&world.engine, request)
    };
    assert_eq!(sign_in("secret1").await.map(drop), Err(Refusal::Deactivated.into()));
    assert_eq!(sign_in("wrong").await.map(drop), Err(Refusal::WrongCredentials.into()));
}

#[tokio::test]
async fn nothing_is_sent_where_no_carrier_is_configured() {
    let (world, _) = moody(vec![]).await;
    assert_eq!(ask_code(&world, Channel::Mail, EMAIL, None).await, Err(Refusal::Undeliverable.into()));
    assert_eq!(world.engine.ready().await.unwrap(), ["mail: no carrier is configured"]);
}
