//! An HTTP proxy on this machine: whatever is asked for, it leads to one server.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// A running proxy; it ends with the test.
#[derive(Clone)]
pub struct Proxy {
    pub address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts a proxy to the server at `host:port`.
    pub async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let proxy = Self { address, asked: Arc::default() };
        let serving = proxy.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (proxy, server) = (serving.clone(), server.clone());
                tokio::spawn(async move { proxy.leads(stream, &server).await });
            }
        });
        proxy
    }

    /// The hosts that it was asked for, with their ports.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    async fn leads(&self, mut stream: TcpStream, server: &str) -> Option<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let host = head.strip_prefix("CONNECT ")?.split(' ').next()?;
        self.asked.lock().unwrap().push(host.to_owned());
        let mut server = TcpStream::connect(server).await.ok()?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
        copy_bidirectional(&mut stream, &mut server).await.ok()?;
        Some(())
    }
}
