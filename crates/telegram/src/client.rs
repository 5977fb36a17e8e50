//! Calls methods of the Bot API over HTTP, and keeps the token out of everything else.

mod answer;
mod api_url;
mod refusal;

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use qura_ports::telegram::TelegramError;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

pub use answer::CallFailure;
pub use api_url::{ApiUrl, ApiUrlError};
pub use refusal::NOT_MODIFIED;

use crate::metrics;

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

/// How long an unused connection is kept: less than servers usually do (60–75 s), because a
/// connection that the server closes just while a call begins costs that call.
const IDLE: Duration = Duration::from_secs(45);

/// A Bot API and the token for it. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
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
        // The whole process shares one choice; whoever made it earlier chose as well as this.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = reqwest::Client::builder()
            // Streams of one HTTP/2 connection share its limit and its stalls, and a call may be held
            // for 8 s; connections of their own do not.
            .http1_only()
            .tcp_nodelay(true)
            .pool_idle_timeout(IDLE)
            .connect_timeout(timeouts.connect)
            // Following a redirect would take the token elsewhere.
            .redirect(reqwest::redirect::Policy::none());
        if url.is_loopback() {
            http = http.no_proxy();
        }
        if !url.is_encrypted() {
            // Spares machines without certificates the need for them.
            http = http.tls_certs_only([]);
        }
        let http = http.build().map_err(|error| ClientError::Http(chain(&error)))?;
        Ok(Self { inner: Arc::new(Inner { http, url, token, timeouts }) })
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
        self.call_within(self.inner.timeouts.call, method, parameters).await
    }

    /// Like [`Client::call`], for a method that waits for up to `wait` on purpose.
    pub(crate) async fn long_call<R: DeserializeOwned>(
        &self,
        wait: Duration,
        method: &'static str,
        parameters: &(impl Serialize + Sync),
    ) -> Result<R, CallFailure> {
        self.call_within(wait + self.inner.timeouts.poll_margin, method, parameters).await
    }

    async fn call_within<R: DeserializeOwned>(
        &self,
        timeout: Duration,
        method: &'static str,
        parameters: &(impl Serialize + Sync),
    ) -> Result<R, CallFailure> {
        let begun = Instant::now();
        let outcome = match serde_json::to_vec(parameters) {
            Ok(body) => self.exchange(timeout, method, body).await,
            Err(error) => Err(CallFailure::Answered(TelegramError::Refused(error.to_string()))),
        };
        metrics::called(method, outcome.as_ref().err(), begun.elapsed());
        outcome
    }

    async fn exchange<R: DeserializeOwned>(
        &self,
        timeout: Duration,
        method: &str,
        body: Vec<u8>,
    ) -> Result<R, CallFailure> {
        let Inner { http, url, token, .. } = &*self.inner;
        let response = http
            .post(url.of(token.expose_secret(), method))
            .header(CONTENT_TYPE, "application/json")
            .timeout(timeout)
            .body(body)
            .send()
            .await
            .map_err(broken)?;
        let status = response.status().as_u16();
        let retry_after =
            response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let body = response.bytes().await.map_err(broken)?;
        // Broken UTF-8 in one update must not hide the others.
        let mut body = String::from_utf8_lossy(&body);
        if status >= 400 {
            // A proxy's text may repeat the address.
            body = body.replace(token.expose_secret(), "…").into();
        }
        answer::read(status, retry_after, &body)
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

/// Whether a text can stand in an address as a token without changing it.
fn is_token(token: &str) -> bool {
    token.split_once(':').is_some_and(|(id, secret)| {
        !id.is_empty()
            && id.bytes().all(|byte| byte.is_ascii_digit())
            && !secret.is_empty()
            && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    })
}

/// Sorts an exchange that brought no answer. The address is dropped, because it holds the token.
fn broken(error: reqwest::Error) -> CallFailure {
    let nothing_left = error.is_connect() || error.is_builder();
    let why = chain(&error.without_url());
    if nothing_left { CallFailure::NotSent(why) } else { CallFailure::Lost(why) }
}

/// An error with all its causes: reqwest's own text says only that something went wrong.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
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
