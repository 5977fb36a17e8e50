//! Choosing by unpredictable bytes that the caller brings.

/// Fills a slice with unpredictable bytes.
pub(super) type Fill<'a> = &'a mut dyn FnMut(&mut [u8]);

/// A number below `bound`, each as likely as the others to within 2^-32; 0 where there is none.
pub(super) fn below(fill: Fill<'_>, bound: u32) -> u32 {
    let mut bytes = [0; 8];
    fill(&mut bytes);
    let number = u64::from_be_bytes(bytes).checked_rem(u64::from(bound)).unwrap_or(0);
    u32::try_from(number).unwrap_or(0)
}

/// Puts the items into an order by chance.
pub(super) fn shuffle<T>(fill: Fill<'_>, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        let other = below(fill, u32::try_from(last + 1).unwrap_or(u32::MAX));
        items.swap(last, usize::try_from(other).unwrap_or(0));
    }
}
