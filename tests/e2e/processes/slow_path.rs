//! The way to a server, which takes as long as a story wants.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// Ends with this value, and all connections with it.
pub struct SlowPath {
    port: u16,
    delay: Delay,
    _listening: JoinSet<()>,
}

/// Of each packet, in milliseconds.
type Delay = Arc<AtomicU64>;

impl SlowPath {
    /// A way to the server of this address, as fast as the machine.
    pub async fn to(server: &Url) -> Self {
        let server: SocketAddr =
            format!("{}:{}", server.host_str().unwrap(), server.port().unwrap()).parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, delay) = (listener.local_addr().unwrap().port(), Delay::default());
        let mut listening = JoinSet::new();
        let slowness = delay.clone();
        listening.spawn(async move {
            let mut ways = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(server).await else { continue };
                let _ = (client.set_nodelay(true), server.set_nodelay(true));
                let ((from_client, to_client), (from_server, to_server)) =
                    (client.into_split(), server.into_split());
                ways.spawn(carry(from_client, to_server, slowness.clone()));
                ways.spawn(carry(from_server, to_client, slowness.clone()));
            }
        });
        Self { port, delay, _listening: listening }
    }

    /// The server's address by this way.
    pub fn instead_of(&self, server: &Url) -> String {
        let mut url = server.clone();
        url.set_port(Some(self.port)).unwrap();
        url.to_string()
    }

    /// From now on every packet takes so long, there as well as back.
    pub fn takes(&self, delay: Duration) {
        self.delay.store(delay.as_millis().try_into().unwrap(), Ordering::Relaxed);
    }
}

/// Carries what comes, each packet late, none past another.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Delay) {
    let (on_its_way, mut arriving) = mpsc::channel::<(Instant, Vec<u8>)>(1_024);
    let read = async move {
        let mut packet = vec![0; 16 * 1_024];
        while let Ok(length @ 1..) = from.read(&mut packet).await {
            let due = Instant::now() + Duration::from_millis(delay.load(Ordering::Relaxed));
            if on_its_way.send((due, packet[..length].to_vec())).await.is_err() {
                return;
            }
        }
    };
    let write = async move {
        while let Some((due, packet)) = arriving.recv().await {
            sleep_until(due).await;
            if to.write_all(&packet).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    };
    tokio::join!(read, write);
}
