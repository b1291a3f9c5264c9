//! Chapter two: models.

use axum::{Json, extract::State, http::StatusCode};
use domain::{id::ModelId, model::Status, problem::Problem, refusal::Refusal};
use engine::model::{self, Draft, Parameters, Wanted};

use super::{Body, Caller, Refusing, custom, wire};
use crate::http::{self, App, ClientOrigin, Page, RowNumber, Values, malformed};

type Answer<T> = Result<Json<wire::Answer<T>>, Refusing>;

/// The number of a model in a path.
fn number(id: &RowNumber) -> Result<ModelId, Refusing> {
    Ok(ModelId(id.0.ok_or(custom(StatusCode::BAD_REQUEST, "Invalid model ID"))?))
}

pub(super) async fn list(State(app): State<App>, caller: Caller, values: Values) -> Answer<wire::Models> {
    let page = Page::sized(&values, "page", "limit", 10)?;
    let status = match values.text("status").filter(|word| !word.is_empty()) {
        Some(word) => Some(Status::from_word(word).ok_or(http::RequestError::Query { field: "status" })?),
        None => None,
    };
    let name = values.text("name").unwrap_or_default().replace('\0', "");
    let wanted = Wanted { name, status, offset: page.offset(), limit: page.size };
    let (models, total) = model::list(&app.engine, &caller.0, wanted).await?;
    let models = models.iter().map(wire::Model::of).collect();
    Ok(wire::answer("Success", wire::Models { models, total, page: page.number, limit: page.size }))
}

pub(super) async fn names(State(app): State<App>, caller: Caller) -> Answer<Vec<wire::ModelName>> {
    let wanted = Wanted { name: String::new(), status: Some(Status::Open), offset: 0, limit: 1000 };
    let (models, _) = model::list(&app.engine, &caller.0, wanted).await?;
    Ok(wire::answer("Success", models.iter().map(wire::ModelName::of).collect()))
}

pub(super) async fn parameters(State(app): State<App>, caller: Caller, id: RowNumber) -> Answer<wire::ParametersShown> {
    let shown = model::get(&app.engine, &caller.0, number(&id)?).await?;
    Ok(wire::answer("Success", wire::ParametersShown::of(&shown.parameters)))
}

/// What a body says of a model; what is no value of its type is refused.
fn draft(body: Body<wire::ModelDraft>) -> Result<Draft, Refusing> {
    let parameters = match body.0.parameters.optional("parameters")? {
        Some(value) => {
            let read = Parameters::read(&value).map_err(|wrong| format!("Invalid parameters: {wrong}"));
            Some(read.map_err(|wrong| Refusal::Invalid { field: "parameters", problem: Problem::Because(wrong) })?)
        }
        None => None,
    };
    Ok(Draft {
        name: body.0.name.optional("name")?,
        description: body.0.description.optional("description")?,
        status: wire::status(body.0.status).map_err(|()| malformed("status"))?,
        url: body.0.url.optional("url")?,
        price: http::amount(&body.1, "price").optional("price")?,
        parameters,
    })
}

fn admin(caller: &Caller, text: &'static str) -> Result<(), Refusing> {
    if caller.0.role.administers() { Ok(()) } else { Err(custom(StatusCode::FORBIDDEN, text).into()) }
}

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    whence: ClientOrigin,
    body: Body<wire::ModelDraft>,
) -> Result<(StatusCode, Json<wire::Answer<wire::Model>>), Refusing> {
    admin(&caller, "Only admin can create models")?;
    let shown = model::create(&app.engine, &caller.0, draft(body)?, whence.0).await?;
    Ok((StatusCode::CREATED, wire::answer("Model created successfully", wire::Model::of(&shown))))
}

pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    id: RowNumber,
    whence: ClientOrigin,
    body: Body<wire::ModelDraft>,
) -> Answer<wire::Model> {
    admin(&caller, "Only admin can update models")?;
    let shown = model::update(&app.engine, &caller.0, number(&id)?, draft(body)?, whence.0).await?;
    Ok(wire::answer("Model updated successfully", wire::Model::of(&shown)))
}

pub(super) async fn set_status(
    State(app): State<App>,
    caller: Caller,
    id: RowNumber,
    whence: ClientOrigin,
    body: Body<wire::ModelStatus>,
) -> Answer<Option<()>> {
    admin(&caller, "Only admin can update model status")?;
    let status = wire::status(body.0.status).ok().flatten();
    let status = status.ok_or(malformed("status"))?;
    let change = Draft { status: Some(status), ..Draft::default() };
    model::update(&app.engine, &caller.0, number(&id)?, change, whence.0).await?;
    Ok(wire::answer("Status updated successfully", None))
}
