//! From SQLite to PostgreSQL: every row of every table arrives, and what was interrupted goes on.
#![allow(clippy::disallowed_methods, reason = "a test waits in real time")]

mod common;

use common::{Server, ended};
use rusqlite::{Connection, types::Value};
use serde_json::json;

const SETTINGS: &[(&str, &str)] = &[("WORKER_ENABLED", "false"), ("BACKUP_EVERY_H", "0")];

/// Rows of these are sealed or counted, and nobody can make one up.
const PROVEN: &[&str] = &["options", "queues"];

/// Puts rows into every table that has none: whatever its columns take.
fn fill(sqlite: &Connection) -> Vec<String> {
    let list = |sql: &str| -> Vec<Vec<Value>> {
        let mut statement = sqlite.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect()).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let text = |value: &Value| if let Value::Text(text) = value { text.clone() } else { String::new() };
    let mut filled = Vec::new();
    for table in list("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid") {
        let table = text(&table[0]);
        if PROVEN.contains(&table.as_str()) {
            continue;
        }
        if list(&format!("SELECT COUNT(*) FROM {table}"))[0][0] != Value::Integer(0) {
            continue;
        }
        let references = list(&format!("SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list('{table}')"));
        let columns = list(&format!("SELECT name, type FROM pragma_table_info('{table}')"));
        let values = columns.iter().map(|column| {
            if let Some(found) = references.iter().find(|reference| reference[0] == column[0]) {
                return list(&format!("SELECT {} FROM {} LIMIT 1", text(&found[2]), text(&found[1])))[0][0].clone();
            }
            match text(&column[1]).as_str() {
                "INTEGER" => Value::Integer(1),
                "TEXT" => Value::Text("工坊 'x'\\n\n".to_owned()),
                _ => Value::Blob((0..32).collect()),
            }
        });
        let marks = vec!["?"; columns.len()].join(", ");
        sqlite.execute(&format!("INSERT INTO {table} VALUES ({marks})"), rusqlite::params_from_iter(values)).unwrap();
        filled.push(table);
    }
    filled
}

#[tokio::test]
async fn every_row_arrives_and_an_interrupted_copy_goes_on() {
    let Some(address) = common::postgres("move_copy").await else { return };
    let studio = common::studio::Studio::start(SETTINGS).await;
    let (payer, token) = studio.user("payer", 50).await;
    assert_eq!(studio.submit(&token, json!({ "prompt": "雪夜的山村" })).await.0, 200);
    let common::studio::Studio { mut server, api, .. } = studio;
    let call = async |method: &str, path: &str, token: &str, body| common::call(method, &format!("{api}{path}"), token, body).await;
    let (_, methods) = call("GET", "/payment/methods", &token, None).await;
    let order = json!({ "amount": 100, "payment_method_uuid": methods["data"][0]["uuid"], "payment_channel": "alipay", "return_url": "http://localhost/" });
    assert_eq!(call("POST", "/payment/create", &token, Some(order)).await.0, 200);
    server.says(&["codes", "generate", "--count", "3", "--uses", "5", "--out", server.data.join("codes.csv").to_str().unwrap()], "");
    let copy = |server: &Server| {
        let output = ended(server.command().args(["db", "copy", "--to", &address]));
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), said)
    };
    let (done, said) = copy(&server);
    assert!(!done && said.contains("under a running server"), "{said}");
    server.stop();
    let filled = fill(&Connection::open(server.data.join("gongfang.db")).unwrap());
    assert!(filled.iter().any(|table| table == "webhook_tries"), "{filled:?}");
    let there = server.there(&address);
    let said = there.says(&["migrate"], "");
    assert!(said.contains("schema"), "an empty target may be migrated before: {said}");

    // Interrupted where orders begin.
    let (client, connection) = tokio_postgres::connect(&address, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
        .batch_execute(
            "CREATE FUNCTION halt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'halted'; END $$; \
             CREATE TRIGGER halt BEFORE INSERT ON orders EXECUTE FUNCTION halt()",
        )
        .await
        .unwrap();
    let (done, said) = copy(&server);
    assert!(!done && said.contains("rows of orders were not accepted") && said.contains("halted"), "{said}");
    let output = ended(there.command().arg("check"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("run the same `gongfang db copy` again"), "no server starts on a half: {said}");
    client.batch_execute("DROP TRIGGER halt ON orders").await.unwrap();

    let (done, said) = copy(&server);
    assert!(done && said.contains("every wallet is what it was") && said.contains("all invariants hold there"), "{said}");
    let (done, said) = copy(&server);
    assert!(!done && said.contains("the target is not empty"), "{said}");

    // It goes on there: who was there signs in, new rows have new numbers, and all is whole.
    let mut moved = there;
    moved.run();
    let call = async |path: &str, body| common::call("POST", &format!("{}/api/v1{path}", moved.base), "", Some(body)).await;
    let (status, answer) = call("/auth/login", json!({ "username": "payer", "password": "secret1" })).await;
    assert_eq!(status, 200, "{answer}");
    let (_, next) = call("/auth/register", json!({ "username": "next", "password": "secret1" })).await;
    assert_eq!(next["data"]["id"].as_i64().unwrap(), payer + 1, "{next}");
    assert!(moved.check().contains("all invariants hold"));
}
