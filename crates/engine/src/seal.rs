//! Seals on rows that promise something without a ledger entry: limits, orders, codes, prices, methods, settings.
//!
//! Invariant: only this program changes what a seal covers, and it seals it again in the same transaction.

use domain::{hash::Hash, ledger::ChainKey};
use store::{
    seal::{Seal, Sealed},
    tx::{Tx, Value},
};

use crate::{Error, Fault};

/// Rows that are read at once.
const PAGE: i64 = 1000;

/// Seals a row as it is now.
pub(crate) async fn put(tx: &mut Tx, chain: &ChainKey, sealed: Sealed, id: impl Into<Value>) -> Result<(), Error> {
    let id = id.into();
    let row = store::seal::get(tx, sealed, id.clone()).await?.ok_or(Fault::Corrupt("seal"))?;
    Ok(store::seal::set(tx, sealed, id, of(chain, sealed, &row)).await?)
}

/// Seals every row that has no seal: once, if the database was written by a version without seals.
pub(crate) async fn put_all(tx: &mut Tx, chain: &ChainKey) -> Result<(), Error> {
    for sealed in Sealed::ALL {
        let mut last = sealed.first();
        loop {
            let page = store::seal::page(tx, sealed, last, PAGE).await?;
            let Some(end) = page.last() else { break };
            last = end.id.clone();
            for row in page.iter().filter(|row| row.seal.is_none()) {
                store::seal::set(tx, sealed, row.id.clone(), of(chain, sealed, row)).await?;
            }
        }
    }
    Ok(())
}

/// Adds one line for each row that does not match its seal.
pub(crate) async fn faults(tx: &mut Tx, chain: &ChainKey, found: &mut Vec<String>) -> Result<(), Error> {
    for sealed in Sealed::ALL {
        let mut last = sealed.first();
        loop {
            let page = store::seal::page(tx, sealed, last, PAGE).await?;
            let Some(end) = page.last() else { break };
            last = end.id.clone();
            for row in page.iter().filter(|row| !fits(chain, sealed, row)) {
                found.push(format!("I6 {} {}: it was changed by another hand than this program's", sealed.word(), text(&row.id)));
            }
        }
    }
    Ok(())
}

fn fits(chain: &ChainKey, sealed: Sealed, row: &Seal) -> bool {
    match &row.seal {
        Some(seal) => *seal == of(chain, sealed, row),
        // A wallet is sealed when it is first given a limit.
        None => sealed == Sealed::Limit && row.parts.last() == Some(&Value::Int(0)),
    }
}

fn of(chain: &ChainKey, sealed: Sealed, row: &Seal) -> Hash {
    let parts: Vec<String> = row.parts.iter().map(text).collect();
    let parts: Vec<&str> = std::iter::once(sealed.word()).chain(parts.iter().map(String::as_str)).collect();
    chain.seal(&parts)
}

/// A value as a text that is different for every value.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => format!("'{text}'"),
        Value::Bytes(bytes) => domain::text::hex(bytes),
    }
}
