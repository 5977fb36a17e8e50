//! Groups effects that arrive at the same time into one transaction.
//!
//! Takes what is waiting at once when idle, and whatever gathered while the last group was being
//! written otherwise, so a lone item never waits, and a crowd shares its commits.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use qura_storage::StorageError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

/// A kind of effect that can be written many at a time.
#[async_trait]
pub trait Group: Send + Sync + 'static {
    type Item: Clone + Send + Sync;
    type Output: Send;

    /// Writes all items in one transaction, and returns one output an item, in their order.
    /// May be called again with some of the same items after it failed.
    async fn write(&self, items: &[Self::Item]) -> Result<Vec<Self::Output>, StorageError>;
}

/// As many rows as one statement carries well: past it, latency grows and speed does not.
const LARGEST_GROUP: usize = 500;

/// A group of this size came from a crowd: the next one is written no sooner than [`BETWEEN_CROWDS`] after it
/// began. A commit costs the database the same however many share it, and nobody in a crowd notices.
const CROWD: usize = 16;
const BETWEEN_CROWDS: Duration = Duration::from_millis(10);

type Answer<G> = oneshot::Sender<Result<<G as Group>::Output, StorageError>>;

/// The queue before a [`Group`]. Cheap to clone; its task ends when the last clone is dropped.
pub struct Batcher<G: Group> {
    queue: mpsc::Sender<(G::Item, Answer<G>)>,
}

impl<G: Group> Clone for Batcher<G> {
    fn clone(&self) -> Self {
        Self { queue: self.queue.clone() }
    }
}

impl<G: Group> Batcher<G> {
    /// Starts the task that writes.
    pub fn start(group: G) -> Self {
        let (queue, mut waiting) = mpsc::channel::<(G::Item, Answer<G>)>(LARGEST_GROUP * 4);
        let group = Arc::new(group);
        tokio::spawn(async move {
            let mut taken = Vec::with_capacity(LARGEST_GROUP);
            while waiting.recv_many(&mut taken, LARGEST_GROUP).await > 0 {
                let began = Instant::now();
                let (items, answers): (Vec<_>, Vec<_>) = taken.drain(..).unzip();
                write(group.as_ref(), &items, answers).await;
                if items.len() >= CROWD {
                    sleep_until(began + BETWEEN_CROWDS).await;
                }
            }
        });
        Self { queue }
    }

    /// Writes one item together with those of others, and returns once it is committed.
    pub async fn submit(&self, item: G::Item) -> Result<G::Output, StorageError> {
        let (answer, outcome) = oneshot::channel();
        if self.queue.send((item, answer)).await.is_err() {
            return Err(StorageError::Stopped);
        }
        outcome.await.unwrap_or(Err(StorageError::Stopped))
    }
}

/// One bad item must not take the others down: a group that fails is written one by one. One that was
/// interrupted may be there, and only the answer to its commit was lost: whoever asked looks at each again, or
/// they would take their own effect for somebody else's.
async fn write<G: Group>(group: &G, items: &[G::Item], answers: Vec<Answer<G>>) {
    match group.write(items).await {
        Ok(outputs) => {
            for (output, answer) in outputs.into_iter().zip(answers) {
                // Whoever asked may have stopped waiting.
                let _ = answer.send(Ok(output));
            }
        }
        Err(error) if items.len() == 1 => {
            if let Some(answer) = answers.into_iter().next() {
                let _ = answer.send(Err(error));
            }
        }
        Err(error) if error.is_transient() => {
            tracing::warn!(error = error.detail(), items = items.len(), "a group was interrupted");
            for answer in answers {
                let _ = answer.send(Err(StorageError::Interrupted));
            }
        }
        Err(_) => {
            for (item, answer) in items.iter().zip(answers) {
                let alone = group.write(std::slice::from_ref(item)).await;
                let _ = answer.send(alone.and_then(|outputs| {
                    outputs.into_iter().next().ok_or(StorageError::Unreadable("group's output"))
                }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Refuses the number 13, and notes the size of every group.
    struct Doubling(Arc<Mutex<Vec<usize>>>);

    #[async_trait]
    impl Group for Doubling {
        type Item = u32;
        type Output = u32;

        async fn write(&self, items: &[u32]) -> Result<Vec<u32>, StorageError> {
            self.0.lock().unwrap().push(items.len());
            tokio::time::sleep(Duration::from_millis(10)).await;
            if items.contains(&13) {
                return Err(StorageError::Unreadable("13"));
            }
            Ok(items.iter().map(|n| n * 2).collect())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_gathers_while_one_is_written_goes_together() {
        let sizes = Arc::new(Mutex::new(Vec::new()));
        let batcher = Batcher::start(Doubling(sizes.clone()));
        let all: Vec<_> = (100..140)
            .map(|n| {
                let batcher = batcher.clone();
                tokio::spawn(async move { batcher.submit(n).await.unwrap() })
            })
            .collect();
        for (n, task) in (100..140).zip(all) {
            assert_eq!(task.await.unwrap(), n * 2);
        }
        assert!(sizes.lock().unwrap().len() <= 2, "{:?}", sizes.lock().unwrap());
    }

    /// Notes the size of every group, and is done at once.
    struct Counting(Arc<Mutex<Vec<usize>>>);

    #[async_trait]
    impl Group for Counting {
        type Item = ();
        type Output = ();

        async fn write(&self, items: &[()]) -> Result<Vec<()>, StorageError> {
            self.0.lock().unwrap().push(items.len());
            Ok(vec![(); items.len()])
        }
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_crowd_others_gather_and_after_a_few_nobody_waits() {
        let sizes = Arc::new(Mutex::new(Vec::new()));
        let batcher = Batcher::start(Counting(sizes.clone()));
        let all = |count| futures::future::join_all((0..count).map(|_| batcher.submit(())));
        let begun = Instant::now();
        all(CROWD - 1).await;
        all(CROWD).await;
        assert_eq!(begun.elapsed(), Duration::ZERO);
        let (early, late) = tokio::join!(all(3), async {
            tokio::time::sleep(BETWEEN_CROWDS / 2).await;
            all(2).await
        });
        assert_eq!((early.len(), late.len()), (3, 2));
        assert_eq!(begun.elapsed(), BETWEEN_CROWDS);
        assert_eq!(*sizes.lock().unwrap(), [CROWD - 1, CROWD, 5]);
    }

    /// Writes what is not there yet, and loses the answer to its first commit.
    #[derive(Default)]
    struct Deaf(Mutex<Vec<u32>>);

    #[async_trait]
    impl Group for Deaf {
        type Item = u32;
        /// Whether it was not there before.
        type Output = bool;

        async fn write(&self, items: &[u32]) -> Result<Vec<bool>, StorageError> {
            let mut written = self.0.lock().unwrap();
            let new = items.iter().map(|n| !written.contains(n)).collect();
            let is_first = written.is_empty();
            written.extend(items);
            if is_first { Err(StorageError::Interrupted) } else { Ok(new) }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_whose_commit_was_not_confirmed_is_told_that_somebody_else_did_it() {
        let batcher = Batcher::start(Deaf::default());
        let said = futures::future::join_all((1..=5).map(|n| batcher.submit(n))).await;
        assert!(said.iter().all(|said| matches!(said, Err(StorageError::Interrupted))), "{said:?}");
        assert!(batcher.submit(6).await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn a_bad_item_fails_alone() {
        let batcher = Batcher::start(Doubling(Arc::default()));
        let ask = |n| {
            let batcher = batcher.clone();
            tokio::spawn(async move { batcher.submit(n).await })
        };
        let (good, bad, other) = (ask(1), ask(13), ask(2));
        assert_eq!(good.await.unwrap().unwrap(), 2);
        assert!(bad.await.unwrap().is_err());
        assert_eq!(other.await.unwrap().unwrap(), 4);
    }
}
