//! Calling a site: gently, with one call of a learner at a time, and telling its refusals apart (docs/surfaces/campus.md, How gently a
//! site is called).

use bytes::Bytes;
use domain::text::{COMPONENT, percent_encoded};
use ports::{
    campus::{CampusError, Freshness, Token},
    lenient,
    web::{Method, Reply, Request},
};
use serde_json::Value;

use super::{
    Moodle,
    refusal::{self, OFF, nonsense},
    site::PAGES,
    wire::Refusal,
};

/// The largest answer in bytes.
const MAX_BYTES: usize = 8 << 20;
/// The function that every token may call.
pub(super) const SITE_INFO: &str = "core_webservice_get_site_info";

pub(super) fn form(fields: &[(&str, &str)]) -> Bytes {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", percent_encoded(name, COMPONENT), percent_encoded(value, COMPONENT));
    fields.iter().map(pair).collect::<Vec<_>>().join("&").into()
}

/// The result of calling a function of a site's web services.
pub(super) enum Called {
    /// Its answer.
    Answer(Value),
    /// The site refused.
    Refused(Refusal),
}

impl Moodle {
    /// Makes one call when it gets its turn at the site, and returns the body of the answer. Only calls that are safe to repeat are
    /// retried.
    pub(super) async fn send(&self, site: &str, path: &str, kind: &str, body: Bytes) -> Result<Bytes, CampusError> {
        let request = Request {
            method: Method::Post,
            body: Some(body),
            url: format!("{site}{path}"),
            headers: vec![("content-type".to_owned(), kind.to_owned()), ("accept".to_owned(), "application/json".to_owned())],
            most_bytes: MAX_BYTES,
            deadline: self.sites.deadline(),
            redirects: 0,
            buys: false,
            verbatim: false,
        };
        let Reply { status, body, .. } = self.sites.send(site, request, &PAGES).await?;
        match status {
            200 => Ok(body),
            // Web services are off: the endpoint answers 403 with an empty body.
            403 if body.is_empty() => Err(CampusError::SignInRefused(OFF.to_owned())),
            404 | 410 => Err(CampusError::Unavailable("该地址不是 Moodle 站点（404），请检查站点设置".to_owned())),
            _ => Err(nonsense()),
        }
    }

    /// As [`Moodle::send`], read as JSON.
    pub(super) async fn once(&self, site: &str, path: &str, kind: &str, body: Bytes) -> Result<Value, CampusError> {
        lenient::json(&self.send(site, path, kind, body).await?).map_err(|_| nonsense())
    }

    /// Calls a function of the site's web services, and returns its answer or its refusal. For an account that the site has blocked, no
    /// calls are made for a while.
    pub(super) async fn call(&self, token: &Token, function: &str, fields: &[(&str, &str)]) -> Result<Called, CampusError> {
        let key = (token.site.clone(), token.secret.clone());
        let _one = self.sites.one_at_a_time(token).await;
        if let Some(why) = self.memory.blocked.get(&key, self.sites.now()) {
            return Err(CampusError::AccountBlocked(why.to_owned()));
        }
        let fixed = [
            ("wstoken", token.secret.as_str()),
            ("wsfunction", function),
            ("moodlewsrestformat", "json"),
            // Names in the learner's language, if the site and its authors provide it.
            ("moodlewssettingfilter", "true"),
            ("moodlewssettinglang", "zh_cn"),
        ];
        let body = form(&[&fixed, fields].concat());
        let asked = || self.once(&token.site, "/webservice/rest/server.php", "application/x-www-form-urlencoded", body.clone());
        let answer = self.sites.patiently(asked).await?;
        let Some(refusal) = Refusal::of(&answer) else { return Ok(Called::Answer(answer)) };
        if let Some(why) = refusal::blocked(&refusal) {
            self.memory.blocked.put(key, why, self.sites.now());
            return Err(CampusError::AccountBlocked(why.to_owned()));
        }
        Ok(Called::Refused(refusal))
    }

    pub(super) async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        token: &Token,
        function: &str,
        fields: &[(&str, &str)],
    ) -> Result<T, CampusError> {
        let answer = match self.call(token, function, fields).await? {
            Called::Answer(answer) => answer,
            Called::Refused(refusal) => return Err(self.judged(token, function, &refusal).await?),
        };
        serde_json::from_value(answer).map_err(|_| nonsense())
    }

    /// What a refusal means. `accessexception` is the answer for invalid tokens, for services that were switched off and for much else: the
    /// site's public configuration, and a function that every token may call, tell them apart.
    pub(super) async fn judged(&self, token: &Token, function: &str, refusal: &Refusal) -> Result<CampusError, CampusError> {
        if refusal.errorcode == "accessexception" {
            if !self.public_config(&token.site, Freshness::Now).await?.services {
                return Ok(CampusError::away("该站点暂时关闭了网络服务，恢复后会继续使用现有的登录凭证"));
            }
            if function != SITE_INFO && matches!(self.call(token, SITE_INFO, &[]).await?, Called::Answer(_)) {
                return Ok(CampusError::Unavailable("该令牌没有使用此功能的权限".to_owned()));
            }
        }
        Ok(refusal::call(function, refusal))
    }
}
