//! A bot that does nothing: getUpdates, and one sendMessage for each message. What it reaches is the
//! ceiling that the simulator, HTTP and the machine leave to any bot.

use std::sync::Arc;

use anyhow::{Context, bail};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc};

/// Connections that send; more bring nothing on two cores.
const SENDERS: usize = 16;

#[derive(Deserialize)]
struct Updates {
    result: Vec<Update>,
}

#[derive(Deserialize)]
struct Update {
    update_id: i64,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    chat: Chat,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
}

pub async fn run(url: &str, token: &str) -> anyhow::Result<()> {
    let address = url.strip_prefix("http://").context("the URL must begin with http://")?.to_owned();
    let (queue, waiting) = mpsc::channel::<i64>(10_000);
    let waiting = Arc::new(Mutex::new(waiting));
    for _ in 0..SENDERS {
        let (address, token, waiting) = (address.clone(), token.to_owned(), waiting.clone());
        tokio::spawn(async move {
            let mut connection = Connection::open(&address).await?;
            loop {
                let Some(chat) = waiting.lock().await.recv().await else { return anyhow::Ok(()) };
                let body = format!(r#"{{"chat_id":{chat},"text":"مرحبا"}}"#);
                connection.call(&format!("/bot{token}/sendMessage"), &body).await?;
            }
        });
    }
    let mut connection = Connection::open(&address).await?;
    let mut offset = 0;
    loop {
        let body = format!(r#"{{"offset":{offset},"timeout":50,"limit":100}}"#);
        let answer = connection.call(&format!("/bot{token}/getUpdates"), &body).await?;
        for update in serde_json::from_slice::<Updates>(&answer)?.result {
            offset = update.update_id + 1;
            if let Some(message) = update.message {
                queue.send(message.chat.id).await?;
            }
        }
    }
}

/// One HTTP/1.1 connection that is kept open: the least that can be done.
struct Connection {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Connection {
    async fn open(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), host: address.to_owned() })
    }

    async fn call(&mut self, path: &str, body: &str) -> anyhow::Result<Vec<u8>> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        let mut length = None;
        let mut line = String::new();
        loop {
            line.clear();
            if self.stream.read_line(&mut line).await? == 0 {
                bail!("the server closed the connection");
            }
            let header = line.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = Some(value.trim().parse::<usize>()?);
            }
        }
        let mut answer = vec![0; length.context("an answer without content-length")?];
        self.stream.read_exact(&mut answer).await?;
        Ok(answer)
    }
}
