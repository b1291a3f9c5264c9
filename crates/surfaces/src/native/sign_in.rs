//! Coming in: signing in and up, forgotten passwords, proven mailboxes, fresh proofs, second factors, sessions.

use aide::{
    axum::{
        ApiRouter,
        routing::{delete_with, get_with, post_with, put_with},
    },
    operation::OperationInput,
};
use axum::{
    Json,
    extract::{FromRequestParts, Path, State, rejection::PathRejection},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::refusal::{Noun, Refusal};
use engine::{
    Error,
    account::{self, NameRegistration, NewRegistration, Registration, SecondFactor, SessionOptions, SignedIn, own},
    limit::{self, Visit},
    second_factor, session,
    setup::{self, Setup},
    ticket::Reader,
    verification::{self, CodeRequest},
};

use super::{
    Body, Caller, Refusing, describe, ends,
    oidc::{self, Errand},
    wire,
};
use crate::{
    docs,
    http::{Address, App, ClientOrigin, PreferredLanguage, RequestError, cookie},
};

/// The fewest characters of a user name.
const LEAST_NAME: usize = 3;

pub(super) fn routes() -> ApiRouter<App> {
    const TAG: &str = "account";
    ApiRouter::new()
        .api_route(
            "/gongfang/v1/sign_in",
            get_with(methods, |op| describe::<200, wire::SignInMethods>(op, "sign_in_read", TAG, "In which ways one can sign in")),
        )
        .api_route("/gongfang/v1/sessions", post_with(sign_in, |op| describe::<201, wire::Session>(op, "session_create", TAG, "Sign in")))
        .api_route(
            "/gongfang/v1/sessions/current",
            delete_with(sign_out, |op| ends(op, "session_delete", TAG, "Sign out", "the session has ended")),
        )
        .api_route(
            "/gongfang/v1/sessions/current/step_up",
            post_with(step_up, |op| {
                describe::<201, wire::Session>(op, "session_step_up", TAG, "Prove anew who is asking: the answer takes the session's place")
            }),
        )
        .api_route(
            "/gongfang/v1/verifications",
            post_with(verify, |op| describe::<201, wire::Verification>(op, "verification_create", TAG, "Have a code sent")),
        )
        .api_route(
            "/gongfang/v1/registrations",
            post_with(register, |op| describe::<201, wire::Session>(op, "registration_create", TAG, "Register, and sign in")),
        )
        .api_route(
            "/gongfang/v1/setup",
            get_with(setup, |op| describe::<200, wire::SetupState>(op, "setup_read", TAG, "Whether nobody administers yet"))
                .post_with(finish_setup, |op| {
                    describe::<201, wire::Session>(op, "setup_finish", TAG, "Make the first administrator with the link's secret")
                }),
        )
        .api_route(
            "/gongfang/v1/password_resets",
            post_with(forgot, |op| {
                ends(op, "password_reset_create", TAG, "Have a link to a new password sent", "it is sent if there is such an account")
            }),
        )
        .api_route(
            "/gongfang/v1/password_resets/finish",
            post_with(reset, |op| {
                ends(op, "password_reset_finish", TAG, "Choose a new password", "it is changed, and all sessions have ended")
            }),
        )
        .api_route(
            "/gongfang/v1/email_verifications",
            post_with(prove_mailbox, |op| {
                ends(op, "email_verification_create", TAG, "Have a link sent that proves one's mailbox", "the link is sent")
            }),
        )
        .api_route(
            "/gongfang/v1/email_verifications/finish",
            post_with(mailbox_proved, |op| ends(op, "email_verification_finish", TAG, "Prove one's mailbox", "it is proved")),
        )
        .merge(own_account(TAG))
        .merge(oidc::routes(TAG))
}

fn own_account(tag: &'static str) -> ApiRouter<App> {
    ApiRouter::new()
        .api_route(
            "/gongfang/v1/me/password",
            put_with(change_password, move |op| {
                ends(op, "password_update", tag, "Change one's password", "it is changed, and other sessions have ended")
            }),
        )
        .api_route(
            "/gongfang/v1/me/sessions",
            get_with(sessions, move |op| {
                describe::<200, wire::Items<wire::SessionShown>>(op, "session_list", tag, "One's open sessions, newest first")
            }),
        )
        .api_route(
            "/gongfang/v1/me/sessions/{id}",
            delete_with(end_session, move |op| {
                docs::path_text(ends(op, "session_end", tag, "End one of one's sessions", "the session has ended"), "id")
            }),
        )
        .api_route(
            "/gongfang/v1/me/second_factor",
            get_with(second_factor, move |op| {
                describe::<200, wire::SecondFactorShown>(op, "second_factor_read", tag, "One's second factor")
            })
            .post_with(begin_second_factor, move |op| {
                describe::<201, wire::NewSecondFactor>(op, "second_factor_create", tag, "Begin to set up an authenticator")
            })
            .put_with(finish_second_factor, move |op| {
                describe::<200, wire::RecoveryCodes>(op, "second_factor_finish", tag, "Switch it on with a code that it shows")
            })
            .delete_with(end_second_factor, move |op| {
                ends(op, "second_factor_delete", tag, "Switch it off", "signing in asks for no second factor")
            }),
        )
        .api_route(
            "/gongfang/v1/me/second_factor/recovery_codes",
            post_with(recovery_codes, move |op| {
                describe::<201, wire::RecoveryCodes>(op, "recovery_codes_create", tag, "New recovery codes in place of the older ones")
            }),
        )
}

/// Whether a request may open a session that a browser keeps.
pub(super) struct Browser(Result<(), RequestError>);

impl FromRequestParts<App> for Browser {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(cookie::own_page(parts, app)))
    }
}

impl OperationInput for Browser {}

/// The session of a browser, which is a cookie and ends unused, or that of a program.
fn options(app: &App, address: &Address, page: Browser, browser: bool, totp: Option<String>) -> Result<SessionOptions, RequestError> {
    let settings = &app.settings.native;
    let (lifetime, idle) = if browser {
        page.0?;
        (settings.browser_session_longest_s.span(), Some(settings.browser_session_s.span()))
    } else {
        (settings.session_s.span(), None)
    };
    Ok(SessionOptions { surface: "native", lifetime, idle, address: address.0, second_factor: SecondFactor::Field(totp), step_up: true })
}

/// A session for whoever signed in: as a cookie for a browser, as a token for a program.
fn opened(app: &App, signed_in: SignedIn, browser: bool) -> Response {
    let (account, expires_in) = (wire::account_id(signed_in.account.id), signed_in.expires_in_s);
    let cookie = cookie::given(app, &signed_in.token, expires_in).filter(|_| browser);
    let token = (!browser).then_some(signed_in.token);
    let mut answer = (StatusCode::CREATED, Json(wire::Session { token, expires_in, account })).into_response();
    answer.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    answer
}

/// Who reads a letter that this surface has sent: its links lead to the console.
fn reader(app: &App, language: PreferredLanguage) -> Reader {
    Reader { language: language.0, front_url: app.engine.settings.console_url.clone() }
}

/// What came of using a link. Only those that are no good are counted, so that nobody is kept from using a good one.
fn linked(app: &App, address: &Address, used: Result<(), Error>) -> Result<StatusCode, Refusing> {
    if let Err(Error::Refused(Refusal::UnusableTicket)) = used {
        limit::visit(&app.engine, Visit::Ticket, address.0)?;
    }
    Ok(used.map(|()| StatusCode::NO_CONTENT)?)
}

async fn methods(State(app): State<App>) -> Json<wire::SignInMethods> {
    let oidc = engine::oidc::name(&app.engine).map(|name| wire::Provider { name: name.to_owned(), url: oidc::START });
    let mut methods = vec!["password", "phone_code", "email_code"];
    methods.extend(oidc.is_some().then_some("oidc"));
    Json(wire::SignInMethods { methods, oidc })
}

async fn sign_in(
    State(app): State<App>,
    address: Address,
    page: Browser,
    errand: Errand,
    mut body: Body<wire::SignIn>,
) -> Result<Response, Refusing> {
    let browser = body.0.cookie;
    let session = options(&app, &address, page, browser, body.0.totp.take())?;
    let came_back = body.0.oidc;
    let mut answer = opened(&app, account::sign_in_with(&app.engine, body.0.credentials(errand.0)?, session).await?, browser);
    if came_back && let Some(cookie) = cookie::keep(&app, "", 0) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

async fn sign_out(State(app): State<App>, caller: Caller) -> Result<Response, Refusing> {
    session::end(&app.engine, &caller.0).await?;
    let mut answer = StatusCode::NO_CONTENT.into_response();
    answer.headers_mut().extend(cookie::taken(&app).map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(answer)
}

async fn step_up(
    State(app): State<App>,
    caller: Caller,
    address: Address,
    origin: ClientOrigin,
    page: Browser,
    body: Body<wire::StepUp>,
) -> Result<Response, Refusing> {
    let browser = body.0.cookie;
    let session = options(&app, &address, page, browser, None)?;
    Ok(opened(&app, account::step_up(&app.engine, &caller.0, body.0.proof()?, &session, origin.0).await?, browser))
}

async fn verify(
    State(app): State<App>,
    address: Address,
    reads: PreferredLanguage,
    body: Body<wire::NewVerification>,
) -> Result<(StatusCode, Json<wire::Verification>), Refusing> {
    let (purpose, channel, to) = body.0.read()?;
    let request = CodeRequest { purpose, channel, to, language: reads.0, address: address.0 };
    Ok((StatusCode::CREATED, Json(wire::Verification::of(verification::issue(&app.engine, request).await?))))
}

async fn register(
    State(app): State<App>,
    address: Address,
    page: Browser,
    reads: PreferredLanguage,
    body: Body<wire::NewRegistration>,
) -> Result<Response, Refusing> {
    let wire::NewRegistration { username, email, code, password, cookie: browser } = body.0;
    let session = options(&app, &address, page, browser, None)?;
    let request = match (username, code) {
        (None, Some(code)) => {
            let request = Registration { email: email.unwrap_or_default(), password, code, address: address.0 };
            NewRegistration::Mailbox(request, session)
        }
        (username, _) => {
            let (rule, username) = (Visit::Registration.rule(), username.unwrap_or_default());
            let reader = reader(&app, reads);
            NewRegistration::Name(NameRegistration { username, least: LEAST_NAME, email, reader, rule, password, session })
        }
    };
    Ok(opened(&app, account::register_with(&app.engine, request).await?, browser))
}

async fn setup(State(app): State<App>) -> Result<Json<wire::SetupState>, Refusing> {
    Ok(Json(wire::SetupState { needed: setup::needed(&app.engine).await? }))
}

async fn finish_setup(State(app): State<App>, address: Address, page: Browser, body: Body<wire::Setup>) -> Result<Response, Refusing> {
    let wire::Setup { secret, username, password, cookie: browser } = body.0;
    let session = options(&app, &address, page, browser, None)?;
    Ok(opened(&app, setup::finish(&app.engine, Setup { secret, username, password, session }).await?, browser))
}

async fn forgot(
    State(app): State<App>,
    address: Address,
    reads: PreferredLanguage,
    body: Body<wire::Mailbox>,
) -> Result<StatusCode, Refusing> {
    limit::visit(&app.engine, Visit::Forgotten, address.0)?;
    own::forgot_password(&app.engine, &body.0.email, reader(&app, reads))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn reset(
    State(app): State<App>,
    address: Address,
    origin: ClientOrigin,
    body: Body<wire::PasswordReset>,
) -> Result<StatusCode, Refusing> {
    let reset = own::reset_password(&app.engine, &body.0.token, body.0.password, origin.0).await;
    linked(&app, &address, reset)
}

async fn prove_mailbox(State(app): State<App>, caller: Caller, reads: PreferredLanguage) -> Result<StatusCode, Refusing> {
    own::resend_verification(&app.engine, &caller.0, &reader(&app, reads)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn mailbox_proved(State(app): State<App>, address: Address, body: Body<wire::MailboxProof>) -> Result<StatusCode, Refusing> {
    let verified = own::verify_email(&app.engine, &body.0.token).await;
    linked(&app, &address, verified)
}

async fn change_password(
    State(app): State<App>,
    caller: Caller,
    address: Address,
    origin: ClientOrigin,
    body: Body<wire::NewPassword>,
) -> Result<StatusCode, Refusing> {
    own::change_password(&app.engine, &caller.0, &body.0.current, &body.0.new, origin.0, address.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn sessions(State(app): State<App>, caller: Caller) -> Result<Json<wire::Items<wire::SessionShown>>, Refusing> {
    let sessions = session::list(&app.engine, &caller.0).await?;
    Ok(Json(wire::Items { items: sessions.iter().map(|open| wire::SessionShown::of(open, &caller.0)).collect() }))
}

async fn end_session(State(app): State<App>, caller: Caller, path: Result<Path<String>, PathRejection>) -> Result<StatusCode, Refusing> {
    let id = path.ok().and_then(|Path(id)| id.strip_prefix("session_").map(str::to_owned)).filter(|id| !id.contains('\0'));
    session::end_one(&app.engine, &caller.0, id.ok_or(Refusal::NotFound(Noun::Session))?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn second_factor(State(app): State<App>, caller: Caller) -> Result<Json<wire::SecondFactorShown>, Refusing> {
    Ok(Json(second_factor::status(&app.engine, &caller.0).await?.into()))
}

async fn begin_second_factor(State(app): State<App>, caller: Caller) -> Result<(StatusCode, Json<wire::NewSecondFactor>), Refusing> {
    Ok((StatusCode::CREATED, Json(second_factor::begin(&app.engine, &caller.0).await?.into())))
}

async fn finish_second_factor(
    State(app): State<App>,
    caller: Caller,
    address: Address,
    origin: ClientOrigin,
    body: Body<wire::SecondFactorCode>,
) -> Result<Json<wire::RecoveryCodes>, Refusing> {
    let recovery_codes = second_factor::switch_on(&app.engine, &caller.0, &body.0.totp, origin.0, address.0).await?;
    Ok(Json(wire::RecoveryCodes { recovery_codes }))
}

async fn end_second_factor(State(app): State<App>, caller: Caller, origin: ClientOrigin) -> Result<StatusCode, Refusing> {
    second_factor::switch_off(&app.engine, &caller.0, origin.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn recovery_codes(
    State(app): State<App>,
    caller: Caller,
    origin: ClientOrigin,
) -> Result<(StatusCode, Json<wire::RecoveryCodes>), Refusing> {
    let recovery_codes = second_factor::renew_codes(&app.engine, &caller.0, origin.0).await?;
    Ok((StatusCode::CREATED, Json(wire::RecoveryCodes { recovery_codes })))
}
