//! Rows that promise something without an entry in the ledger, and their seals. What a seal is made of is read here, in one place;
//! how it is made is the engine's to know.

use crate::{
    fault::Fault,
    tx::{Row, Tx, Value},
};

/// What is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// How far a wallet may go below zero.
    Limit,
    /// What an order is for.
    Order,
    /// What a redemption code carries, and until when.
    Code,
    /// What a model costs.
    Price,
    /// A payment method and its keys.
    Method,
    /// A setting that was changed through the API.
    Option,
}

/// A sealed row: what names it, what its seal is made of, and the seal.
#[derive(Debug, Clone)]
pub struct Seal {
    /// What names it.
    pub id: Value,
    /// What its seal is made of.
    pub parts: Vec<Value>,
    /// The seal, if it has one.
    pub seal: Option<Vec<u8>>,
}

impl Sealed {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Limit, Self::Order, Self::Code, Self::Price, Self::Method, Self::Option];

    /// The word it is called by.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Order => "order",
            Self::Code => "code",
            Self::Price => "price",
            Self::Method => "method",
            Self::Option => "option",
        }
    }

    /// What names the row comes first, its seal last.
    fn one(self) -> &'static str {
        match self {
            Self::Limit => "SELECT id, account_id, asset, credit_limit, seal FROM wallets WHERE id = $1",
            Self::Order => {
                "SELECT id, account_id, sort, amount, method_id, channel, return_url, remark, actor_id, created_at, seal FROM orders WHERE id = $1"
            }
            Self::Code => "SELECT id, batch_id, hash, uses, created_at, expires_at, revoked_at, seal FROM codes WHERE id = $1",
            Self::Price => "SELECT id, name_key, status, price, seal FROM models WHERE id = $1",
            Self::Method => "SELECT id, uuid, protocol, config, enabled, deleted_at, seal FROM payment_methods WHERE id = $1",
            Self::Option => "SELECT name, value, seal FROM options WHERE name = $1",
        }
    }

    fn page(self) -> &'static str {
        match self {
            Self::Limit => "SELECT id, account_id, asset, credit_limit, seal FROM wallets WHERE id > $1 ORDER BY id LIMIT $2",
            Self::Order => {
                "SELECT id, account_id, sort, amount, method_id, channel, return_url, remark, actor_id, created_at, seal FROM orders \
                 WHERE id > $1 ORDER BY id LIMIT $2"
            }
            Self::Code => {
                "SELECT id, batch_id, hash, uses, created_at, expires_at, revoked_at, seal FROM codes WHERE id > $1 ORDER BY id LIMIT $2"
            }
            Self::Price => "SELECT id, name_key, status, price, seal FROM models WHERE id > $1 ORDER BY id LIMIT $2",
            Self::Method => {
                "SELECT id, uuid, protocol, config, enabled, deleted_at, seal FROM payment_methods WHERE id > $1 ORDER BY id LIMIT $2"
            }
            Self::Option => "SELECT name, value, seal FROM options WHERE name > $1 ORDER BY name LIMIT $2",
        }
    }

    fn update(self) -> &'static str {
        match self {
            Self::Limit => "UPDATE wallets SET seal = $2 WHERE id = $1",
            Self::Order => "UPDATE orders SET seal = $2 WHERE id = $1",
            Self::Code => "UPDATE codes SET seal = $2 WHERE id = $1",
            Self::Price => "UPDATE models SET seal = $2 WHERE id = $1",
            Self::Method => "UPDATE payment_methods SET seal = $2 WHERE id = $1",
            Self::Option => "UPDATE options SET seal = $2 WHERE name = $1",
        }
    }

    /// What comes before every row.
    #[must_use]
    pub fn first(self) -> Value {
        match self {
            Self::Order | Self::Option => Value::Text(String::new()),
            Self::Limit | Self::Code | Self::Price | Self::Method => Value::Int(i64::MIN),
        }
    }
}

/// A row with this name.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, sealed: Sealed, id: Value) -> Result<Option<Seal>, Fault> {
    tx.query_opt(sealed.one(), &[id]).await?.map(of_row).transpose()
}

/// Rows after one, in the order of their names.
///
/// # Errors
/// [`Fault`].
pub async fn page(tx: &mut Tx, sealed: Sealed, after: Value, limit: i64) -> Result<Vec<Seal>, Fault> {
    tx.query(sealed.page(), &[after, Value::Int(limit)]).await?.into_iter().map(of_row).collect()
}

/// Gives a row its seal.
///
/// # Errors
/// [`Fault`].
pub async fn set(tx: &mut Tx, sealed: Sealed, id: Value, seal: [u8; 32]) -> Result<(), Fault> {
    tx.execute(sealed.update(), &[id, seal.into()]).await.map(drop)
}

/// The codes of a batch that are revoked.
///
/// # Errors
/// [`Fault`].
pub async fn revoked(tx: &mut Tx, batch: domain::id::BatchId) -> Result<Vec<Value>, Fault> {
    let rows = tx.query("SELECT id FROM codes WHERE batch_id = $1 AND revoked_at IS NOT NULL", &[batch.into()]).await?;
    Ok(rows.iter().map(|row| Value::Int(row.int(0))).collect())
}

fn of_row(row: Row) -> Result<Seal, Fault> {
    let mut parts = row.0;
    let seal = match parts.pop() {
        Some(Value::Bytes(bytes)) => Some(bytes),
        Some(Value::Null) => None,
        Some(Value::Int(_) | Value::Text(_)) | None => return Err(Fault::Corrupt("seal")),
    };
    let id = parts.first().cloned().ok_or(Fault::Corrupt("seal"))?;
    Ok(Seal { id, parts, seal })
}
