//! Counts who came to the chats of a lottery because of it and who stayed, a page of participants at a time.

use qura_domain::ids::{LotteryId, UserId};
use qura_domain::lottery::Ticket;
use qura_domain::lottery::retention::{self, Crossing, PERIODS, Way};
use qura_domain::time::Timestamp;
use qura_storage::{Db, ExaminedJoin, MembershipEvent, Reader, StorageError};

use super::retention::ChatStays;

/// Participants that are read at a time.
pub const PAGE: u32 = 1_000;

/// What a run has to look at.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub lottery: LotteryId,
    pub published: Timestamp,
    /// The ticket that the run before it ended with.
    pub after: u64,
    pub pages: u32,
}

/// Adds a stretch of participants, whatever became of their registrations, to what was counted of these chats.
/// Where the next one begins, if there is one.
pub async fn count(db: &Db, stretch: Stretch, chats: &mut [ChatStays]) -> Result<Option<u64>, StorageError> {
    let Stretch { lottery, published, mut after, pages } = stretch;
    for _ in 0..pages {
        let mut reader = db.read().await?;
        let joins = reader.participants().joins(lottery, Ticket::new(after), PAGE).await?;
        for chat in chats.iter_mut() {
            add(&mut reader, published, &joins, chat).await?;
        }
        after = joins.last().map_or(after, |last| last.ticket.get());
        if joins.len() < PAGE as usize {
            return Ok(None);
        }
    }
    Ok(Some(after))
}

async fn add(
    reader: &mut Reader,
    published: Timestamp,
    joins: &[ExaminedJoin],
    of: &mut ChatStays,
) -> Result<(), StorageError> {
    let came = arrivals(reader, published, joins, of).await?;
    let asked: Vec<(UserId, Timestamp)> = came
        .iter()
        .flat_map(|(user, came)| PERIODS.map(|days| (*user, retention::asked_at(*came, days))))
        .collect();
    let mut found = reader.membership_events().newest_crossings(of.chat, &asked).await?.into_iter();
    for (_, came) in &came {
        for (stays, days) in of.retention.iter_mut().zip(PERIODS) {
            let last = found.next().flatten().as_ref().map(crossing);
            stays.add(retention::stay(retention::asked_at(*came, days), &of.heard, last));
        }
    }
    Ok(())
}

/// Those who came because of the lottery, and when.
async fn arrivals(
    reader: &mut Reader,
    published: Timestamp,
    joins: &[ExaminedJoin],
    of: &ChatStays,
) -> Result<Vec<(UserId, Timestamp)>, StorageError> {
    let users: Vec<UserId> = joins.iter().map(|join| join.user).collect();
    let firsts = reader.membership_events().first_crossings(of.chat, &users, published).await?;
    // Members of long standing, most people in many lotteries, are not asked about any further.
    let moved: Vec<(&ExaminedJoin, Crossing)> = joins
        .iter()
        .zip(&firsts)
        .filter_map(|(join, first)| Some((join, first.as_ref().map(crossing)?)))
        .collect();
    let asked: Vec<(UserId, Timestamp)> =
        moved.iter().map(|(join, _)| (join.user, retention::entered_by(join.joined_at))).collect();
    let entries = reader.membership_events().newest_entries(of.chat, &asked).await?;
    let came = moved.iter().zip(entries).filter_map(|((join, first), entry)| {
        let entry = entry.as_ref().map(crossing);
        Some((join.user, retention::came(published, join.joined_at, Some(*first), entry)?))
    });
    Ok(came.collect())
}

fn crossing(event: &MembershipEvent) -> Crossing {
    let way = match (event.after.is_inside(), event.has_left()) {
        (true, _) => Way::In,
        (false, true) => Way::Left,
        (false, false) => Way::Removed,
    };
    Crossing { at: event.at, way }
}

#[cfg(test)]
mod tests {
    use qura_domain::code::Code;
    use qura_domain::ids::{ChatId, Seq};
    use qura_domain::lottery::retention::{Heard, Stays};
    use qura_domain::lottery::{JoinSource, Lottery, LotterySettings, LotteryState, Signals};
    use qura_domain::membership::Membership;
    use qura_domain::template::Template;
    use qura_storage::{DatabaseUrl, NewParticipant};

    use super::*;

    const LOTTERY: LotteryId = LotteryId::new(1);
    const CHAT: ChatId = ChatId::new(-5);
    const ADMINISTRATOR: i64 = 999_999;
    const PUBLISHED: Timestamp = Timestamp::from_secs(1_000);
    const DAY: i64 = 86_400;

    async fn lottery_of(participants: u32) -> (Db, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&DatabaseUrl::Sqlite(folder.path().join("qura.db")), 2).await.unwrap();
        db.migrate_up().await.unwrap();
        let lottery = Lottery {
            id: LOTTERY,
            code: Code::from_random([1; 16]),
            organizer: UserId::new(1),
            chat: ChatId::new(-1),
            state: LotteryState::Draft,
            pause: None,
            template: Template::blank(),
            settings: LotterySettings::default(),
            post: None,
            commitment: None,
            reopens: None,
            created_at: PUBLISHED,
            published_at: None,
            deleted_at: None,
        };
        let mut tx = db.begin().await.unwrap();
        assert!(tx.lotteries().insert(&lottery).await.unwrap());
        let step = LotteryState::Draft.to(LotteryState::Open).unwrap();
        assert!(tx.lotteries().advance(LOTTERY, step, None, PUBLISHED).await.unwrap());
        let people: Vec<NewParticipant> = (1..=i64::from(participants))
            .map(|number| NewParticipant {
                user: UserId::new(number),
                joined_at: Timestamp::from_secs(5_000),
                source: JoinSource::Post,
                challenge: None,
                signals: Signals::default(),
            })
            .collect();
        tx.participants().join(LOTTERY, &people).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        (db, folder)
    }

    /// Somebody crosses at these seconds, in turn in and out, beginning inside or outside.
    async fn crosses(db: &Db, user: i64, mut is_inside: bool, actor: i64, seconds: &[i64]) {
        let mut tx = db.begin().await.unwrap();
        for secs in seconds {
            let (inside, outside) = (Membership::Member, Membership::Left);
            let (before, after) = if is_inside { (inside, outside) } else { (outside, inside) };
            is_inside = !is_inside;
            let event = MembershipEvent {
                chat: CHAT,
                user: UserId::new(user),
                at: Timestamp::from_secs(*secs),
                seq: Seq::new(*secs),
                actor: UserId::new(actor),
                before,
                after,
            };
            tx.membership_events().record(&event).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    fn stretch(after: u64, pages: u32) -> Stretch {
        Stretch { lottery: LOTTERY, published: PUBLISHED, after, pages }
    }

    fn chat(known: i64) -> [ChatStays; 1] {
        let heard = Heard::all(Timestamp::from_secs(known));
        [ChatStays { chat: CHAT, channel: None, retention: Default::default(), heard }]
    }

    #[tokio::test]
    async fn each_is_counted_by_what_they_did() {
        let (db, _folder) = lottery_of(7).await;
        crosses(&db, 1, false, 1, &[4_000]).await;
        // Gone within a minute of joining: that, too, is somebody who came.
        crosses(&db, 2, false, 2, &[4_000, 5_030]).await;
        crosses(&db, 3, false, 3, &[4_000, 4_000 + 3 * DAY]).await;
        // Back before the day is over.
        crosses(&db, 4, false, 4, &[4_000, 6_000, 7_000]).await;
        // A member before, gone and back again.
        crosses(&db, 5, true, 5, &[3_000, 4_000]).await;
        crosses(&db, 6, false, 6, &[4_000]).await;
        crosses(&db, 6, true, ADMINISTRATOR, &[4_000 + DAY]).await;
        let mut chats = chat(4_000 + 7 * DAY);
        assert_eq!(count(&db, stretch(0, 1), &mut chats).await.unwrap(), None);
        let [day, week, month] = chats[0].retention;
        assert_eq!(day, Stays { there: 3, left: 1, removed: 1, unknown: 0 });
        assert_eq!(week, Stays { there: 2, left: 2, removed: 1, unknown: 0 });
        assert_eq!(month, Stays { unknown: 5, ..Stays::default() });
    }

    #[tokio::test]
    async fn everyone_is_counted_once_in_however_many_runs() {
        for participants in [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE] {
            let (db, _folder) = lottery_of(participants).await;
            for user in [1, i64::from(PAGE), i64::from(PAGE) + 1] {
                crosses(&db, user, false, user, &[4_000]).await;
            }
            let came = [1, PAGE, PAGE + 1].iter().filter(|user| **user <= participants).count();
            let (mut chats, mut after, mut runs) = (chat(4_000 + DAY), 0, 1);
            while let Some(next) = count(&db, stretch(after, 1), &mut chats).await.unwrap() {
                (after, runs) = (next, runs + 1);
            }
            assert_eq!(runs, participants / PAGE + 1);
            let [day, ..] = chats[0].retention;
            assert_eq!((day.there, day.came()), (came as u64, came as u64), "{participants}");
        }
    }
}
