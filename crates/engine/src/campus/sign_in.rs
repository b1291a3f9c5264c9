//! Signing a learner in: by the stored token, or by the password, which is exchanged for one. When the token is no longer accepted, the
//! learner is asked for a password again, because the earlier one was dropped.
//!
//! Invariant: credentials that a platform refused are not sent to it a second time.

use std::{sync::Arc, time::Duration};

use domain::{course::Lack, id::AccountId, refusal::Refusal};
use ports::campus::{Campus, CampusError, Token};
use store::campus::Exchange;

use super::{CampusAccount, PATIENCE, is_token, place, sealed_for};
use crate::{Engine, Error, Fault, vault::Vault};

/// How long a platform may take to exchange a password.
const SIGN_IN: Duration = Duration::from_secs(90);
/// After this time a process that exchanges a password is considered lost, and another one may try.
pub(crate) const EXCHANGE: Duration = Duration::from_secs(120);

/// A learner who is signed in.
#[derive(Clone)]
pub(crate) struct Learner {
    pub(crate) campus: Arc<dyn Campus>,
    pub(crate) token: Token,
    pub(crate) place: CampusAccount,
    /// The token as it is stored.
    sealed: String,
}

/// Why a learner is not signed in.
#[derive(Debug)]
pub(crate) enum SignInError {
    /// Their stored credentials do not allow it.
    Refused(Refusal),
    /// The platform with this display name refused, or did not answer.
    Campus(&'static str, CampusError),
    /// Something is broken here.
    Broken(Error),
}

impl From<Error> for SignInError {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl From<SignInError> for Error {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused(refusal) => refusal.into(),
            SignInError::Campus(platform, error) => Refusal::CampusRefused { platform, why: error.to_string() }.into(),
            SignInError::Broken(error) => error,
        }
    }
}

/// Signs a learner in: by the stored token, or by the password, which is exchanged for one.
///
/// # Errors
/// [`SignInError`].
pub(crate) async fn sign_in(engine: &Arc<Engine>, account: AccountId) -> Result<Learner, SignInError> {
    if let Some(learner) = known(engine, place(engine, account).await?)? {
        return Ok(learner);
    }
    // In a task of its own: the outcome of a password that was sent is stored even if the asker does not wait. A shutdown waits for it.
    let exchanging = engine.sending.spawn(exchanged(Arc::clone(engine), account));
    match tokio::time::timeout(PATIENCE, exchanging).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(broken)) => Err(SignInError::Broken(Fault::Panicked(broken.to_string()).into())),
        Err(_) => Err(SignInError::Campus(engine.reach.campuses.title(""), slow())),
    }
}

/// A learner whose token is stored; `None` if there is a password to exchange.
fn known(engine: &Engine, place: CampusAccount) -> Result<Option<Learner>, SignInError> {
    let campuses = &engine.reach.campuses;
    campuses.complete(&place).map_err(SignInError::Refused)?;
    let Some(campus) = campuses.get(&place.platform).map(Arc::clone) else {
        let why = format!("该学习平台在此服务器上不可用 ({})", place.platform);
        return Err(SignInError::Refused(Refusal::CampusRefused { platform: campuses.title(&place.platform), why }));
    };
    let Some(sealed) = place.token.clone() else { return Ok(None) };
    let secret = opened(engine, &place, "token", &sealed)?;
    Ok(Some(Learner { token: Token { site: place.site.clone(), secret }, campus, place, sealed }))
}

fn opened(engine: &Engine, place: &CampusAccount, field: &str, sealed: &str) -> Result<String, SignInError> {
    Vault::of(engine).open(&sealed_for(place.account, field), sealed).map_err(|error| {
        tracing::error!(account = place.account.0, field, %error, "a secret of a learner does not open");
        SignInError::Refused(Refusal::NoCampus { platform: engine.reach.campuses.title(&place.platform), lack: Lack::Secret })
    })
}

/// Signs in with the password, one call at a time for each learner; those that waited find the token.
async fn exchanged(engine: Arc<Engine>, account: AccountId) -> Result<Learner, SignInError> {
    let turn = tokio::time::timeout(PATIENCE, engine.signing.hold(account)).await;
    let _turn = turn.map_err(|_| SignInError::Campus(engine.reach.campuses.title(""), slow()))?;
    let place = place(&engine, account).await?;
    if let Some(learner) = known(&engine, place.clone())? {
        return Ok(learner);
    }
    let title = engine.reach.campuses.title(&place.platform);
    let failed = |error| SignInError::Campus(title, error);
    let missing = || SignInError::Refused(Refusal::NoCampus { platform: title, lack: Lack::Name });
    let campus = engine.reach.campuses.get(&place.platform).map(Arc::clone).ok_or_else(missing)?;
    let password = opened(&engine, &place, "password", place.password.as_deref().unwrap_or_default())?;
    if let Some(rest) = exchanged_elsewhere(&engine, &place).await? {
        return Err(failed(CampusError::Away { text: "正在登录学习平台，请稍后再试".to_owned(), retry_after: Some(rest) }));
    }
    let asked = campus.sign_in(&place.site, place.username.as_deref().unwrap_or_default(), &password);
    let secret = match tokio::time::timeout(SIGN_IN, asked).await.unwrap_or_else(|_| Err(slow())) {
        Ok(secret) if is_token(&secret) => secret,
        Ok(_) => {
            end(&engine, &place).await?;
            return Err(failed(CampusError::away("学习平台返回了无法识别的数据")));
        }
        Err(error) => {
            match &error {
                CampusError::SignInRefused(why) => settle(&engine, &place, Err(why.clone())).await?,
                CampusError::Away { .. }
                | CampusError::TokenRejected
                | CampusError::AccountBlocked(_)
                | CampusError::Unavailable(_)
                | CampusError::UnknownRefusal(_)
                | CampusError::CourseUnavailable(_)
                | CampusError::Stopped => end(&engine, &place).await?,
            }
            return Err(failed(error));
        }
    };
    let sealed = Vault::of(&engine).seal(&sealed_for(account, "token"), &secret)?;
    settle(&engine, &place, Ok(sealed.clone())).await?;
    let token = Token { site: place.site.clone(), secret };
    Ok(Learner { campus, token, place: CampusAccount { pasted: false, ..place }, sealed })
}

/// Keeps other processes from sending the same password meanwhile. If another process already does, returns how long it may still take.
async fn exchanged_elsewhere(engine: &Engine, asked: &CampusAccount) -> Result<Option<Duration>, Error> {
    let now = engine.now();
    let asked = asked.clone();
    let until = now.plus(EXCHANGE);
    let begun = engine.db.write(async move |tx| Ok(store::campus::begin_exchange(tx, &asked, now, until).await?));
    Ok(match begun.await? {
        Exchange::Begun => None,
        Exchange::Elsewhere(until) => Some(until.since(now).min(EXCHANGE)),
    })
}

pub(super) fn slow() -> CampusError {
    CampusError::away("学习平台迟迟没有应答，请稍后再试")
}

/// Allows a password to be sent again after an attempt without an outcome.
async fn end(engine: &Engine, asked: &CampusAccount) -> Result<(), Error> {
    let asked = asked.clone();
    let ended = engine.db.write(async move |tx| Ok(store::campus::end_exchange(tx, &asked).await.map(drop)?));
    ended.await
}

/// Stores the outcome of a password, unless its learner has set another one meanwhile.
async fn settle(engine: &Engine, asked: &CampusAccount, outcome: Result<String, String>) -> Result<(), Error> {
    let asked = asked.clone();
    let settled = engine.db.write(async move |tx| {
        let outcome = outcome.as_ref().map(String::as_str).map_err(String::as_str);
        Ok(store::campus::settle(tx, &asked, outcome).await?)
    });
    settled.await.map(drop)
}

/// Drops a token that the platform no longer accepts, and returns what its learner has to do next.
pub(crate) async fn expire(engine: &Engine, learner: &Learner) -> Result<String, Error> {
    let why = match learner.place.pasted {
        true => "访问令牌无效或已失效，请在学习平台上重新获取，并粘贴到配置管理中 (cx_token)",
        false => "登录凭证已失效，请在配置管理中重新填写密码",
    };
    let account = learner.place.account;
    let sealed = learner.sealed.clone();
    let dropped = engine.db.write(async move |tx| Ok(store::campus::expire(tx, account, &sealed, why).await?));
    dropped.await?;
    Ok(why.to_owned())
}
