//! Orders at the command line: what happened to one, and asking its gateway again.

use anyhow::Context;
use clap::Subcommand;
use domain::{
    id::OrderId,
    money::Money,
    order::{Event, Order},
};
use engine::order;

use super::{assemble, print_all, time};
use crate::config::{Config, Flags};

/// What to do with orders.
#[derive(Debug, Subcommand)]
pub(crate) enum Orders {
    /// Show an order and everything that happened to it.
    Show {
        /// Its number: 32 hexadecimal digits.
        order: String,
    },
    /// Ask the gateway about an order now, and credit it if it was paid; without a number, about every order that is due.
    Recheck {
        /// Its number: 32 hexadecimal digits.
        order: Option<String>,
    },
}

fn number(text: &str) -> anyhow::Result<OrderId> {
    OrderId::parse(text.trim()).with_context(|| format!("{text} is no order number: it has 32 hexadecimal digits"))
}

pub(crate) async fn orders(flags: &Flags, what: Orders) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    let engine = assemble::build_engine(&config, None).await?;
    let (id, found) = match what {
        Orders::Show { order } => {
            let id = number(&order)?;
            (id.clone(), order::get(&engine, None, id).await)
        }
        Orders::Recheck { order: Some(order) } => {
            let id = number(&order)?;
            (id.clone(), order::recheck(&engine, None, id).await)
        }
        Orders::Recheck { order: None } => {
            let mut asked = 0;
            loop {
                match order::due(&engine).await? {
                    0 => break,
                    more => asked += more,
                }
            }
            println!("asked about {asked} orders");
            return Ok(());
        }
    };
    let (order, events) = found.map_err(|error| anyhow::anyhow!("{id}: {error}"))?;
    print_all(&describe(&order, &events));
    Ok(())
}

fn describe(order: &Order, events: &[Event]) -> String {
    let mut lines = vec![format!(
        "order {} of account {}: {} yuan, {}, {}",
        order.id,
        order.account,
        Money(order.amount).with_fen(),
        order.sort.word(),
        order.status.word()
    )];
    if let Some(trade) = &order.trade {
        lines.push(format!("  trade {trade}"));
    }
    if let Some(due) = order.due_at {
        lines.push(format!("  its gateway is asked again at {}", time(due)));
    }
    lines.extend(events.iter().map(|event| format!("  {}  {:<9}  {}", time(event.at), event.what, event.detail)));
    lines.join("\n")
}
