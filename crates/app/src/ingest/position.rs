//! Where an update stands in the log: its number, its partition, its key.

use qura_domain::ids::{Seq, UpdateId};
use qura_ports::telegram::Route;

/// Ordinary partitions. Processes share them; a number that stays, as rows carry it.
pub const PARTITIONS: u8 = 32;

/// The lane that overtakes everything.
pub const URGENT_PARTITION: u8 = PARTITIONS;

const ID_BITS: u32 = 40;

/// Further away than this, a number is not late or repeated: the count began anew.
const REACH: i64 = 200_000;

/// The number of an update in the log, given the last one stored for its bot. `None` when it was
/// stored already. `newest` is the newest of all bots, above which a new count begins.
pub fn seq_after(last: Option<Seq>, newest: Option<Seq>, id: UpdateId) -> Option<Seq> {
    match last {
        Some(last) if !begins_anew(Some(last), id) => (id > update_id(last)).then(|| seq(epoch(last), id)),
        _ => Some(seq(newest.max(last).map_or(0, |seq| epoch(seq) + 1), id)),
    }
}

/// Whether an update's number is not of the count that the last one was of.
pub fn begins_anew(last: Option<Seq>, id: UpdateId) -> bool {
    last.is_none_or(|last| (id.get() - update_id(last).get()).abs() > REACH)
}

/// Telegram's own number of a stored update.
pub fn update_id(seq: Seq) -> UpdateId {
    UpdateId::new(seq.get() & ((1 << ID_BITS) - 1))
}

fn epoch(seq: Seq) -> i64 {
    seq.get() >> ID_BITS
}

fn seq(epoch: i64, id: UpdateId) -> Seq {
    Seq::new(epoch << ID_BITS | id.get())
}

/// The partition of a route and the key whose updates stay in order.
pub fn partition_and_key(route: Route, id: UpdateId) -> (u8, i64) {
    match route {
        Route::Person(user) => (partition(user.get()), user.get()),
        Route::Chat(chat) => (partition(chat.get()), chat.get()),
        Route::Urgent(user) => (URGENT_PARTITION, user.get()),
        // Whose it is nobody knows, so it waits for nobody: a key that no chat has.
        Route::Unknown => (partition(id.get()), i64::MIN + id.get()),
    }
}

fn partition(key: i64) -> u8 {
    // Ids come in runs; a multiplication spreads them (Fibonacci hashing).
    let spread = (key as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 59;
    spread as u8 % PARTITIONS
}

#[cfg(test)]
mod tests {
    use qura_domain::ids::{ChatId, UserId};

    use super::*;

    fn id(n: i64) -> UpdateId {
        UpdateId::new(n)
    }

    #[test]
    fn numbers_rise_and_repeats_are_known() {
        let first = seq_after(None, None, id(700)).unwrap();
        assert_eq!(first, Seq::new(700));
        assert_eq!(seq_after(Some(first), Some(first), id(701)), Some(Seq::new(701)));
        assert_eq!(seq_after(Some(first), Some(first), id(700)), None);
        assert_eq!(seq_after(Some(first), Some(first), id(500)), None);
    }

    #[test]
    fn a_jump_begins_a_new_epoch_above_all_bots() {
        let last = Seq::new(900_000_000);
        let other_bot = Seq::new(3 << 40 | 5);
        let jumped = seq_after(Some(last), Some(other_bot), id(12)).unwrap();
        assert_eq!((jumped.get() >> 40, update_id(jumped)), (4, id(12)));
        assert!(jumped > other_bot);
        assert_eq!(seq_after(None, Some(other_bot), id(12)), Some(jumped));
    }

    #[test]
    fn partitions_are_stable_and_all_used() {
        let used: std::collections::HashSet<u8> = (0..1000)
            .map(|n| partition_and_key(Route::Person(UserId::new(7_000_000 + n)), id(1)).0)
            .collect();
        assert_eq!(used.len(), usize::from(PARTITIONS));
        assert_eq!(partition_and_key(Route::Chat(ChatId::new(-1001)), id(1)).1, -1001);
        assert_eq!(partition_and_key(Route::Urgent(UserId::new(5)), id(1)).0, URGENT_PARTITION);
    }
}
