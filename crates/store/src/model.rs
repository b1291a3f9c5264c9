//! Rows of models.

use domain::{
    id::ModelId,
    model::{Model, Status},
    time::Timestamp,
};

use crate::{
    fault::Fault,
    params,
    tx::{Row, Tx},
};

/// The fields of a new model.
#[derive(Debug, Clone)]
pub struct New {
    /// Its display name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Who may use it.
    pub status: Status,
    /// The URL at which it is called.
    pub url: String,
    /// What a task costs, in micro-yuan.
    pub price: i64,
}

/// Creates a model without parameters.
///
/// # Errors
/// [`Fault`].
pub async fn insert(tx: &mut Tx, new: &New, now: Timestamp) -> Result<ModelId, Fault> {
    let sql = "INSERT INTO models (name, name_key, description, status, url, price, parameters, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, '', $7, $7) RETURNING id";
    let key = domain::account::fold(&new.name);
    let row = tx.query_one(sql, params![&new.name, key, &new.description, new.status.word(), &new.url, new.price, now]).await?;
    Ok(ModelId(row.int(0)))
}

/// Saves the mutable fields of a model.
///
/// # Errors
/// [`Fault`].
pub async fn save(tx: &mut Tx, model: &Model) -> Result<bool, Fault> {
    let sql = "UPDATE models SET name = $2, name_key = $3, description = $4, status = $5, url = $6, price = $7, parameters = $8, updated_at = $9 \
               WHERE id = $1";
    let key = domain::account::fold(&model.name);
    let values = params![
        model.id,
        &model.name,
        key,
        &model.description,
        model.status.word(),
        &model.url,
        model.price,
        &model.parameters,
        model.updated_at
    ];
    Ok(tx.execute(sql, values).await? == 1)
}

/// The model with this id.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, id: ModelId) -> Result<Option<Model>, Fault> {
    let sql = concat!("SELECT ", columns!(models), " FROM models WHERE id = $1");
    tx.query_opt(sql, params![id]).await?.as_ref().map(model).transpose()
}

/// The model with this id, locked until this transaction ends.
///
/// # Errors
/// [`Fault`].
pub async fn get_for_update(tx: &mut Tx, id: ModelId) -> Result<Option<Model>, Fault> {
    let sql = tx.dialect().hold_model();
    tx.query_opt(sql, params![id]).await?.as_ref().map(model).transpose()
}

/// The model that is called at a URL: the oldest open one, else the oldest.
///
/// # Errors
/// [`Fault`].
pub async fn by_url(tx: &mut Tx, url: &str) -> Result<Option<Model>, Fault> {
    let sql =
        concat!("SELECT ", columns!(models), " FROM models WHERE url = $1 ORDER BY CASE status WHEN 'open' THEN 0 ELSE 1 END, id LIMIT 1");
    tx.query_opt(sql, params![url]).await?.as_ref().map(model).transpose()
}

/// The oldest model with this name.
///
/// # Errors
/// [`Fault`].
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<Model>, Fault> {
    let sql = concat!("SELECT ", columns!(models), " FROM models WHERE name_key = $1 ORDER BY id LIMIT 1");
    tx.query_opt(sql, params![domain::account::fold(name)]).await?.as_ref().map(model).transpose()
}

/// Selects models.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// A part of the name; all if empty.
    pub name: String,
    /// The status; all if `None`.
    pub status: Option<Status>,
    /// How many to skip.
    pub offset: i64,
    /// How many at most.
    pub limit: i64,
}

/// A page of models, newest first, and how many there are in all.
///
/// # Errors
/// [`Fault`].
pub async fn list(tx: &mut Tx, wanted: &Wanted) -> Result<(Vec<Model>, i64), Fault> {
    let like = crate::dialect::containing(&domain::account::fold(&wanted.name));
    let status = wanted.status.map_or("", Status::word);
    let sql = concat!(
        "SELECT ",
        columns!(models),
        " FROM models WHERE name_key LIKE $1 ESCAPE '!' AND ($2 = '' OR status = $2) ORDER BY id DESC LIMIT $3 OFFSET $4"
    );
    let rows = tx.query(sql, params![&like, status, wanted.limit, wanted.offset]).await?;
    let count = "SELECT COUNT(*) FROM models WHERE name_key LIKE $1 ESCAPE '!' AND ($2 = '' OR status = $2)";
    let total = tx.query_one(count, params![&like, status]).await?.int(0);
    Ok((rows.iter().map(model).collect::<Result<_, _>>()?, total))
}

fn model(row: &Row) -> Result<Model, Fault> {
    let mut row = row.reader();
    Ok(Model {
        id: ModelId(row.int()),
        name: row.text(),
        description: row.text(),
        status: Status::from_word(&row.text()).ok_or(Fault::Corrupt("status"))?,
        url: row.text(),
        price: row.int(),
        parameters: row.text(),
        created_at: Timestamp(row.int()),
        updated_at: Timestamp(row.int()),
    })
}
