//! The outbox: what development would have sent, and the log of what production sent.

use clap::Args;
use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};
use domain::{
    account,
    delivery::{Channel, Delivery},
};
use engine::delivery;

use super::{assemble, print_all, time};
use crate::config::{Config, Flags};

/// Which messages to show.
#[derive(Debug, Args)]
pub(crate) struct Outbox {
    /// As JSON, everything that is kept of each.
    #[arg(long)]
    json: bool,
    /// To one phone number or e-mail address.
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// How many at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=100_000))]
    limit: i64,
}

pub(crate) async fn outbox(flags: &Flags, filter: Outbox) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    let engine = assemble::build_engine(&config, None).await?;
    let to = filter.to.map(|to| account::phone(&to, &config.sms.prefixes).or_else(|| account::email(&to)).unwrap_or(to));
    let found = delivery::list(&engine, to, filter.limit).await?;
    if filter.json {
        print_all(&serde_json::to_string_pretty(&found.iter().map(json).collect::<Vec<_>>())?);
        return Ok(());
    }
    if found.is_empty() {
        println!("nothing has been sent");
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(["id", "when", "channel", "to", "state", "by", "what"]);
    for delivery in found {
        let what = delivery.text.clone().or_else(|| delivery.detail.clone()).unwrap_or_default();
        table.add_row([
            delivery.id.to_string(),
            time(delivery.created_at),
            delivery.channel.word().to_owned(),
            address(&delivery),
            delivery.state.word().to_owned(),
            delivery.carrier.clone(),
            what.trim().to_owned(),
        ]);
    }
    print_all(&table.to_string());
    Ok(())
}

/// The recipient as people write it.
fn address(delivery: &Delivery) -> String {
    match delivery.channel {
        Channel::Sms => account::published_phone(&delivery.to).to_owned(),
        Channel::Mail => delivery.to.clone(),
    }
}

fn json(delivery: &Delivery) -> serde_json::Value {
    serde_json::json!({
        "id": delivery.id.0,
        "channel": delivery.channel.word(),
        "to": address(delivery),
        "subject": delivery.subject,
        "text": delivery.text,
        "code": delivery.code,
        "link": delivery.link,
        "created_at": time(delivery.created_at),
        "purpose": delivery.purpose.word(),
        "carrier": delivery.carrier,
        "state": delivery.state.word(),
        "tries": delivery.tries,
        "detail": delivery.detail,
    })
}
