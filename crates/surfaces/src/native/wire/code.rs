//! Redemption codes and their batches.

use domain::{
    code::{Batch, Code, State},
    problem::Problem,
    refusal::Refusal,
    time::Timestamp,
};
use engine::code::{BatchDetail, Minted, NewBatch};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Page, account_id, id, time};
use crate::native::listing::Listed;

/// Codes to mint.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewBatch")]
pub(in crate::native) struct NewCodes {
    /// How many.
    count: i64,
    /// How many uses each gives.
    uses: i64,
    /// When they end (RFC 3339); never where it is absent.
    #[serde(default)]
    expires_at: Option<String>,
    /// What they are for.
    #[serde(default)]
    note: String,
}

impl NewCodes {
    /// It as the engine takes it.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field.
    pub(in crate::native) fn read(self) -> Result<NewBatch, Refusal> {
        let malformed = Refusal::Invalid { field: "expires_at", problem: Problem::Malformed };
        let at = self.expires_at.map(|text| text.parse::<jiff::Timestamp>().map_err(|_| malformed)).transpose()?;
        let expires_at = at.map(|at| Timestamp(at.as_microsecond()));
        Ok(NewBatch { count: self.count, uses: self.uses, expires_at, note: self.note })
    }
}

/// A batch of codes.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Batch")]
pub(in crate::native) struct BatchShown {
    /// Its id, as `batch_4`.
    id: String,
    /// What its codes are for.
    note: String,
    /// Who minted it, as `acct_3`; the command line where it is `null`.
    minted_by: Option<String>,
    /// When.
    created_at: String,
}

impl BatchShown {
    fn of(batch: &Batch) -> Self {
        Self {
            id: id("batch", batch.id.0),
            note: batch.note.clone(),
            minted_by: batch.minter.map(account_id),
            created_at: time(batch.created_at),
        }
    }
}

impl Listed for BatchShown {
    const NAME: &'static str = "batches";
    const COLUMNS: &'static [&'static str] = &["id", "note", "minted_by", "created_at"];
}

/// A page of batches, of which one more was read than is shown.
pub(in crate::native) fn batches(batches: &[Batch], limit: i64) -> Page<BatchShown> {
    Page::of(batches, limit, BatchShown::of, |batch| batch.id.to_string())
}

/// A batch, and how many of its codes are in which state.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BatchDetail")]
pub(in crate::native) struct BatchWhole {
    #[serde(flatten)]
    batch: BatchShown,
    /// Codes that can be redeemed.
    open: i64,
    /// Codes that somebody redeemed.
    redeemed: i64,
    /// Codes that were revoked.
    revoked: i64,
    /// Codes that have expired.
    expired: i64,
}

impl BatchWhole {
    pub(in crate::native) fn of(detail: &BatchDetail) -> Self {
        let count = |state: State| detail.counts.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count);
        Self {
            batch: BatchShown::of(&detail.batch),
            open: count(State::Open),
            redeemed: count(State::Redeemed),
            revoked: count(State::Revoked),
            expired: count(State::Expired),
        }
    }
}

/// A batch with the texts of its codes, which cannot be read again.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MintedBatch")]
pub(in crate::native) struct MintedCodes {
    #[serde(flatten)]
    batch: BatchShown,
    /// The codes. Keep them: what is kept here is a keyed hash of each.
    codes: Vec<String>,
}

impl MintedCodes {
    pub(in crate::native) fn of(minted: Minted) -> Self {
        Self { batch: BatchShown::of(&minted.batch), codes: minted.texts }
    }
}

/// A code. Its text is known once it was redeemed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Code")]
pub(in crate::native) struct CodeShown {
    /// Its id, as `code_9`.
    id: String,
    /// Its batch, as `batch_4`.
    batch: String,
    /// `open`, `redeemed`, `revoked` or `expired`.
    state: &'static str,
    /// How many uses it gives.
    uses: i64,
    /// Its text, where it was redeemed.
    text: Option<String>,
    /// Who redeemed it, as `acct_3`.
    redeemed_by: Option<String>,
    /// When it was redeemed.
    redeemed_at: Option<String>,
    /// When it ends.
    expires_at: Option<String>,
    /// When it was minted.
    created_at: String,
}

impl CodeShown {
    fn of(code: &Code, now: Timestamp) -> Self {
        Self {
            id: id("code", code.id.0),
            batch: id("batch", code.batch.0),
            state: code.state(now).word(),
            uses: code.uses,
            text: code.text.clone(),
            redeemed_by: code.redeemed_by.map(account_id),
            redeemed_at: code.redeemed_at.map(time),
            expires_at: code.expires_at.map(time),
            created_at: time(code.created_at),
        }
    }
}

impl Listed for CodeShown {
    const NAME: &'static str = "codes";
    const COLUMNS: &'static [&'static str] =
        &["id", "batch", "state", "uses", "text", "redeemed_by", "redeemed_at", "expires_at", "created_at"];
}

/// A page of codes, of which one more was read than is shown.
pub(in crate::native) fn codes(codes: &[Code], limit: i64, now: Timestamp) -> Page<CodeShown> {
    Page::of(codes, limit, |code| CodeShown::of(code, now), |code| code.id.to_string())
}

/// How many codes were revoked.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct Revoked {
    /// How many could be redeemed until now.
    pub(in crate::native) revoked: u64,
}
