//! What somebody sets up for themselves: how they learn, their password, their profile, leaving.

use axum::{Json, extract::State, http::StatusCode};
use domain::{
    id::AccountId,
    refusal::{Noun, Refusal},
};
use engine::{
    Error,
    account::{self, own},
    campus::{self, Change},
    kinds::study,
    overview,
};

use super::{Body, Caller, Form, Number, Refusing, bad, custom, study::list_of, wire};
use crate::http::{Address, App, ClientOrigin, RequestError, Values};

pub(super) async fn config(State(app): State<App>, caller: Caller) -> Result<Json<wire::OwnConfig>, Refusing> {
    let place = campus::place(&app.engine, caller.0.account).await?;
    Ok(wire::OwnConfig::of(&app.options, &place))
}

pub(super) async fn configure(
    State(app): State<App>,
    caller: Caller,
    body: Body<wire::ConfigUpdate>,
) -> Result<Json<wire::OwnConfig>, Refusing> {
    let fields = body.0;
    let change = Change {
        platform: fields.platform.optional("platform")?,
        site: fields.site.optional("site")?,
        username: fields.cx_username.optional("campus_username")?,
        password: fields.cx_password.optional("campus_password")?,
        token: fields.cx_token.optional("campus_token")?,
        use_cookies: fields.use_cookies.optional("use_cookies")?,
        speed: fields.speed.optional("speed")?,
        not_open: fields.notopen_action.optional("not_open")?,
        questions: fields.tiku_config.optional("questions")?,
        notifications: fields.notification_config.optional("notifications")?,
    };
    let place = campus::configure(&app.engine, caller.0.account, change).await?;
    Ok(wire::OwnConfig::of(&app.options, &place))
}

/// What the original had here answers quizzes for a learner.
pub(super) async fn no_quizzes(_caller: Caller) -> Refusing {
    custom(StatusCode::NOT_FOUND, "不提供题库与自动答题功能：测验须由学习者本人完成").into()
}

/// A value of the body, or of the query, where the original looked for it.
fn given(field: crate::http::Field<String>, values: &Values, name: &str) -> String {
    field.given().or_else(|| values.text(name).map(str::to_owned)).unwrap_or_default()
}

pub(super) async fn password(
    State(app): State<App>,
    caller: Caller,
    address: Address,
    whence: ClientOrigin,
    values: Values,
    body: Option<Form<wire::Passwords>>,
) -> Result<Json<wire::Done>, Refusing> {
    let fields = body.map(|body| body.0).unwrap_or_default();
    let (old, new) = (given(fields.old_password, &values, "old_password"), given(fields.new_password, &values, "new_password"));
    let changed = own::change_password(&app.engine, &caller.0, &old, &new, whence.0, address.0).await;
    changed.map_err(|error| match error {
        Error::Refused(Refusal::WrongCredentials) => bad("旧密码错误"),
        Error::Refused(Refusal::Invalid { field: "password", problem }) => Refusal::Invalid { field: "new_password", problem }.into(),
        other => RequestError::from(other),
    })?;
    Ok(wire::Done::new("密码修改成功"))
}

pub(super) async fn profile(State(app): State<App>, caller: Caller) -> Result<Json<wire::Profile>, Refusing> {
    let (own, place, counts) = overview::learner(&app.engine, &caller.0).await?;
    Ok(wire::Profile::of(&app.options, &own, &place, wire::TaskCounts::of(&counts)))
}

pub(super) async fn close(
    State(app): State<App>,
    caller: Caller,
    address: Address,
    whence: ClientOrigin,
    values: Values,
    body: Option<Form<wire::Password>>,
) -> Result<Json<wire::Done>, Refusing> {
    let password = given(body.map(|body| body.0).unwrap_or_default().password, &values, "password");
    own::close(&app.engine, &caller.0, &password, whence.0, address.0).await.map_err(|error| match error {
        Error::Refused(Refusal::WrongCredentials) => bad("密码错误"),
        Error::Refused(Refusal::OwnAccount) => bad("不能注销最后一个管理员账号"),
        other => RequestError::from(other),
    })?;
    Ok(wire::Done::new("账号已注销"))
}

/// Whose tasks are looked at: one's own, or as an administrator anybody's.
async fn looked_at(app: &App, caller: &Caller, id: Number) -> Result<AccountId, Error> {
    let id = id.account()?;
    if id == caller.0.account {
        return Ok(id);
    }
    if !caller.0.role.administers() {
        return Err(Refusal::NotFound(Noun::Account).into());
    }
    Ok(account::profile(&app.engine, Some(&caller.0), Some(id)).await?.id)
}

pub(super) async fn tasks(
    State(app): State<App>,
    caller: Caller,
    id: Number,
    values: Values,
) -> Result<Json<wire::List<wire::Task>>, Refusing> {
    list_of(&app, looked_at(&app, &caller, id).await?, &values).await
}

pub(super) async fn statistics(State(app): State<App>, caller: Caller, id: Number) -> Result<Json<wire::Statistics>, Refusing> {
    let account = looked_at(&app, &caller, id).await?;
    Ok(Json(wire::Statistics { tasks: wire::TaskCounts::of(&study::counts(&app.engine, account).await?) }))
}
