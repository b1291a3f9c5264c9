//! How this server is, part by part, each with a sentence for its operator.

use std::time::Duration;

use domain::{delivery::Channel, task::State};

use crate::{Engine, Error, audit::administers, letter::Language, runtime_settings, session::Caller};

/// How long a task may wait before its queue is named.
const LONG: Duration = Duration::from_secs(600);

/// A part, and how it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name: `database`, `messages`, `providers`, `sms`, `mail`, `backups`, or `queue` and a kind.
    pub name: String,
    /// Whether it is well.
    pub well: bool,
    /// A sentence about it: what is wrong, and what to do.
    pub text: String,
}

/// Every part.
///
/// # Errors
/// [`Refusal::Forbidden`](domain::refusal::Refusal::Forbidden) for everybody but administrators; [`Error::Fault`] if the database does not
/// answer at all.
pub async fn parts(engine: &Engine, caller: &Caller, language: Language) -> Result<Vec<Part>, Error> {
    administers(caller)?;
    examine(engine, language).await
}

/// The same for whoever has the machine.
///
/// # Errors
/// [`Error::Fault`] if the database does not answer at all.
pub async fn examine(engine: &Engine, language: Language) -> Result<Vec<Part>, Error> {
    let say = |chinese: String, english: String| match language {
        Language::Chinese => chinese,
        Language::English => english,
    };
    let kinds: Vec<&'static str> = engine.kinds.iter().map(|kind| kind.name()).collect();
    let now = engine.now();
    let read = engine.db.read(async move |tx| {
        let mut oldest = Vec::new();
        for kind in &kinds {
            oldest.push((*kind, store::task::oldest(tx, kind, State::Queued).await?));
        }
        let hour = now.minus(Duration::from_secs(3600));
        let mut sent = Vec::new();
        for channel in Channel::ALL {
            sent.push((channel, store::delivery::given_up(tx, channel, hour).await?));
        }
        Ok::<_, Error>((oldest, sent))
    });
    let (oldest, sent) = read.await?;
    let took = engine.now().since(now).as_millis();
    let writable = engine.writable();
    let mut parts = vec![Part {
        name: "database".to_owned(),
        well: writable,
        text: if writable {
            say(format!("数据库正常，响应 {took} 毫秒"), format!("The database answers in {took} ms and can be written to"))
        } else {
            say(
                "数据库无法写入，请检查磁盘空间和权限".to_owned(),
                "The database cannot be written to: look at the disk and at permissions".to_owned(),
            )
        },
    }];
    let missing = engine.kinds.missing();
    parts.push(Part {
        name: "providers".to_owned(),
        well: missing.is_empty(),
        text: if missing.is_empty() {
            say("处理任务所需的程序和服务都在".to_owned(), "Everything that tasks need is there".to_owned())
        } else {
            missing.join("; ")
        },
    });
    for (channel, (failed, all)) in sent {
        let closed = engine.transports.missing().into_iter().find(|text| text.starts_with(channel.word()));
        let well = closed.is_none() && failed * 4 <= all;
        let said =
            say(format!("最近一小时 {all} 条消息，{failed} 条失败"), format!("Of {all} messages in the last hour {failed} were given up"));
        parts.push(Part { name: channel.word().to_owned(), well, text: closed.unwrap_or(said) });
    }
    let (well, text) = engine.backups.known().judge(engine.now(), language);
    parts.push(Part { name: "backups".to_owned(), well, text });
    for (kind, oldest) in oldest {
        let waits = oldest.map_or(Duration::ZERO, |at| now.since(at));
        let minutes = waits.as_secs() / 60;
        let (well, text) = if runtime_settings::paused(engine, kind) {
            (false, say("已由管理员暂停".to_owned(), "An administrator paused it".to_owned()))
        } else if waits > LONG {
            let chinese = format!("最早的任务已等待 {minutes} 分钟，请检查执行者是否在运行");
            (false, say(chinese, format!("The first task has waited for {minutes} minutes: see whether workers run")))
        } else {
            (true, say("没有久等的任务".to_owned(), "No task waits for long".to_owned()))
        };
        parts.push(Part { name: format!("queue.{kind}"), well, text });
    }
    Ok(parts)
}
