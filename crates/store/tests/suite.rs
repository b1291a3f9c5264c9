//! The store's suite: every case runs on SQLite, and on PostgreSQL where `GONGFANG_TEST_POSTGRES` names a server.

#[macro_use]
mod common;
mod sources;

use std::{sync::Arc, time::Duration};

use common::{Case, NOW, make_account, make_task, new_session, postgres, sqlite, write};
use domain::{
    account::Role,
    id::AccountId,
    ledger::{Cause, ChainKey, Change},
    refusal::Refusal,
    task::{Move, State},
    wallet::Asset,
};
use store::{Error, Fault, Tx, account, artifact, dialect::Dialect, ledger, migrate, params, queue, session, step, task, wallet};

on_both!(
    names_are_unique_by_their_keys,
    a_session_stands_with_its_account,
    an_effect_is_booked_once,
    a_wallet_moves_on_only_from_its_head,
    a_move_is_saved_only_from_the_state_it_was_computed_from,
    a_report_under_an_old_epoch_is_refused,
    progress_never_falls,
    the_account_with_the_fewest_running_is_next,
    a_deferred_account_is_passed_over_until_it_is_due,
    a_list_pages_and_counts_its_own_tasks_only,
    a_step_keeps_its_first_record,
    an_artifact_belongs_to_its_account,
    a_refusal_undoes_what_was_done_before_it,
    a_committed_refusal_keeps_it,
    what_was_written_is_whole_when_the_database_is_closed,
    a_panic_harms_no_other_operation,
    a_failed_statement_poisons_its_own_transaction_only,
    every_acknowledged_write_of_a_storm_is_found,
    a_read_sees_the_write_that_was_answered_before,
    migrating_twice_changes_nothing,
    a_newer_schema_is_refused,
    every_statement_is_accepted,
);

async fn adjust(tx: &mut Tx, account: AccountId, amount: i64, reference: &str) -> Result<bool, Error> {
    let held = wallet::get_for_update(tx, account, Asset::Money).await?.unwrap();
    let cause = Cause::Adjustment { actor: None, reference: reference.to_owned() };
    let entry = ChainKey::new(1, [7; 32]).follow(&held, &Change::of(amount, cause), NOW).unwrap();
    Ok(ledger::insert(tx, &entry).await? && wallet::advance(tx, &held, &entry).await?)
}

mod cases {
    use super::*;

    pub(super) async fn names_are_unique_by_their_keys(case: &Case) {
        write(case, async move |tx| make_account(tx, "Alice").await).await.unwrap();
        let again = write(case, async move |tx| make_account(tx, "ALICE").await).await;
        assert_eq!(again, Err(Refusal::Taken { field: "username" }.into()));
        write(case, async move |tx| make_account(tx, "bob").await).await.unwrap();
        let found = case.db.read(async move |tx| async { Ok(account::by_username(tx, "alice").await?) }.await).await.unwrap().unwrap();
        assert_eq!(found.username.as_deref(), Some("Alice"));
    }

    pub(super) async fn a_session_stands_with_its_account(case: &Case) {
        let id = write(case, async move |tx| make_account(tx, "alice").await).await.unwrap();
        let session = write(case, async move |tx| {
            for name in ["s1", "s2"] {
                session::insert(tx, id, &new_session(name, NOW.plus(Duration::from_secs(60)))).await?;
            }
            account::set_role(tx, id, Role::Admin, NOW).await?;
            account::set_active(tx, id, false, NOW).await?;
            Ok(session::state(tx, "s1").await?.unwrap())
        })
        .await
        .unwrap();
        assert_eq!((session.account, session.role, session.active, session.ended), (id, Role::Admin, false, false));
        let ended = write(case, async move |tx| {
            Ok((session::end(tx, "s1", NOW).await?, session::end(tx, "s1", NOW).await?, session::end_all(tx, id, NOW).await?))
        });
        assert_eq!(ended.await.unwrap(), (true, false, 1));
    }

    pub(super) async fn an_effect_is_booked_once(case: &Case) {
        let id = write(case, async move |tx| make_account(tx, "alice").await).await.unwrap();
        assert!(write(case, async move |tx| adjust(tx, id, 100, "one").await).await.unwrap());
        assert!(!write(case, async move |tx| adjust(tx, id, 100, "one").await).await.unwrap());
        let held = write(case, async move |tx| Ok(wallet::get(tx, id, Asset::Money).await?.unwrap())).await.unwrap();
        assert_eq!((held.balance, held.entries), (100, 1));
        let chain = write(case, async move |tx| Ok(ledger::chain(tx, held.id, 0, 10).await?)).await.unwrap();
        assert_eq!(chain.len(), 1);
        assert_eq!(ChainKey::new(1, [7; 32]).hash(&[0; 32], &chain[0]), chain[0].hash, "what is stored is what was hashed");
    }

    pub(super) async fn a_wallet_moves_on_only_from_its_head(case: &Case) {
        let id = write(case, async move |tx| make_account(tx, "alice").await).await.unwrap();
        let moved = write(case, async move |tx| {
            let stale = wallet::get_for_update(tx, id, Asset::Money).await?.unwrap();
            let follow = |amount, reference: &str| {
                let cause = Cause::Adjustment { actor: None, reference: reference.to_owned() };
                ChainKey::new(1, [7; 32]).follow(&stale, &Change::of(amount, cause), NOW).unwrap()
            };
            let first = wallet::advance(tx, &stale, &follow(5, "one")).await?;
            Ok((first, wallet::advance(tx, &stale, &follow(9, "two")).await?))
        });
        assert_eq!(moved.await.unwrap(), (true, false));
    }

    pub(super) async fn a_move_is_saved_only_from_the_state_it_was_computed_from(case: &Case) {
        let outcome = write(case, async move |tx| {
            let owner = make_account(tx, "alice").await?;
            let id = make_task(tx, owner, NOW).await?;
            let queued = task::get_for_update(tx, id).await?.unwrap();
            let claimed = queued.claimed("w1", Duration::from_secs(30), NOW).unwrap();
            let cancelled = queued.after(Move::Cancel, NOW).unwrap();
            Ok((
                task::save(tx, &queued, &claimed).await?,
                task::save(tx, &queued, &cancelled).await?,
                task::get(tx, id).await?.unwrap(),
                claimed,
            ))
        })
        .await
        .unwrap();
        assert_eq!((outcome.0, outcome.1), (true, false));
        assert_eq!(outcome.2, outcome.3);
    }

    pub(super) async fn a_report_under_an_old_epoch_is_refused(case: &Case) {
        let outcome = write(case, async move |tx| {
            let owner = make_account(tx, "alice").await?;
            let id = make_task(tx, owner, NOW).await?;
            let queued = task::get_for_update(tx, id).await?.unwrap();
            let claimed = queued.claimed("w1", Duration::from_secs(30), NOW).unwrap();
            task::save(tx, &queued, &claimed).await?;
            let report = task::Report { progress: 5, step: None, message: None };
            let now = task::report(tx, id, claimed.epoch, &report, NOW).await?;
            let old = task::report(tx, id, claimed.epoch - 1, &report, NOW).await?;
            Ok((now, old, task::renew(tx, id, claimed.epoch, NOW).await?, task::renew(tx, id, claimed.epoch + 1, NOW).await?))
        });
        assert_eq!(outcome.await.unwrap(), (true, false, true, false));
    }

    pub(super) async fn progress_never_falls(case: &Case) {
        let progress = write(case, async move |tx| {
            let owner = make_account(tx, "alice").await?;
            let id = make_task(tx, owner, NOW).await?;
            let queued = task::get_for_update(tx, id).await?.unwrap();
            let claimed = queued.claimed("w1", Duration::from_secs(30), NOW).unwrap();
            task::save(tx, &queued, &claimed).await?;
            let mut seen = Vec::new();
            for progress in [10, 40, 20, 41] {
                task::report(tx, id, claimed.epoch, &task::Report { progress, step: None, message: None }, NOW).await?;
                seen.push(task::get(tx, id).await?.unwrap().progress);
            }
            Ok(seen)
        });
        assert_eq!(progress.await.unwrap(), [10, 40, 40, 41]);
    }

    pub(super) async fn the_account_with_the_fewest_running_is_next(case: &Case) {
        let turns = write(case, async move |tx| {
            let greedy = make_account(tx, "greedy").await?;
            let modest = make_account(tx, "modest").await?;
            for _ in 0..4 {
                make_task(tx, greedy, NOW).await?;
            }
            make_task(tx, modest, NOW).await?;
            let mut turns = Vec::new();
            while let Some(account) = queue::next(tx, "anime", NOW).await? {
                let queued = task::next_waiting(tx, "anime", account, NOW).await?.unwrap();
                let claimed = queued.claimed("w1", Duration::from_secs(30), NOW).unwrap();
                assert!(task::save(tx, &queued, &claimed).await?);
                turns.push(if account == greedy { 'g' } else { 'm' });
            }
            assert_eq!(queue::miscounted(tx).await?, []);
            Ok(turns)
        });
        assert_eq!(turns.await.unwrap(), ['g', 'm', 'g', 'g', 'g']);
    }

    pub(super) async fn a_deferred_account_is_passed_over_until_it_is_due(case: &Case) {
        let later = NOW.plus(Duration::from_secs(10));
        let seen = write(case, async move |tx| {
            let owner = make_account(tx, "alice").await?;
            let id = make_task(tx, owner, NOW).await?;
            let queued = task::get_for_update(tx, id).await?.unwrap();
            let claimed = queued.claimed("w1", Duration::from_secs(30), NOW).unwrap();
            task::save(tx, &queued, &claimed).await?;
            let mut again = claimed.after(Move::TryAgain, NOW).unwrap();
            again.due_at = later;
            task::save(tx, &claimed, &again).await?;
            let now = queue::next(tx, "anime", NOW).await?;
            queue::defer(tx, "anime", owner, NOW).await?;
            Ok((now, queue::next(tx, "anime", NOW).await?, queue::next(tx, "anime", later).await? == Some(owner)))
        });
        assert_eq!(seen.await.unwrap(), (None, None, true));
    }

    pub(super) async fn a_list_pages_and_counts_its_own_tasks_only(case: &Case) {
        let (ids, page, total, failed) = write(case, async move |tx| {
            let alice = make_account(tx, "alice").await?;
            let bob = make_account(tx, "bob").await?;
            make_task(tx, bob, NOW).await?;
            let mut ids = Vec::new();
            for _ in 0..5 {
                ids.push(make_task(tx, alice, NOW).await?);
            }
            let before = task::get_for_update(tx, ids[0]).await?.unwrap();
            task::save(tx, &before, &before.after(Move::Cancel, NOW).unwrap()).await?;
            let wanted = task::Wanted { account: alice, kind: "anime", states: vec![], offset: 1, limit: 2 };
            let (page, total) = task::list(tx, &wanted).await?;
            let ended = task::Wanted { states: vec![State::Failed, State::Cancelled], offset: 0, ..wanted };
            Ok((ids, page, total, task::list(tx, &ended).await?))
        })
        .await
        .unwrap();
        assert_eq!(page.iter().map(|task| task.id).collect::<Vec<_>>(), [ids[3], ids[2]]);
        assert_eq!(total, 5);
        assert_eq!((failed.0[0].id, failed.1), (ids[0], 1));
    }

    pub(super) async fn a_step_keeps_its_first_record(case: &Case) {
        let found = write(case, async move |tx| {
            let owner = make_account(tx, "alice").await?;
            let id = make_task(tx, owner, NOW).await?;
            step::insert(tx, id, 1, "script", "first", NOW).await?;
            step::insert(tx, id, 1, "script", "second", NOW).await?;
            Ok((step::output(tx, id, 1, "script").await?, step::output(tx, id, 2, "script").await?))
        });
        assert_eq!(found.await.unwrap(), (Some("first".to_owned()), None));
    }

    pub(super) async fn an_artifact_belongs_to_its_account(case: &Case) {
        let found = write(case, async move |tx| {
            let alice = make_account(tx, "alice").await?;
            let bob = make_account(tx, "bob").await?;
            let made = artifact::Artifact { object: "o".to_owned(), engine: "e".to_owned(), cost: 3, piece: false };
            artifact::insert(tx, alice, "c", &made, NOW).await?;
            Ok((artifact::get(tx, alice, "c").await? == Some(made), artifact::get(tx, bob, "c").await?))
        });
        assert_eq!(found.await.unwrap(), (true, None));
    }

    pub(super) async fn a_refusal_undoes_what_was_done_before_it(case: &Case) {
        let refused: Result<(), Error> = write(case, async move |tx| {
            make_account(tx, "alice").await?;
            Err(Refusal::Forbidden.into())
        })
        .await;
        assert_eq!(refused, Err(Refusal::Forbidden.into()));
        write(case, async move |tx| make_account(tx, "alice").await).await.unwrap();
    }

    pub(super) async fn a_committed_refusal_keeps_it(case: &Case) {
        let refused: Result<(), Refusal> = write(case, async move |tx| {
            make_account(tx, "alice").await?;
            Ok(Err(Refusal::WrongCredentials))
        })
        .await
        .unwrap();
        assert_eq!(refused, Err(Refusal::WrongCredentials));
        let again = write(case, async move |tx| make_account(tx, "alice").await).await;
        assert_eq!(again, Err(Refusal::Taken { field: "username" }.into()));
    }

    pub(super) async fn what_was_written_is_whole_when_the_database_is_closed(case: &Case) {
        write(case, async move |tx| make_account(tx, "alice").await).await.unwrap();
        case.db.close().await;
        let late: Result<AccountId, Error> = write(case, async move |tx| make_account(tx, "bob").await).await;
        assert!(late.is_err(), "nothing is taken after the end");
        let Some(folder) = &case.folder else { return };
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["test.db"], "no log is left beside the file");
    }

    pub(super) async fn a_panic_harms_no_other_operation(case: &Case) {
        let db = Arc::new(case.db.clone());
        let tasks: Vec<_> = (0..30)
            .map(|number| {
                let db = Arc::clone(&db);
                tokio::spawn(async move {
                    db.write(async move |tx| {
                        let id = make_account(tx, &format!("user{number}")).await?;
                        assert!(number % 3 != 0, "planned");
                        Ok(id)
                    })
                    .await
                })
            })
            .collect();
        let mut made = 0;
        for (number, task) in tasks.into_iter().enumerate() {
            match task.await.unwrap() {
                Ok(_) => made += 1,
                Err(Error::Fault(Fault::Panicked(text))) => assert!(number % 3 == 0 && text.contains("planned"), "{text}"),
                Err(other) => panic!("{other}"),
            }
        }
        let count = case
            .db
            .read(async move |tx| async { Ok(tx.query_one("SELECT COUNT(*) FROM accounts", &[]).await?.int(0)) }.await)
            .await
            .unwrap();
        assert_eq!((made, count), (20, 20));
    }

    pub(super) async fn a_failed_statement_poisons_its_own_transaction_only(case: &Case) {
        let failed: Result<(), Error> = write(case, async move |tx| {
            make_account(tx, "alice").await?;
            // The failure is swallowed on purpose: the transaction must not commit what went before.
            let _ = tx.execute("INSERT INTO nowhere (id) VALUES (1)", &[]).await;
            make_account(tx, "bob").await?;
            Ok(())
        })
        .await;
        assert!(matches!(failed, Err(Error::Fault(Fault::Database(_)))), "{failed:?}");
        write(case, async move |tx| make_account(tx, "alice").await).await.unwrap();
    }

    pub(super) async fn every_acknowledged_write_of_a_storm_is_found(case: &Case) {
        let owner = write(case, async move |tx| make_account(tx, "alice").await).await.unwrap();
        let tasks: Vec<_> = (0..64)
            .map(|number| {
                let db = case.db.clone();
                tokio::spawn(async move { db.write(async move |tx| adjust(tx, owner, 1, &number.to_string()).await).await })
            })
            .collect();
        for task in tasks {
            assert!(task.await.unwrap().unwrap());
        }
        let held = case.db.read(async move |tx| Ok(wallet::get(tx, owner, Asset::Money).await?.unwrap())).await.unwrap();
        assert_eq!((held.balance, held.entries), (64, 64));
    }

    pub(super) async fn a_read_sees_the_write_that_was_answered_before(case: &Case) {
        for number in 0..20 {
            let name: Arc<str> = format!("user{number}").into();
            let made = Arc::clone(&name);
            let id = case.db.write(async move |tx| make_account(tx, &made).await).await.unwrap();
            let seen = case.db.read(async move |tx| Ok(account::by_username(tx, &name).await?.map(|account| account.id))).await.unwrap();
            assert_eq!(seen, Some(id));
        }
    }

    pub(super) async fn migrating_twice_changes_nothing(case: &Case) {
        assert_eq!(migrate::run(&case.db, NOW).await.unwrap(), [""; 0]);
    }

    pub(super) async fn a_newer_schema_is_refused(case: &Case) {
        write(case, async move |tx| {
            let sql = "INSERT INTO migrations (version, name, applied_at) VALUES ($1, 'from the future', 0)";
            Ok(tx.execute(sql, params![migrate::newest() + 1]).await?)
        })
        .await
        .unwrap();
        let refused = migrate::run(&case.db, NOW).await.unwrap_err().to_string();
        assert!(refused.contains("start the program that made it"), "{refused}");
    }

    /// Every statement in the sources is prepared, which finds misspelt columns in statements that no other case runs.
    pub(super) async fn every_statement_is_accepted(case: &Case) {
        let statements = sources::statements();
        assert!(statements.len() > 30, "found only {} statements", statements.len());
        for statement in statements {
            let only_postgres = statement.contains("FOR UPDATE")
                || statement.contains("FOR NO KEY UPDATE")
                || statement.contains("pg_")
                || statement.contains("information_schema")
                || statement.contains("clock_timestamp")
                || statement.contains("json_array_elements_text");
            let only_sqlite = ["sqlite_schema", "sqlite_sequence", "json_each"].iter().any(|word| statement.contains(word));
            if (only_postgres && case.dialect == Dialect::Sqlite) || (only_sqlite && case.dialect == Dialect::Postgres) {
                continue;
            }
            let highest = (1..=30).rev().find(|n| statement.contains(&format!("${n}"))).unwrap_or(0);
            let sql: &'static str = statement.clone().leak();
            let nulls = vec![store::tx::Value::Null; highest];
            // It is run with NULLs, so a constraint may refuse it; a name that does not exist may not.
            let outcome = write(case, async move |tx| Ok(tx.query(sql, &nulls).await.map(drop))).await;
            let text = format!("{outcome:?}");
            let unknown = ["no such", "does not exist", "syntax error", "could not determine", "ambiguous", "type"]
                .iter()
                .find(|word| text.contains(**word));
            assert!(unknown.is_none() || text.contains("datatype mismatch"), "{statement}\n{text}");
        }
    }
}

/// No statement walks over a table that grows with everybody's tasks: what looks for rows looks by an index, however many there are.
#[tokio::test]
async fn every_plan_stays_on_an_index() {
    /// Walks over everything, for `check`, migrations and anchors; and tables that stay small whatever users do.
    const WALKS: &[&str] = &[
        "COUNT(*)",
        "MAX(id)",
        "COUNT(w.id)",
        "misbooked",
        "SUM(CASE",
        "LEFT JOIN",
        "sqlite_",
        "migrations",
        "installation",
        "options",
        "models",
        "payment_methods",
        "worker_tokens",
        "templates",
        "sandbox_",
        "code_batches",
        // Proofs, and what is set right when the clock was set back.
        "'payment:' || o.id",
        "WHERE sequence = 1",
        "checks = 0",
        "UPDATE queues SET served_at",
        "- $2 < $1",
        "exchanged_until = NULL",
        "rests_until = NULL",
        "rolled_until = $1 WHERE rolled_until >",
        // The newest first, of all or of what a search or a command finds; and once an hour what is old.
        "FROM acts ORDER BY id DESC",
        "LIKE $1 ESCAPE",
        "FROM deliveries ORDER BY id DESC",
        "FROM deliveries WHERE recipient = $1 ORDER BY id",
        "DELETE FROM deliveries WHERE created_at < $1",
    ];
    let case = sqlite().await;
    let mut walks = Vec::new();
    for statement in sources::statements() {
        let postgres = ["FOR UPDATE", "FOR NO KEY UPDATE", "pg_", "information_schema", "clock_timestamp", "INSERT INTO", "= ANY"];
        if postgres.iter().any(|word| statement.contains(word)) || WALKS.iter().any(|word| statement.contains(word)) {
            continue;
        }
        let sql: &'static str = format!("EXPLAIN QUERY PLAN {statement}").leak();
        let highest = (1..=30).rev().find(|n| statement.contains(&format!("${n}"))).unwrap_or(0);
        let nulls = vec![store::tx::Value::Null; highest];
        let plan = case.db.read(async move |tx| Ok(tx.query(sql, &nulls).await?.iter().map(|row| row.text(3)).collect::<Vec<_>>()));
        let Ok(plan) = plan.await else { continue };
        // What is walked over may be an array that the statement was given.
        let given = |line: &str| line.contains("CONSTANT ROW") || line.contains("json_each");
        let scan = |line: &&String| line.starts_with("SCAN ") && !line.contains(" USING ") && !given(line);
        if let Some(line) = plan.iter().find(scan) {
            walks.push(format!("{line}: {statement}"));
        }
    }
    assert_eq!(walks, Vec::<String>::new());
}

/// Whoever hangs up in the middle of a reading leaves no connection behind that others then write with.
#[tokio::test]
async fn a_reading_that_is_given_up_leaves_no_open_transaction() {
    let Some(case) = postgres("case_given_up").await else { return };
    let settings = store::db::Settings { connections: 1, ..store::db::Settings::default() };
    let db = store::Db::open(&common::schema("case_given_up").unwrap(), &settings).await.unwrap();
    for round in 0..30 {
        let reading = tokio::spawn({
            let db = db.clone();
            async move {
                let slow = "SELECT CAST(pg_sleep(0.01) AS TEXT)";
                db.read(async move |tx| Ok(tx.query(slow, &[]).await.map(drop)?)).await
            }
        });
        tokio::time::sleep(Duration::from_millis(round % 12)).await;
        reading.abort();
        let name = format!("writer{round}");
        let made = name.clone();
        let wrote = db.write(async move |tx| make_account(tx, &made).await).await;
        assert!(wrote.is_ok(), "round {round}: {wrote:?}");
        let found = db.read(async move |tx| Ok(account::by_username(tx, &name).await?)).await.unwrap();
        assert!(found.is_some(), "round {round}: a reading sees what was written before it");
    }
    drop(case);
}

/// The statements in this crate's sources: string literals that begin with a verb of SQL.

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let lite = sqlite().await;
    let Some(server) = postgres("case_same_columns").await else { return };
    let columns = |case: Case| async move {
        let sql = case.dialect.columns();
        let rows = case.db.read(async move |tx| Ok(tx.query(sql, &[]).await?)).await.unwrap();
        rows.iter().map(|row| (row.text(0), row.text(1))).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(columns(lite).await, columns(server).await);
}

/// An error that ends SQLite's whole transaction (here: the file may not grow) costs the one who caused it, and nobody else.
#[tokio::test]
async fn a_full_disk_fails_one_operation_and_not_its_batch() {
    let case = sqlite().await;
    let owner = write(&case, async move |tx| make_account(tx, "alice").await).await.unwrap();
    write(&case, async move |tx| {
        let pages = tx.query_one("PRAGMA page_count", &[]).await?.int(0);
        let sql: &'static str = format!("PRAGMA max_page_count = {}", pages + 8).leak();
        Ok(tx.query(sql, &[]).await.map(drop)?)
    })
    .await
    .unwrap();
    let tasks: Vec<_> = (0..40)
        .map(|number: i64| {
            let db = case.db.clone();
            tokio::spawn(async move {
                db.write(async move |tx| {
                    let input = if number == 20 { "x".repeat(1 << 20) } else { "{}".to_owned() };
                    let new = task::New {
                        account: owner,
                        kind: "anime",
                        state: State::Queued,
                        asset: Asset::Money,
                        price: 0,
                        deadline_at: None,
                        input,
                        now: NOW,
                    };
                    Ok(task::insert(tx, &new).await?.id)
                })
                .await
            })
        })
        .collect();
    let mut acknowledged = Vec::new();
    for (number, task) in tasks.into_iter().enumerate() {
        match task.await.unwrap() {
            Ok(id) => acknowledged.push(id),
            Err(error) => assert_eq!(number, 20, "{error}"),
        }
    }
    assert_eq!(acknowledged.len(), 39);
    for id in acknowledged {
        let found = case.db.read(async move |tx| Ok(task::get(tx, id).await?)).await.unwrap();
        assert!(found.is_some(), "task {id} was acknowledged");
    }
}

/// On SQLite an operation runs to its end in one poll; one that waits for something else fails alone.
#[tokio::test]
async fn an_operation_that_waits_for_something_else_fails_alone() {
    let case = sqlite().await;
    let waited: Result<(), Error> = write(&case, async move |tx| {
        make_account(tx, "alice").await?;
        tokio::task::yield_now().await;
        Ok(())
    })
    .await;
    assert_eq!(waited, Err(Fault::Awaited.into()));
    write(&case, async move |tx| make_account(tx, "alice").await).await.unwrap();
}

/// A database of the second schema, as an earlier version left it, with a charge, a refund and a debit in it.
#[tokio::test]
async fn an_older_database_is_brought_on_with_what_its_wallets_consumed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    for text in [include_str!("../src/migrations/0001_core.sql"), include_str!("../src/migrations/0002_codes.sql")] {
        old.execute_batch(&Dialect::Sqlite.schema(text)).unwrap();
    }
    old.execute_batch(
        "CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;
         INSERT INTO migrations VALUES (1, 'core', 1), (2, 'codes', 1);
         INSERT INTO accounts (id, role, active, created_at, updated_at) VALUES (1, 'user', 1, 5, 5), (2, 'user', 0, 5, 9);
         INSERT INTO wallets (id, account_id, asset, balance, credit_limit, entries, head) VALUES (1, 1, 'money', 60, 0, 4, x'00');",
    )
    .unwrap();
    for (sequence, amount, before, cause) in
        [(1, 100, 0, "adjustment"), (2, -30, 100, "task_charge"), (3, 30, 70, "task_refund"), (4, -40, 100, "adjustment")]
    {
        let sql = "INSERT INTO entries (wallet_id, account_id, asset, sequence, amount, balance_before, balance_after, counterpart, effect, cause, note, created_at, key_id, hash) \
                   VALUES (1, 1, 'money', ?1, ?2, ?3, ?3 + ?2, 'revenue', 'e' || ?1, ?4, '', 1, 1, x'00')";
        old.execute(sql, (sequence, amount, before, cause)).unwrap();
    }
    drop(old);
    let db = store::Db::open(&store::db::Address::Sqlite(path.clone()), &store::db::Settings::default()).await.unwrap();
    let taken = migrate::run(&db, NOW).await.unwrap();
    assert_eq!((taken[0], taken.len()), ("origin", usize::try_from(migrate::newest()).unwrap() - 2), "{taken:?}");
    let brought = rusqlite::Connection::open(&path).unwrap();
    let number = |sql: &str| brought.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(number("SELECT consumed FROM wallets"), 40);
    assert_eq!(
        (number("SELECT activated_at FROM accounts WHERE id = 1"), number("SELECT deactivated_at FROM accounts WHERE id = 2")),
        (5, 9)
    );
}
