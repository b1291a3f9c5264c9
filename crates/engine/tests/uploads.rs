//! Keys for uploads: what they are good for, and for how long.

mod common;

use std::time::Duration;

use common::{Chosen, World};
use domain::{account::Role, refusal::Refusal};
use engine::{
    Error,
    settings::{Settings, UploadScope},
    upload::{self, Key},
};

async fn world(scope: UploadScope) -> World {
    let mut settings = Settings::default();
    settings.uploads.scope = scope;
    settings.uploads.endpoint = Some("http://localhost:8080".to_owned());
    World::sqlite_with(Chosen { settings, ..Chosen::default() }).await
}

#[tokio::test]
async fn i11_a_key_is_good_below_its_prefix_for_a_quarter_of_an_hour() {
    let world = world(UploadScope::Account).await;
    // Names with slashes and stars are none; dots are the worst that is left.
    let user = world.account("..-..", 0).await;
    let granted = upload::grant(&world.engine, &world.caller(user, Role::User)).await.unwrap();
    assert_eq!(granted.prefix, format!("uploads/u{user}/20231114/"), "e27: whole numbers alone");
    let key = Key::of(&world.engine, &granted.grant.access_key).unwrap();
    assert_eq!((&key.secret, &key.token), (&granted.grant.secret_key, &granted.grant.session_token));
    let allows = |name: &str| key.allows(&format!("{}{name}", granted.prefix));
    for good in ["a.png", "图 1.png", "a b+c&d.png", "2024/x.webp", ".env", "a/b/c/d/e", "100%#2's\u{202f}か\u{3099}.png", &"x".repeat(900)]
    {
        assert!(allows(good), "{good}");
    }
    for bad in ["", "../u2/a.png", "a//b", "a/../b", "a/.", "a/", "a\\b", "a\0b", "a\nb", "a\u{85}b", &"字".repeat(340)] {
        assert!(!allows(bad), "{bad:?}");
    }
    assert!(!key.allows("uploads/u999/20231114/a.png"));
    world.clock.advance(Duration::from_secs(899));
    assert!(key.lasts(&world.engine));
    world.clock.advance(Duration::from_secs(1));
    assert!(!key.lasts(&world.engine), "expired");
    world.clock.set_back(Duration::from_secs(86_400));
    assert!(!key.lasts(&world.engine), "made by a clock that was set back since");
}

/// As the published answer names no prefix, everybody may put new files below `uploads/`, and never below another account's folder.
#[tokio::test]
async fn a_shared_scope_is_everybodys_but_for_the_folders_of_accounts() {
    let world = world(UploadScope::Shared).await;
    let user = world.account("user", 0).await;
    let granted = upload::grant(&world.engine, &world.caller(user, Role::User)).await.unwrap();
    assert_eq!(granted.prefix, "uploads/");
    let key = Key::of(&world.engine, &granted.grant.access_key).unwrap();
    let own = format!("uploads/u{user}/20231114/a.png");
    for good in ["uploads/a.png", "uploads/users/a.png", "uploads/u/a.png", &own] {
        assert!(key.allows(good), "{good}");
    }
    for bad in ["a.png", "uploads/", "uploads/../a.png", "uploads/u999/a.png"] {
        assert!(!key.allows(bad), "{bad}");
    }
}

#[tokio::test]
async fn a_key_of_other_words_has_another_secret() {
    let world = world(UploadScope::Account).await;
    let user = world.account("user", 0).await;
    let grant = upload::grant(&world.engine, &world.caller(user, Role::User)).await.unwrap().grant;
    let later = grant.access_key.replace(&grant.expires_at.seconds().to_string(), "99999999999");
    let forged = Key::of(&world.engine, &later).unwrap();
    assert_ne!(forged.secret, grant.secret_key, "what a key is good for is under its secret");
    for bad in ["", "STS.", "STS.1.20231114.1", "STS.x.20231114.1.aa", "STS.1.2023.1.aa", "AKIA", "STS.1.20231114.1.aa.bb"] {
        assert_eq!(Key::of(&world.engine, bad), None, "{bad}");
    }
}

#[tokio::test]
async fn e26_thirty_keys_an_hour_are_enough() {
    let world = world(UploadScope::Account).await;
    let user = world.account("user", 0).await;
    for _ in 0..30 {
        upload::grant(&world.engine, &world.caller(user, Role::User)).await.unwrap();
    }
    let refused = upload::grant(&world.engine, &world.caller(user, Role::User)).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(Refusal::TooOften(_))), "{refused}");
    world.clock.advance(Duration::from_secs(3601));
    upload::grant(&world.engine, &world.caller(user, Role::User)).await.unwrap();
}
