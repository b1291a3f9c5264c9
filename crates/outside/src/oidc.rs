//! OpenID Connect: discovery, the authorization code with PKCE, and the check of what the provider signed (OpenID Connect Core 1.0).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use domain::time::Timestamp;
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    jwk::{Jwk, JwkSet},
};
use ports::{
    fault::Fault,
    identity::{Challenge, Identity, IdentityProvider},
    web::{Method, Request, Web},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How long one call may take.
const DEADLINE: Duration = Duration::from_secs(10);
/// The largest answer.
const MOST_BYTES: usize = 1 << 20;
/// How long what a provider publishes of itself is believed.
const PUBLISHED: Duration = Duration::from_secs(3600);
/// Keys are asked for anew this often at most when a signature names one that is not known.
const KEYS_AGAIN: Duration = Duration::from_secs(60);
/// By how much clocks may differ, in seconds.
const LEEWAY_S: i64 = 60;
/// Algorithms whose keys are public; with any other, whoever knows the client's secret could sign.
const ALGORITHMS: [Algorithm; 8] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// A provider and what it knows this installation as.
pub struct Oidc {
    /// The guarded client.
    pub web: Arc<dyn Web>,
    /// What people call it.
    pub name: String,
    /// Its address, below which its configuration is published.
    pub issuer: String,
    /// Our id there.
    pub client_id: String,
    /// Our secret there; none for a public client.
    pub client_secret: String,
    /// What is asked for beside `openid`.
    pub scopes: String,
    /// The claim that names groups.
    pub groups_claim: String,
    /// What it published.
    pub published: Published,
}

/// What a provider published, remembered for a while.
#[derive(Default)]
pub struct Published(Mutex<Option<Known>>);

#[derive(Clone)]
struct Known {
    read_at: Timestamp,
    endpoints: Arc<Endpoints>,
    keys: Arc<JwkSet>,
}

/// What stands in the discovery document (OpenID Connect Discovery 1.0, 3).
#[derive(Debug, Deserialize)]
struct Endpoints {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

/// What is signed (OpenID Connect Core, 2).
#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Value,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    #[serde(flatten)]
    more: HashMap<String, Value>,
}

#[async_trait::async_trait]
impl IdentityProvider for Oidc {
    fn name(&self) -> &str {
        &self.name
    }

    async fn authorization(&self, challenge: &Challenge, redirect: &str, now: Timestamp) -> Result<String, Fault> {
        let endpoints = self.known(now, None).await?.endpoints;
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(challenge.verifier.as_bytes()));
        let scope = format!("openid {}", self.scopes);
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", redirect),
            ("scope", scope.trim_end()),
            ("state", &challenge.state),
            ("nonce", &challenge.nonce),
            ("code_challenge", &hash),
            ("code_challenge_method", "S256"),
        ]);
        let separator = if endpoints.authorization_endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{}{separator}{query}", endpoints.authorization_endpoint))
    }

    async fn identity(&self, code: &str, challenge: &Challenge, redirect: &str, now: Timestamp) -> Result<Identity, Fault> {
        let endpoints = self.known(now, None).await?.endpoints;
        let tokens = self.tokens(&endpoints, code, challenge, redirect).await?;
        let mut claims = self.signed(&tokens.id_token, challenge, now).await?;
        // Many providers say who somebody is at an address of its own only (5.3).
        if let (false, Some(url), Some(token)) = (claims.more.contains_key("email"), &endpoints.userinfo_endpoint, &tokens.access_token) {
            let asked = self.ask(url, vec![("authorization".to_owned(), format!("Bearer {token}"))]).await;
            let said: HashMap<String, Value> = asked?;
            if said.get("sub").and_then(Value::as_str) != Some(&claims.sub) {
                return Err(Fault::lasting("the provider tells about somebody else than it signed"));
            }
            claims.more.extend(said);
        }
        Ok(self.identity_of(claims))
    }
}

impl Oidc {
    /// What the provider published; its keys anew if none of them is `wanted`.
    async fn known(&self, now: Timestamp, wanted: Option<&str>) -> Result<Known, Fault> {
        let known = self.published.0.lock().expect("no holder of this lock panics").clone();
        if let Some(known) = known {
            let age = now.since(known.read_at);
            let has = wanted.is_none_or(|id| known.keys.find(id).is_some());
            if age < if has { PUBLISHED } else { KEYS_AGAIN } {
                return Ok(known);
            }
        }
        let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let endpoints: Endpoints = self.ask(&url, Vec::new()).await?;
        // Discovery, 4.3: whoever answers here must be the provider that was named.
        if endpoints.issuer.trim_end_matches('/') != self.issuer.trim_end_matches('/') {
            return Err(Fault::lasting(format!("{url} answers for the issuer {}", endpoints.issuer)));
        }
        let keys: JwkSet = self.ask(&endpoints.jwks_uri, Vec::new()).await?;
        let known = Known { read_at: now, endpoints: Arc::new(endpoints), keys: Arc::new(keys) };
        *self.published.0.lock().expect("no holder of this lock panics") = Some(known.clone());
        Ok(known)
    }

    async fn ask<T: DeserializeOwned>(&self, url: &str, headers: Vec<(String, String)>) -> Result<T, Fault> {
        let request = Request { headers, ..Request::get(url, MOST_BYTES, DEADLINE) };
        self.send(request, url).await
    }

    async fn send<T: DeserializeOwned>(&self, request: Request, url: &str) -> Result<T, Fault> {
        let reply = self.web.send(request).await?;
        if reply.status != 200 {
            return Err(Fault::lasting(format!("{url} answered {}", reply.status)));
        }
        serde_json::from_slice(&reply.body).map_err(|_| Fault::lasting(format!("{url} answered something else than it should")))
    }

    /// Exchanges a code (RFC 6749, 4.1.3).
    async fn tokens(&self, endpoints: &Endpoints, code: &str, challenge: &Challenge, redirect: &str) -> Result<Tokens, Fault> {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", challenge.verifier.as_str()),
        ];
        let mut headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        // Without a list, only the header is known to be supported (Discovery, 3).
        let methods = endpoints.token_endpoint_auth_methods_supported.as_deref().unwrap_or_default();
        let posted = !methods.is_empty() && !methods.iter().any(|method| method == "client_secret_basic");
        if self.client_secret.is_empty() || posted {
            fields.push(("client_id", &self.client_id));
            if !self.client_secret.is_empty() {
                fields.push(("client_secret", &self.client_secret));
            }
        } else {
            // RFC 6749, 2.3.1: both are form-encoded before they are joined.
            let pair = format!("{}:{}", encoded(&self.client_id), encoded(&self.client_secret));
            let basic = base64::engine::general_purpose::STANDARD.encode(pair);
            headers.push(("authorization".to_owned(), format!("Basic {basic}")));
        }
        let request = Request {
            method: Method::Post,
            body: Some(Bytes::from(form(&fields))),
            headers,
            redirects: 0,
            ..Request::get(&endpoints.token_endpoint, MOST_BYTES, DEADLINE)
        };
        self.send(request, &endpoints.token_endpoint).await
    }

    /// The claims of an id token, if the provider signed it, for us, for this request, and a moment ago (3.1.3.7).
    async fn signed(&self, token: &str, challenge: &Challenge, now: Timestamp) -> Result<Claims, Fault> {
        let wrong = |what: &str| Fault::lasting(format!("the id token of {} {what}", self.issuer));
        let header = jsonwebtoken::decode_header(token).map_err(|_| wrong("cannot be read"))?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(wrong("is signed with an algorithm that is not taken"));
        }
        let known = self.known(now, header.kid.as_deref()).await?;
        let key =
            key(&known.keys, header.kid.as_deref()).ok_or_else(|| wrong("is signed with a key that the provider does not publish"))?;
        let key = DecodingKey::from_jwk(key).map_err(|_| wrong("is signed with a key that cannot be read"))?;
        let mut validation = Validation::new(header.alg);
        // Times are checked against our own clock, and the audience below.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|_| wrong("is not signed by it"))?.claims;
        let ours = match &claims.aud {
            Value::String(one) => *one == self.client_id,
            Value::Array(many) => {
                let named = many.iter().any(|one| one.as_str() == Some(&self.client_id));
                named && (many.len() == 1 || claims.azp.as_deref() == Some(&self.client_id))
            }
            _ => false,
        };
        let now = now.seconds();
        if claims.iss != known.endpoints.issuer {
            return Err(wrong("names another issuer"));
        }
        if !ours || claims.azp.as_deref().is_some_and(|party| party != self.client_id) {
            return Err(wrong("is for somebody else"));
        }
        if claims.exp + LEEWAY_S <= now || claims.iat - LEEWAY_S > now {
            return Err(wrong("has expired, or the clocks differ"));
        }
        if claims.nonce.as_deref() != Some(&challenge.nonce) {
            return Err(wrong("belongs to another request"));
        }
        if claims.sub.is_empty() || claims.sub.len() > 255 {
            return Err(wrong("names nobody"));
        }
        Ok(claims)
    }

    fn identity_of(&self, claims: Claims) -> Identity {
        // Some providers write it as a text.
        let proved = claims.more.get("email_verified").is_some_and(|said| *said == Value::Bool(true) || said.as_str() == Some("true"));
        let email = claims.more.get("email").and_then(Value::as_str).filter(|_| proved).map(str::to_owned);
        let groups = match claims.more.get(&self.groups_claim) {
            Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(group)) => vec![group.clone()],
            _ => Vec::new(),
        };
        Identity { issuer: claims.iss, subject: claims.sub, email, groups }
    }
}

/// The key of an id; where a token names none, the only one that there is.
fn key<'k>(keys: &'k JwkSet, id: Option<&str>) -> Option<&'k Jwk> {
    match id {
        Some(id) => keys.find(id),
        None => keys.keys.first().filter(|_| keys.keys.len() == 1),
    }
}

fn encoded(text: &str) -> String {
    form(&[("", text)]).trim_start_matches('=').to_owned()
}

fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
