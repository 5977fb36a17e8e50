//! Step 4: the tickets in the order in which they are candidates, without an array of all of them.

use std::collections::HashMap;

use super::leaf::Ticket;
use super::seed::Seed;

/// Gives one ticket after the other, each once, each order equally likely. Its memory grows with what
/// was taken out of it, not with the number of tickets.
#[derive(Clone, Debug)]
pub struct Order {
    seed: Seed,
    tickets: u64,
    /// The next position, and the next number out of the seed.
    position: u64,
    counter: u64,
    /// What stands where another ticket stood at first; positions that are behind are dropped.
    moved: HashMap<u64, Ticket>,
}

impl Order {
    pub fn new(seed: Seed, tickets: u64) -> Self {
        Self { seed, tickets, position: 0, counter: 0, moved: HashMap::new() }
    }

    /// A number below `bound` (at least 1), each equally likely: numbers from the incomplete last
    /// multiple of `bound` are passed over.
    fn below(&mut self, bound: u64) -> u64 {
        let incomplete = (u64::MAX % bound + 1) % bound;
        loop {
            let number = self.seed.number(self.counter);
            self.counter += 1;
            if number <= u64::MAX - incomplete {
                return number % bound;
            }
        }
    }
}

impl Iterator for Order {
    type Item = Ticket;

    fn next(&mut self) -> Option<Ticket> {
        if self.position >= self.tickets {
            return None;
        }
        let here = self.position;
        let chosen = here + self.below(self.tickets - here);
        let displaced = self.moved.remove(&here).unwrap_or(Ticket::new(here + 1));
        self.position += 1;
        if chosen == here {
            return Some(displaced);
        }
        Some(self.moved.insert(chosen, displaced).unwrap_or(Ticket::new(chosen + 1)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::super::hash::Hash;
    use super::*;

    fn seed(number: u64) -> Seed {
        Seed::from_hash(Hash::of(&[&number.to_be_bytes()]))
    }

    /// The specification word for word, with the whole array.
    fn dense(seed: Seed, tickets: u64) -> Vec<u64> {
        let mut array: Vec<u64> = (1..=tickets).collect();
        let mut counter = 0;
        for i in 0..array.len() {
            let m = u128::from(tickets) - u128::try_from(i).unwrap();
            let x = loop {
                let x = u128::from(seed.number(counter));
                counter += 1;
                if x < (1 << 64) - (1u128 << 64) % m {
                    break x;
                }
            };
            let j = i + usize::try_from(x % m).unwrap();
            array.swap(i, j);
        }
        array
    }

    proptest! {
        #[test]
        fn is_the_order_of_the_whole_array(number: u64, tickets in 0u64..400) {
            let sparse: Vec<_> = Order::new(seed(number), tickets).map(Ticket::get).collect();
            prop_assert_eq!(sparse, dense(seed(number), tickets));
        }

        #[test]
        fn names_each_ticket_once_however_many_there_are(number: u64, tickets: u64) {
            let some: Vec<_> = Order::new(seed(number), tickets).take(200).map(Ticket::get).collect();
            let different: HashSet<_> = some.iter().collect();
            prop_assert_eq!(different.len(), some.len());
            prop_assert_eq!(some.len(), usize::try_from(tickets.min(200)).unwrap());
            prop_assert!(some.iter().all(|ticket| (1..=tickets).contains(ticket)));
        }
    }

    #[test]
    fn holds_no_more_than_was_taken() {
        let mut order = Order::new(seed(1), 1_000_000);
        assert_eq!(order.by_ref().take(200).count(), 200);
        assert!(order.moved.len() <= 200);
        let mut whole = Order::new(seed(1), 1_000);
        assert_eq!(whole.by_ref().count(), 1_000);
        assert!(whole.moved.is_empty());
    }
}
