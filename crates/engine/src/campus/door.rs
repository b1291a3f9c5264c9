//! Letting a learner in: by the token that is kept, or by the password, which is exchanged for one.
//!
//! Invariant: what a platform refused is not sent to it a second time.

use std::{sync::Arc, time::Duration};

use domain::{course::Lack, id::AccountId, refusal::Refusal};
use ports::campus::{Campus, Pass, Trouble};

use super::{PATIENCE, Place, is_token, lack, place, sealed_for};
use crate::{Engine, Error, Fault, vault::Vault};

/// How long a platform may take to exchange a password.
const SIGN_IN: Duration = Duration::from_secs(90);
/// After so long a process that exchanges a password is taken for lost, and another one may try.
pub(crate) const EXCHANGE: Duration = Duration::from_secs(120);

/// A learner who is let in.
#[derive(Clone)]
pub(crate) struct Learner {
    pub(crate) campus: Arc<dyn Campus>,
    pub(crate) pass: Pass,
    pub(crate) place: Place,
    /// The token as it is kept.
    sealed: String,
}

/// Why a learner is not let in.
#[derive(Debug)]
pub(crate) enum Barred {
    /// The place lacks something.
    Lack(Lack),
    /// The platform says no, or nothing.
    Trouble(Trouble),
    /// Something is broken here.
    Broken(Error),
}

impl From<Error> for Barred {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl From<Barred> for Error {
    fn from(barred: Barred) -> Self {
        match barred {
            Barred::Lack(lack) => Refusal::NoCampus(lack).into(),
            Barred::Trouble(trouble) => Refusal::CampusRefused(trouble.to_string()).into(),
            Barred::Broken(error) => error,
        }
    }
}

/// What is said of a place whose password or token the platform refused.
pub(crate) const REFUSED: &str = "学习平台不接受当前的账号或密码，请在配置管理中重新填写";

/// Lets a learner in: by the token that is kept, or by the password, which is exchanged for one.
///
/// # Errors
/// [`Barred`].
pub(crate) async fn enter(engine: &Arc<Engine>, account: AccountId) -> Result<Learner, Barred> {
    if let Some(learner) = known(engine, place(engine, account).await?)? {
        return Ok(learner);
    }
    // On a task of its own: a password that was sent is settled, whether or not the asker waits for it. A stop waits a while for that.
    let exchanging = engine.sending.spawn(exchanged(Arc::clone(engine), account));
    match tokio::time::timeout(PATIENCE, exchanging).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(broken)) => Err(Barred::Broken(Fault::Panicked(broken.to_string()).into())),
        Err(_) => Err(Barred::Trouble(slow())),
    }
}

/// A learner whose token is kept; none where there is a password to exchange.
fn known(engine: &Engine, place: Place) -> Result<Option<Learner>, Barred> {
    let refused = |text: &str| Barred::Trouble(Trouble::Refused(text.to_owned()));
    if let Some(lack) = lack(&place) {
        return Err(Barred::Lack(lack));
    }
    if place.refused {
        return Err(refused(REFUSED));
    }
    let campus = engine.reach.campuses.get(&place.platform).ok_or_else(|| refused("该学习平台在此服务器上不可用"))?;
    let Some(sealed) = place.token.clone() else { return Ok(None) };
    let token = opened(engine, &place, "token", &sealed)?;
    let pass = Pass { site: place.site.clone(), token };
    Ok(Some(Learner { campus: Arc::clone(campus), pass, place, sealed }))
}

fn opened(engine: &Engine, place: &Place, field: &str, sealed: &str) -> Result<String, Barred> {
    Vault::of(engine).open(&sealed_for(place.account, field), sealed).map_err(|error| {
        tracing::error!(account = place.account.0, field, %error, "a secret of a learner does not open");
        Barred::Lack(Lack::Secret)
    })
}

/// Signs in with the password, one at a time for each learner; whoever waited finds the token.
async fn exchanged(engine: Arc<Engine>, account: AccountId) -> Result<Learner, Barred> {
    let turn = tokio::time::timeout(PATIENCE, engine.signing.hold(account)).await;
    let _turn = turn.map_err(|_| Barred::Trouble(slow()))?;
    let place = place(&engine, account).await?;
    if let Some(learner) = known(&engine, place.clone())? {
        return Ok(learner);
    }
    let campus = engine.reach.campuses.get(&place.platform).map(Arc::clone).ok_or(Barred::Lack(Lack::Name))?;
    let password = opened(&engine, &place, "password", place.password.as_deref().unwrap_or_default())?;
    if let Err(rest) = begin(&engine, &place).await? {
        return Err(Barred::Trouble(Trouble::Away {
            text: "正在登录学习平台，请稍后再试".to_owned(), retry_after: Some(rest)
        }));
    }
    let asked = campus.sign_in(&place.site, place.username.as_deref().unwrap_or_default(), &password);
    let token = match tokio::time::timeout(SIGN_IN, asked).await.unwrap_or_else(|_| Err(slow())) {
        Ok(token) if is_token(&token) => token,
        Ok(_) => {
            end(&engine, &place).await?;
            return Err(Barred::Trouble(Trouble::away("学习平台返回了无法识别的数据")));
        }
        Err(trouble) => {
            match trouble {
                Trouble::Refused(_) => settle(&engine, &place, None).await?,
                Trouble::Away { .. } | Trouble::Ended(_) | Trouble::Closed(_) | Trouble::Shut(_) | Trouble::Stopped => {
                    end(&engine, &place).await?
                }
            }
            return Err(Barred::Trouble(trouble));
        }
    };
    let sealed = Vault::of(&engine).seal(&sealed_for(account, "token"), &token)?;
    settle(&engine, &place, Some(sealed.clone())).await?;
    Ok(Learner { campus, pass: Pass { site: place.site.clone(), token }, place, sealed })
}

/// Keeps other processes from sending the same password meanwhile; where another one does, for how long it may at most.
async fn begin(engine: &Engine, asked: &Place) -> Result<Result<(), Duration>, Error> {
    let now = engine.now();
    let begun = engine.db.write((asked.clone(), now, now.plus(EXCHANGE)), |tx, (asked, now, until)| {
        Box::pin(async move { Ok(store::campus::begin_exchange(tx, asked, *now, *until).await?) })
    });
    Ok(begun.await?.map_err(|until| until.since(now).min(EXCHANGE)))
}

pub(super) fn slow() -> Trouble {
    Trouble::away("学习平台迟迟没有应答，请稍后再试")
}

/// Lets a password be sent again that nothing came of.
async fn end(engine: &Engine, asked: &Place) -> Result<(), Error> {
    let ended =
        engine.db.write(asked.clone(), |tx, asked| Box::pin(async move { Ok(store::campus::end_exchange(tx, asked).await.map(drop)?) }));
    ended.await
}

/// Keeps what came of a password, unless its learner has given another one meanwhile.
async fn settle(engine: &Engine, asked: &Place, token: Option<String>) -> Result<(), Error> {
    let settled = engine.db.write((asked.clone(), token), |tx, (asked, token)| {
        Box::pin(async move { Ok(store::campus::settle(tx, asked, token.as_deref()).await?) })
    });
    settled.await.map(drop)
}

/// Drops a token that the platform takes no more.
pub(crate) async fn expire(engine: &Engine, learner: &Learner) -> Result<(), Error> {
    let dropped = engine.db.write((learner.place.account, learner.sealed.clone()), |tx, (account, sealed)| {
        Box::pin(async move { Ok(store::campus::expire(tx, *account, sealed).await?) })
    });
    dropped.await.map(drop)
}
