//! `make bench`: what the engine does a second on each database. PostgreSQL where `GONGFANG_TEST_POSTGRES` names a server.
#![allow(clippy::disallowed_methods, reason = "a bench measures real time and reads its environment")]

mod world;

use std::time::Duration;

use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};
use world::{creates, lists, world, world_on};

/// How long each measurement takes, and how many there are, of which the middle one counts.
const SPAN: Duration = Duration::from_secs(4);
const ROUNDS: usize = 3;

/// A database of its own at the server of the tests, where there is one.
async fn postgres() -> Option<String> {
    let server = std::env::var("GONGFANG_TEST_POSTGRES").ok()?;
    let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls).await.expect("the server of the tests");
    let running = tokio::spawn(connection);
    client.batch_execute("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench").await.expect("a schema");
    drop(client);
    let _ = running.await;
    let separator = if server.contains('?') { '&' } else { '?' };
    Some(format!("{server}{separator}options=-c%20search_path%3Dbench"))
}

#[tokio::main]
async fn main() {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(["what", "SQLite", "PostgreSQL"]);
    let sqlite = world(30_000, 512).await;
    let postgres = match postgres().await {
        Some(address) => Some(world_on(Some(address), 30_000, 512).await),
        None => None,
    };
    for callers in [64, 512] {
        let mut found: Vec<[f64; 4]> = Vec::new();
        for _ in 0..ROUNDS {
            let mut round = [0.0; 4];
            round[0] = creates(&sqlite, callers, SPAN).await;
            round[2] = lists(&sqlite, callers, SPAN).await;
            if let Some(postgres) = &postgres {
                round[1] = creates(postgres, callers, SPAN).await;
                round[3] = lists(postgres, callers, SPAN).await;
            }
            found.push(round);
        }
        let middle = |column: usize| {
            let mut rates: Vec<f64> = found.iter().map(|round| round[column]).collect();
            rates.sort_by(f64::total_cmp);
            rates[ROUNDS / 2]
        };
        for (what, column) in [("durable paid creates", 0), ("lists of one's own tasks", 2)] {
            let rates = [middle(column), middle(column + 1)].map(|rate| if rate > 0.0 { format!("{rate:.0}/s") } else { "-".to_owned() });
            println!("{what}, {callers} callers: SQLite {} | PostgreSQL {}", rates[0], rates[1]);
            table.add_row([format!("{what}, {callers} callers"), rates[0].clone(), rates[1].clone()]);
        }
    }
    println!("\n{table}");
}
