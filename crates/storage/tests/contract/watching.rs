//! Whose comings and goings matter: in chats that lotteries rest on, and for some time after.

use qura_domain::condition::Condition;
use qura_domain::ids::{ChatId, LotteryId};
use qura_domain::lottery::LotteryState;
use qura_domain::time::Timestamp;
use qura_storage::Db;

use crate::database::at;
use crate::lotteries::{CHAT, draft, opened, step};
use crate::migrations::execute;

on_both_databases! {
    a_chat_is_watched_until_the_draw_is_told_and_for_a_time_after,
    a_cancelled_lottery_is_one_that_closed,
    what_was_never_published_watches_nothing,
    a_freeze_by_a_program_that_keeps_no_date_is_made_up_for_by_the_next_step,
}

const ASKED: ChatId = ChatId::new(-5);
/// Nothing closed so late.
const LATE: Timestamp = Timestamp::from_micros(i64::MAX);

async fn watched(db: &Db, since: Timestamp) -> [bool; 2] {
    [read!(db, lotteries().watch(CHAT, since)), read!(db, lotteries().watch(ASKED, since))]
}

async fn a_chat_is_watched_until_the_draw_is_told_and_for_a_time_after(db: Db) {
    use LotteryState::{Announced, Drawing, Drawn, Frozen, Open, Paused, Reopened};
    let id = opened(&db, 1).await;
    committed!(db, conditions().replace(id, &[Condition::Channel { chat: ASKED }]));
    assert_eq!(watched(&db, LATE).await, [true; 2]);
    assert!(!read!(db, lotteries().watch(ChatId::new(-6), at(0))));
    // At the draw it matters who removed whom.
    let life = [(Open, Paused), (Paused, Frozen), (Frozen, Drawing), (Drawing, Drawn), (Drawn, Announced)];
    for (number, (from, to)) in (100..).zip(life) {
        assert_eq!(watched(&db, LATE).await, [true; 2], "{from:?}");
        assert!(committed!(db, lotteries().advance(id, step(from, to), None, at(number))));
    }
    // It closed with the freeze, whatever came after it.
    for _ in 0..2 {
        assert_eq!(watched(&db, at(101)).await, [true; 2]);
        assert_eq!(watched(&db, at(102)).await, [false; 2]);
        committed!(db, lotteries().advance(id, step(Announced, Reopened), None, at(200)));
    }
}

async fn a_cancelled_lottery_is_one_that_closed(db: Db) {
    let id = opened(&db, 1).await;
    committed!(db, conditions().replace(id, &[Condition::Group { chat: ASKED }]));
    let cancelled = step(LotteryState::Open, LotteryState::Cancelled);
    assert!(committed!(db, lotteries().advance(id, cancelled, None, at(100))));
    assert_eq!(watched(&db, at(100)).await, [true; 2]);
    assert_eq!(watched(&db, at(101)).await, [false; 2]);
}

async fn what_was_never_published_watches_nothing(db: Db) {
    let id = LotteryId::new(1);
    assert!(committed!(db, lotteries().insert(&draft(1))));
    committed!(db, conditions().replace(id, &[Condition::Channel { chat: ASKED }]));
    assert_eq!(watched(&db, at(0)).await, [false; 2]);
    let thrown_away = step(LotteryState::Draft, LotteryState::Cancelled);
    assert!(committed!(db, lotteries().advance(id, thrown_away, None, at(100))));
    assert_eq!(watched(&db, at(0)).await, [false; 2]);
}

async fn a_freeze_by_a_program_that_keeps_no_date_is_made_up_for_by_the_next_step(db: Db) {
    use LotteryState::{Announced, Drawing, Drawn, Frozen};
    let id = opened(&db, 1).await;
    execute(&db, "UPDATE lotteries SET state = 'frozen'").await;
    for (number, (from, to)) in (100..).zip([(Frozen, Drawing), (Drawing, Drawn), (Drawn, Announced)]) {
        assert!(committed!(db, lotteries().advance(id, step(from, to), None, at(number))));
    }
    assert!(read!(db, lotteries().watch(CHAT, at(100))));
    assert!(!read!(db, lotteries().watch(CHAT, at(101))));
}
