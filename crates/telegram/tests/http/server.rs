//! A Bot API that answers by a script and remembers what it was asked.

use std::collections::{HashSet, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, FromRequest, Multipart, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::TOKEN;

/// An answer of the script.
pub struct Reply {
    status: u16,
    body: String,
    delay: Duration,
    retry_after: Option<&'static str>,
}

impl Reply {
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self { status, body: body.into(), delay: Duration::ZERO, retry_after: None }
    }

    pub fn ok(result: Value) -> Self {
        Self::text(200, json!({"ok": true, "result": result}).to_string())
    }

    pub fn refusal(code: u16, description: &str) -> Self {
        let body = json!({"ok": false, "error_code": code, "description": description});
        Self::text(code, body.to_string())
    }

    pub fn flood(secs: u64) -> Self {
        let description = format!("Too Many Requests: retry after {secs}");
        let body = json!({
            "ok": false, "error_code": 429, "description": description, "parameters": {"retry_after": secs},
        });
        Self::text(429, body.to_string())
    }

    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    pub fn with_retry_after(self, secs: &'static str) -> Self {
        Self { retry_after: Some(secs), ..self }
    }
}

#[derive(Default)]
struct Memory {
    script: VecDeque<Reply>,
    asked: Vec<(String, Value)>,
    connections: HashSet<SocketAddr>,
}

/// Runs until the test's runtime ends.
pub struct Server {
    pub address: String,
    memory: Arc<Mutex<Memory>>,
}

impl Server {
    /// Answers by the script; afterwards `true` to everything.
    pub async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let memory = Memory { script: script.into_iter().collect(), ..Memory::default() };
        let memory = Arc::new(Mutex::new(memory));
        let app = Router::new().route("/{bot}/{method}", post(answer)).with_state(memory.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let service = app.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        Self { address, memory }
    }

    /// The methods called so far with their parameters.
    pub fn asked(&self) -> Vec<(String, Value)> {
        self.memory().asked.clone()
    }

    pub fn methods(&self) -> Vec<String> {
        self.asked().into_iter().map(|(method, _)| method).collect()
    }

    pub fn connections(&self) -> usize {
        self.memory().connections.len()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap()
    }
}

async fn answer(
    State(memory): State<Arc<Mutex<Memory>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path((bot, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    assert_eq!(bot, format!("bot{TOKEN}"));
    let parameters = parameters(request).await;
    let reply = {
        let mut memory = memory.lock().unwrap();
        memory.connections.insert(peer);
        memory.asked.push((method, parameters));
        memory.script.pop_front().unwrap_or_else(|| Reply::ok(json!(true)))
    };
    tokio::time::sleep(reply.delay).await;
    let mut response = (StatusCode::from_u16(reply.status).unwrap(), reply.body.into_bytes()).into_response();
    if let Some(secs) = reply.retry_after {
        response.headers_mut().insert("retry-after", secs.parse().unwrap());
    }
    response
}

/// Reads JSON, or a form: its texts as they are, its files as a list of name, type and content.
async fn parameters(request: Request) -> Value {
    if request.headers()["content-type"] == "application/json" {
        return serde_json::from_str(&String::from_request(request, &()).await.unwrap()).unwrap();
    }
    let mut form = Multipart::from_request(request, &()).await.unwrap();
    let mut parts = json!({});
    while let Some(part) = form.next_field().await.unwrap() {
        let [name, file, kind] =
            [part.name(), part.file_name(), part.content_type()].map(|text| text.map(str::to_owned));
        let content = part.text().await.unwrap();
        parts[name.unwrap()] = match file {
            Some(file) => json!([file, kind, content]),
            None => json!(content),
        };
    }
    parts
}

/// A server that reads each request and hangs up without an answer. Returns its address and how
/// many connections it took.
pub async fn hanging_up() -> (String, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(Mutex::new(0));
    let counted = count.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            *counted.lock().unwrap() += 1;
            let _ = stream.read(&mut [0; 4096]).await;
        }
    });
    (address, count)
}

/// A server that answers one call on each connection, and closes it without a word about that.
/// Returns its address and how many connections it took.
pub async fn closing_after_each() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let body = json!({"ok": true, "result": {"id": 99, "is_bot": true, "first_name": "Q", "username": "q_bot",
                      "message_id": 1}});
    let body = body.to_string();
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, count)
}

/// An address where nobody listens.
pub async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
