//! The letter to somebody whose endpoint was switched off.

use std::sync::Arc;

use domain::{
    delivery::Channel,
    id::AccountId,
    verification::Purpose,
    webhook::{Off, Webhook},
};
use ports::carrier::Parcel;

use crate::{
    Engine, Error,
    delivery::{self, Transport},
    letter,
};

/// Writes to the owner of an endpoint that was switched off, behind whatever else is done. Whoever has no address reads it in the API.
pub(super) fn send_behind(engine: &Arc<Engine>, account: AccountId, webhook: Webhook, why: Off) {
    let sender = Arc::clone(engine);
    engine.sending.spawn(async move {
        if let Err(error) = send(&sender, account, &webhook, why).await {
            tracing::warn!(account = account.0, webhook = webhook.id.0, %error, "the owner of an endpoint could not be told that it is off");
        }
    });
}

async fn send(engine: &Arc<Engine>, account: AccountId, webhook: &Webhook, why: Off) -> Result<(), Error> {
    let found = engine.db.read(async move |tx| Ok(store::account::by_id(tx, account).await?)).await?;
    let Some(email) = found.and_then(|account| account.email) else { return Ok(()) };
    let way = delivery::way(engine, Channel::Mail);
    let letter = letter::webhook_off(&engine.settings.brand, &webhook.name, &webhook.url, why);
    let row = delivery::begun(engine, &way, (Channel::Mail, Purpose::Webhook), &email, &letter, None)?;
    let now = row.now;
    let rules = engine.settings.limits_enabled.then(|| engine.settings.sending(Channel::Mail).clone());
    let id = engine.db.write(async move |tx| delivery::begin(tx, rules.as_ref(), &row).await).await?;
    if let Transport::Carried(carrier) = way {
        let parcel = Parcel { id, channel: Channel::Mail, to: email, purpose: Purpose::Webhook, letter, created_at: now };
        delivery::carry(engine, carrier, parcel, delivery::Undo::Nothing).await?;
    }
    Ok(())
}
