//! The simulator's control API, as tests call it (`docs/simulator.md`).

use std::time::Duration;

use serde_json::{Value, json};

/// How long anything that must happen is waited for. Only a failing test waits so long.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A client of one simulator. Cheap to clone.
#[derive(Clone)]
pub struct Control {
    base: String,
    http: reqwest::Client,
}

impl Control {
    /// `base` is the simulator's address.
    pub fn new(base: &str) -> Self {
        // An error says that another test has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { base: base.to_owned(), http: reqwest::Client::new() }
    }

    pub async fn get(&self, path: &str) -> Value {
        self.call("GET", path, Value::Null).await.unwrap_or_else(|(_, why)| panic!("GET {path}: {why}"))
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let said = body.to_string();
        self.call("POST", path, body).await.unwrap_or_else(|(_, why)| panic!("POST {path} {said}: {why}"))
    }

    pub async fn delete(&self, path: &str) {
        self.call("DELETE", path, Value::Null)
            .await
            .unwrap_or_else(|(_, why)| panic!("DELETE {path}: {why}"));
    }

    /// Waits until something is so; `None` when it is not in time.
    pub async fn wait(&self, what: &str, about: &[(&str, &str)]) -> Option<Value> {
        let patience = PATIENCE.as_millis().to_string();
        let mut query = vec![("what", what), ("timeout_ms", patience.as_str())];
        query.extend_from_slice(about);
        let url = reqwest::Url::parse_with_params("http://nowhere/wait", &query).unwrap();
        let path = format!("/wait?{}", url.query().unwrap());
        match self.call("GET", &path, Value::Null).await {
            Ok(found) => Some(found),
            Err((408, _)) => None,
            Err((_, why)) => panic!("GET {path}: {why}"),
        }
    }

    /// The number of the latest change of any message.
    pub async fn seq(&self) -> i64 {
        self.get("/stats").await["seq"].as_i64().unwrap()
    }

    /// The calls of a method that were made so far.
    pub async fn calls(&self, method: &str) -> Vec<Value> {
        let found = self.get(&format!("/calls?method={method}&limit=100000")).await;
        found["calls"].as_array().unwrap().clone()
    }

    /// Makes trouble until the returned trouble is over.
    pub async fn fault(&self, fault: Value) -> i64 {
        self.post("/faults", fault).await["id"].as_i64().unwrap()
    }

    /// How many calls a fault has hit.
    pub async fn hits(&self, fault: i64) -> u64 {
        let faults = self.get("/faults").await;
        let found = faults["faults"].as_array().unwrap().iter().find(|one| one["id"] == json!(fault));
        found.map_or(0, |one| one["hits"].as_u64().unwrap())
    }

    /// Delivers an update that no person made.
    pub async fn injects(&self, raw: Value) {
        self.post("/updates", json!({"raw": raw})).await;
    }

    /// A call of the Bot API, as the program makes them; its result.
    pub async fn as_the_bot(&self, token: &str, method: &str, body: Value) -> Value {
        let url = format!("{}/bot{token}/{method}", self.base);
        let request = self.http.post(url).header("content-type", "application/json").body(body.to_string());
        let said: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
        assert_eq!(said["ok"], Value::Bool(true), "{method} {body}: {said}");
        said["result"].clone()
    }

    /// A file, to the byte.
    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let url = format!("{}/control{path}", self.base);
        let response = self.http.get(url).send().await.unwrap();
        assert!(response.status().is_success(), "GET {path}: {}", response.status());
        response.bytes().await.unwrap().to_vec()
    }

    /// Any call; a refusal with its status and its reason.
    pub async fn call(&self, method: &str, path: &str, body: Value) -> Result<Value, (u16, String)> {
        let url = format!("{}/control{path}", self.base);
        let mut request = self.http.request(method.parse().unwrap(), url);
        if !body.is_null() {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| json!({"error": text}));
        match status.is_success() {
            true => Ok(body),
            false => Err((status.as_u16(), body["error"].as_str().unwrap_or_default().to_owned())),
        }
    }
}
