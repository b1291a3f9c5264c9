//! Storage in a bucket against an S3 server that verifies signatures, and the token services against stand-ins that speak like them.

mod common;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::{any, post},
};
use common::{egress, listen};
use domain::{id::AccountId, time::Timestamp};
use futures_util::TryStreamExt;
use outside::{
    random::SystemRandom,
    storage::{AliyunSts, AwsSts, Bucket, Role, S3},
};
use ports::{
    fault::Fault,
    grant::{CredentialIssuer, CredentialRequest},
    storage::Storage,
};
use s3s::{auth::SimpleAuth, service::S3Service, service::S3ServiceBuilder};

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

async fn serve(State(service): State<Arc<S3Service>>, request: Request) -> Response {
    match service.call(request.map(s3s::Body::http_body_unsync)).await {
        Ok(answer) => answer.map(axum::body::Body::new),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// An S3 server of its own with one bucket; its address and its folder.
async fn server() -> (String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("films")).unwrap();
    let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
    builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
    let router = Router::new().fallback(any(serve)).with_state(Arc::new(builder.build()));
    (listen(router).await, folder)
}

fn bucket(endpoint: &str, secret: &str) -> S3 {
    S3::new(&Bucket {
        endpoint: endpoint.to_owned(),
        region: "us-east-1".to_owned(),
        name: "films".to_owned(),
        access_key: KEY.to_owned(),
        secret_key: secret.to_owned(),
        virtual_host: false,
    })
    .unwrap()
}

#[tokio::test]
async fn files_go_into_a_bucket_and_come_back() {
    let (endpoint, _folder) = server().await;
    let storage = bucket(&endpoint, SECRET);
    let work = tempfile::tempdir().unwrap();
    let (small, large) = (work.path().join("small"), work.path().join("large"));
    std::fs::write(&small, b"hello, bucket").unwrap();
    // Larger than one piece, so that it goes up in several.
    let vast: Vec<u8> = (0..20_000_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    std::fs::write(&large, &vast).unwrap();
    for (key, file) in [("generation/1/1/result.png", &small), ("anime/2/1/影片.mp4", &large)] {
        storage.put(key, file).await.unwrap();
        let size = std::fs::metadata(file).unwrap().len();
        assert_eq!(storage.size(key).await.unwrap(), Some(size), "{key}");
        let back = work.path().join("back");
        assert!(storage.fetch(key, &back).await.unwrap());
        assert_eq!(std::fs::read(&back).unwrap(), std::fs::read(file).unwrap(), "{key}");
    }
    let range: Vec<Bytes> = storage.read("anime/2/1/影片.mp4", 1000..1010).await.unwrap().try_collect().await.unwrap();
    assert_eq!(range.concat(), vast[1000..1010]);
    storage.remove("generation/1/1/result.png").await.unwrap();
    storage.remove("generation/1/1/result.png").await.unwrap();
    assert_eq!(storage.size("generation/1/1/result.png").await.unwrap(), None);
    assert!(!storage.fetch("generation/1/1/result.png", &work.path().join("none")).await.unwrap());
}

#[tokio::test]
async fn a_wrong_key_is_said_without_the_servers_words() {
    let (endpoint, _folder) = server().await;
    let storage = bucket(&endpoint, "another secret");
    let error = storage.size("a").await.unwrap_err();
    assert!(matches!(error, Fault::Lasting { .. }), "{error:?}");
    assert!(!error.to_string().contains(KEY), "{error}");
}

fn request() -> CredentialRequest {
    CredentialRequest {
        account: AccountId(42),
        prefix: "uploads/u42/20261121/".to_owned(),
        lifetime: Duration::from_secs(900),
        now: Timestamp(1_795_000_000_000_000),
    }
}

fn role(url: String, region: &str) -> Role {
    Role {
        egress: egress(),
        url,
        access_key: "id".to_owned(),
        secret_key: "secret".to_owned(),
        role: "acs:ram::1:role/upload".to_owned(),
        bucket: "pictures".to_owned(),
        region: region.to_owned(),
        endpoint: String::new(),
    }
}

#[tokio::test]
async fn i11_aliyun_gives_keys_for_one_prefix() {
    async fn answer(uri: Uri, headers: HeaderMap) -> Response {
        let query: std::collections::HashMap<String, String> = uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect();
        let policy = query["Policy"].replace("%22", "\"").replace("%3A", ":").replace("%2F", "/").replace("%2A", "*");
        assert!(policy.contains("acs:oss:*:*:pictures/uploads/u42/20261121/*"), "{policy}");
        assert!(policy.contains("oss:PutObject") && !policy.contains("Get"), "{policy}");
        assert_eq!((query["DurationSeconds"].as_str(), query["RoleSessionName"].as_str()), ("900", "gf-u42"));
        assert_eq!(headers["x-acs-action"], "AssumeRole");
        assert!(headers["authorization"].to_str().unwrap().starts_with("ACS3-HMAC-SHA256 Credential=id,"));
        axum::Json(serde_json::json!({ "RequestId": "r", "Credentials": {
            "AccessKeyId": "STS.1", "AccessKeySecret": "s", "SecurityToken": "t", "Expiration": "2026-11-18T11:06:40Z" } }))
        .into_response()
    }
    let url = listen(Router::new().route("/", post(answer))).await;
    let sts = AliyunSts { role: role(url, "oss-cn-beijing"), random: Arc::new(SystemRandom) };
    let grant = sts.grant(&request()).await.unwrap();
    assert_eq!((grant.access_key.as_str(), grant.secret_key.as_str(), grant.session_token.as_str()), ("STS.1", "s", "t"));
    assert_eq!(
        (grant.bucket.as_str(), grant.region.as_str(), grant.endpoint.as_str()),
        ("pictures", "oss-cn-beijing", "https://oss-cn-beijing.aliyuncs.com")
    );
    assert_eq!(grant.expires_at, Timestamp(1_795_000_000_000_000));
}

#[tokio::test]
async fn i11_aws_gives_keys_for_one_prefix() {
    async fn answer(headers: HeaderMap, body: String) -> Response {
        assert!(
            body.contains("Action=AssumeRole") && body.contains("DurationSeconds=900") && body.contains("uploads%2Fu42%2F20261121%2F%2A"),
            "{body}"
        );
        assert!(headers["authorization"].to_str().unwrap().contains("/us-west-2/sts/aws4_request"));
        let xml = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId>\
                   <SecretAccessKey>a+b/c=</SecretAccessKey><SessionToken>t&amp;t</SessionToken><Expiration>2026-11-18T11:06:40Z</Expiration></Credentials>\
                   <AssumedRoleUser><Arn>arn</Arn></AssumedRoleUser></AssumeRoleResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>";
        ([("content-type", "text/xml")], xml).into_response()
    }
    let url = listen(Router::new().route("/", post(answer))).await;
    let grant = AwsSts { role: role(url, "us-west-2") }.grant(&request()).await.unwrap();
    assert_eq!((grant.access_key.as_str(), grant.secret_key.as_str(), grant.session_token.as_str()), ("ASIA1", "a+b/c=", "t&t"));
}

#[tokio::test]
async fn a_token_service_that_refuses_is_a_fault_without_its_words() {
    async fn refuse() -> Response {
        (StatusCode::FORBIDDEN, "{\"Code\":\"NoPermission\",\"Message\":\"key id is wrong\"}").into_response()
    }
    let url = listen(Router::new().route("/", post(refuse))).await;
    for granter in [
        Box::new(AwsSts { role: role(url.clone(), "r") }) as Box<dyn CredentialIssuer>,
        Box::new(AliyunSts { role: role(url.clone(), "r"), random: Arc::new(SystemRandom) }),
    ] {
        let error = granter.grant(&request()).await.unwrap_err();
        assert!(error.to_string().contains("403") && !error.to_string().contains("key id"), "{error}");
    }
}
