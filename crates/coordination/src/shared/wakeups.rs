//! Wake-ups that reach every process.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use qura_ports::coordination::{Topic, WakeUps};
use redis::Cmd;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::link::{Effort, Link};
use super::subscription::{Heard, follow, message};
use crate::in_process::InProcessWakeUps;

/// A wake-up that takes longer comes no earlier than the sweep.
const EFFORT: Effort = Effort::IfUp(Duration::from_millis(500));

/// Wakes this process at once and the others through a channel. Nobody who wakes waits for Redis:
/// one task speaks, and while it does, wake-ups of the same topic become one.
pub struct RedisWakeUps {
    here: Arc<InProcessWakeUps>,
    unsaid: Arc<Unsaid>,
    /// End when this is dropped.
    _tasks: JoinSet<()>,
}

/// The topics that other processes were not told of yet.
#[derive(Default)]
struct Unsaid {
    topics: Mutex<BTreeSet<&'static str>>,
    more: Notify,
}

impl RedisWakeUps {
    pub(super) fn start(link: Arc<Link>) -> Self {
        let (here, unsaid) = (Arc::new(InProcessWakeUps::default()), Arc::new(Unsaid::default()));
        let channel = link.key("wake");
        let mut tasks = JoinSet::new();
        tasks.spawn(speak(link.clone(), channel.clone(), unsaid.clone()));
        let bells = here.clone();
        tasks.spawn(follow(link, channel, move |heard| match heard {
            // Whoever waits looks once, because of what was said while nobody listened.
            Heard::Connected => Topic::ALL.into_iter().for_each(|topic| bells.ring(topic)),
            Heard::Said(word) => {
                Topic::ALL
                    .into_iter()
                    .filter(|topic| name(*topic) == word)
                    .for_each(|topic| bells.ring(topic));
            }
        }));
        Self { here, unsaid, _tasks: tasks }
    }
}

#[async_trait]
impl WakeUps for RedisWakeUps {
    async fn wake(&self, topic: Topic) {
        self.here.ring(topic);
        self.wake_others(topic).await;
    }

    async fn wake_others(&self, topic: Topic) {
        self.unsaid.topics.lock().unwrap_or_else(PoisonError::into_inner).insert(name(topic));
        self.unsaid.more.notify_one();
    }

    async fn wait(&self, topic: Topic, at_most: Duration) {
        self.here.wait(topic, at_most).await;
    }
}

/// Tells the others, for ever.
async fn speak(link: Arc<Link>, channel: String, unsaid: Arc<Unsaid>) {
    loop {
        unsaid.more.notified().await;
        let topics = std::mem::take(&mut *unsaid.topics.lock().unwrap_or_else(PoisonError::into_inner));
        for topic in topics {
            let said = Cmd::publish(&channel, message(link.me(), topic));
            // A wake-up that is lost costs a sweep.
            let _: Result<(), _> = link.command(EFFORT, &said).await;
        }
    }
}

fn name(topic: Topic) -> &'static str {
    match topic {
        Topic::Updates => "updates",
        Topic::Jobs => "jobs",
        Topic::Outbox => "outbox",
        Topic::Settings => "settings",
        Topic::Counters => "counters",
    }
}
