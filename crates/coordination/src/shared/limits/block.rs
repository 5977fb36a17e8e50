//! Slots of a busy limit that are taken in blocks, so that not each message asks Redis.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// As many slots at once as at most. At 500 a second this is 40 ms' worth.
const MOST: u32 = 20;

/// A slot that was not used so long after its time is lost. What is used late may gather, so this
/// must be less than by how much the shared limits are slower ([`super::MARGIN`]).
const FRESH: Duration = Duration::from_millis(20);

/// The slots that this process took and did not use yet.
#[derive(Debug, Default)]
pub struct Block {
    slots: VecDeque<Instant>,
    /// How many were in the last block, and how many of them were used.
    size: u32,
    used: u32,
}

impl Block {
    /// How many to take next: more when all were used, fewer when some were lost, so that who sends
    /// little takes little from the others.
    pub fn next_size(&self) -> u32 {
        let next = if self.used < self.size { self.used } else { self.size * 2 };
        next.clamp(1, MOST)
    }

    pub fn fill(&mut self, slots: impl ExactSizeIterator<Item = Instant>) {
        self.size = u32::try_from(slots.len()).unwrap_or(MOST);
        self.used = 0;
        self.slots = slots.collect();
    }

    /// When the next slot is that is still worth something.
    pub fn peek(&mut self, now: Instant) -> Option<Instant> {
        while self.slots.front().is_some_and(|slot| *slot + FRESH < now) {
            self.slots.pop_front();
        }
        self.slots.front().copied()
    }

    /// Uses the next slot.
    pub fn pop(&mut self) {
        self.used += u32::from(self.slots.pop_front().is_some());
    }

    /// Gives up those of a pause.
    pub fn skip_until(&mut self, end: Instant) {
        self.slots.retain(|slot| *slot >= end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn who_uses_all_gets_more_and_who_does_not_gets_less() {
        let (mut block, now) = (Block::default(), Instant::now());
        for size in [1, 2, 4, 8, 16, 20, 20] {
            assert_eq!(block.next_size(), size);
            block.fill((0..size as usize).map(|_| now));
            (0..size).for_each(|_| block.pop());
            assert_eq!(block.peek(now), None);
        }
        block.fill((0..20_usize).map(|_| now));
        (0..3).for_each(|_| block.pop());
        assert_eq!(block.peek(now + MS * 21), None, "the others are lost");
        assert_eq!(block.next_size(), 3);
    }

    #[test]
    fn slots_are_used_in_their_time() {
        let (mut block, now) = (Block::default(), Instant::now());
        block.fill([0, 10, 40].into_iter().map(|ms| now + MS * ms));
        assert_eq!(block.peek(now), Some(now));
        assert_eq!(block.peek(now + MS * 20), Some(now), "still fresh");
        assert_eq!(block.peek(now + MS * 25), Some(now + MS * 10));
        block.pop();
        assert_eq!(block.peek(now + MS * 25), Some(now + MS * 40), "not due yet");
    }
}
