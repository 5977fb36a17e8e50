//! Milestones: the numbers of participants that an organizer hears of, instead of each join.

/// The greatest of 1, 10, 100, 1,000 … that `count` has reached; `None` before the first participant.
pub fn milestone(count: u64) -> Option<u64> {
    count.checked_ilog10().map(|zeros| 10u64.pow(zeros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_are_milestones() {
        let reached = [0, 1, 9, 10, 99, 100, 999_999, 1_000_000].map(milestone);
        let expected =
            [None, Some(1), Some(1), Some(10), Some(10), Some(100), Some(100_000), Some(1_000_000)];
        assert_eq!(reached, expected);
        assert_eq!(milestone(u64::MAX), Some(10_000_000_000_000_000_000));
    }
}
