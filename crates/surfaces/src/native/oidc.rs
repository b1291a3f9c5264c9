//! Signing in at an identity provider: a browser goes there and comes back with a cookie that says who its user is.

use aide::{
    axum::{
        ApiRouter,
        routing::{delete_with, get_with},
    },
    operation::OperationInput,
    transform::TransformOperation,
};
use axum::{
    Json,
    extract::{FromRequestParts, Path, State, rejection::PathRejection},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use domain::refusal::{Noun, Refusal};
use engine::{Engine, oidc};

use super::{Caller, Refusing, describe, ends, problem, query, wire};
use crate::{
    docs,
    http::{App, ClientOrigin, Values, cookie},
};

/// Where a browser goes to sign in.
pub(super) const START: &str = "/gongfang/v1/oidc/start";
/// Where it comes back to.
const CALLBACK: &str = "/gongfang/v1/oidc/callback";
/// Seconds that a browser keeps what it was sent away or came back with.
const PATIENCE: u64 = 600;

pub(super) fn routes(tag: &'static str) -> ApiRouter<App> {
    ApiRouter::new()
        .api_route(
            START,
            get_with(start, move |op| {
                let op = leads(op, "oidc_start", tag, "Go to the identity provider");
                docs::query(op, &[("link", "whether to link one's account, and not to sign in", "boolean")])
            }),
        )
        .api_route(CALLBACK, get_with(callback, move |op| leads(op, "oidc_callback", tag, "Come back from the identity provider")))
        .api_route(
            "/gongfang/v1/me/identities",
            get_with(list, move |op| {
                describe::<200, wire::Items<wire::IdentityShown>>(op, "identity_list", tag, "Who one is at the identity provider")
            })
            .post_with(link, move |op| {
                describe::<201, wire::Items<wire::IdentityShown>>(op, "identity_create", tag, "Link what one came back with")
            }),
        )
        .api_route(
            "/gongfang/v1/me/identities/{id}",
            delete_with(unlink, move |op| docs::path_text(ends(op, "identity_delete", tag, "Unlink one", "it is unlinked"), "id")),
        )
}

fn leads<'t>(op: TransformOperation<'t>, id: &str, tag: &str, summary: &str) -> TransformOperation<'t> {
    let op = docs::describe_refusals::<problem::Problem>(op, id, tag, summary);
    op.response_with::<303, (), _>(|answer| answer.description("where the browser goes on"))
}

/// What a browser kept on its way.
pub(super) struct Errand(pub(super) Option<String>);

impl FromRequestParts<App> for Errand {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(cookie::kept(&parts.headers, app).map(str::to_owned)))
    }
}

impl OperationInput for Errand {}

fn redirect(engine: &Engine) -> String {
    format!("{}{CALLBACK}", engine.settings.console_url)
}

/// Sends a browser on, with what it is to keep.
fn sent(to: &str, keeps: Option<HeaderValue>) -> Response {
    let mut answer = Redirect::to(to).into_response();
    answer.headers_mut().extend(keeps.map(|cookie| (header::SET_COOKIE, cookie)));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

async fn start(State(app): State<App>, values: Values) -> Result<Response, Refusing> {
    let links = values.text("link") == Some("true");
    let (url, kept) = oidc::begin(&app.engine, &redirect(&app.engine), links).await?;
    Ok(sent(&url, cookie::keep(&app, &kept, PATIENCE)))
}

/// The console goes on from here: it opens the session, and asks for a second factor where there is one.
async fn callback(State(app): State<App>, errand: Errand, values: Values) -> Result<Response, Refusing> {
    let (state, code) = (values.text("state").unwrap_or_default(), values.text("code").unwrap_or_default());
    let kept = errand.0.unwrap_or_default();
    Ok(match oidc::back(&app.engine, &kept, state, code, &redirect(&app.engine)).await {
        Ok(back) => sent(if back.links { "/settings?oidc=proved" } else { "/login?oidc=proved" }, cookie::keep(&app, &back.kept, PATIENCE)),
        Err(engine::Error::Refused(_)) => sent("/login?oidc=failed", cookie::keep(&app, "", 0)),
        Err(fault) => return Err(fault.into()),
    })
}

async fn list(State(app): State<App>, caller: Caller) -> Result<Json<wire::Items<wire::IdentityShown>>, Refusing> {
    Ok(Json(wire::identities(&oidc::list(&app.engine, &caller.0).await?)))
}

async fn link(State(app): State<App>, caller: Caller, errand: Errand, origin: ClientOrigin) -> Result<Response, Refusing> {
    let kept = errand.0.ok_or(Refusal::UnusableTicket)?;
    let linked = oidc::link(&app.engine, &caller.0, &kept, origin.0).await?;
    let mut answer = (StatusCode::CREATED, Json(wire::identities(&linked))).into_response();
    answer.headers_mut().extend(cookie::keep(&app, "", 0).map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(answer)
}

async fn unlink(
    State(app): State<App>,
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
    origin: ClientOrigin,
) -> Result<StatusCode, Refusing> {
    let id = path.ok().and_then(|Path(id)| query::number("identity", &id)).ok_or(Refusal::NotFound(Noun::Identity))?;
    oidc::unlink(&app.engine, &caller.0, id, origin.0).await?;
    Ok(StatusCode::NO_CONTENT)
}
