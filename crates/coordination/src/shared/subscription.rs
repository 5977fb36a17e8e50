//! Hears what other processes say on a channel, through a connection that is made anew when it breaks.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use redis::aio::PubSub;
use redis::{RedisResult, Value};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::link::Link;

/// The pause after a connection broke; it doubles while none can be made.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How often a silent connection is asked whether it is still there, and how long it may take.
const PING_EVERY: Duration = Duration::from_secs(10);
const PING_BOUND: Duration = Duration::from_secs(3);

/// Something from a channel.
pub enum Heard<'a> {
    /// The connection is new. What was said before may have been missed.
    Connected,
    /// Another process said this.
    Said(&'a str),
}

/// What to publish so that others hear `text` and the speaker does not.
pub fn message(me: &str, text: &str) -> String {
    format!("{me} {text}")
}

/// Listens for ever.
pub async fn follow(link: Arc<Link>, channel: String, heard: impl Fn(Heard<'_>)) {
    let mut pause = FIRST_PAUSE;
    loop {
        match link.subscribe(&channel).await {
            Ok(connection) => {
                pause = FIRST_PAUSE;
                heard(Heard::Connected);
                listen(&link, connection, &heard).await;
                tracing::debug!(channel, "the subscription broke");
            }
            Err(error) => tracing::debug!(channel, %error, "cannot subscribe, again soon"),
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Listens until the connection breaks.
async fn listen(link: &Link, connection: PubSub, heard: &impl Fn(Heard<'_>)) {
    let (mut sink, mut stream) = connection.split();
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            message = stream.next() => {
                let Some(message) = message else { return };
                let Ok(payload) = message.get_payload::<String>() else { continue };
                match payload.split_once(' ') {
                    Some((speaker, text)) if speaker != link.me() => heard(Heard::Said(text)),
                    _ => {}
                }
            }
            _ = pings.tick() => {
                let pong: Result<RedisResult<Value>, _> = timeout(PING_BOUND, sink.ping()).await;
                if !matches!(pong, Ok(Ok(_))) {
                    return;
                }
            }
        }
    }
}
