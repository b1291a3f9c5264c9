//! Chapters five and six: keys for uploads, the assistant, its templates, and the administrators' prompts.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use domain::{
    id::TemplateId,
    refusal::{Noun, Refusal},
};
use engine::{
    Error,
    assistant::{self, PictureQuestion},
    template::{self, Draft, Wanted, Written},
    upload,
};
use serde_json::Value;

use super::{Body, Caller, Refusing, custom, wire};
use crate::http::{App, ClientOrigin, Field, Page, RequestError, RowNumber, Values, malformed};

type Answer<T> = Result<Json<wire::Answer<T>>, Refusing>;

pub(super) async fn upload_token(State(app): State<App>, caller: Caller) -> Answer<wire::UploadToken> {
    let granted = upload::grant(&app.engine, &caller.0).await.map_err(|error| match error {
        Error::Refused(Refusal::Unavailable { .. }) => {
            custom(StatusCode::SERVICE_UNAVAILABLE, "OSS is not configured on this server: set uploads.provider")
        }
        other => RequestError::from(other),
    })?;
    Ok(wire::answer("OSS token retrieved successfully", wire::UploadToken::of(&granted)))
}

pub(super) async fn analyze(State(app): State<App>, caller: Caller, body: Body<wire::Analysis>) -> Answer<wire::Analyzed> {
    let template = match body.0.template {
        Field::Given(Value::String(text)) => text,
        Field::Given(Value::Number(number)) => number.to_string(),
        Field::Given(_) | Field::Odd | Field::Null | Field::Absent => return Err(malformed("template").into()),
    };
    let url = body.0.image_url.given().filter(|url| !url.trim().is_empty()).ok_or(malformed("imageUrl"))?;
    let asked = PictureQuestion { url, template, prompt: body.0.prompt.optional("prompt")?.unwrap_or_default() };
    let result = assistant::analyze(&app.engine, &caller.0, asked).await?;
    Ok(wire::answer("Success", wire::Analyzed { result }))
}

/// The number of a template in a path; what is none names nothing that exists.
fn number(id: &RowNumber) -> Result<TemplateId, Refusal> {
    id.0.map(TemplateId).ok_or(Refusal::NotFound(Noun::Template))
}

fn public(word: Option<&str>) -> Result<Option<bool>, ()> {
    match word {
        None | Some("") => Ok(None),
        Some("public") => Ok(Some(true)),
        Some("private") => Ok(Some(false)),
        Some(_) => Err(()),
    }
}

pub(super) async fn templates(State(app): State<App>, caller: Caller, values: Values) -> Answer<wire::Templates> {
    let page = Page::sized(&values, "page", "limit", 20)?;
    let wanted = Wanted {
        account: caller.0.account,
        public: public(values.text("type")).map_err(|()| RequestError::Query { field: "type" })?,
        search: values.text("search").unwrap_or_default().replace('\0', ""),
        offset: page.offset(),
        limit: page.size,
    };
    let (templates, total) = template::list(&app.engine, wanted).await?;
    let templates = templates.iter().map(wire::Template::of).collect();
    Ok(wire::answer("Success", wire::Templates { templates, total, page: page.number, limit: page.size }))
}

fn draft(body: wire::TemplateDraft) -> Result<Draft, Refusal> {
    let sort = body.sort.optional("type")?;
    Ok(Draft {
        name: body.name.optional("name")?,
        description: body.description.optional("description")?,
        content: body.content.optional("content")?,
        public: public(sort.as_deref()).map_err(|()| malformed("type"))?,
    })
}

pub(super) async fn create_template(
    State(app): State<App>,
    caller: Caller,
    body: Body<wire::TemplateDraft>,
) -> Result<(StatusCode, Json<wire::Answer<wire::Template>>), Refusing> {
    let made = template::create(&app.engine, &caller.0, draft(body.0)?).await?;
    Ok((StatusCode::CREATED, wire::answer("Template created successfully", wire::Template::of(&made))))
}

pub(super) async fn template(State(app): State<App>, caller: Caller, id: RowNumber) -> Answer<wire::Template> {
    let found = template::get(&app.engine, &caller.0, number(&id)?).await?;
    Ok(wire::answer("Success", wire::Template::of(&found)))
}

pub(super) async fn update_template(
    State(app): State<App>,
    caller: Caller,
    id: RowNumber,
    body: Body<wire::TemplateDraft>,
) -> Answer<wire::Template> {
    let changed = template::update(&app.engine, &caller.0, number(&id)?, draft(body.0)?).await?;
    Ok(wire::answer("Template updated successfully", wire::Template::of(&changed)))
}

pub(super) async fn delete_template(State(app): State<App>, caller: Caller, id: RowNumber) -> Answer<Option<()>> {
    template::delete(&app.engine, &caller.0, number(&id)?).await?;
    Ok(wire::answer("Template deleted successfully", None))
}

fn written(draft: wire::PromptDraft, code: Option<String>) -> Result<Written, Refusal> {
    let code = match code {
        Some(code) => code,
        None => draft.code.given().ok_or(malformed("code"))?,
    };
    Ok(Written { code, name: draft.name.optional("name")?, content: draft.content.optional("content")? })
}

/// The code of a prompt in a path.
fn code(path: Result<Path<String>, PathRejection>) -> Result<String, Refusal> {
    path.ok().map(|path| path.0).filter(|code| !code.contains('\0')).ok_or(Refusal::NotFound(Noun::Prompt))
}

pub(super) async fn prompts(State(app): State<App>, caller: Caller, values: Values) -> Answer<wire::Prompts> {
    let page = Page::sized(&values, "page", "limit", 20)?;
    let (prompts, total) = template::prompts(&app.engine, &caller.0, page.offset(), page.size).await?;
    let prompts = prompts.iter().map(wire::Prompt::of).collect();
    Ok(wire::answer("Success", wire::Prompts { prompts, total, page: page.number, limit: page.size }))
}

pub(super) async fn create_prompt(
    State(app): State<App>,
    caller: Caller,
    whence: ClientOrigin,
    body: Body<wire::PromptDraft>,
) -> Result<(StatusCode, Json<wire::Answer<Option<wire::Prompt>>>), Refusing> {
    let made = template::create_prompts(&app.engine, &caller.0, vec![written(body.0, None)?], whence.0).await?;
    Ok((StatusCode::CREATED, wire::answer("Prompt created successfully", made.first().map(wire::Prompt::of))))
}

pub(super) async fn create_prompts(
    State(app): State<App>,
    caller: Caller,
    whence: ClientOrigin,
    body: Body<wire::PromptDrafts>,
) -> Result<(StatusCode, Json<wire::Answer<Vec<wire::Prompt>>>), Refusing> {
    let all = body.0.prompts.into_iter().map(|draft| written(draft, None)).collect::<Result<_, _>>()?;
    let made = template::create_prompts(&app.engine, &caller.0, all, whence.0).await?;
    Ok((StatusCode::CREATED, wire::answer("Prompts created successfully", made.iter().map(wire::Prompt::of).collect())))
}

pub(super) async fn prompt(State(app): State<App>, caller: Caller, path: Result<Path<String>, PathRejection>) -> Answer<wire::Prompt> {
    let found = template::prompt(&app.engine, &caller.0, code(path)?).await?;
    Ok(wire::answer("Success", wire::Prompt::of(&found)))
}

pub(super) async fn update_prompt(
    State(app): State<App>,
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
    whence: ClientOrigin,
    body: Body<wire::PromptDraft>,
) -> Answer<wire::Prompt> {
    let changed = template::update_prompt(&app.engine, &caller.0, written(body.0, Some(code(path)?))?, whence.0).await?;
    Ok(wire::answer("Prompt updated successfully", wire::Prompt::of(&changed)))
}

pub(super) async fn delete_prompt(
    State(app): State<App>,
    caller: Caller,
    path: Result<Path<String>, PathRejection>,
    whence: ClientOrigin,
) -> Answer<Option<()>> {
    template::delete_prompt(&app.engine, &caller.0, code(path)?, whence.0).await?;
    Ok(wire::answer("Prompt deleted successfully", None))
}
