//! The demo campus: what its connector asks, as JSON, and the same as pages, so that a person sees what a task sees.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::text::{COMPONENT, percent_encoded};
use engine::{
    Engine, Error,
    sandbox::campus::{self, COURSES, Course, HEAD, Lesson, LessonProgress, Matter, SECOND},
};
use serde_json::{Value, json};

use super::page::{escaped, page};
use crate::http::{self, App};

fn reply(status: StatusCode, text: &str) -> Response {
    http::json(status, &json!({ "error": text }))
}

fn failure(error: &Error) -> Response {
    use domain::refusal::Refusal;
    match error {
        Error::Refused(Refusal::WrongCredentials) => reply(StatusCode::UNAUTHORIZED, "用户名或密码错误"),
        Error::Refused(Refusal::Unauthorized) => reply(StatusCode::UNAUTHORIZED, "登录凭证已失效"),
        Error::Refused(_) => reply(StatusCode::NOT_FOUND, "内容不存在"),
        Error::Fault(_) => reply(StatusCode::SERVICE_UNAVAILABLE, "请稍后再试"),
    }
}

/// Signs a learner in.
pub(super) async fn sign_in(State(app): State<App>, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    match campus::sign_in(&app.engine, &text("name"), &text("password")) {
        Ok(token) => Json(json!({ "token": token })).into_response(),
        Err(error) => failure(&error),
    }
}

fn learner(app: &App, headers: &HeaderMap) -> Result<String, Error> {
    campus::learner(&app.engine, http::bearer(headers).unwrap_or_default())
}

/// The courses of a learner.
pub(super) async fn courses(State(app): State<App>, headers: HeaderMap) -> Response {
    let listed = async {
        let learner = learner(&app, &headers)?;
        let mut courses = Vec::new();
        for course in COURSES {
            let progress = campus::progress(&campus::lessons(&app.engine, &learner, course).await?);
            courses.push(json!({ "id": course.id, "name": course.name, "teacher": course.teacher, "progress": progress }));
        }
        Ok(json!({ "courses": courses }))
    };
    listed.await.map_or_else(|error| failure(&error), |courses| Json(courses).into_response())
}

/// The items of a course.
pub(super) async fn items(State(app): State<App>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let listed = async {
        let learner = learner(&app, &headers)?;
        let lessons = campus::lessons(&app.engine, &learner, campus::course(&id)?).await?;
        Ok(json!({ "items": lessons.iter().map(item).collect::<Vec<_>>() }))
    };
    listed.await.map_or_else(|error| failure(&error), |items| Json(items).into_response())
}

fn item(progress: &LessonProgress) -> Value {
    let Lesson { id, title, matter } = progress.lesson;
    let (sort, state, reason) = match matter {
        _ if progress.done() => (sort(matter), "done", ""),
        Matter::Video(_) | Matter::Page(_) | Matter::Broken => (sort(matter), "open", ""),
        Matter::Quiz => (sort(matter), "left", "测验须由本人完成"),
        Matter::Locked(why) => (sort(matter), "locked", *why),
    };
    let mut item = json!({ "id": id, "title": title, "sort": sort, "state": state, "reason": reason, "delivered": progress.delivered });
    if let Matter::Video(seconds) = matter {
        item["seconds"] = (*seconds).into();
    }
    item
}

fn sort(matter: &Matter) -> &'static str {
    match matter {
        Matter::Video(_) | Matter::Broken => "video",
        Matter::Page(_) => "page",
        Matter::Quiz => "quiz",
        Matter::Locked(_) => "other",
    }
}

/// The text of an item; whoever was sent it has it.
pub(super) async fn read(State(app): State<App>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let sent = async {
        let learner = learner(&app, &headers)?;
        let lesson = campus::lesson_of(&id)?;
        match lesson.matter {
            Matter::Page(text) => {
                campus::delivered(&app.engine, &learner, lesson, 0, 1).await?;
                Ok(Json(json!({ "id": lesson.id, "title": lesson.title, "text": text })).into_response())
            }
            Matter::Broken => Ok(reply(StatusCode::GONE, "内容文件已损坏")),
            Matter::Video(_) => Ok(reply(StatusCode::BAD_REQUEST, "请播放该内容")),
            Matter::Quiz | Matter::Locked(_) => Ok(reply(StatusCode::FORBIDDEN, "内容不可用")),
        }
    };
    sent.await.unwrap_or_else(|error: Error| failure(&error))
}

/// A piece of an item's sound; what was sent of it is counted in whole seconds.
pub(super) async fn media(State(app): State<App>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let sent = async {
        let learner = learner(&app, &headers)?;
        let lesson = campus::lesson_of(&id)?;
        let Matter::Video(seconds) = lesson.matter else { return Ok(reply(StatusCode::NOT_FOUND, "没有可播放的内容")) };
        piece(&app.engine, &learner, lesson, seconds, &headers).await
    };
    sent.await.unwrap_or_else(|error: Error| failure(&error))
}

async fn piece(engine: &Engine, learner: &str, lesson: &'static Lesson, seconds: i64, headers: &HeaderMap) -> Result<Response, Error> {
    let (sent, answer) = heard(lesson, seconds, headers);
    let second = |byte: u64| i64::try_from(byte.saturating_sub(HEAD) / SECOND).unwrap_or(0);
    campus::delivered(engine, learner, lesson, second(sent.start), second(sent.end)).await?;
    Ok(answer)
}

/// The piece of an item's sound that is asked for, and which bytes it is.
fn heard(lesson: &Lesson, seconds: i64, headers: &HeaderMap) -> (std::ops::Range<u64>, Response) {
    let length = HEAD + u64::try_from(seconds).unwrap_or(0) * SECOND;
    let (from, to) = range(headers, length).unwrap_or((0, length));
    let bytes = campus::sound(lesson, seconds, from..to);
    let status = if headers.contains_key(header::RANGE) { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut answer = (status, [(header::CONTENT_TYPE, "audio/wav"), (header::ACCEPT_RANGES, "bytes")], bytes).into_response();
    if let Ok(span) = HeaderValue::from_str(&format!("bytes {from}-{}/{length}", to - 1)) {
        answer.headers_mut().insert(header::CONTENT_RANGE, span);
    }
    (from..to, answer)
}

/// The first and the last but one byte that `Range` asks for.
fn range(headers: &HeaderMap, length: u64) -> Option<(u64, u64)> {
    let text = headers.get(header::RANGE)?.to_str().ok()?.strip_prefix("bytes=")?;
    let (from, to) = text.split_once('-')?;
    let from: u64 = from.parse().ok()?;
    let to = if to.is_empty() { length } else { to.parse::<u64>().ok()?.saturating_add(1).min(length) };
    (from < to).then_some((from, to))
}

/// Where a person says whose courses they want to see.
pub(super) async fn door(uri: axum::http::Uri) -> Response {
    let name = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).find(|(name, _)| name == "name");
    if let Some((_, name)) = name.filter(|(_, name)| !name.trim().is_empty()) {
        return Redirect::to(&format!("/sandbox/campus/{}", percent_encoded(name.trim(), COMPONENT))).into_response();
    }
    let main = "<h1>演示校园</h1><p class=\"note\">开发用：任意用户名，任意密码（除 wrong 外）。看看任务看到的课程。</p>\
                <form method=\"get\" action=\"/sandbox/campus\"><input name=\"name\" placeholder=\"用户名，如 13800138000\" required>\
                <button class=\"main\">查看课程</button></form>";
    page(StatusCode::OK, "演示校园", main)
}

/// The courses of a learner, for people.
pub(super) async fn shelf(State(app): State<App>, Path(name): Path<String>) -> Response {
    let mut rows = String::new();
    for course in COURSES {
        let lessons = match campus::lessons(&app.engine, &name, course).await {
            Ok(lessons) => lessons,
            Err(error) => return failure(&error),
        };
        rows.push_str(&course_row(&name, course, &lessons));
    }
    let main = format!("<h1>{} 的课程</h1><p class=\"note\">学习任务真正播放过、读过的内容会出现在这里。</p>{rows}", escaped(&name));
    page(StatusCode::OK, "演示校园", &main)
}

fn course_row(name: &str, course: &Course, lessons: &[LessonProgress]) -> String {
    let link = format!("/sandbox/campus/{}/{}", percent_encoded(name, COMPONENT), course.id);
    let progress = campus::progress(lessons);
    format!(
        "<div class=\"course\"><a class=\"button\" href=\"{link}\">{} · {}</a><progress max=\"100\" value=\"{progress}\"></progress>{progress}%</div>",
        escaped(course.name),
        escaped(course.teacher)
    )
}

/// The items of a course, for people.
pub(super) async fn course(State(app): State<App>, Path((name, id)): Path<(String, String)>) -> Response {
    let found = async {
        let course = campus::course(&id)?;
        Ok((course, campus::lessons(&app.engine, &name, course).await?))
    };
    let (course, lessons) = match found.await {
        Ok(found) => found,
        Err(error) => return failure(&error),
    };
    let rows: String = lessons.iter().map(row).collect();
    let back = format!("/sandbox/campus/{}", percent_encoded(&name, COMPONENT));
    let main = format!(
        "<h1>{}</h1><p class=\"note\">{}，学习者 {}</p>{rows}<a class=\"button\" href=\"{back}\">返回</a>",
        escaped(course.name),
        escaped(course.teacher),
        escaped(&name)
    );
    page(StatusCode::OK, course.name, &main)
}

fn row(progress: &LessonProgress) -> String {
    let Lesson { id, title, matter } = progress.lesson;
    let state = match matter {
        _ if progress.done() => "已完成".to_owned(),
        Matter::Video(seconds) => format!("已播放 {}/{seconds} 秒", progress.delivered),
        Matter::Page(_) => "未读".to_owned(),
        Matter::Quiz => "须由本人完成".to_owned(),
        Matter::Locked(why) => escaped(why),
        Matter::Broken => "内容文件已损坏".to_owned(),
    };
    let inside = match matter {
        Matter::Video(_) => format!("<audio controls preload=\"none\" src=\"/sandbox/campus/sound/{id}\"></audio>"),
        Matter::Page(text) => format!("<p>{}</p>", escaped(text)),
        Matter::Quiz | Matter::Locked(_) | Matter::Broken => String::new(),
    };
    format!("<div class=\"lesson\">{} <span class=\"state\">{state}</span>{inside}</div>", escaped(title))
}

/// The sound of an item for a person's ears; nobody's progress.
pub(super) async fn sound(Path(id): Path<String>, headers: HeaderMap) -> Response {
    match campus::lesson_of(&id) {
        Ok(lesson @ Lesson { matter: Matter::Video(seconds), .. }) => heard(lesson, *seconds, &headers).1,
        Ok(_) => reply(StatusCode::NOT_FOUND, "没有可播放的内容"),
        Err(error) => failure(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_browsers_write_it() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, text.parse().unwrap());
            range(&headers, 1000)
        };
        assert_eq!(of("bytes=0-99"), Some((0, 100)));
        assert_eq!(of("bytes=900-"), Some((900, 1000)));
        assert_eq!(of("bytes=900-5000"), Some((900, 1000)));
        for bad in ["bytes=5-1", "bytes=2000-", "lines=1-2", "bytes=-5"] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
