//! A simulator with one bot, and ways to call it and to act as people.

use qura_simulator::{BotConfig, ClockMode, Config, FloodLimits, RunningSimulator, Simulator};
use serde_json::{Value, json};

pub const BOT: i64 = 1001;
pub const TOKEN: &str = "1001:test";
pub const START: i64 = 1_800_000_000;

pub struct World {
    pub simulator: RunningSimulator,
    pub http: reqwest::Client,
}

impl World {
    /// A manual clock and no flood limits.
    pub async fn new() -> Self {
        Self::with(Config { flood: FloodLimits::off(), ..Config::default() }).await
    }

    pub async fn with(config: Config) -> Self {
        // An error says that another test has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let bot = BotConfig { token: TOKEN.into(), username: "qura_bot".into(), name: "Qura".into() };
        let clock = ClockMode::Manual { at: START };
        let simulator = Simulator::start(Config { clock, bots: vec![bot], ..config }).await.unwrap();
        Self { simulator, http: reqwest::Client::new() }
    }

    /// Calls the Bot API; the whole answer.
    pub async fn call(&self, method: &str, params: Value) -> Value {
        let url = format!("{}/bot{TOKEN}/{method}", self.simulator.url());
        let response = self.http.post(url).json(&params).send().await.unwrap();
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap();
        if !body["ok"].as_bool().unwrap() {
            assert_eq!(body["error_code"], status);
        }
        body
    }

    /// The result of a call that must go well.
    pub async fn ok(&self, method: &str, params: Value) -> Value {
        let body = self.call(method, params).await;
        assert_eq!(body["ok"], true, "{method}: {body}");
        body["result"].clone()
    }

    /// Code and text of a call that must be refused.
    pub async fn refused(&self, method: &str, params: Value) -> String {
        let body = self.call(method, params).await;
        assert_eq!(body["ok"], false, "{method}: {body}");
        format!("{} {}", body["error_code"], body["description"].as_str().unwrap())
    }

    pub async fn try_control(&self, method: &str, path: &str, body: Value) -> Result<Value, String> {
        let url = format!("{}/control{path}", self.simulator.url());
        let request = self.http.request(method.parse().unwrap(), url);
        let request = if body.is_null() { request } else { request.json(&body) };
        let response = request.send().await.unwrap();
        let good = response.status().is_success();
        let body: Value = response.json().await.unwrap();
        if good { Ok(body) } else { Err(body["error"].as_str().unwrap().to_owned()) }
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.try_control("POST", path, body).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Value {
        self.try_control("GET", path, Value::Null).await.unwrap()
    }

    /// Calls the Bot API with a form: texts, and one file (part, name, bytes); the whole answer.
    pub async fn upload(&self, method: &str, texts: &[(&str, String)], file: (&str, &str, &[u8])) -> Value {
        let (part, name, bytes) = file;
        let mut form = Vec::new();
        for (name, text) in texts {
            let text = format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
            form.extend_from_slice(text.as_bytes());
        }
        let head =
            format!("--cut\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{name}\"\r\n\r\n");
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(bytes);
        form.extend_from_slice(b"\r\n--cut--\r\n");
        let url = format!("{}/bot{TOKEN}/{method}", self.simulator.url());
        let request = self.http.post(url).header("Content-Type", "multipart/form-data; boundary=cut");
        request.body(form).send().await.unwrap().json().await.unwrap()
    }

    /// A file of a kind that Telegram has already; its id.
    pub async fn file(&self, kind: &str) -> String {
        let url = format!("{}/control/files?kind={kind}", self.simulator.url());
        let made: Value = self.http.post(url).body("bytes").send().await.unwrap().json().await.unwrap();
        made["file_id"].as_str().unwrap().to_owned()
    }

    pub async fn person(&self, name: &str) -> i64 {
        self.post("/people", json!({"first_name": name})).await["id"].as_i64().unwrap()
    }

    /// A person who has started the bot; the update is taken.
    pub async fn user(&self, name: &str) -> i64 {
        let id = self.person(name).await;
        self.post(&format!("/people/{id}/start"), json!({})).await;
        self.updates().await;
        id
    }

    pub async fn chat(&self, kind: &str, owner: i64) -> i64 {
        let body = json!({"kind": kind, "title": kind, "owner": owner});
        self.post("/chats", body).await["id"].as_i64().unwrap()
    }

    /// A chat where the bot is an administrator with all rights; the update is taken.
    pub async fn admin_chat(&self, kind: &str, owner: i64) -> i64 {
        let chat = self.chat(kind, owner).await;
        self.member(chat, BOT, "administrator").await;
        self.updates().await;
        chat
    }

    pub async fn member(&self, chat: i64, user: i64, status: &str) {
        self.post(&format!("/chats/{chat}/members"), json!({"user": user, "status": status})).await;
    }

    pub async fn advance(&self, ms: i64) {
        self.post("/clock", json!({"advance_ms": ms})).await;
    }

    /// Takes and confirms what waits.
    pub async fn updates(&self) -> Vec<Value> {
        let batch = self.ok("getUpdates", json!({})).await;
        let batch = batch.as_array().unwrap().clone();
        if let Some(last) = batch.last() {
            let next = last["update_id"].as_i64().unwrap() + 1;
            self.ok("getUpdates", json!({"offset": next, "limit": 1})).await;
        }
        batch
    }

    /// The bodies of the updates of one kind that wait.
    pub async fn taken(&self, kind: &str) -> Vec<Value> {
        self.updates().await.iter().filter_map(|update| update.get(kind)).cloned().collect()
    }

    pub async fn refusals(&self) -> Vec<Value> {
        let body = self.get("/refusals").await;
        assert_eq!(body["own_faults"], json!([]), "the simulator broke the schema");
        body["refusals"].as_array().unwrap().clone()
    }

    /// Ends a test: nothing was refused but so many calls, and the simulator kept to the schema.
    pub async fn ends_with_refusals(self, count: usize) {
        let refusals = self.refusals().await;
        assert_eq!(refusals.len(), count, "{refusals:#?}");
        self.simulator.shutdown().await;
    }
}

pub fn callback_keyboard(text: &str, data: &str) -> Value {
    json!({"inline_keyboard": [[{"text": text, "callback_data": data}]]})
}
