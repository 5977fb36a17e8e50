//! Opens connections: straight or through the proxy of the environment, with TLS or without.

use std::error::Error;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

/// A connection to a server.
pub type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// Which proxy leads to which address.
pub struct Proxies(Matcher);

/// How connections to one address are opened.
#[derive(Clone)]
pub enum Dial {
    Plain(HttpConnector),
    Straight(HttpsConnector<HttpConnector>),
    Tunnel(HttpsConnector<Tunnel<HttpConnector>>),
    Socks(HttpsConnector<SocksV5<HttpConnector>>),
}

/// Connections cannot be prepared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// The machine's certificates cannot be used.
    #[error("TLS cannot be prepared: {0}")]
    Tls(String),
    #[error("the proxy must be an http:// or socks5:// address")]
    Proxy,
}

/// No connection came about: all causes, without the address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotConnected(pub String);

impl Proxies {
    /// Those of `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    pub fn of_the_environment() -> Self {
        Self(Matcher::from_env())
    }

    /// One for everything.
    pub fn all(proxy: &str) -> Self {
        Self(Matcher::builder().all(proxy).build())
    }
}

impl Dial {
    /// Chooses by the address. This machine itself is never reached through a proxy.
    ///
    /// # Errors
    /// When the proxy is of a kind that is not known, or the machine's certificates cannot be used.
    pub fn new(address: &Uri, proxies: &Proxies) -> Result<Self, DialError> {
        let proxy = if is_loopback(address) { None } else { proxies.0.intercept(address) };
        let is_encrypted = address.scheme_str() == Some("https");
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        match proxy {
            None if is_encrypted => Ok(Self::Straight(over_tls(tcp)?)),
            // Spares machines without certificates the need for them.
            None => Ok(Self::Plain(tcp)),
            Some(proxy) if proxy.uri().scheme_str().is_some_and(|scheme| scheme.starts_with("socks5")) => {
                Ok(Self::Socks(over_tls(socks(&proxy, tcp))?))
            }
            Some(proxy) if proxy.uri().scheme_str() == Some("http") => {
                Ok(Self::Tunnel(over_tls(tunnel(&proxy, tcp))?))
            }
            Some(_) => Err(DialError::Proxy),
        }
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn open(&self, address: Uri) -> Result<Stream, NotConnected> {
        match self {
            Self::Plain(tcp) => {
                let opened = tcp.clone().call(address).await;
                opened.map(Stream::Http).map_err(|error| NotConnected(chain(&error)))
            }
            Self::Straight(tls) => tls.clone().call(address).await.map_err(told),
            Self::Tunnel(tls) => tls.clone().call(with_port(address)).await.map_err(told),
            Self::Socks(tls) => tls.clone().call(with_port(address)).await.map_err(told),
        }
    }
}

/// For clients that keep connections by themselves.
impl Service<Uri> for Dial {
    type Response = Stream;
    type Error = NotConnected;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, NotConnected>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NotConnected>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, address: Uri) -> Self::Future {
        let dial = self.clone();
        Box::pin(async move { dial.open(address).await })
    }
}

/// The address with its port: proxies are asked for 443 where none is named, also without TLS.
fn with_port(address: Uri) -> Uri {
    let is_plain = address.scheme_str() == Some("http") && address.port().is_none();
    let Some(host) = address.host().filter(|_| is_plain) else { return address };
    let path = address.path_and_query().map_or("/", |path| path.as_str());
    Uri::builder()
        .scheme("http")
        .authority(format!("{host}:80"))
        .path_and_query(path)
        .build()
        .unwrap_or(address)
}

/// Whether an address is this machine's own.
fn is_loopback(address: &Uri) -> bool {
    let host = address.host().unwrap_or_default();
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

/// An error with all its causes: an error's own text often says only that something went wrong.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn over_tls<C>(inner: C) -> Result<HttpsConnector<C>, DialError> {
    let provider = rustls::crypto::ring::default_provider();
    let builder = HttpsConnectorBuilder::new().with_provider_and_platform_verifier(provider);
    let builder = builder.map_err(|error| DialError::Tls(chain(&error)))?;
    Ok(builder.https_or_http().enable_http1().wrap_connector(inner))
}

fn tunnel(proxy: &Intercept, tcp: HttpConnector) -> Tunnel<HttpConnector> {
    let tunnel = Tunnel::new(proxy.uri().clone(), tcp);
    match proxy.basic_auth() {
        Some(credentials) => tunnel.with_auth(credentials.clone()),
        None => tunnel,
    }
}

fn socks(proxy: &Intercept, tcp: HttpConnector) -> SocksV5<HttpConnector> {
    let socks = SocksV5::new(proxy.uri().clone(), tcp);
    match proxy.raw_auth() {
        Some((user, password)) => socks.with_auth(user.to_owned(), password.to_owned()),
        None => socks,
    }
}

fn told(error: Box<dyn Error + Send + Sync>) -> NotConnected {
    NotConnected(chain(error.as_ref()))
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn by_way_of(proxy: &str, address: &'static str) -> Result<Dial, DialError> {
        Dial::new(&Uri::from_static(address), &Proxies::all(proxy))
    }

    #[tokio::test]
    async fn asks_a_proxy_for_a_tunnel_with_its_credentials() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = format!("http://me:word@{}", listener.local_addr().unwrap());
        let asked = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 1024];
            let length = stream.read(&mut asked).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            String::from_utf8(asked[..length].to_vec()).unwrap()
        });
        let dial = by_way_of(&proxy, "http://api.example:81/").unwrap();
        dial.open(Uri::from_static("http://api.example:81/")).await.unwrap();
        let asked = asked.await.unwrap().to_lowercase();
        assert!(asked.starts_with("connect api.example:81 http/1.1\r\n"), "{asked}");
        assert!(asked.contains("proxy-authorization: basic bwu6d29yza=="), "{asked}");
    }

    #[tokio::test]
    async fn a_proxy_that_refuses_is_told_of() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await.unwrap();
        });
        let dial = by_way_of(&proxy, "http://api.example/").unwrap();
        assert!(dial.open(Uri::from_static("http://api.example/")).await.is_err());
    }

    #[test]
    fn a_port_that_is_not_named_is_that_of_the_scheme() {
        let asked = |address| with_port(Uri::from_static(address)).to_string();
        assert_eq!(asked("http://api.example/x?y=1"), "http://api.example:80/x?y=1");
        assert_eq!(asked("http://[::1]/"), "http://[::1]:80/");
        assert_eq!(asked("http://api.example:81/"), "http://api.example:81/");
        assert_eq!(asked("https://api.example/"), "https://api.example/");
    }

    #[test]
    fn a_proxy_of_a_kind_that_is_not_known_is_refused() {
        let refused = by_way_of("https://proxy.example", "https://api.example").err();
        assert_eq!(refused, Some(DialError::Proxy));
    }

    #[test]
    fn this_machine_is_reached_without_a_proxy() {
        for own in ["http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost/"] {
            assert!(matches!(by_way_of("http://proxy.example", own), Ok(Dial::Plain(_))), "{own}");
        }
        let other = by_way_of("http://proxy.example", "http://localhost.example/");
        assert!(matches!(other, Ok(Dial::Tunnel(_))));
    }
}
