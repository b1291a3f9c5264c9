//! Backups, as far as the database is concerned: what a copy holds, and what administrators are told of the newest one.
//!
//! Where copies lie, and when one is made, is the binary's business.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::{id::WalletId, text::hex, time::Timestamp};
use sha2::{Digest, Sha256};
use store::{Db, table, tx::Tx};

use crate::{Error, letter::Language};

/// What a database holds, in figures that can be compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// Its schema.
    pub schema: i64,
    /// How many rows each table has.
    pub rows: BTreeMap<String, i64>,
    /// A hash over every wallet's number, balance, count of entries and the hash of the last of them.
    pub heads: String,
}

/// What a SQLite database holds.
///
/// # Errors
/// [`Error::Fault`].
pub async fn contents(db: &Db) -> Result<Contents, Error> {
    db.walk(async move |tx| {
        let tables = table::all(tx).await?;
        of_tables(tx, &tables).await
    })
    .await
}

/// The schema of a database; 0 where there is none yet.
///
/// # Errors
/// [`Error::Fault`].
pub async fn schema(db: &Db) -> Result<i64, Error> {
    db.read(async move |tx| Ok(table::schema(tx).await?)).await
}

/// The same of a database of either sort, for tables that are known.
pub(crate) async fn of_tables(tx: &mut Tx, tables: &[table::Table]) -> Result<Contents, Error> {
    let mut contents = Contents { schema: table::schema(tx).await?, ..Contents::default() };
    for table in tables {
        contents.rows.insert(table.name.clone(), table::count(tx, table).await?);
    }
    // A database of before its first migration has no wallets either.
    if tables.iter().any(|table| table.name == "wallets") {
        contents.heads = heads(tx).await?;
    }
    Ok(contents)
}

async fn heads(tx: &mut Tx) -> Result<String, Error> {
    let mut hash = Sha256::new();
    let mut last = WalletId(i64::MIN);
    loop {
        let page = store::wallet::heads(tx, last, 5000).await?;
        let Some((end, ..)) = page.last() else { break };
        last = *end;
        let mut text = String::new();
        for (wallet, balance, entries, head) in &page {
            let _ = writeln!(text, "{wallet} {balance} {entries} {}", hex(head));
        }
        hash.update(text);
    }
    Ok(hex(&hash.finalize()))
}

/// What is known of this server's backups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// When the newest one was made.
    pub newest_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub fault: Option<String>,
    /// How old the newest one may be; `None` where this server makes none.
    pub patience: Option<Duration>,
    /// Since when it is waited for the first one.
    pub since: Timestamp,
}

impl Known {
    /// Whether all is well, and a sentence about it.
    #[must_use]
    pub fn judge(&self, now: Timestamp, language: Language) -> (bool, String) {
        let say = |chinese: String, english: String| match language {
            Language::Chinese => chinese,
            Language::English => english,
        };
        let Some(patience) = self.patience else {
            let english = "This server makes no backups by itself: see that somebody does (docs/operations.md)";
            return (true, say("本服务器不自动备份，请另行安排（见 docs/operations.md）".to_owned(), english.to_owned()));
        };
        if let Some(fault) = &self.fault {
            return (false, say(format!("最近一次备份失败：{fault}"), format!("The last backup failed: {fault}")));
        }
        let hours = |at: Timestamp| now.since(at).as_secs() / 3600;
        match self.newest_at {
            Some(at) if now.since(at) > patience => (
                false,
                say(
                    format!("最新的备份已有 {} 小时，请运行 gongfang backup create 并查看日志", hours(at)),
                    format!("The newest backup is {} hours old: run `gongfang backup create` and read the log", hours(at)),
                ),
            ),
            Some(at) => (true, say(format!("最新的备份在 {} 小时前", hours(at)), format!("The newest backup is {} hours old", hours(at)))),
            None if now.since(self.since) > patience => {
                (false, say("还没有任何备份".to_owned(), "There is no backup: run `gongfang backup create` and read the log".to_owned()))
            }
            None => (true, say("即将进行第一次备份".to_owned(), "The first backup is about to be made".to_owned())),
        }
    }
}

/// What is known, for whoever is asked.
#[derive(Debug, Default)]
pub struct Backups(Mutex<Known>);

impl Backups {
    /// Remembers what is known now.
    pub fn note(&self, known: Known) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }

    /// What is known.
    #[must_use]
    pub fn known(&self) -> Known {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_that_failed_or_is_old_is_an_alarm() {
        const HOUR: u64 = 3600;
        let at = |hours: u64| Timestamp(1_700_000_000_000_000).plus(Duration::from_secs(hours * HOUR));
        let known = |newest: Option<u64>, fault: Option<&str>| Known {
            newest_at: newest.map(at),
            fault: fault.map(str::to_owned),
            patience: Some(Duration::from_secs(50 * HOUR)),
            since: at(0),
        };
        for (newest, fault, hour, well) in [
            (None, None, 1, true),
            (None, None, 51, false),
            (Some(0), None, 50, true),
            (Some(0), None, 51, false),
            (Some(60), None, 51, true),
            (Some(50), Some("the disk is full"), 51, false),
        ] {
            let (found, text) = known(newest, fault).judge(at(hour), Language::English);
            assert_eq!(found, well, "{newest:?} {fault:?} {hour}: {text}");
        }
        let none = Known { patience: None, ..known(None, None) };
        assert!(none.judge(at(999), Language::Chinese).0, "a server that makes none is no fault");
    }
}
