//! Rows of the assistant's templates and of the administrators' prompts.

use domain::{
    id::{AccountId, TemplateId},
    template::{Prompt, Template},
    time::Timestamp,
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// Creates a template; `None` if its owner already has one with that name.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, new: &Template) -> Result<Option<TemplateId>, Fault> {
    let sql = "INSERT INTO templates (account_id, name, name_key, description, content, public, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT DO NOTHING RETURNING id";
    let key = domain::account::fold(&new.name);
    let values = params![new.account, &new.name, key, &new.description, &new.content, new.public, new.created_at];
    Ok(tx.query_opt(sql, values).await?.map(|row| TemplateId(row.int(0))))
}

/// Saves the mutable fields of a template; `false` if its owner has another one with that name.
///
/// # Errors
/// [`Fault`].
pub async fn save(tx: &mut Tx, template: &Template) -> Result<bool, Fault> {
    let sql = "UPDATE templates SET name = $2, name_key = $3, description = $4, content = $5, public = $6, updated_at = $7 WHERE id = $1 AND NOT EXISTS \
               (SELECT 1 FROM templates t WHERE t.account_id = templates.account_id AND t.name_key = $3 AND t.id <> $1)";
    let key = domain::account::fold(&template.name);
    let values = params![template.id, &template.name, key, &template.description, &template.content, template.public, template.updated_at];
    Ok(tx.execute(sql, values).await? == 1)
}

/// The template with this id.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, id: TemplateId) -> Result<Option<Template>, Fault> {
    let sql = concat!("SELECT ", columns!(templates), " FROM templates WHERE id = $1");
    Ok(tx.query_opt(sql, params![id]).await?.as_ref().map(template))
}

/// The template that an account refers to by a name: its own, else the oldest public one.
///
/// # Errors
/// [`Fault`].
pub async fn by_name(tx: &mut Tx, account: AccountId, name: &str) -> Result<Option<Template>, Fault> {
    let sql = concat!(
        "SELECT ",
        columns!(templates),
        " FROM templates WHERE name_key = $2 AND (account_id = $1 OR public = 1) ORDER BY CASE WHEN account_id = $1 THEN \
         0 ELSE 1 END, id LIMIT 1"
    );
    Ok(tx.query_opt(sql, params![account, domain::account::fold(name)]).await?.as_ref().map(template))
}

/// How many templates an account has.
///
/// # Errors
/// [`Fault`].
pub async fn count(tx: &mut Tx, account: AccountId) -> Result<i64, Fault> {
    Ok(tx.query_one("SELECT COUNT(*) FROM templates WHERE account_id = $1", params![account]).await?.int(0))
}

/// Deletes a template.
///
/// # Errors
/// [`Fault`].
pub async fn delete(tx: &mut Tx, id: TemplateId) -> Result<bool, Fault> {
    Ok(tx.execute("DELETE FROM templates WHERE id = $1", params![id]).await? == 1)
}

/// Selects templates.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The asker, who gets their own ones and the public ones.
    pub account: AccountId,
    /// Only public ones, or only those that are not.
    pub public: Option<bool>,
    /// A part of the name; all if empty.
    pub search: String,
    /// How many to skip.
    pub offset: i64,
    /// How many at most.
    pub limit: i64,
}

/// A page of templates, newest first, and how many there are in all.
///
/// # Errors
/// [`Fault`].
pub async fn list(tx: &mut Tx, wanted: &Wanted) -> Result<(Vec<Template>, i64), Fault> {
    let like = crate::dialect::containing(&domain::account::fold(&wanted.search));
    let public = wanted.public.map_or(-1, i64::from);
    let sql = concat!(
        "SELECT ",
        columns!(templates),
        " FROM templates WHERE (account_id = $1 OR public = 1) AND (CAST($2 AS BIGINT) < 0 OR public = $2) AND name_key \
         LIKE $3 ESCAPE '!' ORDER BY id DESC LIMIT $4 OFFSET $5"
    );
    let rows = tx.query(sql, params![wanted.account, public, &like, wanted.limit, wanted.offset]).await?;
    let sql = "SELECT COUNT(*) FROM templates WHERE (account_id = $1 OR public = 1) AND (CAST($2 AS BIGINT) < 0 OR public = $2) \
               AND name_key LIKE $3 ESCAPE '!'";
    let total = tx.query_one(sql, params![wanted.account, public, &like]).await?.int(0);
    Ok((rows.iter().map(template).collect(), total))
}

fn template(row: &Row) -> Template {
    let mut row = row.reader();
    Template {
        id: TemplateId(row.int()),
        account: AccountId(row.int()),
        name: row.text(),
        description: row.text(),
        content: row.text(),
        public: row.flag(),
        created_at: Timestamp(row.int()),
        updated_at: Timestamp(row.int()),
    }
}

/// Creates a prompt; `false` if there is already one with that code.
///
/// # Errors
/// [`Fault`].
pub async fn insert_prompt(tx: &mut Tx, prompt: &Prompt) -> Result<bool, Fault> {
    let sql = "INSERT INTO prompts (code, name, content, created_at, updated_at) VALUES ($1, $2, $3, $4, $4) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, params![&prompt.code, &prompt.name, &prompt.content, prompt.created_at]).await? == 1)
}

/// Saves the mutable fields of a prompt.
///
/// # Errors
/// [`Fault`].
pub async fn save_prompt(tx: &mut Tx, prompt: &Prompt) -> Result<bool, Fault> {
    let sql = "UPDATE prompts SET name = $2, content = $3, updated_at = $4 WHERE code = $1";
    Ok(tx.execute(sql, params![&prompt.code, &prompt.name, &prompt.content, prompt.updated_at]).await? == 1)
}

/// The prompt with this code.
///
/// # Errors
/// [`Fault`].
pub async fn prompt(tx: &mut Tx, code: &str) -> Result<Option<Prompt>, Fault> {
    let sql = "SELECT code, name, content, created_at, updated_at FROM prompts WHERE code = $1";
    Ok(tx.query_opt(sql, params![code]).await?.as_ref().map(of_row))
}

/// Deletes a prompt.
///
/// # Errors
/// [`Fault`].
pub async fn delete_prompt(tx: &mut Tx, code: &str) -> Result<bool, Fault> {
    Ok(tx.execute("DELETE FROM prompts WHERE code = $1", params![code]).await? == 1)
}

/// A page of prompts by code, and how many there are in all.
///
/// # Errors
/// [`Fault`].
pub async fn prompts(tx: &mut Tx, offset: i64, limit: i64) -> Result<(Vec<Prompt>, i64), Fault> {
    let sql = "SELECT code, name, content, created_at, updated_at FROM prompts ORDER BY code LIMIT $1 OFFSET $2";
    let rows = tx.query(sql, params![limit, offset]).await?;
    let total = tx.query_one("SELECT COUNT(*) FROM prompts", &[]).await?.int(0);
    Ok((rows.iter().map(of_row).collect(), total))
}

fn of_row(row: &Row) -> Prompt {
    let mut row = row.reader();
    Prompt { code: row.text(), name: row.text(), content: row.text(), created_at: Timestamp(row.int()), updated_at: Timestamp(row.int()) }
}
