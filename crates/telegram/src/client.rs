//! Calls methods of the Bot API over HTTP, and keeps the token out of everything else.

pub(crate) mod answer;
mod api_url;
mod body;
mod pool;
mod refusal;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_TYPE, HOST, RETRY_AFTER};
use http::{HeaderValue, Request, Uri};
use http_body_util::Full;
use qura_dial::{Dial, Proxies, chain};
use qura_ports::telegram::TelegramError;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

pub use answer::CallFailure;
pub use api_url::{ApiUrl, ApiUrlError};
pub(crate) use body::{Body, File};
pub use refusal::NOT_MODIFIED;

use crate::metrics;
use pool::{Pool, Turn};

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, TLS included.
    pub connect: Duration,
    /// For an answer. Telegram itself may hold a call for 8 s before it says 429 (TDLib).
    pub call: Duration,
    /// For an answer to `getUpdates`, beyond the time that it was asked to wait.
    pub poll_margin: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            call: Duration::from_secs(35),
            poll_margin: Duration::from_secs(10),
        }
    }
}

/// Reads an answer: its status, its header `retry-after` in seconds, its body.
type Read<R> = fn(u16, Option<i64>, &str) -> Result<R, CallFailure>;

/// A Bot API and the token for it. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool,
    host: HeaderValue,
    url: ApiUrl,
    token: SecretString,
    timeouts: Timeouts,
}

impl Client {
    /// Does not connect yet.
    ///
    /// Fails when the token has characters that a token cannot have, or when the system has no
    /// certificates to check Telegram's against.
    pub fn new(url: ApiUrl, token: SecretString, timeouts: Timeouts) -> Result<Self, ClientError> {
        if !is_token(token.expose_secret()) {
            return Err(ClientError::Token);
        }
        let sample = url.of("1:a", "getMe");
        let address: Uri = sample.parse().map_err(|error| ClientError::Http(chain(&error)))?;
        let host = address.authority().map_or("", |authority| authority.as_str());
        let host = HeaderValue::from_str(host).map_err(|error| ClientError::Http(chain(&error)))?;
        let dial = Dial::new(&address, &Proxies::of_the_environment());
        let dial = dial.map_err(|error| ClientError::Http(error.to_string()))?;
        let pool = Pool::new(dial, address, timeouts.connect);
        Ok(Self { inner: Arc::new(Inner { pool, host, url, token, timeouts }) })
    }

    /// Where the calls go.
    pub fn url(&self) -> &ApiUrl {
        &self.inner.url
    }

    /// Calls a method and reads its result into `R`, which should have no more fields than needed.
    pub(crate) async fn call<R: DeserializeOwned>(
        &self,
        method: &'static str,
        parameters: &(impl Serialize + Sync),
    ) -> Result<R, CallFailure> {
        self.call_with(method, &written(parameters)?).await
    }

    /// Like [`Client::call`], with parameters that are written already.
    pub(crate) async fn call_with<R: DeserializeOwned>(
        &self,
        method: &'static str,
        body: &Body,
    ) -> Result<R, CallFailure> {
        self.call_within(self.inner.timeouts.call, Turn::Waits, method, body.clone(), answer::read).await
    }

    /// Like [`Client::call`], for a method that waits for up to `wait` on purpose, and whose answer is
    /// read by `read`.
    pub(crate) async fn long_call<R>(
        &self,
        wait: Duration,
        method: &'static str,
        parameters: &(impl Serialize + Sync),
        read: Read<R>,
    ) -> Result<R, CallFailure> {
        let within = wait + self.inner.timeouts.poll_margin;
        self.call_within(within, Turn::Own, method, written(parameters)?, read).await
    }

    async fn call_within<R>(
        &self,
        within: Duration,
        turn: Turn,
        method: &'static str,
        body: Body,
        read: Read<R>,
    ) -> Result<R, CallFailure> {
        let begun = Instant::now();
        let outcome = self.exchange(within, turn, method, body, read).await;
        metrics::called(method, outcome.as_ref().err(), begun.elapsed());
        outcome
    }

    async fn exchange<R>(
        &self,
        within: Duration,
        turn: Turn,
        method: &str,
        body: Body,
        read: Read<R>,
    ) -> Result<R, CallFailure> {
        let Inner { pool, host, url, token, .. } = &*self.inner;
        let request = Request::post(url.path_of(token.expose_secret(), method))
            .header(HOST, host)
            .header(CONTENT_TYPE, body.content_type)
            .body(Full::new(body.bytes));
        // Without the reason: it might quote the address.
        let request = request.map_err(|_| CallFailure::NotSent("the address cannot be used".to_owned()))?;
        let response = pool.exchange(turn, within, request).await?;
        let status = response.status().as_u16();
        let retry_after =
            response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        // Broken UTF-8 in one update must not hide the others.
        let mut body = match str::from_utf8(response.body()) {
            Ok(body) => Cow::Borrowed(body),
            // Several times slower on whole text.
            Err(_) => String::from_utf8_lossy(response.body()),
        };
        if status >= 400 {
            // A proxy's text may repeat the address.
            body = body.replace(token.expose_secret(), "…").into();
        }
        read(status, retry_after, &body)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("url", &format_args!("{}", self.inner.url)).finish_non_exhaustive()
    }
}

/// Why there is no client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    #[error("the token has another form than 123456789:AbC-dEf_…")]
    Token,
    #[error("no HTTP client: {0}")]
    Http(String),
}

/// Parameters as a body.
fn written(parameters: &impl Serialize) -> Result<Body, CallFailure> {
    Body::json(parameters).map_err(|error| CallFailure::Answered(TelegramError::Refused(error.to_string())))
}

/// Whether a text can stand in an address as a token without changing it.
fn is_token(token: &str) -> bool {
    token.split_once(':').is_some_and(|(id, secret)| {
        !id.is_empty()
            && id.bytes().all(|byte| byte.is_ascii_digit())
            && !secret.is_empty()
            && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_number_and_a_word() {
        for token in ["1:a", "123456789:AAH-x_9"] {
            assert!(is_token(token), "{token}");
        }
        for token in ["", "1:", ":a", "1a", "1:a/../b", "1:a b", "1:a\n", "x:a", "1:a?", "1:ا"] {
            assert!(!is_token(token), "{token}");
        }
    }

    #[test]
    fn nothing_that_can_be_shown_holds_the_token() {
        let client = |token: &str| {
            Client::new("http://127.0.0.1:1".parse().unwrap(), token.into(), Timeouts::default())
        };
        assert!(!format!("{:?}", client("123:SECRET").unwrap()).contains("SECRET"));
        let error = client("123:SEC RET").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("SEC"));
    }
}
