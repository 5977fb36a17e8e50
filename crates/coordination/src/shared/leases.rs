//! Leases and groups in Redis.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use qura_ports::coordination::{CoordinationError, Leases};
use redis::{Cmd, Script};

use super::link::{Effort, Link};

/// Leases are asked for every few seconds; longer than this nobody can wait.
const EFFORT: Effort = Effort::Always(Duration::from_secs(1));

/// Takes what is free and what is mine; tells of each whether it is mine now.
const HOLD: &str = r"
    local held = {}
    for i, name in ipairs(KEYS) do
        local holder = redis.call('GET', name)
        if not holder or holder == ARGV[1] then
            redis.call('SET', name, ARGV[1], 'PX', ARGV[2])
            held[i] = 1
        else
            held[i] = 0
        end
    end
    return held";

/// Gives back what is mine.
const RELEASE: &str = r"
    for _, name in ipairs(KEYS) do
        if redis.call('GET', name) == ARGV[1] then
            redis.call('DEL', name)
        end
    end";

/// A group is a sorted set of its members by the time until which they take part, in milliseconds
/// of the server's clock.
const JOIN: &str = r"
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
    redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2]), ARGV[1])
    local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
    redis.call('PEXPIREAT', KEYS[1], last)
    return redis.call('ZRANGE', KEYS[1], 0, -1)";

/// A key a lease with its holder's name, a sorted set a group.
pub struct RedisLeases {
    link: Arc<Link>,
    hold: Script,
    release: Script,
    join: Script,
}

impl RedisLeases {
    pub(super) fn new(link: Arc<Link>) -> Self {
        Self { link, hold: Script::new(HOLD), release: Script::new(RELEASE), join: Script::new(JOIN) }
    }

    fn lease(&self, name: &str) -> String {
        self.link.key(format_args!("lease:{name}"))
    }

    fn group(&self, name: &str) -> String {
        self.link.key(format_args!("group:{name}"))
    }
}

#[async_trait]
impl Leases for RedisLeases {
    async fn hold(&self, names: &[String], ttl: Duration) -> Result<Vec<bool>, CoordinationError> {
        let mut script = self.hold.prepare_invoke();
        names.iter().for_each(|name| _ = script.key(self.lease(name)));
        script.arg(self.me()).arg(millis(ttl));
        self.link.script(EFFORT, &script).await
    }

    async fn release(&self, names: &[String]) -> Result<(), CoordinationError> {
        let mut script = self.release.prepare_invoke();
        names.iter().for_each(|name| _ = script.key(self.lease(name)));
        script.arg(self.me());
        self.link.script(EFFORT, &script).await
    }

    async fn left(&self, name: &str) -> Result<Option<Duration>, CoordinationError> {
        // Negative: there is none.
        let millis: i64 = self.link.command(EFFORT, &Cmd::pttl(self.lease(name))).await?;
        Ok(u64::try_from(millis).ok().map(Duration::from_millis))
    }

    async fn join(&self, group: &str, ttl: Duration) -> Result<Vec<String>, CoordinationError> {
        let mut script = self.join.key(self.group(group));
        script.arg(self.me()).arg(millis(ttl));
        let mut members: Vec<String> = self.link.script(EFFORT, &script).await?;
        members.sort_unstable();
        Ok(members)
    }

    async fn leave(&self, group: &str) -> Result<(), CoordinationError> {
        let mut leave = redis::cmd("ZREM");
        leave.arg(self.group(group)).arg(self.me());
        self.link.command(EFFORT, &leave).await
    }

    fn me(&self) -> &str {
        self.link.me()
    }
}

/// As Redis takes it: whole, and at least 1.
fn millis(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1)
}
