//! Sites of learning platforms, for connectors: which ones are allowed, how pasted addresses are read, and how gently each is called.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::typed;
use ports::{
    campus::{CampusError, Token},
    clock::Clock,
    locks::Locks,
    random::Random,
    web::{Reply, Request, Web},
};
use reqwest::Url;
use tokio::sync::OwnedMutexGuard;

use super::{failed, kept::Queues};

/// The longest wait that a site may demand within one call.
const LONGEST_REST: Duration = Duration::from_secs(10);
/// The longest address in bytes.
const LONGEST_ADDRESS: usize = 500;

/// How gently a site is called (docs/surfaces/campus.md, How gently a site is called).
#[derive(Debug, Clone)]
pub struct Manner {
    /// The wait between two calls of one learner.
    pub spacing: Duration,
    /// The waits before each retry of a call that failed for a transient reason; half of each is jitter.
    pub waits: Vec<Duration>,
    /// How long a call may take.
    pub deadline: Duration,
    /// How many concurrent calls there may be to one site; the others wait for their turn.
    pub at_once: usize,
    /// Whether a site must be reached by https.
    pub https_only: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            spacing: Duration::from_millis(500),
            waits: [1, 2, 4].map(Duration::from_secs).to_vec(),
            deadline: Duration::from_secs(30),
            at_once: 8,
            https_only: true,
        }
    }
}

/// The parts that a connector is made of.
pub struct Parts {
    /// The client for sites that the operator listed.
    pub web: Arc<dyn Web>,
    /// The client for sites that learners name.
    pub strangers: Arc<dyn Web>,
    /// The only allowed sites, the default one first; any site if empty.
    pub sites: Vec<String>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where jitter comes from.
    pub random: Arc<dyn Random>,
    /// How gently sites are called.
    pub manner: Manner,
}

/// The sites of a connector.
pub(super) struct Sites {
    parts: Parts,
    queues: Queues,
    /// When each learner's next call may be sent.
    next: Mutex<HashMap<(String, String), tokio::time::Instant>>,
    calling: Locks<(String, String)>,
}

/// A site's address in the normalised form in which addresses are compared.
pub(super) fn normal(site: &str) -> Option<String> {
    Url::parse(site).ok().map(|url| url.as_str().trim_end_matches('/').to_owned())
}

/// The site's address in a URL that was pasted from anywhere in the site: everything from one of `pages`, or from a script, on is cut off.
pub(super) fn without_page(text: &str, pages: &[&str]) -> Option<Url> {
    let text = typed::name(text);
    let mut url = Url::parse(&if text.contains("://") { text.clone() } else { format!("https://{text}") }).ok()?;
    // Nobody has a certificate for a name of the local machine.
    let here = url.host_str().is_some_and(|host| host == "localhost" || host.starts_with("127."));
    if here && !text.contains("://") {
        url = Url::parse(&format!("http://{text}")).ok()?;
    }
    if !url.has_host() || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    url.set_query(None);
    url.set_fragment(None);
    let is_page = |segment: &&str| pages.contains(segment) || segment.ends_with(".php");
    let kept: Vec<String> =
        url.path_segments()?.take_while(|segment| !is_page(segment)).filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
    url.set_path(&kept.join("/"));
    Some(url)
}

impl Sites {
    pub(super) fn new(parts: Parts) -> Self {
        Self { queues: Queues::new(parts.manner.at_once), parts, next: Mutex::default(), calling: Locks::default() }
    }

    pub(super) fn now(&self) -> domain::time::Timestamp {
        self.parts.clock.now()
    }

    pub(super) fn deadline(&self) -> Duration {
        self.parts.manner.deadline
    }

    /// The site that is used if none is named.
    pub(super) fn usual(&self) -> String {
        self.parts.sites.first().and_then(|site| normal(site)).unwrap_or_default()
    }

    pub(super) fn listed(&self, site: &str) -> bool {
        self.parts.sites.iter().filter_map(|listed| normal(listed)).any(|listed| listed == site)
    }

    pub(super) fn waiting(&self, site: &str) -> usize {
        self.queues.waiting(site)
    }

    /// Checks and normalises an address, so that it can be stored.
    pub(super) fn checked(&self, text: &str, pages: &[&str], example: &str) -> Result<String, String> {
        let wrong = || format!("站点必须是网址，例如 {example}");
        if text.len() > LONGEST_ADDRESS {
            return Err(wrong());
        }
        let url = without_page(text, pages).ok_or_else(wrong)?;
        match url.scheme() {
            "https" => {}
            "http" if !self.parts.manner.https_only => {}
            "http" => return Err("站点必须使用 https".to_owned()),
            _ => return Err(wrong()),
        }
        let site = normal(url.as_str()).ok_or_else(wrong)?;
        if !self.parts.sites.is_empty() && !self.listed(&site) {
            return Err("该站点不在管理员允许的列表中".to_owned());
        }
        if !self.listed(&site) && !self.parts.strangers.allows(&site) {
            return Err("该站点的地址不允许访问".to_owned());
        }
        Ok(site)
    }

    /// Sends a request when it gets its turn at the site. A redirect is not followed; the error says where it leads.
    pub(super) async fn send(&self, site: &str, request: Request, pages: &[&str]) -> Result<Reply, CampusError> {
        // The operator may have narrowed the list since the site was stored.
        if !self.parts.sites.is_empty() && !self.listed(site) {
            return Err(CampusError::SignInRefused("该站点不在管理员允许的列表中".to_owned()));
        }
        let web = if self.listed(site) { &self.parts.web } else { &self.parts.strangers };
        let turn = self.queues.turn(site).await;
        let reply = web.send(request).await;
        drop(turn);
        let reply = reply.map_err(failed)?;
        if (300..400).contains(&reply.status) {
            return Err(CampusError::Unavailable(moved(site, reply.location.as_deref(), pages)));
        }
        Ok(reply)
    }

    /// Waits for a learner's turn: one call at a time, and some time between two of them.
    pub(super) async fn one_at_a_time(&self, token: &Token) -> OwnedMutexGuard<()> {
        let key = (token.site.clone(), token.secret.clone());
        let one = self.calling.hold(key.clone()).await;
        let slot = {
            let now = tokio::time::Instant::now();
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            next.retain(|_, at| *at > now);
            let slot = next.get(&key).copied().unwrap_or(now);
            next.insert(key, slot + self.parts.manner.spacing);
            slot
        };
        tokio::time::sleep_until(slot).await;
        one
    }

    /// Makes a call that is safe to repeat, and retries it a few times while the site is unavailable.
    pub(super) async fn patiently<T, C>(&self, mut call: impl FnMut() -> C) -> Result<T, CampusError>
    where
        C: Future<Output = Result<T, CampusError>>,
    {
        let mut waits = self.parts.manner.waits.iter();
        loop {
            let (text, retry_after) = match call().await {
                Err(CampusError::Away { text, retry_after }) => (text, retry_after),
                other => return other,
            };
            let Some(wait) = waits.next() else { return Err(CampusError::Away { text, retry_after }) };
            let mut jitter = [0];
            self.parts.random.fill(&mut jitter);
            let wait = *wait / 2 + *wait / 2 * u32::from(jitter[0]) / 255;
            // If a site demands a long wait, the task's worker does the waiting.
            match retry_after {
                Some(asked) if asked > LONGEST_REST => return Err(CampusError::Away { text, retry_after }),
                asked => tokio::time::sleep(asked.unwrap_or_default().max(wait)).await,
            }
        }
    }
}

/// The message about a site that redirects its callers elsewhere.
fn moved(site: &str, location: Option<&str>, pages: &[&str]) -> String {
    let target = location.and_then(|location| Url::parse(site).ok()?.join(location).ok());
    match target.as_ref().and_then(|url| without_page(url.as_str(), pages)) {
        Some(target) => format!("该站点已迁移，请改填 {}", target.as_str().trim_end_matches('/')),
        None => "该站点要求跳转到别处，请填写它的正式地址".to_owned(),
    }
}
