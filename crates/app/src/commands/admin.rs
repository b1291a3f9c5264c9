//! Administrators, and tokens of outside workers.

use std::io::{IsTerminal, Read};

use anyhow::{Context, bail, ensure};
use clap::Subcommand;
use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};
use domain::{id::WorkerTokenId, refusal::Refusal};
use engine::{
    Engine, Error,
    account::{self, NewAccount},
    password, worker_token,
};

use super::{assemble, print_all, time};
use crate::config::{Config, Flags};

/// Administrators and outside workers.
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
    /// Tokens by which outside workers find metered tasks and report on them.
    #[command(subcommand)]
    WorkerToken(WorkerToken),
}

/// Worker tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum WorkerToken {
    /// Make one and print it: the only time it can be read.
    Create {
        /// What you call the worker.
        name: String,
    },
    /// List them, newest first; their texts are known to nobody.
    List,
    /// Take one back; it is refused at once.
    Revoke {
        /// Its number, as `list` shows it.
        id: i64,
    },
}

pub(crate) async fn admin(flags: &Flags, what: Admin) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    let engine = assemble::build_engine(&config, None).await?;
    match what {
        Admin::WorkerToken(what) => worker_token(&engine, what).await?,
        Admin::Create { name } => {
            let password = read_password()?;
            let (username, email) = if name.contains('@') { (None, Some(name.clone())) } else { (Some(name.clone()), None) };
            may_be(&engine, &password)?;
            let id = account::create(&engine, NewAccount { username, email, password: Some(password), admin: true })
                .await
                .with_context(|| format!("{name} was not made"))?;
            println!("{name} is administrator, account {id}");
        }
        Admin::ResetPassword { name } => {
            let password = read_password()?;
            let found = account::find(&engine, &name).await.with_context(|| format!("there is no account {name}"))?;
            may_be(&engine, &password)?;
            account::set_password(&engine, found.id, password).await?;
            println!("{name} has another password; its sessions have ended");
        }
    }
    Ok(())
}

/// That a password is one that people may choose here, too.
fn may_be(engine: &Engine, password: &str) -> anyhow::Result<()> {
    password::rule(&engine.settings, password).map_err(|refusal| anyhow::anyhow!("another password, please: {refusal}"))
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

async fn worker_token(engine: &Engine, what: WorkerToken) -> anyhow::Result<()> {
    match what {
        WorkerToken::Create { name } => {
            let plain = !name.trim().is_empty() && name.chars().count() <= 100 && !name.chars().any(char::is_control);
            ensure!(plain, "give the token a name of 1 to 100 characters, such as `render-1`");
            let (id, text) = worker_token::create(engine, name.clone()).await?;
            eprintln!("token {id} for {name}; it cannot be shown again:");
            println!("{text}");
        }
        WorkerToken::List => {
            let mut table = Table::new();
            table.load_style(UTF8_FULL_CONDENSED).set_header(["id", "name", "made", "last used", "revoked"]);
            for token in worker_token::list(engine).await? {
                table.add_row([
                    token.id.to_string(),
                    token.name,
                    time(token.created_at),
                    token.used_at.map(time).unwrap_or_default(),
                    token.revoked_at.map(time).unwrap_or_default(),
                ]);
            }
            print_all(&table.to_string());
        }
        WorkerToken::Revoke { id } => {
            match worker_token::revoke(engine, WorkerTokenId(id)).await {
                Err(Error::Refused(Refusal::NotFound(_))) => bail!("there is no token {id}, or it was taken back before"),
                other => other?,
            }
            println!("token {id} is refused from now on");
        }
    }
    Ok(())
}
