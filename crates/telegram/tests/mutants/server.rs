//! A Bot API that has one batch of updates to give, byte for byte.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::post;
use tokio::net::TcpListener;

/// What the next call is answered with.
#[derive(Clone, Default)]
pub struct Answer(Arc<Mutex<Vec<u8>>>);

impl Answer {
    pub fn is(&self, body: Vec<u8>) {
        *self.0.lock().unwrap() = body;
    }
}

/// Runs until the test's runtime ends. Returns its address.
pub async fn start(answer: Answer) -> String {
    let reply = move || {
        let body = answer.0.lock().unwrap().clone();
        async move { body }
    };
    let app = Router::new().route("/{bot}/{method}", post(reply));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    address
}
