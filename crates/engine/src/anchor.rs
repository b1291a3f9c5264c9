//! Anchors: sealed records of the ledger's state at some time, kept outside of the database, so that a truncated history, a missing
//! wallet, and a database that was replaced by an older copy are noticed.
//!
//! An anchor is a block of lines: one for each wallet whose chain has grown since the last anchor, then one with counts and a seal over
//! the block and the seal before it.

use std::{collections::BTreeMap, fmt::Write};

use domain::{
    hash::{GENESIS, Hash},
    id::WalletId,
    ledger::ChainKey,
    text::{hex, unhex},
};

use crate::{Engine, Error};

/// How many ids are skipped after a restore: rows that were written after the last anchor may have used them.
const LEAP: i64 = 10_000;
/// The name under which the database stores the number of its last anchor.
const NUMBER: &str = "anchor";

/// The combined content of all anchors.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Anchors {
    /// The number of the last one.
    pub number: i64,
    /// Each wallet's last anchored entry: its number and its hash.
    pub heads: BTreeMap<WalletId, (i64, Hash)>,
    /// For each table, the number of rows and the greatest id.
    pub counts: BTreeMap<String, (i64, i64)>,
    /// What is wrong with the anchors themselves.
    pub faults: Vec<String>,
    seal: String,
    anew: bool,
}

/// How many bytes of an anchor file are complete blocks, or lines of older versions; what follows was cut off while it was written.
#[must_use]
pub fn whole(bytes: &[u8]) -> usize {
    let ended = |line: &&[u8]| line.ends_with(b"\n") && !line.windows(8).any(|field| field == b" wallet=");
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let mut at = 0;
    let ends = lines.filter_map(|line| {
        at += line.len();
        ended(&line).then_some(at)
    });
    ends.last().unwrap_or(0)
}

impl Anchors {
    /// Reads what was written by [`next`], block by block. Lines of older versions, which prove nothing, are skipped.
    #[must_use]
    pub fn read(text: &str, chain: &ChainKey) -> Self {
        let mut anchors = Self::default();
        let mut block = String::new();
        let mut heads = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let fields: BTreeMap<&str, &str> = line.split(' ').filter_map(|field| field.split_once('=')).collect();
            let number = |name: &str| fields.get(name).and_then(|text| text.parse::<i64>().ok());
            if let (Some(wallet), Some(entries), Some(head)) =
                (number("wallet"), number("entries"), fields.get("head").and_then(|text| unhex(text)))
            {
                heads.push((WalletId(wallet), (entries, head)));
                let _ = writeln!(block, "{line}");
            } else if let (Some(found), Some(seal)) = (number("anchor"), fields.get("seal")) {
                let sealed = line.rsplit_once(" seal=").map_or(line, |(sealed, _)| sealed);
                block.push_str(sealed);
                if *seal != hex(&chain.seal(&["anchor", &anchors.seal, &block])) {
                    anchors.faults.push(format!("I6 anchors, line {}: changed by another hand, or a line before it is missing", index + 1));
                }
                anchors.number = anchors.number.max(found);
                // A restore was noticed and reported; from here on, the database is compared with what was restored.
                if fields.contains_key("anew") {
                    anchors.heads.clear();
                    anchors.counts.clear();
                }
                anchors.heads.extend(heads.drain(..));
                for (name, text) in &fields {
                    if let Some((count, most)) =
                        text.split_once('/').and_then(|(count, most)| Some((count.parse().ok()?, most.parse().ok()?)))
                    {
                        let known = anchors.counts.entry((*name).to_owned()).or_insert((count, most));
                        *known = (known.0.max(count), known.1.max(most));
                    }
                }
                (*seal).clone_into(&mut anchors.seal);
                block.clear();
            }
        }
        anchors
    }

    /// Forgets the earlier state, for the first anchor after a restore.
    pub fn forget(&mut self) {
        self.heads.clear();
        self.counts.clear();
        self.anew = true;
    }

    /// Adds a fault for everything of which there is less than was anchored.
    pub(crate) fn compare(&self, counts: Vec<(&'static str, i64, i64)>, found: &mut Vec<String>) {
        found.extend(self.faults.iter().cloned());
        for (name, count, _) in counts {
            if let Some((anchored, _)) = self.counts.get(name).filter(|(anchored, _)| *anchored > count) {
                found.push(format!("I6 there are {count} {name} and there were {anchored}: rows are gone"));
            }
        }
    }
}

/// The next block of lines, which is to be appended to the file that [`Anchors::read`] reads. The block's number is stored in the
/// database, too, except for the first block after a restore.
///
/// # Errors
/// [`Error::Fault`].
pub async fn next(engine: &Engine, before: &Anchors) -> Result<String, Error> {
    let anchored = before.heads.clone();
    let (heads, counts, number) = engine
        .db
        .walk(async move |tx| {
            let mut heads = Vec::new();
            let mut last = WalletId(i64::MIN);
            loop {
                let page = store::wallet::page(tx, last, 1000).await?;
                let Some(end) = page.last() else { break };
                last = end.id;
                for wallet in page {
                    let (entries, head) = anchored.get(&wallet.id).copied().unwrap_or((0, GENESIS));
                    if wallet.entries <= entries {
                        continue;
                    }
                    // A chain that does not continue from its anchor is broken: the old anchor is kept, and reveals it.
                    if entries == 0 || store::ledger::hash_at(tx, wallet.id, entries).await? == Some(head) {
                        heads.push((wallet.id, wallet.entries, wallet.head));
                    }
                }
            }
            Ok((heads, store::installation::counts(tx).await?, number(tx).await?))
        })
        .await?;
    let number = number.max(before.number) + 1;
    let now = engine.now();
    // The database is written first: a number that only the database knows is harmless, one that it does not know indicates an older copy.
    // An older copy counts as one until its new beginning is in the file.
    if !before.anew {
        acknowledge(engine, number).await?;
    }
    let mut block = String::new();
    for (wallet, entries, head) in heads {
        let _ = writeln!(block, "{} wallet={wallet} entries={entries} head={}", now.seconds(), hex(&head));
    }
    let _ = write!(block, "{} anchor={number}", now.seconds());
    if before.anew {
        block.push_str(" anew=1");
    }
    for (name, count, most) in counts {
        let _ = write!(block, " {name}={count}/{most}");
    }
    let seal = engine.secrets.chain.seal(&["anchor", &before.seal, &block]);
    Ok(format!("{block} seal={}\n", hex(&seal)))
}

/// Records in the database how far it was anchored.
///
/// # Errors
/// [`Error::Fault`].
pub async fn acknowledge(engine: &Engine, number: i64) -> Result<(), Error> {
    let (text, now) = (number.to_string(), engine.now());
    engine.db.write(async move |tx| Ok(store::installation::set(tx, NUMBER, &text, now).await?)).await
}

async fn number(tx: &mut store::Tx) -> Result<i64, Error> {
    Ok(store::installation::get(tx, NUMBER).await?.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Whether the database is an older copy than the one that was anchored last.
///
/// # Errors
/// [`Error::Fault`].
pub async fn is_older(engine: &Engine, anchors: &Anchors) -> Result<bool, Error> {
    let known = engine.db.read(async move |tx| number(tx).await).await?;
    Ok(known < anchors.number)
}

/// Repairs the database if it is an older copy: new rows get ids that no lost row had, and every order that may have been paid is checked
/// again at once. It counts as an older copy until [`acknowledge`] is called, so that a start that is interrupted is repeated by the next
/// one. Returns whether it was an older copy.
///
/// # Errors
/// [`Error::Fault`].
pub async fn reconcile(engine: &Engine, anchors: &Anchors) -> Result<bool, Error> {
    let anchors = anchors.clone();
    let now = engine.now();
    engine
        .db
        .write(async move |tx| {
            if number(tx).await? >= anchors.number {
                return Ok(false);
            }
            for (name, _, _) in store::installation::counts(tx).await? {
                if let Some((_, most)) = anchors.counts.get(name).filter(|(_, most)| *most > 0) {
                    store::installation::leap(tx, name, most.saturating_add(LEAP)).await?;
                }
            }
            store::order::all_due(tx, now).await?;
            Ok(true)
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_that_is_changed_or_missing_is_noticed() {
        let chain = ChainKey::new(1, [1; 32]);
        let mut text = String::from("1700000000 wallets=3 fold=00\n");
        let mut seal = String::new();
        for number in 1..=3 {
            let block = format!(
                "1 wallet=7 entries={number} head={}\n1 anchor={number} accounts=2/9 orders=1/0",
                hex(&[u8::try_from(number).unwrap(); 32])
            );
            seal = hex(&chain.seal(&["anchor", &seal, &block]));
            text += &format!("{block} seal={seal}\n");
        }
        let read = Anchors::read(&text, &chain);
        assert_eq!((read.number, &read.faults), (3, &Vec::new()));
        assert_eq!(read.heads[&WalletId(7)], (3, [3; 32]));
        assert_eq!(read.counts["accounts"], (2, 9));
        assert_eq!(whole(text.as_bytes()), text.len());
        for cut in [text.len() - 1, text.len() - 40, text.find("anchor=3").unwrap()] {
            let kept = whole(&text.as_bytes()[..cut]);
            assert_eq!(Anchors::read(&text[..kept], &chain).number, 2, "a block that was cut off is none");
        }
        for (words, accounts) in [("accounts=1/9", 2), ("anew=1 accounts=1/9", 1)] {
            let block = format!("1 anchor=4 {words}");
            let text = format!("{text}{block} seal={}\n", hex(&chain.seal(&["anchor", &seal, &block])));
            let read = Anchors::read(&text, &chain);
            assert_eq!((read.counts["accounts"].0, read.faults), (accounts, Vec::new()), "{words}: what there was is not forgotten");
        }
        for changed in [
            text.replace("entries=2", "entries=1"),
            text.replace("anchor=2", "anchor=5"),
            text.lines().enumerate().filter(|(index, _)| !(3..5).contains(index)).map(|(_, line)| format!("{line}\n")).collect(),
        ] {
            assert!(!Anchors::read(&changed, &chain).faults.is_empty(), "{changed}");
        }
    }
}
