//! Opens connections: straight or through the proxy of the environment, with TLS or without.

use std::error::Error;

use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use super::{ApiUrl, ClientError, chain};

/// A connection to the Bot API.
pub type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// How connections to one address are opened.
#[derive(Clone)]
pub enum Dial {
    Plain(HttpConnector),
    Straight(HttpsConnector<HttpConnector>),
    Tunnel(HttpsConnector<Tunnel<HttpConnector>>),
    Socks(HttpsConnector<SocksV5<HttpConnector>>),
}

impl Dial {
    /// Chooses by the address, and by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`. This
    /// machine itself is never reached through a proxy.
    pub fn new(url: &ApiUrl, address: &Uri) -> Result<Self, ClientError> {
        let proxy = if url.is_loopback() { None } else { Matcher::from_env().intercept(address) };
        Self::through(proxy, url.is_encrypted())
    }

    fn through(proxy: Option<Intercept>, encrypted: bool) -> Result<Self, ClientError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        match proxy {
            None if encrypted => Ok(Self::Straight(over_tls(tcp)?)),
            // Spares machines without certificates the need for them.
            None => Ok(Self::Plain(tcp)),
            Some(proxy) if proxy.uri().scheme_str().is_some_and(|scheme| scheme.starts_with("socks5")) => {
                Ok(Self::Socks(over_tls(socks(&proxy, tcp))?))
            }
            Some(proxy) if proxy.uri().scheme_str() == Some("http") => {
                Ok(Self::Tunnel(over_tls(tunnel(&proxy, tcp))?))
            }
            Some(_) => Err(ClientError::Http("the proxy must be an http:// or socks5:// address".to_owned())),
        }
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// Why there is none, with all causes, without the address.
    pub async fn open(&self, address: Uri) -> Result<Stream, String> {
        match self {
            Self::Plain(tcp) => {
                tcp.clone().call(address).await.map(Stream::Http).map_err(|error| chain(&error))
            }
            Self::Straight(tls) => tls.clone().call(address).await.map_err(told),
            Self::Tunnel(tls) => tls.clone().call(address).await.map_err(told),
            Self::Socks(tls) => tls.clone().call(address).await.map_err(told),
        }
    }
}

fn over_tls<C>(inner: C) -> Result<HttpsConnector<C>, ClientError> {
    let provider = rustls::crypto::ring::default_provider();
    let builder = HttpsConnectorBuilder::new().with_provider_and_platform_verifier(provider);
    let builder = builder.map_err(|error| ClientError::Http(chain(&error)))?;
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

fn told(error: Box<dyn Error + Send + Sync>) -> String {
    chain(error.as_ref())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn by_way_of(proxy: &str) -> Option<Intercept> {
        Matcher::builder().all(proxy).build().intercept(&Uri::from_static("http://api.example"))
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
        let dial = Dial::through(by_way_of(&proxy), false).unwrap();
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
        let dial = Dial::through(by_way_of(&proxy), false).unwrap();
        assert!(dial.open(Uri::from_static("http://api.example/")).await.is_err());
    }

    #[test]
    fn a_proxy_of_a_kind_that_is_not_known_is_refused() {
        assert!(Dial::through(by_way_of("https://proxy.example"), true).is_err());
    }
}
