//! Makes one part of a report: as many participants as fit into a file, and where the next part begins.

use qura_domain::lottery::Ticket;
use qura_storage::{Db, Page, ParticipantFilter, UserRecord};

use super::failing::ReportError;
use super::order::ReportOrder;
use super::table::{Most, Table};
use super::{ReportKind, ReportWriter};

/// Participants that are read at a time.
const PAGE: u32 = 1_000;

/// A part, and the ticket behind which the next one begins, if there is one.
pub struct Part {
    pub content: Vec<u8>,
    pub next: Option<u64>,
}

pub async fn make(
    db: &Db,
    writer: &dyn ReportWriter,
    order: &ReportOrder,
    reader: Option<&UserRecord>,
    most: Most,
) -> Result<Part, ReportError> {
    let sheet = writer.sheet(reader, ReportKind::Participants);
    let mut table = Table::new(order.format, &sheet, most)?;
    let mut after = order.after;
    let next = loop {
        let page = Page::After(Ticket::new(after));
        // One more than is written tells whether there is a next part.
        let filter = ParticipantFilter::Everyone;
        let mut rows = db.read().await?.participants().list(order.lottery, filter, page, PAGE + 1).await?;
        let goes_on = rows.len() > PAGE as usize;
        rows.truncate(PAGE as usize);
        for participant in &rows {
            table.row(&writer.row(reader, participant))?;
        }
        after = rows.last().map_or(after, |last| last.ticket.get());
        if !goes_on {
            break None;
        }
        if table.is_full() {
            break Some(after);
        }
    };
    Ok(Part { content: table.finish().await?, next })
}

#[cfg(test)]
mod tests {
    use qura_domain::code::Code;
    use qura_domain::ids::{ChatId, LotteryId, UserId};
    use qura_domain::lottery::{JoinSource, Lottery, LotterySettings, LotteryState, Signals};
    use qura_domain::template::Template;
    use qura_domain::text::RichText;
    use qura_domain::time::Timestamp;
    use qura_storage::{DatabaseUrl, NewParticipant, ParticipantRecord};

    use super::*;
    use crate::reports::{Cell, ChatStays, Counted, ReportFormat, Sheet};

    const LOTTERY: LotteryId = LotteryId::new(1);

    /// A row is a ticket.
    struct Tickets;

    impl ReportWriter for Tickets {
        fn sheet(&self, _: Option<&UserRecord>, _: ReportKind) -> Sheet {
            Sheet { name: "sheet".to_owned(), is_right_to_left: true, columns: vec!["ticket".to_owned()] }
        }

        fn row(&self, _: Option<&UserRecord>, participant: &ParticipantRecord) -> Vec<Cell> {
            vec![Cell::Number(i64::try_from(participant.ticket.get()).unwrap())]
        }

        fn caption(&self, _: Option<&UserRecord>, _: &Code, _: Option<u32>) -> RichText {
            RichText::default()
        }

        fn stays(&self, _: Option<&UserRecord>, _: &ChatStays) -> Vec<Vec<Cell>> {
            Vec::new()
        }

        fn retention_caption(&self, _: Option<&UserRecord>, _: &Code, _: &Counted) -> RichText {
            RichText::default()
        }
    }

    /// A lottery with so many participants.
    async fn lottery_of(participants: u64) -> (Db, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&DatabaseUrl::Sqlite(folder.path().join("qura.db")), 2).await.unwrap();
        db.migrate_up().await.unwrap();
        let at = Timestamp::from_secs(1);
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
            created_at: at,
            published_at: None,
            deleted_at: None,
        };
        let mut tx = db.begin().await.unwrap();
        assert!(tx.lotteries().insert(&lottery).await.unwrap());
        let step = LotteryState::Draft.to(LotteryState::Open).unwrap();
        assert!(tx.lotteries().advance(LOTTERY, step, None, at).await.unwrap());
        let people: Vec<NewParticipant> = (1..=participants)
            .map(|number| NewParticipant {
                user: UserId::new(i64::try_from(number).unwrap()),
                joined_at: at,
                source: JoinSource::Post,
                challenge: None,
                signals: Signals::default(),
            })
            .collect();
        tx.participants().join(LOTTERY, &people).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        (db, folder)
    }

    /// The tickets of each part.
    async fn parts(db: &Db) -> Vec<Vec<u64>> {
        let most = Most { rows: 1, bytes: 1 };
        let (mut parts, mut after, mut part) = (Vec::new(), 0, 1);
        loop {
            let person = UserId::new(1);
            let order = ReportOrder { lottery: LOTTERY, person, format: ReportFormat::Csv, after, part };
            let made = make(db, &Tickets, &order, None, most).await.unwrap();
            let text = String::from_utf8(made.content).unwrap();
            parts.push(text.lines().skip(1).map(|line| line.parse().unwrap()).collect());
            match made.next {
                Some(next) => (after, part) = (next, part + 1),
                None => return parts,
            }
        }
    }

    #[tokio::test]
    async fn everyone_stands_in_one_part_and_none_is_empty_but_the_only_one() {
        let page = u64::from(PAGE);
        for (participants, expected) in [
            (0, vec![0]),
            (1, vec![1]),
            (page, vec![page]),
            (page + 1, vec![page, 1]),
            (2 * page, vec![page, page]),
        ] {
            let (db, _folder) = lottery_of(participants).await;
            let parts = parts(&db).await;
            let sizes: Vec<u64> = parts.iter().map(|part| part.len() as u64).collect();
            assert_eq!(sizes, expected, "{participants}");
            assert_eq!(parts.concat(), (1..=participants).collect::<Vec<_>>());
        }
    }

    #[tokio::test]
    async fn a_spreadsheet_that_is_full_to_the_row_is_the_last() {
        let (db, _folder) = lottery_of(u64::from(PAGE)).await;
        let person = UserId::new(1);
        let order = ReportOrder { lottery: LOTTERY, person, format: ReportFormat::Xlsx, after: 0, part: 1 };
        for (rows, next) in [(PAGE, None), (PAGE - 1, None)] {
            let made = make(&db, &Tickets, &order, None, Most { rows, bytes: 1 }).await.unwrap();
            assert_eq!(made.next, next, "{rows}");
            assert!(made.content.starts_with(b"PK"));
        }
    }
}
