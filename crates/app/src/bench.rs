//! Measures.

use clap::Args;

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct Wish {}

pub(crate) async fn run(_wish: Wish) -> anyhow::Result<()> {
    Ok(())
}
