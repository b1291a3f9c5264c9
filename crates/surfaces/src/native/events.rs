//! One stream of events for many topics (server-sent events): where each task is now, then every newer state; and that a list is another
//! than before, so that whoever shows it reads it again.
//!
//! The stream is a hint that is always followed by the truth: whoever connects again gets the newest state of each task, unless the last
//! event's id says that it is known, and a hint for each list. It ends with the session, after half an hour, and when the server stops;
//! clients connect again.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    event::{List, Snapshot},
    id::TaskId,
};
use engine::{changes, kinds::any, session};
use futures_util::{
    future::{Either, pending, select_all},
    stream,
};
use tokio::{sync::watch, time::Instant};

use super::{Caller, Refusing, listing, query, wire};
use crate::http::{Address, App, RequestError, SESSION_CHECK, Slot, Values};

/// Topics on one stream, at most.
const MAX_TOPICS: usize = 50;
/// Between two hints for one list: whatever comes sooner is told with the next.
const LIST_PACE: Duration = Duration::from_secs(1);
/// A hint is given after so long in any case: the one that was due may have got lost on its way from another process.
const LIST_ANYWAY: Duration = Duration::from_secs(30);
/// Between two events: whatever comes sooner is told with the next.
const PACE: Duration = Duration::from_millis(200);
/// A comment is sent after so long without an event, so that no proxy takes the stream for idle.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A stream ends after so long.
const LONGEST: Duration = Duration::from_secs(1800);
/// How long clients wait before they connect again.
const RETRY: Duration = Duration::from_secs(3);

pub(super) async fn stream(
    State(app): State<App>,
    caller: Caller,
    address: Address,
    values: Values,
    headers: HeaderMap,
) -> Result<Response, Refusing> {
    let topics = query::words(&values, "topics", Topic::read)?;
    if topics.is_empty() || topics.len() > MAX_TOPICS {
        return Err(RequestError::Query { field: "topics" }.into());
    }
    let whose = listing::whose(&values)?;
    let mut lists = Vec::new();
    for topic in topics.iter().filter_map(|topic| topic.list()) {
        let whose = if topic == Topic::QUEUES { session::Whose::Everybody } else { whose };
        lists.push(Watched { name: topic.0, changes: changes::watch(&app.engine, &caller.0, topic.1, whose)?, due: true, told_at: None });
    }
    let tasks: Vec<TaskId> = topics.iter().filter_map(Topic::task).collect();
    let states = any::watch(&app.engine, &caller.0, &tasks).await?;
    let slot = app.slot(caller.0.account, &address)?;
    let known = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(Known::read).unwrap_or_default();
    let now = Instant::now();
    let events = Events {
        app,
        caller: caller.0,
        states,
        lists,
        known,
        next_at: now,
        check_at: now + SESSION_CHECK,
        ends_at: now + LONGEST,
        _slot: slot,
    };
    let stream = stream::unfold(events, async |mut events| events.next().await.map(|event| (Ok::<_, Infallible>(event), events)));
    let mut answer = Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    // nginx would hold events back otherwise.
    answer.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(answer)
}

/// What a stream is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Task(TaskId),
    List(ListTopic),
}

/// A list, by its name in `topics`, and what changes it.
type ListTopic = (&'static str, List);

impl Topic {
    /// What waits and what runs, of everybody's tasks.
    const QUEUES: ListTopic = ("queues", List::Tasks);
    const LISTS: [ListTopic; 4] = [("tasks", List::Tasks), ("orders", List::Orders), ("wallet", List::Wallet), Self::QUEUES];

    fn read(word: &str) -> Option<Self> {
        let list = || Self::LISTS.into_iter().find(|(name, _)| *name == word).map(Self::List);
        query::number("task", word).map(|id| Self::Task(TaskId(id))).or_else(list)
    }

    fn task(&self) -> Option<TaskId> {
        if let Self::Task(task) = self { Some(*task) } else { None }
    }

    fn list(&self) -> Option<ListTopic> {
        if let Self::List(list) = self { Some(*list) } else { None }
    }
}

/// A list that is watched.
struct Watched {
    name: &'static str,
    changes: watch::Receiver<()>,
    /// Whether a hint is due.
    due: bool,
    /// When the last one was given.
    told_at: Option<Instant>,
}

impl Watched {
    /// When its next hint is due, if nothing more happens.
    fn next_at(&self) -> Instant {
        match self.told_at {
            None => Instant::now(),
            Some(at) if self.due => at + LIST_PACE,
            Some(at) => at + LIST_ANYWAY,
        }
    }
}

/// An open stream.
struct Events {
    app: App,
    caller: session::Caller,
    states: Vec<watch::Receiver<Arc<Snapshot>>>,
    lists: Vec<Watched>,
    known: Known,
    /// The next event is not sent before then.
    next_at: Instant,
    /// The session is looked at then.
    check_at: Instant,
    ends_at: Instant,
    _slot: Slot,
}

impl Events {
    /// The next event; none at the end of the stream.
    async fn next(&mut self) -> Option<Event> {
        let ending = self.app.ending.clone();
        loop {
            if let Some(snapshot) = self.newer() {
                tokio::select! {
                    () = tokio::time::sleep_until(self.next_at) => {}
                    () = ending.cancelled() => return None,
                }
                self.next_at = Instant::now() + PACE;
                self.known.note(&snapshot);
                let event = Event::default().event("task").id(self.known.text()).retry(RETRY);
                return event.json_data(wire::TaskEvent::of(&snapshot)).ok();
            }
            if let Some(list) = self.lists.iter_mut().find(|list| list.next_at() <= Instant::now()) {
                list.due = false;
                list.told_at = Some(Instant::now());
                return Event::default().event("list").retry(RETRY).json_data(wire::ListEvent { list: list.name }).ok();
            }
            let hint_at = self.lists.iter().map(Watched::next_at).min();
            let tasks = self.states.iter_mut().map(|states| Box::pin(states.changed()));
            let tasks = if tasks.len() == 0 { Either::Left(pending()) } else { Either::Right(select_all(tasks)) };
            let waiting = self.lists.iter_mut().filter(|list| !list.due);
            let lists: Vec<_> = waiting
                .map(|list| {
                    Box::pin(async {
                        list.due = list.changes.changed().await.is_ok();
                        list.due
                    })
                })
                .collect();
            let lists = if lists.is_empty() { Either::Left(pending()) } else { Either::Right(select_all(lists)) };
            tokio::select! {
                (changed, ..) = tasks => if changed.is_err() {
                    return None;
                },
                (told, ..) = lists => if !told {
                    return None;
                },
                () = tokio::time::sleep_until(hint_at.unwrap_or(self.ends_at)) => {}
                () = tokio::time::sleep_until(self.check_at) => {
                    self.check_at = Instant::now() + SESSION_CHECK;
                    // While the database is away the stream waits with it.
                    if matches!(session::renew(&self.app.engine, &self.caller).await, Err(engine::Error::Refused(_))) {
                        return None;
                    }
                }
                () = tokio::time::sleep_until(self.ends_at) => return None,
                () = ending.cancelled() => return None,
            }
        }
    }

    /// A state that the client does not know yet.
    fn newer(&mut self) -> Option<Arc<Snapshot>> {
        let known = &self.known;
        self.states.iter_mut().map(|states| Arc::clone(&states.borrow_and_update())).find(|snapshot| known.lacks(snapshot))
    }
}

/// What a client knows of its tasks: the order of the newest event of each. Handed out as the id of each event.
#[derive(Debug, Default, PartialEq, Eq)]
struct Known(Vec<(TaskId, Order)>);

/// Where a state stands among those of its task: epoch, sequence, whether it ended.
type Order = (i64, i64, bool);

impl Known {
    /// The text of an id; what is none of ours says that nothing is known.
    fn read(id: &str) -> Self {
        let bytes = URL_SAFE_NO_PAD.decode(id).unwrap_or_default();
        let text = String::from_utf8(bytes).unwrap_or_default();
        let one = |part: &str| {
            let mut numbers = part.split('.').map(|number| number.parse::<i64>().ok());
            let mut next = || numbers.next().flatten();
            Some((TaskId(next()?), (next()?, next()?, next()? == 1)))
        };
        Self(text.strip_prefix("1:").unwrap_or_default().split(',').filter_map(one).take(MAX_TOPICS).collect())
    }

    fn text(&self) -> String {
        let one = |(task, (epoch, sequence, ended)): &(TaskId, Order)| format!("{task}.{epoch}.{sequence}.{}", i64::from(*ended));
        URL_SAFE_NO_PAD.encode(format!("1:{}", self.0.iter().map(one).collect::<Vec<_>>().join(",")))
    }

    fn lacks(&self, snapshot: &Snapshot) -> bool {
        self.0.iter().find(|(task, _)| *task == snapshot.task).is_none_or(|(_, known)| order(snapshot) > *known)
    }

    fn note(&mut self, snapshot: &Snapshot) {
        self.0.retain(|(task, _)| *task != snapshot.task);
        self.0.push((snapshot.task, order(snapshot)));
    }
}

fn order(snapshot: &Snapshot) -> Order {
    (snapshot.epoch, snapshot.sequence, snapshot.state.ended())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_a_task_or_a_list() {
        assert_eq!(Topic::read("task_7"), Some(Topic::Task(TaskId(7))));
        assert_eq!(Topic::read("queues"), Some(Topic::List(Topic::QUEUES)));
        for word in ["", "task_", "task_x", "order_7", "entries"] {
            assert_eq!(Topic::read(word), None, "{word}");
        }
    }

    #[test]
    fn the_id_of_an_event_says_what_is_known() {
        let known = Known(vec![(TaskId(7), (1, 2, false)), (TaskId(9), (3, 0, true))]);
        assert_eq!(Known::read(&known.text()), known);
        for id in ["", "!", "MTI", &URL_SAFE_NO_PAD.encode("2:1.1.1.1"), &URL_SAFE_NO_PAD.encode("1:x.y")] {
            assert_eq!(Known::read(id), Known::default(), "{id}");
        }
    }
}
