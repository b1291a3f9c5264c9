//! What production demands before it starts, and what development is given. Each fault is one clear line.
//!
//! Production's own defaults stand behind `=>` in the declarations of their keys, below what the file says. This module
//! refuses a file that weakens them.

use std::collections::BTreeSet;

use domain::refusal::Refusal;
use engine::{
    Engine, Error,
    account::{self, NewAccount},
};

use crate::{
    config::{Config, MailSecurity, MailSender, MintRole, Platform, Reporter, SmsSender, UploadProvider},
    reach,
};

/// The published test account of the anime document.
const TEST: (&str, &str) = ("test@bigniu.com", "test123");
/// The administrator that development makes when nothing else is configured.
const DEFAULT_ADMIN: (&str, &str) = ("admin", "admin123456");

/// What is wrong with a configuration for production.
pub(crate) fn faults(config: &Config) -> Vec<String> {
    let mut faults = Vec::new();
    if !config.production() {
        return faults;
    }
    let excepted = |switch: &str| config.security_exceptions.iter().any(|exception| exception == switch);
    let mut switches = BTreeSet::new();
    let mut demand = |switch: &'static str, kept: bool, why: &str| {
        switches.insert(switch);
        if !kept && !excepted(switch) {
            faults.push(format!("{switch}: {why} (or name it in security_exceptions)"));
        }
    };
    demand("public_url", config.public_url.starts_with("https://"), "must be the https address people reach this server at");
    demand(
        "cors.origins",
        !config.cors.origins.is_empty() && config.cors.origins.iter().all(|origin| origin.0.starts_with("https://")),
        "must list the exact https origins of your front ends",
    );
    demand("docs.public", !config.docs.public, "must be false");
    demand("limits.enabled", config.limits.enabled, "must be true");
    demand("limits.per_address", config.limits.per_address, "must be true");
    demand("codes.echo", !config.codes.echo, "must be false, or everybody signs in as everybody");
    demand("codes.mint_role", config.codes.mint_role == MintRole::Admin, "must be admin, or everybody mints uses");
    demand("codes.sms_cooldown_s", config.codes.sms_cooldown_s.get() >= 60, "must be 60 at least");
    demand("codes.sms_per_hour", config.codes.sms_per_hour.get() > 0, "must be set");
    demand("codes.sms_per_day", (1..=10).contains(&config.codes.sms_per_day.get()), "must be from 1 to 10");
    demand("codes.mail_cooldown_s", config.codes.mail_cooldown_s.get() >= 60, "must be 60 at least");
    demand("codes.budget_per_minute", config.codes.budget_per_minute.get() > 0, "must be set, so that a flood costs no fortune");
    demand("sms.sender", config.sms.sender != SmsSender::Outbox, "must not be outbox, which keeps codes in clear");
    demand("sms.daily_ceiling", config.sms.daily_ceiling.amount() > 0, "must be set: what text messages may cost a day");
    let here = config.mail.host == "localhost" || config.mail.host.parse::<std::net::IpAddr>().is_ok_and(|host| host.is_loopback());
    demand(
        "mail.security",
        config.mail.security != MailSecurity::None || here,
        "must be starttls or tls, unless the server runs on this machine",
    );
    demand("mail.sender", config.mail.sender != MailSender::Outbox, "must not be outbox, which keeps codes in clear");
    demand("auth.password_min", config.auth.password_min.get() >= 8, "must be 8 at least");
    demand("auth.refuse_common", config.auth.refuse_common, "must be true");
    demand("users.public_profile", !config.users.public_profile, "must be false");
    demand("tasks.client_status", config.tasks.client_status == Reporter::Worker, "must be worker");
    demand("tasks.expose_paths", !config.tasks.expose_paths, "must be false");
    let sandboxed = config.mounts().iter().any(|(_, names)| names.contains(&"sandbox"));
    demand("listen.mounts", !sandboxed, "must not mount sandbox, whose gateway takes no money");
    demand("models.expose_url", !config.models.expose_url, "must be false");
    demand("payment.expose_key", !config.payment.expose_key, "must be false");
    demand(
        "uploads.provider",
        config.uploads.provider != UploadProvider::Builtin,
        "must be aliyun, aws or none; the built-in endpoint serves development",
    );
    let demo = config.campus.platforms.contains(&Platform::Demo);
    demand("campus.platforms", !demo, "must not name demo, which lets everybody in");
    demand("campus.canvas_https", config.campus.canvas_https, "must be true, or learners' tokens are readable on their way");
    demand("campus.moodle_https", config.campus.moodle_https, "must be true, or learners' passwords are readable on their way");
    demand("campus.mail_settings", !config.campus.mail_settings, "must be false: name your mail server in the section mail");
    let https = |url: &str| url.is_empty() || url.starts_with("https://");
    demand("storage.endpoint", https(&config.storage.endpoint), "must be an https address");
    let open = config.egress.ports.is_empty() || config.egress.ports.iter().any(|port| !matches!(port.0, 80 | 443));
    demand("egress.ports", !open, "must be 80 and 443");
    demand("egress.private_targets", !config.egress.private_targets, "must be false; name the hosts you need in egress.allow");
    for exception in config.security_exceptions.iter().filter(|exception| !switches.contains(exception.as_str())) {
        faults.push(format!("security_exceptions: {exception} is no switch that production demands"));
    }
    faults
}

/// Refuses a database in which a published account still opens.
pub(crate) async fn published_accounts(engine: &Engine) -> anyhow::Result<()> {
    for (name, password) in [TEST, DEFAULT_ADMIN] {
        anyhow::ensure!(
            !account::opens(engine, name, password).await?,
            "the account {name} still has its published password: run `gongfang admin reset-password {name}` before starting in production"
        );
    }
    Ok(())
}

/// Makes the published test account and an administrator where they are missing.
pub(crate) async fn seed(engine: &Engine, config: &Config) -> anyhow::Result<()> {
    let new = |username: Option<&str>, email: Option<&str>, password: &str, admin| NewAccount {
        username: username.map(str::to_owned),
        email: email.map(str::to_owned),
        password: Some(password.to_owned()),
        admin,
    };
    make(engine, TEST.0, new(None, Some(TEST.0), TEST.1, false)).await?;
    let admin = &config.admin;
    make(engine, &admin.username, new(Some(&admin.username), None, admin.password.expose(), true)).await?;
    reach::seed(engine, config).await
}

async fn make(engine: &Engine, name: &str, new: NewAccount) -> anyhow::Result<()> {
    if account::find(engine, name).await.is_ok() {
        return Ok(());
    }
    match account::create(engine, new).await {
        Ok(id) => {
            tracing::info!(account = id.0, name, "an account of development was made");
            Ok(())
        }
        // Another process was quicker.
        Err(Error::Refused(Refusal::Taken { .. })) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use config::Mode;

    use super::*;

    #[test]
    fn production_says_each_thing_that_is_missing() {
        let config = Config { mode: Mode::Production, ..Config::default() };
        let found = faults(&config);
        for switch in [
            "public_url",
            "cors.origins",
            "docs.public",
            "limits.per_address",
            "egress.private_targets",
            "codes.echo",
            "sms.sender",
            "tasks.client_status",
        ] {
            assert!(found.iter().any(|fault| fault.starts_with(switch)), "{switch}: {found:?}");
        }
        assert!(faults(&Config::default()).is_empty(), "development needs nothing");
    }
}
