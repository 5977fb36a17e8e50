//! Connections that are kept and used again, one call at a time on each.
//!
//! By hand over hyper's HTTP/1, because a pool for any host, with redirects, cookies and retries,
//! costs more than the rest of a call (`docs/decisions/0011-hyper-for-the-bot-api.md`).

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use super::answer::CallFailure;
use super::chain;
use super::dial::Dial;

/// How long an unused connection is kept: less than servers usually do (60–75 s), because a
/// connection that the server closes just while a call begins costs that call.
const IDLE: Duration = Duration::from_secs(45);

/// Calls under way at the same time, beyond which they queue up: at 100 ms each that is 5,000 a
/// second, ten times what one bot may send. Memory and sockets stay bounded.
const MOST_CALLS: usize = 512;

type Connection = SendRequest<Full<Bytes>>;

/// The connections to one server.
pub struct Pool {
    dial: Dial,
    address: Uri,
    connect_within: Duration,
    /// The oldest first.
    idle: Mutex<VecDeque<(Connection, Instant)>>,
    calls: Semaphore,
}

/// Whether a call may have to wait until others are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Takes its place among the calls.
    Waits,
    /// Has a place of its own: it lasts long on purpose.
    Own,
}

impl Pool {
    /// Does not connect yet.
    pub fn new(dial: Dial, address: Uri, connect_within: Duration) -> Self {
        Self { dial, address, connect_within, idle: Mutex::default(), calls: Semaphore::new(MOST_CALLS) }
    }

    /// Sends a request and reads the whole answer, which may take as long as `within` from when it
    /// is the request's turn.
    pub async fn exchange(
        &self,
        turn: Turn,
        within: Duration,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Bytes>, CallFailure> {
        let _place = match turn {
            Turn::Waits => self.calls.acquire().await.ok(),
            Turn::Own => None,
        };
        let answer = timeout(within, self.send(request)).await;
        answer.unwrap_or_else(|_| Err(CallFailure::Lost("no answer in time".to_owned())))
    }

    async fn send(&self, mut request: Request<Full<Bytes>>) -> Result<Response<Bytes>, CallFailure> {
        while let Some(mut connection) = self.take().await {
            match connection.try_send_request(request).await {
                Ok(response) => return self.finish(connection, response).await,
                Err(mut refused) => match refused.take_message() {
                    // The server had closed the connection, and knows nothing of the request.
                    Some(unsent) => request = unsent,
                    None => return Err(lost(refused.error())),
                },
            }
        }
        // Rare and large: not to be a part of every call.
        let mut connection = Box::pin(self.connect()).await?;
        let response = connection.send_request(request).await.map_err(|error| lost(&error))?;
        self.finish(connection, response).await
    }

    /// A connection that was used before and is still open: the one used last.
    async fn take(&self) -> Option<Connection> {
        loop {
            let (mut connection, _) = self.idle().pop_back()?;
            if connection.ready().await.is_ok() {
                return Some(connection);
            }
        }
    }

    async fn finish(
        &self,
        connection: Connection,
        response: Response<Incoming>,
    ) -> Result<Response<Bytes>, CallFailure> {
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| lost(&error))?.to_bytes();
        if !connection.is_closed() {
            let now = Instant::now();
            let mut idle = self.idle();
            idle.push_back((connection, now));
            while idle.front().is_some_and(|(old, since)| now - *since > IDLE || old.is_closed()) {
                idle.pop_front();
            }
        }
        Ok(Response::from_parts(head, body))
    }

    async fn connect(&self) -> Result<Connection, CallFailure> {
        let connected = timeout(self.connect_within, async {
            let stream = self.dial.open(self.address.clone()).await?;
            handshake(stream).await.map_err(|error| chain(&error))
        });
        let connected = connected.await.unwrap_or_else(|_| Err("no connection in time".to_owned()));
        let (sender, connection) = connected.map_err(CallFailure::NotSent)?;
        // What breaks it shows in the call that is on it.
        tokio::spawn(async { _ = connection.await });
        Ok(sender)
    }

    fn idle(&self) -> MutexGuard<'_, VecDeque<(Connection, Instant)>> {
        // Nothing in there can panic half-way, so the data is whole.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lost(error: &dyn std::error::Error) -> CallFailure {
    CallFailure::Lost(chain(error))
}
