//! Tencent Cloud's SMS service (SendSms, 2021-01-11) and its request signature TC3 (docs/protocols.md, Text messages).

use std::sync::Arc;

use domain::verification::LIFETIME;
use ports::{
    carrier::{Carrier, Parcel, Undelivered},
    clock::Clock,
    lenient,
};

use super::{one_number, word};
use crate::{
    digest::{hash, hex, mac},
    egress::Egress,
};

const CONTENT_TYPE: &str = "application/json; charset=utf-8";

/// An account with the service.
pub struct Tencent {
    /// The guarded client.
    pub egress: Egress,
    /// The time that requests are signed with.
    pub clock: Arc<dyn Clock>,
    /// `https://sms.tencentcloudapi.com`, without a slash at the end.
    pub url: String,
    /// The region, such as `ap-guangzhou`.
    pub region: String,
    /// The secret's id.
    pub key_id: String,
    /// The secret.
    pub secret: String,
    /// The application's id.
    pub app_id: String,
    /// The approved signature that the message begins with.
    pub sign_name: String,
    /// The approved template's id; its two parameters are the code and the minutes for which it is valid.
    pub template: String,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    response: Response,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    #[serde(default, deserialize_with = "lenient::absent")]
    send_status_set: Vec<Status>,
    error: Option<Status>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    #[serde(default, deserialize_with = "lenient::text")]
    code: String,
}

#[async_trait::async_trait]
impl Carrier for Tencent {
    fn name(&self) -> &'static str {
        "tencent"
    }

    async fn carry(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        let to = one_number(&parcel.to)?;
        let body = serde_json::json!({
            "PhoneNumberSet": [to],
            "SmsSdkAppId": self.app_id,
            "SignName": self.sign_name,
            "TemplateId": self.template,
            "TemplateParamSet": [parcel.letter.code, (LIFETIME.as_secs() / 60).to_string()],
        })
        .to_string();
        let host = self.url.split_once("://").map_or(self.url.as_str(), |(_, host)| host);
        let now = self.clock.now().seconds();
        let call = Call { service: "sms", host, action: Some("sendsms"), now, body: &body };
        let headers = [
            ("content-type", CONTENT_TYPE.to_owned()),
            ("x-tc-action", "SendSms".to_owned()),
            ("x-tc-version", "2021-01-11".to_owned()),
            ("x-tc-region", self.region.clone()),
            ("x-tc-timestamp", now.to_string()),
            ("authorization", call.authorization(&self.key_id, &self.secret)),
        ];
        let answer = self.egress.post(&format!("{}/", self.url), &headers, body.clone().into_bytes()).await?;
        let answer: Answer = lenient::json(&answer.body)
            .map_err(|_| Undelivered::Passing { text: format!("answered {} without a code", answer.status), retry_after: None })?;
        match (answer.response.error, answer.response.send_status_set.as_slice()) {
            (Some(error), _) => judged(&error.code),
            (None, [status]) => judged(&status.code),
            (None, _) => Err(Undelivered::Passing { text: "answered without one status".to_owned(), retry_after: None }),
        }
    }
}

/// What a code of the service means for us.
fn judged(code: &str) -> Result<(), Undelivered> {
    let text = word(code);
    Err(match code {
        "Ok" => return Ok(()),
        // Other limits apply to the whole application; the operator has to raise them.
        code if code.starts_with("LimitExceeded.PhoneNumber") => Undelivered::TooOften { text },
        "LimitExceeded.DeliveryFrequencyLimit" => Undelivered::TooOften { text },
        "InvalidParameterValue.IncorrectPhoneNumber"
        | "FailedOperation.PhoneNumberInBlacklist"
        | "FailedOperation.PhoneNumberParseFail" => Undelivered::Recipient { text },
        code if code.starts_with("RequestLimitExceeded") => Undelivered::Passing { text, retry_after: None },
        "InternalError"
        | "InternalError.Timeout"
        | "InternalError.SendAndRecvFail"
        | "InternalError.UnknownError"
        | "InternalError.OtherError" => Undelivered::Passing { text, retry_after: None },
        _ => Undelivered::Operator { text },
    })
}

/// A call to be signed. The date in a signature's scope is the UTC date of its timestamp.
struct Call<'a> {
    service: &'a str,
    host: &'a str,
    /// The action in lower case, if it is signed, too.
    action: Option<&'a str>,
    /// Unix seconds.
    now: i64,
    body: &'a str,
}

impl Call<'_> {
    fn names(&self) -> &'static str {
        if self.action.is_some() { "content-type;host;x-tc-action" } else { "content-type;host" }
    }

    fn date(&self) -> String {
        jiff::Timestamp::from_second(self.now).unwrap_or_default().strftime("%Y-%m-%d").to_string()
    }

    fn authorization(&self, key_id: &str, secret: &str) -> String {
        let scope = format!("{}/{}/tc3_request", self.date(), self.service);
        format!("TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={}, Signature={}", self.names(), self.signature(secret))
    }

    fn signature(&self, secret: &str) -> String {
        let Self { service, host, action, now, body } = self;
        let (date, names) = (self.date(), self.names());
        let action = action.map(|action| format!("x-tc-action:{action}\n")).unwrap_or_default();
        let canonical = format!("POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\n{action}\n{names}\n{}", hash(body.as_bytes()));
        let text = format!("TC3-HMAC-SHA256\n{now}\n{date}/{service}/tc3_request\n{}", hash(canonical.as_bytes()));
        let day = mac(format!("TC3{secret}").as_bytes(), date.as_bytes());
        let key = mac(&mac(&day, service.as_bytes()), b"tc3_request");
        hex(&mac(&key, text.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors T1 to T3 (published) and T4 (docs/protocols.md, Text messages).
    #[test]
    fn the_vectors_t1_to_t4_hold() {
        let unnamed = r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#;
        let named = r#"{"Limit": 1, "Filters": [{"Values": ["unnamed"], "Name": "instance-name"}]}"#;
        let send = r#"{"PhoneNumberSet":["+8613800138000"],"SmsSdkAppId":"1400006666","SignName":"工坊","TemplateId":"1234","TemplateParamSet":["123456","5"]}"#;
        let published = "Gu5t9xGARNpq86cd98joQYCN3*******";
        let (cvm, sms) = (("cvm", "cvm.tencentcloudapi.com"), ("sms", "sms.tencentcloudapi.com"));
        for (name, (service, host), action, secret, body, signature) in [
            (
                "T1",
                cvm,
                Some("describeinstances"),
                "********************************",
                unnamed,
                "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
            ),
            ("T2", cvm, None, published, unnamed, "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"),
            ("T3", cvm, None, published, named, "c492e8e41437e97a620b728c301bb8d17e7dc0c17eeabce80c20cd70fc3a78ff"),
            ("T4", sms, Some("sendsms"), "SECRETEXAMPLE", send, "b1e1ec81f4cc8df2707151681fb73761ccf001b3b1148002e690adb6194c412e"),
        ] {
            let call = Call { service, host, action, now: 1_551_113_065, body };
            assert_eq!(call.signature(secret), signature, "{name}");
        }
    }

    #[test]
    fn the_scopes_date_changes_at_midnight_utc() {
        let date = |now| Call { service: "sms", host: "h", action: None, now, body: "" }.date();
        assert_eq!((date(1_551_139_199), date(1_551_139_200)), ("2019-02-25".to_owned(), "2019-02-26".to_owned()));
    }

    #[test]
    fn the_services_errors_have_their_meaning() {
        assert_eq!(judged("Ok"), Ok(()));
        for often in
            ["LimitExceeded.PhoneNumberDailyLimit", "LimitExceeded.PhoneNumberOneHourLimit", "LimitExceeded.DeliveryFrequencyLimit"]
        {
            assert!(matches!(judged(often), Err(Undelivered::TooOften { .. })), "{often}");
        }
        for recipient in ["InvalidParameterValue.IncorrectPhoneNumber", "FailedOperation.PhoneNumberParseFail"] {
            assert!(matches!(judged(recipient), Err(Undelivered::Recipient { .. })), "{recipient}");
        }
        for passing in ["InternalError.Timeout", "RequestLimitExceeded", "RequestLimitExceeded.IPLimitExceeded"] {
            assert!(matches!(judged(passing), Err(Undelivered::Passing { .. })), "{passing}");
        }
        for operator in [
            "FailedOperation.InsufficientBalanceInSmsPackage",
            "AuthFailure.SignatureFailure",
            "LimitExceeded.AppDailyLimit",
            "LimitExceeded.AppMainlandChinaDailyLimit",
            "InternalError.SigVerificationFail",
            "",
        ] {
            assert!(matches!(judged(operator), Err(Undelivered::Operator { .. })), "{operator}");
        }
    }
}
