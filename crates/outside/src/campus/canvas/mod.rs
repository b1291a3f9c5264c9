//! Canvas through its published REST API, with a token that its learner created in their settings (documentation: Courses, Modules,
//! OAuth2 manual token generation, Pagination, Throttling).
//!
//! It mostly reads. The only thing it writes is "mark as done" on an item whose requirement is just that, and only if its learner asked
//! for it. "Mark as read" is never sent: what was not opened was not viewed.

mod wire;

use std::time::Duration;

use bytes::Bytes;
use domain::course::{Item, Stand};
use ports::{
    campus::{Campus, CampusError, Freshness, Listing, Playing, Token, Worked},
    lenient,
    web::{Method, Reply, Request},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::wire::{CourseLine, Module, ModuleItem, is_number};
use super::{
    kept::Kept,
    sites::{Parts, Sites},
    unreadable,
};

/// The first path segments of pages below a site.
const PAGES: [&str; 12] =
    ["accounts", "api", "calendar", "calendar2", "conversations", "courses", "dashboard", "grades", "groups", "login", "profile", "users"];
/// The largest answer in bytes.
const MAX_BYTES: usize = 8 << 20;
/// The most pages of one list; a hundred entries each.
const MAX_PAGES: usize = 50;
/// How long a list of courses is cached, and for how many learners.
const KEPT: Duration = Duration::from_secs(180);
const MAX_LEARNERS: usize = 1000;

/// The connector.
pub struct Canvas {
    sites: Sites,
    listings: Kept<(String, String), Listing>,
}

/// What a call was about, as far as the meaning of a refusal depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Learner,
    Course,
    Item,
}

fn nonsense() -> CampusError {
    CampusError::away("学习平台返回了无法识别的数据，可能正在维护")
}

/// What a refused call means (documentation: OAuth2, Throttling; the bodies are those of its error handlers).
fn refused(about: About, reply: &Reply) -> CampusError {
    let body: Value = lenient::json(&reply.body).unwrap_or_default();
    let said = body["errors"][0]["message"].as_str().or(body["message"].as_str()).unwrap_or_default().to_ascii_lowercase();
    let gone = |what: &str| match about {
        About::Course => CampusError::CourseUnavailable(format!("课程{what}")),
        About::Learner | About::Item => CampusError::Unavailable(format!("内容{what}")),
    };
    match reply.status {
        // Too many calls are refused with 403 and plain text; newer sites answer 429, which is already a passing fault.
        403 if String::from_utf8_lossy(&reply.body).contains("Rate Limit Exceeded") => CampusError::away("学习平台的请求过多，请稍后再试"),
        401 if body["status"] == "unauthorized" || said.contains("not authorized") => forbidden(about),
        401 => CampusError::TokenRejected,
        403 => forbidden(about),
        404 if body.is_null() => CampusError::Unavailable("该地址不是 Canvas 站点（404），请检查站点设置".to_owned()),
        404 => gone("已不存在"),
        status => {
            tracing::warn!(status, "a Canvas site refused a call");
            CampusError::UnknownRefusal(format!("学习平台拒绝了请求（{status}）"))
        }
    }
}

/// What a forbidden call means: for a course, that the learner is no longer in it.
fn forbidden(about: About) -> CampusError {
    match about {
        About::Course => CampusError::CourseUnavailable("已不在这门课程中，或课程不在开放日期内".to_owned()),
        About::Learner => CampusError::Unavailable("该令牌没有使用此功能的权限".to_owned()),
        About::Item => CampusError::Unavailable("没有查看权限".to_owned()),
    }
}

/// The URL of the next page of a list (RFC 8288), if there is one.
fn next_page(link: &str) -> Option<String> {
    link.split(',').find_map(|entry| {
        let (target, rest) = entry.trim().strip_prefix('<')?.split_once('>')?;
        rest.split(';').any(|parameter| parameter.trim() == "rel=\"next\"").then(|| target.to_owned())
    })
}

impl Canvas {
    /// The connector.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self { sites: Sites::new(parts), listings: Kept::new(KEPT, MAX_LEARNERS) }
    }

    /// Makes a call that may safely be repeated, and returns the reply.
    async fn call(&self, token: &Token, method: Method, url: &str, about: About) -> Result<Reply, CampusError> {
        let _one = self.sites.one_at_a_time(token).await;
        let send = || async {
            let request = Request {
                method,
                body: (method != Method::Get).then(Bytes::new),
                url: url.to_owned(),
                headers: vec![
                    ("authorization".to_owned(), format!("Bearer {}", token.secret)),
                    ("accept".to_owned(), "application/json".to_owned()),
                ],
                most_bytes: MAX_BYTES,
                deadline: self.sites.deadline(),
                redirects: 0,
                buys: false,
                verbatim: false,
            };
            let reply = self.sites.send(&token.site, request, &PAGES).await?;
            if (200..300).contains(&reply.status) { Ok(reply) } else { Err(refused(about, &reply)) }
        };
        self.sites.patiently(send).await
    }

    async fn ask<T: DeserializeOwned>(&self, token: &Token, path: &str, about: About) -> Result<T, CampusError> {
        let reply = self.call(token, Method::Get, &format!("{}/api/v1{path}", token.site), about).await?;
        lenient::json(&reply.body).map_err(|_| nonsense())
    }

    /// All pages of a list.
    async fn list(&self, token: &Token, path: &str, about: About) -> Result<Vec<Value>, CampusError> {
        let mut url = format!("{}/api/v1{path}", token.site);
        let mut all = Vec::new();
        for _ in 0..MAX_PAGES {
            let reply = self.call(token, Method::Get, &url, about).await?;
            let page: Vec<Value> = lenient::json(&reply.body).map_err(|_| nonsense())?;
            all.extend(page);
            match reply.link.as_deref().and_then(next_page) {
                // The token is sent nowhere else.
                Some(next) if next.starts_with(&format!("{}/api/v1/", token.site)) => url = next,
                Some(_) => return Err(nonsense()),
                None => return Ok(all),
            }
        }
        Ok(all)
    }
}

#[async_trait::async_trait]
impl Campus for Canvas {
    fn name(&self) -> &'static str {
        "canvas"
    }

    fn title(&self) -> &'static str {
        "Canvas"
    }

    fn takes_passwords(&self) -> bool {
        false
    }

    fn usual_site(&self) -> String {
        self.sites.usual()
    }

    fn site(&self, text: &str) -> Result<String, String> {
        self.sites.checked(text, &PAGES, "https://canvas.example.edu")
    }

    fn waiting(&self, site: &str) -> usize {
        self.sites.waiting(site)
    }

    /// Recognises a Canvas site by its answer to a call without a token: 401 and JSON.
    async fn confirm_site(&self, site: &str) -> Result<String, CampusError> {
        let request = Request::get(format!("{site}/api/v1/users/self"), MAX_BYTES, self.sites.deadline());
        let reply = self.sites.send(site, Request { redirects: 0, ..request }, &PAGES).await?;
        let told: Value = lenient::json(&reply.body).unwrap_or_default();
        if reply.status == 401 && told["errors"].is_array() {
            return Ok(site.to_owned());
        }
        Err(CampusError::Unavailable("该地址没有返回 Canvas 的数据，请填写 Canvas 站点首页的地址".to_owned()))
    }

    async fn sign_in(&self, _site: &str, _name: &str, _password: &str) -> Result<String, CampusError> {
        let why = "Canvas 不接受密码登录，请在 Canvas 的“账户 > 设置 > 新建访问许可证”中生成令牌，并粘贴到配置管理中 (cx_token)";
        Err(CampusError::SignInRefused(why.to_owned()))
    }

    async fn courses(&self, token: &Token, freshness: Freshness) -> Result<Listing, CampusError> {
        if token.site.is_empty() {
            return Err(CampusError::Unavailable("请先填写学习平台的站点 (site)".to_owned()));
        }
        let key = (token.site.clone(), token.secret.clone());
        if freshness == Freshness::Recent
            && let Some(listing) = self.listings.get(&key, self.sites.now())
        {
            return Ok(listing);
        }
        let path = "/courses?enrollment_type=student&include[]=term&include[]=teachers&include[]=course_progress&include[]=concluded\
                    &per_page=100";
        let lines = self.list(token, path, About::Learner).await?;
        let now = self.sites.now().seconds();
        let mut listing = Listing::default();
        for (index, line) in lines.into_iter().enumerate() {
            let name = line["name"].as_str().map_or_else(|| format!("第 {} 项", index + 1), str::to_owned);
            match serde_json::from_value::<CourseLine>(line) {
                Ok(line) if line.access_restricted_by_date => listing.unread.push(format!("编号 {}（不在开放日期内）", line.id)),
                Ok(line) if is_number(&line.id) => listing.courses.push(line.course(now)),
                Ok(_) | Err(_) => listing.unread.push(name),
            }
        }
        if !listing.courses.is_empty() {
            self.listings.put(key, listing.clone(), self.sites.now());
        }
        Ok(listing)
    }

    async fn items(&self, token: &Token, course: &str) -> Result<Vec<Item>, CampusError> {
        if !is_number(course) {
            return Err(CampusError::Unavailable("没有这门课程".to_owned()));
        }
        let path = format!("/courses/{course}/modules?include[]=items&include[]=content_details&per_page=50");
        let mut items = Vec::new();
        for (index, module) in self.list(token, &path, About::Course).await?.into_iter().enumerate() {
            let Ok(mut module) = serde_json::from_value::<Module>(module) else {
                items.push(unreadable(format!("unread-{index}"), format!("第 {} 个模块", index + 1)));
                continue;
            };
            // A module with many items is listed without them.
            let lines = match module.items.take() {
                Some(lines) => lines,
                None if module.items_count == 0 => Vec::new(),
                None => {
                    let path = format!("/courses/{course}/modules/{}/items?include[]=content_details&per_page=100", module.id);
                    self.list(token, &path, About::Course).await?
                }
            };
            for (number, line) in lines.into_iter().enumerate() {
                let title = line["title"].as_str().map_or_else(|| format!("第 {} 项", number + 1), str::to_owned);
                match serde_json::from_value::<ModuleItem>(line) {
                    Ok(line) => items.extend(line.item(&module)),
                    Err(_) => items.push(unreadable(format!("unread-{index}-{number}"), title)),
                }
            }
        }
        Ok(items)
    }

    async fn work(&self, token: &Token, course: &str, item: &Item, _playing: &dyn Playing) -> Result<Worked, CampusError> {
        let ids = item.id.split_once('-').filter(|(module, id)| is_number(module) && is_number(id) && is_number(course));
        let (Stand::Tick(_), Some((module, id))) = (&item.stand, ids) else {
            return Ok(Worked::Left("需本人在学习平台上完成".to_owned()));
        };
        let path = format!("/courses/{course}/modules/{module}/items/{id}");
        let marked = self.call(token, Method::Put, &format!("{}/api/v1{path}/done", token.site), About::Item).await;
        match marked {
            Ok(_) => {}
            Err(CampusError::Unavailable(_)) => return self.why_not(token, course, item).await,
            Err(error) => return Err(error),
        }
        // The site accepts marks that have no effect, as on a locked item, so the result is checked.
        let now: ModuleItem = self.ask(token, &format!("{path}?include[]=content_details"), About::Item).await?;
        match now.item(&Module::open(module)).map(|item| item.stand) {
            Some(Stand::Done) => Ok(Worked::Done),
            Some(Stand::Locked(why)) => Ok(Worked::Locked(why)),
            Some(Stand::Left(why)) => Ok(Worked::Left(why)),
            Some(Stand::Open | Stand::Tick(_)) => Ok(Worked::Locked("尚未开放，学习平台没有接受勾选".to_owned())),
            None => Ok(Worked::Deleted),
        }
    }
}

impl Canvas {
    /// Finds out why an item could not be marked: the item is gone, or the learner is.
    async fn why_not(&self, token: &Token, course: &str, item: &Item) -> Result<Worked, CampusError> {
        match self.items(token, course).await?.into_iter().find(|now| now.id == item.id).map(|now| now.stand) {
            None => Ok(Worked::Deleted),
            Some(Stand::Done) => Ok(Worked::Done),
            Some(Stand::Locked(why)) => Ok(Worked::Locked(why)),
            Some(_) => Ok(Worked::Left("学习平台没有接受勾选".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_the_one_that_is_named_so() {
        let link = "<https://c.example/api/v1/courses?page=1>; rel=\"current\",<https://c.example/api/v1/courses?page=2>; rel=\"next\"";
        assert_eq!(next_page(link).as_deref(), Some("https://c.example/api/v1/courses?page=2"));
        assert_eq!(next_page("<https://c.example/api/v1/courses?page=1>; rel=\"last\""), None);
        assert_eq!(next_page(""), None);
    }
}
