//! `gongfang doctor`: what is set, what is there and what can be reached, each in a sentence that says what to do next.
//!
//! It changes nothing: a database of an older schema is named and not brought on.

mod machine;
mod network;

use engine::{Engine, letter::Language};
use store::Db;

use crate::{
    assemble, backup,
    config::{Config, MailSender, SmsSender},
    production, secrets,
};

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grade {
    /// As it should be.
    Well,
    /// It works, and somebody should look at it.
    Note,
    /// It does not work.
    Fault,
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) name: String,
    pub(crate) grade: Grade,
    pub(crate) text: String,
}

pub(super) fn finding(name: impl Into<String>, grade: Grade, text: impl Into<String>) -> Finding {
    Finding { name: name.into(), grade, text: text.into() }
}

/// Looks at everything.
pub(crate) async fn examine(config: &Config) -> Vec<Finding> {
    let mut found = vec![mode(config)];
    found.extend(machine::examine(config));
    found.extend(network::proxies(config));
    found.extend(senders(config));
    let installed = secrets::exist(config.data());
    found.push(match &installed {
        Ok(()) => finding("secrets", Grade::Well, format!("{} is there: keep a copy of it apart from the backups", secrets::FILE)),
        Err(error) => finding("secrets", Grade::Fault, error.to_string()),
    });
    if installed.is_ok() {
        found.extend(data(config).await);
    }
    found.push(backups(config));
    found.extend(network::reach(config).await);
    found
}

fn mode(config: &Config) -> Finding {
    let faults = production::faults(config);
    if !config.production() {
        return finding("mode", Grade::Note, "development, for this machine only: set mode = \"production\" where strangers come");
    }
    if faults.is_empty() {
        return finding("mode", Grade::Well, "production, and nothing weakens it");
    }
    finding("mode", Grade::Fault, format!("production does not start like this: {}", faults.join("; ")))
}

/// Who carries codes and letters, as configured.
fn senders(config: &Config) -> Vec<Finding> {
    let judged = |name: &str, sender: String, outbox: bool, none: bool| {
        if none {
            finding(name, Grade::Note, format!("nobody carries them: set {name}.sender, or whoever signs in that way is refused"))
        } else if outbox {
            finding(name, Grade::Note, "kept for developers: `gongfang outbox` shows them".to_owned())
        } else {
            finding(name, Grade::Well, format!("carried by {sender}; `gongfang outbox` shows what became of the last ones"))
        }
    };
    let (sms, mail) = (config.sms.sender, config.mail.sender);
    vec![
        judged("sms", sms.to_string(), sms == SmsSender::Outbox, sms == SmsSender::None),
        judged("mail", mail.to_string(), mail == MailSender::Outbox, mail == MailSender::None),
    ]
}

/// The database, and what stands in it.
async fn data(config: &Config) -> Vec<Finding> {
    // Opening a file that is not there would make it.
    if let Ok(file) = backup::file(config)
        && !file.exists()
    {
        return vec![finding("database", Grade::Note, "there is none yet: `gongfang serve` makes it")];
    }
    let db = match assemble::database(config).await {
        Ok(db) => db,
        Err(error) => return vec![finding("database", Grade::Fault, format!("{error:#}"))],
    };
    let (grade, schema) = schema(&db).await;
    db.close().await;
    let mut found = vec![schema];
    if grade != Grade::Well {
        return found;
    }
    let engine = match assemble::build_engine(config, None).await {
        Ok(engine) => engine,
        Err(error) => {
            found.push(finding("database", Grade::Fault, format!("{error:#}")));
            return found;
        }
    };
    found.extend(engine_parts(&engine).await);
    found.extend(network::clock(config, &engine).await);
    engine.close().await;
    found
}

async fn schema(db: &Db) -> (Grade, Finding) {
    let newest = store::migrate::newest();
    let (grade, text) = match engine::backup::schema(db).await {
        Ok(found) if found == newest => (Grade::Well, format!("schema {found}, the newest that this program knows")),
        Ok(0) => (Grade::Note, "empty: `gongfang serve` or `gongfang migrate` makes the schema".to_owned()),
        Ok(found) if found < newest => {
            (Grade::Note, format!("schema {found}: `gongfang migrate` brings it to {newest}, as the next `gongfang serve` does"))
        }
        Ok(found) => (Grade::Fault, format!("schema {found} is newer than {newest}, which this program knows: start the newer program")),
        Err(error) => (Grade::Fault, format!("it does not answer: {error}")),
    };
    (grade, finding("database", grade, text))
}

/// What the engine says of itself, and of every gateway.
async fn engine_parts(engine: &Engine) -> Vec<Finding> {
    let grade = |well: bool| if well { Grade::Well } else { Grade::Fault };
    let mut found = Vec::new();
    match engine::health::examine(engine, Language::English).await {
        // What a running server alone knows, and what is looked at above, is left out.
        Ok(parts) => found.extend(
            parts
                .into_iter()
                .filter(|part| part.name == "providers" || part.name.starts_with("queue"))
                .map(|part| finding(part.name, if part.well { Grade::Well } else { Grade::Note }, part.text)),
        ),
        Err(error) => found.push(finding("database", Grade::Fault, error.to_string())),
    }
    match engine::method::test_all(engine, Language::English).await {
        Ok(tests) if tests.is_empty() => {
            found.push(finding("payments", Grade::Note, "no payment method is switched on: orders are refused"))
        }
        Ok(tests) => {
            for (name, checks) in tests {
                found.extend(
                    checks.into_iter().map(|check| finding(format!("payment {name}, {}", check.what), grade(check.well), check.text)),
                );
            }
        }
        Err(error) => found.push(finding("payments", Grade::Fault, error.to_string())),
    }
    found
}

fn backups(config: &Config) -> Finding {
    use domain::time::Timestamp;
    use engine::backup::Known;
    use outside::clock::SystemClock;
    use ports::clock::Clock;
    if !config.database.is_empty() {
        return finding("backups", Grade::Note, "a PostgreSQL is copied by its own tools: see that pg_dump runs (docs/operations.md)");
    }
    let newest_at = match backup::list(config) {
        Ok(all) => all.first().map(backup::Kept::made_at),
        Err(error) => return finding("backups", Grade::Fault, format!("{error:#}")),
    };
    let by_itself = config.backup.every_h.get() > 0;
    let patience = by_itself.then(|| std::time::Duration::from_secs(config.backup.alarm_h.get() * 3600));
    let known = Known { newest_at, fault: None, patience, since: Timestamp(0) };
    let (well, text) = known.judge(SystemClock::new().now(), Language::English);
    let grade = match (well, by_itself) {
        (false, _) => Grade::Fault,
        (true, false) => Grade::Note,
        (true, true) => Grade::Well,
    };
    finding("backups", grade, text)
}
