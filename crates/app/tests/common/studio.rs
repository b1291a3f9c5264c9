//! A server of the studio surface, and calls to it.

use serde_json::{Value, json};

use super::{Server, call, client, http};

/// A server of the studio surface alone with its media, and calls to it.
pub struct Studio {
    pub server: Server,
    pub api: String,
    pub admin: String,
}

impl Studio {
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        Self::at(Server::mounting("studio,media", settings)).await
    }

    pub async fn at(server: Server) -> Self {
        let api = format!("{}/api/v1", server.base);
        let mut studio = Self { server, api, admin: String::new() };
        let (_, answer) = studio.call("POST", "/auth/login", "", Some(json!({ "username": "admin", "password": "admin123456" }))).await;
        studio.admin = answer["data"]["token"].as_str().unwrap_or_default().to_owned();
        studio
    }

    pub async fn call(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> (u16, Value) {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.api) };
        call(method, &url, token, body).await
    }

    /// Registers somebody with so many yuan: number and token.
    pub async fn user(&self, name: &str, yuan: u32) -> (i64, String) {
        let (_, answer) = self.call("POST", "/auth/register", "", Some(json!({ "username": name, "password": "secret1" }))).await;
        let id = answer["data"]["id"].as_i64().unwrap_or_else(|| panic!("{answer}"));
        if yuan > 0 {
            let body = json!({ "amount": yuan, "type": "credit", "reason": "test" });
            let (status, answer) = self.call("POST", &format!("/admin/users/{id}/balance"), &self.admin, Some(body)).await;
            assert_eq!(status, 200, "{answer}");
        }
        (id, answer["data"]["token"].as_str().unwrap().to_owned())
    }

    pub async fn available(&self, token: &str) -> f64 {
        self.call("GET", "/auth/user", token, None).await.1["data"]["credit"]["available"].as_f64().unwrap()
    }

    pub async fn submit(&self, token: &str, body: Value) -> (u16, Value) {
        self.call("POST", "/tasks", token, Some(json!({ "body": body, "user": { "creatorId": 1, "creatorName": "x" } }))).await
    }

    /// Waits until a task has a status: minutes at most, since a killed worker's lease must run out first.
    pub async fn until(&self, token: &str, task: i64, status: i64) -> Value {
        for _ in 0..3000 {
            let (_, answer) = self.call("GET", &format!("/tasks/{task}"), token, None).await;
            if answer["data"]["status"] == status {
                return answer["data"].clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("task {task} never came to {status}: {:?}", self.call("GET", &format!("/tasks/{task}"), token, None).await)
    }

    /// Makes an order through the sandbox gateway: its number and the cashier's page.
    pub async fn order(&self, token: &str, yuan: u32) -> (String, String) {
        let (_, methods) = self.call("GET", "/payment/methods", token, None).await;
        let body = json!({ "amount": yuan, "payment_method_uuid": methods["data"][0]["uuid"], "payment_channel": "alipay", "return_url": "http://localhost/back" });
        let (status, answer) = self.call("POST", "/payment/create", token, Some(body)).await;
        assert_eq!(status, 200, "{answer}");
        let client = client().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let jumped = client.get(answer["data"]["jump_url"].as_str().unwrap()).send().await.unwrap();
        let cashier = jumped.headers()["location"].to_str().unwrap().to_owned();
        (answer["data"]["order_id"].as_str().unwrap().to_owned(), format!("{}{cashier}", self.server.base))
    }

    pub async fn click(&self, cashier: &str, action: &str) -> String {
        http().post(cashier).form(&[("action", action)]).send().await.unwrap().text().await.unwrap()
    }
}
