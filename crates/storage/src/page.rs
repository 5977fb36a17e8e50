//! Pages of lists: a list goes on behind, or before, the last row that was seen. Never by an offset.

/// Which part of a list, by the key that it is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page<K> {
    First,
    /// What follows this row.
    After(K),
    /// What stands before this row, up to it.
    Before(K),
}

impl<K> Page<K> {
    /// Whether the rows are read against their order, from the key backwards.
    pub(crate) const fn is_backwards(&self) -> bool {
        matches!(self, Self::Before(_))
    }

    /// The key that it lies behind or before.
    pub(crate) fn key(self) -> Option<K> {
        match self {
            Self::First => None,
            Self::After(key) | Self::Before(key) => Some(key),
        }
    }
}

/// The rows that a page of a screen shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown<T> {
    /// [`PAGE_ROWS`] at most.
    pub rows: Vec<T>,
    /// More of them stand before the first one.
    pub has_before: bool,
    /// More of them follow the last one.
    pub has_after: bool,
}

impl<K> Page<K> {
    /// Cuts to its size what was read of this page: one row more than is shown tells whether the list goes on.
    pub fn shown<T>(&self, mut rows: Vec<T>) -> Shown<T> {
        let goes_on = rows.len() > PAGE_ROWS as usize;
        let is_backwards = self.is_backwards();
        if goes_on && is_backwards {
            rows.remove(0);
        } else {
            rows.truncate(PAGE_ROWS as usize);
        }
        let is_first = matches!(self, Self::First);
        Shown {
            rows,
            has_before: if is_backwards { goes_on } else { !is_first },
            has_after: is_backwards || goes_on,
        }
    }
}

/// How many rows a page of a screen has (flows, section 0).
pub const PAGE_ROWS: u32 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(page: Page<u32>, read: u32) -> (usize, u32, bool, bool) {
        let shown = page.shown((1..=read).collect());
        (shown.rows.len(), shown.rows.first().copied().unwrap_or(0), shown.has_before, shown.has_after)
    }

    #[test]
    fn one_row_too_many_tells_that_the_list_goes_on() {
        assert_eq!(shown(Page::First, 0), (0, 0, false, false));
        assert_eq!(shown(Page::First, 8), (8, 1, false, false));
        assert_eq!(shown(Page::First, 9), (8, 1, false, true));
        assert_eq!(shown(Page::After(0), 8), (8, 1, true, false));
        assert_eq!(shown(Page::After(0), 9), (8, 1, true, true));
        assert_eq!(shown(Page::Before(9), 8), (8, 1, false, true));
        assert_eq!(shown(Page::Before(9), 9), (8, 2, true, true), "the one too many stands first");
    }
}
