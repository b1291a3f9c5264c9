//! Moodle through its published web services, in the learner's own name (docs/surfaces/campus.md; seen on Moodle 4.4).
//!
//! It mostly reads. The only thing it writes is a tick on an item that its learner may tick manually, and only if they asked for that.

mod call;
mod refusal;
mod site;
mod wire;

use std::{collections::HashMap, time::Duration};

use domain::course::{Item, Stand};
use ports::{
    campus::{Campus, CampusError, Freshness, Listing, Playing, Token, Worked},
    lenient,
    locks::Locks,
};
use serde_json::Value;

use self::{
    call::{Called, SITE_INFO, form},
    refusal::{nonsense, unjudged},
    site::{PAGES, PublicConfig},
    wire::{ByField, Contacts, CourseLine, Module, Refusal, Section, SiteInfo, item, rows},
};
use super::{
    kept::Kept,
    sites::{Parts, Sites},
    unreadable,
};

/// The service that every site with mobile access has.
const SERVICE: &str = "moodle_mobile_app";
/// The function that ticks an item.
const TICK: &str = "core_completion_update_activity_completion_status_manually";
/// Functions that reveal why a list of courses is empty: a blocked account gets an empty list, and a refusal only from these.
const TELLING: [&str; 2] = ["core_user_get_user_preferences", "core_course_get_recent_courses"];
/// How long a list of courses, and the learner's identity, are cached.
const KEPT: Duration = Duration::from_secs(180);
/// How long a site's public configuration, and its teachers, are cached.
const KEPT_OF_SITE: Duration = Duration::from_secs(600);
/// How long no calls are made for an account that its site has blocked.
const BLOCKED: Duration = Duration::from_secs(60);
/// How many learners' lists are cached at once.
const MAX_LEARNERS: usize = 1000;
/// How many sites and how many courses' teachers are cached.
const MAX_SITES: usize = 1000;
const MAX_TAUGHT_KEPT: usize = 20_000;
/// The most courses of one learner; nobody has as many.
const MAX_COURSES: usize = 2000;
/// For how many of them the teachers are asked for.
const MAX_TAUGHT: usize = 300;

/// The connector.
pub struct Moodle {
    sites: Sites,
    memory: Memory,
}

/// What is cached for a while.
struct Memory {
    known: Kept<(String, String), Known>,
    blocked: Kept<(String, String), &'static str>,
    configs: Kept<String, PublicConfig>,
    /// The teachers of a site's courses.
    teachers: Kept<(String, i64), String>,
    /// Lets one caller ask for shared data while the others wait for it.
    asking: Locks<String>,
}

/// What is known about the learner of a token.
#[derive(Debug, Clone)]
struct Known {
    user: i64,
    ticks: bool,
    courses: Option<Listing>,
}

impl Moodle {
    /// The connector.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let memory = Memory {
            known: Kept::new(KEPT, MAX_LEARNERS),
            blocked: Kept::new(BLOCKED, MAX_LEARNERS),
            configs: Kept::new(KEPT_OF_SITE, MAX_SITES),
            teachers: Kept::new(KEPT_OF_SITE, MAX_TAUGHT_KEPT),
            asking: Locks::default(),
        };
        Self { sites: Sites::new(parts), memory }
    }

    /// Who the learner is at the site, and whether items may be ticked there.
    async fn known(&self, token: &Token) -> Result<Known, CampusError> {
        let key = (token.site.clone(), token.secret.clone());
        if let Some(known) = self.memory.known.get(&key, self.sites.now()) {
            return Ok(known);
        }
        let info: SiteInfo = self.ask(token, SITE_INFO, &[]).await?;
        let ticks = info.functions.iter().any(|function| function.name == TICK);
        let known = Known { user: info.userid, ticks, courses: None };
        self.memory.known.put(key, known.clone(), self.sites.now());
        Ok(known)
    }

    /// Caches a list of courses, or clears it.
    fn keep(&self, token: &Token, known: Known, courses: Option<Listing>) {
        self.memory.known.put((token.site.clone(), token.secret.clone()), Known { courses, ..known }, self.sites.now());
    }

    /// Finds out why a list of courses is empty: the account may be blocked.
    async fn why_empty(&self, token: &Token, user: &str) -> Result<(), CampusError> {
        for function in TELLING {
            // A service may lack the function; if the account is refused, the call itself reports it.
            if matches!(self.call(token, function, &[("userid", user)]).await?, Called::Answer(_)) {
                break;
            }
        }
        Ok(())
    }

    /// The teachers of courses: cached from another learner, or asked for.
    async fn teachers(&self, token: &Token, ids: &[i64]) -> Result<HashMap<i64, String>, CampusError> {
        let known = |now| ids.iter().filter_map(|id| Some((*id, self.memory.teachers.get(&(token.site.clone(), *id), now)?))).collect();
        let mut teachers: HashMap<i64, String> = known(self.sites.now());
        if teachers.len() == ids.len() {
            return Ok(teachers);
        }
        let list = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        // A whole class may ask at once: one of them asks the site, and the others wait for the answer.
        let _one = self.memory.asking.hold(format!("{} {list}", token.site)).await;
        teachers = known(self.sites.now());
        if teachers.len() == ids.len() {
            return Ok(teachers);
        }
        let asked: Result<ByField, CampusError> =
            self.ask(token, "core_course_get_courses_by_field", &[("field", "ids"), ("value", &list)]).await;
        match asked {
            Ok(found) => {
                let now = self.sites.now();
                let mut found: HashMap<i64, String> =
                    rows::<Contacts>(found.courses).0.into_iter().map(|course| (course.id, course.names())).collect();
                for id in ids {
                    let names = found.remove(id).unwrap_or_default();
                    self.memory.teachers.put((token.site.clone(), *id), names.clone(), now);
                    teachers.insert(*id, names);
                }
                Ok(teachers)
            }
            Err(error @ (CampusError::TokenRejected | CampusError::AccountBlocked(_) | CampusError::Stopped)) => Err(error),
            // A list without teachers is better than none.
            Err(_) => Ok(teachers),
        }
    }
}

#[async_trait::async_trait]
impl Campus for Moodle {
    fn name(&self) -> &'static str {
        "moodle"
    }

    fn title(&self) -> &'static str {
        "Moodle"
    }

    fn usual_site(&self) -> String {
        self.sites.usual()
    }

    fn site(&self, text: &str) -> Result<String, String> {
        self.sites.checked(text, &PAGES, "https://moodle.example.edu")
    }

    async fn confirm_site(&self, site: &str) -> Result<String, CampusError> {
        self.own_address(site).await
    }

    fn waiting(&self, site: &str) -> usize {
        self.sites.waiting(site)
    }

    async fn sign_in(&self, site: &str, name: &str, password: &str) -> Result<String, CampusError> {
        if site.is_empty() {
            return Err(CampusError::Unavailable("请先填写学习平台的站点 (site)".to_owned()));
        }
        self.public_config(site, Freshness::Recent).await?.lets_sign_in()?;
        let body = form(&[("username", name), ("password", password), ("service", SERVICE)]);
        // Only once: even an unanswered try may have been counted.
        let answer = self.once(site, "/login/token.php", "application/x-www-form-urlencoded", body).await.map_err(unjudged)?;
        if let Some(token) = answer["token"].as_str().filter(|token| !token.is_empty()) {
            return Ok(token.to_owned());
        }
        match Refusal::of(&answer) {
            Some(refusal) => Err(refusal::sign_in(&refusal)),
            None => Err(nonsense()),
        }
    }

    async fn courses(&self, token: &Token, freshness: Freshness) -> Result<Listing, CampusError> {
        let known = self.known(token).await?;
        if let Some(listing) = known.courses.clone().filter(|_| freshness == Freshness::Recent) {
            return Ok(listing);
        }
        let user = known.user.to_string();
        let fields = [("userid", user.as_str()), ("returnusercount", "0")];
        let (mut lines, mut unread) = rows::<CourseLine>(self.ask(token, "core_enrol_get_users_courses", &fields).await?);
        if lines.is_empty() && unread.is_empty() {
            self.why_empty(token, &user).await?;
        }
        unread.extend(lines.drain(MAX_COURSES.min(lines.len())..).map(|line| line.fullname));
        let ids: Vec<i64> = lines.iter().take(MAX_TAUGHT).map(|line| line.id).collect();
        let teachers = self.teachers(token, &ids).await?;
        let now = self.sites.now().seconds();
        let listing = Listing { courses: lines.iter().map(|line| line.course(&teachers, now)).collect(), unread };
        self.keep(token, known, Some(listing.clone()).filter(|listing| !listing.courses.is_empty()));
        Ok(listing)
    }

    async fn items(&self, token: &Token, course: &str) -> Result<Vec<Item>, CampusError> {
        if course.is_empty() || !course.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CampusError::Unavailable("没有这门课程".to_owned()));
        }
        let ticks = self.known(token).await?.ticks;
        let fields = [("courseid", course), ("options[0][name]", "excludecontents"), ("options[0][value]", "1")];
        let sections: Vec<Value> = self.ask(token, "core_course_get_contents", &fields).await?;
        let mut items = Vec::new();
        for (index, section) in sections.into_iter().enumerate() {
            let Ok(section) = serde_json::from_value::<Section>(section) else {
                items.push(unreadable(format!("unread-{index}"), format!("第 {} 节", index + 1)));
                continue;
            };
            let (modules, unread) = rows::<Module>(section.modules);
            items.extend(modules.into_iter().filter_map(|module| item(module, ticks)));
            let named = |(number, title)| unreadable(format!("unread-{index}-{number}"), format!("第 {} 节：{title}", index + 1));
            items.extend(unread.into_iter().enumerate().map(named));
        }
        Ok(items)
    }

    async fn work(&self, token: &Token, _course: &str, item: &Item, _playing: &dyn Playing) -> Result<Worked, CampusError> {
        if !matches!(item.stand, Stand::Tick(_)) {
            return Ok(Worked::Left("需本人在学习平台上完成".to_owned()));
        }
        let known = self.known(token).await?;
        let answer = self.call(token, TICK, &[("cmid", &item.id), ("completed", "1")]).await;
        // The progress in the list is outdated.
        self.keep(token, known, None);
        match answer? {
            Called::Answer(answer) if lenient::is_true(&answer["status"]) == Some(true) => Ok(Worked::Done),
            Called::Answer(_) => Ok(Worked::Left("学习平台没有接受勾选".to_owned())),
            Called::Refused(refusal) => match refusal.errorcode.as_str() {
                "cannotmanualctrack" => Ok(Worked::Left("该项由学习平台自动判定，需本人完成".to_owned())),
                "requireloginerror" => Ok(Worked::Locked("内容尚未开放或受到限制".to_owned())),
                "invalidrecord" | "invalidcoursemodule" => Ok(Worked::Deleted),
                _ => Err(self.judged(token, TICK, &refusal).await?),
            },
        }
    }
}
