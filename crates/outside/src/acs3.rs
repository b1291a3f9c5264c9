//! The request signature of Alibaba Cloud, version 3 (ACS3-HMAC-SHA256; docs/protocols.md, Token services for uploads).

use domain::{
    text::{COMPONENT, percent_encoded},
    time::Timestamp,
};

use crate::digest::{hash, hex, mac};

/// A call of an RPC-style service: the parameters travel in the query, the body is empty.
pub(crate) struct Call<'a> {
    /// The service's host, with its port if it has one.
    pub(crate) host: &'a str,
    /// The action, such as `SendSms`.
    pub(crate) action: &'a str,
    /// The service's version, a date.
    pub(crate) version: &'a str,
    /// The parameters, in any order.
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// The current time, such as `2023-10-26T10:22:32Z`.
    pub(crate) date: &'a str,
    /// A nonce that was never used before.
    pub(crate) nonce: &'a str,
}

impl Call<'_> {
    /// The query as it is sent and signed: sorted, encoded by RFC 3986.
    pub(crate) fn query(&self) -> String {
        let mut pairs: Vec<String> = self
            .query
            .iter()
            .map(|(name, value)| format!("{}={}", percent_encoded(name, COMPONENT), percent_encoded(value, COMPONENT)))
            .collect();
        pairs.sort();
        pairs.join("&")
    }

    /// The headers to send in addition to `host`; the last one is the signature.
    pub(crate) fn headers(&self, key_id: &str, secret: &str) -> Vec<(&'static str, String)> {
        let names = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
        let authorization =
            format!("ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={}", self.signature(names, secret));
        vec![
            ("x-acs-action", self.action.to_owned()),
            ("x-acs-content-sha256", hash(b"")),
            ("x-acs-date", self.date.to_owned()),
            ("x-acs-signature-nonce", self.nonce.to_owned()),
            ("x-acs-version", self.version.to_owned()),
            ("authorization", authorization),
        ]
    }

    fn canonical(&self, names: &str) -> String {
        let Self { host, action, version, date, nonce, .. } = self;
        let empty = hash(b"");
        let headers = format!(
            "host:{host}\nx-acs-action:{action}\nx-acs-content-sha256:{empty}\nx-acs-date:{date}\nx-acs-signature-nonce:{nonce}\nx-acs-version:{version}\n"
        );
        format!("POST\n/\n{}\n{headers}\n{names}\n{empty}", self.query())
    }

    fn signature(&self, names: &str, secret: &str) -> String {
        let text = format!("ACS3-HMAC-SHA256\n{}", hash(self.canonical(names).as_bytes()));
        hex(&mac(secret.as_bytes(), text.as_bytes()))
    }
}

/// A time as the vendor writes it.
pub(crate) fn date(now: Timestamp) -> String {
    jiff::Timestamp::from_second(now.seconds()).unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &str = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
    const POLICY: &str =
        r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:PutObject"],"Resource":["acs:oss:*:*:b/u/42/*"]}]}"#;

    /// The vectors V1 (published) to V3 (docs/protocols.md, Text messages).
    #[test]
    fn the_vectors_v1_to_v3_hold() {
        let v1 = [("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"), ("RegionId", "cn-shanghai")];
        let v2 = [
            ("RoleArn", "acs:ram::1234567890123:role/firstrole"),
            ("RoleSessionName", "client"),
            ("DurationSeconds", "900"),
            ("Policy", POLICY),
        ];
        let v3 = [
            ("PhoneNumbers", "13800138000"),
            ("SignName", "阿里云短信测试专用"),
            ("TemplateCode", "SMS_71390007"),
            ("TemplateParam", r#"{"code":"123456"}"#),
        ];
        for (name, host, action, version, query, canonical, signature) in [
            (
                "V1",
                "ecs.cn-shanghai.aliyuncs.com",
                "RunInstances",
                "2014-05-26",
                &v1[..],
                "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259",
                "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
            ),
            (
                "V2",
                "sts.cn-beijing.aliyuncs.com",
                "AssumeRole",
                "2015-04-01",
                &v2[..],
                "b9bc08cb9b88fe2bffae8e92c1121dc574af017aff0d2d0f428b102be074ff5d",
                "7cd1c2dce762903c278f093963b128e851c6ce0410bab26410ab6dffe14343ae",
            ),
            (
                "V3",
                "dysmsapi.aliyuncs.com",
                "SendSms",
                "2017-05-25",
                &v3[..],
                "8e58218088111326eff0c42796320727b971899af5c14ca8aac27b3433702006",
                "bdfd4361b7a4439ab399c0c61397212bcc8f62034d433d66253953a613b3a082",
            ),
        ] {
            let call = Call { host, action, version, query, date: "2023-10-26T10:22:32Z", nonce: "3156853299f313e23d1673dc12e1703d" };
            assert_eq!(hash(call.canonical(NAMES).as_bytes()), canonical, "{name}");
            assert_eq!(call.signature(NAMES, "YourAccessKeySecret"), signature, "{name}");
        }
    }

    #[test]
    fn a_date_has_no_fraction() {
        assert_eq!(date(Timestamp(1_698_315_752_999_999)), "2023-10-26T10:22:32Z");
    }
}
