//! The small commands. Each opens the same database as a server that may be running beside it.

mod admin;
mod backup;
mod codes;
mod db;
mod health;
mod orders;
mod outbox;
mod script;
mod shell;

use anyhow::{bail, ensure};
use clap::Subcommand;
use outside::random::SystemRandom;

pub(crate) use self::{
    admin::{Admin, admin},
    backup::{Backup, backup},
    codes::{Codes, codes},
    db::{Database, database},
    health::{doctor, health},
    orders::{Orders, orders},
    outbox::{Outbox, outbox},
    script::script,
    shell::{completions, manual},
};

use crate::{
    anchors, assemble,
    config::{Config, Flags},
    secrets, serve,
};

/// The configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum Show {
    /// Print it, secrets masked.
    Print,
    /// Print every key with what it means and its default, as a file to begin with.
    Sample,
}

/// Secrets.
#[derive(Debug, Subcommand)]
pub(crate) enum Secrets {
    /// Make them in the data folder, or add what is missing there; never over existing ones.
    Create,
}

pub(crate) async fn check(flags: &Flags) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    let engine = assemble::build_engine(&config, None).await?;
    let findings = engine::check::run(&engine, &anchors::read(&config, engine.chain())?).await?;
    println!("checked {} wallets, {} entries, {} tasks", findings.wallets, findings.entries, findings.tasks);
    for fault in &findings.faults {
        println!("FAULT {fault}");
    }
    if findings.faults.is_empty() {
        println!("all invariants hold");
        return Ok(());
    }
    bail!("{} faults", findings.faults.len())
}

pub(crate) async fn migrate(flags: &Flags) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    serve::start_log(&config);
    assemble::build_engine(&config, None).await?.close().await;
    println!("the database has schema {}", store::migrate::newest());
    Ok(())
}

/// Prints the link to whoever has the machine.
pub(crate) async fn setup_link(flags: &Flags) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    let engine = assemble::build_engine(&config, None).await?;
    let Some(secret) = engine::setup::link(&engine).await? else {
        bail!("somebody administers already: `gongfang admin reset-password NAME` lets them in again")
    };
    engine.close().await;
    println!("{}", setup_text(&config, &secret)?);
    Ok(())
}

/// How the first administrator is made.
pub(crate) fn setup_text(config: &Config, secret: &str) -> anyhow::Result<String> {
    let url = config.url_of("native")?;
    // The console reads the secret from behind `#`, which no browser sends to a server.
    let console = config.mounts().iter().any(|(_, names)| names.contains(&"console"));
    let link = if console {
        format!("{}/setup#secret={secret}", config.url_of("console")?)
    } else {
        format!("{url}/gongfang/v1/setup?secret={secret}")
    };
    let how = if console { "Open it in a browser, or hand it in" } else { "Hand it in" };
    Ok(format!(
        "Nobody administers this server yet. Whoever has this link becomes its first administrator:\n\n  {link}\n\n\
         {how} with a name and a password:\n\n  curl {url}/gongfang/v1/setup -H 'Content-Type: application/json' \\\n    \
         -d '{{\"secret\": \"{secret}\", \"username\": \"...\", \"password\": \"...\"}}'\n\n\
         It works once. A newer link takes its place: gongfang setup-link"
    ))
}

pub(crate) fn openapi(surface: &str) -> anyhow::Result<()> {
    let Some(open) = surfaces::find(surface).and_then(|surface| (surface.build)().docs) else {
        let names: Vec<_> = surfaces::ALL.iter().filter(|surface| surface.docs.is_some()).map(|surface| surface.name).collect();
        bail!("there is no document of a surface called {surface}; there are {}", names.join(", "))
    };
    print_all(&serde_json::to_string_pretty(&open)?);
    Ok(())
}

pub(crate) fn config(flags: &Flags, what: &Show) -> anyhow::Result<()> {
    match what {
        Show::Print => print_all(Config::load(flags)?.masked()?.trim_end()),
        Show::Sample => print_all(Config::sample().trim_end()),
    }
    Ok(())
}

pub(crate) async fn create_secrets(flags: &Flags) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    let there = secrets::exist(config.data()).is_ok();
    let database = !config.database.is_empty() || config.data().join("gongfang.db").exists();
    if !there && database {
        // New keys would not fit what the old ones sealed and chained.
        let db = assemble::database(&config).await?;
        ensure!(
            engine::installation::is_fresh(&db).await?,
            "the database is in use already, and its {0} is missing: put {0} back from your backup; with new secrets nothing that the old \
             ones sealed can be read or proven",
            secrets::FILE
        );
    }
    secrets::create(config.data(), &SystemRandom)?;
    println!("{} is complete; back it up apart from the database", config.data().join(secrets::FILE).display());
    Ok(())
}

/// Prints a text that may be long. Whoever reads only its beginning, as `head` does, has read enough.
fn print_all(text: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
}

/// A time as operators read it, in UTC.
fn time(at: domain::time::Timestamp) -> String {
    jiff::Timestamp::from_second(at.seconds()).unwrap_or_default().to_string()
}
