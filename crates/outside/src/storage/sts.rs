//! Temporary keys from the vendors' token services, always with an inline policy: one prefix, putting only (docs/protocols.md, Token
//! services for uploads).

use std::sync::Arc;

use bytes::Bytes;
use domain::{
    text::{COMPONENT, hex, percent_encoded},
    time::Timestamp,
};
use ports::{
    fault::Fault,
    grant::{CredentialIssuer, CredentialRequest, Grant},
    random::{self, Random},
    web::{Method, Request, Web},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    acs3,
    digest::{hash, mac},
    egress::{Answer, Egress},
};

/// The role whose rights are narrowed for each token.
#[derive(Clone)]
pub struct Role {
    /// The guarded client.
    pub egress: Egress,
    /// The token service's address; the vendor's own if empty.
    pub url: String,
    /// The id of the key that may assume the role.
    pub access_key: String,
    /// The secret of that key.
    pub secret_key: String,
    /// The role.
    pub role: String,
    /// The bucket.
    pub bucket: String,
    /// The bucket's region, such as `oss-cn-beijing` or `us-east-1`.
    pub region: String,
    /// The bucket's endpoint; the vendor's own if empty.
    pub endpoint: String,
}

impl Role {
    fn service(&self, own: String) -> String {
        if self.url.is_empty() { own } else { self.url.trim_end_matches('/').to_owned() }
    }
}

/// Alibaba Cloud STS, signed by ACS3.
pub struct AliyunSts {
    /// The role.
    pub role: Role,
    /// The source of nonces.
    pub random: Arc<dyn Random>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Credentials {
    access_key_id: String,
    #[serde(alias = "AccessKeySecret")]
    secret_access_key: String,
    #[serde(alias = "SecurityToken")]
    session_token: String,
    expiration: String,
}

impl Credentials {
    fn grant(self, role: &Role, endpoint: String) -> Result<Grant, Fault> {
        let expires: jiff::Timestamp = self.expiration.parse().map_err(|_| Fault::passing("the token service's expiry is no time"))?;
        Ok(Grant {
            access_key: self.access_key_id,
            secret_key: self.secret_access_key,
            session_token: self.session_token,
            expires_at: Timestamp(expires.as_microsecond()),
            region: role.region.clone(),
            bucket: role.bucket.clone(),
            endpoint: if role.endpoint.is_empty() { endpoint } else { role.endpoint.clone() },
        })
    }
}

/// Checks that a token service accepted the request; the error does not include the answer's body.
fn accepted(answer: &Answer) -> Result<(), Fault> {
    if answer.status.is_success() { Ok(()) } else { Err(Fault::lasting(format!("the token service answered {}", answer.status))) }
}

#[async_trait::async_trait]
impl CredentialIssuer for AliyunSts {
    async fn grant(&self, request: &CredentialRequest) -> Result<Grant, Fault> {
        let role = &self.role;
        // OSS writes the region as `oss-cn-beijing`, all other services as `cn-beijing`.
        let region = role.region.strip_prefix("oss-").unwrap_or(&role.region);
        let url = role.service(format!("https://sts.{region}.aliyuncs.com"));
        let host = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let policy = json!({ "Version": "1", "Statement": [{
            "Effect": "Allow",
            "Action": ["oss:PutObject", "oss:AbortMultipartUpload"],
            "Resource": [format!("acs:oss:*:*:{}/{}*", role.bucket, request.prefix)]
        }] });
        let (policy, session, seconds) = (policy.to_string(), format!("gf-u{}", request.account), request.lifetime.as_secs().to_string());
        let (date, nonce) = (acs3::date(request.now), random::hex::<16>(&*self.random));
        let query = [
            ("RoleArn", role.role.as_str()),
            ("RoleSessionName", &session),
            ("DurationSeconds", &seconds),
            ("Policy", &policy),
            ("Format", "JSON"),
        ];
        let call = acs3::Call { host, action: "AssumeRole", version: "2015-04-01", query: &query, date: &date, nonce: &nonce };
        let headers = call.headers(&role.access_key, &role.secret_key);
        let answer = role.egress.post(&format!("{url}/?{}", call.query()), &headers, Vec::new()).await?;
        accepted(&answer)?;
        #[derive(Deserialize)]
        struct Assumed {
            #[serde(rename = "Credentials")]
            credentials: Credentials,
        }
        let assumed: Assumed =
            serde_json::from_slice(&answer.body).map_err(|_| Fault::passing("the token service's answer is not what it should be"))?;
        assumed.credentials.grant(role, format!("https://oss-{region}.aliyuncs.com"))
    }
}

/// The token service of AWS, and of compatible vendors.
pub struct AwsSts {
    /// The role.
    pub role: Role,
}

/// The signature, version 4, of a POST of a form to `/`.
struct SigV4<'a> {
    host: &'a str,
    region: &'a str,
    service: &'a str,
    /// `20150830T123600Z`.
    date: &'a str,
    content_type: &'a str,
    body: &'a str,
}

impl SigV4<'_> {
    fn authorization(&self, access_key: &str, secret_key: &str) -> String {
        let names = "content-type;host;x-amz-date";
        let canonical = format!(
            "POST\n/\n\ncontent-type:{}\nhost:{}\nx-amz-date:{}\n\n{names}\n{}",
            self.content_type,
            self.host,
            self.date,
            hash(self.body.as_bytes())
        );
        let day = self.date.get(..8).unwrap_or_default();
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{}", self.date, hash(canonical.as_bytes()));
        let mut key = mac(format!("AWS4{secret_key}").as_bytes(), day.as_bytes());
        for part in [self.region, self.service, "aws4_request"] {
            key = mac(&key, part.as_bytes());
        }
        format!("AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={names}, Signature={}", hex(&mac(&key, text.as_bytes())))
    }
}

#[async_trait::async_trait]
impl CredentialIssuer for AwsSts {
    async fn grant(&self, request: &CredentialRequest) -> Result<Grant, Fault> {
        let role = &self.role;
        let url = role.service(format!("https://sts.{}.amazonaws.com", role.region));
        let host = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Action": ["s3:PutObject", "s3:AbortMultipartUpload"],
            "Resource": [format!("arn:aws:s3:::{}/{}*", role.bucket, request.prefix)]
        }] });
        let (policy, session, seconds) = (policy.to_string(), format!("gf-u{}", request.account), request.lifetime.as_secs().to_string());
        let fields = [
            ("Action", "AssumeRole"),
            ("Version", "2011-06-15"),
            ("RoleArn", role.role.as_str()),
            ("RoleSessionName", &session),
            ("DurationSeconds", &seconds),
            ("Policy", &policy),
        ];
        let body: String = fields.map(|(name, value)| format!("{name}={}", percent_encoded(value, COMPONENT))).join("&");
        let at = jiff::Timestamp::from_second(request.now.seconds()).unwrap_or_default();
        let date = at.strftime("%Y%m%dT%H%M%SZ").to_string();
        let content_type = "application/x-www-form-urlencoded; charset=utf-8";
        let signature = SigV4 { host, region: &role.region, service: "sts", date: &date, content_type, body: &body };
        let headers = vec![
            ("content-type".to_owned(), content_type.to_owned()),
            ("x-amz-date".to_owned(), date.clone()),
            ("authorization".to_owned(), signature.authorization(&role.access_key, &role.secret_key)),
        ];
        let request = Request {
            method: Method::Post,
            body: Some(Bytes::from(body.clone())),
            url: format!("{url}/"),
            headers,
            most_bytes: 64 * 1024,
            deadline: std::time::Duration::from_secs(10),
            redirects: 0,
            buys: false,
            verbatim: false,
        };
        let reply = Web::send(&role.egress, request).await?;
        if reply.status != 200 {
            return Err(Fault::lasting(format!("the token service answered {}", reply.status)));
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Answered {
            assume_role_result: Assumed,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Assumed {
            credentials: Credentials,
        }
        let text = std::str::from_utf8(&reply.body).unwrap_or_default();
        let answered: Answered =
            quick_xml::de::from_str(text).map_err(|_| Fault::passing("the token service's answer is not what it should be"))?;
        answered.assume_role_result.credentials.grant(role, format!("https://s3.{}.amazonaws.com", role.region))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the published test suite of the signature, `post-x-www-form-urlencoded`.
    #[test]
    fn a_published_vector_of_the_signature_holds() {
        let signature = SigV4 {
            host: "example.amazonaws.com",
            region: "us-east-1",
            service: "service",
            date: "20150830T123600Z",
            content_type: "application/x-www-form-urlencoded",
            body: "Param1=value1",
        };
        let found = signature.authorization("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        assert!(found.ends_with("ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"), "{found}");
        assert!(found.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "));
    }
}
