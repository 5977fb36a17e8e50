//! «سحوباتي»: a person's lotteries by state, page by page.

use qura_domain::code::Code;
use qura_domain::ids::UserId;
use qura_domain::lottery::{Lottery, LotteryState};
use qura_storage::{LotteryKey, PAGE_ROWS, Page, Shown, StorageError};
use serde::{Deserialize, Serialize};

use super::LotteryService;

/// The lists that a person's lotteries stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shelf {
    Drafts,
    Scheduled,
    Running,
    Paused,
    Ended,
}

impl Shelf {
    pub const ALL: [Self; 5] = [Self::Drafts, Self::Scheduled, Self::Running, Self::Paused, Self::Ended];

    /// The states whose lotteries stand in it.
    pub const fn states(self) -> &'static [LotteryState] {
        use LotteryState::{
            Announced, Cancelled, Draft, Drawing, Drawn, Frozen, Open, Paused, Reopened, Scheduled,
        };
        match self {
            Self::Drafts => &[Draft],
            Self::Scheduled => &[Scheduled],
            Self::Running => &[Open, Frozen, Drawing, Drawn],
            Self::Paused => &[Paused],
            Self::Ended => &[Announced, Reopened, Cancelled],
        }
    }

    /// Where a lottery of this state stands.
    pub fn of(state: LotteryState) -> Self {
        Self::ALL.into_iter().find(|shelf| shelf.states().contains(&state)).unwrap_or(Self::Ended)
    }
}

/// A page of a person's lotteries, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LotteryPage {
    pub lotteries: Vec<Lottery>,
    /// More of them stand before the first one.
    pub has_before: bool,
    /// More of them follow the last one.
    pub has_after: bool,
}

impl LotteryService {
    /// A page of a list; it goes on at a lottery of this person's. The first one where the page is empty,
    /// or where that lottery is gone.
    pub async fn list(
        &self,
        person: UserId,
        shelf: Shelf,
        page: Page<Code>,
    ) -> Result<LotteryPage, StorageError> {
        let page = match page {
            Page::First => Page::First,
            Page::After(code) => self.key(person, &code).await?.map_or(Page::First, Page::After),
            Page::Before(code) => self.key(person, &code).await?.map_or(Page::First, Page::Before),
        };
        let mut reader = self.db.read().await?;
        // One more than is shown tells whether the list goes on.
        let asked = reader.lotteries().list(person, shelf.states(), page, PAGE_ROWS + 1).await?;
        let (lotteries, page) = match asked.is_empty() {
            true => (
                reader.lotteries().list(person, shelf.states(), Page::First, PAGE_ROWS + 1).await?,
                Page::First,
            ),
            false => (asked, page),
        };
        let Shown { rows: lotteries, has_before, has_after } = page.shown(lotteries);
        Ok(LotteryPage { lotteries, has_before, has_after })
    }

    async fn key(&self, person: UserId, code: &Code) -> Result<Option<LotteryKey>, StorageError> {
        let found = self.find(code).await?;
        Ok(found.filter(|lottery| lottery.organizer == person).map(|lottery| LotteryKey::of(&lottery)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_stands_in_one_list() {
        for state in LotteryState::ALL {
            let shelves = Shelf::ALL.into_iter().filter(|shelf| shelf.states().contains(&state)).count();
            assert_eq!(shelves, 1, "{state:?}");
        }
    }
}
