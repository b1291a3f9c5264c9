//! The small commands.

use std::io::{IsTerminal, Read};

use anyhow::{Context, bail, ensure};
use clap::Subcommand;
use engine::account::{self, NewAccount};
use outside::random::SystemRandom;

use crate::{
    assemble,
    config::{Config, Flags},
    secrets, serve,
};

/// Administrators.
#[derive(Debug, Subcommand)]
pub(crate) enum Admin {
    /// Make an administrator. The password is read from standard input.
    Create {
        /// The user name or e-mail address.
        name: String,
    },
    /// Give an account another password, read from standard input, and end its sessions.
    ResetPassword {
        /// The user name or e-mail address.
        name: String,
    },
}

/// The configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum Show {
    /// Print it, secrets masked.
    Print,
}

/// Secrets.
#[derive(Debug, Subcommand)]
pub(crate) enum Secrets {
    /// Make them in the data folder; never over existing ones.
    Create,
}

pub(crate) async fn admin(flags: &Flags, what: Admin) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    let engine = assemble::house(&config, false).await?;
    let (Admin::Create { name } | Admin::ResetPassword { name }) = &what;
    let password = read_password()?;
    match &what {
        Admin::Create { .. } => {
            let (username, email) = if name.contains('@') { (None, Some(name.clone())) } else { (Some(name.clone()), None) };
            let id = account::create(&engine, NewAccount { username, email, password: Some(password), admin: true })
                .await
                .with_context(|| format!("{name} was not made"))?;
            println!("{name} is administrator, account {id}");
        }
        Admin::ResetPassword { .. } => {
            let found = account::find(&engine, name).await.with_context(|| format!("there is no account {name}"))?;
            account::set_password(&engine, found.id, password).await?;
            println!("{name} has another password; its sessions have ended");
        }
    }
    Ok(())
}

/// A password from standard input: never from an argument, which every process on the machine can read.
fn read_password() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        eprint!("password (8 characters at least, it will be seen): ");
    }
    let mut text = String::new();
    if std::io::stdin().is_terminal() {
        std::io::stdin().read_line(&mut text)?;
    } else {
        std::io::stdin().take(1024).read_to_string(&mut text)?;
    }
    let password = text.trim_end_matches(['\r', '\n']).to_owned();
    ensure!(password.chars().count() >= 8, "the password must have 8 characters at least");
    Ok(password)
}

pub(crate) async fn check(flags: &Flags) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    let engine = assemble::house(&config, false).await?;
    let findings = engine::check::run(&engine).await?;
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
    assemble::house(&config, false).await?;
    println!("the database has schema {}", store::migrate::newest());
    Ok(())
}

pub(crate) fn openapi(surface: &str) -> anyhow::Result<()> {
    match surface {
        "anime" => println!("{}", surfaces::anime::openapi()),
        other => bail!("there is no surface called {other}; there is anime"),
    }
    Ok(())
}

pub(crate) fn print(flags: &Flags) -> anyhow::Result<()> {
    print!("{}", Config::load(flags)?.masked()?);
    Ok(())
}

pub(crate) fn create_secrets(flags: &Flags) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    secrets::create(config.data(), &SystemRandom)?;
    println!("made {}; back it up apart from the database", config.data().join(secrets::FILE).display());
    Ok(())
}
