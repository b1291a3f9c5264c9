//! Who carries messages, and how many: from the configuration to the engine's ways and rules.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, bail, ensure};
use config::Seconds;
use domain::window::Rule;
use engine::delivery::{Rules, Transport, Transports};
use outside::{
    mail::{Security, Smtp, SmtpSettings},
    sms::{Aliyun, Tencent},
    webhook::{self, Webhook},
};
use ports::{carrier::Carrier, clock::Clock, random::Random};

use crate::{
    config::{Config, MailSection, MailSecurity, MailSender, SmsSection, SmsSender},
    egress::client,
};

/// How long a vendor or a mail server may take to answer.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

/// The ways of both channels.
pub(crate) fn transports(config: &Config, clock: &Arc<dyn Clock>, random: Arc<dyn Random>) -> anyhow::Result<Transports> {
    Ok(Transports { sms: sms(config, &config.sms, clock, random)?, mail: mail(config, &config.mail, clock)? })
}

fn sms(config: &Config, section: &SmsSection, clock: &Arc<dyn Clock>, random: Arc<dyn Random>) -> anyhow::Result<Transport> {
    let SmsSection { key_id, sign_name, template, app_id, region, .. } = section.clone();
    let secret = section.secret.expose().to_owned();
    let url = |usual: &str| address(&section.url, usual);
    let needs = |keys: &[(&str, &str)]| needs("sms", section.sender.word(), keys);
    let vendor = [("key_id", key_id.as_str()), ("secret", &secret), ("sign_name", &sign_name), ("template", &template)];
    let clock = Arc::clone(clock);
    let carrier: Arc<dyn Carrier> = match section.sender {
        SmsSender::Outbox => return Ok(Transport::Outbox),
        SmsSender::None => return Ok(Transport::Closed),
        SmsSender::Aliyun => {
            needs(&vendor)?;
            let url = url("https://dysmsapi.aliyuncs.com");
            Arc::new(Aliyun { egress: client(config, DEADLINE)?, clock, random, url, key_id, secret, sign_name, template })
        }
        SmsSender::Tencent => {
            needs(&vendor)?;
            needs(&[("app_id", &app_id)])?;
            let url = url("https://sms.tencentcloudapi.com");
            let egress = client(config, DEADLINE)?;
            Arc::new(Tencent { egress, clock, url, region, key_id, secret, app_id, sign_name, template })
        }
        SmsSender::Webhook => {
            needs(&[("url", &section.url), ("secret", &secret)])?;
            hook(config, clock, &section.url, &secret)?
        }
    };
    Ok(Transport::Carried(carrier))
}

fn mail(config: &Config, section: &MailSection, clock: &Arc<dyn Clock>) -> anyhow::Result<Transport> {
    let needs = |keys: &[(&str, &str)]| needs("mail", section.sender.word(), keys);
    let carrier: Arc<dyn Carrier> = match section.sender {
        MailSender::Outbox => return Ok(Transport::Outbox),
        MailSender::None => return Ok(Transport::Closed),
        MailSender::Smtp => {
            needs(&[("host", &section.host), ("from", &section.from)])?;
            Arc::new(Smtp::new(smtp(section)?)?)
        }
        MailSender::Webhook => {
            needs(&[("url", &section.url), ("secret", section.secret.expose())])?;
            hook(config, Arc::clone(clock), &section.url, section.secret.expose())?
        }
    };
    Ok(Transport::Carried(carrier))
}

fn smtp(section: &MailSection) -> anyhow::Result<SmtpSettings> {
    let security = match section.security {
        MailSecurity::Starttls => Security::Starttls,
        MailSecurity::Tls => Security::Tls,
        MailSecurity::None => Security::None,
    };
    ensure!(
        security != Security::None || section.username.is_empty(),
        "mail.security is none: the password would be readable on its way; use starttls or tls"
    );
    let certificate = match section.certificate.as_str() {
        "" => None,
        path => Some(std::fs::read(path).with_context(|| format!("mail.certificate: {path} cannot be read"))?),
    };
    Ok(SmtpSettings {
        host: section.host.clone(),
        port: u16::try_from(section.port.get())?,
        security,
        username: section.username.clone(),
        password: section.password.expose().to_owned(),
        from: section.from.clone(),
        certificate,
        deadline: DEADLINE,
    })
}

fn hook(config: &Config, clock: Arc<dyn Clock>, url: &str, secret: &str) -> anyhow::Result<Arc<dyn Carrier>> {
    let egress = client(config, webhook::DEADLINE)?;
    Ok(Arc::new(Webhook { egress, clock, url: url.to_owned(), secret: secret.to_owned() }))
}

fn address(chosen: &str, usual: &str) -> String {
    if chosen.is_empty() { usual.to_owned() } else { chosen.trim_end_matches('/').to_owned() }
}

/// Says which keys a sender lacks.
fn needs(section: &str, sender: &str, keys: &[(&str, &str)]) -> anyhow::Result<()> {
    let missing: Vec<String> = keys.iter().filter(|(_, value)| value.is_empty()).map(|(key, _)| format!("{section}.{key}")).collect();
    ensure!(missing.is_empty(), "{section}.sender is {sender}, which needs {}", missing.join(", "));
    Ok(())
}

/// How often text messages may be sent.
pub(crate) fn sms_rules(config: &Config) -> anyhow::Result<Rules> {
    let codes = &config.codes;
    let (price, ceiling) = (config.sms.price.amount(), config.sms.daily_ceiling.amount());
    let ceiling = match (ceiling, price) {
        (0, _) => None,
        (_, 0) => bail!("sms.daily_ceiling needs sms.price: what one message costs"),
        (ceiling, price) if ceiling < price => bail!("sms.daily_ceiling is less than one message costs (sms.price)"),
        (ceiling, price) => Some(Rule { allowed: u32::try_from(ceiling / price).unwrap_or(u32::MAX), span: DAY }),
    };
    Ok(Rules {
        recipient: rules(&[cooldown(codes.sms_cooldown_s), (codes.sms_per_hour.allowed(), HOUR), (codes.sms_per_day.allowed(), DAY)]),
        ceiling,
        ..everybody(config)
    })
}

/// How often letters may be sent.
pub(crate) fn mail_rules(config: &Config) -> Rules {
    Rules { recipient: rules(&[cooldown(config.codes.mail_cooldown_s)]), ..everybody(config) }
}

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

fn everybody(config: &Config) -> Rules {
    Rules {
        origin: rules(&[(config.codes.per_address_per_hour.allowed(), HOUR)]),
        channel: rules(&[(config.codes.budget_per_minute.allowed(), Duration::from_secs(60))]),
        ..Rules::default()
    }
}

/// One in so many seconds; 0 seconds is no rule.
fn cooldown(seconds: Seconds) -> (u32, Duration) {
    (u32::from(seconds.get() > 0), seconds.span())
}

/// The rules that allow something; 0 is no rule.
fn rules(all: &[(u32, Duration)]) -> Vec<Rule> {
    all.iter().filter(|(allowed, _)| *allowed > 0).map(|(allowed, span)| Rule { allowed: *allowed, span: *span }).collect()
}

#[cfg(test)]
mod tests {
    use config::{Parsed, Yuan};

    use super::*;

    #[test]
    fn a_sender_says_what_it_needs() {
        let mut config = Config::default();
        let clock: Arc<dyn Clock> = Arc::new(doubles::ManualClock::at(domain::time::Timestamp(0)));
        let random = || Arc::new(doubles::SeededRandom::new(1));
        let fault = |config: &Config| transports(config, &clock, random()).map(drop).unwrap_err().to_string();
        config.sms.sender = SmsSender::Aliyun;
        assert_eq!(fault(&config), "sms.sender is aliyun, which needs sms.key_id, sms.secret, sms.sign_name, sms.template");
        config.sms.sender = SmsSender::None;
        config.mail.sender = MailSender::Smtp;
        assert_eq!(fault(&config), "mail.sender is smtp, which needs mail.host, mail.from");
        config.mail =
            MailSection { host: "h".into(), from: "a@b.cn".into(), security: MailSecurity::None, username: "u".into(), ..config.mail };
        assert!(fault(&config).contains("readable on its way"));
    }

    #[test]
    fn a_ceiling_of_money_is_a_ceiling_of_messages() {
        let yuan = |text| Yuan::parse(text).unwrap();
        let mut config = Config::default();
        assert_eq!(sms_rules(&config).unwrap().ceiling, None);
        config.sms.daily_ceiling = yuan("100");
        assert_eq!(sms_rules(&config).unwrap().ceiling.map(|rule| rule.allowed), Some(2000));
        for (ceiling, price) in [("100", "0"), ("0.04", "0.05")] {
            config.sms.daily_ceiling = yuan(ceiling);
            config.sms.price = yuan(price);
            assert!(sms_rules(&config).is_err(), "{ceiling} {price}");
        }
    }
}
