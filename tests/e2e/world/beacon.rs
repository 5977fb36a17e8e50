//! A relay of the beacon on this machine, with real rounds of quicknet.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Rounds that the relay has, of which four are within one minute.
pub const FIRST: i64 = 30_662_982;
pub const SECOND: i64 = 30_662_990;

/// When a round comes out, in seconds since 1970.
pub const fn time_of(round: i64) -> i64 {
    1_692_803_367 + 3 * (round - 1)
}

/// A running relay; it ends with the test.
#[derive(Clone)]
pub struct Relay {
    pub address: String,
    is_down: Arc<AtomicBool>,
    asked: Arc<AtomicI64>,
    /// Seconds since 1970: rounds after it are not out yet.
    now: Arc<AtomicI64>,
}

impl Relay {
    /// Starts a relay whose clock stands still, as that of the world does.
    pub async fn start(now: i64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            is_down: Arc::default(),
            asked: Arc::default(),
            now: Arc::new(AtomicI64::new(now)),
        };
        let serving = relay.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let relay = serving.clone();
                tokio::spawn(async move { relay.answer(stream).await });
            }
        });
        relay
    }

    /// From now on it answers nobody, or everybody again.
    pub fn is_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::SeqCst);
    }

    /// How often it was asked.
    pub fn asked(&self) -> i64 {
        self.asked.load(Ordering::SeqCst)
    }

    /// Its time.
    pub fn is_at(&self, now: i64) {
        self.now.store(now, Ordering::SeqCst);
    }

    async fn answer(&self, mut stream: TcpStream) -> Option<()> {
        let mut request = vec![0; 4096];
        loop {
            let length = stream.read(&mut request).await.ok().filter(|length| *length > 0)?;
            self.asked.fetch_add(1, Ordering::SeqCst);
            let path = String::from_utf8_lossy(&request[..length]).split(' ').nth(1)?.to_owned();
            let round: i64 = path.rsplit('/').next()?.parse().ok()?;
            let known = rounds().into_iter().find(|known| known["round"] == round);
            let is_out = time_of(round) <= self.now.load(Ordering::SeqCst);
            let (status, body) = match known.filter(|_| is_out) {
                _ if self.is_down.load(Ordering::SeqCst) => ("503 Service Unavailable", String::new()),
                Some(known) => ("200 OK", known.to_string()),
                None => ("404 Not Found", String::new()),
            };
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).await.ok()?;
        }
    }
}

/// Those of `docs/draw/vectors.json`.
pub fn rounds() -> Vec<Value> {
    let vectors: Value = serde_json::from_str(include_str!("../../../docs/draw/vectors.json")).unwrap();
    vectors["rounds"].as_array().unwrap().clone()
}
