//! The WebSocket of one user: tasks they subscribe to, or, until they say, those that are going on.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    extract::{
        State,
        ws::{Message as Text, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{
    event::Snapshot,
    id::TaskId,
    task::State as TaskState,
    time::Timestamp,
    window::{Rule, Window},
};
use engine::{
    account::own,
    api_key::{Area, Right, Scope},
    kinds::study::{self, NAME},
    session, task,
};
use serde_json::Value;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

use super::{Refusing, custom, wire::Frame};
use crate::http::{self, Address, App, Pulse, SESSION_CHECK, SendError, Slot, Values};

/// Subscriptions of one socket.
const MAX_SUBSCRIPTIONS: usize = 100;
/// Frames of a client's.
const CHATTER: Rule = Rule { allowed: 10, span: Duration::from_secs(1) };
/// How much further back is looked for tasks that ended, as clocks differ and a commit takes its time.
const OVERLAP: Duration = Duration::from_secs(2);
/// Between two updates of one task; how it ended is told at once.
const PACE: Duration = Duration::from_secs(1);

/// What an API key needs to hear of tasks.
const READING: Scope = Scope::Of(Area::Tasks, Right::Read);

pub(super) async fn connect(
    State(app): State<App>,
    values: Values,
    address: Address,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusing> {
    let shut = || custom(StatusCode::FORBIDDEN, "无法验证凭据");
    let token = http::socket_token(&app, &values, &headers)?.ok_or_else(shut)?;
    let refused = |error| match error {
        engine::Error::Refused(_) => shut(),
        fault @ engine::Error::Fault(_) => fault.into(),
    };
    let caller = session::identify(&app.engine, &token, address.0, Some(&READING)).await.map_err(refused)?;
    let username = own::name(&app.engine, &caller).await?;
    let (upgrade, place) = http::accept(&app, caller.account, &address, &headers, upgrade)?;
    let (told, heard) = mpsc::channel(1);
    let conversation = Conversation {
        app: app.clone(),
        caller,
        username,
        subscriptions: HashMap::new(),
        automatic: true,
        looked_at: app.engine.now(),
        told,
        heard,
        chatter: Window::default(),
        _slot: place,
    };
    Ok(upgrade.on_upgrade(move |socket| {
        let sockets = app.sockets.clone();
        sockets.track_future(conversation.run(socket))
    }))
}

/// What a socket is told of one task.
struct Subscription {
    /// Passes its states on; ended with the subscription.
    forwarding: JoinHandle<()>,
    /// The epoch in which the task was known to have ended or to be held, so that each such end is news once.
    rested: i64,
    /// What could not be told, as the database was away.
    owed: Option<Arc<Snapshot>>,
    /// The counts of courses that were told last.
    counted: Option<(i64, i64)>,
}

impl Subscription {
    /// Says how its task is; the counts of courses where they have changed.
    async fn send(&mut self, socket: &mut WebSocket, frame: Frame) -> Result<(), End> {
        let counts = frame.counts();
        let frame = if counts == self.counted { frame.without_counts() } else { frame };
        send(socket, &frame).await?;
        self.counted = counts;
        Ok(())
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.forwarding.abort();
    }
}

struct Conversation {
    app: App,
    caller: session::Caller,
    username: String,
    subscriptions: HashMap<TaskId, Subscription>,
    /// Until its first word about subscriptions a socket is told of what goes on, and of what may.
    automatic: bool,
    /// When it was last looked what that is.
    looked_at: Timestamp,
    told: mpsc::Sender<Arc<Snapshot>>,
    heard: mpsc::Receiver<Arc<Snapshot>>,
    chatter: Window,
    _slot: Slot,
}

/// Why a socket ends: its close code and reason; none where nobody is left to read it.
type End = Option<(u16, &'static str)>;

impl Conversation {
    async fn run(mut self, mut socket: WebSocket) {
        let Some((code, reason)) = self.talk(&mut socket).await else { return };
        http::close(socket, code, reason).await;
    }

    async fn talk(&mut self, socket: &mut WebSocket) -> End {
        // Whoever is greeted is told of everything from then on.
        if let Err(end) = self.check().await {
            return end;
        }
        let hello = Frame::Connected { message: "WebSocket连接成功", user_id: self.caller.account.0, username: self.username.clone() };
        if let Err(end) = send(socket, &hello).await {
            return end;
        }
        let mut checks = tokio::time::interval_at(tokio::time::Instant::now() + SESSION_CHECK, SESSION_CHECK);
        let mut pulse = Pulse::new(&self.app.options);
        let ending = self.app.ending.clone();
        loop {
            let outcome = tokio::select! {
                Some(snapshot) = self.heard.recv() => self.publish(socket, &snapshot).await,
                _ = checks.tick() => match self.check().await {
                    Ok(()) => self.catch_up(socket).await,
                    end => end,
                },
                () = pulse.due() => pulse.beat(socket).await.map_err(unsaid),
                frame = socket.recv() => {
                    pulse.heard();
                    match frame {
                        None => Err(None),
                        Some(Ok(Text::Close(_))) => Err(Some((1000, ""))),
                        Some(Err(error)) => Err(Some((http::broken(&error), "the protocol was broken"))),
                        Some(Ok(Text::Text(text))) => self.hear(socket, text.as_str()).await,
                        Some(Ok(Text::Binary(_))) => self.hear(socket, "").await,
                        Some(Ok(Text::Ping(_) | Text::Pong(_))) => Ok(()),
                    }
                },
                () = ending.cancelled() => Err(Some((1001, "the server is stopping"))),
            };
            if let Err(end) = outcome {
                return end;
            }
        }
    }

    /// Whether the session still stands; and, while nothing was said about it, which tasks there are to be told of.
    async fn check(&mut self) -> Result<(), End> {
        match session::renew(&self.app.engine, &self.caller).await {
            Err(engine::Error::Refused(_)) => return Err(Some((4401, "the token has ended"))),
            // The database is away for a moment: the socket waits with it.
            Err(engine::Error::Fault(_)) => return Ok(()),
            Ok(()) => {}
        }
        if !self.automatic {
            return Ok(());
        }
        let (now, most) = (self.now(), i64::try_from(MAX_SUBSCRIPTIONS).unwrap_or(0));
        if let Ok(lively) = study::lively(&self.app.engine, self.caller.account, self.looked_at.minus(OVERLAP), most).await {
            self.looked_at = now;
            if self.subscriptions.len() >= MAX_SUBSCRIPTIONS {
                self.subscriptions.retain(|id, _| lively.contains(id));
            }
            for id in lively {
                if !self.subscriptions.contains_key(&id) {
                    self.subscribe(id).await;
                }
            }
        }
        Ok(())
    }

    /// Tells what could not be told before.
    async fn catch_up(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        let owed: Vec<_> = self.subscriptions.values_mut().filter_map(|subscription| subscription.owed.take()).collect();
        for snapshot in owed {
            self.publish(socket, &snapshot).await?;
        }
        Ok(())
    }

    /// Tells how a task is.
    async fn publish(&mut self, socket: &mut WebSocket, snapshot: &Arc<Snapshot>) -> Result<(), End> {
        let Some(subscription) = self.subscriptions.get_mut(&snapshot.task) else { return Ok(()) };
        subscription.owed = None;
        if let Some(frame) = Frame::reported(snapshot) {
            return subscription.send(socket, frame).await;
        }
        let studied = match study::seen(&self.app.engine, self.caller.account, snapshot).await {
            Ok(Some(studied)) => studied,
            Ok(None) => return Ok(()),
            Err(engine::Error::Refused(_)) => {
                self.subscriptions.remove(&snapshot.task);
                return Ok(());
            }
            // It may be the last word: it is told as soon as it can be.
            Err(engine::Error::Fault(_)) => {
                subscription.owed = Some(Arc::clone(snapshot));
                return Ok(());
            }
        };
        subscription.send(socket, Frame::stored(&studied)).await?;
        let Some(notification) = Frame::rests(&studied) else { return Ok(()) };
        let news = std::mem::replace(&mut subscription.rested, snapshot.epoch) != snapshot.epoch;
        if news { send(socket, &notification).await } else { Ok(()) }
    }

    async fn hear(&mut self, socket: &mut WebSocket, text: &str) -> Result<(), End> {
        if self.chatter.take(CHATTER, self.now()).is_err() {
            return Err(Some((1008, "too many messages")));
        }
        let Some(Value::Object(message)) = serde_json::from_str::<Value>(text).ok() else {
            return send(socket, &Frame::Error { message: "无效的JSON格式".to_owned() }).await;
        };
        let kind = message.get("type").and_then(Value::as_str).unwrap_or_default();
        let answer = match kind {
            "ping" => Frame::Pong,
            "subscribe_task" => self.subscribe_task(task_id(&message)).await,
            "unsubscribe_task" => match task_id(&message) {
                Some(id) => {
                    self.explicit(id);
                    self.subscriptions.remove(&id);
                    Frame::Unsubscribed { task_id: id.0, message: format!("已取消订阅任务 {id}") }
                }
                None => foreign(),
            },
            "" => Frame::Error { message: "缺少消息类型 (type)".to_owned() },
            other => Frame::Error { message: format!("未知的消息类型: {}", other.chars().take(60).collect::<String>()) },
        };
        send(socket, &answer).await
    }

    /// From the first word about it on, subscriptions are what was asked for and nothing else.
    fn explicit(&mut self, about: TaskId) {
        if std::mem::take(&mut self.automatic) {
            self.subscriptions.retain(|id, _| *id == about);
        }
    }

    async fn subscribe_task(&mut self, id: Option<TaskId>) -> Frame {
        let Some(id) = id else { return foreign() };
        let known = self.subscriptions.contains_key(&id);
        if !known && !self.automatic && self.subscriptions.len() >= MAX_SUBSCRIPTIONS {
            return Frame::Error { message: format!("最多订阅 {MAX_SUBSCRIPTIONS} 个任务") };
        }
        // Nothing is given up for a task that is not the caller's.
        let Ok(states) = task::watch(&self.app.engine, self.caller.account, NAME, id).await else { return foreign() };
        // Whoever asks is told how it is, which is no news, unless it was followed before and is about to be told.
        let now = states.borrow().clone();
        let rested = if now.state.ended() || now.state == TaskState::Paused { now.epoch } else { -1 };
        let (rested, counted) = self.subscriptions.get(&id).map_or((rested, None), |followed| (followed.rested, followed.counted));
        self.follow(id, states, rested, counted);
        self.explicit(id);
        Frame::Subscribed { task_id: id.0, message: format!("已订阅任务 {id}") }
    }

    /// Subscribes to a task that was not named: what rests is told once it moves, and that it ended is news.
    async fn subscribe(&mut self, id: TaskId) {
        if self.subscriptions.len() < MAX_SUBSCRIPTIONS
            && let Ok(mut states) = task::watch(&self.app.engine, self.caller.account, NAME, id).await
        {
            let now = states.borrow_and_update().clone();
            match now.state {
                TaskState::Draft | TaskState::AwaitingApproval | TaskState::Paused => {}
                TaskState::Queued | TaskState::Running | TaskState::Succeeded | TaskState::Failed | TaskState::Cancelled => {
                    states.mark_changed();
                }
            }
            self.follow(id, states, if now.state == TaskState::Paused { now.epoch } else { -1 }, None);
        }
    }

    fn follow(&mut self, id: TaskId, states: watch::Receiver<Arc<Snapshot>>, rested: i64, counted: Option<(i64, i64)>) {
        let forwarding = tokio::spawn(forward(states, self.told.clone()));
        self.subscriptions.insert(id, Subscription { forwarding, rested, owed: None, counted });
    }

    fn now(&self) -> Timestamp {
        self.app.engine.now()
    }
}

/// Passes on each state of a task, at most one a pace, but how it ended at once.
async fn forward(mut states: watch::Receiver<Arc<Snapshot>>, told: mpsc::Sender<Arc<Snapshot>>) {
    while states.changed().await.is_ok() {
        let snapshot = states.borrow_and_update().clone();
        let ended = snapshot.state.ended();
        if told.send(snapshot).await.is_err() {
            return;
        }
        if ended {
            continue;
        }
        // The end cuts the rest short. It is looked for on a receiver of its own: looking marks a state as seen.
        let mut ahead = states.clone();
        tokio::select! {
            () = tokio::time::sleep(PACE) => {}
            _ = ahead.wait_for(|snapshot| snapshot.state.ended()) => {}
        }
    }
}

fn foreign() -> Frame {
    Frame::Error { message: "任务不存在或无权访问".to_owned() }
}

/// The number of a task, at the top or under `data`, as a number or as text.
fn task_id(message: &serde_json::Map<String, Value>) -> Option<TaskId> {
    let value = message.get("task_id").or_else(|| message.get("data")?.get("task_id"))?;
    let number = match value {
        Value::Number(number) => number.as_i64().filter(|number| *number > 0),
        Value::String(text) => http::row_number(text),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    number.map(TaskId)
}

async fn send(socket: &mut WebSocket, frame: &Frame) -> Result<(), End> {
    http::send_text(socket, http::text(frame)).await.map_err(unsaid)
}

fn unsaid(unsaid: SendError) -> End {
    match unsaid {
        SendError::Gone => None,
        SendError::Slow => Some((1013, "too slow")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn d16_a_task_is_named_at_the_top_or_under_data() {
        for (message, expected) in [
            (json!({ "task_id": 7 }), Some(TaskId(7))),
            (json!({ "task_id": "7" }), Some(TaskId(7))),
            (json!({ "data": { "task_id": 7 } }), Some(TaskId(7))),
            (json!({ "task_id": 7.5 }), None),
            (json!({ "task_id": -7 }), None),
            (json!({ "task_id": [7] }), None),
            (json!({ "task_id": "' or 1=1" }), None),
            (json!({}), None),
        ] {
            assert_eq!(task_id(message.as_object().unwrap()), expected, "{message}");
        }
    }
}
