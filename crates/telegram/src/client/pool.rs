//! Connections that are kept and used again, one call at a time on each.
//!
//! By hand over hyper's HTTP/1, because a pool for any host, with redirects, cookies and retries,
//! costs more than the rest of a call (`docs/decisions/0011-hyper-for-the-bot-api.md`).

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{self, SendRequest, handshake};
use qura_dial::{Dial, Stream, chain};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use super::answer::CallFailure;

/// How long an unused connection is kept: less than servers usually do (60–75 s), because a
/// connection that the server closes just while a call begins costs that call.
const IDLE: Duration = Duration::from_secs(45);

/// Calls under way at the same time, beyond which they queue up: at 100 ms each that is 5,000 a
/// second, ten times what one bot may send. Memory and sockets stay bounded.
const MOST_CALLS: usize = 512;

type Driver = http1::Connection<Stream, Full<Bytes>>;

/// A connection and its handle. Whoever has a call on it drives it: a task of its own would have to
/// wake the caller, and the caller it, for every call.
struct Connection {
    handle: SendRequest<Full<Bytes>>,
    /// `None` once it ended, so that the handle knows. Boxed, because it is large and moved around.
    driver: Option<Pin<Box<Driver>>>,
}

impl Connection {
    /// Does what is asked of the handle, and the reading and writing that it takes.
    async fn drive<T>(&mut self, work: impl AsyncFnOnce(&mut SendRequest<Full<Bytes>>) -> T) -> T {
        let Self { handle, driver } = self;
        let mut work = pin!(work(handle));
        poll_fn(|context| {
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(done);
            }
            // What ended it shows in the work.
            if driver.as_mut().is_some_and(|driver| driver.as_mut().poll(context).is_ready()) {
                *driver = None;
            }
            work.as_mut().poll(context)
        })
        .await
    }
}

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
        loop {
            let (mut connection, is_new) = match self.take().await {
                Some(connection) => (connection, false),
                // Rare and large: not to be a part of every call.
                None => (Box::pin(self.connect()).await?, true),
            };
            let answer = connection.drive(async |handle| {
                let response = handle.try_send_request(request).await?;
                let (head, body) = response.into_parts();
                Ok(body.collect().await.map(|body| Response::from_parts(head, body.to_bytes())))
            });
            let refused: TrySendError<_> = match answer.await {
                Ok(answer) => {
                    self.keep(connection);
                    return answer.map_err(|error| lost(&error));
                }
                Err(refused) => refused,
            };
            request = match (refused, is_new) {
                // The server had closed the connection, and knows nothing of the request.
                (mut refused, false) => match refused.take_message() {
                    Some(unsent) => unsent,
                    None => return Err(lost(refused.error())),
                },
                (refused, true) => return Err(lost(refused.error())),
            };
        }
    }

    /// A connection that was used before and is still open: the one used last.
    async fn take(&self) -> Option<Connection> {
        loop {
            let (mut connection, since) = self.idle().pop_back()?;
            if since.elapsed() > IDLE {
                // All others are older still.
                self.idle().clear();
                return None;
            }
            if connection.drive(async |handle| handle.ready().await).await.is_ok() {
                return Some(connection);
            }
        }
    }

    fn keep(&self, connection: Connection) {
        if connection.driver.is_none() {
            return;
        }
        let now = Instant::now();
        let mut idle = self.idle();
        idle.push_back((connection, now));
        while idle.front().is_some_and(|(_, since)| now - *since > IDLE) {
            idle.pop_front();
        }
    }

    async fn connect(&self) -> Result<Connection, CallFailure> {
        let connected = timeout(self.connect_within, async {
            let stream = self.dial.open(self.address.clone()).await.map_err(|error| error.to_string())?;
            handshake(stream).await.map_err(|error| chain(&error))
        });
        let connected = connected.await.unwrap_or_else(|_| Err("no connection in time".to_owned()));
        let (handle, driver) = connected.map_err(CallFailure::NotSent)?;
        Ok(Connection { handle, driver: Some(Box::pin(driver)) })
    }

    fn idle(&self) -> MutexGuard<'_, VecDeque<(Connection, Instant)>> {
        // Nothing in there can panic half-way, so the data is whole.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lost(error: &dyn std::error::Error) -> CallFailure {
    CallFailure::Lost(chain(error))
}
