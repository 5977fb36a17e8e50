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

/// How many rows a page of a screen has (flows, section 0).
pub const PAGE_ROWS: u32 = 8;
