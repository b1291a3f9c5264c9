//! An account's place (its login and settings) at a learning platform: how it is configured, and the courses there.
//!
//! Invariant: the password is kept sealed until it was exchanged for a token, and then dropped; neither is ever shown.

mod sign_in;

use std::{collections::HashMap, sync::Arc, time::Duration};

pub use domain::course::{Course, NotOpen};
use domain::{
    account::Account,
    course::Lack,
    id::AccountId,
    problem::Problem,
    refusal::{Noun, Refusal},
};
use ports::campus::{Campus, CampusError, Freshness};
use serde_json::{Map, Value};
pub use store::campus::CampusAccount;

use self::sign_in::slow;
pub(crate) use self::sign_in::{EXCHANGE, Learner, SignInError, expire, sign_in};
use crate::{Engine, Error, Fault, audit::administers, session::Caller, vault::Vault};

/// The largest object that is stored and returned without being interpreted, in bytes of JSON.
const MAX_OBJECT: usize = 64 * 1024;
/// The longest user name at a platform, in characters.
const MAX_NAME: usize = 100;
/// The longest password or token, in bytes.
const MAX_SECRET: usize = 1024;
/// How long a site may take to confirm its address.
const CONFIRMING: Duration = Duration::from_secs(10);
/// How long an asker waits for a platform.
const PATIENCE: Duration = Duration::from_secs(45);

/// The platforms that this server supports, by name.
#[derive(Clone, Default)]
pub struct Campuses(Vec<Arc<dyn Campus>>);

impl Campuses {
    /// Adds a platform. A new place has the first one.
    #[must_use]
    pub fn with(mut self, campus: Arc<dyn Campus>) -> Self {
        self.0.push(campus);
        self
    }

    /// The display name of a platform.
    pub(crate) fn title(&self, name: &str) -> &'static str {
        self.get(name).map_or("学习平台", |campus| campus.title())
    }

    /// Checks that a place has everything needed to sign in, and was not refused.
    pub(crate) fn complete(&self, place: &CampusAccount) -> Result<(), Refusal> {
        let platform = self.title(&place.platform);
        if let Some(lack) = self.lack(place) {
            return Err(Refusal::NoCampus { platform, lack });
        }
        match &place.refusal {
            Some(why) => Err(Refusal::CampusRefused { platform, why: why.clone() }),
            None => Ok(()),
        }
    }

    /// What a place still lacks for signing in with it.
    pub(crate) fn lack(&self, place: &CampusAccount) -> Option<Lack> {
        let passwords = self.get(&place.platform).is_none_or(|campus| campus.takes_passwords());
        match place {
            CampusAccount { password: None, token: None, refusal: Some(_), .. } | CampusAccount { token: Some(_), .. } => None,
            _ if !passwords => Some(Lack::Token),
            CampusAccount { username: None, .. } => Some(Lack::Name),
            CampusAccount { password: None, .. } => Some(Lack::Secret),
            CampusAccount { username: Some(_), password: Some(_), .. } => None,
        }
    }

    fn get(&self, name: &str) -> Option<&Arc<dyn Campus>> {
        self.0.iter().find(|campus| campus.name() == name)
    }

    /// The platform of a new place, and its site.
    pub(crate) fn usual(&self) -> (&'static str, String) {
        self.0.first().map_or_else(Default::default, |campus| (campus.name(), campus.usual_site()))
    }
}

/// The account's place, created when it is first read.
///
/// # Errors
/// [`Error::Fault`].
pub async fn place(engine: &Engine, account: AccountId) -> Result<CampusAccount, Error> {
    let found = engine.db.read(async move |tx| Ok(store::campus::get(tx, account).await?)).await?;
    match found {
        Some(place) => Ok(place),
        None => {
            let ((platform, site), now) = (engine.reach.campuses.usual(), engine.now());
            engine.db.write(async move |tx| Ok(store::campus::obtain(tx, account, platform, &site, now).await?)).await
        }
    }
}

/// Somebody's account with their place, if it was ever created; for administrators.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody else, [`Refusal::NotFound`] if the account was closed.
pub async fn profile(engine: &Engine, caller: &Caller, account: AccountId) -> Result<(Account, Option<CampusAccount>), Error> {
    administers(caller)?;
    let read = engine.db.read(async move |tx| Ok((store::account::by_id(tx, account).await?, store::campus::get(tx, account).await?)));
    let (found, place) = read.await?;
    let found = found.filter(|account| account.anonymised_at.is_none()).ok_or(Refusal::NotFound(Noun::Account))?;
    Ok((found, place))
}

/// Changes to a place; absent fields stay as they are.
#[derive(Default)]
pub struct Change {
    /// The platform.
    pub platform: Option<String>,
    /// Its address.
    pub site: Option<String>,
    /// The user name there.
    pub username: Option<String>,
    /// The password there.
    pub password: Option<String>,
    /// A token that the platform issued, if it does not accept passwords.
    pub token: Option<String>,
    /// As published.
    pub use_cookies: Option<bool>,
    /// How fast media is played, 1.0 to 2.0.
    pub speed: Option<serde_json::Number>,
    /// What is done about items that are not open.
    pub not_open: Option<String>,
    /// As published.
    pub questions: Option<Map<String, Value>>,
    /// As published.
    pub notifications: Option<Map<String, Value>>,
}

/// Changes a place. A new user name, platform or site drops the credentials for the old one. A new site is asked for its canonical
/// address.
///
/// # Errors
/// [`Refusal::Invalid`].
pub async fn configure(engine: &Engine, account: AccountId, change: Change) -> Result<CampusAccount, Error> {
    let mut change = checked(engine, change)?;
    confirm_site(engine, account, &mut change).await?;
    let change = Arc::new(change);
    let vault = Vault::of(engine);
    let campuses = engine.reach.campuses.clone();
    let now = engine.now();
    engine
        .db
        .write(async move |tx| {
            tx.lock(store::tx::Lock::Account(account)).await?;
            let (platform, site) = campuses.usual();
            let old = store::campus::obtain(tx, account, platform, &site, now).await?;
            let new = changed(&campuses, &vault, old, &change)?;
            if !store::campus::save(tx, &new, now).await? {
                return Err(Refusal::Stale.into());
            }
            Ok(store::campus::get(tx, account).await?.ok_or(Fault::Corrupt("place"))?)
        })
        .await
}

fn invalid(field: &'static str, problem: Problem) -> Refusal {
    Refusal::Invalid { field, problem }
}

fn checked(engine: &Engine, change: Change) -> Result<Change, Refusal> {
    if let Some(name) = &change.username {
        if name.chars().count() > MAX_NAME {
            return Err(invalid("campus_username", Problem::TooLong(MAX_NAME as u64)));
        }
        if name.chars().any(char::is_control) {
            return Err(invalid("campus_username", Problem::Malformed));
        }
    }
    if change.password.as_ref().is_some_and(|secret| secret.len() > MAX_SECRET || secret.contains('\0')) {
        return Err(invalid("campus_password", Problem::Malformed));
    }
    if change.token.as_deref().map(str::trim).is_some_and(|token| !token.is_empty() && !is_token(token)) {
        return Err(invalid("campus_token", Problem::Malformed));
    }
    let slow = |speed: &serde_json::Number| !speed.as_f64().is_some_and(|speed| (1.0..=2.0).contains(&speed));
    if change.speed.as_ref().is_some_and(slow) {
        return Err(invalid("speed", Problem::Malformed));
    }
    if change.not_open.as_deref().is_some_and(|word| NotOpen::from_word(word).is_none()) {
        return Err(invalid("not_open", Problem::Malformed));
    }
    if change.platform.as_deref().is_some_and(|platform| engine.reach.campuses.get(platform).is_none()) {
        return Err(invalid("platform", Problem::Malformed));
    }
    for (field, object) in [("questions", &change.questions), ("notifications", &change.notifications)] {
        let Some(object) = object else { continue };
        let text = written(object);
        if text.len() > MAX_OBJECT {
            return Err(invalid(field, Problem::TooLong(MAX_OBJECT as u64)));
        }
        if text.contains("\\u0000") {
            return Err(invalid(field, Problem::Malformed));
        }
    }
    Ok(change)
}

fn written(object: &Map<String, Value>) -> String {
    Value::Object(object.clone()).to_string()
}

/// Whether a text can be a platform's token: printable, and not too long.
fn is_token(text: &str) -> bool {
    (1..=MAX_SECRET).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What a seal is bound to: the account and the field, so that nothing can be decrypted in another row.
fn sealed_for(account: AccountId, field: &str) -> String {
    format!("campus:{account}:{field}")
}

fn changed(campuses: &Campuses, vault: &Vault, old: CampusAccount, change: &Change) -> Result<CampusAccount, Error> {
    let mut new = old.clone();
    if let Some(platform) = &change.platform {
        new.platform.clone_from(platform);
    }
    if new.platform != old.platform && change.site.is_none() {
        new.site.clear();
    }
    if let Some(site) = &change.site {
        new.site = match (site.trim(), campuses.get(&new.platform)) {
            ("", _) | (_, None) => String::new(),
            (site, Some(campus)) => campus.site(site).map_err(|wrong| invalid("site", Problem::Because(wrong)))?,
        };
    }
    if let Some(name) = &change.username {
        let name = name.trim();
        new.username = (!name.is_empty()).then(|| name.to_owned());
    }
    // If no site is named, the default one is meant.
    let meant = |platform: &str, site: &str| match campuses.get(platform) {
        Some(campus) if site.is_empty() => campus.usual_site(),
        _ => site.to_owned(),
    };
    new.site = meant(&new.platform, &new.site);
    // Credentials for one platform are never sent to another.
    if (&new.platform, &new.site) != (&old.platform, &meant(&old.platform, &old.site)) {
        (new.password, new.token, new.refusal) = (None, None, None);
    }
    if new.username != old.username {
        (new.token, new.refusal) = (None, None);
    }
    let given = |secret: &Option<String>| secret.clone().filter(|secret| !secret.trim().is_empty());
    if let Some(password) = given(&change.password) {
        new.password = Some(vault.seal(&sealed_for(new.account, "password"), &password)?);
        (new.token, new.refusal) = (None, None);
    }
    if let Some(token) = given(&change.token) {
        new.token = Some(vault.seal(&sealed_for(new.account, "token"), token.trim())?);
        (new.password, new.refusal, new.pasted) = (None, None, true);
    }
    new.use_cookies = change.use_cookies.unwrap_or(new.use_cookies);
    if let Some(speed) = &change.speed {
        new.speed = speed.to_string();
    }
    if let Some(way) = change.not_open.as_deref().and_then(NotOpen::from_word) {
        new.not_open = way;
    }
    if let Some(object) = &change.questions {
        new.questions = written(object);
    }
    if let Some(object) = &change.notifications {
        new.notifications = written(object);
    }
    Ok(new)
}

/// What a place still lacks for signing in with it.
#[must_use]
pub fn lack(engine: &Engine, place: &CampusAccount) -> Option<Lack> {
    engine.reach.campuses.lack(place)
}

/// Asks a newly named site for its canonical address. If it does not answer now, it is kept as it was named.
async fn confirm_site(engine: &Engine, account: AccountId, change: &mut Change) -> Result<(), Error> {
    let Some(named) = change.site.as_deref().map(str::trim).filter(|site| !site.is_empty()) else { return Ok(()) };
    let old = place(engine, account).await?;
    let platform = change.platform.as_deref().unwrap_or(&old.platform);
    let Some(campus) = engine.reach.campuses.get(platform).map(Arc::clone) else { return Ok(()) };
    let wrong = |why: String| invalid("site", Problem::Because(why));
    let site = campus.site(named).map_err(wrong)?;
    if (platform, &site) == (old.platform.as_str(), &old.site) {
        return Ok(());
    }
    let confirmed = tokio::time::timeout(CONFIRMING, campus.confirm_site(&site)).await.unwrap_or_else(|_| Err(slow()));
    change.site = Some(match confirmed {
        Ok(own) => own,
        Err(CampusError::Away { text, .. }) => {
            tracing::info!(account = account.0, text, "a learning platform does not say what its address is");
            site
        }
        Err(error) => return Err(wrong(error.to_string()).into()),
    });
    Ok(())
}

/// Titles of courses, by account: kept in memory, so that a task has titles from the start if its learner has just listed the courses.
#[derive(Debug)]
pub(crate) struct Titles(moka::sync::Cache<AccountId, Arc<HashMap<String, String>>>);

impl Default for Titles {
    fn default() -> Self {
        Self(moka::sync::Cache::new(10_000))
    }
}

impl Titles {
    fn keep(&self, account: AccountId, courses: &[Course]) {
        self.0.insert(account, Arc::new(courses.iter().map(|course| (course.id.clone(), course.name.clone())).collect()));
    }

    /// The titles of courses, with the id in place of an unknown title; empty if none of them is known.
    pub(crate) fn of(&self, account: AccountId, ids: &[String]) -> Vec<String> {
        let known = self.0.get(&account).unwrap_or_default();
        if !ids.iter().any(|id| known.contains_key(id)) {
            return Vec::new();
        }
        ids.iter().map(|id| known.get(id).unwrap_or(id).clone()).collect()
    }
}

/// The courses of a learner.
///
/// # Errors
/// [`Refusal::NoCampus`], [`Refusal::CampusRefused`].
pub async fn courses(engine: &Arc<Engine>, account: AccountId) -> Result<Vec<Course>, Error> {
    let learner = sign_in(engine, account).await?;
    let asked = learner.campus.courses(&learner.token, Freshness::Recent);
    let listed = tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| Err(slow()));
    match listed {
        Ok(listing) => {
            if !listing.unread.is_empty() {
                tracing::warn!(account = account.0, unread = listing.unread.len(), "courses that a learning platform lists cannot be read");
            }
            let courses: Vec<Course> = listing.courses.into_iter().map(Course::plain).collect();
            engine.titles.keep(account, &courses);
            Ok(courses)
        }
        Err(error) => {
            let why = match error {
                CampusError::TokenRejected => expire(engine, &learner).await?,
                other => other.to_string(),
            };
            Err(Refusal::CampusRefused { platform: learner.campus.title(), why }.into())
        }
    }
}
