//! The demo campus for development. It is called over HTTP although it is in the same process, so that its connector is like any other
//! and people see the same in a browser, under `/sandbox/campus`.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use domain::{
    course::{Course, Item, Sort, Stand, Term},
    text::{COMPONENT, percent_encoded},
};
use ports::{
    campus::{Campus, CampusError, Freshness, Listing, Playing, Token, Worked},
    web::{Method, Reply, Request, Web},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

use super::failed;

/// The largest answer in bytes.
const MAX_BYTES: usize = 1 << 20;
/// How long a call may take.
const DEADLINE: Duration = Duration::from_secs(10);
/// Bytes before an item's sound, and bytes per second of it, as the campus states on its page.
const HEAD: i64 = 44;
const SECOND: i64 = 8000;

/// The connector.
pub struct Demo {
    /// The client to call it with.
    pub web: Arc<dyn Web>,
    /// The base URL of the stand-ins for development, without a slash at the end.
    pub base: String,
}

#[derive(Deserialize)]
struct SignedIn {
    token: String,
}

#[derive(Deserialize)]
struct Courses {
    courses: Vec<CourseLine>,
}

#[derive(Deserialize)]
struct CourseLine {
    id: String,
    name: String,
    teacher: String,
    progress: i64,
}

#[derive(Deserialize)]
struct Items {
    items: Vec<ItemLine>,
}

#[derive(Deserialize)]
struct ItemLine {
    id: String,
    title: String,
    sort: String,
    state: String,
    #[serde(default)]
    reason: String,
    seconds: Option<i64>,
    #[serde(default)]
    delivered: i64,
}

#[derive(Deserialize)]
struct Problem {
    error: String,
}

impl Demo {
    async fn send(&self, path: &str, token: &str, body: Option<Bytes>, range: Option<(i64, i64)>) -> Result<Reply, CampusError> {
        let mut request = Request::get(format!("{}/sandbox/campus/api{path}", self.base), MAX_BYTES, DEADLINE);
        request.redirects = 0;
        request.headers.push(("content-type".to_owned(), "application/json".to_owned()));
        if !token.is_empty() {
            request.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
        }
        if let Some((from, to)) = range {
            request.headers.push(("range".to_owned(), format!("bytes={from}-{}", to - 1)));
        }
        if body.is_some() {
            request.method = Method::Post;
        }
        request.body = body;
        let reply = self.web.send(request).await.map_err(failed)?;
        let said =
            || serde_json::from_slice::<Problem>(&reply.body).map_or_else(|_| "演示校园拒绝了请求".to_owned(), |problem| problem.error);
        match reply.status {
            200 | 206 => Ok(reply),
            401 if token.is_empty() => Err(CampusError::SignInRefused(said())),
            401 => Err(CampusError::TokenRejected),
            _ => Err(CampusError::Unavailable(said())),
        }
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str, token: &str, body: Option<Bytes>) -> Result<T, CampusError> {
        let reply = self.send(path, token, body, None).await?;
        serde_json::from_slice(&reply.body).map_err(|_| CampusError::away("学习平台返回了无法识别的数据"))
    }
}

#[async_trait::async_trait]
impl Campus for Demo {
    fn name(&self) -> &'static str {
        "demo"
    }

    fn title(&self) -> &'static str {
        "演示校园"
    }

    fn site(&self, _text: &str) -> Result<String, String> {
        Err("演示校园不需要填写站点".to_owned())
    }

    async fn sign_in(&self, _site: &str, name: &str, password: &str) -> Result<String, CampusError> {
        let body = json!({ "name": name, "password": password }).to_string();
        Ok(self.ask::<SignedIn>("/sign-in", "", Some(body.into())).await?.token)
    }

    async fn courses(&self, token: &Token, _freshness: Freshness) -> Result<Listing, CampusError> {
        let found: Courses = self.ask("/courses", &token.secret, None).await?;
        let course = |line: CourseLine| Course {
            id: line.id,
            name: line.name,
            teacher: line.teacher,
            class: "demo".to_owned(),
            enrolment: String::new(),
            progress: line.progress,
            completed: false,
            term: Term::Running,
        };
        Ok(Listing { courses: found.courses.into_iter().map(course).collect(), unread: Vec::new() })
    }

    async fn items(&self, token: &Token, course: &str) -> Result<Vec<Item>, CampusError> {
        let found: Items = self.ask(&format!("/courses/{}", percent_encoded(course, COMPONENT)), &token.secret, None).await?;
        Ok(found.items.into_iter().map(item).collect())
    }

    /// Fetches all of an item. Media is played second by second, continuing where it stopped. A second is fetched after it has been played,
    /// so that an interrupted one is not counted.
    async fn work(&self, token: &Token, _course: &str, item: &Item, playing: &dyn Playing) -> Result<Worked, CampusError> {
        let path = format!("/items/{}", percent_encoded(&item.id, COMPONENT));
        let Some((mut at, of)) = item.played else {
            self.send(&path, &token.secret, None, None).await?;
            return Ok(Worked::Done);
        };
        while at < of {
            playing.played(at + 1, of).await?;
            let from = if at == 0 { 0 } else { HEAD + at * SECOND };
            self.send(&format!("{path}/media"), &token.secret, None, Some((from, HEAD + (at + 1) * SECOND))).await?;
            at += 1;
        }
        Ok(Worked::Done)
    }
}

fn item(line: ItemLine) -> Item {
    let sort = match line.sort.as_str() {
        "video" => Sort::Video,
        "page" => Sort::Page,
        "quiz" => Sort::Quiz,
        _ => Sort::Other,
    };
    let stand = match line.state.as_str() {
        "done" => Stand::Done,
        "open" => Stand::Open,
        "locked" => Stand::Locked(line.reason),
        _ => Stand::Left(line.reason),
    };
    Item { id: line.id, title: line.title, sort, stand, played: line.seconds.map(|seconds| (line.delivered, seconds)) }
}
