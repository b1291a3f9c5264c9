//! What the tests of connectors to learning platforms share.
#![allow(missing_docs, unreachable_pub, reason = "a part of test binaries")]

use std::{sync::Arc, time::Duration};

use doubles::{ManualClock, SeededRandom};
use outside::campus::{Manner, Parts};
use ports::campus::{CampusError, Playing};

use crate::common::{NOW, egress};

/// A connector's parts, without rests.
pub fn parts() -> Parts {
    let quick = Duration::from_millis(1);
    let manner =
        Manner { spacing: Duration::ZERO, waits: vec![quick, quick], deadline: Duration::from_secs(60), at_once: 8, https_only: false };
    Parts {
        web: Arc::new(egress()),
        strangers: Arc::new(egress()),
        sites: Vec::new(),
        clock: Arc::new(ManualClock::at(NOW)),
        random: Arc::new(SeededRandom::new(3)),
        manner,
    }
}

/// Nothing is played there.
pub struct Nothing;

#[async_trait::async_trait]
impl Playing for Nothing {
    async fn played(&self, _at_s: i64, _of_s: i64) -> Result<(), CampusError> {
        panic!("nothing is played at such a site")
    }
}

/// The name of what went wrong, without its text.
pub fn sort(error: &CampusError) -> String {
    format!("{error:?}").split(['(', ' ']).next().unwrap_or_default().to_owned()
}
