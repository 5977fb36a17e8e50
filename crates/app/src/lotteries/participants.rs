//! «المشتركون»: who is in a lottery, page by page and one by one, and «استبعاد».

use qura_domain::code::Code;
use qura_domain::ids::{LotteryId, UserId};
use qura_domain::lottery::{Lottery, Ticket};
use qura_domain::number::parse_number;
use qura_storage::{PAGE_ROWS, Page, ParticipantFilter, ParticipantRecord, Shown, StorageError, Tx};

use super::LotteryService;
use super::managing::{ManageRefusal, Manager};

/// Suspicious participants are counted no further: past it the share is bad enough.
const MOST_COUNTED: u32 = 100_000;

/// Suspicious participants whom one transaction excludes: some 20 ms on SQLite.
const EXCLUDED: u32 = 1_000;

/// A page of participants by rising ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParticipantPage {
    pub participants: Vec<ParticipantRecord>,
    /// More of them stand before the first one.
    pub has_before: bool,
    /// More of them follow the last one.
    pub has_after: bool,
}

/// How many of the registered look suspicious.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Suspects {
    pub count: u64,
    /// Of a hundred registered, at least 1 where there is any.
    pub percent: u64,
}

/// An exclusion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excluded {
    pub lottery: Lottery,
    /// How many tickets became void by it.
    pub count: u64,
}

/// How «استبعاد الكل» ended.
pub enum SuspectsExcluded {
    /// Everyone who looked suspicious is out; the last transaction is the caller's to commit.
    All { count: u64, tx: Tx },
    /// The list was closed between two pages: so many are out, the others stay.
    Closed { count: u64 },
}

impl Suspects {
    fn of(count: u64, registered: u64) -> Self {
        let share = count.saturating_mul(100) / registered.max(1);
        Self { count, percent: share.clamp(u64::from(count > 0), 100) }
    }
}

impl LotteryService {
    /// A page of a lottery's participants. The first one where the page is empty.
    pub async fn participants(
        &self,
        lottery: LotteryId,
        filter: ParticipantFilter,
        page: Page<Ticket>,
    ) -> Result<ParticipantPage, StorageError> {
        let mut reader = self.db.read().await?;
        // One more than is shown tells whether the list goes on.
        let asked = reader.participants().list(lottery, filter, page, PAGE_ROWS + 1).await?;
        let (participants, page) = match asked.is_empty() {
            true => {
                (reader.participants().list(lottery, filter, Page::First, PAGE_ROWS + 1).await?, Page::First)
            }
            false => (asked, page),
        };
        let Shown { rows: participants, has_before, has_after } = page.shown(participants);
        Ok(ParticipantPage { participants, has_before, has_after })
    }

    /// One participant; `None` for a person who never joined.
    pub async fn participant(
        &self,
        lottery: LotteryId,
        user: UserId,
    ) -> Result<Option<ParticipantRecord>, StorageError> {
        self.db.read().await?.participants().get(lottery, user).await
    }

    /// Participants by what somebody typed: a person's number, or a username with or without its `@`. Nearly
    /// always one at most; at most a page.
    pub async fn search(
        &self,
        lottery: LotteryId,
        typed: &str,
    ) -> Result<Vec<ParticipantRecord>, StorageError> {
        let typed = typed.trim();
        let mut reader = self.db.read().await?;
        if let Ok(id) = parse_number(typed, 1..=i64::MAX) {
            let found = reader.participants().get(lottery, UserId::new(id)).await?;
            return Ok(found.into_iter().collect());
        }
        let name = typed.strip_prefix("https://t.me/").or(typed.strip_prefix('@')).unwrap_or(typed);
        match name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !name.is_empty() {
            true => reader.participants().find_by_username(lottery, name, PAGE_ROWS).await,
            false => Ok(Vec::new()),
        }
    }

    /// How many of the `registered` look suspicious.
    pub async fn suspects(&self, lottery: LotteryId, registered: u64) -> Result<Suspects, StorageError> {
        let count = self.db.read().await?.participants().count_suspicious(lottery, MOST_COUNTED).await?;
        Ok(Suspects::of(count, registered))
    }

    /// «استبعاد» of one person, in the caller's transaction. Of one who is excluded already nothing changes.
    /// Call [`Self::announce`] after the commit.
    pub async fn exclude(
        &self,
        tx: &mut Tx,
        manager: Manager,
        code: &Code,
        user: UserId,
        reason: &str,
    ) -> Result<Result<Excluded, ManageRefusal>, StorageError> {
        let lottery = match self.changeable(tx, manager, code).await? {
            Ok(lottery) => lottery,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let now = self.clock.now();
        let count = tx.participants().exclude(lottery.id, &[user], manager.person, reason, now).await?;
        if count > 0 {
            let after = Some(format!("{user}: {reason}"));
            self.audit(tx, Some(manager.person), "lottery.exclude", &lottery, after).await?;
        }
        Ok(Ok(Excluded { lottery, count }))
    }

    /// «استبعاد الكل»: everyone who is registered and looks suspicious, a page in each transaction. Cut off
    /// before the last, it is done again, and goes on with who is left.
    pub async fn exclude_suspects(
        &self,
        manager: Manager,
        code: &Code,
        reason: &str,
    ) -> Result<Result<SuspectsExcluded, ManageRefusal>, StorageError> {
        let (mut after, mut total) = (Ticket::new(0), 0);
        loop {
            let mut tx = self.db.begin().await?;
            let lottery = match self.changeable(&mut tx, manager, code).await? {
                Ok(lottery) => lottery,
                Err(refusal) => {
                    tx.rollback().await?;
                    // Those whom the pages before took out are out.
                    let closed = (total > 0).then_some(SuspectsExcluded::Closed { count: total });
                    return Ok(closed.ok_or(refusal));
                }
            };
            let (by, now) = (manager.person, self.clock.now());
            let page =
                tx.participants().exclude_suspicious(lottery.id, after, EXCLUDED, by, reason, now).await?;
            let Some((last, count)) = page else {
                return Ok(Ok(SuspectsExcluded::All { count: total, tx }));
            };
            if count > 0 {
                let after = Some(format!("{count} suspicious: {reason}"));
                self.audit(&mut tx, Some(by), "lottery.exclude_suspects", &lottery, after).await?;
            }
            tx.commit().await?;
            (after, total) = (last, total + count);
        }
    }

    async fn changeable(
        &self,
        tx: &mut Tx,
        manager: Manager,
        code: &Code,
    ) -> Result<Result<Lottery, ManageRefusal>, StorageError> {
        Ok(match self.locked(tx, manager, code).await? {
            None => Err(ManageRefusal::NotTheirs),
            Some(lottery) if !lottery.state.is_changeable() => Err(ManageRefusal::NotNow),
            Some(lottery) => Ok(lottery),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_none_for_nobody_and_something_for_somebody() {
        assert_eq!(Suspects::of(0, 0), Suspects { count: 0, percent: 0 });
        assert_eq!(Suspects::of(1, 1_000), Suspects { count: 1, percent: 1 });
        assert_eq!(Suspects::of(250, 1_000), Suspects { count: 250, percent: 25 });
        // Some of them left between the two counts.
        assert_eq!(Suspects::of(5, 3), Suspects { count: 5, percent: 100 });
    }
}
