//! Moodle through its published web services, in the learner's own name (facts: moodle; seen on Moodle 4.4).
//!
//! It reads. The one thing it writes is a tick on an item that its learner may tick by hand, and only where they asked for that.

mod call;
mod wire;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{
    course::{Course, Item, Stand},
    time::Timestamp,
};
use ports::{
    campus::{Campus, Listing, Pass, Playing, Trouble, Worked},
    clock::Clock,
    lenient,
    locks::Locks,
    random::Random,
    web::Web,
};
use reqwest::Url;
use serde_json::{Value, json};

use self::{
    call::{OFF, SITE_INFO, barred, form, nonsense, normal, unjudged},
    wire::{ByField, Contact, Contacts, CourseLine, Module, Refusal, Section, SiteInfo, item, rows, unreadable},
};

/// The service that every site with mobile access has.
const SERVICE: &str = "moodle_mobile_app";
/// The function that ticks an item.
const TICK: &str = "core_completion_update_activity_completion_status_manually";
/// How long a list of courses is good.
const KEPT: Duration = Duration::from_secs(180);
/// How many lists are kept at once.
const MOST_KEPT: usize = 200;
/// The most courses of one learner; nobody has as many.
const MOST_COURSES: usize = 2000;
/// Of how many of them the teachers are asked for.
const MOST_TAUGHT: usize = 300;

/// How gently a site is called (facts: moodle §3).
#[derive(Debug, Clone)]
pub struct Manner {
    /// Between two calls to one site.
    pub spacing: Duration,
    /// Before each further try of a call that failed on something passing; half of it is jitter.
    pub waits: Vec<Duration>,
    /// How long a call may take.
    pub deadline: Duration,
    /// Whether a site must be reached by https.
    pub https_only: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            spacing: Duration::from_millis(500),
            waits: [1, 2, 4].map(Duration::from_secs).to_vec(),
            deadline: Duration::from_secs(30),
            https_only: true,
        }
    }
}

/// The connector.
pub struct Moodle {
    /// Sites that the operator listed.
    pub web: Arc<dyn Web>,
    /// Sites that learners name.
    pub strangers: Arc<dyn Web>,
    /// The only sites there are, where the operator listed any.
    pub sites: Vec<String>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where jitter comes from.
    pub random: Arc<dyn Random>,
    /// How gently sites are called.
    pub manner: Manner,
    /// What is known for a while.
    pub memory: Memory,
}

/// What is known for a while: when each site may be called next, who is calling, and lists of courses.
#[derive(Default)]
pub struct Memory {
    next: Mutex<HashMap<String, tokio::time::Instant>>,
    calling: Locks<(String, String)>,
    known: Mutex<HashMap<(String, String), (Timestamp, Known)>>,
}

/// What a token gave.
#[derive(Debug, Clone, Default)]
struct Known {
    user: i64,
    ticks: bool,
    courses: Option<Listing>,
}

impl Moodle {
    /// Who the learner is at the site, and whether items may be ticked there.
    async fn known(&self, pass: &Pass) -> Result<Known, Trouble> {
        if let Some(known) = self.remembered(pass) {
            return Ok(known);
        }
        let info: SiteInfo = self.ask(pass, SITE_INFO, &[]).await?;
        let ticks = info.functions.iter().any(|function| function.name == TICK);
        let known = Known { user: info.userid, ticks, courses: None };
        self.remember(pass, known.clone());
        Ok(known)
    }

    fn remembered(&self, pass: &Pass) -> Option<Known> {
        let now = self.clock.now();
        let known = self.memory.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, found) = known.get(&(pass.site.clone(), pass.token.clone()))?;
        (now.since(*since) < KEPT).then(|| found.clone())
    }

    fn remember(&self, pass: &Pass, what: Known) {
        let now = self.clock.now();
        let mut known = self.memory.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (since, _)| now.since(*since) < KEPT);
        if known.len() < MOST_KEPT {
            known.insert((pass.site.clone(), pass.token.clone()), (now, what));
        }
    }

    fn forget(&self, pass: &Pass) {
        self.memory.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&(pass.site.clone(), pass.token.clone()));
    }

    /// Asks a site how it lets people in, before it is given a password.
    async fn probe(&self, site: &str) -> Result<(), Trouble> {
        let body = json!([{ "index": 0, "methodname": "tool_mobile_get_public_config", "args": {} }]).to_string();
        let answer = self.patiently(site, "/lib/ajax/service-nologin.php", "application/json", body.into()).await.map_err(unjudged)?;
        let first = &answer[0];
        if first.is_null() {
            return Err(nonsense());
        }
        if lenient::is_true(&first["error"]) == Some(true) {
            // An older site that does not know the function: the token service will say.
            return Ok(());
        }
        let config = &first["data"];
        let off = |name: &str| config[name] == 0 || config[name] == false || config[name] == "0";
        let on = |name: &str| config[name] == 1 || config[name] == true || config[name] == "1";
        if on("maintenanceenabled") {
            return Err(Trouble::away("学习平台正在维护"));
        }
        if off("enablewebservices") || off("enablemobilewebservice") {
            return Err(Trouble::Closed(OFF.to_owned()));
        }
        match &config["typeoflogin"] {
            Value::Null => Ok(()),
            way if *way == 1 || *way == "1" => Ok(()),
            _ => Err(Trouble::Refused("该站点使用统一身份认证，不能用密码登录，请粘贴访问令牌 (cx_token)".to_owned())),
        }
    }
}

#[async_trait::async_trait]
impl Campus for Moodle {
    fn name(&self) -> &'static str {
        "moodle"
    }

    fn usual_site(&self) -> String {
        self.sites.first().and_then(|site| normal(site)).unwrap_or_default()
    }

    fn site(&self, text: &str) -> Result<String, String> {
        let wrong = || "站点必须是网址，例如 https://moodle.example.edu".to_owned();
        let url = Url::parse(text).map_err(|_| wrong())?;
        let scheme = match url.scheme() {
            "https" => true,
            "http" => !self.manner.https_only,
            _ => return Err(wrong()),
        };
        if !scheme {
            return Err("站点必须使用 https".to_owned());
        }
        let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        if !plain || !url.has_host() || text.len() > 500 {
            return Err(wrong());
        }
        let site = normal(text).ok_or_else(wrong)?;
        if !self.sites.is_empty() && !self.listed(&site) {
            return Err("该站点不在管理员允许的列表中".to_owned());
        }
        if !self.listed(&site) && !self.strangers.allows(&site) {
            return Err("该站点的地址不允许访问".to_owned());
        }
        Ok(site)
    }

    async fn sign_in(&self, site: &str, name: &str, password: &str) -> Result<String, Trouble> {
        if site.is_empty() {
            return Err(Trouble::Closed("请先填写学习平台的站点 (site)".to_owned()));
        }
        self.probe(site).await?;
        let body = form(&[("username", name), ("password", password), ("service", SERVICE)]);
        // Once: what was not answered may have been counted all the same.
        let answer = self.once(site, "/login/token.php", "application/x-www-form-urlencoded", body).await.map_err(unjudged)?;
        if let Some(token) = answer["token"].as_str().filter(|token| !token.is_empty()) {
            return Ok(token.to_owned());
        }
        match Refusal::of(&answer) {
            Some(refusal) => Err(barred(&refusal)),
            None => Err(nonsense()),
        }
    }

    async fn courses(&self, pass: &Pass) -> Result<Listing, Trouble> {
        let known = self.known(pass).await?;
        if let Some(courses) = known.courses {
            return Ok(courses);
        }
        let user = known.user.to_string();
        let fields = [("userid", user.as_str()), ("returnusercount", "0")];
        let (mut lines, mut unread) = rows::<CourseLine>(self.ask(pass, "core_enrol_get_users_courses", &fields).await?);
        unread.extend(lines.drain(MOST_COURSES.min(lines.len())..).map(|line| line.fullname));
        let ids = lines.iter().take(MOST_TAUGHT).map(|line| line.id.to_string()).collect::<Vec<_>>().join(",");
        let teachers = if lines.is_empty() { HashMap::new() } else { self.teachers(pass, &ids).await? };
        let now = self.clock.now().seconds();
        let course = |line: &CourseLine| Course {
            id: line.id.to_string(),
            name: if line.fullname.trim().is_empty() { format!("课程 {}", line.id) } else { line.fullname.clone() },
            teacher: teachers.get(&line.id).cloned().unwrap_or_default(),
            class: line.shortname.clone(),
            enrolment: String::new(),
            progress: line.progress.unwrap_or(0.0).clamp(0.0, 100.0).round() as i64,
            ended: (line.enddate != 0 && line.enddate < now) || line.completed == Some(true),
        };
        let listing = Listing { courses: lines.iter().map(course).map(Course::plain).collect(), unread };
        self.remember(pass, Known { courses: Some(listing.clone()), ..known });
        Ok(listing)
    }

    async fn items(&self, pass: &Pass, course: &str) -> Result<Vec<Item>, Trouble> {
        if course.is_empty() || !course.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Trouble::Closed("没有这门课程".to_owned()));
        }
        let ticks = self.known(pass).await?.ticks;
        let fields = [("courseid", course), ("options[0][name]", "excludecontents"), ("options[0][value]", "1")];
        let sections: Vec<Value> = self.ask(pass, "core_course_get_contents", &fields).await?;
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

    async fn work(&self, pass: &Pass, item: &Item, _playing: &dyn Playing) -> Result<Worked, Trouble> {
        if item.stand != Stand::Tick {
            return Ok(Worked::Left("需本人在学习平台上完成".to_owned()));
        }
        let answer = self.call(pass, TICK, &[("cmid", &item.id), ("completed", "1")]).await;
        self.forget(pass);
        match answer? {
            Ok(answer) if lenient::is_true(&answer["status"]) == Some(true) => Ok(Worked::Done),
            Ok(_) => Ok(Worked::Left("学习平台没有接受勾选".to_owned())),
            Err(refusal) => match refusal.errorcode.as_str() {
                "cannotmanualctrack" => Ok(Worked::Left("该项由学习平台自动判定，需本人完成".to_owned())),
                "requireloginerror" => Ok(Worked::Locked("内容尚未开放或受到限制".to_owned())),
                "invalidrecord" | "invalidcoursemodule" => Ok(Worked::Left("内容已不存在".to_owned())),
                _ => Err(self.judged(pass, TICK, &refusal).await?),
            },
        }
    }
}

impl Moodle {
    async fn teachers(&self, pass: &Pass, ids: &str) -> Result<HashMap<i64, String>, Trouble> {
        let found: Result<ByField, Trouble> = self.ask(pass, "core_course_get_courses_by_field", &[("field", "ids"), ("value", ids)]).await;
        let names = |course: Contacts| {
            let name = |contact| serde_json::from_value::<Contact>(contact).ok().map(|contact| contact.fullname);
            let names: Vec<String> = course.contacts.into_iter().filter_map(name).filter(|name| !name.is_empty()).collect();
            (course.id, names.join("、"))
        };
        match found {
            Ok(found) => Ok(rows::<Contacts>(found.courses).0.into_iter().map(names).collect()),
            Err(trouble @ (Trouble::Ended(_) | Trouble::Stopped)) => Err(trouble),
            // A list without teachers is better than none.
            Err(Trouble::Closed(_) | Trouble::Shut(_) | Trouble::Refused(_) | Trouble::Away { .. }) => Ok(HashMap::new()),
        }
    }
}
