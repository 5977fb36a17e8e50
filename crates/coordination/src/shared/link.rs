//! The connection to Redis: one for all calls, made anew when it breaks, no call without a time bound.

use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use qura_ports::coordination::CoordinationError;
use redis::aio::{ConnectionManager, ConnectionManagerConfig, PubSub};
use redis::io::tcp::TcpSettings;
use redis::{
    Client, Cmd, FromRedisValue, IntoConnectionInfo, Pipeline, RedisError, RedisResult, ScriptInvocation,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, timeout};

/// How long it may take to connect.
const CONNECT: Duration = Duration::from_secs(1);

/// A peer that is gone without a word is noticed after so long, at the first thing sent to it.
const UNACKNOWLEDGED: Duration = Duration::from_secs(5);

/// After a failure, what can do without Redis does so for so long, instead of waiting each time.
const REST: Duration = Duration::from_millis(300);

/// An outage is not logged more often than that.
const WARN_EVERY: Duration = Duration::from_secs(30);

/// How much a call is worth; each takes no longer than the time in it.
#[derive(Clone, Copy, Debug)]
pub enum Effort {
    /// Asks in any case.
    Always(Duration),
    /// Fails at once shortly after a call failed: for what can do without.
    IfUp(Duration),
}

/// Redis, this process's name there, and the prefix of its keys.
pub struct Link {
    client: Client,
    connection: ConnectionManager,
    prefix: String,
    me: String,
    health: Mutex<Health>,
}

impl Link {
    pub fn open(url: &SecretString, prefix: String, me: String) -> Result<Self, CoordinationError> {
        // What the library says of a wrong address might repeat it.
        let wrong = |_: RedisError| {
            CoordinationError(
                "REDIS_URL is not of the form redis://[[user]:password@]host[:port][/db]".into(),
            )
        };
        let address = url.expose_secret().into_connection_info().map_err(wrong)?;
        let address = address.set_tcp_settings(tcp_settings());
        let client = Client::open(address).map_err(wrong)?;
        // Each call is bounded by itself; and it is asked again soon enough by the next call.
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(None)
            .set_number_of_retries(0);
        let connection =
            ConnectionManager::new_lazy_with_config(client.clone(), config).map_err(unreachable)?;
        Ok(Self { client, connection, prefix, me, health: Mutex::default() })
    }

    /// This process among those that share the prefix.
    pub fn me(&self) -> &str {
        &self.me
    }

    pub fn key(&self, name: impl Display) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Runs a command. When the connection broke, it is run once more on a new one, so it must do no
    /// harm when done twice.
    pub async fn command<T: FromRedisValue>(
        &self,
        effort: Effort,
        cmd: &Cmd,
    ) -> Result<T, CoordinationError> {
        let run = |mut connection: ConnectionManager| async move { cmd.query_async(&mut connection).await };
        self.call(effort, run).await
    }

    /// Runs commands in one go. The same applies.
    pub async fn pipeline<T: FromRedisValue>(
        &self,
        effort: Effort,
        pipeline: &Pipeline,
    ) -> Result<T, CoordinationError> {
        let run =
            |mut connection: ConnectionManager| async move { pipeline.query_async(&mut connection).await };
        self.call(effort, run).await
    }

    /// Runs a script, which Redis is given again when it lost it. The same applies.
    pub async fn script<T: FromRedisValue>(
        &self,
        effort: Effort,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, CoordinationError> {
        let run =
            |mut connection: ConnectionManager| async move { script.invoke_async(&mut connection).await };
        self.call(effort, run).await
    }

    async fn call<T, F, Fut>(&self, effort: Effort, run: F) -> Result<T, CoordinationError>
    where
        F: Fn(ConnectionManager) -> Fut,
        Fut: Future<Output = RedisResult<T>>,
    {
        let bound = match effort {
            Effort::Always(bound) => bound,
            Effort::IfUp(_) if self.health().just_failed() => {
                return Err(CoordinationError("it failed a moment ago".into()));
            }
            Effort::IfUp(bound) => bound,
        };
        let attempts = async {
            match run(self.connection.clone()).await {
                Err(error) if error.is_io_error() => run(self.connection.clone()).await,
                outcome => outcome,
            }
        };
        let outcome = match timeout(bound, attempts).await {
            Ok(outcome) => outcome.map_err(unreachable),
            Err(_) => Err(CoordinationError(format!("no answer within {} ms", bound.as_millis()))),
        };
        self.health().record(outcome.as_ref().err());
        outcome
    }

    pub async fn check(&self) -> Result<(), CoordinationError> {
        self.command(Effort::Always(CONNECT), &redis::cmd("PING")).await
    }

    /// A connection of its own that hears a channel.
    pub async fn subscribe(&self, channel: &str) -> Result<PubSub, CoordinationError> {
        let connect = async {
            let mut connection = self.client.get_async_pubsub().await?;
            connection.subscribe(channel).await?;
            Ok(connection)
        };
        let connected = timeout(CONNECT, connect).await;
        connected.map_err(|_| CoordinationError("it takes too long to connect".into()))?.map_err(unreachable)
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        // Nothing in there can panic half-way, so the data is whole.
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether Redis answers, as of late.
#[derive(Debug, Default)]
struct Health {
    failed: Option<Instant>,
    warned: Option<Instant>,
}

impl Health {
    fn just_failed(&self) -> bool {
        self.failed.is_some_and(|at| at.elapsed() < REST)
    }

    fn record(&mut self, failure: Option<&CoordinationError>) {
        match failure {
            None if self.failed.take().is_some() => tracing::debug!("Redis answers again"),
            None => {}
            Some(error) => {
                let now = Instant::now();
                self.failed = Some(now);
                if self.warned.is_none_or(|at| now - at > WARN_EVERY) {
                    self.warned = Some(now);
                    tracing::warn!(%error, "going on without Redis");
                }
            }
        }
    }
}

fn unreachable(error: RedisError) -> CoordinationError {
    CoordinationError(error.to_string())
}

#[cfg(target_os = "linux")]
fn tcp_settings() -> TcpSettings {
    TcpSettings::default().set_nodelay(true).set_user_timeout(UNACKNOWLEDGED)
}

#[cfg(not(target_os = "linux"))]
fn tcp_settings() -> TcpSettings {
    TcpSettings::default().set_nodelay(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_never_repeated() {
        for url in ["redis://:s3cret@ [", "http://:s3cret@host", "redis://u:s3cret@127.0.0.1:1/x"] {
            let error = Link::open(&url.into(), String::new(), String::new()).err().unwrap();
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        }
        let link = Link::open(&"redis://:s3cret@127.0.0.1:1".into(), String::new(), String::new()).unwrap();
        let error = link.check().await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    }
}
