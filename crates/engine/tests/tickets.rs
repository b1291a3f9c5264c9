//! Tickets: links in letters to choose another password and to prove an address; and what people do with their own accounts.

mod common;

use std::{sync::Arc, time::Duration};

use common::{Chosen, World, race, until};
use domain::{account::Role, delivery::Channel, origin::Origin, refusal::Refusal, verification::Purpose};
use engine::{
    Error,
    account::{self, NameRegistration, SessionOptions, SignIn, SignedIn, own},
    delivery,
    letter::Language,
    limit::Visit,
    session,
    ticket::Reader,
    verification::{self, CodeRequest},
};

async fn register(world: &World, name: &str, email: &str) -> Result<SignedIn, Error> {
    let request = NameRegistration {
        username: name.to_owned(),
        least: 3,
        email: Some(email.to_owned()),
        reader: reader(),
        rule: Visit::Registration.rule(),
        password: "password123".to_owned(),
        session: SessionOptions::new("campus", Duration::from_secs(86_400), None),
    };
    account::register_by_name(&world.engine, request).await
}

async fn sign_in(world: &World, name: &str, password: &str) -> Result<SignedIn, Error> {
    let request = SignIn {
        name: name.to_owned(),
        password: password.to_owned(),
        session: SessionOptions::new("campus", Duration::from_secs(86_400), None),
    };
    account::sign_in(&world.engine, request).await
}

/// The secrets of the links that were sent about something, newest first.
async fn links(world: &World, page: &str) -> Vec<String> {
    until(async || world.engine.sending.is_empty()).await;
    let sent = delivery::list(&world.engine, None, 1000).await.unwrap();
    let link = |link: String| link.split_once(&format!("/{page}?token=")).map(|(_, secret)| secret.to_owned());
    sent.into_iter().filter_map(|delivery| delivery.link.and_then(link)).collect()
}

fn reader() -> Reader {
    Reader { language: Language::Chinese, front_url: "http://localhost:8000".to_owned() }
}

fn forgot(world: &World, email: &str) {
    own::forgot_password(&world.engine, email, reader()).unwrap();
}

async fn reset(world: &World, secret: &str, password: &str) -> Result<(), Error> {
    own::reset_password(&world.engine, secret, password.to_owned(), Origin::default()).await
}

fn unusable<T>() -> Result<T, Error> {
    Err(Refusal::UnusableTicket.into())
}

#[tokio::test]
async fn d02_a_link_resets_a_password_once_and_the_newest_alone() {
    for world in World::both("tickets_reset").await {
        let first = register(&world, "alice", "Alice@Example.com").await.unwrap();
        forgot(&world, "nobody@example.com");
        assert_eq!(links(&world, "reset-password").await, [""; 0], "an unknown address gets no letter");
        forgot(&world, "ALICE@example.com");
        let old = links(&world, "reset-password").await[0].clone();
        forgot(&world, "alice@example.com");
        let new = links(&world, "reset-password").await[0].clone();
        assert_eq!((new.len(), old == new), (43, false));
        for bad in ["", "x", &"A".repeat(43), &old, &format!("{new} "), &"x".repeat(100_000)] {
            assert_eq!(reset(&world, bad, "another password").await, unusable(), "{bad:.60}");
        }
        assert!(matches!(reset(&world, &new, "short").await, Err(Error::Refused(Refusal::Invalid { field: "password", .. }))));
        let world = Arc::new(world);
        let outcomes = race(|_| {
            let (world, new) = (Arc::clone(&world), new.clone());
            async move { reset(&world, &new, "another password").await }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "of 64 at once one succeeds");
        assert!(sign_in(&world, "alice", "password123").await.is_err());
        let back = sign_in(&world, "alice@example.com", "another password").await.unwrap();
        assert!(back.account.email_verified_at.is_some(), "whoever reads the mailbox owns it");
        assert_eq!(session::authenticate(&world.engine, &first.token).await.unwrap_err(), Refusal::SessionEnded.into());
    }
}

/// When a mailbox may be sent a code must not tell whether it is somebody's.
#[tokio::test]
async fn d01_a_link_does_not_show_in_when_a_code_may_be_sent() {
    for world in World::both("tickets_silent").await {
        register(&world, "alice", "alice@example.com").await.unwrap();
        for mailbox in ["alice@example.com", "nobody@example.com"] {
            forgot(&world, mailbox);
            links(&world, "reset-password").await;
            let request = CodeRequest {
                purpose: Purpose::Register,
                channel: Channel::Mail,
                to: mailbox.to_owned(),
                language: Language::Chinese,
                address: None,
            };
            assert!(verification::issue(&world.engine, request.clone()).await.is_ok(), "{mailbox}: no matter who has it");
            let again = verification::issue(&world.engine, request).await.unwrap_err();
            assert!(matches!(again, Error::Refused(Refusal::SentTooOften(_))), "{mailbox}: codes are counted: {again:?}");
        }
    }
}

#[tokio::test]
async fn d02_a_link_dies_of_age_and_of_another_password() {
    for world in World::both("tickets_age").await {
        let signed_in = register(&world, "alice", "alice@example.com").await.unwrap();
        forgot(&world, "alice@example.com");
        let secret = links(&world, "reset-password").await[0].clone();
        world.clock.advance(Duration::from_secs(1801));
        assert_eq!(reset(&world, &secret, "another password").await, unusable());
        forgot(&world, "alice@example.com");
        let secret = links(&world, "reset-password").await[0].clone();
        let caller = session::authenticate(&world.engine, &signed_in.token).await.unwrap();
        own::change_password(&world.engine, &caller, "password123", "third password", Origin::default(), None).await.unwrap();
        assert_eq!(reset(&world, &secret, "another password").await, unusable());
        // Of one sort for another.
        let verify = links(&world, "verify-email").await[0].clone();
        assert_eq!(reset(&world, &verify, "another password").await, unusable());
    }
}

#[tokio::test]
async fn an_address_is_proven_by_its_link_once() {
    for world in World::both("tickets_verify").await {
        let signed_in = register(&world, "alice", "alice@example.com").await.unwrap();
        assert!(signed_in.account.email_verified_at.is_none());
        let caller = session::authenticate(&world.engine, &signed_in.token).await.unwrap();
        let first = links(&world, "verify-email").await[0].clone();
        own::resend_verification(&world.engine, &caller, &reader()).await.unwrap();
        let second = links(&world, "verify-email").await[0].clone();
        assert_eq!(own::verify_email(&world.engine, &first).await, unusable());
        own::verify_email(&world.engine, &second).await.unwrap();
        assert_eq!(own::verify_email(&world.engine, &second).await, unusable());
        assert!(own::get(&world.engine, &caller).await.unwrap().email_verified_at.is_some());
        let again = own::resend_verification(&world.engine, &caller, &reader()).await;
        assert_eq!(again.unwrap_err(), Refusal::AlreadyVerified.into());
    }
}

#[tokio::test]
async fn letters_to_one_mailbox_have_an_end() {
    let world = World::sqlite().await;
    register(&world, "alice", "alice@example.com").await.unwrap();
    for _ in 0..20 {
        forgot(&world, "alice@example.com");
    }
    assert_eq!(links(&world, "reset-password").await.len(), 5, "five an hour, however often it is asked");
}

#[tokio::test]
async fn names_and_addresses_are_registered_once_and_the_name_is_told_first() {
    for world in World::both("tickets_names").await {
        register(&world, "alice", "alice@example.com").await.unwrap();
        let taken = |field| Error::from(Refusal::Taken { field });
        assert_eq!(register(&world, "ALICE", "alice@example.com").await.err(), Some(taken("username")));
        assert_eq!(register(&world, "bob", "ALICE@example.com").await.err(), Some(taken("email")));
        let by_address = register(&world, "Eve@Example.com", "eve@example.com").await.unwrap();
        assert_eq!((by_address.account.username, by_address.account.email.as_deref()), (None, Some("eve@example.com")));
        for reserved in ["admin", "Admin ", "ROOT", "管理员"] {
            assert_eq!(register(&world, reserved, "new@example.com").await.err(), Some(taken("username")), "{reserved}");
        }
        for bad in ["ab", "\u{430}dmin", "a\u{200b}bc", "\u{202e}abc", "a@b.cn", "😀😀😀"] {
            let refused = register(&world, bad, "new@example.com").await.err();
            assert!(matches!(refused, Some(Error::Refused(Refusal::Invalid { field: "username", .. }))), "{bad:?}: {refused:?}");
        }
        let world = Arc::new(world);
        let outcomes = race(|number| {
            let world = Arc::clone(&world);
            async move { register(&world, &format!("carol{number}"), "carol@example.com").await }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    }
}

#[tokio::test]
async fn d04_another_password_needs_the_old_one_and_ends_other_sessions() {
    for world in World::both("tickets_password").await {
        let here = register(&world, "alice", "alice@example.com").await.unwrap();
        let there = sign_in(&world, "alice", "password123").await.unwrap();
        let caller = session::authenticate(&world.engine, &here.token).await.unwrap();
        let change = async |old: &str, new: &str| own::change_password(&world.engine, &caller, old, new, Origin::default(), None).await;
        assert_eq!(change("wrong", "another password").await, Err(Refusal::WrongCredentials.into()));
        assert_eq!(change("", "another password").await, Err(Refusal::WrongCredentials.into()));
        for bad in ["", "12345", "password123"] {
            assert!(matches!(change("password123", bad).await, Err(Error::Refused(Refusal::Invalid { .. }))), "{bad}");
        }
        change("password123", "another password").await.unwrap();
        assert!(session::authenticate(&world.engine, &here.token).await.is_ok(), "this one stays");
        assert_eq!(session::authenticate(&world.engine, &there.token).await.unwrap_err(), Refusal::SessionEnded.into());
        // Guessing the old one is as slow as guessing at sign-in.
        let mut refused = None;
        for _ in 0..12 {
            refused = change("wrong", "x").await.err();
        }
        assert!(matches!(refused, Some(Error::Refused(Refusal::TooOften(_)))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_session_is_prolonged_and_still_ends_with_its_logout() {
    for world in World::both("tickets_refresh").await {
        let first = register(&world, "alice", "alice@example.com").await.unwrap();
        let caller = session::authenticate(&world.engine, &first.token).await.unwrap();
        world.clock.advance(Duration::from_secs(80_000));
        let second = own::refresh(&world.engine, &caller, Duration::from_secs(86_400)).await.unwrap();
        world.clock.advance(Duration::from_secs(80_000));
        assert!(session::authenticate(&world.engine, &first.token).await.is_err(), "the old token ends when it said");
        let caller = session::authenticate(&world.engine, &second.token).await.unwrap();
        session::end(&world.engine, &caller).await.unwrap();
        assert_eq!(own::refresh(&world.engine, &caller, Duration::from_secs(60)).await.err(), Some(Refusal::SessionEnded.into()));
    }
}

#[tokio::test]
async fn d14_an_account_is_closed_under_its_password_and_never_the_last_that_administers() {
    for world in World::both_with("tickets_close", Chosen::default()).await {
        let signed_in = register(&world, "alice", "alice@example.com").await.unwrap();
        let caller = session::authenticate(&world.engine, &signed_in.token).await.unwrap();
        let close = async |password: &str| own::close(&world.engine, &caller, password, Origin::default(), None).await;
        assert_eq!(close("wrong").await, Err(Refusal::WrongCredentials.into()));
        account::set_role(&world.engine, caller.account, Role::Admin).await.unwrap();
        assert_eq!(close("password123").await, Err(Refusal::OwnAccount.into()), "somebody must be left");
        account::set_role(&world.engine, caller.account, Role::User).await.unwrap();
        close("password123").await.unwrap();
        assert!(session::authenticate(&world.engine, &signed_in.token).await.is_err());
        assert!(sign_in(&world, "alice", "password123").await.is_err());
        register(&world, "alice", "alice@example.com").await.unwrap();
        assert_eq!(world.faults().await, [""; 0]);
    }
}
