//! Whatever is changed in the database by another hand is found by `check`, or listed here with the reason why it cannot be.

mod common;

use std::sync::atomic::Ordering;

use common::{Chosen, PROBE, START, World, nobody, secrets};
use domain::{account::Role, model::Status, order::Channel, origin::Origin};
use engine::{
    anchor::{self, Anchors},
    check, code, installation,
    method::{self, Config},
    model, order, runtime_settings, task,
    worker::Worker,
    worker::{Ending, Failure},
};

/// Columns that hold no money, uses, price, limit or promise, or that nothing outside of them could disprove.
const EXCUSED: &[(&str, &[&str], &str)] = &[
    ("wallets", &["seal"], "a seal on a limit of 0 says nothing new"),
    ("wallets", &["id"], "the number of an empty wallet, which nothing speaks of"),
    ("wallets", &["alert_below"], "when its owner is told something, not what it holds"),
    ("entries", &["id"], "a number that nothing speaks of; the order within a wallet is looked at"),
    (
        "tasks",
        &["run", "epoch", "deaths", "due_at", "deadline_at", "started_at"],
        "when and how often it is tried: the work, not its price",
    ),
    ("tasks", &["progress", "step", "message", "output", "error_code", "error_message"], "what it shows of itself"),
    ("tasks", &["created_at", "updated_at", "ended_at"], "its own history, which no entry repeats"),
    ("tasks", &["kind", "worker"], "free where nothing is charged; the counts of queues show the rest"),
    ("codes", &["text", "redeemed_at"], "what was typed when it was redeemed; the entry has the time"),
    (
        "orders",
        &["status", "trade", "paid_at", "due_at", "checks", "updated_at", "address", "device"],
        "where an order is on its way; that it was paid is in the ledger",
    ),
    (
        "models",
        &["name", "description", "url", "parameters", "created_at", "updated_at"],
        "what a model is, not what it costs; keys in it are sealed by the vault",
    ),
    ("payment_methods", &["name", "created_at", "updated_at", "disabled_at"], "what it is called, and when"),
    ("options", &["updated_at"], "when"),
];

/// Columns whose first row has nothing to disprove, although others have.
fn excused(table: &str, column: &str) -> bool {
    EXCUSED.iter().any(|(excused, columns, _)| *excused == table && columns.contains(&column))
}

async fn run(world: &World, sql: String) -> Result<u64, store::Error> {
    let sql: &'static str = sql.leak();
    world.db.write(async move |tx| Ok(tx.execute(sql, &[]).await?)).await
}

async fn texts(world: &World, sql: String) -> Vec<String> {
    let sql: &'static str = sql.leak();
    let read = world.db.read(async move |tx| Ok(tx.query(sql, &[]).await?.iter().map(|row| row.text(0)).collect()));
    read.await.unwrap()
}

async fn numbers(world: &World, sql: String) -> Vec<i64> {
    let sql: &'static str = sql.leak();
    let read = world.db.read(async move |tx| Ok(tx.query(sql, &[]).await?.iter().map(|row| row.int(0)).collect()));
    read.await.unwrap()
}

/// A house with something of everything.
async fn lived_in() -> World {
    let world = World::sqlite_with(Chosen { reach: nobody(), ..Chosen::default() }).await;
    let engine = &world.engine;
    let [alice, bob, root] = [world.account("alice", 100).await, world.account("bob", 70).await, world.account("root", 0).await];
    let admin = world.caller(root, Role::SuperAdmin);
    world.probe.price.store(30, Ordering::SeqCst);
    let worker = Worker::new(engine.clone());
    let fail = || Err(Failure { code: "X", message: "x".to_owned(), again: None });
    let id = world.submit(alice).await.unwrap().id;
    let job = worker.claim(&*world.probe, 1).await.unwrap().remove(0);
    worker.settle(&*world.probe, &job, fail(), false).await.unwrap();
    task::retry(engine, alice, PROBE, id).await.unwrap();
    let job = worker.claim(&*world.probe, 1).await.unwrap().remove(0);
    worker.settle(&*world.probe, &job, Ok(Ending::Done("done".to_owned())), false).await.unwrap();
    world.submit(bob).await.unwrap();
    let job = worker.claim(&*world.probe, 1).await.unwrap().remove(0);
    worker.settle(&*world.probe, &job, fail(), false).await.unwrap();
    for account in [alice, bob] {
        engine::wallet::set_credit_limit(engine, account, 5 + account.0).await.unwrap();
        world.redeem(account, 3 + account.0).await;
    }
    code::mint(engine, &world.caller(alice, Role::User), 2, 9).await.unwrap();
    for (name, price) in [("one", 5), ("two", 6)] {
        let draft = model::Draft {
            name: Some(name.to_owned()),
            status: Some(Status::Open),
            url: Some("https://models.example.com/v1".to_owned()),
            price: Some(price),
            ..model::Draft::default()
        };
        model::create(engine, &admin, draft, Origin::default()).await.unwrap();
        let draft = method::Draft { name: Some(name.to_owned()), config: Some(Config::default()), enabled: Some(true) };
        let uuid = method::create(engine, &admin, "epay", draft, Origin::default()).await.unwrap().uuid;
        let new = order::NewOrder {
            amount: (10 + price) * 1_000_000,
            method: uuid,
            channel: Channel::Alipay,
            return_url: "http://shop/back".to_owned(),
            origin: Origin::default(),
            once: None,
        };
        order::create(engine, &world.caller(alice, Role::User), new).await.unwrap();
    }
    for (number, value) in [(runtime_settings::Number::MaxTasks.name(), 4), (runtime_settings::Number::TaskTimeout.name(), 700)] {
        runtime_settings::set(engine, &admin, number, value, Origin::default()).await.unwrap();
    }
    world
}

struct Proof<'w> {
    world: &'w World,
    anchors: Anchors,
    missed: Vec<String>,
    found: usize,
}

impl Proof<'_> {
    /// Tries a change that the database may refuse, and undoes it.
    async fn tried(&mut self, what: &str, change: String, undo: String, may_hide: bool) {
        let Ok(1..) = run(self.world, change).await else { return };
        // A row that cannot even be read is found, too.
        let faults = check::run(&self.world.engine, &self.anchors).await.map_or_else(|error| vec![error.to_string()], |found| found.faults);
        run(self.world, undo).await.unwrap();
        match faults.is_empty() {
            true if !may_hide => self.missed.push(what.to_owned()),
            true => {}
            false => self.found += 1,
        }
    }
}

#[tokio::test]
async fn every_column_and_row_that_promises_something_is_proven() {
    let world = lived_in().await;
    let anchors = Anchors::read(&anchor::next(&world.engine, &Anchors::default()).await.unwrap(), world.engine.chain());
    assert_eq!(check::run(&world.engine, &anchors).await.unwrap().faults, Vec::<String>::new());
    let mut proof = Proof { world: &world, anchors, missed: Vec::new(), found: 0 };
    for table in ["wallets", "entries", "tasks", "codes", "orders", "models", "payment_methods", "options"] {
        run(&world, format!("CREATE TABLE keep_{table} AS SELECT rowid AS r, * FROM {table}")).await.unwrap();
        let columns = texts(&world, format!("SELECT name FROM pragma_table_info('{table}')")).await;
        let rows = numbers(&world, format!("SELECT rowid FROM {table} ORDER BY rowid")).await;
        assert!(rows.len() >= 2, "{table} has {} rows", rows.len());
        // The number of a row is looked at apart: it is what the others are found by.
        let numbered = columns.contains(&"id".to_owned()) && table != "orders";
        for row in rows.iter().filter(|_| numbered) {
            let change = format!("UPDATE {table} SET id = id + 1000 WHERE id = {row}");
            let undo = format!("UPDATE {table} SET id = {row} WHERE id = {row} + 1000");
            proof.tried(&format!("{table}.id of row {row}"), change, undo, excused(table, "id")).await;
        }
        for column in columns.iter().filter(|column| *column != "id" || !numbered) {
            let may_hide = excused(table, column);
            let undo = format!("UPDATE {table} SET {column} = (SELECT k.{column} FROM keep_{table} k WHERE k.r = {table}.rowid)");
            for row in &rows {
                let change = format!(
                    "UPDATE {table} SET {column} = CASE typeof({column}) WHEN 'integer' THEN {column} + 1 WHEN 'text' THEN {column} || 'x' \
                     WHEN 'blob' THEN randomblob(32) ELSE (SELECT CASE type WHEN 'INTEGER' THEN 1 WHEN 'BLOB' THEN zeroblob(32) ELSE 'x' END \
                     FROM pragma_table_info('{table}') WHERE name = '{column}') END WHERE rowid = {row}"
                );
                proof.tried(&format!("{table}.{column} of row {row}"), change, undo.clone(), may_hide).await;
            }
            let (one, other) = (rows[0], rows[rows.len() - 1]);
            let swap = format!(
                "UPDATE {table} SET {column} = (SELECT k.{column} FROM keep_{table} k WHERE k.r = {one} + {other} - {table}.rowid) \
                 WHERE rowid IN ({one}, {other}) AND (SELECT COUNT(DISTINCT quote(k.{column})) FROM keep_{table} k WHERE k.r IN ({one}, {other})) = 2"
            );
            proof.tried(&format!("{table}.{column} swapped"), swap, undo, may_hide).await;
        }
        let all = columns.join(", ");
        for row in &rows {
            let undo = format!("INSERT INTO {table} (rowid, {all}) SELECT r, {all} FROM keep_{table} WHERE r = {row}");
            let undo = if numbered { format!("INSERT INTO {table} ({all}) SELECT {all} FROM keep_{table} WHERE r = {row}") } else { undo };
            // A study task, a model, a method and a setting may be taken away lawfully.
            let may_hide = ["models", "payment_methods", "options"].contains(&table);
            proof.tried(&format!("{table}: row {row} deleted"), format!("DELETE FROM {table} WHERE rowid = {row}"), undo, may_hide).await;
        }
        run(&world, format!("DROP TABLE keep_{table}")).await.unwrap();
    }
    assert_eq!(proof.missed, Vec::<String>::new());
    assert!(proof.found > 200, "{} changes were found", proof.found);
    assert_eq!(check::run(&world.engine, &proof.anchors).await.unwrap().faults, Vec::<String>::new(), "all was undone");
}

/// A history that is cut and a wallet that is gone, with everything around them put to match.
#[tokio::test]
async fn what_is_put_to_match_is_found_by_the_anchors() {
    for (what, changes) in [
        (
            "a history cut after its first entry",
            vec![
                "DELETE FROM entries WHERE wallet_id = 1 AND sequence > 1",
                "UPDATE wallets SET entries = 1, consumed = 0, balance = 100, head = (SELECT hash FROM entries WHERE wallet_id = 1) WHERE id = 1",
                "UPDATE tasks SET price = 0, state = 'cancelled', attempt = 1 WHERE account_id = 1",
            ],
        ),
        ("a wallet deleted with its entries", vec!["DELETE FROM entries WHERE wallet_id = 1", "DELETE FROM wallets WHERE id = 1"]),
        (
            "an entry outside of the walk",
            vec![
                "UPDATE entries SET sequence = 0 WHERE wallet_id = 3 AND sequence = 1",
                "UPDATE wallets SET entries = entries - 1 WHERE id = 3",
            ],
        ),
    ] {
        let world = lived_in().await;
        let anchors = Anchors::read(&anchor::next(&world.engine, &Anchors::default()).await.unwrap(), world.engine.chain());
        for change in changes {
            run(&world, change.to_owned()).await.unwrap();
        }
        assert!(!check::run(&world.engine, &anchors).await.unwrap().faults.is_empty(), "{what}");
    }
}

/// What a refund pays is what the ledger charged, whatever the task's row says meanwhile.
#[tokio::test]
async fn a_refund_pays_what_was_charged() {
    let world = World::sqlite().await;
    world.probe.price.store(30, Ordering::SeqCst);
    let alice = world.account("alice", 100).await;
    let id = world.submit(alice).await.unwrap().id;
    world.meddle("UPDATE tasks SET price = 3000").await;
    assert!(!world.faults().await.is_empty(), "a changed price");
    task::cancel(&world.engine, alice, PROBE, id).await.unwrap();
    assert_eq!(world.balance(alice).await, 100);
}

/// A history that was exchanged is not anchored: what was anchored before goes on telling it.
#[tokio::test]
async fn a_history_that_does_not_go_on_is_not_anchored() {
    for world in World::both("exchanged").await {
        world.probe.price.store(1, Ordering::SeqCst);
        let alice = world.account("alice", 5).await;
        let first = anchor::next(&world.engine, &Anchors::default()).await.unwrap();
        let before = Anchors::read(&first, world.engine.chain());
        world.meddle("UPDATE entries SET hash = (SELECT head FROM wallets WHERE entries = 0 LIMIT 1)").await;
        world.submit(alice).await.unwrap();
        let second = first + &anchor::next(&world.engine, &before).await.unwrap();
        let after = Anchors::read(&second, world.engine.chain());
        assert_eq!((after.number, after.heads, after.faults), (2, before.heads, Vec::new()));
    }
}

/// A database that is an older copy of itself is noticed, and its new rows take no number of a lost one.
#[tokio::test]
async fn an_older_copy_is_noticed_and_numbers_go_on_above_the_lost_ones() {
    for world in World::both("restored").await {
        let before = anchor::next(&world.engine, &Anchors::default()).await.unwrap();
        let alice = world.account("alice", 5).await;
        let first = Anchors::read(&before, world.engine.chain());
        let after = before + &anchor::next(&world.engine, &first).await.unwrap();
        let anchors = Anchors::read(&after, world.engine.chain());
        assert_eq!((anchors.number, &anchors.faults), (2, &Vec::new()));
        assert!(!anchor::reconcile(&world.engine, &anchors).await.unwrap(), "nothing is lost");
        world.meddle("UPDATE installation SET value = '1' WHERE name = 'anchor'").await;
        assert!(anchor::reconcile(&world.engine, &anchors).await.unwrap());
        assert!(anchor::reconcile(&world.engine, &anchors).await.unwrap(), "a start that was cut short is made up for");
        anchor::acknowledge(&world.engine, anchors.number).await.unwrap();
        assert!(!anchor::reconcile(&world.engine, &anchors).await.unwrap(), "once its new beginning stands");
        let bob = world.account("bob", 5).await;
        assert!(bob.0 > alice.0 + 9_000, "{bob} after {alice}");
        assert_eq!(world.faults().await, [""; 0]);
    }
}

/// Whoever takes the marks of the keys away to have changed rows sealed as they are finds that the anchors remember.
#[tokio::test]
async fn marks_that_were_there_are_not_made_anew() {
    for world in World::both("unmarked").await {
        world.account("alice", 5).await;
        let recognise = async |anchored| installation::recognise(&world.db, &secrets(), anchored, START).await;
        recognise(false).await.expect("a database of a version that knew no marks is taken as it is");
        recognise(true).await.expect("and known again");
        world.meddle("DELETE FROM installation WHERE name = 'key.chain'").await;
        let refused = recognise(true).await.unwrap_err().to_string();
        assert!(refused.contains("Put a backup back"), "{refused}");
        recognise(false).await.expect("without anchors nothing remembers");
    }
}

/// Tasks whose queue was taken away wait for nobody, which is found.
#[tokio::test]
async fn a_queue_that_is_gone_is_found() {
    for world in World::both("unqueued").await {
        let alice = world.account("alice", 5).await;
        world.submit(alice).await.unwrap();
        assert_eq!(world.faults().await, [""; 0]);
        world.meddle("DELETE FROM queues").await;
        let faults = world.faults().await;
        assert!(faults.iter().any(|fault| fault.starts_with("I8")), "{faults:?}");
    }
}
