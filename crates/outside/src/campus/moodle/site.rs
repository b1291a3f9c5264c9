//! Sites: their addresses as people paste them, and their public configuration, which is available before anybody signs in.

use ports::campus::{Campus, CampusError, Freshness};
use serde_json::{Value, json};

use super::{
    super::sites::normal,
    Moodle,
    refusal::{OFF, nonsense, unjudged, wrong_address},
    wire::Refusal,
};

/// The service that answers without a token.
const PUBLIC: &str = "/lib/ajax/service-nologin.php";

/// The first path segments of pages below a site; everything from there on is not part of the site's address.
pub(super) const PAGES: [&str; 24] = [
    "admin",
    "auth",
    "badges",
    "blocks",
    "blog",
    "calendar",
    "cohort",
    "course",
    "enrol",
    "grade",
    "group",
    "lib",
    "local",
    "login",
    "message",
    "mod",
    "my",
    "notes",
    "question",
    "report",
    "tag",
    "theme",
    "user",
    "webservice",
];

/// A site's public configuration.
#[derive(Debug, Clone)]
pub(super) struct PublicConfig {
    /// Its canonical address.
    address: Option<String>,
    maintenance: bool,
    /// Whether its web services, and those for mobile use, are on.
    pub(super) services: bool,
    /// Whether the service itself accepts name and password, rather than a page in a browser.
    passwords: bool,
}

impl PublicConfig {
    fn read(answer: &Value) -> Result<Self, CampusError> {
        if let Some(refusal) = Refusal::of(answer) {
            return Err(match refusal.errorcode.as_str() {
                "redirecterrordetected" | "requirecorrectaccess" => wrong_address(),
                _ => nonsense(),
            });
        }
        let first = &answer[0];
        if first.is_null() {
            return Err(nonsense());
        }
        // An older site does not know the function: the token service will show it.
        let config = &first["data"];
        let is = |name: &str, number: i64| {
            let value = &config[name];
            value.as_str().map_or(*value == number, |text| text == number.to_string()) || value.as_bool() == Some(number != 0)
        };
        let address = ["httpswwwroot", "wwwroot"].iter().find_map(|name| config[name].as_str()).filter(|text| !text.is_empty());
        Ok(Self {
            address: address.and_then(normal),
            maintenance: is("maintenanceenabled", 1),
            services: !is("enablewebservices", 0) && !is("enablemobilewebservice", 0),
            passwords: config["typeoflogin"].is_null() || is("typeoflogin", 1),
        })
    }

    /// Checks that name and password may be sent.
    pub(super) fn lets_sign_in(&self) -> Result<(), CampusError> {
        if self.maintenance {
            return Err(CampusError::away("学习平台正在维护"));
        }
        if !self.services {
            return Err(CampusError::Unavailable(OFF.to_owned()));
        }
        if !self.passwords {
            let why = "该站点使用统一身份认证，不能用密码登录，请在配置管理中粘贴访问令牌 (cx_token)";
            return Err(CampusError::SignInRefused(why.to_owned()));
        }
        Ok(())
    }
}

impl Moodle {
    /// A site's public configuration, asked for once for all its learners.
    pub(super) async fn public_config(&self, site: &str, freshness: Freshness) -> Result<PublicConfig, CampusError> {
        let key = site.to_owned();
        let _one = self.memory.asking.hold(key.clone()).await;
        if freshness == Freshness::Recent
            && let Some(config) = self.memory.configs.get(&key, self.sites.now())
        {
            return Ok(config);
        }
        let asked = || self.once(site, PUBLIC, "application/json", asked().into());
        let answer = self.sites.patiently(asked).await.map_err(unjudged)?;
        let config = PublicConfig::read(&answer)?;
        self.memory.configs.put(key, config.clone(), self.sites.now());
        Ok(config)
    }

    /// A site's canonical address, which is asked for once; if it is not a usable site, the error is worded for the learner.
    pub(super) async fn own_address(&self, site: &str) -> Result<String, CampusError> {
        let mut site = site.to_owned();
        for _ in 0..3 {
            let answer = self.send(&site, PUBLIC, "application/json", asked().into()).await.map_err(unjudged)?;
            let unlike = || CampusError::Unavailable("该地址没有返回 Moodle 的数据，请填写 Moodle 站点首页的地址".to_owned());
            let answer: Value = ports::lenient::json(&answer).map_err(|_| unlike())?;
            if Refusal::of(&answer).is_none() && answer[0].is_null() {
                return Err(unlike());
            }
            let config = PublicConfig::read(&answer)?;
            // A site that the operator listed is called by the address they listed.
            let Some(own) = config.address.clone().filter(|own| *own != site && !self.sites.listed(&site)) else {
                self.memory.configs.put(site.clone(), config, self.sites.now());
                return Ok(site);
            };
            site = self.site(&own).map_err(CampusError::Unavailable)?;
        }
        Err(wrong_address())
    }
}

fn asked() -> String {
    json!([{ "index": 0, "methodname": "tool_mobile_get_public_config", "args": {} }]).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campus::sites::without_page;

    #[test]
    fn an_address_is_pasted_from_anywhere() {
        let site = |text: &str| without_page(text, &PAGES).and_then(|url| normal(url.as_str()));
        for (text, expected) in [
            ("https://moodle.example.edu/login/index.php", "https://moodle.example.edu"),
            ("https://moodle.example.edu/my/", "https://moodle.example.edu"),
            ("https://moodle.example.edu/course/view.php?id=2", "https://moodle.example.edu"),
            ("https://moodle.example.edu/?lang=de", "https://moodle.example.edu"),
            ("https://moodle.example.edu/#x", "https://moodle.example.edu"),
            ("moodle.example.edu", "https://moodle.example.edu"),
            (" moodle.example.edu/learn/my/courses.php ", "https://moodle.example.edu/learn"),
            ("https://example.edu/learn/index.php", "https://example.edu/learn"),
            ("http://127.0.0.1:8000/moodle/", "http://127.0.0.1:8000/moodle"),
            ("127.0.0.1:8000/moodle/my/", "http://127.0.0.1:8000/moodle"),
            ("https://Moodle.Example.EDU//", "https://moodle.example.edu"),
        ] {
            assert_eq!(site(text).as_deref(), Some(expected), "{text}");
        }
        for bad in ["", "https://", "https://u:p@x.example", "javascript:alert(1)"] {
            assert_eq!(site(bad), None, "{bad}");
        }
    }
}
