//! Orders in the journal, which is kept outside the database: after an older copy of the database is restored, the gateways are asked
//! about the orders that it lacks.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    id::OrderId,
    id::{AccountId, MethodId},
    ledger::ChainKey,
    order::{Channel, Order, Sort, Status},
    origin::Origin,
    text::hex,
    time::Timestamp,
};
use store::seal::Sealed;

use super::note;
use crate::{Engine, Error, seal};

/// The beginning of a line that revokes an order.
const DROPPED: &str = "dropped=";
/// How many orders are processed in one transaction.
const BATCH: usize = 200;

/// An order as a sealed line.
pub(super) fn line(chain: &ChainKey, order: &Order) -> String {
    let number = |id: Option<i64>| id.map_or_else(String::new, |id| id.to_string());
    let text = format!(
        "{} order={} account={} amount={} method={} channel={}",
        order.created_at.0,
        order.id,
        order.account,
        order.amount,
        number(order.method.map(|method| method.0)),
        order.channel.map_or("", Channel::word)
    );
    let seal = hex(&chain.seal(&["journal", &text]));
    format!("{text} seal={seal}")
}

/// The sealed line that revokes an order that was never created.
pub(super) fn dropped(chain: &ChainKey, id: &OrderId) -> String {
    let text = format!("{DROPPED}{id}");
    let seal = hex(&chain.seal(&["journal", &text]));
    format!("{text} seal={seal}")
}

/// The order that a line revokes; `None` if the line was tampered with or says something else.
fn taken_back(chain: &ChainKey, line: &str) -> Option<OrderId> {
    let (text, seal) = line.rsplit_once(" seal=")?;
    (seal == hex(&chain.seal(&["journal", text]))).then(|| OrderId::parse(text.strip_prefix(DROPPED)?)).flatten()
}

/// The order that a line describes; `None` if the line was tampered with or is truncated.
fn read(chain: &ChainKey, line: &str) -> Option<Order> {
    let (text, seal) = line.rsplit_once(" seal=")?;
    if seal != hex(&chain.seal(&["journal", text])) {
        return None;
    }
    let (at, rest) = text.split_once(' ')?;
    let fields: BTreeMap<&str, &str> = rest.split(' ').filter_map(|field| field.split_once('=')).collect();
    let number = |name: &str| fields.get(name)?.parse::<i64>().ok();
    let at = Timestamp(at.parse().ok()?);
    Some(Order {
        id: OrderId::parse(fields.get("order")?)?,
        account: AccountId(number("account")?),
        sort: Sort::Payment,
        amount: number("amount")?,
        method: Some(MethodId(number("method")?)),
        channel: Channel::from_word(fields.get("channel")?),
        return_url: None,
        status: Status::Pending,
        trade: None,
        remark: String::new(),
        actor: None,
        origin: Origin::default(),
        created_at: at,
        updated_at: at,
        paid_at: None,
        due_at: None,
        checks: 0,
    })
}

/// Restores the orders of a journal that the database does not know, each due to be checked at once. Returns how many were restored, and
/// how many were not because their account or method is lost, too.
///
/// # Errors
/// [`Error::Fault`].
pub async fn restore(engine: &Engine, journal: &str) -> Result<(usize, usize), Error> {
    let (mut restored, mut lost) = (0, 0);
    let chain = &engine.secrets.chain;
    let dropped: BTreeSet<OrderId> = journal.lines().filter_map(|line| taken_back(chain, line)).collect();
    let orders = journal.lines().filter_map(|line| read(chain, line)).filter(|order| !dropped.contains(&order.id));
    let orders: Vec<Order> = orders.collect();
    for batch in orders.chunks(BATCH) {
        let orders = batch.to_vec();
        let chain = engine.secrets.chain.clone();
        let now = engine.now();
        let (put, gone) = engine
            .db
            .write(async move |tx| {
                let (mut put, mut gone) = (0, 0);
                for order in &orders {
                    if store::order::get(tx, &order.id).await?.is_some() {
                        continue;
                    }
                    let method = match order.method {
                        Some(method) => store::method::get_for_update(tx, method).await?,
                        None => None,
                    };
                    if method.is_none() || store::account::by_id(tx, order.account).await?.is_none() {
                        gone += 1;
                        continue;
                    }
                    let order = Order { due_at: Some(now), updated_at: now, ..order.clone() };
                    store::order::insert(tx, &order).await?;
                    seal::put(tx, &chain, Sealed::Order, order.id.as_str()).await?;
                    note(tx, &order.id, "restored", "from the journal, after an older copy of the database was put back", now).await?;
                    put += 1;
                }
                Ok::<_, Error>((put, gone))
            })
            .await?;
        (restored, lost) = (restored + put, lost + gone);
    }
    Ok((restored, lost))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written_and_not_otherwise() {
        let chain = ChainKey::new(1, [1; 32]);
        let order = Order {
            id: OrderId::new([7; 16]),
            account: AccountId(5),
            sort: Sort::Payment,
            amount: 1_000_000,
            method: Some(MethodId(3)),
            channel: Some(Channel::Alipay),
            return_url: None,
            status: Status::Pending,
            trade: None,
            remark: String::new(),
            actor: None,
            origin: Origin::default(),
            created_at: Timestamp(9),
            updated_at: Timestamp(9),
            paid_at: None,
            due_at: None,
            checks: 0,
        };
        let written = line(&chain, &order);
        assert_eq!(read(&chain, &written), Some(order));
        let back = dropped(&chain, &OrderId::new([7; 16]));
        assert_eq!((read(&chain, &back), taken_back(&chain, &back)), (None, Some(OrderId::new([7; 16]))));
        assert_eq!((taken_back(&chain, &written), taken_back(&chain, &back.replace("dropped=07", "dropped=08"))), (None, None));
        for changed in [written.replace("amount=1", "amount=9"), written[..40].to_owned(), String::new()] {
            assert_eq!(read(&chain, &changed), None, "{changed}");
        }
    }
}
