//! Login sessions and the tokens that carry them.
//!
//! A token is a JWT (HS256) whose header always has the same bytes: any other header, whatever algorithm or key it names, is refused
//! before it is parsed. Who the caller is and what they may do is read from the database; the claims are for the documents' front ends.

use std::{net::IpAddr, sync::LazyLock, time::Duration};

use domain::{
    account::Role,
    api_key::{Scope, resembles},
    id::{AccountId, KeyId},
    refusal::{Noun, Refusal},
    time::Timestamp,
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use ports::bell::Ring;
use serde::{Deserialize, Serialize};
pub use store::session::OpenSession;
use store::session::SessionState;

use crate::{Engine, Error, Fault, api_key, recent::Recent};

/// The longest token that is accepted, in bytes.
const LONGEST: usize = 4096;
/// How long a proof of who is asking counts as fresh.
const FRESH: Duration = Duration::from_secs(600);
/// Sessions that end unused are written down as used once in this time.
const USED: Duration = Duration::from_secs(3600);

/// The caller of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// Its current role.
    pub role: Role,
    /// The login session; empty for an API key.
    pub session: String,
    /// The API key that stands for the account; none where somebody is signed in.
    pub key: Option<KeyId>,
    /// When the session or the key expires.
    pub expires_at: Timestamp,
    /// When the caller last proved who they are; none for a key, and for a session of a document that knows no such question.
    pub proved_at: Option<Timestamp>,
}

/// Whose rows a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Whose {
    /// The caller's own.
    #[default]
    Own,
    /// Somebody's.
    Of(AccountId),
    /// Everybody's.
    Everybody,
}

impl Caller {
    /// The account whose rows the caller may see; none for everybody's.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for others' rows, for everybody but administrators.
    pub(crate) fn sees(&self, whose: Whose) -> Result<Option<AccountId>, Refusal> {
        match whose {
            Whose::Own => Ok(Some(self.account)),
            Whose::Of(account) if account == self.account => Ok(Some(account)),
            Whose::Of(_) | Whose::Everybody if !self.role.administers() => Err(Refusal::Forbidden),
            Whose::Of(account) => Ok(Some(account)),
            Whose::Everybody => Ok(None),
        }
    }

    /// Checks that somebody is signed in, and no key asks for them.
    ///
    /// # Errors
    /// [`Refusal::KeyScope`].
    pub(crate) fn signed_in(&self) -> Result<(), Refusal> {
        if self.key.is_some() { Err(Refusal::KeyScope(None)) } else { Ok(()) }
    }

    /// Checks that the caller proved a moment ago who they are, where their session is asked for that: what is dangerous is not done by
    /// whoever finds a browser open.
    ///
    /// # Errors
    /// [`Refusal::StepUp`].
    pub(crate) fn fresh(&self, engine: &Engine) -> Result<(), Refusal> {
        let now = engine.now();
        match self.proved_at {
            Some(at) if at > now || now.since(at) > FRESH => Err(Refusal::StepUp),
            _ => Ok(()),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: String,
    user_id: i64,
    role: String,
    username: String,
    exp: i64,
    iat: i64,
    jti: String,
    #[serde(default, skip_serializing)]
    nbf: Option<i64>,
}

/// The states of sessions, cached for a moment.
pub(crate) type Sessions = Recent<String, SessionState>;

/// The token of a session.
///
/// # Errors
/// [`Fault::Corrupt`] if it cannot be signed.
pub(crate) fn token(
    engine: &Engine,
    account: &domain::account::Account,
    session: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<String, Error> {
    let claims = Claims {
        sub: account.id.to_string(),
        user_id: account.id.0,
        role: account.role.word().to_owned(),
        username: account.display_name(),
        exp: expires_at.seconds(),
        iat: now.seconds(),
        jti: session.to_owned(),
        nbf: None,
    };
    sign(&engine.secrets.token, &claims).ok_or_else(|| Fault::Corrupt("token").into())
}

fn header() -> Header {
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("1".to_owned());
    header
}

fn sign(secret: &[u8], claims: &Claims) -> Option<String> {
    jsonwebtoken::encode(&header(), claims, &EncodingKey::from_secret(secret)).ok()
}

/// The header of every token of ours, encoded.
static OURS: LazyLock<String> = LazyLock::new(|| {
    let empty = jsonwebtoken::encode(&header(), &(), &EncodingKey::from_secret(&[])).expect("an empty token can be signed");
    empty.split('.').next().unwrap_or_default().to_owned()
});

/// Allows one algorithm only; times are checked against our own clock.
static VALIDATION: LazyLock<Validation> = LazyLock::new(|| {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    validation
});

/// The claims of a token, if we signed it and it has not expired.
fn read(secret: &[u8], token: &str, now: Timestamp) -> Option<Claims> {
    let mut parts = token.split('.');
    if token.len() > LONGEST || parts.next() != Some(OURS.as_str()) || parts.count() != 2 {
        return None;
    }
    let claims = jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_secret(secret), &VALIDATION).ok()?.claims;
    let now = now.seconds();
    let timely = claims.exp > now && claims.iat <= now + 60 && claims.nbf.is_none_or(|nbf| nbf <= now);
    timely.then_some(claims)
}

/// The caller that a token identifies, if its session is open and its account active.
///
/// # Errors
/// [`Refusal::SessionEnded`] for a token whose session was ended; [`Refusal::Unauthorized`] for every other invalid token, whatever is
/// wrong with it.
pub async fn authenticate(engine: &Engine, token: &str) -> Result<Caller, Error> {
    let now = engine.now();
    let claims = read(&engine.secrets.token, token, now).ok_or(Refusal::Unauthorized)?;
    let state = state(engine, &claims.jti).await?;
    if state.ended {
        return Err(Refusal::SessionEnded.into());
    }
    let good = lasts(&state, now) && state.account.0 == claims.user_id && claims.sub == claims.user_id.to_string();
    if !good {
        return Err(Refusal::Unauthorized.into());
    }
    let SessionState { account, role, expires_at, proved_at, .. } = state;
    Ok(Caller { account, role, session: claims.jti, key: None, expires_at, proved_at })
}

/// The caller that a request's token identifies, which is a session's or an API key; a key must be good where the request comes `from` and
/// cover what is `needed`.
///
/// # Errors
/// As [`authenticate`] and [`api_key::authenticate`].
pub async fn identify(engine: &Engine, token: &str, from: Option<IpAddr>, needed: Option<&Scope>) -> Result<Caller, Error> {
    if resembles(token) { api_key::authenticate(engine, token, from, needed).await } else { authenticate(engine, token).await }
}

/// A new token for the caller's session, with the current claims.
///
/// # Errors
/// [`Error::Fault`].
pub fn reissue(engine: &Engine, caller: &Caller, account: &domain::account::Account) -> Result<String, Error> {
    token(engine, account, &caller.session, engine.now(), caller.expires_at)
}

/// Checks that a caller's session is still open, or its key still good; an open socket does so from time to time.
///
/// # Errors
/// [`Refusal::Unauthorized`] if it is not.
pub async fn renew(engine: &Engine, caller: &Caller) -> Result<(), Error> {
    if let Some(key) = caller.key {
        return api_key::renew(engine, caller.account, key).await;
    }
    let state = state(engine, &caller.session).await?;
    if state.ended || !lasts(&state, engine.now()) { Err(Refusal::Unauthorized.into()) } else { Ok(()) }
}

/// Whether a session that was not ended is good now.
fn lasts(state: &SessionState, now: Timestamp) -> bool {
    state.active && state.expires_at > now && state.idle_at.is_none_or(|end| end > now)
}

async fn state(engine: &Engine, session: &str) -> Result<SessionState, Error> {
    let asked = session.to_owned();
    let read = async || {
        let (asked, used) = (asked.clone(), asked.clone());
        let read = engine.db.read(async move |tx| Ok::<_, Error>(store::session::state(tx, &asked).await?));
        let mut state = read.await?.ok_or(Refusal::Unauthorized)?;
        let now = engine.now();
        if let Some(end) = state.idle_at.filter(|_| !state.ended && lasts(&state, now) && now.since(state.used_at) > USED) {
            let written = engine.db.write(async move |tx| Ok::<_, Error>(store::session::used(tx, &used, now).await?));
            // Whoever only reads is let in, too, while nothing can be written.
            match written.await {
                Ok(()) => {
                    state.idle_at = Some(end.plus(now.since(state.used_at)));
                    state.used_at = now;
                }
                Err(error) => tracing::warn!(%error, "that a session was used could not be written down"),
            }
        }
        Ok(state)
    };
    engine.sessions.get(session.to_owned(), read).await
}

/// The caller's open sessions, newest first.
///
/// # Errors
/// [`Error::Fault`].
pub async fn list(engine: &Engine, caller: &Caller) -> Result<Vec<OpenSession>, Error> {
    let (account, now) = (caller.account, engine.now());
    engine.db.read(async move |tx| Ok(store::session::open_of(tx, account, now).await?)).await
}

/// Ends one of the caller's sessions.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::KeyScope`] for a key that asks.
pub async fn end_one(engine: &Engine, caller: &Caller, id: String) -> Result<(), Error> {
    caller.signed_in()?;
    let (account, now) = (caller.account, engine.now());
    let ended = engine.db.write(async move |tx| Ok(store::session::end_of(tx, account, &id, now).await?)).await?;
    if !ended {
        return Err(Refusal::NotFound(Noun::Session).into());
    }
    invalidate(engine, account);
    Ok(())
}

/// Ends the caller's session; from now on its token is refused in every process.
///
/// # Errors
/// [`Error::Fault`].
pub async fn end(engine: &Engine, caller: &Caller) -> Result<(), Error> {
    let now = engine.now();
    let session = caller.session.clone();
    engine.db.write(async move |tx| Ok(store::session::end(tx, &session, now).await.map(drop)?)).await?;
    invalidate(engine, caller.account);
    Ok(())
}

/// Publishes that an account's sessions, keys, role or activity changed: here at once, and to every other process.
pub(crate) fn invalidate(engine: &Engine, account: AccountId) {
    engine.forget();
    engine.bell.publish(Ring::Account(account));
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};

    use super::*;

    const SECRET: [u8; 32] = [7; 32];
    const NOW: Timestamp = Timestamp(1_700_000_000_000_000);

    fn claims() -> Claims {
        let now = NOW.seconds();
        Claims {
            sub: "1".into(),
            user_id: 1,
            role: "user".into(),
            username: "a".into(),
            exp: now + 60,
            iat: now,
            jti: "j".into(),
            nbf: None,
        }
    }

    fn good() -> String {
        sign(&SECRET, &claims()).unwrap()
    }

    /// A token with any header and payload, signed with our key as HS256.
    fn forged(header: &str, payload: &str) -> String {
        let text = format!("{}.{}", BASE64.encode(header), BASE64.encode(payload));
        let signature = jsonwebtoken::crypto::sign(text.as_bytes(), &EncodingKey::from_secret(&SECRET), Algorithm::HS256).unwrap();
        format!("{text}.{signature}")
    }

    #[test]
    fn c01_a_token_with_any_other_header_is_refused() {
        assert!(read(&SECRET, &good(), NOW).is_some());
        let payload = String::from_utf8(BASE64.decode(good().split('.').nth(1).unwrap()).unwrap()).unwrap();
        for header in [
            r#"{"typ":"JWT","alg":"none"}"#,
            r#"{"typ":"JWT","alg":"None","kid":"1"}"#,
            r#"{"typ":"JWT","alg":"RS256","kid":"1"}"#,
            r#"{"typ":"JWT","alg":"ES256","kid":"1"}"#,
            r#"{"typ":"JWT","alg":"HS256","kid":"../../dev/null"}"#,
            r#"{"typ":"JWT","alg":"HS256","kid":"1' OR '1'='1"}"#,
            r#"{"typ":"JWT","alg":"HS256","kid":"1","jku":"http://evil"}"#,
            r#"{"typ":"JWT","alg":"HS256","kid":"1","x5u":"http://evil"}"#,
            r#"{"typ":"JWT","alg":"HS256","kid":"1","jwk":{"kty":"oct","k":"AA"}}"#,
            r#"{"typ":"JWT","alg":"HS256","kid":"1","crit":["x"],"x":1}"#,
        ] {
            assert!(read(&SECRET, &forged(header, &payload), NOW).is_none(), "{header}");
        }
        let parts: Vec<_> = good().split('.').map(str::to_owned).collect();
        for spelled in [
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            parts[0].clone(),
            String::new(),
            "..".to_owned(),
            format!("{}.{}", good(), "x"),
            "x".repeat(1 << 20),
        ] {
            assert!(read(&SECRET, &spelled, NOW).is_none());
        }
    }

    #[test]
    fn c03_a_token_spelled_otherwise_is_refused() {
        let good = good();
        let last = good.chars().last().unwrap();
        let head = &good[..good.len() - 1];
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for other in alphabet.chars().filter(|other| *other != last) {
            assert!(read(&SECRET, &format!("{head}{other}"), NOW).is_none(), "last character {other}");
        }
        for spelled in [format!("{good}="), format!("{good} "), format!(" {good}"), format!("{good}\n"), good.replace('.', ". ")] {
            assert!(read(&SECRET, &spelled, NOW).is_none(), "{spelled:?}");
        }
    }

    #[test]
    fn c04_c05_claims_of_the_wrong_type_or_time_are_refused() {
        let header = String::from_utf8(BASE64.decode(good().split('.').next().unwrap()).unwrap()).unwrap();
        let now = NOW.seconds();
        let with = |exp: &str, iat: &str, user: &str, more: &str| {
            format!(r#"{{"sub":"1","user_id":{user},"role":"user","username":"a","jti":"j","exp":{exp},"iat":{iat}{more}}}"#)
        };
        let later = (now + 60).to_string();
        let today = now.to_string();
        assert!(read(&SECRET, &forged(&header, &with(&later, &today, "1", "")), NOW).is_some());
        for bad in [
            with(&format!("\"{later}\""), &today, "1", ""),
            with("1.5", &today, "1", ""),
            with("1e308", &today, "1", ""),
            with("-1", &today, "1", ""),
            with(&(now - 61).to_string(), &today, "1", ""),
            with(&later, &(now + 3600).to_string(), "1", ""),
            with(&later, &today, "\"1\"", ""),
            with(&later, &today, "1.0", ""),
            with(&later, &today, "[1]", ""),
            with(&later, &today, "1", &format!(r#","nbf":{}"#, now + 30)),
            with(&later, &today, "1", r#","aud":"other""#),
            r#"{"sub":"1"}"#.to_owned(),
            "[]".to_owned(),
        ] {
            assert!(read(&SECRET, &forged(&header, &bad), NOW).is_none(), "{bad}");
        }
        assert!(read(&[8; 32], &good(), NOW).is_none(), "another key");
    }
}
