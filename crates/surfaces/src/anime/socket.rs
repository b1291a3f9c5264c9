//! The WebSocket of one task: the state now, then every newer one, then how it ended.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{
        State,
        ws::{Message as Frame, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::HeaderMap,
    response::Response,
};
use domain::{event::Snapshot, refusal::Refusal};
use engine::{
    api_key::{Area, Right, Scope},
    kinds::anime::NAME,
    session, task,
};
use tokio::sync::watch;

use super::{Refusing, task::TaskPath, wire::Message};
use crate::http::{self, Address, App, Pulse, SESSION_CHECK, SendError, Slot, Values};

/// Between two messages: whatever comes sooner is told with the next.
const PACE: Duration = Duration::from_millis(200);

/// What an API key needs to watch a task.
const READING: Scope = Scope::Of(Area::Tasks, Right::Read);

pub(super) async fn watch(
    State(app): State<App>,
    id: TaskPath,
    values: Values,
    address: Address,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusing> {
    let token = http::socket_token(&app, &values, &headers)?.ok_or(Refusal::Unauthorized)?;
    let caller = session::identify(&app.engine, &token, address.0, Some(&READING)).await?;
    let states = task::watch(&app.engine, caller.account, NAME, id.0).await?;
    let (upgrade, place) = http::accept(&app, caller.account, &address, &headers, upgrade)?;
    let watched = Watched { app: app.clone(), caller, states, _slot: place };
    Ok(upgrade.on_upgrade(move |socket| {
        let sockets = app.sockets.clone();
        sockets.track_future(watched.run(socket))
    }))
}

struct Watched {
    app: App,
    caller: session::Caller,
    states: watch::Receiver<Arc<Snapshot>>,
    _slot: Slot,
}

/// Why a socket ends.
enum End {
    Done,
    Leaving,
    Slow,
    TokenEnded,
    /// The client closes it.
    Left,
    /// The client broke the protocol; the close code that says how.
    Broken(u16),
    Gone,
}

impl From<SendError> for End {
    fn from(unsaid: SendError) -> Self {
        match unsaid {
            SendError::Gone => Self::Gone,
            SendError::Slow => Self::Slow,
        }
    }
}

impl Watched {
    async fn run(mut self, mut socket: WebSocket) {
        let (code, reason) = match self.publish(&mut socket).await {
            End::Done => (1000, "done"),
            End::Leaving => (1001, "the server is stopping"),
            End::Slow => (1013, "too slow"),
            End::TokenEnded => (4401, "the token has ended"),
            End::Broken(code) => (code, "the protocol was broken"),
            // The library answers a close by itself while it is read on.
            End::Left => (1000, ""),
            End::Gone => return,
        };
        http::close(socket, code, reason).await;
    }

    async fn publish(&mut self, socket: &mut WebSocket) -> End {
        let mut checks = tokio::time::interval(SESSION_CHECK);
        let mut next_at = tokio::time::Instant::now();
        let mut pulse = Pulse::new(&self.app.options);
        let ending = self.app.ending.clone();
        loop {
            tokio::select! {
                changed = async { tokio::time::sleep_until(next_at).await; self.states.changed().await } => {
                    if changed.is_err() {
                        return End::Gone;
                    }
                    let snapshot = self.states.borrow_and_update().clone();
                    let last = snapshot.state.ended();
                    let Ok(text) = self.text(&snapshot).await else { return End::Gone };
                    match http::send_text(socket, text).await {
                        Ok(()) if last => return End::Done,
                        Ok(()) => next_at = tokio::time::Instant::now() + PACE,
                        Err(unsaid) => return unsaid.into(),
                    }
                }
                _ = checks.tick() => match session::renew(&self.app.engine, &self.caller).await {
                    Err(engine::Error::Refused(_)) => return End::TokenEnded,
                    // The database is away for a moment: the socket waits with it.
                    Ok(()) | Err(engine::Error::Fault(_)) => {}
                },
                () = pulse.due() => if let Err(unsaid) = pulse.beat(socket).await {
                    return unsaid.into();
                },
                frame = socket.recv() => {
                    pulse.heard();
                    match frame {
                        None => return End::Gone,
                        Some(Ok(Frame::Close(_))) => return End::Left,
                        Some(Err(error)) => return End::Broken(http::broken(&error)),
                        Some(Ok(_)) => {}
                    }
                },
                () = ending.cancelled() => return End::Leaving,
            }
        }
    }

    async fn text(&self, snapshot: &Snapshot) -> Result<String, engine::Error> {
        let message = if snapshot.state.ended() {
            let task = task::get(&self.app.engine, self.caller.account, NAME, snapshot.task).await?;
            Message::ended(&self.app.engine, &task)?
        } else {
            Message::progress(snapshot)
        };
        serde_json::to_string(&message).map_err(|_| engine::Fault::Corrupt("message").into())
    }
}
