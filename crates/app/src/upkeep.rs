//! The job that forgets what nobody needs any more.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use qura_domain::ids::LotteryId;
use qura_domain::lottery::retention::WATCHED;
use qura_domain::time::Timestamp;
use qura_ports::clock::Clock;
use qura_storage::{Db, StorageError};

use crate::jobs::{Job, JobError, RunningJob};

/// Dead updates are kept to be looked at (architecture, section 5).
const DEAD_UPDATES: Duration = Duration::from_hours(7 * 24);

/// Telegram does not tell when a request to join is declined, so an old one is taken for that.
const JOIN_REQUESTS: Duration = Duration::from_hours(30 * 24);

/// Attempts at challenges are signs of fraud as long as their lottery runs; few run longer.
const ATTEMPTS: Duration = Duration::from_hours(90 * 24);

/// Longer than a lottery with a date may run (`LotterySettings::HORIZON`): who left during it wins nothing. One
/// without a date keeps its chats' events until it is over, and as long as it is asked who stayed.
pub(crate) const MEMBERSHIPS: Duration = Duration::from_hours(400 * 24);

/// Rows a transaction takes at most, so that it stays short on SQLite.
const CHUNK: u32 = 500;

/// Purges in chunks.
pub struct Upkeep {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    /// `SOFT_DELETE_DAYS`: how long what people removed is kept.
    pub soft_delete: Duration,
}

#[async_trait]
impl Job for Upkeep {
    fn kind(&self) -> &'static str {
        "upkeep.purge"
    }

    async fn run(&self, _job: &RunningJob) -> Result<(), JobError> {
        Ok(self.purge().await?)
    }
}

impl Upkeep {
    async fn purge(&self) -> Result<(), StorageError> {
        let now = self.clock.now();
        self.purge_lotteries(now - self.soft_delete).await?;
        loop {
            let mut tx = self.db.begin().await?;
            let updates = tx.updates().purge_dead(now - DEAD_UPDATES, CHUNK).await?;
            let requests = tx.join_requests().purge(now - JOIN_REQUESTS, CHUNK).await?;
            let attempts = tx.challenges().purge(now - ATTEMPTS, CHUNK).await?;
            let events = tx.membership_events().purge(now - MEMBERSHIPS, now - WATCHED, CHUNK).await?;
            let unlinked = tx.user_channels().purge(now - self.soft_delete, CHUNK).await?;
            tx.channels().purge(&unlinked).await?;
            tx.commit().await?;
            if updates.max(requests).max(attempts).max(events).max(unlinked.len() as u64) < u64::from(CHUNK) {
                return Ok(());
            }
        }
    }

    /// Lotteries that were cancelled or thrown away before this time, and everyone in them.
    async fn purge_lotteries(&self, before: Timestamp) -> Result<(), StorageError> {
        loop {
            let deleted = self.db.read().await?.lotteries().deleted_before(before, CHUNK).await?;
            for lottery in &deleted {
                self.purge_lottery(*lottery).await?;
            }
            if deleted.len() < CHUNK as usize {
                return Ok(());
            }
        }
    }

    async fn purge_lottery(&self, lottery: LotteryId) -> Result<(), StorageError> {
        loop {
            let mut tx = self.db.begin().await?;
            let participants = tx.participants().purge(lottery, CHUNK).await?;
            if participants < u64::from(CHUNK) {
                // Its chats were kept for its sake, though nobody links them any more.
                let chats = tx.lotteries().erase(lottery).await?;
                tx.channels().purge(&chats.unwrap_or_default()).await?;
                return tx.commit().await;
            }
            tx.commit().await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use qura_domain::channel::Channel;
    use qura_domain::chat::ChatKind;
    use qura_domain::code::Code;
    use qura_domain::ids::{ChatId, UserId};
    use qura_domain::lottery::{JoinSource, Lottery, LotterySettings, LotteryState, Signals};
    use qura_domain::membership::Membership;
    use qura_domain::template::Template;
    use qura_storage::{DatabaseUrl, NewParticipant};

    use super::*;

    const CHAT: ChatId = ChatId::new(-1);

    struct Stopped(Timestamp);

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            self.0
        }
    }

    fn draft(id: i64) -> Lottery {
        Lottery {
            id: LotteryId::new(id),
            code: Code::from_random(i128::from(id).to_be_bytes()),
            organizer: UserId::new(1),
            chat: CHAT,
            state: LotteryState::Draft,
            pause: None,
            template: Template::blank(),
            settings: LotterySettings::default(),
            post: None,
            commitment: None,
            reopens: None,
            created_at: Timestamp::from_secs(1),
            published_at: None,
            deleted_at: None,
        }
    }

    #[tokio::test]
    async fn lotteries_go_with_everyone_in_them_and_the_chat_with_the_last_one() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&DatabaseUrl::Sqlite(folder.path().join("qura.db")), 2).await.unwrap();
        db.migrate_up().await.unwrap();
        let channel = Channel {
            chat: CHAT,
            kind: ChatKind::Channel,
            title: "قناة".to_owned(),
            username: None,
            invite_link: None,
            linked: None,
            members: None,
            bot: Membership::Left,
            checked_at: Timestamp::from_secs(1),
        };
        let people: Vec<NewParticipant> = (1..=i64::from(CHUNK) + 1)
            .map(|number| NewParticipant {
                user: UserId::new(number),
                joined_at: Timestamp::from_secs(1),
                source: JoinSource::Post,
                challenge: None,
                signals: Signals::default(),
            })
            .collect();
        let mut tx = db.begin().await.unwrap();
        tx.channels().save(&channel).await.unwrap();
        for id in [1, 2] {
            let lottery = draft(id);
            assert!(tx.lotteries().insert(&lottery).await.unwrap());
            let open = LotteryState::Draft.to(LotteryState::Open).unwrap();
            tx.lotteries().advance(lottery.id, open, None, Timestamp::from_secs(1)).await.unwrap();
            tx.participants().join(lottery.id, &people).await.unwrap().unwrap();
            let cancelled = LotteryState::Open.to(LotteryState::Cancelled).unwrap();
            tx.lotteries().advance(lottery.id, cancelled, None, Timestamp::from_secs(id)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let soft_delete = Duration::from_secs(100);
        let at = |secs| Upkeep {
            db: db.clone(),
            clock: Arc::new(Stopped(Timestamp::from_secs(secs))),
            soft_delete,
        };
        let left = async || {
            let mut reader = db.read().await.unwrap();
            let mut left = Vec::new();
            for id in [1, 2].map(LotteryId::new) {
                let is_kept = reader.lotteries().get(id).await.unwrap().is_some();
                let has_people = reader.participants().get(id, UserId::new(7)).await.unwrap().is_some();
                left.push((is_kept, has_people));
            }
            (left, reader.channels().get(CHAT).await.unwrap().is_some())
        };
        at(101).purge().await.unwrap();
        assert_eq!(left().await, (vec![(true, true); 2], true), "too early");
        at(102).purge().await.unwrap();
        assert_eq!(left().await, (vec![(false, false), (true, true)], true));
        at(200).purge().await.unwrap();
        assert_eq!(left().await, (vec![(false, false); 2], false));
    }
}
