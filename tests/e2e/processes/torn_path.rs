//! The way to PostgreSQL, which tears at the worst moment: when a commit was made, and before its answer arrives.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::Url;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// Ends with this value, and all connections with it.
pub struct TornPath {
    port: u16,
    server: SocketAddr,
    /// Of the notice that comes within the transaction whose answer is lost.
    word: &'static str,
    way: JoinSet<()>,
    tears: Arc<Notify>,
}

impl TornPath {
    /// A way to the server of this address. It tears where the server commits a transaction in which it gave notice of
    /// `word`.
    pub async fn to(server: &Url, word: &'static str) -> Self {
        let server = format!("{}:{}", server.host_str().unwrap(), server.port().unwrap()).parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut path = Self { port, server, word, way: JoinSet::new(), tears: Arc::default() };
        path.leads(listener, true);
        path
    }

    /// The server's address by this way.
    pub fn instead_of(&self, server: &Url) -> String {
        let mut url = server.clone();
        url.set_port(Some(self.port)).unwrap();
        url.to_string()
    }

    /// Waits until it tears. From then on there is no connection, old or new.
    pub async fn is_torn(&mut self) {
        self.tears.notified().await;
        self.way.shutdown().await;
    }

    /// It leads there again, and tears no more.
    pub async fn is_mended(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        self.leads(listener, false);
    }

    fn leads(&mut self, listener: TcpListener, may_tear: bool) {
        let (server, word) = (self.server, may_tear.then_some(self.word));
        let tears = self.tears.clone();
        self.way.spawn(async move {
            let mut ways = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(server).await else { continue };
                let _ = (client.set_nodelay(true), server.set_nodelay(true));
                let ((mut from_client, to_client), (from_server, mut to_server)) =
                    (client.into_split(), server.into_split());
                ways.spawn(async move { _ = copy(&mut from_client, &mut to_server).await });
                ways.spawn(brings_back(from_server, to_client, word, tears.clone()));
            }
        });
    }
}

/// Carries what the server says, but for the answer to the commit of the transaction with that word.
async fn brings_back(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    word: Option<&'static str>,
    tears: Arc<Notify>,
) {
    let mut packet = vec![0; 16 * 1_024];
    let mut is_noticed = false;
    while let Ok(length @ 1..) = from.read(&mut packet).await {
        let said = &packet[..length];
        is_noticed |= word.is_some_and(|word| holds(said, word));
        if is_noticed && holds(said, "COMMIT\0") {
            tears.notify_one();
            return;
        }
        if to.write_all(said).await.is_err() {
            return;
        }
    }
}

fn holds(said: &[u8], word: &str) -> bool {
    said.windows(word.len()).any(|part| part == word.as_bytes())
}
