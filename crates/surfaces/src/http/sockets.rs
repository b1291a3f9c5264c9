//! What sockets share: who may open one and how, how many each account and each address has open, close codes.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    body::Bytes,
    extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, header},
};
use domain::id::AccountId;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite;

use super::{Address, App, Options, RequestError, Values, bearer, listed};

/// The largest frame of a client's, in bytes.
const FRAME_BYTES: usize = 64 * 1024;
/// How long a client may take to read one message.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long closing may take, each way.
const FAREWELL: Duration = Duration::from_secs(2);
/// How often a socket asks whether its session still stands, and what else has changed.
pub const SESSION_CHECK: Duration = Duration::from_secs(2);

/// Counts of open sockets.
#[derive(Debug, Default)]
pub struct Open(Mutex<(HashMap<i64, u32>, HashMap<IpAddr, u32>)>);

/// One open socket; dropping it gives its place back.
#[derive(Debug)]
pub struct Slot {
    open: Arc<Open>,
    account: i64,
    address: Option<IpAddr>,
}

impl Open {
    /// A place for one more socket of an account, and of an address where that is counted.
    #[must_use]
    pub fn take(self: &Arc<Self>, account: i64, address: Option<IpAddr>) -> Option<Slot> {
        const PER_ACCOUNT: u32 = 20;
        const PER_ADDRESS: u32 = 100;
        let mut counts = self.0.lock().expect("no holder of this lock panics");
        let mine = counts.0.get(&account).copied().unwrap_or(0);
        let theirs = address.and_then(|address| counts.1.get(&address).copied()).unwrap_or(0);
        if mine >= PER_ACCOUNT || theirs >= PER_ADDRESS {
            return None;
        }
        *counts.0.entry(account).or_default() += 1;
        if let Some(address) = address {
            *counts.1.entry(address).or_default() += 1;
        }
        Some(Slot { open: Arc::clone(self), account, address })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        fn less<K: std::hash::Hash + Eq>(counts: &mut HashMap<K, u32>, key: K) {
            if let std::collections::hash_map::Entry::Occupied(mut entry) = counts.entry(key) {
                *entry.get_mut() -= 1;
                if *entry.get() == 0 {
                    entry.remove();
                }
            }
        }
        let mut counts = self.open.0.lock().expect("no holder of this lock panics");
        less(&mut counts.0, self.account);
        if let Some(address) = self.address {
            less(&mut counts.1, address);
        }
    }
}

/// The token that a socket is asked for with: of the query where that is allowed, of the header, or offered as a subprotocol.
///
/// # Errors
/// [`RequestError::ForeignOrigin`].
pub fn socket_token(app: &App, values: &Values, headers: &HeaderMap) -> Result<Option<String>, RequestError> {
    if !origin_allowed(&app.options, headers) {
        return Err(RequestError::ForeignOrigin);
    }
    let query = values.text("token").filter(|_| app.options.query_token).map(str::to_owned);
    Ok(query.or_else(|| bearer(headers).map(str::to_owned)).or_else(|| offered(headers)))
}

impl App {
    /// A slot for one more socket or stream of an account.
    ///
    /// # Errors
    /// [`RequestError::TooManySockets`].
    pub fn slot(&self, account: AccountId, address: &Address) -> Result<Slot, RequestError> {
        let counted = address.0.filter(|address| self.options.count_loopback || !address.is_loopback());
        self.open.take(account.0, counted).ok_or(RequestError::TooManySockets)
    }
}

/// A socket for an account, and its slot among the open ones.
///
/// # Errors
/// [`RequestError::NoUpgrade`], [`RequestError::TooManySockets`].
pub fn accept(
    app: &App,
    account: AccountId,
    address: &Address,
    headers: &HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<(WebSocketUpgrade, Slot), RequestError> {
    let upgrade = upgrade.map_err(|_| RequestError::NoUpgrade)?;
    let slot = app.slot(account, address)?;
    let protocol = offered(headers).is_some().then_some("bearer");
    let upgrade = upgrade.read_buffer_size(4096).write_buffer_size(0).max_message_size(FRAME_BYTES).max_frame_size(FRAME_BYTES);
    Ok((upgrade.protocols(protocol), slot))
}

/// Whether a page of this origin may call: an origin in the list, or the server's own.
fn origin_allowed(options: &Options, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let own = origin.split_once("://").is_some_and(|(_, rest)| rest == host && !host.is_empty());
    own || listed(options, origin)
}

/// The token that is offered as a subprotocol: `bearer, TOKEN`.
fn offered(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    let (scheme, token) = text.split_once(',')?;
    (scheme.trim() == "bearer").then(|| token.trim().to_owned())
}

/// Why something could not be said to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendError {
    /// Nobody is there any more.
    Gone,
    /// The client does not read.
    Slow,
}

/// Says something to a client that reads within [`PATIENCE`].
///
/// # Errors
/// [`SendError`].
pub async fn send_text(socket: &mut WebSocket, text: String) -> Result<(), SendError> {
    send(socket, Message::Text(text.into())).await
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), SendError> {
    match tokio::time::timeout(PATIENCE, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(SendError::Gone),
        Err(_) => Err(SendError::Slow),
    }
}

/// Closes a socket for a reason. The client's own close ends it properly; one that does not answer is left.
pub async fn close(mut socket: WebSocket, code: u16, reason: &'static str) {
    let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
    if tokio::time::timeout(FAREWELL, socket.send(close)).await.is_ok() {
        let _ = tokio::time::timeout(FAREWELL, async { while let Some(Ok(_)) = socket.recv().await {} }).await;
    }
}

/// The life of a socket: pings, so that no proxy takes it for idle, and its end where nobody answers.
#[derive(Debug)]
pub struct Pulse {
    next: Instant,
    answered: bool,
    ping: Duration,
    pong: Duration,
}

impl Pulse {
    /// A socket that was opened just now.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        let (ping, pong) = (Duration::from_secs(options.ping_s), Duration::from_secs(options.pong_s));
        Self { next: Instant::now() + ping, answered: true, ping, pong }
    }

    /// Waits until something is to be done, which [`Pulse::beat`] does.
    pub async fn due(&self) {
        tokio::time::sleep_until(self.next).await;
    }

    /// Pings the client, or finds that it did not answer the last ping.
    ///
    /// # Errors
    /// [`SendError::Gone`] where nobody answered, [`SendError::Slow`] where the ping itself is not taken.
    pub async fn beat(&mut self, socket: &mut WebSocket) -> Result<(), SendError> {
        if !std::mem::take(&mut self.answered) {
            return Err(SendError::Gone);
        }
        send(socket, Message::Ping(Bytes::new())).await?;
        self.next = Instant::now() + self.pong;
        Ok(())
    }

    /// The client sent something: an answer to a ping, or anything else.
    pub fn heard(&mut self) {
        if !std::mem::replace(&mut self.answered, true) {
            self.next = Instant::now() + self.ping;
        }
    }
}

/// The close code for what a client did wrong.
#[must_use]
pub fn broken(error: &axum::Error) -> u16 {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<tungstenite::Error>());
    match cause {
        Some(tungstenite::Error::Capacity(_)) => 1009,
        Some(tungstenite::Error::Utf8(_)) => 1007,
        _ => 1002,
    }
}
