//! Rows that promise something without a ledger entry, and their seals. The fields that a seal covers are read here, in one place; the
//! engine knows how it is computed.

use crate::{
    fault::Fault,
    tx::{Row, Tx, Value},
};

/// The kinds of sealed rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// How far a wallet may go below zero.
    Limit,
    /// The content of an order.
    Order,
    /// A redemption code's uses and expiry.
    Code,
    /// A model's price.
    Price,
    /// A payment method and its keys.
    Method,
    /// A setting that was changed through the API.
    Option,
}

/// A sealed row: its id, the fields that its seal covers, and the seal.
#[derive(Debug, Clone)]
pub struct Seal {
    /// Its id or name.
    pub id: Value,
    /// The fields that its seal covers.
    pub parts: Vec<Value>,
    /// The seal, if it has one.
    pub seal: Option<Vec<u8>>,
}

impl Sealed {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Limit, Self::Order, Self::Code, Self::Price, Self::Method, Self::Option];

    /// Its name in reports.
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

    /// The statement for one row. Its first column is the row's id or name, its last one the seal.
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

    /// A value that sorts before every row's id or name.
    #[must_use]
    pub fn first(self) -> Value {
        match self {
            Self::Order | Self::Option => Value::Text(String::new()),
            Self::Limit | Self::Code | Self::Price | Self::Method => Value::Int(i64::MIN),
        }
    }
}

/// The row with this id or name.
///
/// # Errors
/// [`Fault`].
pub async fn get(tx: &mut Tx, sealed: Sealed, id: Value) -> Result<Option<Seal>, Fault> {
    tx.query_opt(sealed.one(), &[id]).await?.map(of_row).transpose()
}

/// Rows after one, ordered by id or name.
///
/// # Errors
/// [`Fault`].
pub async fn page(tx: &mut Tx, sealed: Sealed, after: Value, limit: i64) -> Result<Vec<Seal>, Fault> {
    tx.query(sealed.page(), &[after, Value::Int(limit)]).await?.into_iter().map(of_row).collect()
}

/// Sets a row's seal.
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
