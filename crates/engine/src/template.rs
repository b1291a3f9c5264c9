//! The assistant's templates and the administrators' prompts.

use domain::{
    audit::Act,
    id::TemplateId,
    origin::Origin,
    problem::Problem,
    refusal::{Noun, Refusal},
    template::{Prompt, Template},
};
pub use store::template::Wanted;

use crate::{
    Engine, Error,
    audit::{self, administers},
    session::Caller,
};

/// The longest name, in bytes.
const MAX_NAME: usize = 400;
/// The most templates of one account.
const MAX_TEMPLATES: i64 = 200;
/// The longest content, in bytes.
const MAX_CONTENT: usize = 16 * 1024;
/// The most prompts that are created at once.
const MAX_BATCH: usize = 100;
/// The longest code of a prompt, in characters.
const MAX_CODE: usize = 64;

/// A page of templates: public ones and the caller's own.
///
/// # Errors
/// [`Error::Fault`].
pub async fn list(engine: &Engine, wanted: Wanted) -> Result<(Vec<Template>, i64), Error> {
    engine.db.read(async move |tx| Ok(store::template::list(tx, &wanted).await?)).await
}

/// A template that `caller` may use.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn get(engine: &Engine, caller: &Caller, id: TemplateId) -> Result<Template, Error> {
    let found = engine.db.read(async move |tx| Ok(store::template::get(tx, id).await?)).await?;
    let found = found.filter(|template| template.public || template.account == caller.account);
    found.ok_or_else(|| Refusal::NotFound(Noun::Template).into())
}

/// The fields of a new template, or the changes to one; absent fields stay as they are.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The instructions.
    pub content: Option<String>,
    /// Whether everybody may use it.
    pub public: Option<bool>,
}

fn text(field: &'static str, value: Option<&String>, most: usize, needed: bool) -> Result<(), Refusal> {
    let invalid = |problem| Err(Refusal::Invalid { field, problem });
    match value {
        Some(text) if needed && text.trim().is_empty() => invalid(Problem::Missing),
        Some(text) if text.len() > most => invalid(Problem::TooLong(most as u64)),
        Some(text) if text.contains('\0') => invalid(Problem::Malformed),
        Some(_) | None => Ok(()),
    }
}

impl Draft {
    fn check(&self, caller: &Caller) -> Result<(), Refusal> {
        text("name", self.name.as_ref(), MAX_NAME, true)?;
        text("description", self.description.as_ref(), MAX_CONTENT, false)?;
        text("content", self.content.as_ref(), MAX_CONTENT, true)?;
        // A template with such a name could never be addressed by it, because the name means something else.
        let reserved = |name: &String| matches!(name.trim(), "custom" | "ecommerce") || name.trim().parse::<i64>().is_ok();
        if self.name.as_ref().is_some_and(reserved) {
            return Err(Refusal::Invalid { field: "name", problem: Problem::Malformed });
        }
        // Only an administrator may publish a template.
        if self.public == Some(true) { administers(caller) } else { Ok(()) }
    }
}

/// Creates a template.
///
/// # Errors
/// [`Refusal::Invalid`], [`Refusal::Taken`], [`Refusal::Forbidden`] for a public one by anybody but an administrator.
pub async fn create(engine: &Engine, caller: &Caller, draft: Draft) -> Result<Template, Error> {
    draft.check(caller)?;
    let missing = |field| Refusal::Invalid { field, problem: Problem::Missing };
    let now = engine.now();
    let new = Template {
        id: TemplateId(0),
        account: caller.account,
        name: draft.name.ok_or(missing("name"))?.trim().to_owned(),
        description: draft.description.unwrap_or_default(),
        content: draft.content.ok_or(missing("content"))?,
        public: draft.public.unwrap_or(false),
        created_at: now,
        updated_at: now,
    };
    engine
        .db
        .write(async move |tx| {
            if store::template::count(tx, new.account).await? >= MAX_TEMPLATES {
                return Err(Refusal::Invalid { field: "templates", problem: Problem::TooLong(MAX_TEMPLATES as u64) }.into());
            }
            let id = store::template::insert(tx, &new).await?.ok_or(Refusal::Taken { field: "template" })?;
            Ok(Template { id, ..new.clone() })
        })
        .await
}

/// Changes a template of the caller's; an administrator may also change a public one.
///
/// # Errors
/// As [`create`], and [`Refusal::NotFound`].
pub async fn update(engine: &Engine, caller: &Caller, id: TemplateId, draft: Draft) -> Result<Template, Error> {
    draft.check(caller)?;
    let caller = caller.clone();
    let now = engine.now();
    engine
        .db
        .write(async move |tx| {
            let before = owned(store::template::get(tx, id).await?, &caller)?;
            let after = Template {
                name: draft.name.as_ref().map_or(before.name, |name| name.trim().to_owned()),
                description: draft.description.clone().unwrap_or(before.description),
                content: draft.content.clone().unwrap_or(before.content),
                public: draft.public.unwrap_or(before.public),
                updated_at: now,
                ..before
            };
            if after.public {
                administers(&caller)?;
            }
            if store::template::save(tx, &after).await? { Ok(after) } else { Err(Refusal::Taken { field: "template" }.into()) }
        })
        .await
}

/// Deletes a template of the caller's; an administrator may also delete a public one.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn delete(engine: &Engine, caller: &Caller, id: TemplateId) -> Result<(), Error> {
    let caller = caller.clone();
    engine
        .db
        .write(async move |tx| {
            owned(store::template::get(tx, id).await?, &caller)?;
            store::template::delete(tx, id).await?;
            Ok(())
        })
        .await
}

fn owned(found: Option<Template>, caller: &Caller) -> Result<Template, Refusal> {
    let owns = |template: &Template| template.account == caller.account || (template.public && caller.role.administers());
    found.filter(owns).ok_or(Refusal::NotFound(Noun::Template))
}

/// A prompt as it was sent.
#[derive(Debug, Clone)]
pub struct Written {
    /// The code.
    pub code: String,
    /// Its name.
    pub name: Option<String>,
    /// The text.
    pub content: Option<String>,
}

impl Written {
    fn check(&self) -> Result<(), Refusal> {
        let code = (1..=MAX_CODE).contains(&self.code.len())
            && self.code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if !code {
            return Err(Refusal::Invalid { field: "code", problem: Problem::Malformed });
        }
        text("name", self.name.as_ref(), MAX_NAME, false)?;
        text("content", self.content.as_ref(), MAX_CONTENT, true)
    }
}

/// Creates prompts, all of them or none.
///
/// # Errors
/// [`Refusal::Forbidden`] for everybody but administrators, [`Refusal::Invalid`], [`Refusal::Taken`].
pub async fn create_prompts(engine: &Engine, caller: &Caller, written: Vec<Written>, origin: Origin) -> Result<Vec<Prompt>, Error> {
    administers(caller)?;
    if written.is_empty() || written.len() > MAX_BATCH {
        return Err(Refusal::Invalid { field: "prompts", problem: Problem::OutOfBounds { least: 1, most: MAX_BATCH as i64 } }.into());
    }
    let now = engine.now();
    let mut prompts = Vec::new();
    for one in written {
        one.check()?;
        let content = one.content.ok_or(Refusal::Invalid { field: "content", problem: Problem::Missing })?;
        prompts.push(Prompt { name: one.name.unwrap_or_default(), code: one.code, content, created_at: now, updated_at: now });
    }
    let codes: Vec<&str> = prompts.iter().map(|prompt| prompt.code.as_str()).collect();
    let act = Act { actor: Some(caller.account), action: "prompt.create", subject: codes.join(","), detail: String::new(), origin };
    engine
        .db
        .write(async move |tx| {
            for prompt in &prompts {
                if !store::template::insert_prompt(tx, prompt).await? {
                    return Err(Refusal::Taken { field: "code" }.into());
                }
            }
            audit::note(tx, &act, now).await?;
            Ok(prompts.clone())
        })
        .await
}

/// The prompt with this code.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub async fn prompt(engine: &Engine, caller: &Caller, code: String) -> Result<Prompt, Error> {
    administers(caller)?;
    let found = engine.db.read(async move |tx| Ok(store::template::prompt(tx, &code).await?)).await?;
    found.ok_or_else(|| Refusal::NotFound(Noun::Prompt).into())
}

/// A page of prompts by code, and how many there are in all.
///
/// # Errors
/// [`Refusal::Forbidden`].
pub async fn prompts(engine: &Engine, caller: &Caller, offset: i64, limit: i64) -> Result<(Vec<Prompt>, i64), Error> {
    administers(caller)?;
    engine.db.read(async move |tx| Ok(store::template::prompts(tx, offset, limit).await?)).await
}

/// Changes a prompt.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`], [`Refusal::Invalid`].
pub async fn update_prompt(engine: &Engine, caller: &Caller, written: Written, origin: Origin) -> Result<Prompt, Error> {
    administers(caller)?;
    written.check()?;
    let act = Act { actor: Some(caller.account), action: "prompt.update", subject: written.code.clone(), detail: String::new(), origin };
    let now = engine.now();
    engine
        .db
        .write(async move |tx| {
            let before = store::template::prompt(tx, &written.code).await?.ok_or(Refusal::NotFound(Noun::Prompt))?;
            let after = Prompt {
                name: written.name.clone().unwrap_or(before.name),
                content: written.content.clone().unwrap_or(before.content),
                updated_at: now,
                ..before
            };
            store::template::save_prompt(tx, &after).await?;
            audit::note(tx, &act, now).await?;
            Ok(after)
        })
        .await
}

/// Deletes a prompt.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub async fn delete_prompt(engine: &Engine, caller: &Caller, code: String, origin: Origin) -> Result<(), Error> {
    administers(caller)?;
    let act = Act { actor: Some(caller.account), action: "prompt.delete", subject: code.clone(), detail: String::new(), origin };
    let now = engine.now();
    engine
        .db
        .write(async move |tx| {
            if !store::template::delete_prompt(tx, &code).await? {
                return Err(Refusal::NotFound(Noun::Prompt).into());
            }
            audit::note(tx, &act, now).await
        })
        .await
}
