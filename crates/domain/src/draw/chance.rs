//! Whether the order favours anyone: chi-square tests over 100,000 draws each, the same ones every time.

use std::collections::HashMap;

use super::hash::Hash;
use super::order::Order;
use super::seed::Seed;

const DRAWS: u64 = 100_000;

fn seeds() -> impl Iterator<Item = Seed> {
    (0..DRAWS).map(|number| Seed::from_hash(Hash::of(&[b"chance", &number.to_be_bytes()])))
}

/// The sum over all classes of (seen − expected)² / expected, where each class is equally likely.
fn chi_square(seen: &HashMap<u64, u64>, classes: u32) -> f64 {
    let count = |n: u64| f64::from(u32::try_from(n).unwrap());
    let expected = count(DRAWS) / f64::from(classes);
    let missing = f64::from(classes) - count(u64::try_from(seen.len()).unwrap());
    let off: f64 = seen.values().map(|n| (count(*n) - expected).powi(2) / expected).sum();
    off + missing * expected
}

/// Chance of a false alarm: one in a thousand, but the seeds are fixed, so it never comes or always.
#[test]
fn every_order_of_four_is_equally_likely() {
    let mut seen = HashMap::new();
    for seed in seeds() {
        let order = Order::new(seed, 4).fold(0, |order, ticket| order * 10 + ticket.get());
        *seen.entry(order).or_default() += 1;
    }
    let chi_square = chi_square(&seen, 24);
    assert!(chi_square < 49.73, "{chi_square} with 23 degrees of freedom");
}

/// With 3 · 2^62 tickets a plain remainder would give the first third twice its share.
#[test]
fn every_third_of_many_is_equally_likely() {
    let mut seen = HashMap::new();
    for seed in seeds() {
        let first = Order::new(seed, 3 << 62).next().unwrap().get();
        *seen.entry((first - 1) >> 62).or_default() += 1;
    }
    let chi_square = chi_square(&seen, 3);
    assert!(chi_square < 13.82, "{chi_square} with 2 degrees of freedom");
}
