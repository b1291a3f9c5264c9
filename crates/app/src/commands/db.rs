//! The database as a whole, at the command line.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use clap::Subcommand;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use outside::clock::SystemClock;
use ports::clock::Clock;
use store::{
    Db,
    db::{Address, Settings},
};

use super::{anchors, assemble, secrets};
use crate::{
    config::{Config, Flags},
    folder,
};

/// What to do with the database.
#[derive(Debug, Subcommand)]
pub(crate) enum Database {
    /// Copy everything from the SQLite database of this installation into an empty PostgreSQL, compare, and check it there. The server must
    /// have stopped. Interrupted, it goes on where it was.
    Copy {
        /// The PostgreSQL, as postgres://user:password@host/name.
        #[arg(long, value_name = "ADDRESS")]
        to: String,
    },
}

pub(crate) async fn database(flags: &Flags, what: Database) -> anyhow::Result<()> {
    let Database::Copy { to } = what;
    let config = Config::load(flags)?;
    let Address::Sqlite(path) = assemble::address(&config) else {
        bail!("the database is a PostgreSQL already: leave `database` empty while you copy, so that the file is the source")
    };
    ensure!(to.starts_with("postgres://") || to.starts_with("postgresql://"), "--to must be of the form postgres://user@host/name");
    secrets::exist(config.data())?;
    ensure!(path.exists(), "there is no {}: name the folder of your installation with --data", path.display());
    let held = folder::alone(config.data()).context("nothing is copied under a running server")?;
    // A page of rows may take longer than what a request may wait.
    let settings = Settings { deadline: Duration::from_secs(120), connections: 2, threads: 1, readers: 1, ..Settings::default() };
    let open = async |address: Address, what: &str| {
        Db::open(&address, &settings).await.map_err(|fault| anyhow::anyhow!("{fault}")).with_context(|| format!("{what} cannot be opened"))
    };
    let source = open(Address::Sqlite(path), "the source").await?;
    let target = open(Address::Postgres(to.clone()), "the target").await?;
    let clock = SystemClock::new();
    store::migrate::run(&target, clock.now()).await.context("the target cannot be migrated")?;
    let bar = ProgressBar::new(0);
    bar.set_style(ProgressStyle::with_template("{percent:>3}% [{bar:32}] {human_pos}/{human_len} {per_sec} {msg}")?.progress_chars("█▉ "));
    let copied = engine::transfer::copy(&source, &target, clock.now(), |progress| {
        bar.set_length(progress.of);
        bar.set_position(progress.done);
        bar.set_message(progress.table.to_owned());
    });
    let contents = copied.await?;
    bar.finish_and_clear();
    source.close().await;
    target.close().await;
    let rows: i64 = contents.rows.values().sum();
    println!(
        "{} rows of {} tables are there, and every wallet is what it was, in {:.1} s",
        HumanCount(u64::try_from(rows).unwrap_or(0)),
        contents.rows.len(),
        bar.elapsed().as_secs_f64()
    );
    check(&config, &to).await?;
    drop(held);
    println!("all invariants hold there. Set `database` to its address and start the server; keep the file until you are sure");
    Ok(())
}

/// What `gongfang check` says of the copy.
async fn check(config: &Config, to: &str) -> anyhow::Result<()> {
    let mut there = config.clone();
    there.database = to.into();
    let engine = assemble::build_engine(&there, None).await?;
    let findings = engine::check::run(&engine, &anchors::read(&there, engine.chain())?).await?;
    engine.close().await;
    for fault in &findings.faults {
        println!("FAULT {fault}");
    }
    ensure!(findings.faults.is_empty(), "{} faults in the copy: empty the target and begin anew", findings.faults.len());
    Ok(())
}
