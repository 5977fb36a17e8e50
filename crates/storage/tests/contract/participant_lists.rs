//! Participants are listed by ticket, page by page, found by number or username, and counted.

use qura_domain::challenge::ChallengeKind;
use qura_domain::draw::leaf::Participant;
use qura_domain::ids::{LotteryId, UserId};
use qura_domain::lottery::{Signal, Signals, Ticket};
use qura_domain::person::Person;
use qura_storage::{Db, PAGE_ROWS, Page, ParticipantFilter, ParticipantRecord, Seen};

use crate::database::at;
use crate::lotteries::opened;
use crate::participants::{newcomer, suspect};
use crate::users::person;

on_both_databases! {
    a_list_is_paged_in_both_directions,
    the_suspicious_are_listed_and_counted_apart,
    names_come_from_those_who_were_seen,
    a_username_finds_whoever_has_it,
    the_draw_reads_all_in_pages,
    signs_of_fraud_are_looked_up_around_a_person,
}

fn tickets(page: &[ParticipantRecord]) -> Vec<u64> {
    page.iter().map(|record| record.ticket.get()).collect()
}

async fn list(
    db: &Db,
    lottery: LotteryId,
    filter: ParticipantFilter,
    page: Page<Ticket>,
) -> Vec<ParticipantRecord> {
    read!(db, participants().list(lottery, filter, page, PAGE_ROWS))
}

async fn a_list_is_paged_in_both_directions(db: Db) {
    let (lottery, other) = (opened(&db, 1).await, opened(&db, 2).await);
    let people: Vec<_> = (1..=20).map(newcomer).collect();
    committed!(db, participants().join(lottery, &people));
    committed!(db, participants().join(other, &people[..3]));
    let all = ParticipantFilter::Everyone;
    let first = list(&db, lottery, all, Page::First).await;
    assert_eq!(tickets(&first), (1..=8).collect::<Vec<_>>());
    let second = list(&db, lottery, all, Page::After(first[7].ticket)).await;
    assert_eq!(tickets(&second), (9..=16).collect::<Vec<_>>());
    let third = list(&db, lottery, all, Page::After(second[7].ticket)).await;
    assert_eq!(tickets(&third), [17, 18, 19, 20]);
    assert_eq!(list(&db, lottery, all, Page::After(third[3].ticket)).await, []);
    assert_eq!(list(&db, lottery, all, Page::Before(third[0].ticket)).await, second);
    assert_eq!(list(&db, lottery, all, Page::Before(second[0].ticket)).await, first);
    assert_eq!(list(&db, lottery, all, Page::Before(first[0].ticket)).await, []);
    assert_eq!(tickets(&list(&db, other, all, Page::First).await), [1, 2, 3]);
}

async fn the_suspicious_are_listed_and_counted_apart(db: Db) {
    let lottery = opened(&db, 1).await;
    let people: Vec<_> = (1..=30).map(|id| if id % 3 == 0 { suspect(id) } else { newcomer(id) }).collect();
    committed!(db, participants().join(lottery, &people));
    let some = ParticipantFilter::Suspicious;
    let first = list(&db, lottery, some, Page::First).await;
    assert_eq!(tickets(&first), [3, 6, 9, 12, 15, 18, 21, 24]);
    assert_eq!(first[0].signals, suspect(3).signals);
    assert_eq!(tickets(&list(&db, lottery, some, Page::After(first[7].ticket)).await), [27, 30]);
    let before = list(&db, lottery, some, Page::Before(Ticket::new(27))).await;
    assert_eq!(tickets(&before), [3, 6, 9, 12, 15, 18, 21, 24]);
    assert_eq!(read!(db, participants().count_suspicious(lottery, 100)), 10);
    assert_eq!(read!(db, participants().count_suspicious(lottery, 4)), 4);
    let excluded: Vec<_> = [3, 6].map(UserId::new).into();
    committed!(db, participants().exclude(lottery, &excluded, UserId::new(1), "", at(1)));
    assert_eq!(read!(db, participants().count_suspicious(lottery, 100)), 8);

    // What shows later counts as well, and what was seen stays.
    let failed = Signals::NONE.and(Signal::FailedChallenges);
    assert!(committed!(db, participants().flag(lottery, UserId::new(1), failed)));
    assert!(committed!(db, participants().flag(lottery, UserId::new(9), Signals::NONE.and(Signal::Burst))));
    assert!(!committed!(db, participants().flag(lottery, UserId::new(99), failed)));
    let listed = list(&db, lottery, some, Page::First).await;
    assert_eq!(tickets(&listed)[..4], [1, 3, 6, 9]);
    assert_eq!(listed[3].signals, suspect(9).signals.and(Signal::Burst));
}

fn named(id: i64, username: &str, seen_at: i64) -> Seen {
    let person =
        Person {
            username: Some(username.into()), last_name: Some("علي".into()), ..person(id, "سارة")
        };
    Seen { person, referrer: None, at: at(seen_at) }
}

async fn names_come_from_those_who_were_seen(db: Db) {
    let lottery = opened(&db, 1).await;
    committed!(db, users().see(&[named(10, "Sara_A", 1)]));
    committed!(db, participants().join(lottery, &[newcomer(10), suspect(20)]));
    let page = list(&db, lottery, ParticipantFilter::Everyone, Page::First).await;
    assert_eq!(page[0].first_name.as_deref(), Some("سارة"));
    assert_eq!((page[0].last_name.as_deref(), page[0].username.as_deref()), (Some("علي"), Some("Sara_A")));
    assert_eq!((&page[1].first_name, &page[1].username), (&None, &None));
    assert_eq!((page[0].challenge, page[1].challenge), (Some(ChallengeKind::Emoji), None));
    assert_eq!(read!(db, participants().get(lottery, UserId::new(10))).as_ref(), Some(&page[0]));
    assert_eq!(read!(db, participants().get(lottery, UserId::new(30))), None);
    assert_eq!(read!(db, participants().ticket(lottery, UserId::new(30))), None);
}

async fn a_username_finds_whoever_has_it(db: Db) {
    let lottery = opened(&db, 1).await;
    committed!(db, participants().join(lottery, &[newcomer(10), newcomer(20), newcomer(30)]));
    committed!(db, users().see(&[named(10, "Sara_A", 1), named(20, "sara_b", 2), named(40, "sara_c", 2)]));
    let find = |name: &'static str| {
        let db = db.clone();
        async move {
            let found = read!(db, participants().find_by_username(lottery, name, 5));
            found.iter().map(|record| record.user.get()).collect::<Vec<_>>()
        }
    };
    assert_eq!(find("sARA_a").await, [10]);
    assert_eq!(find("sara_b").await, [20]);
    // Known, but not in this lottery; not known; nothing like a pattern.
    for nobody in ["sara_c", "sara_d", "sara__", "%", "", "Sara_A\0"] {
        let expected: &[i64] = if nobody == "Sara_A\0" { &[10] } else { &[] };
        assert_eq!(find(nobody).await, expected, "{nobody:?}");
    }
    // A name changes its owner; the old one was not seen since.
    committed!(db, users().see(&[named(20, "sara_a", 9)]));
    assert_eq!(find("sara_a").await, [20, 10]);
    assert!(find("sara_b").await.is_empty());
}

async fn the_draw_reads_all_in_pages(db: Db) {
    let lottery = opened(&db, 1).await;
    let people: Vec<_> = (101..=125).map(newcomer).collect();
    committed!(db, participants().join(lottery, &people));
    committed!(db, participants().withdraw(lottery, UserId::new(103), at(1)));
    committed!(db, participants().exclude(lottery, &[UserId::new(104)], UserId::new(1), "", at(1)));
    let mut all: Vec<Participant> = Vec::new();
    loop {
        let after = all.last().map(|participant| participant.ticket);
        let page = read!(db, participants().for_draw(lottery, after, 10));
        all.extend(&page);
        if page.len() < 10 {
            break;
        }
    }
    let expected: Vec<_> = (1..=25)
        .map(|number| Participant {
            ticket: Ticket::new(number),
            user: UserId::new(100 + number as i64),
            eligible: ![3, 4].contains(&number),
        })
        .collect();
    assert_eq!(all, expected);
}

async fn signs_of_fraud_are_looked_up_around_a_person(db: Db) {
    let lottery = opened(&db, 1).await;
    let people: Vec<_> = [5_000, 5_100, 4_900, 5_101, 9_000].map(newcomer).into();
    committed!(db, participants().join(lottery, &people));
    let near = |span, up_to| {
        let db = db.clone();
        async move { read!(db, participants().neighbours(lottery, UserId::new(5_000), span, up_to)) }
    };
    assert_eq!((near(100, 9).await, near(101, 9).await, near(99, 9).await), (2, 3, 0));
    assert_eq!(near(i64::MAX, 3).await, 3);
}
