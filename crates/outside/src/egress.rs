//! The only outgoing HTTP client, which is guarded: addresses are checked after they are resolved and pinned, redirects are not followed,
//! answers are bounded in time and bytes, and no environment proxy is used.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use ports::{
    fault::Fault,
    web::{self, Reply, Request, Web},
};
use reqwest::{
    Method, StatusCode, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LINK, LOCATION, RETRY_AFTER},
};

/// The longest URL that is called, in bytes.
const LONGEST: usize = 8 * 1024;

/// What may be reached.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Whether this machine itself may be reached, on any port: for development, where stand-ins run on the same machine.
    pub loopback: bool,
    /// Hosts that may be reached at any address.
    pub allow: Vec<String>,
    /// Ports that may be reached on other machines; all if empty.
    pub ports: Vec<u16>,
    /// How long a whole call may take.
    pub deadline: Duration,
    /// The most bytes that are read of an answer.
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
    /// How long the other side asked us to wait, as it was written.
    pub retry_after: Option<String>,
    /// Where a redirect leads.
    pub location: Option<String>,
    /// Links to other pages of the answer.
    pub link: Option<String>,
}

/// How an answer is read.
#[derive(Debug, Clone, Copy)]
struct Reading {
    most_bytes: usize,
    deadline: Duration,
    /// The request buys something: an answer that accepts it and then breaks off has been paid for, and asking again would be paid for
    /// again.
    once: bool,
    /// Every status is an answer, of which the beginning is read.
    verbatim: bool,
}

/// A client that enforces a policy. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Egress {
    client: reqwest::Client,
    policy: Arc<Policy>,
}

impl Egress {
    /// A client that enforces `policy`.
    ///
    /// # Errors
    /// [`Fault::Lasting`] if the system's certificates cannot be read.
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

    /// Sends JSON and reads the answer. The status is not judged here, except for 429 and 5xx, which are passing faults.
    ///
    /// # Errors
    /// [`Fault::Lasting`] for a forbidden address; [`Fault::Passing`] for all network errors. Its text contains no body and no header of
    /// either side.
    pub async fn post_json(&self, url: &str, bearer: Option<&str>, body: Vec<u8>) -> Result<Answer, Fault> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(bearer) = bearer {
            let mut value =
                HeaderValue::from_str(&format!("Bearer {bearer}")).map_err(|_| Fault::lasting("the key cannot be sent in a header"))?;
            value.set_sensitive(true);
            headers.insert(reqwest::header::AUTHORIZATION, value);
        }
        self.send(Method::POST, url, headers, body, true).await
    }

    /// Sends a body with the caller's headers and reads the answer.
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
        self.send(Method::POST, url, map, body, false).await
    }

    /// Fetches a file.
    ///
    /// # Errors
    /// As [`Egress::post_json`].
    pub async fn get(&self, url: &str) -> Result<Answer, Fault> {
        self.send(Method::GET, url, HeaderMap::new(), Vec::new(), false).await
    }

    async fn send(&self, method: Method, url: &str, headers: HeaderMap, body: Vec<u8>, once: bool) -> Result<Answer, Fault> {
        let url = self.checked(url)?;
        let reading = Reading { most_bytes: self.policy.most_bytes, deadline: self.policy.deadline, once, verbatim: false };
        self.read(self.client.request(method, url).headers(headers).body(body), reading).await
    }

    /// Sends a request and reads the answer.
    async fn read(&self, request: reqwest::RequestBuilder, reading: Reading) -> Result<Answer, Fault> {
        let Reading { most_bytes, deadline, once, verbatim } = reading;
        let request = request.timeout(deadline).build().map_err(|_| Fault::lasting("the request cannot be built"))?;
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let sent = self.client.execute(request).await;
        let answer = sent.map_err(|error| Fault::passing(format!("{host}: {}", kind(&error))))?;
        let status = answer.status();
        let written = |name: HeaderName| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (location, link) = (written(LOCATION).filter(|_| status.is_redirection()), written(LINK));
        let retry_after = written(RETRY_AFTER);
        let content_type = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let content_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !verbatim && (status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()) {
            let retry_after = retry_after.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
            return Err(Fault::Passing { text: format!("{host} answered {status}"), retry_after });
        }
        let mut body = BytesMut::new();
        let mut pieces = answer.bytes_stream();
        while let Some(piece) = pieces.next().await {
            // The status has said everything.
            if verbatim && piece.is_err() {
                break;
            }
            let piece = piece.map_err(|error| match once && status.is_success() {
                true => Fault::lasting(format!("{host} accepted it, and its answer broke off: {}", kind(&error))),
                false => Fault::passing(format!("{host}: {}", kind(&error))),
            })?;
            if body.len() + piece.len() > most_bytes {
                if verbatim {
                    body.extend_from_slice(&piece[..most_bytes - body.len()]);
                    break;
                }
                return Err(Fault::lasting(format!("{host} answered more than {most_bytes} bytes")));
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer { status, content_type, body: body.freeze(), retry_after, location, link })
    }

    /// A URL that may be called. A literal IP address does not go through the resolver, so it is checked here.
    fn checked(&self, url: &str) -> Result<Url, Fault> {
        if url.len() > LONGEST {
            return Err(Fault::lasting("an address is too long"));
        }
        let url: Url = url.parse().map_err(|_| Fault::lasting("an address is not a URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Fault::lasting("only http and https can be reached"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Fault::lasting("an address with a user name in it is not called"));
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let literal = host.parse::<IpAddr>().ok();
        if literal.is_some_and(|address| !self.policy.allows(&host, address)) {
            return Err(Fault::lasting(format!("{host} is not an address that may be reached")));
        }
        let here = self.policy.loopback && (host == "localhost" || literal.is_some_and(|address| address.to_canonical().is_loopback()));
        let port = url.port_or_known_default().unwrap_or(0);
        let open = self.policy.ports.is_empty() || self.policy.ports.contains(&port);
        if open || here || self.policy.allow.contains(&host) { Ok(url) } else { Err(Fault::lasting(format!("port {port} is not called"))) }
    }
}

#[async_trait::async_trait]
impl Web for Egress {
    async fn send(&self, request: Request) -> Result<Reply, Fault> {
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Fault::lasting("a header has no name that can be sent"))?;
            let mut value = HeaderValue::from_str(value).map_err(|_| Fault::lasting(format!("{name} cannot be sent in a header")))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let reading = Reading {
            most_bytes: request.most_bytes.min(self.policy.most_bytes),
            deadline: request.deadline.min(self.policy.deadline),
            once: request.buys,
            verbatim: request.verbatim,
        };
        let follow = async {
            let mut url = self.checked(&request.url)?;
            for _ in 0..=request.redirects {
                let call = match request.method {
                    web::Method::Get => self.client.get(url.clone()),
                    web::Method::Post => self.client.post(url.clone()),
                    web::Method::Put => self.client.put(url.clone()),
                };
                let call = call.headers(headers.clone());
                let call = match &request.body {
                    Some(body) => call.body(body.clone()),
                    None => call,
                };
                let answer = self.read(call, reading).await?;
                let follows = request.method == web::Method::Get && request.redirects > 0 && !request.buys;
                match answer.location.as_ref().filter(|_| follows) {
                    Some(to) => {
                        let next = url.join(to).map_err(|_| Fault::lasting("a redirect leads nowhere"))?;
                        // Headers for one host must not be sent to another.
                        if next.origin() != url.origin() {
                            headers.clear();
                        }
                        url = self.checked(next.as_str())?;
                    }
                    None => {
                        let Answer { status, content_type, body, location, link, retry_after } = answer;
                        return Ok(Reply { status: status.as_u16(), content_type, body, location, link, retry_after });
                    }
                }
            }
            Err(Fault::lasting("too many redirects"))
        };
        // A request that buys something follows no redirect, and its single call is already bounded: only there is it known whether it was
        // accepted.
        if request.buys {
            return follow.await;
        }
        tokio::time::timeout(reading.deadline, follow).await.unwrap_or_else(|_| Err(Fault::passing("no answer in time")))
    }

    fn allows(&self, url: &str) -> bool {
        self.checked(url).is_ok()
    }
}

/// What went wrong, without the URL's path and query.
fn kind(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    }
}

impl Policy {
    fn allows(&self, host: &str, address: IpAddr) -> bool {
        let named = self.allow.iter().any(|allowed| allowed == host);
        let address = address.to_canonical();
        named || public(address) || (self.loopback && address.is_loopback())
    }
}

/// Whether an address belongs to the public internet.
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
        let strict = Policy { loopback: false, allow: vec![], ports: vec![80, 443], deadline: Duration::from_secs(2), most_bytes: 1000 };
        let egress = Egress::new(strict).unwrap();
        for url in [
            "http://127.0.0.1:9/",
            "http://[::1]:9/",
            "http://169.254.169.254/latest/",
            "http://0x7f000001/",
            "http://2130706433/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "http://user:secret@1.1.1.1/",
            "http://1.1.1.1:6379/",
            "http://0177.1/",
            "http://[::ffff:127.0.0.1]/",
            "http://127。0。0。1/",
        ] {
            assert!(matches!(egress.get(url).await, Err(Fault::Lasting { .. })), "{url}");
        }
        assert!(egress.get("http://localhost:9/").await.is_err());
    }

    #[tokio::test]
    async fn a_verbatim_answer_has_every_status_and_the_beginning_of_its_body() {
        let policy = Policy { loopback: true, allow: vec![], ports: vec![], deadline: Duration::from_secs(60), most_bytes: 1000 };
        let egress = Egress::new(policy).unwrap();
        for (head, status, body, retry_after) in [
            ("HTTP/1.1 429 Slow\r\nretry-after: 120\r\ncontent-length: 12\r\n\r\nnot so fast!", 429, "not so f", Some("120")),
            ("HTTP/1.1 503 Away\r\ncontent-length: 100\r\n\r\nbroken", 503, "broken", None),
            ("HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n", 302, "", None),
        ] {
            let url = unfinished(head, false);
            let request = Request { verbatim: true, redirects: 0, ..Request::get(url, 8, Duration::from_secs(10)) };
            let reply = Web::send(&egress, request).await.unwrap();
            assert_eq!((reply.status, &reply.body[..], reply.retry_after.as_deref()), (status, body.as_bytes(), retry_after), "{head}");
        }
    }

    /// A server that begins every answer with `head`, and then breaks it off or stalls.
    fn unfinished(head: &'static str, stalls: bool) -> String {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let mut kept = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]).unwrap();
                stream.write_all(head.as_bytes()).unwrap();
                if stalls {
                    kept.push(stream);
                }
            }
        });
        url
    }

    #[tokio::test]
    async fn only_what_buys_and_was_accepted_is_not_asked_for_again() {
        let policy = Policy { loopback: true, allow: vec![], ports: vec![], deadline: Duration::from_secs(60), most_bytes: 1000 };
        let egress = Egress::new(policy).unwrap();
        let accepted = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{";
        for (head, stalls, buys, passes) in [
            (accepted, false, false, true),
            (accepted, true, false, true),
            (accepted, false, true, false),
            (accepted, true, true, false),
            ("", true, true, true),
            ("", false, true, true),
        ] {
            let deadline = Duration::from_millis(500);
            let request = Request {
                method: web::Method::Post,
                body: Some(Bytes::from_static(b"{}")),
                buys,
                ..Request::get(unfinished(head, stalls), 1000, deadline)
            };
            let fault = Web::send(&egress, request).await.unwrap_err();
            assert_eq!(fault.may_pass(), passes, "{head:?}, stalls: {stalls}, buys: {buys}: {fault}");
        }
    }
}
