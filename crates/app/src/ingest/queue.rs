//! Decides which update may run now: one at a time of each key, in order; urgent ones at once.

use std::collections::{HashMap, VecDeque};

use qura_storage::StoredUpdate;

use super::position::URGENT_PARTITION;

/// Updates that wait in memory. Pure: whoever owns it runs what [`Self::next`] gives and tells
/// [`Self::finished`].
#[derive(Debug, Default)]
pub struct KeyedQueue {
    /// Behind the running update of each busy key. A key is here exactly while one of it runs or is ready.
    waiting: HashMap<i64, VecDeque<StoredUpdate>>,
    ready: VecDeque<StoredUpdate>,
    urgent: VecDeque<StoredUpdate>,
    len: usize,
}

impl KeyedQueue {
    /// Updates held, the running ones included.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn push(&mut self, update: StoredUpdate) {
        self.len += 1;
        if update.partition == URGENT_PARTITION {
            self.urgent.push_back(update);
        } else if let Some(behind) = self.waiting.get_mut(&update.key) {
            behind.push_back(update);
        } else {
            self.waiting.insert(update.key, VecDeque::new());
            self.ready.push_back(update);
        }
    }

    /// The next urgent update; never held back.
    pub fn next_urgent(&mut self) -> Option<StoredUpdate> {
        self.urgent.pop_front()
    }

    /// The next update whose key is free.
    pub fn next(&mut self) -> Option<StoredUpdate> {
        self.ready.pop_front()
    }

    /// An update of this partition and key is done: the next of its key may run.
    pub fn finished(&mut self, partition: u8, key: i64) {
        self.len = self.len.saturating_sub(1);
        if partition == URGENT_PARTITION {
            return;
        }
        match self.waiting.get_mut(&key).and_then(VecDeque::pop_front) {
            Some(next) => self.ready.push_back(next),
            None => _ = self.waiting.remove(&key),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use qura_domain::ids::Seq;
    use qura_domain::time::Timestamp;
    use qura_storage::UpdateState;

    use super::*;

    fn update(seq: i64, partition: u8, key: i64) -> StoredUpdate {
        StoredUpdate {
            seq: Seq::new(seq),
            key,
            partition,
            state: UpdateState::Pending,
            attempts: 0,
            raw: String::new(),
            reply: None,
            received_at: Timestamp::from_secs(0),
        }
    }

    #[test]
    fn an_urgent_update_does_not_wait_for_its_person() {
        let mut queue = KeyedQueue::default();
        queue.push(update(1, 0, 7));
        let _running = queue.next().unwrap();
        queue.push(update(2, URGENT_PARTITION, 7));
        assert_eq!(queue.next(), None);
        assert_eq!(queue.next_urgent().unwrap().seq, Seq::new(2));
        queue.finished(URGENT_PARTITION, 7);
        assert_eq!(queue.len(), 1);
    }

    proptest! {
        /// However pushing, running and finishing interleave: one at a time of each key, in order,
        /// all of them, and nothing is left behind.
        #[test]
        fn keeps_the_order_of_each_key(keys in prop::collection::vec(0i64..4, 1..60), picks in prop::collection::vec(0usize..8, 200)) {
            let mut queue = KeyedQueue::default();
            let mut running: Vec<StoredUpdate> = Vec::new();
            let mut done: HashMap<i64, Vec<Seq>> = HashMap::new();
            let mut coming = keys.iter().enumerate().map(|(n, key)| update(n as i64, 0, *key)).peekable();
            for pick in picks.iter().cycle() {
                match pick {
                    0..3 => { if let Some(update) = coming.next() { queue.push(update) } }
                    3..6 => { if let Some(update) = queue.next() {
                        prop_assert!(running.iter().all(|other| other.key != update.key));
                        running.push(update);
                    } }
                    _ => { if !running.is_empty() {
                        let update = running.remove(pick % running.len());
                        queue.finished(update.partition, update.key);
                        done.entry(update.key).or_default().push(update.seq);
                    } }
                }
                if coming.peek().is_none() && queue.len() == 0 { break }
            }
            prop_assert_eq!(done.values().map(Vec::len).sum::<usize>(), keys.len());
            prop_assert!(done.values().all(|seqs| seqs.is_sorted()));
            prop_assert!(queue.waiting.is_empty());
        }
    }
}
