//! An older copy of the database that was put back: what is known outside of it is made good at the start.

use std::{
    fs::File,
    io::{ErrorKind, Read, Seek, SeekFrom},
};

use anyhow::Context;
use engine::{Engine, anchor, order::journal};

use crate::{anchors, assemble, config::Config};

/// How much of the end of orders.log is looked at where the anchors find nothing wrong: what can be newer than the last of them.
const TAIL: u64 = 256 * 1024;

/// Makes good what an older copy lost, where this database is one. The anchors tell, and between two of them the orders that stand in
/// orders.log and not in the database.
///
/// # Errors
/// What cannot be read, or written down.
pub(crate) async fn made_good(engine: &Engine, config: &Config) -> anyhow::Result<()> {
    let anchored = anchors::read(config, engine.chain())?;
    if !anchor::is_older(engine, &anchored).await? {
        let (restored, lost) = journal::restore(engine, &orders(config, TAIL)?).await?;
        if restored + lost > 0 {
            tracing::error!(
                restored,
                lost,
                "orders stand in orders.log and not in the database: they were put back, and their gateways are asked. Either the database did not \
                 answer when they were made, or it is an older copy; then nobody knows what else was lost since the last anchor"
            );
        }
        return Ok(());
    }
    let (restored, lost) = journal::restore(engine, &orders(config, u64::MAX)?).await?;
    anchor::reconcile(engine, &anchored).await?;
    anchors::begin_anew(engine, &anchors::path(config)).await?;
    tracing::error!(
        restored,
        lost,
        "the database is an older copy than the one that was anchored last: new rows are numbered above all lost ones, orders were put back \
         from orders.log, and gateways are asked about every open one; orders of lost accounts are yours to give back"
    );
    Ok(())
}

/// The end of orders.log, so many bytes at most; a line that is cut in two there is none.
fn orders(config: &Config, most: u64) -> anyhow::Result<String> {
    let path = assemble::journal(config);
    let read = || {
        let mut file = File::open(&path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(most)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    match read() {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if ErrorKind::NotFound == std::io::Error::kind(&error) => Ok(String::new()),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read, and orders of the lost time may stand in it", path.display())),
    }
}
