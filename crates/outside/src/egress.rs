//! The one way out: a guarded HTTP client. Addresses are checked after they are resolved and pinned, redirects are not followed,
//! answers are bounded in time and bytes, and no environment proxy is used.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use ports::fault::Fault;
use reqwest::{
    Method, StatusCode, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
};

/// What may be reached.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Whether this machine itself may be reached, on any port: development, where stand-ins run beside the server.
    pub loopback: bool,
    /// Hosts that may be reached wherever they are.
    pub allow: Vec<String>,
    /// How long a whole call may take.
    pub deadline: Duration,
    /// How many bytes of an answer are read at most.
    pub most_bytes: usize,
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its content type, lower case, without parameters.
    pub content_type: String,
    /// Its body.
    pub body: Bytes,
    /// How long the other side asked us to wait.
    pub retry_after: Option<Duration>,
}

/// A client that keeps to a policy. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Egress {
    client: reqwest::Client,
    policy: Arc<Policy>,
}

impl Egress {
    /// A client that keeps to `policy`.
    ///
    /// # Errors
    /// [`Fault::Lasting`] where the system's certificates cannot be read.
    pub fn new(policy: Policy) -> Result<Self, Fault> {
        let policy = Arc::new(policy);
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(Guard(Arc::clone(&policy))))
            .connect_timeout(Duration::from_secs(10))
            .timeout(policy.deadline)
            .user_agent("gongfang")
            .build()
            .map_err(|error| Fault::lasting(error.to_string()))?;
        Ok(Self { client, policy })
    }

    /// Sends JSON and reads the answer. A status is not judged here, but for 429 and 5xx, which may pass.
    ///
    /// # Errors
    /// [`Fault::Lasting`] for a forbidden address; [`Fault::Passing`] for everything the network does. No body and no header of
    /// either side is in its text.
    pub async fn post_json(&self, url: &str, bearer: Option<&str>, body: Vec<u8>) -> Result<Answer, Fault> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(bearer) = bearer {
            let mut value =
                HeaderValue::from_str(&format!("Bearer {bearer}")).map_err(|_| Fault::lasting("the key cannot be sent in a header"))?;
            value.set_sensitive(true);
            headers.insert(reqwest::header::AUTHORIZATION, value);
        }
        self.send(Method::POST, url, headers, body).await
    }

    /// Sends a body with headers of the caller's and reads the answer.
    ///
    /// # Errors
    /// As [`Egress::post_json`].
    pub async fn post(&self, url: &str, headers: &[(&'static str, String)], body: Vec<u8>) -> Result<Answer, Fault> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let mut value = HeaderValue::from_str(value).map_err(|_| Fault::lasting(format!("{name} cannot be sent in a header")))?;
            value.set_sensitive(true);
            map.insert(HeaderName::from_static(name), value);
        }
        self.send(Method::POST, url, map, body).await
    }

    /// Fetches a file.
    ///
    /// # Errors
    /// As [`Egress::post_json`].
    pub async fn get(&self, url: &str) -> Result<Answer, Fault> {
        self.send(Method::GET, url, HeaderMap::new(), Vec::new()).await
    }

    async fn send(&self, method: Method, url: &str, headers: HeaderMap, body: Vec<u8>) -> Result<Answer, Fault> {
        let url: Url = url.parse().map_err(|_| Fault::lasting("an address is not a URL"))?;
        self.check(&url)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let sent = self.client.request(method, url).headers(headers).body(body).send().await;
        let answer = sent.map_err(|error| Fault::passing(format!("{host}: {}", kind(&error))))?;
        let status = answer.status();
        let retry_after =
            answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok()).map(Duration::from_secs);
        let content_type = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let content_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            return Err(Fault::Passing { text: format!("{host} answered {status}"), retry_after });
        }
        let mut body = BytesMut::new();
        let mut pieces = answer.bytes_stream();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| Fault::passing(format!("{host}: {}", kind(&error))))?;
            if body.len() + piece.len() > self.policy.most_bytes {
                return Err(Fault::lasting(format!("{host} answered more than {} bytes", self.policy.most_bytes)));
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer { status, content_type, body: body.freeze(), retry_after })
    }

    /// A literal address is not asked of the resolver, so it is checked here.
    fn check(&self, url: &Url) -> Result<(), Fault> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Fault::lasting("only http and https can be reached"));
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        match host.parse::<IpAddr>() {
            Ok(address) if !self.policy.allows(host, address) => {
                Err(Fault::lasting(format!("{host} is not an address that may be reached")))
            }
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

/// What went wrong, without the address's path and query.
fn kind(error: &reqwest::Error) -> &'static str {
    match () {
        () if error.is_timeout() => "no answer in time",
        () if error.is_connect() => "no connection",
        () => "the connection broke",
    }
}

impl Policy {
    fn allows(&self, host: &str, address: IpAddr) -> bool {
        let named = self.allow.iter().any(|allowed| allowed == host);
        let address = address.to_canonical();
        named || public(address) || (self.loopback && address.is_loopback())
    }
}

/// Whether an address is of the public internet.
fn public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let test = a == 198 && (b == 18 || b == 19);
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || shared
                || test
                || (a == 192 && b == 0 && v4.octets()[2] == 0))
        }
        IpAddr::V6(v6) => {
            let head = v6.segments()[0];
            let global = (0x2000..0x4000).contains(&head);
            // 6to4, Teredo and NAT64 carry an IPv4 address inside.
            let carries = head == 0x2002 || (head == 0x2001 && v6.segments()[1] < 0x200) || head == 0x64;
            global && !carries && !(head == 0x2001 && v6.segments()[1] == 0xdb8)
        }
    }
}

/// Resolves a name and drops every address that may not be reached, so that what was checked is what is connected to.
struct Guard(Arc<Policy>);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = Arc::clone(&self.0);
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((host.as_str(), 0)).await?.filter(|address| policy.allows(&host, address.ip())).collect();
            if found.is_empty() {
                return Err(format!("{host} has no address that may be reached").into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        for private in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "ff02::1",
        ] {
            let address: IpAddr = private.parse().unwrap();
            assert!(!public(address.to_canonical()), "{private}");
        }
        for open in ["1.1.1.1", "93.184.216.34", "2606:4700::1111"] {
            assert!(public(open.parse().unwrap()), "{open}");
        }
    }

    #[tokio::test]
    async fn a_private_target_is_refused_as_a_number_and_as_a_name() {
        let strict = Policy { loopback: false, allow: vec![], deadline: Duration::from_secs(2), most_bytes: 1000 };
        let egress = Egress::new(strict).unwrap();
        for url in [
            "http://127.0.0.1:9/",
            "http://[::1]:9/",
            "http://169.254.169.254/latest/",
            "http://0x7f000001/",
            "http://2130706433/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
        ] {
            assert!(matches!(egress.get(url).await, Err(Fault::Lasting { .. })), "{url}");
        }
        assert!(egress.get("http://localhost:9/").await.is_err());
    }
}
