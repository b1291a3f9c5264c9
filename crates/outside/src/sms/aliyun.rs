//! Alibaba Cloud's SMS service (SendSms, 2017-05-25; docs/protocols.md, Text messages).

use std::sync::Arc;

use domain::account::published_phone;
use ports::{
    carrier::{Carrier, Parcel, Undelivered},
    clock::Clock,
    lenient,
    random::{Random, hex},
};

use super::{one_number, word};
use crate::{
    acs3::{Call, date},
    egress::Egress,
};

/// An account with the service.
pub struct Aliyun {
    /// The guarded client.
    pub egress: Egress,
    /// The time that requests are signed with.
    pub clock: Arc<dyn Clock>,
    /// Where nonces come from.
    pub random: Arc<dyn Random>,
    /// `https://dysmsapi.aliyuncs.com`, without a slash at the end.
    pub url: String,
    /// The access key's id.
    pub key_id: String,
    /// The access key's secret.
    pub secret: String,
    /// The approved signature that the message begins with.
    pub sign_name: String,
    /// The approved template, such as `SMS_71390007`; its only parameter is `code`.
    pub template: String,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default, deserialize_with = "lenient::text")]
    code: String,
}

#[async_trait::async_trait]
impl Carrier for Aliyun {
    fn name(&self) -> &'static str {
        "aliyun"
    }

    async fn carry(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        let to = one_number(&parcel.to)?;
        let number = published_phone(to).trim_start_matches('+');
        let host = self.url.split_once("://").map_or(self.url.as_str(), |(_, host)| host);
        let parameters = serde_json::json!({ "code": parcel.letter.code }).to_string();
        let out_id = parcel.id.to_string();
        let query = [
            ("OutId", out_id.as_str()),
            ("PhoneNumbers", number),
            ("SignName", &self.sign_name),
            ("TemplateCode", &self.template),
            ("TemplateParam", &parameters),
        ];
        let (now, nonce) = (date(self.clock.now()), hex::<16>(&*self.random));
        let call = Call { host, action: "SendSms", version: "2017-05-25", query: &query, date: &now, nonce: &nonce };
        let url = format!("{}/?{}", self.url, call.query());
        let answer = self.egress.post(&url, &call.headers(&self.key_id, &self.secret), Vec::new()).await?;
        // Failures have status 200, too; an answer that is not JSON came from something in between.
        let answer: Answer = lenient::json(&answer.body)
            .map_err(|_| Undelivered::Passing { text: format!("answered {} without a code", answer.status), retry_after: None })?;
        judged(&answer.code)
    }
}

/// What a code of the service means for us.
fn judged(code: &str) -> Result<(), Undelivered> {
    let text = word(code);
    Err(match code {
        "OK" => return Ok(()),
        "isv.BUSINESS_LIMIT_CONTROL" => Undelivered::TooOften { text },
        "isv.MOBILE_NUMBER_ILLEGAL" | "isv.MOBILE_COUNT_OVER_LIMIT" => Undelivered::Recipient { text },
        "isp.SYSTEM_ERROR" | "SystemError" | "ServiceUnavailable" => Undelivered::Passing { text, retry_after: None },
        code if code.starts_with("Throttling") => Undelivered::Passing { text, retry_after: None },
        _ => Undelivered::Operator { text },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_errors_have_their_meaning() {
        assert_eq!(judged("OK"), Ok(()));
        assert!(matches!(judged("isv.BUSINESS_LIMIT_CONTROL"), Err(Undelivered::TooOften { .. })));
        assert!(matches!(judged("isv.MOBILE_NUMBER_ILLEGAL"), Err(Undelivered::Recipient { .. })));
        assert!(matches!(judged("Throttling.User"), Err(Undelivered::Passing { .. })));
        for operator in
            ["isv.AMOUNT_NOT_ENOUGH", "isv.DAY_LIMIT_CONTROL", "isv.OUT_OF_SERVICE", "SignatureDoesNotMatch", "", "something new"]
        {
            assert!(matches!(judged(operator), Err(Undelivered::Operator { .. })), "{operator}");
        }
    }
}
