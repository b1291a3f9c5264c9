//! What an identity provider signs: taken when it is for us, for this request and now, and refused otherwise (OpenID Connect Core, 3.1.3.7).
//! A real provider is in the binary's own tests.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use domain::time::Timestamp;
use doubles::StubWeb;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use outside::oidc::{Oidc, Published};
use ports::{
    identity::{Challenge, IdentityProvider},
    web::Reply,
};
use serde_json::{Value, json};

const ISSUER: &str = "https://sso.example.com";
const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A key of the provider's, and how it is published.
struct Key {
    id: &'static str,
    der: Vec<u8>,
    published: Value,
}

impl Key {
    fn new(id: &'static str) -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
        let x = URL_SAFE_NO_PAD.encode(pair.public_key());
        let published = json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": id, "x": x });
        Self { id, der: document.as_ref().to_vec(), published }
    }

    fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.id.to_owned()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(&self.der)).unwrap()
    }
}

fn good() -> Value {
    let now = NOW.seconds();
    json!({
        "iss": ISSUER, "sub": "7", "aud": "gongfang", "exp": now + 300, "iat": now, "nonce": "n",
        "email": "a@example.com", "email_verified": true, "groups": ["staff"],
    })
}

fn with(change: Value) -> Value {
    let mut claims = good();
    claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    claims
}

/// A provider that answers every code with `token`, and how often its keys were asked for.
fn provider(token: Arc<Mutex<String>>, keys: Arc<Mutex<Vec<Value>>>) -> (Oidc, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let web = StubWeb::new(move |request| {
        let body = match request.url.strip_prefix(ISSUER).unwrap_or_default() {
            "/.well-known/openid-configuration" => json!({
                "issuer": ISSUER,
                "authorization_endpoint": format!("{ISSUER}/authorize"),
                "token_endpoint": format!("{ISSUER}/token"),
                "jwks_uri": format!("{ISSUER}/keys"),
            }),
            "/keys" => {
                counted.fetch_add(1, Ordering::SeqCst);
                json!({ "keys": *keys.lock().unwrap() })
            }
            "/token" => json!({ "id_token": *token.lock().unwrap(), "access_token": "a", "token_type": "Bearer" }),
            _ => return Ok(Reply { status: 404, ..Reply::default() }),
        };
        Ok(Reply { status: 200, body: Bytes::from(body.to_string()), ..Reply::default() })
    });
    let oidc = Oidc {
        web: Arc::new(web),
        name: "SSO".to_owned(),
        issuer: format!("{ISSUER}/"),
        client_id: "gongfang".to_owned(),
        client_secret: "secret".to_owned(),
        scopes: "email".to_owned(),
        groups_claim: "groups".to_owned(),
        published: Published::default(),
    };
    (oidc, asked)
}

fn challenge() -> Challenge {
    Challenge { state: "s".to_owned(), nonce: "n".to_owned(), verifier: VERIFIER.to_owned() }
}

#[tokio::test]
async fn a_browser_is_sent_with_everything_that_must_come_back() {
    let (oidc, _) = provider(Arc::default(), Arc::default());
    let url = oidc.authorization(&challenge(), "https://here.example/back", NOW).await.unwrap();
    assert_eq!(
        url,
        "https://sso.example.com/authorize?response_type=code&client_id=gongfang&redirect_uri=https%3A%2F%2Fhere.example%2Fback\
         &scope=openid+email&state=s&nonce=n&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
    );
}

#[tokio::test]
async fn what_is_signed_is_taken_only_for_us_for_this_request_and_now() {
    let (ours, other) = (Key::new("1"), Key::new("1"));
    let token = Arc::new(Mutex::new(String::new()));
    let (oidc, _) = provider(Arc::clone(&token), Arc::new(Mutex::new(vec![ours.published.clone()])));
    let ask = async |signed: String| {
        *token.lock().unwrap() = signed;
        oidc.identity("code", &challenge(), "https://here.example/back", NOW).await
    };
    let found = ask(ours.sign(&good())).await.unwrap();
    assert_eq!((found.issuer.as_str(), found.subject.as_str(), found.email.as_deref()), (ISSUER, "7", Some("a@example.com")));
    assert_eq!(found.groups, ["staff"]);
    let now = NOW.seconds();
    for (change, taken) in [
        (json!({ "aud": ["gongfang"] }), true),
        (json!({ "aud": ["gongfang", "other"], "azp": "gongfang" }), true),
        (json!({ "exp": now - 30 }), true),
        (json!({ "iat": now + 30 }), true),
        (json!({ "aud": "other" }), false),
        (json!({ "aud": ["gongfang", "other"] }), false),
        (json!({ "aud": ["gongfang", "other"], "azp": "other" }), false),
        (json!({ "aud": [] }), false),
        (json!({ "iss": "https://evil.example.com" }), false),
        (json!({ "exp": now - 61 }), false),
        (json!({ "iat": now + 3600 }), false),
        (json!({ "nonce": "another" }), false),
        (json!({ "nonce": null }), false),
        (json!({ "sub": "" }), false),
        (json!({ "sub": 7 }), false),
    ] {
        assert_eq!(ask(ours.sign(&with(change.clone()))).await.is_ok(), taken, "{change}");
    }
    // An address counts only as far as the provider says that it is proved.
    for (said, email) in [(json!(false), None), (json!("true"), Some("a@example.com")), (Value::Null, None)] {
        let found = ask(ours.sign(&with(json!({ "email_verified": said })))).await.unwrap();
        assert_eq!(found.email.as_deref(), email, "{said}");
    }
    assert!(ask(other.sign(&good())).await.is_err(), "signed with a key of somebody else's under the same name");
    // The client's secret is no key of the provider's, and no signature is none.
    let shared = EncodingKey::from_secret(b"secret");
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("1".to_owned());
    assert!(ask(jsonwebtoken::encode(&header, &good(), &shared).unwrap()).await.is_err());
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    assert!(ask(format!("{none}.{}.", URL_SAFE_NO_PAD.encode(good().to_string()))).await.is_err());
    assert!(ask("x".to_owned()).await.is_err());
}

#[tokio::test]
async fn new_keys_are_found_and_not_asked_for_at_every_forgery() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let token = Arc::new(Mutex::new(old.sign(&good())));
    let keys = Arc::new(Mutex::new(vec![old.published.clone()]));
    let (oidc, asked) = provider(Arc::clone(&token), Arc::clone(&keys));
    let at = |seconds: u64| NOW.plus(std::time::Duration::from_secs(seconds));
    oidc.identity("code", &challenge(), "r", NOW).await.unwrap();
    *token.lock().unwrap() = new.sign(&good());
    *keys.lock().unwrap() = vec![new.published.clone()];
    for _ in 0..5 {
        assert!(oidc.identity("code", &challenge(), "r", at(10)).await.is_err(), "it was asked a moment ago");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    oidc.identity("code", &challenge(), "r", at(70)).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
