//! Participants: everyone once, tickets without a gap, numbers that are true, nobody after the freeze.

use std::collections::BTreeSet;

use qura_domain::challenge::ChallengeKind;
use qura_domain::ids::{LotteryId, Seq, UserId};
use qura_domain::lottery::{JoinSource, LotteryState, ParticipantState, Signal, Signals, Ticket};
use qura_domain::time::Timestamp;
use qura_storage::{Applied, Db, JoinedGroup, Joining, NewParticipant};

use crate::database::at;
use crate::lotteries::{advance, draft, opened, step};

on_both_databases! {
    tickets_rise_without_a_gap,
    whoever_is_twice_in_a_group_is_in_once,
    nobody_joins_what_is_not_open,
    a_ticket_is_void_and_valid_again,
    who_is_excluded_stays_so,
    all_who_look_suspicious_are_excluded_page_by_page,
    what_was_looked_through_is_not_looked_through_again,
    the_joins_of_a_person_in_a_chat_are_found,
    nothing_changes_after_the_freeze,
    groups_at_once_on_one_lottery,
    a_freeze_between_groups_lets_nobody_in_after_it,
    a_group_delivered_again_changes_nothing,
    an_empty_group_changes_nothing,
    a_person_before_a_lottery_is_one_read,
    locked_terms_and_tickets_are_what_is_committed,
}

pub fn newcomer(user: i64) -> NewParticipant {
    NewParticipant {
        user: UserId::new(user),
        joined_at: at(user),
        source: JoinSource::Post,
        challenge: Some(ChallengeKind::Emoji),
        signals: Signals::NONE,
    }
}

/// Signals that make a participant suspicious.
pub fn suspect(user: i64) -> NewParticipant {
    let signals = Signals::NONE.and(Signal::Burst).and(Signal::Neighbours);
    NewParticipant { signals, challenge: None, ..newcomer(user) }
}

fn people(users: impl IntoIterator<Item = i64>) -> Vec<NewParticipant> {
    users.into_iter().map(newcomer).collect()
}

fn ticket(number: u64) -> Ticket {
    Ticket::new(number)
}

async fn joined(db: &Db, lottery: LotteryId, users: impl IntoIterator<Item = i64>) -> JoinedGroup {
    let people = people(users);
    committed!(db, participants().join(lottery, &people)).unwrap()
}

/// Checks what must always be so: tickets 1 to n, each once, and counters that say what the rows say.
async fn assert_true(db: &Db, lottery: LotteryId) -> (u64, u64) {
    let all = read!(db, participants().for_draw(lottery, None, 1_000_000));
    let tickets: Vec<u64> = all.iter().map(|participant| participant.ticket.get()).collect();
    assert_eq!(tickets, (1..=all.len() as u64).collect::<Vec<_>>());
    let users: BTreeSet<_> = all.iter().map(|participant| participant.user).collect();
    assert_eq!(users.len(), all.len());
    let count = read!(db, lottery_counters().get(lottery)).unwrap();
    let valid = all.iter().filter(|participant| participant.eligible).count() as u64;
    assert_eq!((count.tickets, count.participants), (all.len() as u64, valid));
    (count.tickets, count.participants)
}

async fn tickets_rise_without_a_gap(db: Db) {
    let lottery = opened(&db, 1).await;
    let other = opened(&db, 2).await;
    let group = joined(&db, lottery, [30, 10, 20]).await;
    assert_eq!(group.outcomes, [1, 2, 3].map(|number| Joining::Registered(ticket(number))));
    assert_eq!(group.participants, 3);
    let group = joined(&db, lottery, [40, 10, 50]).await;
    let expected =
        [Joining::Registered(ticket(4)), Joining::AlreadyIn(ticket(2)), Joining::Registered(ticket(5))];
    assert_eq!((group.outcomes.as_slice(), group.participants), (expected.as_slice(), 5));
    // Another lottery has tickets of its own.
    assert_eq!(joined(&db, other, [10]).await.outcomes, [Joining::Registered(ticket(1))]);
    assert_eq!(assert_true(&db, lottery).await, (5, 5));
    assert_eq!(assert_true(&db, other).await, (1, 1));
    let row = read!(db, participants().get(lottery, UserId::new(20))).unwrap();
    assert_eq!((row.ticket, row.state, row.joined_at), (ticket(3), ParticipantState::Registered, at(20)));
    assert_eq!((row.source, row.challenge), (JoinSource::Post, Some(ChallengeKind::Emoji)));
}

async fn whoever_is_twice_in_a_group_is_in_once(db: Db) {
    let lottery = opened(&db, 1).await;
    let group = joined(&db, lottery, [10, 20, 10, 10]).await;
    let already = Joining::AlreadyIn(ticket(1));
    let expected = [Joining::Registered(ticket(1)), Joining::Registered(ticket(2)), already, already];
    assert_eq!((group.outcomes.as_slice(), group.participants), (expected.as_slice(), 2));
    committed!(db, participants().withdraw(lottery, UserId::new(10), at(5)));
    let group = joined(&db, lottery, [10, 10]).await;
    assert_eq!(group.outcomes, [Joining::Returned(ticket(1)), already]);
    assert_eq!(assert_true(&db, lottery).await, (2, 2));
}

async fn nobody_joins_what_is_not_open(db: Db) {
    use LotteryState::{Frozen, Open, Paused};
    let one = people([10]);
    assert!(committed!(db, lotteries().insert(&draft(1))));
    let lottery = LotteryId::new(1);
    assert_eq!(committed!(db, participants().join(lottery, &one)), None);
    assert_eq!(committed!(db, participants().join(LotteryId::new(9), &one)), None);
    advance(&db, lottery, &[Open, Paused]).await;
    assert_eq!(committed!(db, participants().join(lottery, &one)), None);
    assert!(committed!(db, lotteries().advance(lottery, step(Paused, Open), None, at(1))));
    assert_eq!(joined(&db, lottery, [20]).await.participants, 1);
    assert!(committed!(db, lotteries().advance(lottery, step(Open, Frozen), None, at(2))));
    assert_eq!(committed!(db, participants().join(lottery, &one)), None);
    assert_eq!(assert_true(&db, lottery).await, (1, 1));
}

async fn a_ticket_is_void_and_valid_again(db: Db) {
    let lottery = opened(&db, 1).await;
    let leaver = UserId::new(20);
    joined(&db, lottery, [10, 20, 30]).await;
    assert!(committed!(db, participants().withdraw(lottery, leaver, at(5))));
    assert!(!committed!(db, participants().withdraw(lottery, leaver, at(6))));
    assert!(!committed!(db, participants().withdraw(lottery, UserId::new(99), at(6))));
    let withdrawn = Some((ticket(2), ParticipantState::Withdrawn));
    assert_eq!(read!(db, participants().ticket(lottery, leaver)), withdrawn);
    assert_eq!(assert_true(&db, lottery).await, (3, 2));
    let eligible =
        read!(db, participants().for_draw(lottery, None, 9)).iter().map(|p| p.eligible).collect::<Vec<_>>();
    assert_eq!(eligible, [true, false, true]);

    let back = NewParticipant { joined_at: at(7), ..newcomer(20) };
    let group = committed!(db, participants().join(lottery, &[newcomer(40), back])).unwrap();
    assert_eq!(group.outcomes, [Joining::Registered(ticket(4)), Joining::Returned(ticket(2))]);
    assert_eq!(group.participants, 4);
    assert_eq!(assert_true(&db, lottery).await, (4, 4));
    let row = read!(db, participants().get(lottery, leaver)).unwrap();
    // They joined when they first did.
    assert_eq!((row.joined_at, row.changed_at), (at(20), at(7)));
}

async fn who_is_excluded_stays_so(db: Db) {
    let lottery = opened(&db, 1).await;
    let by = UserId::new(500);
    joined(&db, lottery, [10, 20, 30]).await;
    committed!(db, participants().withdraw(lottery, UserId::new(20), at(5)));
    // Once registered, once withdrawn, twice named, and once never there.
    let users = [30, 20, 30, 99].map(UserId::new);
    assert_eq!(committed!(db, participants().exclude(lottery, &users, by, "رشق", at(6))), 2);
    assert_eq!(committed!(db, participants().exclude(lottery, &users, by, "again", at(7))), 0);
    assert_eq!(assert_true(&db, lottery).await, (3, 1));
    let row = read!(db, participants().get(lottery, UserId::new(20))).unwrap();
    assert_eq!((row.state, row.reason.as_deref()), (ParticipantState::Excluded, Some("رشق")));
    assert_eq!((row.ticket, row.changed_at), (ticket(2), at(6)));
    assert!(!committed!(db, participants().withdraw(lottery, UserId::new(30), at(8))));
    let group = joined(&db, lottery, [30, 20]).await;
    assert_eq!(group.outcomes, [Joining::Excluded(ticket(3)), Joining::Excluded(ticket(2))]);
    assert_eq!(assert_true(&db, lottery).await, (3, 1));
}

async fn nothing_changes_after_the_freeze(db: Db) {
    use LotteryState::{Frozen, Open, Paused};
    let lottery = opened(&db, 1).await;
    let (user, other) = (UserId::new(10), UserId::new(20));
    joined(&db, lottery, [10, 20]).await;
    assert!(committed!(db, lotteries().advance(lottery, step(Open, Paused), None, at(1))));
    // Whoever wants to go may go while it is paused.
    assert!(committed!(db, participants().withdraw(lottery, other, at(2))));
    assert!(committed!(db, lotteries().advance(lottery, step(Paused, Frozen), None, at(3))));
    assert!(!committed!(db, participants().withdraw(lottery, user, at(4))));
    assert_eq!(committed!(db, participants().exclude(lottery, &[user], user, "late", at(4))), 0);
    assert_eq!(assert_true(&db, lottery).await, (2, 1));
}

async fn groups_at_once_on_one_lottery(db: Db) {
    let (lottery, other) = (opened(&db, 1).await, opened(&db, 2).await);
    // Each person is in two groups: pressed twice, or delivered again.
    let tasks: Vec<_> = (0..10)
        .flat_map(|group| [(lottery, group), (other, group)])
        .map(|(lottery, group)| {
            let db = db.clone();
            tokio::spawn(async move {
                let users: Vec<i64> = (0..100).map(|n| 1 + (group * 50 + n) % 500).collect();
                joined(&db, lottery, users).await.outcomes
            })
        })
        .collect();
    let mut registered = Vec::new();
    for task in tasks {
        let outcomes = task.await.unwrap();
        registered.extend(outcomes.into_iter().filter(|outcome| matches!(outcome, Joining::Registered(_))));
    }
    assert_eq!(registered.len(), 1_000);
    assert_eq!(assert_true(&db, lottery).await, (500, 500));
    assert_eq!(assert_true(&db, other).await, (500, 500));
}

async fn a_freeze_between_groups_lets_nobody_in_after_it(db: Db) {
    use LotteryState::{Frozen, Open};
    for round in 0..5 {
        let lottery = opened(&db, 10 + round).await;
        let mut tasks = Vec::new();
        for group in 0..8 {
            let db = db.clone();
            tasks.push(tokio::spawn(async move {
                let people = people(group * 20 + 1..=group * 20 + 20);
                committed!(db, participants().join(lottery, &people)).map_or(0, |group| group.outcomes.len())
            }));
        }
        let freezer = {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                assert!(tx.lotteries().advance(lottery, step(Open, Frozen), None, at(60)).await.unwrap());
                // The same transaction sees everyone who will ever be in.
                let frozen = tx.participants().for_draw(lottery, None, 1_000).await.unwrap().len();
                tx.commit().await.unwrap();
                frozen
            })
        };
        let mut came = 0;
        for task in tasks {
            came += task.await.unwrap();
        }
        assert_eq!(freezer.await.unwrap(), came);
        assert_eq!(assert_true(&db, lottery).await, (came as u64, came as u64));
    }
}

/// What the service does with a group: effect and «applied» in one transaction; where some of the
/// updates were applied before, all of it is taken back.
async fn apply(db: &Db, lottery: LotteryId, group: &[(i64, i64)]) -> Option<JoinedGroup> {
    let people = people(group.iter().map(|(_, user)| *user));
    let mut tx = db.begin().await.unwrap();
    let joined = tx.participants().join(lottery, &people).await.unwrap().unwrap();
    let mut updates: Vec<_> = group
        .iter()
        .zip(&joined.outcomes)
        .map(|((seq, _), outcome)| Applied {
            seq: Seq::new(*seq),
            reply: Some(outcome.ticket().get().to_string()),
        })
        .collect();
    updates.sort_by_key(|update| update.seq);
    if tx.updates().apply(&updates).await.unwrap().len() < updates.len() {
        tx.rollback().await.unwrap();
        return None;
    }
    tx.commit().await.unwrap();
    Some(joined)
}

async fn a_group_delivered_again_changes_nothing(db: Db) {
    let lottery = opened(&db, 1).await;
    crate::updates::stored(&db, &crate::updates::updates(1..=4)).await;
    let group = [(1, 10), (2, 20), (3, 10)];
    assert_eq!(apply(&db, lottery, &group).await.unwrap().participants, 2);
    committed!(db, participants().withdraw(lottery, UserId::new(10), at(5)));
    // Delivered again: somebody who left in the meantime does not come back by it.
    assert_eq!(apply(&db, lottery, &group).await, None);
    assert_eq!(apply(&db, lottery, &[(4, 30), (1, 10)]).await, None);
    assert_eq!(assert_true(&db, lottery).await, (2, 1));
    assert_eq!(apply(&db, lottery, &[(4, 30)]).await.unwrap().outcomes, [Joining::Registered(ticket(3))]);
    let replies: Vec<_> =
        read!(db, updates().undone(Seq::new(0), &[0], 9)).into_iter().map(|u| u.reply).collect();
    assert_eq!(replies, ["1", "2", "1", "3"].map(|reply| Some(reply.to_owned())));
}

async fn an_empty_group_changes_nothing(db: Db) {
    let lottery = opened(&db, 1).await;
    let empty: Vec<NewParticipant> = vec![];
    let group = committed!(db, participants().join(lottery, &empty)).unwrap();
    assert_eq!(group, JoinedGroup { outcomes: vec![], participants: 0 });
    let nobody: Vec<UserId> = vec![];
    assert_eq!(
        committed!(db, participants().exclude(lottery, &nobody, UserId::new(1), "", Timestamp::from_secs(1))),
        0
    );
    assert_eq!(assert_true(&db, lottery).await, (0, 0));
}

async fn a_person_before_a_lottery_is_one_read(db: Db) {
    let lottery = opened(&db, 1).await;
    let (member, stranger) = (UserId::new(7), UserId::new(8));
    assert_eq!(read!(db, participants().application(LotteryId::new(9), member)), None);
    let before = read!(db, participants().application(lottery, stranger)).unwrap();
    assert_eq!((before.lottery, before.organizer, before.chat), (lottery, draft(1).organizer, draft(1).chat));
    assert_eq!(before.terms.state, LotteryState::Open);
    assert_eq!(before.terms.settings, draft(1).settings);
    assert_eq!((before.ticket, before.is_suspicious, before.is_banned), (None, false, false));
    committed!(db, participants().join(lottery, &[suspect(7)])).unwrap();
    let after = read!(db, participants().application(lottery, member)).unwrap();
    assert_eq!(after.ticket, Some((ticket(1), ParticipantState::Registered)));
    assert!(after.is_suspicious);
    assert_eq!(read!(db, participants().application(lottery, stranger)).unwrap().ticket, None);
    assert_eq!(read!(db, lotteries().find_id(&draft(1).code)), Some(lottery));
    assert_eq!(read!(db, lotteries().find_id(&draft(2).code)), None);
}

async fn locked_terms_and_tickets_are_what_is_committed(db: Db) {
    let lottery = opened(&db, 1).await;
    joined(&db, lottery, [7, 8]).await;
    committed!(db, participants().withdraw(lottery, UserId::new(8), at(9)));
    let terms = committed!(db, participants().lock_terms(lottery)).unwrap();
    assert_eq!(
        (terms.code, terms.organizer, terms.terms.state),
        (draft(1).code, draft(1).organizer, LotteryState::Open)
    );
    assert_eq!(committed!(db, participants().lock_terms(LotteryId::new(9))), None);
    let tickets =
        read!(db, participants().tickets(lottery, &[UserId::new(7), UserId::new(8), UserId::new(9)]));
    let expected = [
        (UserId::new(7), (ticket(1), ParticipantState::Registered)),
        (UserId::new(8), (ticket(2), ParticipantState::Withdrawn)),
    ];
    assert_eq!(tickets, expected.into());
    let pause = step(LotteryState::Open, LotteryState::Paused);
    assert!(committed!(db, lotteries().advance(lottery, pause, None, at(60))));
    assert_eq!(committed!(db, participants().lock_terms(lottery)).unwrap().terms.state, LotteryState::Paused);
}

async fn all_who_look_suspicious_are_excluded_page_by_page(db: Db) {
    let (lottery, other) = (opened(&db, 1).await, opened(&db, 2).await);
    for id in [lottery, other] {
        let people = [suspect(10), newcomer(20), suspect(30), suspect(40)];
        committed!(db, participants().join(id, &people)).unwrap();
    }
    assert!(committed!(db, participants().withdraw(lottery, UserId::new(40), at(50))));
    // A page at a time: the one who had withdrawn is looked at, and left alone.
    let exclude = async |id, after, limit, when| {
        let (db, by) = (&db, UserId::new(500));
        committed!(db, participants().exclude_suspicious(id, ticket(after), limit, by, "كثر", at(when)))
    };
    assert_eq!(exclude(lottery, 0, 1, 60).await, Some((ticket(1), 1)));
    assert_eq!(exclude(lottery, 1, 5, 60).await, Some((ticket(4), 1)));
    assert_eq!(exclude(lottery, 4, 5, 60).await, None);
    assert_eq!(exclude(lottery, 0, 5, 70).await, Some((ticket(4), 0)));
    assert_true(&db, lottery).await;
    assert_eq!(assert_true(&db, other).await, (4, 4));
    let record = read!(db, participants().get(lottery, UserId::new(30))).unwrap();
    assert_eq!((record.state, record.reason.as_deref()), (ParticipantState::Excluded, Some("كثر")));
    // Nothing more once the list is closed.
    let freeze = step(LotteryState::Open, LotteryState::Frozen);
    assert!(committed!(db, lotteries().advance(other, freeze, None, at(80))));
    assert_eq!(exclude(other, 0, 5, 90).await, None);
}

async fn what_was_looked_through_is_not_looked_through_again(db: Db) {
    let (first, second) = (opened(&db, 1).await, opened(&db, 2).await);
    assert_eq!(read!(db, lottery_counters().unexamined(None, 10)), []);
    joined(&db, first, [10, 20]).await;
    joined(&db, second, [10]).await;
    assert_eq!(read!(db, lottery_counters().unexamined(None, 10)), [(first, 0), (second, 0)]);
    assert_eq!(read!(db, lottery_counters().unexamined(Some(first), 10)), [(second, 0)]);
    committed!(db, lottery_counters().record_examined(first, 2));
    committed!(db, lottery_counters().record_examined(second, 1));
    assert_eq!(read!(db, lottery_counters().unexamined(None, 10)), []);
    joined(&db, first, [30]).await;
    assert_eq!(read!(db, lottery_counters().unexamined(None, 10)), [(first, 2)]);
    let joins = read!(db, participants().joins(first, ticket(1), 10));
    let users: Vec<i64> = joins.iter().map(|join| join.user.get()).collect();
    assert_eq!(users, [20, 30]);
    let near = read!(db, participants().near(first, UserId::new(20), 10, 10));
    assert_eq!(near.iter().map(|join| join.user.get()).collect::<Vec<_>>(), [10, 30]);
    assert_eq!(read!(db, participants().near(first, UserId::new(20), 9, 10)), []);
    let freeze = step(LotteryState::Open, LotteryState::Frozen);
    assert!(committed!(db, lotteries().advance(first, freeze, None, at(80))));
    assert_eq!(read!(db, lottery_counters().unexamined(None, 10)), []);
}

async fn the_joins_of_a_person_in_a_chat_are_found(db: Db) {
    let (first, second) = (opened(&db, 1).await, opened(&db, 2).await);
    joined(&db, first, [10, 20]).await;
    joined(&db, second, [10]).await;
    let user = UserId::new(10);
    let lotteries = |found: Vec<(LotteryId, qura_storage::ExaminedJoin)>| {
        found.into_iter().map(|(lottery, _)| lottery).collect::<Vec<_>>()
    };
    let found = read!(db, participants().of_chat(crate::lotteries::CHAT, user, at(10)));
    assert_eq!(lotteries(found), [first, second]);
    let later = read!(db, participants().of_chat(crate::lotteries::CHAT, user, at(11)));
    assert_eq!(lotteries(later), []);
    let elsewhere = read!(db, participants().of_chat(qura_domain::ids::ChatId::new(-1), user, at(10)));
    assert_eq!(lotteries(elsewhere), []);
    let freeze = step(LotteryState::Open, LotteryState::Frozen);
    assert!(committed!(db, lotteries().advance(first, freeze, None, at(80))));
    let found = read!(db, participants().of_chat(crate::lotteries::CHAT, user, at(10)));
    assert_eq!(lotteries(found), [second]);
}
