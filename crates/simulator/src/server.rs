//! Starts and stops a simulator: the listener, the routes, and connections that can be cut.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::extract::connect_info::Connected;
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};
use tower::ServiceExt;

use crate::config::Config;
use crate::schema::Schema;
use crate::world::World;
use crate::{bot_api, control, page};

/// Why a simulator did not start.
pub type StartError = io::Error;

/// How long open requests may take when it stops.
const GOODBYE: Duration = Duration::from_secs(2);

/// A refusal is one sentence.
const LONGEST_REFUSAL: usize = 64 * 1024;

/// Starts simulators.
pub struct Simulator;

/// A simulator that serves requests until it is shut down or dropped.
pub struct RunningSimulator {
    addr: SocketAddr,
    routes: Router,
    stop: CancellationToken,
    serving: JoinHandle<io::Result<()>>,
}

impl Simulator {
    /// Binds the listener and serves in the background of the current runtime.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn start(config: Config) -> Result<RunningSimulator, StartError> {
        let listener = TcpListener::bind(config.addr).await?;
        let addr = listener.local_addr()?;
        let stop = CancellationToken::new();
        let schema = Arc::new(Schema::load()?);
        let world = World::new(config, Arc::clone(&schema));
        let app = App { inner: Arc::new(Inner { world: Mutex::new(world), schema, stop: stop.clone() }) };
        let routes = routes(app);
        let service = routes.clone().into_make_service_with_connect_info::<Link>();
        let stopped = stop.clone();
        let serving = tokio::spawn(async move {
            axum::serve(CuttableListener(listener), service)
                .with_graceful_shutdown(async move { stopped.cancelled().await })
                .await
        });
        Ok(RunningSimulator { addr, routes, stop, serving })
    }
}

impl RunningSimulator {
    /// The base URL, without a slash at its end: what `TELEGRAM_API_URL` takes.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Sends a request to the control API from within the process: a path such as `/control/people`
    /// and its body.
    ///
    /// # Errors
    /// What the control API says when it refuses.
    pub async fn act(&self, path: &str, body: String) -> Result<(), String> {
        let request = Request::post(path).header(CONTENT_TYPE, "application/json").body(Body::from(body));
        let request = request.map_err(|error| error.to_string())?;
        let Ok(answer) = self.routes.clone().oneshot(request).await;
        if answer.status().is_success() {
            return Ok(());
        }
        let said = axum::body::to_bytes(answer.into_body(), LONGEST_REFUSAL).await;
        Err(said.map_or_else(|error| error.to_string(), |said| String::from_utf8_lossy(&said).into_owned()))
    }

    /// Ends long polls and streams, waits shortly for open requests, and stops.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        if tokio::time::timeout(GOODBYE, &mut self.serving).await.is_err() {
            self.serving.abort();
        }
    }
}

impl Drop for RunningSimulator {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn routes(app: App) -> Router {
    page::routes()
        .nest("/control", control::routes())
        .fallback(bot_api::serve)
        .layer(DefaultBodyLimit::disable())
        .with_state(app)
}

/// What every request handler shares.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    world: Mutex<World>,
    schema: Arc<Schema>,
    stop: CancellationToken,
}

impl App {
    /// The world, locked. Never hold it over an await.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.inner.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn schema(&self) -> &Schema {
        &self.inner.schema
    }

    /// Ends when the server stops.
    pub fn stopping(&self) -> WaitForCancellationFuture<'_> {
        self.inner.stop.cancelled()
    }

    pub fn stop_token(&self) -> CancellationToken {
        self.inner.stop.clone()
    }
}

/// The connection that a request came by.
#[derive(Clone)]
pub struct Link(Arc<AtomicBool>);

impl Link {
    /// Nothing more is written to it: the caller sees it break without an answer.
    pub fn cut(&self) {
        self.0.store(true, Ordering::Release);
    }
}

struct CuttableListener(TcpListener);

struct CuttableStream {
    stream: TcpStream,
    cut: Arc<AtomicBool>,
}

impl Listener for CuttableListener {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CuttableStream, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, addr)) => {
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%error, "no TCP_NODELAY");
                    }
                    return (CuttableStream { stream, cut: Arc::default() }, addr);
                }
                Err(error) => {
                    tracing::warn!(%error, "could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, CuttableListener>> for Link {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        Self(Arc::clone(&stream.io().cut))
    }
}

impl CuttableStream {
    fn check(&self) -> io::Result<()> {
        if self.cut.load(Ordering::Acquire) { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
