//! API keys on every surface, against the real binary: which scope each route needs, as a table over the OpenAPI texts.
#![allow(clippy::disallowed_methods, reason = "real time")]

mod common;

use std::collections::{BTreeMap, btree_map::Entry};

use common::{Server, call, hand_in, openapi, sign_in};
use domain::api_key::{Area, Scope};
use reqwest::Method;
use serde_json::{Value, json};
use surfaces::http::Areas;

/// Surfaces whose paths do not collide, together all of them.
const SIDE_BY_SIDE: [&str; 2] = ["native,mail,phone,studio,media,sandbox,uploads", "native,anime,campus,media,sandbox"];
const IDLE: (&str, &str) = ("WORKER_ENABLED", "false");

/// Every scope that there is, but of one area.
fn all_but(area: Option<Area>) -> Vec<String> {
    let writes = |known: &&Area| **known != Area::Account;
    let mut scopes: Vec<String> =
        Area::ALL.iter().filter(|known| Some(**known) != area).filter(writes).map(|area| format!("{}:write", area.word())).collect();
    if area != Some(Area::Account) {
        scopes.push("account:read".to_owned());
    }
    scopes
}

/// The routes of a server that ask for a token: method, template, and the scope that a key needs for it.
async fn routes(server: &Server) -> Vec<(Method, String, Option<Scope>)> {
    let mounted = server.surfaces.split(',').map(|name| surfaces::find(name).unwrap());
    let areas: Vec<Areas> = mounted.map(|surface| Areas(surface.areas)).collect();
    let mut found = Vec::new();
    for document in openapi::documents(server).await {
        for (path, operations) in document["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                if operation["security"].as_array().is_some_and(|security| !security.is_empty()) {
                    let method: Method = method.to_uppercase().parse().unwrap();
                    let needed = areas.iter().find_map(|areas| areas.needed(&method, path));
                    found.push((method, path.clone(), needed));
                }
            }
        }
    }
    found
}

async fn key(server: &Server, session: &str, scopes: &[String]) -> String {
    let body = json!({ "name": "test", "scopes": scopes });
    let (status, made) = call("POST", &format!("{}/gongfang/v1/keys", server.base), session, Some(body)).await;
    assert_eq!(status, 201, "{made} {}", server.surfaces);
    made["secret"].as_str().unwrap().to_owned()
}

/// What needs a scope `worker:KIND`.
const WORKERS: [&str; 5] = [
    "POST /gongfang/v1/tasks/claim",
    "POST /gongfang/v1/tasks/{id}/complete",
    "POST /gongfang/v1/tasks/{id}/fail",
    "POST /gongfang/v1/tasks/{id}/heartbeat",
    "PUT /gongfang/v1/tasks/{id}/files/{name}",
];

/// What people alone may do: names, passwords, sessions and keys.
const PEOPLE: [&str; 16] = [
    "DELETE /api/user/account",
    "DELETE /gongfang/v1/keys/{id}",
    "DELETE /gongfang/v1/sessions/current",
    "GET /api/user/config",
    "GET /gongfang/v1/keys",
    "POST /api/auth/logout",
    "POST /api/auth/refresh",
    "POST /api/auth/resend-verification",
    "POST /api/user/config",
    "POST /api/v1/auth/logout",
    "POST /gongfang/v1/email_verifications",
    "POST /gongfang/v1/keys",
    "POST /gongfang/v1/keys/{id}/roll",
    "POST /gongfang/v1/sessions/current/step_up",
    "PUT /api/user/config",
    "PUT /api/user/password",
];

#[tokio::test]
async fn each_route_of_each_surface_needs_its_scope() {
    let mut people = Vec::new();
    let mut asked = 0;
    for surfaces in SIDE_BY_SIDE {
        let server = Server::mounting(surfaces, &[IDLE]);
        let admin = if surfaces.contains("studio") {
            let body = json!({ "username": "admin", "password": "admin123456" });
            call("POST", &format!("{}/api/v1/auth/login", server.base), "", Some(body)).await.1["data"]["token"]
                .as_str()
                .unwrap()
                .to_owned()
        } else {
            sign_in(&server, "admin", "admin123456").await
        };
        let mut keys: BTreeMap<Option<Area>, String> = BTreeMap::new();
        for (method, template, needed) in routes(&server).await {
            let area = match &needed {
                Some(Scope::Of(area, _)) => Some(*area),
                _ => None,
            };
            if let Entry::Vacant(place) = keys.entry(area) {
                place.insert(key(&server, &admin, &all_but(area)).await);
            }
            let line = format!("{method} {template}");
            if area.is_none() {
                people.push(line.clone());
            }
            let path = template.replace("{code}", "x").replace("{uuid}", "x").replace("{id}", "1").replace(['{', '}'], "");
            let path = path.split('/').map(|part| if part.ends_with("_id") { "1" } else { part }).collect::<Vec<_>>().join("/");
            let (status, said) = call(method.as_str(), &format!("{}{path}", server.base), &keys[&area], Some(json!({}))).await;
            asked += 1;
            assert_eq!(status, 403, "{line} with a key that has everything else: {said}");
            let words = said.to_string();
            // Workers present a scope of their own.
            let needed = needed.filter(|_| !WORKERS.contains(&line.as_str()));
            let told = needed.as_ref().map_or_else(|| words.contains("API"), |scope| words.contains(&scope.to_string()));
            assert!(told, "{line} does not say that it needs {needed:?}: {said}");
        }
        server.check();
    }
    people.sort();
    people.dedup();
    assert_eq!(people, PEOPLE, "whatever no key may do is meant so");
    assert!(asked > 100, "only {asked} routes were looked at");
}

#[tokio::test]
async fn a_program_works_with_its_key_on_several_surfaces() {
    let server = Server::mounting("native,anime,phone,media,sandbox", &[IDLE]);
    let at = |path: &str| format!("{}{path}", server.base);
    let session = sign_in(&server, "test@bigniu.com", "test123").await;
    let body = json!({ "name": "CI", "scopes": ["tasks:*", "wallet:read"], "networks": ["127.0.0.0/8"], "daily_cap": "20.00" });
    let (status, made) = call("POST", &at("/gongfang/v1/keys"), &session, Some(body)).await;
    assert_eq!(status, 201, "{made}");
    let secret = made["secret"].as_str().unwrap();
    assert!(domain::api_key::is_well_formed(secret) && made["shown"].as_str().unwrap().ends_with(&secret[secret.len() - 4..]));
    hand_in(&server, secret, json!({ "novel_text": "夜里下着雪。" })).await;
    let tasks: Vec<Value> = call("GET", &at("/gongfang/v1/tasks"), secret, None).await.1["items"].as_array().unwrap().clone();
    assert_eq!(tasks.len(), 1);
    let (status, _) = call("GET", &at("/gongfang/v1/me"), secret, None).await;
    assert_eq!(status, 403);
    let (status, listed) = call("GET", &at("/gongfang/v1/keys"), &session, None).await;
    let shown = &listed["items"][0];
    assert_eq!((status, shown["used_from"].as_str(), &shown["spent"]["amount"]), (200, Some("127.0.0.1"), &json!("0.00")), "{listed}");
    assert!(!listed.to_string().contains(secret) && !server.logged().contains(secret), "the text is shown once and logged never");
    let id = made["id"].as_str().unwrap();
    let (status, rolled) = call("POST", &at(&format!("/gongfang/v1/keys/{id}/roll")), &session, Some(json!({ "overlap_s": 0 }))).await;
    assert_eq!((status, &rolled["scopes"]), (201, &json!(["tasks:write", "wallet:read"])), "{rolled}");
    for (text, expected) in [(secret, 401), (rolled["secret"].as_str().unwrap(), 200)] {
        assert_eq!(call("GET", &at("/gongfang/v1/tasks"), text, None).await.0, expected);
    }
    server.check();
}
