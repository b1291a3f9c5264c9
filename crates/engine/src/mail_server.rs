//! The mail server that administrators may name through the API, where the operator lets them.

use std::sync::Arc;

use domain::{audit::Act, delivery::Channel, origin::Origin, problem::Problem, refusal::Refusal, verification::Purpose};
use ports::carrier::{MailServer, Parcel, Security};
use store::{seal::Sealed, tx::Lock};

use crate::{
    Engine, Error, Fault,
    audit::{self, administers},
    delivery::{self, Transport},
    letter,
    runtime_settings::{SERVER, carried, known, read, refresh},
    seal,
    session::Caller,
    vault::Vault,
};

/// Changes to the mail server; absent fields stay as they are.
#[derive(Clone, Default)]
pub struct MailChange {
    /// Its host.
    pub host: Option<String>,
    /// Its port.
    pub port: Option<i64>,
    /// The user name there.
    pub username: Option<String>,
    /// The password there.
    pub password: Option<String>,
    /// The sender's address.
    pub from: Option<String>,
    /// How the connection is encrypted.
    pub security: Option<Security>,
    /// Whether letters are sent through it, rather than as configured.
    pub enabled: Option<bool>,
}

/// The mail server that was set, without its password, and whether it has one.
///
/// # Errors
/// [`Refusal::Forbidden`].
pub fn get(engine: &Engine, caller: &Caller) -> Result<(MailServer, bool), Error> {
    administers(caller)?;
    let server = known(engine).server.clone().unwrap_or_default();
    let secret = !server.password.is_empty();
    Ok((MailServer { password: String::new(), ..server }, secret))
}

/// Changes the mail server.
///
/// # Errors
/// [`Refusal::Forbidden`], also if the operator reserves this to the configuration; [`Refusal::Invalid`].
pub async fn set(engine: &Engine, caller: &Caller, change: MailChange, origin: Origin) -> Result<(MailServer, bool), Error> {
    administers(caller)?;
    caller.fresh(engine)?;
    let postman = engine.reach.postman.clone().ok_or(Refusal::Forbidden)?;
    let act = Act { actor: Some(caller.account), action: "option.set", subject: format!("option:{SERVER}"), detail: String::new(), origin };
    let vault = Vault::of(engine);
    let chain = engine.secrets.chain.clone();
    let now = engine.now();
    let set = engine.db.write(async move |tx| {
        // One after the other: each change builds on the one before.
        tx.lock(Lock::Administrators).await?;
        let kept = store::runtime_settings::all(tx).await?.into_iter().find(|(name, _)| name == SERVER);
        // What can no longer be decrypted is replaced.
        let old = kept.and_then(|(_, sealed)| read(&vault, &sealed).ok()).unwrap_or_default();
        let server = changed(&old, &change)?;
        if server.enabled {
            carried(&*postman, &server)?;
        }
        let text = serde_json::to_string(&server).map_err(|_| Fault::Corrupt("mail server"))?;
        store::runtime_settings::set(tx, SERVER, &vault.seal(SERVER, &text)?, now).await?;
        seal::put(tx, &chain, Sealed::Option, SERVER).await?;
        let shown = |server: &MailServer| format!("{}:{} enabled {}", server.host, server.port, server.enabled);
        let detail = format!("{} -> {}", shown(&old), shown(&server));
        audit::note(tx, &Act { detail, ..act.clone() }, now).await
    });
    set.await?;
    refresh(engine).await?;
    get(engine, caller)
}

fn changed(old: &MailServer, change: &MailChange) -> Result<MailServer, Refusal> {
    let invalid = |field, problem| Refusal::Invalid { field, problem };
    let host = change.host.clone().unwrap_or_else(|| old.host.clone());
    let port = match change.port {
        None => old.port,
        Some(port) => u16::try_from(port)
            .ok()
            .filter(|port| *port > 0)
            .ok_or(invalid("mail_port", Problem::OutOfBounds { least: 1, most: 65_535 }))?,
    };
    // A password is never sent to a server other than the one that it was given for.
    let same = host == old.host && port == old.port;
    let kept = if same { old.password.clone() } else { String::new() };
    let server = MailServer {
        password: change.password.clone().unwrap_or(kept),
        username: change.username.clone().unwrap_or_else(|| old.username.clone()),
        from: change.from.clone().unwrap_or_else(|| old.from.clone()),
        security: change.security.unwrap_or(old.security),
        enabled: change.enabled.unwrap_or(old.enabled),
        host,
        port,
    };
    for (field, text) in [("mail_host", &server.host), ("mail_username", &server.username), ("mail_from", &server.from)] {
        if text.len() > 255 || text.chars().any(char::is_control) {
            return Err(invalid(field, Problem::Malformed));
        }
    }
    Ok(server)
}

/// Sends a test letter, to the caller if no recipient is named, and waits for the carrier.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Invalid`], [`Refusal::SentTooOften`]; [`Refusal::Undeliverable`].
pub async fn probe(engine: &Arc<Engine>, caller: &Caller, to: Option<String>) -> Result<(), Error> {
    administers(caller)?;
    let to = match to {
        Some(to) => to,
        None => {
            let id = caller.account;
            let own = engine.db.read(async move |tx| Ok(store::account::by_id(tx, id).await?)).await?;
            own.and_then(|own| own.email).ok_or(Refusal::Invalid { field: "email", problem: Problem::Missing })?
        }
    };
    let to = crate::verification::target(engine, Channel::Mail, &to)?;
    let way = delivery::way(engine, Channel::Mail);
    let letter = letter::probe(&engine.settings.brand);
    let row = delivery::begun(engine, &way, (Channel::Mail, Purpose::Probe), &to, &letter, None)?;
    let now = row.now;
    let rules = engine.settings.limits_enabled.then(|| engine.settings.sending(Channel::Mail).clone());
    let id = engine.db.write(async move |tx| delivery::begin(tx, rules.as_ref(), &row).await).await?;
    match way {
        Transport::Carried(carrier) => {
            let parcel = Parcel { id, channel: Channel::Mail, to, purpose: Purpose::Probe, letter, created_at: now };
            delivery::carry(engine, carrier, parcel, delivery::Undo::Nothing).await
        }
        Transport::Outbox | Transport::Closed => Ok(()),
    }
}
