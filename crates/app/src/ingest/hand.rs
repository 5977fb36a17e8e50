//! What the consumer has in hand, and how far it knows the log.

use std::collections::BTreeSet;

use qura_domain::ids::Seq;
use qura_storage::{StoredUpdate, UpdateState};

use super::handover::StoredBatch;
use super::position::URGENT_PARTITION;
use super::queue::{KeyedQueue, Place};
use super::share::Held;

/// Before the first update.
const BEGINNING: Seq = Seq::new(-1);

/// Updates taken from the log, and where to go on. Pure: whoever owns it reads and runs.
#[derive(Debug)]
pub struct Hand {
    queue: KeyedQueue,
    /// Everything of these partitions up to `known` was taken, and everything urgent up to
    /// `urgent_known`.
    partitions: BTreeSet<u8>,
    known: Seq,
    urgent_known: Seq,
    /// The log may hold more than is known.
    behind: bool,
    /// Keys held at most: one person who writes faster than they can be answered must not keep the others out.
    room: usize,
}

/// Updates held at most for each key that there is room for: memory has an end.
const OF_A_KEY: usize = 4;

/// What is to be read next.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    pub after: Seq,
    pub partitions: Vec<u8>,
    /// Only what overtakes everything, because for anything else there is no room.
    urgent_only: bool,
}

impl Hand {
    pub fn new(room: usize) -> Self {
        Self {
            queue: KeyedQueue::default(),
            partitions: BTreeSet::new(),
            known: BEGINNING,
            urgent_known: BEGINNING,
            behind: false,
            room,
        }
    }

    /// Whose updates may begin.
    pub fn partitions(&self) -> &BTreeSet<u8> {
        &self.partitions
    }

    /// Takes up and lets go of partitions.
    pub fn follow(&mut self, held: &Held) {
        let now = held.now();
        if now == self.partitions {
            return;
        }
        self.queue.keep_only(&now);
        if !now.is_subset(&self.partitions) {
            // What is new here may wait in the log since long before; what is in hand is not taken twice.
            self.known = BEGINNING;
            self.urgent_known = BEGINNING;
            self.behind = true;
        }
        self.partitions = now;
    }

    /// Something may be new in the log. While there is no room, urgent updates are still looked for.
    pub fn rung(&mut self) {
        self.behind = true;
    }

    /// What to read now, if anything. `rung` tells that it may be new.
    pub fn wants(&self, rung: bool) -> Option<Page> {
        if self.has_room() {
            let partitions: Vec<u8> = self.partitions.iter().copied().collect();
            let wanted = self.behind && !partitions.is_empty();
            return wanted.then_some(Page { after: self.known, partitions, urgent_only: false });
        }
        let urgent = rung && self.partitions.contains(&URGENT_PARTITION);
        let after = self.urgent_known.max(self.known);
        urgent.then_some(Page { after, partitions: vec![URGENT_PARTITION], urgent_only: true })
    }

    /// A page was read; `whole` when nothing was left behind it, in a log that reached `stored` before.
    pub fn took(&mut self, page: &Page, updates: Vec<StoredUpdate>, whole: bool, stored: Seq) {
        let last = updates.last().map_or(page.after, |update| update.seq);
        updates.into_iter().for_each(|update| self.queue.push(update));
        if page.urgent_only {
            self.urgent_known = last;
            return;
        }
        self.known = if whole { last.max(stored) } else { last };
        self.behind = !whole;
    }

    /// A batch came straight from the poller. Taken when nothing before it is missing and there is
    /// room; otherwise only what is urgent, and the log has the rest.
    pub fn handed(&mut self, batch: StoredBatch) {
        let follows = !self.behind && batch.after.is_none_or(|after| after <= self.known);
        let all = follows && self.has_room();
        let last = batch.updates.last().map(|update| update.seq);
        for update in batch.updates {
            let wanted = all || update.partition == URGENT_PARTITION;
            if wanted && self.partitions.contains(&update.partition) {
                self.queue.push(StoredUpdate {
                    seq: update.seq,
                    key: update.key,
                    partition: update.partition,
                    state: UpdateState::Pending,
                    attempts: 0,
                    raw: update.raw,
                    reply: None,
                    received_at: batch.received_at,
                });
            }
        }
        match last {
            Some(last) if all => self.known = self.known.max(last),
            _ => self.behind = true,
        }
    }

    fn has_room(&self) -> bool {
        self.queue.busy() < self.room && self.queue.len() < self.room.saturating_mul(OF_A_KEY)
    }

    /// How many wait behind an update that is ready or runs.
    pub fn behind(&self, update: &StoredUpdate) -> usize {
        match update.partition {
            URGENT_PARTITION => 0,
            _ => self.queue.behind(update.key),
        }
    }

    /// The next update that may begin at once.
    pub fn next_urgent(&mut self) -> Option<StoredUpdate> {
        self.queue.next_urgent()
    }

    /// The next update whose key is free.
    pub fn next(&mut self) -> Option<StoredUpdate> {
        self.queue.next()
    }

    /// A running update is done.
    pub fn finished(&mut self, place: &Place) {
        self.queue.finished(place);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use qura_domain::time::Timestamp;
    use qura_storage::NewUpdate;
    use tokio::time::Instant;

    use super::*;

    fn hand(room: usize, partitions: &[u8]) -> Hand {
        let mut hand = Hand::new(room);
        let until = Instant::now() + Duration::from_secs(60);
        hand.follow(&partitions.iter().map(|partition| (*partition, until)).collect());
        hand
    }

    fn batch(after: Option<i64>, updates: &[(i64, u8)]) -> StoredBatch {
        let new = |(seq, partition): &(i64, u8)| NewUpdate {
            seq: Seq::new(*seq),
            partition: *partition,
            key: *seq,
            raw: String::new(),
        };
        StoredBatch {
            after: after.map(Seq::new),
            updates: updates.iter().map(new).collect(),
            received_at: Timestamp::from_secs(0),
        }
    }

    fn stored(updates: &[(i64, u8)]) -> Vec<StoredUpdate> {
        let mut hand = hand(usize::MAX, &(0..=URGENT_PARTITION).collect::<Vec<_>>());
        let page = hand.wants(false).unwrap();
        hand.took(&page, Vec::new(), true, BEGINNING);
        hand.handed(batch(None, updates));
        let mut all: Vec<_> =
            std::iter::from_fn(|| hand.next_urgent().or_else(|| hand.queue.next())).collect();
        all.sort_by_key(|update| update.seq);
        all
    }

    fn ready(hand: &mut Hand) -> Vec<i64> {
        std::iter::from_fn(|| hand.next_urgent().or_else(|| hand.next()))
            .map(|update| update.seq.get())
            .collect()
    }

    #[test]
    fn a_batch_that_follows_is_taken_without_reading() {
        let mut hand = hand(10, &[1, 2]);
        let page = hand.wants(false).unwrap();
        assert_eq!((page.after, &page.partitions), (BEGINNING, &vec![1, 2]));
        hand.took(&page, stored(&[(5, 1)]), true, Seq::new(7));
        assert_eq!(hand.wants(false), None);
        hand.handed(batch(Some(7), &[(8, 1), (9, 3), (10, 2)]));
        assert_eq!(ready(&mut hand), [5, 8, 10], "those of other partitions are others' work");
        assert_eq!(hand.wants(false), None);
        hand.handed(batch(Some(10), &[(11, 3)]));
        hand.handed(batch(Some(11), &[(12, 1)]));
        assert_eq!(ready(&mut hand), [12]);
        assert_eq!(hand.wants(false), None);
    }

    #[test]
    fn after_a_gap_the_log_is_read() {
        let mut hand = hand(10, &[1]);
        let page = hand.wants(false).unwrap();
        hand.took(&page, stored(&[(5, 1)]), true, BEGINNING);
        hand.handed(batch(Some(6), &[(7, 1)]));
        assert_eq!(ready(&mut hand), [5], "6 may be of partition 1");
        let page = hand.wants(false).unwrap();
        assert_eq!(page.after, Seq::new(5));
        hand.took(&page, stored(&[(6, 1), (7, 1)]), true, Seq::new(7));
        assert_eq!(ready(&mut hand), [6, 7]);
        assert_eq!(hand.wants(false), None);
    }

    #[test]
    fn a_full_page_is_followed_by_the_next() {
        let mut hand = hand(10, &[1]);
        let page = hand.wants(false).unwrap();
        hand.took(&page, stored(&[(5, 1)]), false, Seq::new(9));
        assert_eq!(hand.wants(false).unwrap().after, Seq::new(5), "what lies behind the page is not known");
        hand.handed(batch(Some(5), &[(10, 1)]));
        assert_eq!(ready(&mut hand), [5], "nor is what lies before a batch");
    }

    #[test]
    fn without_room_only_the_urgent_is_taken() {
        let mut hand = hand(2, &[1, URGENT_PARTITION]);
        let page = hand.wants(false).unwrap();
        hand.took(&page, stored(&[(1, 1), (2, 1)]), true, Seq::new(2));
        hand.handed(batch(Some(2), &[(3, 1), (4, URGENT_PARTITION)]));
        assert_eq!(hand.wants(false), None, "no room");
        let page = hand.wants(true).unwrap();
        assert_eq!((page.after, &page.partitions), (Seq::new(2), &vec![URGENT_PARTITION]));
        hand.took(&page, stored(&[(4, URGENT_PARTITION), (9, URGENT_PARTITION)]), true, Seq::new(9));
        assert_eq!(ready(&mut hand), [4, 9, 1, 2]);
        assert_eq!(hand.wants(true).unwrap().after, Seq::new(9), "urgent ones are read once");
        for seq in [1, 2, 4, 9] {
            let partition = if seq > 2 { URGENT_PARTITION } else { 1 };
            hand.finished(&Place { seq: Seq::new(seq), partition, key: seq });
        }
        let page = hand.wants(false).unwrap();
        assert_eq!(page.after, Seq::new(2), "the rest waits in the log");
        hand.took(&page, stored(&[(3, 1)]), true, Seq::new(9));
        assert_eq!(ready(&mut hand), [3]);
    }

    #[test]
    fn one_busy_key_leaves_room_for_the_others() {
        let mut hand = hand(2, &[1]);
        let page = hand.wants(false).unwrap();
        hand.took(&page, Vec::new(), true, BEGINNING);
        let mut one = batch(None, &[(1, 1), (2, 1), (3, 1), (4, 1)]);
        one.updates.iter_mut().for_each(|update| update.key = 7);
        hand.handed(one);
        let running = hand.next().unwrap();
        assert_eq!((hand.behind(&running), hand.next()), (3, None));
        hand.handed(batch(Some(4), &[(5, 1)]));
        assert_eq!(ready(&mut hand), [5]);
        let mut more = batch(Some(5), &[(6, 1), (7, 1), (8, 1), (9, 1)]);
        more.updates.iter_mut().for_each(|update| update.key = 7);
        hand.finished(&Place { seq: Seq::new(5), partition: 1, key: 5 });
        hand.handed(more);
        hand.handed(batch(Some(9), &[(10, 1)]));
        assert_eq!(hand.wants(true), None, "there is an end to it");
        hand.finished(&Place::of(&running));
        assert_eq!(hand.wants(false).unwrap().after, Seq::new(9), "the rest waits in the log");
    }

    #[test]
    fn a_new_partition_is_read_from_the_beginning() {
        let mut hand = hand(10, &[1]);
        let page = hand.wants(false).unwrap();
        hand.took(&page, stored(&[(5, 1)]), true, Seq::new(7));
        let until = Instant::now() + Duration::from_secs(60);
        hand.follow(&[1, 2].into_iter().map(|partition| (partition, until)).collect());
        hand.handed(batch(Some(7), &[(8, 2)]));
        assert_eq!(ready(&mut hand), [5]);
        let page = hand.wants(false).unwrap();
        assert_eq!(page.after, BEGINNING);
        hand.took(&page, stored(&[(3, 2), (5, 1), (8, 2)]), true, Seq::new(8));
        assert_eq!(ready(&mut hand), [3, 8], "5 is in hand");
    }
}
