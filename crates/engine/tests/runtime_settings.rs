//! What administrators set through the API: numbers within bounds, and a mail server that letters then go by.

mod common;

use std::sync::{Arc, Mutex};

use common::{Chosen, World};
use domain::{account::Role, origin::Origin, problem::Problem, refusal::Refusal};
use engine::{
    Error,
    kinds::study::Study,
    mail_server::{self, MailChange},
    runtime_settings::{self, Number},
    session::Caller,
    worker::Kind,
};
use ports::{
    carrier::{Carrier, MailServer, MailerFactory, Parcel, Undelivered},
    fault::Fault,
};

/// Remembers the servers that it was asked for, and what was carried to each.
#[derive(Default)]
struct StubPostman {
    carried: Arc<Mutex<Vec<(String, String)>>>,
}

struct StubCarrier {
    server: MailServer,
    carried: Arc<Mutex<Vec<(String, String)>>>,
}

impl MailerFactory for StubPostman {
    fn smtp(&self, server: &MailServer) -> Result<Arc<dyn Carrier>, Fault> {
        if server.host.is_empty() {
            return Err(Fault::lasting("smtp_host must be set"));
        }
        Ok(Arc::new(StubCarrier { server: server.clone(), carried: Arc::clone(&self.carried) }))
    }
}

#[async_trait::async_trait]
impl Carrier for StubCarrier {
    fn name(&self) -> &'static str {
        "stub"
    }

    async fn carry(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        let server = format!("{}:{} {}", self.server.host, self.server.port, self.server.password);
        self.carried.lock().unwrap().push((server, parcel.to.clone()));
        Ok(())
    }
}

async fn admin(world: &World) -> Caller {
    let id = world.account("boss", 0).await;
    world.caller(id, Role::Admin)
}

#[tokio::test]
async fn numbers_are_set_within_their_bounds_and_known_at_once() {
    for world in World::both("option_numbers").await {
        let admin = admin(&world).await;
        let set = async |name: &str, value| runtime_settings::set(&world.engine, &admin, name, value, Origin::default()).await;
        for number in Number::ALL {
            let (least, most) = number.bounds();
            for bad in [least - 1, most + 1, 0, i64::MIN, i64::MAX] {
                let refused = Refusal::Invalid { field: number.name(), problem: Problem::OutOfBounds { least, most } };
                assert_eq!(set(number.name(), bad).await, Err(refused.into()), "{} {bad}", number.name());
            }
            for good in [most, least] {
                set(number.name(), good).await.unwrap();
                assert_eq!(runtime_settings::number(&world.engine, number), good);
            }
        }
        assert!(set("password", 1).await.is_err());
        let user = world.caller(admin.account, Role::User);
        let refused = runtime_settings::set(&world.engine, &user, "task_timeout", 700, Origin::default()).await;
        assert_eq!(refused, Err(Refusal::Forbidden.into()));
        let kind = Study { settings: world.engine.settings.campus.clone() };
        assert_eq!(kind.deadline(&world.engine).map(|span| span.as_secs()), Some(600), "a task may take as long as was set");
        assert_eq!(runtime_settings::session(&world.engine).as_secs(), 3600);
    }
}

#[tokio::test]
async fn letters_go_by_the_server_that_was_named_and_its_password_goes_nowhere_else() {
    let postman = Arc::new(StubPostman::default());
    let mut chosen = Chosen::default();
    chosen.settings.limits_enabled = false;
    chosen.reach.postman = Some(postman.clone());
    for world in World::both_with("option_mail", chosen).await {
        postman.carried.lock().unwrap().clear();
        let admin = admin(&world).await;
        let set = async |change| mail_server::set(&world.engine, &admin, change, Origin::default()).await;
        let text = |text: &str| Some(text.to_owned());
        assert!(matches!(
            set(MailChange { enabled: Some(true), ..MailChange::default() }).await,
            Err(Error::Refused(Refusal::Invalid { field: "mail_server", .. }))
        ));
        let first = MailChange { host: text("one.example"), password: text("hidden"), enabled: Some(true), ..MailChange::default() };
        let (shown, secret) = set(first).await.unwrap();
        assert_eq!((shown.password.as_str(), secret), ("", true), "a password is never shown");
        mail_server::probe(&world.engine, &admin, Some("a@example.com".to_owned())).await.unwrap();
        set(MailChange { port: Some(2525), ..MailChange::default() }).await.unwrap();
        mail_server::probe(&world.engine, &admin, Some("b@example.com".to_owned())).await.unwrap();
        set(MailChange { host: text("two.example"), ..MailChange::default() }).await.unwrap();
        mail_server::probe(&world.engine, &admin, Some("c@example.com".to_owned())).await.unwrap();
        set(MailChange { enabled: Some(false), ..MailChange::default() }).await.unwrap();
        mail_server::probe(&world.engine, &admin, Some("d@example.com".to_owned())).await.unwrap();
        let pair = |server: &str, to: &str| (server.to_owned(), to.to_owned());
        assert_eq!(
            *postman.carried.lock().unwrap(),
            [
                pair("one.example:587 hidden", "a@example.com"),
                pair("one.example:2525 ", "b@example.com"),
                pair("two.example:2525 ", "c@example.com")
            ],
            "another host or port does not get the first one's password, and what is switched off goes as configured"
        );
        for bad in [0, -1, 65_536] {
            assert!(set(MailChange { port: Some(bad), ..MailChange::default() }).await.is_err(), "{bad}");
        }
        assert!(set(MailChange { from: text("a\r\nBcc: b@c.cn"), ..MailChange::default() }).await.is_err());
        world.meddle("UPDATE options SET value = 'sealed:1:broken' WHERE name = 'mail_server'").await;
        runtime_settings::refresh(&world.engine).await.unwrap();
        assert_eq!(mail_server::get(&world.engine, &admin).unwrap().0.host, "", "what does not open is not used");
    }
}
