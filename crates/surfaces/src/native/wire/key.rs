//! API keys on the wire.

use domain::{api_key::ApiKey, money::Money, problem::Problem, refusal::Refusal, time::Timestamp, wallet::Asset};
use engine::api_key::{self, Made};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Amount, Page, id, time};
use crate::http::{Field, malformed};

/// A key as its owner wants it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct NewKey {
    /// What you call it.
    name: String,
    /// What it may do: `tasks:read`, `tasks:write`, `wallet:read` and so on; for administrators also `worker:metered`.
    scopes: Vec<String>,
    /// Addresses and networks it may be used from, as `192.0.2.0/24`; everywhere if there is none.
    #[serde(default)]
    networks: Vec<String>,
    /// The most that tasks may be charged with it in a day (UTC), as a decimal text; any amount if absent.
    #[serde(default)]
    daily_cap: Option<String>,
    /// When it ends (RFC 3339); after 90 days if absent, never if `null`.
    #[serde(default)]
    expires_at: Field<String>,
}

impl NewKey {
    /// It as the engine takes it.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field.
    pub(in crate::native) fn read(self, now: Timestamp) -> Result<api_key::NewKey, Refusal> {
        let expires_at = match self.expires_at {
            Field::Absent => Some(now.plus(api_key::USUAL_LIFE)),
            Field::Null => None,
            Field::Odd => return Err(malformed("expires_at")),
            Field::Given(text) => {
                let at: jiff::Timestamp = text.parse().map_err(|_| malformed("expires_at"))?;
                Some(Timestamp(at.as_microsecond()))
            }
        };
        let cap = |text: String| Money::parse(&text).ok_or(Refusal::Invalid { field: "daily_cap", problem: Problem::Malformed });
        let daily_cap = self.daily_cap.map(cap).transpose()?.map(|money| money.0);
        Ok(api_key::NewKey { name: self.name, scopes: self.scopes, networks: self.networks, daily_cap, expires_at })
    }
}

/// How a key gives its place to another.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::native) struct Roll {
    /// Seconds that the old one goes on; up to a week.
    #[serde(default)]
    pub(in crate::native) overlap_s: u64,
}

/// A key. Its text is shown once, when it is made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ApiKey")]
pub(in crate::native) struct Key {
    /// Its id, as `key_7`.
    id: String,
    /// What its owner calls it.
    name: String,
    /// The ends of its text.
    shown: String,
    /// What it may do.
    scopes: Vec<String>,
    /// The networks it may be used from; everywhere if there is none.
    networks: Vec<String>,
    /// The most that tasks may be charged with it in a day (UTC).
    daily_cap: Option<Amount>,
    /// What was charged with it on the day of its last charge.
    spent: Amount,
    /// When it was made.
    created_at: String,
    /// When it ends.
    expires_at: Option<String>,
    /// When it was last used, to the minute.
    used_at: Option<String>,
    /// The address it was last used from.
    used_from: Option<String>,
    /// When it was revoked.
    revoked_at: Option<String>,
}

impl Key {
    fn of(key: &ApiKey) -> Self {
        Self {
            id: id("key", key.id.0),
            name: key.name.clone(),
            shown: key.shown.clone(),
            scopes: key.scopes.iter().map(ToString::to_string).collect(),
            networks: key.networks.clone(),
            daily_cap: key.daily_cap.map(|cap| Amount::of(Asset::Money, cap)),
            spent: Amount::of(Asset::Money, key.spent),
            created_at: time(key.created_at),
            expires_at: key.expires_at.map(time),
            used_at: key.used_at.map(time),
            used_from: key.used_from.clone(),
            revoked_at: key.revoked_at.map(time),
        }
    }
}

/// A page of keys, of which one more was read than is shown.
pub(in crate::native) fn keys(keys: &[ApiKey], limit: i64) -> Page<Key> {
    Page::of(keys, limit, Key::of, |key| key.id.to_string())
}

/// A key that was just made.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::native) struct MadeKey {
    /// The key.
    #[serde(flatten)]
    key: Key,
    /// Its text, for `Authorization: Bearer`. It is not shown again.
    secret: String,
}

impl MadeKey {
    pub(in crate::native) fn of(made: Made) -> Self {
        Self { key: Key::of(&made.key), secret: made.text }
    }
}
