//! Posts show the true number in the end, and milestones are told once.

use qura_domain::ids::{ChatId, LotteryId, MessageId, UserId};
use qura_domain::lottery::LotteryState;
use qura_storage::{Db, LotteryCount};

use crate::database::at;
use crate::lotteries::{CHAT, draft, opened, step};
use crate::participants::newcomer;

on_both_databases! {
    a_post_is_dirty_until_it_shows_the_true_number,
    what_changes_during_an_edit_stays_dirty,
    a_step_makes_the_post_dirty,
    all_posts_of_a_chat_are_drawn_anew,
    the_stalest_post_comes_first_and_lists_go_on,
    a_milestone_is_told_once,
    of_many_who_reach_a_milestone_one_tells,
    of_two_who_claim_a_post_one_has_it,
    a_post_that_rests_is_edited_by_nobody_until_it_goes_on,
    what_two_edited_is_known_to_be_unknown,
}

async fn join(db: &Db, lottery: LotteryId, users: std::ops::RangeInclusive<i64>) {
    let people: Vec<_> = users.map(newcomer).collect();
    committed!(db, participants().join(lottery, &people)).unwrap();
}

/// An open lottery whose post shows nobody since the given second.
async fn posted(db: &Db, id: i64, secs: i64) -> LotteryId {
    let lottery = opened(db, id).await;
    committed!(db, lotteries().record_post(lottery, MessageId::new(id), 0, at(secs)));
    lottery
}

async fn a_post_is_dirty_until_it_shows_the_true_number(db: Db) {
    let lottery = opened(&db, 1).await;
    join(&db, lottery, 1..=3).await;
    // Without a post there is nothing to edit.
    assert_eq!(read!(db, lottery_counters().dirty(None, 9)), []);
    committed!(db, lotteries().record_post(lottery, MessageId::new(8), 0, at(5)));
    let dirty = read!(db, lottery_counters().dirty(None, 9)).remove(0);
    assert_eq!((dirty.lottery, dirty.chat, dirty.post), (lottery, CHAT, MessageId::new(8)));
    assert_eq!((dirty.participants, dirty.shown, dirty.shown_at), (3, Some(0), at(5)));
    assert_eq!(dirty.code, draft(1).code);
    committed!(db, lottery_counters().record_shown(&dirty, at(6)));
    assert_eq!(read!(db, lottery_counters().dirty(None, 9)), []);
    // One leaves and another comes: the number is the same, and so is the post.
    committed!(db, participants().withdraw(lottery, UserId::new(1), at(7)));
    assert_eq!(read!(db, lottery_counters().dirty(None, 9))[0].participants, 2);
    join(&db, lottery, 4..=4).await;
    assert_eq!(read!(db, lottery_counters().dirty(None, 9)), []);
    let count = LotteryCount { tickets: 4, participants: 3 };
    assert_eq!(read!(db, lottery_counters().get(lottery)), Some(count));
    assert_eq!(read!(db, lottery_counters().get(LotteryId::new(9))), None);
}

async fn what_changes_during_an_edit_stays_dirty(db: Db) {
    let lottery = posted(&db, 1, 1).await;
    join(&db, lottery, 1..=3).await;
    let seen = read!(db, lottery_counters().dirty(None, 9)).remove(0);
    join(&db, lottery, 4..=5).await;
    committed!(db, lottery_counters().record_shown(&seen, at(2)));
    let seen = read!(db, lottery_counters().dirty(None, 9)).remove(0);
    assert_eq!((seen.participants, seen.shown), (5, Some(3)));
    // To be drawn anew, and once more while that was being done.
    committed!(db, lottery_counters().redraw(lottery));
    committed!(db, lottery_counters().record_shown(&seen, at(3)));
    let seen = read!(db, lottery_counters().dirty(None, 9)).remove(0);
    assert_eq!((seen.participants, seen.shown), (5, None));
    committed!(db, lottery_counters().redraw(lottery));
    committed!(db, lottery_counters().record_shown(&seen, at(4)));
    let seen = read!(db, lottery_counters().dirty(None, 9)).remove(0);
    committed!(db, lottery_counters().record_shown(&seen, at(5)));
    assert_eq!(read!(db, lottery_counters().dirty(None, 9)), []);
}

async fn a_step_makes_the_post_dirty(db: Db) {
    let lottery = posted(&db, 1, 1).await;
    for (from, to) in
        [(LotteryState::Open, LotteryState::Paused), (LotteryState::Paused, LotteryState::Cancelled)]
    {
        assert_eq!(read!(db, lottery_counters().dirty(None, 9)), []);
        assert!(committed!(db, lotteries().advance(lottery, step(from, to), None, at(2))));
        let dirty = read!(db, lottery_counters().dirty(None, 9)).remove(0);
        assert_eq!((dirty.lottery, dirty.shown, dirty.participants), (lottery, None, 0));
        committed!(db, lottery_counters().record_shown(&dirty, at(3)));
    }
}

async fn all_posts_of_a_chat_are_drawn_anew(db: Db) {
    let lottery = posted(&db, 1, 1).await;
    let chat = read!(db, lotteries().get(lottery)).unwrap().chat;
    assert_eq!(committed!(db, lottery_counters().redraw_in(ChatId::new(0))), 0);
    assert_eq!(read!(db, lottery_counters().dirty(None, 9)), []);
    assert_eq!(committed!(db, lottery_counters().redraw_in(chat)), 1);
    assert_eq!(read!(db, lottery_counters().dirty(None, 9)).remove(0).shown, None);
}

async fn the_stalest_post_comes_first_and_lists_go_on(db: Db) {
    for (id, secs) in [(1, 30), (2, 10), (3, 20), (4, 10), (5, 40)] {
        let lottery = posted(&db, id, secs).await;
        if id != 5 {
            join(&db, lottery, 1..=id).await;
        }
    }
    let page = read!(db, lottery_counters().dirty(None, 3));
    assert_eq!(page.iter().map(|dirty| dirty.lottery.get()).collect::<Vec<_>>(), [2, 4, 3]);
    let last = page.last().map(|dirty| (dirty.shown_at, dirty.lottery));
    let rest = read!(db, lottery_counters().dirty(last, 3));
    assert_eq!(rest.iter().map(|dirty| dirty.lottery.get()).collect::<Vec<_>>(), [1]);
    assert!(rest.iter().all(|dirty| dirty.chat != ChatId::new(0)));
}

async fn a_milestone_is_told_once(db: Db) {
    let lottery = opened(&db, 1).await;
    assert!(committed!(db, lottery_counters().reach(lottery, 1)));
    assert!(committed!(db, lottery_counters().reach(lottery, 10)));
    assert!(!committed!(db, lottery_counters().reach(lottery, 10)));
    assert!(!committed!(db, lottery_counters().reach(lottery, 1)));
    assert!(!committed!(db, lottery_counters().reach(LotteryId::new(9), 1)));
}

async fn of_many_who_reach_a_milestone_one_tells(db: Db) {
    let lottery = opened(&db, 1).await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { committed!(db, lottery_counters().reach(lottery, 100)) })
        })
        .collect();
    let mut told = 0;
    for task in tasks {
        told += u32::from(task.await.unwrap());
    }
    assert_eq!(told, 1);
}

async fn of_two_who_claim_a_post_one_has_it(db: Db) {
    let lottery = posted(&db, 1, 1).await;
    join(&db, lottery, 1..=3).await;
    let seen = read!(db, lottery_counters().dirty(None, 9)).remove(0);
    let claimed = committed!(db, lottery_counters().claim(&seen, at(7))).unwrap();
    assert_eq!((claimed.shown_at, claimed.participants), (at(7), 3));
    assert_eq!(committed!(db, lottery_counters().claim(&seen, at(8))), None);
    // It is still dirty, and tells when it was claimed: whoever died in between is not waited for.
    let found = read!(db, lottery_counters().dirty(None, 9)).remove(0);
    assert_eq!(found.shown_at, at(7));
    assert!(committed!(db, lottery_counters().claim(&found, at(70))).is_some());
    // A post that is gone is nobody's.
    let found = read!(db, lottery_counters().dirty(None, 9)).remove(0);
    assert!(committed!(db, lotteries().lose_post(lottery, MessageId::new(1))));
    assert_eq!(committed!(db, lottery_counters().claim(&found, at(80))), None);
}

async fn a_post_that_rests_is_edited_by_nobody_until_it_goes_on(db: Db) {
    let lottery = posted(&db, 1, 1).await;
    join(&db, lottery, 1..=3).await;
    committed!(db, lottery_counters().rest(lottery));
    assert_eq!(read!(db, lottery_counters().dirty(None, 9)), []);
    assert_eq!(read!(db, lotteries().get(lottery)).unwrap().post, Some(MessageId::new(1)));
    committed!(db, lottery_counters().go_on(lottery));
    assert_eq!(read!(db, lottery_counters().dirty(None, 9))[0].shown, None);
    // One that was edited all along goes on as it is.
    let seen = read!(db, lottery_counters().dirty(None, 9)).remove(0);
    let claimed = committed!(db, lottery_counters().claim(&seen, at(7))).unwrap();
    assert!(committed!(db, lottery_counters().record_shown(&claimed, at(8))));
    committed!(db, lottery_counters().go_on(lottery));
    assert_eq!(read!(db, lottery_counters().dirty(None, 9)), []);
    // A new post, and one that is gone.
    committed!(db, lottery_counters().rest(lottery));
    committed!(db, lotteries().record_post(lottery, MessageId::new(2), 0, at(9)));
    assert_eq!(read!(db, lottery_counters().dirty(None, 9))[0].post, MessageId::new(2));
    assert!(committed!(db, lotteries().lose_post(lottery, MessageId::new(2))));
    committed!(db, lottery_counters().go_on(lottery));
    assert_eq!(read!(db, lottery_counters().dirty(None, 9)), []);
}

async fn what_two_edited_is_known_to_be_unknown(db: Db) {
    let lottery = posted(&db, 1, 1).await;
    join(&db, lottery, 1..=3).await;
    let seen = read!(db, lottery_counters().dirty(None, 9)).remove(0);
    let slow = committed!(db, lottery_counters().claim(&seen, at(7))).unwrap();
    let quick = read!(db, lottery_counters().dirty(None, 9)).remove(0);
    let quick = committed!(db, lottery_counters().claim(&quick, at(70))).unwrap();
    assert!(committed!(db, lottery_counters().record_shown(&quick, at(71))));
    assert!(!committed!(db, lottery_counters().record_shown(&slow, at(72))));
    committed!(db, lottery_counters().redraw(lottery));
    assert_eq!(read!(db, lottery_counters().dirty(None, 9))[0].shown, None);
}
