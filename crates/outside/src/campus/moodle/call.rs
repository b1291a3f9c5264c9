//! Calling a site: gently, one call of a learner at a time, and its refusals told apart (facts: moodle §2.1, §2.3, §3).

use std::{sync::PoisonError, time::Duration};

use bytes::Bytes;
use domain::text::percent_encoded;
use ports::{
    campus::{Pass, Trouble},
    lenient,
    web::{Reply, Request},
};
use reqwest::Url;
use serde_json::Value;

use super::{super::trouble, Moodle, wire::Refusal};

/// The largest answer in bytes.
const MOST_BYTES: usize = 8 << 20;
/// How long a call may have to wait for its site's turn; a site that is asked by so many is busy.
const LONGEST_TURN: Duration = Duration::from_secs(15);
/// How long a rest a site may ask for within one call.
const LONGEST_REST: Duration = Duration::from_secs(10);
/// What is said of a site without web services.
pub(super) const OFF: &str = "该站点没有开放 Moodle 网络服务，请联系站点管理员";
/// The function that every token may call.
pub(super) const SITE_INFO: &str = "core_webservice_get_site_info";

pub(super) fn form(fields: &[(&str, &str)]) -> Bytes {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", percent_encoded(name, b""), percent_encoded(value, b""));
    fields.iter().map(pair).collect::<Vec<_>>().join("&").into()
}

pub(super) fn nonsense() -> Trouble {
    Trouble::away("学习平台返回了无法识别的数据，可能正在维护")
}

/// What a site refused before it looked at name and password, which are as good as before.
pub(super) fn unjudged(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Refused(why) => Trouble::Closed(why),
        other => other,
    }
}

/// A site's address in the form in which addresses are compared.
pub(super) fn normal(site: &str) -> Option<String> {
    Url::parse(site).ok().map(|url| url.as_str().trim_end_matches('/').to_owned())
}

impl Moodle {
    pub(super) fn listed(&self, site: &str) -> bool {
        self.sites.iter().filter_map(|listed| normal(listed)).any(|listed| listed == site)
    }

    /// One call, after the site's turn has come. Nothing is sent twice but what is safe to be.
    pub(super) async fn once(&self, site: &str, path: &str, kind: &str, body: Bytes) -> Result<Value, Trouble> {
        // The operator may have narrowed the list since the site was kept.
        if !self.sites.is_empty() && !self.listed(site) {
            return Err(Trouble::Refused("该站点不在管理员允许的列表中".to_owned()));
        }
        let slot = {
            let now = tokio::time::Instant::now();
            let mut next = self.memory.next.lock().unwrap_or_else(PoisonError::into_inner);
            next.retain(|_, at| *at > now);
            let slot = next.get(site).copied().unwrap_or(now);
            if slot - now > LONGEST_TURN {
                return Err(Trouble::away("学习平台的请求过多，请稍后再试"));
            }
            next.insert(site.to_owned(), slot + self.manner.spacing);
            slot
        };
        tokio::time::sleep_until(slot).await;
        let request = Request {
            body: Some(body),
            url: format!("{site}{path}"),
            headers: vec![("content-type".to_owned(), kind.to_owned()), ("accept".to_owned(), "application/json".to_owned())],
            most_bytes: MOST_BYTES,
            deadline: self.manner.deadline,
            redirects: 0,
            buys: false,
        };
        let web = if self.listed(site) { &self.web } else { &self.strangers };
        let Reply { status, body, .. } = web.send(request).await.map_err(trouble)?;
        match status {
            200 => lenient::json(&body).map_err(|_| nonsense()),
            300..=399 => Err(Trouble::away("该站点要求跳转到别处，请填写它的正式地址")),
            // Web services are off: the endpoint answers 403 and nothing.
            403 if body.is_empty() => Err(Trouble::Refused(OFF.to_owned())),
            _ => Err(nonsense()),
        }
    }

    /// As [`Moodle::once`], with a few more tries while the site is away.
    pub(super) async fn patiently(&self, site: &str, path: &str, kind: &str, body: Bytes) -> Result<Value, Trouble> {
        let mut waits = self.manner.waits.iter();
        loop {
            let (text, retry_after) = match self.once(site, path, kind, body.clone()).await {
                Err(Trouble::Away { text, retry_after }) => (text, retry_after),
                other => return other,
            };
            let Some(wait) = waits.next() else { return Err(Trouble::Away { text, retry_after }) };
            let mut jitter = [0];
            self.random.fill(&mut jitter);
            let wait = *wait / 2 + *wait / 2 * u32::from(jitter[0]) / 255;
            // A site that asks for a long rest gets it from whoever runs the task.
            match retry_after {
                Some(asked) if asked > LONGEST_REST => return Err(Trouble::Away { text, retry_after }),
                asked => tokio::time::sleep(asked.unwrap_or_default().max(wait)).await,
            }
        }
    }

    /// Calls a function of the site's web services: its answer, or its refusal.
    pub(super) async fn call(&self, pass: &Pass, function: &str, fields: &[(&str, &str)]) -> Result<Result<Value, Refusal>, Trouble> {
        let _one = self.memory.calling.hold((pass.site.clone(), pass.token.clone())).await;
        let fixed = [("wstoken", pass.token.as_str()), ("wsfunction", function), ("moodlewsrestformat", "json")];
        let body = form(&[&fixed, fields].concat());
        let answer = self.patiently(&pass.site, "/webservice/rest/server.php", "application/x-www-form-urlencoded", body).await?;
        Ok(match Refusal::of(&answer) {
            Some(refusal) => Err(refusal),
            None => Ok(answer),
        })
    }

    pub(super) async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        pass: &Pass,
        function: &str,
        fields: &[(&str, &str)],
    ) -> Result<T, Trouble> {
        let answer = match self.call(pass, function, fields).await? {
            Ok(answer) => answer,
            Err(refusal) => return Err(self.judged(pass, function, &refusal).await?),
        };
        serde_json::from_value(answer).map_err(|_| nonsense())
    }

    /// What a refusal means. `accessexception` is said of dead tokens and of much else: what every token may ask tells them apart.
    pub(super) async fn judged(&self, pass: &Pass, function: &str, refusal: &Refusal) -> Result<Trouble, Trouble> {
        if refusal.errorcode == "accessexception" && function != SITE_INFO && self.call(pass, SITE_INFO, &[]).await?.is_ok() {
            return Ok(Trouble::Closed("该令牌没有使用此功能的权限".to_owned()));
        }
        Ok(refused(function, refusal))
    }
}

/// Why a sign-in was refused (facts: moodle §2.1).
pub(super) fn barred(refusal: &Refusal) -> Trouble {
    let said = |text: &str| Trouble::Refused(text.to_owned());
    match refusal.errorcode.as_str() {
        "invalidlogin" => said("用户名或密码错误，或账号已被锁定"),
        "missingparam" => said("用户名或密码为空"),
        "servicenotavailable" | "enablewsdescription" => Trouble::Closed(OFF.to_owned()),
        "sitemaintenance" => Trouble::away("学习平台正在维护"),
        "usernotconfirmed" => said("该账号尚未通过邮件确认"),
        "passwordisexpired" | "restoredaccountresetpassword" => said("密码已过期，请先在学习平台上修改"),
        "noguest" => said("访客账号不能使用"),
        "cannotcreatetoken" => said("该账号没有使用网络服务的权限"),
        _ => said("学习平台拒绝了登录"),
    }
}

/// Why a call was refused (facts: moodle §2.3).
pub(super) fn refused(function: &str, refusal: &Refusal) -> Trouble {
    let closed = |text: &str| Trouble::Closed(text.to_owned());
    let shut = |text: &str| Trouble::Shut(text.to_owned());
    match refusal.errorcode.as_str() {
        "invalidtoken" | "accessexception" => Trouble::Ended("登录凭证已失效，请在配置管理中重新填写密码".to_owned()),
        "errorcoursecontextnotvalid"
            if [&refusal.message, &refusal.error].iter().any(|text| text.contains("forcepasswordchangenotice")) =>
        {
            shut("学习平台要求先修改密码")
        }
        "errorcoursecontextnotvalid" => shut("已不在这门课程中"),
        "requireloginerror" => closed("内容尚未开放或受到限制"),
        "invalidrecord" | "invalidcoursemodule" => closed("内容已不存在"),
        "nopermissions" | "nocriteriaset" => closed("没有查看权限"),
        "sitemaintenance" => Trouble::away("学习平台正在维护"),
        "servicenotavailable" | "enablewsdescription" => Trouble::Refused(OFF.to_owned()),
        code => {
            let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(60).collect();
            tracing::warn!(function, code, "a Moodle site refused a call");
            Trouble::Closed(format!("学习平台拒绝了请求（{code}）"))
        }
    }
}
