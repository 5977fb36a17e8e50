//! Winners: each place is held by one person, passes on once, and is settled once.

use qura_domain::ids::{ChatId, LotteryId, UserId};
use qura_domain::lottery::{LotteryState, Ticket, Winner, WinnerRole};
use qura_domain::time::Timestamp;
use qura_storage::{Db, Joining, Seen};

use crate::database::at;
use crate::lotteries::{CHAT, draft, opened};
use crate::participants::newcomer;
use crate::users::person;

on_both_databases! {
    winners_are_listed_by_place_with_their_names,
    a_win_is_confirmed_once_and_in_time,
    a_place_passes_on_once,
    wins_on_hold_are_listed_until_they_are_settled,
    of_many_who_replace_a_winner_one_does,
    participants_are_carried_along_page_by_page,
}

const LOTTERY: LotteryId = LotteryId::new(1);

fn winner(ticket: u64, role: WinnerRole, place: u32) -> Winner {
    Winner {
        ticket: Ticket::new(ticket),
        user: UserId::new(100 + i64::try_from(ticket).unwrap()),
        role,
        place,
        hold_until: None,
        confirmed_at: None,
    }
}

async fn put(db: &Db, winners: &[Winner]) {
    let mut tx = db.begin().await.unwrap();
    for winner in winners {
        tx.winners().put(LOTTERY, winner, at(1)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn two_and_a_reserve(db: &Db) {
    let winners = [
        winner(5, WinnerRole::Winner, 2),
        winner(9, WinnerRole::Winner, 1),
        winner(2, WinnerRole::Reserve, 1),
    ];
    put(db, &winners).await;
}

async fn tickets(db: &Db) -> Vec<u64> {
    let winners = read!(db, winners().winners(LOTTERY));
    winners.iter().map(|record| record.winner.ticket.get()).collect()
}

async fn winners_are_listed_by_place_with_their_names(db: Db) {
    two_and_a_reserve(&db).await;
    let seen = Seen { person: person(109, "سارة"), referrer: None, at: at(1) };
    committed!(db, users().see(&[seen]));
    assert_eq!(tickets(&db).await, [9, 5]);
    let all = read!(db, winners().list(LOTTERY));
    assert_eq!(all.len(), 3);
    let sara = all.iter().find(|record| record.winner.ticket.get() == 9).unwrap();
    assert_eq!(sara.first_name.as_deref(), Some("سارة"));
    assert!(all.iter().filter(|record| record.first_name.is_none()).count() == 2);
    assert!(read!(db, winners().list(LotteryId::new(2))).is_empty());
    assert_eq!(read!(db, winners().get(LOTTERY, UserId::new(102))), Some(winner(2, WinnerRole::Reserve, 1)));
    assert_eq!(read!(db, winners().get(LOTTERY, UserId::new(5))), None);
}

async fn a_win_is_confirmed_once_and_in_time(db: Db) {
    two_and_a_reserve(&db).await;
    let confirm =
        async |user, when: Timestamp| committed!(db, winners().confirm(LOTTERY, UserId::new(user), when));
    assert!(!confirm(109, at(5)).await, "nothing is asked for yet");
    committed!(db, winners().hold(LOTTERY, at(10)));
    assert!(!confirm(109, at(10)).await);
    assert!(confirm(109, at(9)).await);
    committed!(db, winners().prolong(LOTTERY, at(20)));
    committed!(db, winners().prolong(LOTTERY, at(15)));
    let until = async |user| read!(db, winners().get(LOTTERY, UserId::new(user))).unwrap().hold_until;
    assert_eq!([until(109).await, until(105).await, until(102).await], [Some(at(10)), Some(at(20)), None]);
    assert!(!confirm(109, at(9)).await);
    assert!(!confirm(102, at(9)).await, "a reserve confirms nothing");
    assert_eq!(read!(db, winners().get(LOTTERY, UserId::new(109))).unwrap().confirmed_at, Some(at(9)));
}

async fn a_place_passes_on_once(db: Db) {
    two_and_a_reserve(&db).await;
    assert_eq!(committed!(db, winners().replace(LOTTERY, Ticket::new(9), at(2))), Some(1));
    assert_eq!(committed!(db, winners().replace(LOTTERY, Ticket::new(9), at(2))), None);
    assert_eq!(committed!(db, winners().replace(LOTTERY, Ticket::new(2), at(2))), None);
    put(&db, &[Winner { role: WinnerRole::Winner, ..winner(2, WinnerRole::Winner, 1) }]).await;
    assert_eq!(tickets(&db).await, [2, 5]);
}

async fn wins_on_hold_are_listed_until_they_are_settled(db: Db) {
    opened(&db, 1).await;
    two_and_a_reserve(&db).await;
    assert!(!read!(db, winners().is_held_in(CHAT)));
    assert!(read!(db, winners().on_hold(None, 10)).is_empty());
    committed!(db, winners().hold(LOTTERY, at(10)));
    assert!(read!(db, winners().is_held_in(CHAT)));
    assert!(!read!(db, winners().is_held_in(ChatId::new(-9))));
    let page = read!(db, winners().on_hold(None, 1));
    let [(lottery, first)] = page[..] else { panic!("{page:?}") };
    assert_eq!((lottery, first.ticket), (LOTTERY, Ticket::new(5)));
    let after = Some((at(10), LOTTERY, first.ticket));
    let rest = read!(db, winners().on_hold(after, 10));
    assert_eq!(rest.iter().map(|(_, winner)| winner.ticket.get()).collect::<Vec<_>>(), [9]);
    assert!(committed!(db, winners().settle(LOTTERY, Ticket::new(5))));
    assert!(!committed!(db, winners().settle(LOTTERY, Ticket::new(5))));
    committed!(db, winners().replace(LOTTERY, Ticket::new(9), at(2)));
    assert!(read!(db, winners().on_hold(None, 10)).is_empty());
    assert!(!read!(db, winners().is_held_in(CHAT)));
}

async fn of_many_who_replace_a_winner_one_does(db: Db) {
    two_and_a_reserve(&db).await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { committed!(db, winners().replace(LOTTERY, Ticket::new(5), at(3))) })
        })
        .collect();
    let mut places = Vec::new();
    for task in tasks {
        places.extend(task.await.unwrap());
    }
    assert_eq!(places, [2]);
}

async fn participants_are_carried_along_page_by_page(db: Db) {
    let from = opened(&db, 1).await;
    assert!(committed!(db, lotteries().insert(&draft(2))));
    let to = LotteryId::new(2);
    let people: Vec<_> = (1..=7).map(newcomer).collect();
    committed!(db, participants().join(from, &people)).unwrap();
    assert!(committed!(db, participants().withdraw(from, UserId::new(2), at(2))));
    assert_eq!(
        committed!(db, participants().exclude(from, &[UserId::new(6)], UserId::new(500), "x", at(2))),
        1
    );
    put(&db, &[Winner { user: UserId::new(4), ..winner(4, WinnerRole::Winner, 1) }]).await;
    let mut after = Ticket::new(0);
    let mut pages = 0;
    while let Some(last) = committed!(db, participants().carry(from, to, after, 3, at(9))) {
        after = last;
        pages += 1;
    }
    assert_eq!(pages, 3);
    // 2 withdrew; the ticket of 4, who has won, is void, and 6 stays excluded.
    let carried = read!(db, participants().for_draw(to, None, 100));
    let rows: Vec<_> = carried.iter().map(|p| (p.ticket.get(), p.user.get(), p.eligible)).collect();
    let expected = [(1, 1, true), (2, 3, true), (3, 4, false), (4, 5, true), (5, 6, false), (6, 7, true)];
    assert_eq!(rows, expected);
    let count = read!(db, lottery_counters().get(to)).unwrap();
    assert_eq!((count.tickets, count.participants), (6, 4));

    // Whoever has won joins neither this one nor one that carries on with it.
    let open = LotteryState::Draft.to(LotteryState::Open).unwrap();
    assert!(committed!(db, lotteries().advance(to, open, None, at(10))));
    let joined = committed!(db, participants().join(to, &[newcomer(4), newcomer(2)])).unwrap();
    assert_eq!(joined.outcomes, [Joining::Won(Ticket::new(3)), Joining::Registered(Ticket::new(7))]);
    assert!(!committed!(db, participants().withdraw(to, UserId::new(4), at(11))));
    assert_eq!(
        committed!(db, participants().exclude(to, &[UserId::new(4)], UserId::new(500), "x", at(11))),
        0
    );
    assert!(committed!(db, lotteries().insert(&draft(3))));
    committed!(db, participants().carry(to, LotteryId::new(3), Ticket::new(0), 100, at(12)));
    let carried = read!(db, participants().for_draw(LotteryId::new(3), None, 100));
    assert_eq!(carried.iter().find(|p| p.user.get() == 4).map(|p| p.eligible), Some(false));
}
