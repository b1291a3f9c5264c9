//! Endpoints: made, changed, rolled and deleted by their owner.

use std::time::Duration;

use domain::{
    audit::Act,
    id::{AccountId, WebhookId},
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    text::one_line,
    time::Timestamp,
    webhook::{EventType, Off, SECRET_BYTES, Secret, Webhook},
};
use store::{
    tx::{Lock, Tx},
    webhook::Chosen,
};
use url::Url;

use crate::{Engine, Error, audit, session::Caller, vault::Vault};

/// How many endpoints an account may have.
const MOST: i64 = 10;
/// The longest name, in characters.
const MAX_NAME: usize = 64;
/// The longest address, in bytes.
const MAX_URL: usize = 2000;
/// How long the secret before the newest may go on signing.
pub(crate) const LONGEST_OVERLAP: Duration = Duration::from_secs(7 * 86_400);

/// An endpoint as its owner wants it.
#[derive(Debug, Clone, Default)]
pub struct NewWebhook {
    /// What its owner calls it; the host's name if it is empty.
    pub name: String,
    /// Where messages go.
    pub url: String,
    /// What it is told; everything if there is none.
    pub types: Vec<String>,
    /// It is told when the money falls below this, in micro-yuan.
    pub low_money: Option<i64>,
    /// It is told when there are fewer uses than this.
    pub low_uses: Option<i64>,
    /// A secret that its owner has already; a new one if there is none.
    pub secret: Option<String>,
}

/// What is to be changed of an endpoint; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What its owner calls it.
    pub name: Option<String>,
    /// Where messages go.
    pub url: Option<String>,
    /// What it is told.
    pub types: Option<Vec<String>>,
    /// It is told when the money falls below this.
    pub low_money: Option<Option<i64>>,
    /// It is told when there are fewer uses than this.
    pub low_uses: Option<Option<i64>>,
    /// Whether it is on. One that is switched on again gets what happens from then on; what was held is sent when its owner asks for it.
    pub enabled: Option<bool>,
}

/// An endpoint with a secret that was just made.
#[derive(Debug, Clone)]
pub struct Made {
    /// The endpoint.
    pub webhook: Webhook,
    /// The secret's text, which cannot be read again.
    pub secret: String,
}

/// Makes an endpoint.
///
/// # Errors
/// [`Refusal::Invalid`] naming the field; [`Refusal::TooManyWebhooks`].
pub async fn create(engine: &Engine, caller: &Caller, new: NewWebhook, origin: Origin) -> Result<Made, Error> {
    let url = checked_url(engine, &new.url)?;
    let chosen = Chosen {
        name: named(&new.name, &url),
        url,
        types: checked_types(&new.types)?,
        low_money: bound("low_money", new.low_money)?,
        low_uses: bound("low_uses", new.low_uses)?,
    };
    let secret = secret(engine, new.secret.as_deref())?;
    let text = secret.expose();
    let (vault, account, now) = (Vault::of(engine), caller.account, engine.now());
    let made = engine.db.write(async move |tx| {
        tx.lock(Lock::Account(account)).await?;
        if store::webhook::count(tx, account).await? >= MOST {
            return Err(Refusal::TooManyWebhooks(MOST).into());
        }
        let id = store::webhook::insert(tx, account, &chosen, now).await?;
        store::webhook::set_secret(tx, id, &vault.seal(&place(id), &secret.expose())?).await?;
        store::wallet::set_alerts(tx, account).await?;
        note(tx, account, "webhook.create", id, &chosen.url, &origin, now).await?;
        own(tx, account, id).await
    });
    let webhook = made.await?;
    engine.webhooks.any.store(true, std::sync::atomic::Ordering::Relaxed);
    Ok(Made { webhook, secret: text })
}

/// The caller's endpoints, newest first.
///
/// # Errors
/// [`Error::Fault`].
pub async fn list(engine: &Engine, caller: &Caller) -> Result<Vec<Webhook>, Error> {
    let account = caller.account;
    engine.db.read(async move |tx| Ok(store::webhook::list(tx, account).await?)).await
}

/// An endpoint of the caller's.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn get(engine: &Engine, caller: &Caller, id: WebhookId) -> Result<Webhook, Error> {
    let account = caller.account;
    engine.db.read(async move |tx| own(tx, account, id).await).await
}

/// Changes an endpoint of the caller's.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::Invalid`] naming the field.
pub async fn update(engine: &Engine, caller: &Caller, id: WebhookId, change: Change, origin: Origin) -> Result<Webhook, Error> {
    let url = change.url.as_deref().map(|url| checked_url(engine, url)).transpose()?;
    let types = change.types.as_deref().map(checked_types).transpose()?;
    let low_money = change.low_money.map(|low| bound("low_money", low)).transpose()?;
    let low_uses = change.low_uses.map(|low| bound("low_uses", low)).transpose()?;
    let (account, now) = (caller.account, engine.now());
    let changed = engine.db.write(async move |tx| {
        let old = own_for_update(tx, account, id).await?;
        let url = url.clone().unwrap_or(old.url);
        let chosen = Chosen {
            name: change.name.as_deref().map_or(old.name, |name| named(name, &url)),
            url,
            types: types.clone().unwrap_or(old.types),
            low_money: low_money.unwrap_or(old.low_money),
            low_uses: low_uses.unwrap_or(old.low_uses),
        };
        let off = match change.enabled {
            None => old.off,
            Some(true) => None,
            Some(false) => Some(old.off.unwrap_or(Off::Owner)),
        };
        store::webhook::save(tx, id, &chosen, off, now).await?;
        if off.is_some() {
            store::webhook::hold(tx, id, now).await?;
        }
        store::wallet::set_alerts(tx, account).await?;
        note(tx, account, "webhook.update", id, &chosen.url, &origin, now).await?;
        own(tx, account, id).await
    });
    changed.await
}

/// Gives an endpoint of the caller's another secret. Messages are signed with the one before, too, for `overlap`.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::Invalid`] for an overlap that is too long and for a secret that is none.
pub async fn roll(
    engine: &Engine,
    caller: &Caller,
    id: WebhookId,
    overlap: Duration,
    given: Option<String>,
    origin: Origin,
) -> Result<Made, Error> {
    if overlap > LONGEST_OVERLAP {
        let most = i64::try_from(LONGEST_OVERLAP.as_secs()).unwrap_or(i64::MAX);
        return Err(Refusal::Invalid { field: "overlap_s", problem: Problem::OutOfBounds { least: 0, most } }.into());
    }
    let secret = secret(engine, given.as_deref())?;
    let text = secret.expose();
    let (vault, account, now) = (Vault::of(engine), caller.account, engine.now());
    let rolled = engine.db.write(async move |tx| {
        own_for_update(tx, account, id).await?;
        store::webhook::roll(tx, id, &vault.seal(&place(id), &secret.expose())?, now.plus(overlap), now).await?;
        note(tx, account, "webhook.roll", id, "", &origin, now).await?;
        own(tx, account, id).await
    });
    Ok(Made { webhook: rolled.await?, secret: text })
}

/// Deletes an endpoint of the caller's; what waits for it is never sent.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn delete(engine: &Engine, caller: &Caller, id: WebhookId, origin: Origin) -> Result<(), Error> {
    let (account, now) = (caller.account, engine.now());
    engine
        .db
        .write(async move |tx| {
            if !store::webhook::delete(tx, account, id, now).await? {
                return Err(Refusal::NotFound(Noun::Webhook).into());
            }
            store::webhook::hold(tx, id, now).await?;
            store::wallet::set_alerts(tx, account).await?;
            note(tx, account, "webhook.delete", id, "", &origin, now).await
        })
        .await
}

/// Deletes every endpoint of an account that is being closed.
pub(crate) async fn forget(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<(), Error> {
    for webhook in store::webhook::list(tx, account).await? {
        store::webhook::delete(tx, account, webhook.id, now).await?;
        store::webhook::hold(tx, webhook.id, now).await?;
    }
    Ok(store::wallet::set_alerts(tx, account).await?)
}

/// The secrets that messages to an endpoint are signed with now, the newest first.
pub(super) async fn secrets(tx: &mut Tx, vault: &Vault, id: WebhookId, now: Timestamp) -> Result<Vec<Secret>, Error> {
    let sealed = store::webhook::secrets(tx, id, now).await?;
    let open = |sealed: &String| Secret::parse(&vault.open(&place(id), sealed)?).ok_or_else(|| crate::Fault::Corrupt("secret").into());
    sealed.iter().map(open).collect()
}

/// An endpoint, if it is this account's.
pub(super) async fn own(tx: &mut Tx, account: AccountId, id: WebhookId) -> Result<Webhook, Error> {
    store::webhook::get(tx, account, id).await?.ok_or_else(|| Refusal::NotFound(Noun::Webhook).into())
}

/// As [`own`], locked until the transaction ends.
pub(super) async fn own_for_update(tx: &mut Tx, account: AccountId, id: WebhookId) -> Result<Webhook, Error> {
    let found = store::webhook::get_for_update(tx, id).await?.filter(|(owner, _)| *owner == account);
    found.map(|(_, webhook)| webhook).ok_or_else(|| Refusal::NotFound(Noun::Webhook).into())
}

/// Where the vault keeps an endpoint's secrets.
fn place(id: WebhookId) -> String {
    format!("webhook:{id}")
}

fn secret(engine: &Engine, given: Option<&str>) -> Result<Secret, Refusal> {
    if let Some(text) = given {
        return Secret::parse(text).ok_or(Refusal::Invalid { field: "secret", problem: Problem::Malformed });
    }
    let mut bytes = [0; SECRET_BYTES];
    engine.random.fill(&mut bytes);
    Ok(Secret::new(bytes))
}

/// An address that messages may go to: https in production, and none of a private network that is written as a number. What a name
/// leads to is looked at when it is called.
fn checked_url(engine: &Engine, text: &str) -> Result<String, Refusal> {
    let refuse = |problem| Err(Refusal::Invalid { field: "url", problem });
    let text = text.trim();
    if text.is_empty() {
        return refuse(Problem::Missing);
    }
    if text.len() > MAX_URL {
        return refuse(Problem::TooLong(MAX_URL as u64));
    }
    let Ok(url) = text.parse::<Url>() else { return refuse(Problem::Malformed) };
    let schemes: &[&str] = if engine.settings.production { &["https"] } else { &["https", "http"] };
    if !schemes.contains(&url.scheme()) {
        return refuse(Problem::Because("it must begin with https://".to_owned()));
    }
    if url.host().is_none() || !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return refuse(Problem::Malformed);
    }
    if !engine.reach.strangers.allows(url.as_str()) {
        return refuse(Problem::Because("messages are not sent to this address".to_owned()));
    }
    Ok(url.into())
}

fn checked_types(words: impl AsRef<[String]>) -> Result<Vec<EventType>, Refusal> {
    // An endpoint is tested whatever it is told otherwise.
    let read = |word: &String| EventType::from_word(word.trim()).filter(|known| *known != EventType::Test);
    let types: Option<Vec<EventType>> = words.as_ref().iter().map(read).collect();
    let mut types = types.ok_or(Refusal::Invalid { field: "types", problem: Problem::Malformed })?;
    types.sort_unstable();
    types.dedup();
    Ok(types)
}

fn bound(field: &'static str, low: Option<i64>) -> Result<Option<i64>, Refusal> {
    if low.is_some_and(|low| low <= 0) {
        return Err(Refusal::Invalid { field, problem: Problem::OutOfBounds { least: 1, most: i64::MAX } });
    }
    Ok(low)
}

fn named(name: &str, url: &str) -> String {
    let name = one_line(name, MAX_NAME);
    if !name.is_empty() {
        return name;
    }
    let host = url.parse::<Url>().ok().and_then(|url| url.host_str().map(str::to_owned));
    one_line(&host.unwrap_or_default(), MAX_NAME)
}

async fn note(
    tx: &mut Tx,
    account: AccountId,
    action: &'static str,
    id: WebhookId,
    detail: &str,
    origin: &Origin,
    now: Timestamp,
) -> Result<(), Error> {
    let subject = format!("webhook:{id}");
    let act = Act { actor: Some(account), action, subject, detail: one_line(detail, 200), origin: origin.clone() };
    audit::note(tx, &act, now).await
}
