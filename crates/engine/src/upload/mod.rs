//! Keys with which browsers upload directly. They are valid for a quarter of an hour and can only put objects: below one prefix per
//! account and day, or any new object below `uploads/`, as the operator chose. The uploaded objects are in `object`.
//!
//! Keys of the built-in endpoint are not stored: their id says what they are valid for, and the rest is computed from it. So every
//! process knows them, and none can be listed.

pub mod object;

use std::time::Duration;

use domain::{id::AccountId, refusal::Refusal, text::hex, time::Timestamp, window::Rule};
use ports::grant::{CredentialRequest, Grant};
use subtle::ConstantTimeEq;

use crate::{
    Engine, Error,
    limit::{self, Counted},
    session::Caller,
    settings::{GRANTED_FOR, UploadScope},
};

/// Keys per hour and account.
const MAX_GRANTS: Rule = Rule::hourly(30);
/// The built-in endpoint's bucket.
pub const BUCKET: &str = "gongfang-uploads";
/// The region of the built-in endpoint; it is part of signatures and has no other meaning.
pub const REGION: &str = "us-east-1";

/// Keys for uploads, and the prefix below which they are valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The keys.
    pub grant: Grant,
    /// The prefix.
    pub prefix: String,
}

/// Issues keys for uploads: the vendor's, or else those of the built-in endpoint.
///
/// # Errors
/// [`Refusal::TooOften`]; [`Refusal::Unavailable`] if there is neither; [`Refusal::Upstream`] if the vendor issues none.
pub async fn grant(engine: &Engine, caller: &Caller) -> Result<Granted, Error> {
    limit::count(engine, caller.account, Counted::UploadGrants, MAX_GRANTS)?;
    let now = engine.now();
    let day = day(now);
    let prefix = match engine.settings.uploads.scope {
        UploadScope::Account => prefix(caller.account, &day),
        UploadScope::Shared => SHARED.to_owned(),
    };
    if let Some(granter) = &engine.reach.granter {
        let request = CredentialRequest { account: caller.account, prefix: prefix.clone(), lifetime: GRANTED_FOR, now };
        let grant = granter.grant(&request).await.map_err(|fault| {
            tracing::error!(%fault, "no keys for uploads");
            Refusal::Upstream
        })?;
        return Ok(Granted { grant, prefix });
    }
    let settings = &engine.settings.uploads;
    let endpoint =
        settings.endpoint.clone().ok_or_else(|| Refusal::Unavailable { reason: "no storage for uploads is configured".to_owned() })?;
    let expires_at = Timestamp(now.plus(GRANTED_FOR).seconds() * 1_000_000);
    let access_key = format!("STS.{}.{day}.{}.{}", caller.account, expires_at.seconds(), ports::random::hex::<8>(&*engine.random));
    let key = Key::computed(engine, &access_key, caller.account, prefix.clone(), expires_at);
    let grant = Grant {
        access_key,
        secret_key: key.secret,
        session_token: key.token,
        expires_at,
        region: REGION.to_owned(),
        bucket: BUCKET.to_owned(),
        endpoint,
    };
    Ok(Granted { grant, prefix })
}

fn day(now: Timestamp) -> String {
    jiff::Timestamp::from_second(now.seconds()).unwrap_or_default().strftime("%Y%m%d").to_string()
}

/// The prefix below which everybody may put new files.
const SHARED: &str = "uploads/";

/// The prefix of an account and a day. It consists of numbers only, so nothing that a user chose could widen it.
fn prefix(account: AccountId, day: &str) -> String {
    format!("uploads/u{account}/{day}/")
}

/// A key of the built-in endpoint.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// The secret that signs requests.
    pub secret: String,
    /// The session token that is sent with every request.
    pub token: String,
    /// The account that it belongs to.
    pub account: AccountId,
    /// The prefix below which it may put files.
    pub prefix: String,
    /// When it expires.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key {{ prefix: {:?} }}", self.prefix)
    }
}

impl Key {
    fn computed(engine: &Engine, access_key: &str, account: AccountId, prefix: String, expires_at: Timestamp) -> Self {
        Self {
            account,
            secret: hex(&engine.secrets.keyed(&["upload secret", access_key])),
            token: hex(&engine.secrets.keyed(&["upload token", access_key])),
            prefix,
            expires_at,
        }
    }

    /// The key with this id, expired or not. Only a signature made with the key proves that we issued the id.
    #[must_use]
    pub fn of(engine: &Engine, access_key: &str) -> Option<Self> {
        let mut parts = access_key.strip_prefix("STS.")?.split('.');
        let account = AccountId(parts.next()?.parse().ok()?);
        let day = parts.next().filter(|day| day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()))?;
        let expires_at = Timestamp(parts.next()?.parse::<i64>().ok()?.checked_mul(1_000_000)?);
        parts.next()?;
        let prefix = match engine.settings.uploads.scope {
            UploadScope::Account => prefix(account, day),
            UploadScope::Shared => SHARED.to_owned(),
        };
        parts.next().is_none().then(|| Self::computed(engine, access_key, account, prefix, expires_at))
    }

    /// Whether a session token is the one that belongs to it.
    #[must_use]
    pub fn has_token(&self, token: &str) -> bool {
        bool::from(token.as_bytes().ct_eq(self.token.as_bytes()))
    }

    /// Whether it is valid now, and was not issued by a clock that has been set back since.
    #[must_use]
    pub fn lasts(&self, engine: &Engine) -> bool {
        let now = engine.now();
        now < self.expires_at && self.expires_at <= now.plus(GRANTED_FOR + Duration::from_secs(60))
    }

    /// Whether it may put a file under this object name: below its prefix, and never below another account's.
    #[must_use]
    pub fn allows(&self, object: &str) -> bool {
        let owner = object.strip_prefix("uploads/u").and_then(|rest| rest.split_once('/')).map(|(owner, _)| owner);
        let owner = owner.filter(|owner| !owner.is_empty() && owner.bytes().all(|byte| byte.is_ascii_digit()));
        is_name(object) && object.starts_with(&self.prefix) && owner.is_none_or(|owner| owner == self.account.to_string())
    }
}

/// Whether this is a valid object name: one that S3 and OSS accept, and that does not traverse paths.
fn is_name(object: &str) -> bool {
    let segment = |part: &str| !part.is_empty() && part != "." && part != "..";
    object.len() <= 1023
        && object.starts_with(SHARED)
        && object.split('/').all(segment)
        && !object.chars().any(|c| c.is_control() || c == '\\')
}

/// Whether an object name from before uploads had rows is free of path traversal.
fn plain(name: &str) -> bool {
    let segment = |part: &str| {
        (1..=128).contains(&part.len())
            && !part.starts_with('.')
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '(' | ')' | '@' | '+' | '=' | ' ' | '&' | ',' | '!' | '~'))
    };
    name.split('/').count() <= 4 && name.split('/').all(segment)
}

/// A name for a file that is being received.
#[must_use]
pub fn part_name(engine: &Engine) -> String {
    ports::random::hex::<12>(&*engine.random)
}
