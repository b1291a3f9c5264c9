//! Rows of the campus: places, study tasks and their diaries, tickets, options. On SQLite, and on PostgreSQL where there is one.

#[macro_use]
mod common;

use std::time::Duration;

use common::{Case, NOW, make_account, new_session, write};
use domain::{
    course::Ticks,
    id::{AccountId, TaskId},
    study::{Level, Study},
    task::{Move, State},
    verification::Purpose,
    wallet::Asset,
};
use store::{Error, Tx, account, campus, log, runtime_settings, session, step, study, task, ticket};

on_both!(
    a_ticket_is_good_once_and_in_time,
    a_place_is_saved_only_from_the_version_that_was_read,
    a_password_is_exchanged_by_one_at_a_time_and_settled_once,
    study_tasks_are_listed_by_owner_and_state,
    a_deleted_task_leaves_nothing_but_its_entries,
    a_diary_is_read_from_its_end,
    options_keep_their_last_value,
    a_session_is_extended_and_never_shortened,
    an_address_is_proven_only_while_it_is_the_accounts,
);

async fn make_study(tx: &mut Tx, account: AccountId, name: &str) -> Result<TaskId, Error> {
    let new = task::New {
        account,
        kind: study::KIND,
        state: State::Draft,
        asset: Asset::Money,
        price: 0,
        deadline_at: None,
        input: "{}".to_owned(),
        now: NOW,
    };
    let id = task::insert(tx, &new).await?.id;
    let courses = vec!["1".to_owned(), "2".to_owned()];
    let row = Study { name: name.to_owned(), courses, titles: Vec::new(), completed: 0, total: 2, ticks: Ticks::Materials };
    study::insert(tx, id, &row).await?;
    Ok(id)
}

fn wanted(account: Option<AccountId>, states: &[State]) -> study::Wanted {
    study::Wanted { account, states: states.to_vec(), offset: 0, limit: 10 }
}

mod cases {
    use super::*;

    pub(super) async fn a_ticket_is_good_once_and_in_time(case: &Case) {
        let alice = write(case, async move |tx| make_account(tx, "alice").await).await.unwrap();
        let issue = |hash: u8| ticket::New {
            purpose: Purpose::ResetPassword,
            account: alice,
            hash: [hash; 32],
            email: "a@b.cn".to_owned(),
            now: NOW,
            expires_at: NOW.plus(Duration::from_secs(60)),
        };
        let (first, second) = (issue(1), issue(2));
        let later = NOW.plus(Duration::from_secs(60));
        let found = write(case, async move |tx| {
            let purpose = Purpose::ResetPassword;
            ticket::issue(tx, &first).await?;
            ticket::issue(tx, &second).await?;
            Ok((
                ticket::consume(tx, purpose, [1; 32], NOW).await?.is_some(),
                ticket::consume(tx, Purpose::VerifyEmail, [2; 32], NOW).await?.is_some(),
                ticket::consume(tx, purpose, [2; 32], later).await?.is_some(),
                ticket::find(tx, purpose, [2; 32], NOW).await?.is_some(),
                ticket::consume(tx, purpose, [2; 32], NOW).await?.is_some(),
                ticket::consume(tx, purpose, [2; 32], NOW).await?.is_some(),
            ))
        });
        assert_eq!(
            found.await.unwrap(),
            (false, false, false, true, true, false),
            "older, other purpose, too late, found, used, used again"
        );
    }

    pub(super) async fn a_place_is_saved_only_from_the_version_that_was_read(case: &Case) {
        let alice = write(case, async move |tx| make_account(tx, "alice").await).await.unwrap();
        let saved = write(case, async move |tx| {
            let place = campus::obtain(tx, alice, "demo", "", NOW).await?;
            let changed = campus::CampusAccount { username: Some("a".to_owned()), refusal: Some("no".to_owned()), ..place.clone() };
            let first = campus::save(tx, &changed, NOW).await?;
            let second = campus::save(tx, &place, NOW).await?;
            let found = campus::obtain(tx, alice, "moodle", "https://other.example", NOW).await?;
            assert_eq!(found, campus::CampusAccount { version: 1, ..changed });
            campus::forget(tx, alice).await?;
            Ok((first, second, campus::get(tx, alice).await?.is_none()))
        });
        assert_eq!(saved.await.unwrap(), (true, false, true));
    }

    pub(super) async fn a_password_is_exchanged_by_one_at_a_time_and_settled_once(case: &Case) {
        let alice = write(case, async move |tx| make_account(tx, "alice").await).await.unwrap();
        let later = NOW.plus(Duration::from_secs(300));
        let outcomes = write(case, async move |tx| {
            let place = campus::obtain(tx, alice, "moodle", "https://site.example", NOW).await?;
            let given = campus::CampusAccount { username: Some("a".to_owned()), password: Some("sealed".to_owned()), ..place.clone() };
            assert!(campus::save(tx, &given, NOW).await?);
            let asked = campus::get(tx, alice).await?.unwrap();
            assert_eq!(place.site, "https://site.example");
            let (begun, busy) = (campus::Exchange::Begun, campus::Exchange::Elsewhere(later));
            assert_eq!(campus::begin_exchange(tx, &asked, NOW, later).await?, begun);
            assert_eq!(campus::begin_exchange(tx, &asked, NOW, later).await?, busy, "until when is told");
            // Another tab is saved meanwhile.
            assert!(campus::save(tx, &campus::CampusAccount { use_cookies: true, ..asked.clone() }, NOW).await?);
            assert_eq!(campus::begin_exchange(tx, &asked, NOW, later).await?, busy);
            assert_eq!(campus::begin_exchange(tx, &asked, later, later).await?, begun, "whoever began is taken for lost");
            let settled = campus::settle(tx, &asked, Ok("token")).await?;
            let again = campus::settle(tx, &asked, Err("no")).await?;
            assert_eq!(
                campus::begin_exchange(tx, &asked, NOW, later).await?,
                campus::Exchange::Elsewhere(NOW),
                "it was settled: look again at once"
            );
            let found = campus::get(tx, alice).await?.unwrap();
            assert_eq!((found.token.as_deref(), found.password, found.refusal, found.use_cookies), (Some("token"), None, None, true));
            let other = campus::expire(tx, alice, "another token", "dead").await?;
            let dropped = campus::expire(tx, alice, "token", "dead").await?;
            assert_eq!(campus::get(tx, alice).await?.unwrap().refusal.as_deref(), Some("dead"));
            Ok([settled, again, other, dropped])
        });
        assert_eq!(outcomes.await.unwrap(), [true, false, false, true]);
    }

    pub(super) async fn study_tasks_are_listed_by_owner_and_state(case: &Case) {
        let alice = write(case, async move |tx| make_account(tx, "alice").await).await.unwrap();
        let bob = write(case, async move |tx| make_account(tx, "bob").await).await.unwrap();
        let shown = write(case, async move |tx| {
            let first = make_study(tx, alice, "one").await?;
            make_study(tx, alice, "two").await?;
            make_study(tx, bob, "three").await?;
            let before = task::get(tx, first).await?.unwrap();
            let after = before.after(Move::Start, NOW).unwrap();
            assert!(task::save(tx, &before, &after).await?);
            study::note(tx, first, &["甲".to_owned(), "乙".to_owned()], 1, 2).await?;
            let names = async |tx: &mut Tx, wanted: study::Wanted| {
                let (found, total) = study::list(tx, &wanted).await?;
                Ok::<_, Error>((found.into_iter().map(|found| found.study.name).collect::<Vec<_>>(), total))
            };
            let all = names(tx, wanted(None, &[])).await?;
            let hers = names(tx, wanted(Some(alice), &[])).await?;
            let going_on = names(tx, wanted(None, &[State::Queued, State::Running])).await?;
            let his_drafts = names(tx, wanted(Some(bob), &[State::Draft])).await?;
            let whole = study::get(tx, first).await?.unwrap();
            assert_eq!(
                (whole.study.titles, whole.study.completed, whole.owner[0].as_deref()),
                (vec!["甲".to_owned(), "乙".into()], 1, Some("alice"))
            );
            assert_eq!(study::active_beside(tx, alice, first).await?, 1);
            assert_eq!(study::active_beside(tx, alice, TaskId(0)).await?, 2);
            let mut counts = study::counts(tx, Some(alice)).await?;
            counts.sort();
            assert_eq!(counts, [(State::Draft, 1), (State::Queued, 1)]);
            Ok((all, hers, going_on, his_drafts))
        });
        let list = |names: &[&str]| (names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), names.len() as i64);
        let expected = (list(&["three", "two", "one"]), list(&["two", "one"]), list(&["one"]), list(&["three"]));
        assert_eq!(shown.await.unwrap(), expected);
    }

    pub(super) async fn a_deleted_task_leaves_nothing_but_its_entries(case: &Case) {
        let alice = write(case, async move |tx| make_account(tx, "alice").await).await.unwrap();
        let left = write(case, async move |tx| {
            let id = make_study(tx, alice, "one").await?;
            log::append(tx, id, Level::Info, "line", NOW).await?;
            step::insert(tx, id, 1, "plan", "{}", NOW).await?;
            study::delete(tx, id).await?;
            let gone = task::get(tx, id).await?.is_none() && study::get(tx, id).await?.is_none();
            Ok((gone, log::newest(tx, id, 10).await?.len(), step::all(tx, id, 1).await?.len(), task::input(tx, id).await?))
        });
        assert_eq!(left.await.unwrap(), (true, 0, 0, None));
    }

    pub(super) async fn a_diary_is_read_from_its_end(case: &Case) {
        let alice = write(case, async move |tx| make_account(tx, "alice").await).await.unwrap();
        let lines = write(case, async move |tx| {
            let id = make_study(tx, alice, "one").await?;
            for number in 0..300 {
                let level = if number % 2 == 0 { Level::Info } else { Level::Warning };
                log::append(tx, id, level, &format!("line {number}"), NOW).await?;
            }
            Ok(log::newest(tx, id, 200).await?)
        });
        let lines = lines.await.unwrap();
        assert_eq!((lines.len(), lines[0].message.as_str(), lines[199].message.as_str()), (200, "line 299", "line 100"));
        assert_eq!((lines[0].level, lines[1].level), (Level::Warning, Level::Info));
    }

    pub(super) async fn options_keep_their_last_value(case: &Case) {
        let all = write(case, async move |tx| {
            runtime_settings::set(tx, "b", "1", NOW).await?;
            runtime_settings::set(tx, "a", "2", NOW).await?;
            runtime_settings::set(tx, "b", "3", NOW).await?;
            Ok(runtime_settings::all(tx).await?)
        });
        assert_eq!(all.await.unwrap(), [("a".to_owned(), "2".to_owned()), ("b".to_owned(), "3".to_owned())]);
    }

    pub(super) async fn a_session_is_extended_and_never_shortened(case: &Case) {
        let alice = write(case, async move |tx| make_account(tx, "alice").await).await.unwrap();
        let at = |seconds| NOW.plus(Duration::from_secs(seconds));
        let standing = write(case, async move |tx| {
            for id in ["kept", "other"] {
                session::insert(tx, alice, &new_session(id, at(60))).await?;
            }
            let longer = session::extend(tx, "kept", at(120)).await?;
            let shorter = session::extend(tx, "kept", at(30)).await?;
            let ended = session::end_others(tx, alice, "kept", NOW).await?;
            let dead = session::extend(tx, "other", at(500)).await?;
            Ok((longer, shorter, ended, dead, session::state(tx, "kept").await?.unwrap().expires_at))
        });
        assert_eq!(standing.await.unwrap(), (true, true, 1, false, at(120)));
    }

    pub(super) async fn an_address_is_proven_only_while_it_is_the_accounts(case: &Case) {
        let new = |email: &str| account::New {
            username: None,
            username_key: None,
            email: Some(email.to_owned()),
            email_verified: false,
            phone: None,
            password_hash: None,
            role: domain::account::Role::User,
            now: NOW,
        };
        let row = new("a@b.cn");
        let proven = write(case, async move |tx| {
            let id = account::insert(tx, &row).await?.unwrap();
            store::wallet::open(tx, id).await?;
            let other = account::verify_email(tx, id, "x@b.cn", NOW).await?;
            let own = account::verify_email(tx, id, "a@b.cn", NOW).await?;
            let again = account::verify_email(tx, id, "a@b.cn", NOW).await?;
            let before = account::by_id(tx, id).await?.unwrap();
            let moved = account::Update { email: Some("c@b.cn".to_owned()), ..account::Update::default() };
            assert!(account::update(tx, &before, &moved, NOW).await?);
            let after = account::by_id(tx, id).await?.unwrap();
            account::signed_in(tx, id, NOW).await?;
            let seen = account::by_id(tx, id).await?.unwrap().signed_in_at;
            assert_eq!((after.email.as_deref(), after.email_verified_at, seen), (Some("c@b.cn"), None, Some(NOW)));
            assert_eq!(account::count(tx).await?, (1, 1));
            Ok((other, own, again))
        });
        assert_eq!(proven.await.unwrap(), (false, true, false));
    }
}
