//! Tickets: links in letters, each with a single-use secret (docs/security.md, Verification codes and tickets).
//!
//! Invariant: a ticket is valid for one purpose and account, for half an hour, and is single-use; a new one voids the older one, and a
//! new password voids them all.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use domain::{
    account::Account,
    delivery::Channel,
    refusal::Refusal,
    verification::{Purpose, TICKET_LIFETIME},
    window::Rule,
};
use ports::carrier::Parcel;

use crate::{
    Engine, Error,
    delivery::{self, Rules, Transport},
    letter::{self, Language},
};

/// Letters of one purpose to one mailbox. They are not counted together with the codes to it: otherwise the time when the next code may
/// be sent would reveal whether the mailbox belongs to an account.
const PER_MAILBOX: Rule = Rule::hourly(5);
/// A ticket's secret as text: 32 bytes.
const LENGTH: usize = 43;

/// Who reads a letter with a link.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The language.
    pub language: Language,
    /// The URL of the front end that they came from, whose page the link leads to.
    pub front_url: String,
}

/// The page that a link for this purpose leads to, below the front end's URL.
fn page(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::ResetPassword => "reset-password",
        Purpose::VerifyEmail => "verify-email",
        Purpose::SignIn | Purpose::Register | Purpose::Probe | Purpose::Webhook => "",
    }
}

/// The keyed hash under which a ticket is stored; `None` for a text that cannot be a ticket.
pub(crate) fn hash(engine: &Engine, purpose: Purpose, secret: &str) -> Option<[u8; 32]> {
    let written = secret.len() == LENGTH && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    written.then(|| engine.secrets.keyed(&["ticket", purpose.word(), secret]))
}

/// Sends a ticket to an account's address.
///
/// # Errors
/// [`Refusal::Undeliverable`], [`Refusal::SentTooOften`].
pub(crate) async fn send(engine: &Arc<Engine>, purpose: Purpose, account: &Account, reader: &Reader) -> Result<(), Error> {
    let email = account.email.clone().ok_or(Refusal::Undeliverable)?;
    let way = delivery::way(engine, Channel::Mail);
    let mut bytes = [0; 32];
    engine.random.fill(&mut bytes);
    let secret = BASE64.encode(bytes);
    let link = format!("{}/{}?token={secret}", reader.front_url, page(purpose));
    let letter = letter::ticket(&engine.settings.brand, purpose, &link, reader.language);
    // Not counted by network either, which would reveal the same: requests for links are counted by who asks.
    let row = delivery::begun(engine, &way, (Channel::Mail, purpose), &email, &letter, None)?;
    let now = row.now;
    let hash = hash(engine, purpose, &secret).ok_or(crate::Fault::Corrupt("ticket"))?;
    let issued =
        store::ticket::New { purpose, account: account.id, hash, email: email.clone(), now, expires_at: now.plus(TICKET_LIFETIME) };
    let usual = engine.settings.sending(Channel::Mail).clone();
    let rules = engine.settings.limits_enabled.then(|| Rules { recipient: Vec::new(), purpose: vec![PER_MAILBOX], ..usual });
    let id = engine
        .db
        .write(async move |tx| {
            let id = delivery::begin(tx, rules.as_ref(), &row).await?;
            store::ticket::issue(tx, &issued).await?;
            Ok(id)
        })
        .await?;
    if let Transport::Carried(carrier) = way {
        let parcel = Parcel { id, channel: Channel::Mail, to: email, purpose, letter, created_at: now };
        // A ticket that was not sent does no harm: it expires by itself.
        delivery::carry(engine, carrier, parcel, delivery::Undo::Nothing).await?;
    }
    Ok(())
}

/// As [`send`], but after the answer: the asker does not learn the outcome.
pub(crate) fn send_behind(engine: &Arc<Engine>, purpose: Purpose, account: Account, reader: Reader) {
    let sender = Arc::clone(engine);
    engine.sending.spawn(async move {
        if let Err(error) = send(&sender, purpose, &account, &reader).await {
            tracing::warn!(account = account.id.0, purpose = purpose.word(), %error, "a letter with a link was not sent");
        }
    });
}
