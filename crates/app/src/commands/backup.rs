//! Backups at the command line.

use anyhow::bail;
use clap::Subcommand;
use outside::clock::SystemClock;
use ports::clock::Clock;

use super::{assemble, print_all};
use crate::{
    backup::{self, Kept, Reason},
    config::{Config, Flags},
    serve,
};

/// What to do with backups. They lie in `backup.folder`.
#[derive(Debug, Subcommand)]
pub(crate) enum Backup {
    /// Copy the database now, also beside a running server.
    Create,
    /// List the backups that are there.
    List,
    /// Prove that a backup is whole: its file is the one that was made, and every invariant holds in it.
    Verify {
        /// Its name; the newest one without.
        name: Option<String>,
    },
    /// Put a backup in the database's place. The server must have stopped; the present state is saved first.
    Restore {
        /// Its name, as `gongfang backup list` shows it.
        name: String,
    },
}

const SECRETS: &str = "secrets.toml is not in it: keep a copy of that file elsewhere, or nothing that is sealed can be read again";

pub(crate) async fn backup(flags: &Flags, what: Backup) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    backup::file(&config)?;
    match what {
        Backup::Create => {
            anyhow::ensure!(
                backup::file(&config)?.exists(),
                "there is no database in {}: name the folder of your installation with --data",
                config.data
            );
            let db = assemble::database(&config).await?;
            let made = backup::create(&config, &db, Reason::Manual, SystemClock::new().now()).await;
            db.close().await;
            let made = made?;
            println!("{}: {}, schema {}\n{SECRETS}", made.path.display(), made.manifest.summary(), made.manifest.schema);
        }
        Backup::List => print_all(&listed(&backup::list(&config)?, &config)),
        Backup::Verify { name } => {
            let kept = backup::find(&config, name.as_deref())?;
            let findings = backup::verify(&config, &kept).await?;
            for fault in &findings.faults {
                println!("FAULT {fault}");
            }
            if !findings.faults.is_empty() {
                bail!("{} faults in {}: use another backup", findings.faults.len(), kept.name);
            }
            println!("{} is whole: {}; all invariants hold", kept.name, kept.manifest.summary());
        }
        Backup::Restore { name } => {
            serve::start_log(&config);
            let kept = backup::find(&config, Some(&name))?;
            let done = backup::restore(&config, &kept, SystemClock::new().now()).await?;
            println!("{name} of {} is in place: {}", kept.manifest.made, kept.manifest.summary());
            if let Some(saved) = done.saved {
                println!("the state of before is kept as {saved}");
            }
            for file in done.also {
                println!("{file} was missing and came from the backup, too");
            }
            println!(
                "what happened since {} is gone but for paid orders: the next `gongfang serve` puts them back from orders.log and asks their \
                 gateways. Run `gongfang check` after it",
                kept.manifest.made
            );
        }
    }
    Ok(())
}

fn listed(all: &[Kept], config: &Config) -> String {
    if all.is_empty() {
        return format!("there is no backup in {} yet: `gongfang backup create` makes one", backup::folder(config).display());
    }
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::UTF8_FULL_CONDENSED).set_header(["NAME", "MADE", "MB", "SCHEMA", "HOLDS"]);
    for kept in all {
        let manifest = &kept.manifest;
        table.add_row([
            kept.name.clone(),
            manifest.made.clone(),
            (manifest.bytes.div_ceil(1 << 20)).to_string(),
            manifest.schema.to_string(),
            manifest.summary(),
        ]);
    }
    table.to_string()
}
