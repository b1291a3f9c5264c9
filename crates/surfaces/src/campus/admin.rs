//! Users, everybody's tasks, figures and the log, for administrators.

use axum::{Json, extract::State};
use domain::{account::Role, refusal::Refusal, time::Timestamp};
use engine::{
    Error,
    account::administer::{self, Update, Wanted},
    audit, campus,
    kinds::study,
};

use super::{Administrator, Body, Number, Refusing, bad, page, wire};
use crate::http::{App, ClientOrigin, RequestError, Values, malformed};

fn role(word: &str) -> Option<Role> {
    match word {
        "admin" => Some(Role::Admin),
        "user" => Some(Role::User),
        _ => None,
    }
}

pub(super) async fn users(State(app): State<App>, caller: Administrator, values: Values) -> Result<Json<wire::List<wire::User>>, Refusing> {
    let page = page(&app, &values)?;
    let wanted = Wanted {
        name: values.text("search").unwrap_or_default().replace('\0', ""),
        role: match values.text("role").filter(|word| !word.is_empty()) {
            Some(word) => Some(role(word).ok_or(RequestError::Query { field: "role" })?),
            None => None,
        },
        active: match values.text("is_active") {
            None | Some("") => None,
            Some("true" | "1") => Some(true),
            Some("false" | "0") => Some(false),
            Some(_) => return Err(RequestError::Query { field: "is_active" }.into()),
        },
        from: Timestamp(0),
        until: Timestamp(i64::MAX),
        offset: page.offset(),
        limit: page.size,
    };
    let (users, total) = administer::list(&app.engine, &caller.0, wanted).await?;
    Ok(wire::List::of(users.iter().map(|holder| wire::User::of(&app.options, &holder.account)).collect(), total, page))
}

pub(super) async fn user(State(app): State<App>, caller: Administrator, id: Number) -> Result<Json<wire::AdminUser>, Refusing> {
    let (account, place) = campus::profile(&app.engine, &caller.0, id.account()?).await?;
    Ok(Json(wire::AdminUser::of(&app.options, &account, place.as_ref())))
}

pub(super) async fn update_user(
    State(app): State<App>,
    caller: Administrator,
    id: Number,
    whence: ClientOrigin,
    body: Body<wire::UserUpdate>,
) -> Result<Json<wire::AdminUser>, Refusing> {
    let id = id.account()?;
    let fields = body.0;
    let update = Update {
        email: fields.email.optional("email")?.filter(|email| !email.is_empty()),
        password: fields.password.optional("password")?.filter(|password| !password.is_empty()),
        role: match fields.role.optional("role")? {
            Some(word) => Some(role(&word).ok_or(malformed("role"))?),
            None => None,
        },
        active: fields.is_active.optional("is_active")?,
        ..Update::default()
    };
    let updated = administer::update(&app.engine, &caller.0, id, update, whence.0).await;
    updated.map_err(|error| match error {
        Error::Refused(Refusal::OwnAccount) => bad("不能修改自己的角色或停用自己的账号"),
        other => RequestError::from(other),
    })?;
    let (account, place) = campus::profile(&app.engine, &caller.0, id).await?;
    Ok(Json(wire::AdminUser::of(&app.options, &account, place.as_ref())))
}

pub(super) async fn delete_user(
    State(app): State<App>,
    caller: Administrator,
    id: Number,
    whence: ClientOrigin,
) -> Result<Json<wire::Done>, Refusing> {
    let id = id.account()?;
    let closed = administer::close(&app.engine, &caller.0, id, whence.0).await;
    let account = closed.map_err(|error| match error {
        Error::Refused(Refusal::OwnAccount) => bad("不能删除自己的账号"),
        other => RequestError::from(other),
    })?;
    Ok(wire::Done::new(format!("用户{}已删除", account.display_name())))
}

pub(super) async fn tasks(
    State(app): State<App>,
    caller: Administrator,
    values: Values,
) -> Result<Json<wire::List<wire::AdminTask>>, Refusing> {
    let page = page(&app, &values)?;
    let account = match values.text("user_id").filter(|text| !text.is_empty()) {
        Some(_) => Some(domain::id::AccountId(values.positive("user_id", 1)?)),
        None => None,
    };
    let Some(states) = wire::states(&values.texts("status")) else { return Ok(wire::List::of(Vec::new(), 0, page)) };
    let wanted = study::Wanted { account, states, offset: page.offset(), limit: page.size };
    let (found, total) = study::list_all(&app.engine, &caller.0, wanted).await?;
    Ok(wire::List::of(found.iter().map(|found| wire::AdminTask::of(&app.options, found)).collect(), total, page))
}

pub(super) async fn statistics(State(app): State<App>, caller: Administrator) -> Result<Json<wire::AdminStatistics>, Refusing> {
    let counted = study::statistics(&app.engine, &caller.0).await?;
    let warnings = app.engine.ready().await?;
    Ok(Json(wire::AdminStatistics::of(&counted, warnings)))
}

pub(super) async fn logs(
    State(app): State<App>,
    caller: Administrator,
    values: Values,
) -> Result<Json<wire::List<wire::AdminLog>>, Refusing> {
    let page = page(&app, &values)?;
    let (lines, total) = audit::list(&app.engine, &caller.0, None, page.offset(), page.size).await?;
    Ok(wire::List::of(lines.iter().map(|line| wire::AdminLog::of(&app.options, line)).collect(), total, page))
}

pub(super) async fn recover_tasks(
    State(app): State<App>,
    caller: Administrator,
    whence: ClientOrigin,
) -> Result<Json<wire::Done>, Refusing> {
    let count = study::recover(&app.engine, &caller.0, whence.0).await?;
    Ok(wire::Done::new(format!("已恢复 {count} 个任务")))
}
