//! Redemption codes for operators: a batch into a file, a list, and taking a batch back.

use std::{
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use anyhow::{Context, bail, ensure};
use clap::{Subcommand, ValueEnum};
use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};
use domain::{
    code::{MAX_USES, State},
    id::{BatchId, CodeId},
    refusal::Refusal,
    time::Timestamp,
};
use engine::{Engine, Error, code};
use indicatif::{ProgressBar, ProgressStyle};

use super::{assemble, print_all, time};
use crate::config::{Config, Flags};

/// The most codes of one command.
const MOST: u32 = 10_000_000;

/// Redemption codes.
#[derive(Debug, Subcommand)]
pub(crate) enum Codes {
    /// Mint a batch of codes into a file that only you can read: their texts cannot be read anywhere else.
    Generate {
        /// How many.
        #[arg(long)]
        count: u32,
        /// How many uses each gives.
        #[arg(long, default_value_t = 1)]
        uses: i64,
        /// When they stop being good: a number of days as `30d`, or the last good day as `2027-01-31`.
        #[arg(long)]
        expires: Option<String>,
        /// What the batch is for; shown by nobody but the database.
        #[arg(long, default_value = "")]
        note: String,
        /// The file to make. [default: ./codes-<time>.csv]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// List codes, newest first. The text of an open code is known to nobody.
    List {
        /// Of one batch.
        #[arg(long)]
        batch: Option<i64>,
        /// In one state.
        #[arg(long)]
        state: Option<Word>,
        /// How many at most.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take back what of a batch has not been redeemed.
    Revoke {
        /// The batch's number.
        #[arg(long)]
        batch: i64,
    },
}

/// A state, as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Word {
    Open,
    Redeemed,
    Revoked,
    Expired,
}

impl Word {
    fn state(self) -> State {
        match self {
            Self::Open => State::Open,
            Self::Redeemed => State::Redeemed,
            Self::Revoked => State::Revoked,
            Self::Expired => State::Expired,
        }
    }
}

pub(crate) async fn codes(flags: &Flags, what: Codes) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    match what {
        Codes::Generate { count, uses, expires, note, out } => {
            ensure!((1..=MOST).contains(&count), "--count must be from 1 to {MOST}");
            ensure!((1..=MAX_USES).contains(&uses), "--uses must be from 1 to {MAX_USES}");
            let engine = assemble::build_engine(&config, None).await?;
            let expires_at = expires.map(|text| expiry(&config, &text, engine.now())).transpose()?;
            generate(&engine, Batch { count, uses, expires_at, note, out }).await
        }
        Codes::List { batch, state, limit, json } => {
            let engine = assemble::build_engine(&config, None).await?;
            list(&engine, batch.map(BatchId), state.map(Word::state), usize::try_from(limit)?, json).await
        }
        Codes::Revoke { batch } => {
            let engine = assemble::build_engine(&config, None).await?;
            let revoked = match code::revoke(&engine, None, BatchId(batch)).await {
                Err(Error::Refused(Refusal::NotFound(_))) => bail!("there is no batch {batch}"),
                other => other?,
            };
            println!("batch {batch}: {revoked} codes taken back");
            Ok(())
        }
    }
}

struct Batch {
    count: u32,
    uses: i64,
    expires_at: Option<Timestamp>,
    note: String,
    out: Option<PathBuf>,
}

/// Each chunk of codes is in the file, safely, before it is in the database: a crash between the two leaves lines that are worth
/// nothing, never codes that nobody knows.
async fn generate(engine: &Engine, request: Batch) -> anyhow::Result<()> {
    let path = request.out.unwrap_or_else(|| PathBuf::from(format!("codes-{}.csv", time(engine.now()).replace([':', '-'], ""))));
    let file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("{} cannot be made; name another file with --out", path.display()))?;
    let mut file = BufWriter::new(file);
    writeln!(file, "code,uses,expires_at")?;
    file.flush().with_context(|| format!("{} cannot be written", path.display()))?;
    let note: String = request.note.chars().filter(|c| !c.is_control()).take(200).collect();
    let batch = code::open_batch(engine, note).await?;
    let expires = request.expires_at.map(time).unwrap_or_default();
    let bar = ProgressBar::new(request.count.into());
    bar.set_style(ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} codes, {eta} left")?);
    let mut left = usize::try_from(request.count)?;
    while left > 0 {
        let texts = code::draw(engine, left.min(code::CHUNK));
        for text in &texts {
            writeln!(file, "{text},{},{expires}", request.uses)?;
        }
        file.flush()?;
        file.get_ref().sync_data()?;
        code::fill(engine, batch, &texts, request.uses, request.expires_at).await.with_context(|| {
            format!("batch {batch} is incomplete: the last {} lines of {} are worth nothing", texts.len(), path.display())
        })?;
        left -= texts.len();
        bar.inc(texts.len() as u64);
    }
    bar.finish_and_clear();
    println!("batch {batch}: {} codes of {} uses in {}", request.count, request.uses, path.display());
    Ok(())
}

/// Until when codes are good: so many days from now, or the end of a day in the configured zone.
fn expiry(config: &Config, text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u32>().ok()).filter(|days| (1..=36_500).contains(days));
    let at = match days {
        Some(days) => now.plus(std::time::Duration::from_secs(u64::from(days) * 86_400)),
        None => {
            let wrong = || anyhow::anyhow!("--expires must be a number of days as 30d, or a day as 2027-01-31");
            let day: jiff::civil::Date = text.parse().map_err(|_| wrong())?;
            let end = day.tomorrow().and_then(|next| next.to_zoned(config.time_zone.zone.clone()));
            Timestamp(end.map_err(|_| wrong())?.timestamp().as_microsecond())
        }
    };
    ensure!(at > now, "--expires lies in the past");
    Ok(at)
}

async fn list(engine: &Engine, batch: Option<BatchId>, state: Option<State>, limit: usize, json: bool) -> anyhow::Result<()> {
    let now = engine.now();
    let mut found = Vec::new();
    let mut before = CodeId(i64::MAX);
    while found.len() < limit {
        let page = code::page(engine, None, batch, before, 500).await?;
        let Some(last) = page.last() else { break };
        before = last.id;
        found.extend(page.into_iter().filter(|code| state.is_none_or(|state| code.state(now) == state)));
    }
    found.truncate(limit);
    if json {
        let item = |code: &domain::code::Code| {
            serde_json::json!({
                "id": code.id.0,
                "batch": code.batch.0,
                "state": code.state(now).word(),
                "uses": code.uses,
                "code": code.text,
                "created_at": time(code.created_at),
                "expires_at": code.expires_at.map(time),
                "redeemed_at": code.redeemed_at.map(time),
                "revoked_at": code.revoked_at.map(time),
            })
        };
        print_all(&serde_json::to_string_pretty(&found.iter().map(item).collect::<Vec<_>>())?);
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(["id", "batch", "state", "uses", "code", "made", "expires", "redeemed"]);
    for code in found {
        table.add_row([
            code.id.to_string(),
            code.batch.to_string(),
            code.state(now).word().to_owned(),
            code.uses.to_string(),
            code.text.clone().unwrap_or_else(|| "•".repeat(4)),
            time(code.created_at),
            code.expires_at.map(time).unwrap_or_default(),
            code.redeemed_at.map(time).unwrap_or_default(),
        ]);
    }
    print_all(&table.to_string());
    Ok(())
}

#[cfg(test)]
mod tests {
    use config::Parsed;

    use super::*;

    #[test]
    fn codes_are_good_through_their_last_day() {
        let now = Timestamp(1_700_000_000_000_000);
        let zone = |name| Parsed::parse(name).unwrap();
        let mut config = Config { time_zone: zone("UTC"), ..Config::default() };
        assert_eq!(expiry(&config, "30d", now).unwrap().seconds(), 1_700_000_000 + 30 * 86_400);
        assert_eq!(expiry(&config, "2027-01-31", now).unwrap().seconds(), 1_801_440_000);
        config.time_zone = zone("Asia/Shanghai");
        assert_eq!(expiry(&config, "2027-01-31", now).unwrap().seconds(), 1_801_440_000 - 8 * 3600);
        for bad in ["", "9999-12-31", "0d", "d", "-1d", "2020-01-01", "2027-13-01", "soon"] {
            assert!(expiry(&config, bad, now).is_err(), "{bad}");
        }
    }
}
