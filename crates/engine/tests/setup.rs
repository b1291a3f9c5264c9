//! The first administrator: one, whoever comes and however often, on both databases.

mod common;

use std::{sync::Arc, time::Duration};

use common::{World, race};
use domain::{account::Role, refusal::Refusal};
use engine::{
    Error,
    account::SessionOptions,
    setup::{self, Setup},
};

fn with(secret: &str, username: String) -> Setup {
    let (secret, password) = (secret.to_owned(), "a long pass phrase".to_owned());
    let session = SessionOptions::new("native", Duration::from_secs(60), None);
    Setup { secret, username, password, session }
}

#[tokio::test]
async fn of_many_with_the_link_one_becomes_the_administrator() {
    for world in World::both("setup_race").await {
        let world = Arc::new(world);
        assert!(setup::needed(&world.engine).await.unwrap());
        let secret = setup::link(&world.engine).await.unwrap().unwrap();
        let results = race(|number| {
            let (world, secret) = (Arc::clone(&world), secret.clone());
            async move { setup::finish(&world.engine, with(&secret, format!("boss{number}"))).await.map(|made| made.account.role) }
        })
        .await;
        let made: Vec<_> = results.iter().filter_map(|result| result.as_ref().ok()).collect();
        assert_eq!(made, [&Role::SuperAdmin]);
        for refused in results.iter().filter_map(|result| result.as_ref().err()) {
            assert_eq!(*refused, Error::from(Refusal::UnusableTicket));
        }
        assert!(!setup::needed(&world.engine).await.unwrap());
        assert_eq!(setup::link(&world.engine).await.unwrap(), None, "there is no second link");
        assert_eq!(world.faults().await, [""; 0]);
    }
}

#[tokio::test]
async fn only_the_newest_link_is_good() {
    for world in World::both("setup_newest").await {
        let older = setup::link(&world.engine).await.unwrap().unwrap();
        let newest = setup::link(&world.engine).await.unwrap().unwrap();
        for wrong in [older.as_str(), "", "0", "\0"] {
            let refused = setup::finish(&world.engine, with(wrong, "boss".to_owned())).await.map(|made| made.account.id).unwrap_err();
            assert_eq!(refused, Refusal::UnusableTicket.into(), "{wrong:?}");
        }
        let malformed = setup::finish(&world.engine, with(&newest, "b@ss".to_owned())).await.map(|made| made.account.id);
        assert!(matches!(malformed, Err(Error::Refused(Refusal::Invalid { field: "username", .. }))), "the link outlives a typing error");
        setup::finish(&world.engine, with(&newest, "boss".to_owned())).await.map(|made| made.account.id).unwrap();
    }
}
