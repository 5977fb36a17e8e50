//! Wake-ups within one process.

use std::time::Duration;

use async_trait::async_trait;
use qura_ports::coordination::{Topic, WakeUps};
use tokio::sync::Notify;

/// One bell a topic.
#[derive(Debug, Default)]
pub struct InProcessWakeUps {
    updates: Notify,
    jobs: Notify,
    outbox: Notify,
    settings: Notify,
    counters: Notify,
}

impl InProcessWakeUps {
    /// Wakes everyone in this process who waits for the topic, or the next who will.
    pub(crate) fn ring(&self, topic: Topic) {
        let bell = self.bell(topic);
        bell.notify_waiters();
        // Kept for whoever comes to wait a moment too late.
        bell.notify_one();
    }

    fn bell(&self, topic: Topic) -> &Notify {
        match topic {
            Topic::Updates => &self.updates,
            Topic::Jobs => &self.jobs,
            Topic::Outbox => &self.outbox,
            Topic::Settings => &self.settings,
            Topic::Counters => &self.counters,
        }
    }
}

#[async_trait]
impl WakeUps for InProcessWakeUps {
    async fn wake(&self, topic: Topic) {
        self.ring(topic);
    }

    async fn wake_others(&self, _topic: Topic) {}

    async fn wait(&self, topic: Topic, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.bell(topic).notified()).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test(start_paused = true)]
    async fn a_wake_up_without_anyone_waiting_is_kept() {
        let bells = InProcessWakeUps::default();
        bells.wake(Topic::Jobs).await;
        let before = tokio::time::Instant::now();
        bells.wait(Topic::Jobs, LONG).await;
        assert!(before.elapsed() < Duration::from_secs(1));
        bells.wait(Topic::Jobs, LONG).await;
        assert!(before.elapsed() >= LONG);
    }

    #[tokio::test(start_paused = true)]
    async fn everyone_who_waits_is_woken_and_other_topics_sleep_on() {
        let bells = Arc::new(InProcessWakeUps::default());
        let before = tokio::time::Instant::now();
        let waiters: Vec<_> = (0..3)
            .map(|_| {
                let bells = bells.clone();
                tokio::spawn(async move { bells.wait(Topic::Updates, LONG).await })
            })
            .collect();
        let other = tokio::spawn({
            let bells = bells.clone();
            async move { bells.wait(Topic::Outbox, LONG).await }
        });
        tokio::task::yield_now().await;
        bells.wake(Topic::Updates).await;
        for waiter in waiters {
            waiter.await.unwrap();
        }
        assert!(before.elapsed() < Duration::from_secs(1));
        other.await.unwrap();
        assert!(before.elapsed() >= LONG);
    }
}
