//! Decides which update may run now: one at a time of each key, in order; urgent ones at once.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use qura_domain::ids::Seq;
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
    /// Everything waiting or running, so that reading the log again brings nothing twice.
    held: HashSet<Seq>,
}

impl KeyedQueue {
    /// Updates held, the running ones included.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Keys of which an update runs or is ready.
    pub fn busy(&self) -> usize {
        self.waiting.len()
    }

    /// Updates that wait behind the one of this key that runs or is ready.
    pub fn behind(&self, key: i64) -> usize {
        self.waiting.get(&key).map_or(0, VecDeque::len)
    }

    /// Takes an update in, unless it is here already.
    pub fn push(&mut self, update: StoredUpdate) {
        if !self.held.insert(update.seq) {
            return;
        }
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

    /// A running update is done: the next of its key may run.
    pub fn finished(&mut self, done: &Place) {
        self.held.remove(&done.seq);
        if done.partition == URGENT_PARTITION {
            return;
        }
        match self.waiting.get_mut(&done.key).and_then(VecDeque::pop_front) {
            Some(next) => self.ready.push_back(next),
            None => _ = self.waiting.remove(&done.key),
        }
    }

    /// Forgets everything that waits, except of the partitions that are kept: others handle it
    /// now. What runs goes on.
    pub fn keep_only(&mut self, kept: &BTreeSet<u8>) {
        let held = &mut self.held;
        let mut stays = |update: &StoredUpdate| {
            let stays = kept.contains(&update.partition);
            if !stays {
                held.remove(&update.seq);
            }
            stays
        };
        self.urgent.retain(&mut stays);
        self.waiting.values_mut().for_each(|behind| behind.retain(&mut stays));
        let waiting = &mut self.waiting;
        self.ready.retain(|update| {
            let stays = stays(update);
            if !stays {
                waiting.remove(&update.key);
            }
            stays
        });
    }
}

/// Where an update stands: what [`KeyedQueue::finished`] needs of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub seq: Seq,
    pub partition: u8,
    pub key: i64,
}

impl Place {
    pub fn of(update: &StoredUpdate) -> Self {
        Self { seq: update.seq, partition: update.partition, key: update.key }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
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
        queue.finished(&Place { seq: Seq::new(2), partition: URGENT_PARTITION, key: 7 });
        assert_eq!(queue.len(), 1);
    }

    #[test]
    fn reading_the_log_again_brings_nothing_twice() {
        let mut queue = KeyedQueue::default();
        queue.push(update(1, 0, 7));
        queue.push(update(2, 0, 7));
        let running = queue.next().unwrap();
        queue.push(update(1, 0, 7));
        queue.push(update(2, 0, 7));
        assert_eq!(queue.len(), 2);
        queue.finished(&Place::of(&running));
        assert_eq!(queue.next().unwrap().seq, Seq::new(2));
        assert_eq!(queue.next(), None);
    }

    #[test]
    fn a_lost_partition_is_forgotten_and_what_runs_goes_on() {
        let mut queue = KeyedQueue::default();
        for (seq, partition, key) in [(1, 3, 7), (2, 3, 7), (3, 3, 8), (4, 5, 9)] {
            queue.push(update(seq, partition, key));
        }
        let running = queue.next().unwrap();
        queue.keep_only(&BTreeSet::from([5]));
        assert_eq!(queue.len(), 2, "the running one and that of the other partition");
        queue.finished(&Place::of(&running));
        assert_eq!(queue.next().unwrap().seq, Seq::new(4));
        assert_eq!(queue.next(), None);
        // The partition comes back, and with it what was forgotten.
        queue.push(update(2, 3, 7));
        assert_eq!(queue.next().unwrap().seq, Seq::new(2));
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
                        queue.finished(&Place::of(&update));
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
