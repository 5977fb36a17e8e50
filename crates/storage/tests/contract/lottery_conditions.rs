//! Conditions keep their order, and are found by what they are about.

use std::collections::BTreeMap;

use qura_domain::code::Code;
use qura_domain::condition::Condition;
use qura_domain::ids::{ChatId, LotteryId};
use qura_domain::lottery::LotteryState;
use qura_storage::Db;

use crate::database::at;
use crate::lotteries::{draft, opened, step};

on_both_databases! {
    conditions_of_every_kind_come_back_in_their_order,
    those_about_a_chat_or_a_code_are_found_while_they_matter,
    what_lies_behind_a_lottery_is_found_to_the_end,
    a_group_takes_the_conditions_along,
}

fn entry() -> Code {
    Code::parse("Ee112233").unwrap()
}

fn on(lottery: i64) -> Condition {
    Condition::Lottery { code: draft(lottery).code }
}

async fn conditions_of_every_kind_come_back_in_their_order(db: Db) {
    let lottery = opened(&db, 1).await;
    let chat = ChatId::new(-5);
    let all = vec![
        Condition::Boost { chat },
        Condition::Lottery { code: entry() },
        Condition::Channel { chat },
        Condition::Comment { entry: entry() },
        Condition::Vote { entry: entry() },
        Condition::Group { chat: ChatId::new(-6) },
    ];
    assert_eq!(read!(db, conditions().list(lottery)), []);
    committed!(db, conditions().replace(lottery, &all));
    assert_eq!(read!(db, conditions().list(lottery)), all);
    assert_eq!(read!(db, conditions().list(LotteryId::new(2))), []);
    let fewer = vec![all[4].clone(), all[0].clone()];
    committed!(db, conditions().replace(lottery, &fewer));
    assert_eq!(read!(db, conditions().list(lottery)), fewer);
    committed!(db, conditions().replace(lottery, &[]));
    assert_eq!(read!(db, conditions().list(lottery)), []);
}

async fn those_about_a_chat_or_a_code_are_found_while_they_matter(db: Db) {
    use LotteryState::{Cancelled, Frozen, Open, Paused};
    let chat = ChatId::new(-5);
    let conditions =
        [Condition::Channel { chat }, Condition::Boost { chat }, Condition::Vote { entry: entry() }];
    let (one, two) = (opened(&db, 1).await, opened(&db, 2).await);
    committed!(db, lotteries().insert(&draft(3)));
    for lottery in [one, two, LotteryId::new(3)] {
        committed!(db, conditions().replace(lottery, &conditions));
    }
    assert!(committed!(db, lotteries().advance(two, step(Open, Paused), None, at(1))));
    assert_eq!(read!(db, conditions().about_chat(chat, 9)), [one, two]);
    assert_eq!(read!(db, conditions().about_chat(chat, 1)), [one]);
    assert_eq!(read!(db, conditions().about_code(&entry(), 9)), [one, two]);
    assert!(committed!(db, lotteries().advance(two, step(Paused, Cancelled), None, at(1))));
    assert!(committed!(db, lotteries().advance(one, step(Open, Frozen), None, at(1))));
    assert_eq!(read!(db, conditions().about_chat(chat, 9)), []);
    assert_eq!(read!(db, conditions().about_code(&entry(), 9)), []);
}

async fn what_lies_behind_a_lottery_is_found_to_the_end(db: Db) {
    let id = LotteryId::new;
    // 1 → 2 → 3 → 2: a circle of others must not keep the question busy; 4 is not behind 1.
    for (lottery, behind) in [(1, vec![2, 5]), (2, vec![3]), (3, vec![2]), (4, vec![1]), (5, vec![])] {
        opened(&db, lottery).await;
        let mut conditions: Vec<_> = behind.into_iter().map(on).collect();
        conditions.push(Condition::Vote { entry: draft(4).code });
        committed!(db, conditions().replace(id(lottery), &conditions));
    }
    let mut found = read!(db, conditions().behind(id(1)));
    found.values_mut().for_each(|targets| targets.sort());
    let expected = BTreeMap::from([(id(1), vec![id(2), id(5)]), (id(2), vec![id(3)]), (id(3), vec![id(2)])]);
    assert_eq!(found, expected);
    assert_eq!(read!(db, conditions().behind(id(5))), BTreeMap::new());
}

async fn a_group_takes_the_conditions_along(db: Db) {
    let lottery = opened(&db, 1).await;
    let (from, to, other) = (ChatId::new(-5), ChatId::new(-1_000_005), ChatId::new(-6));
    committed!(
        db,
        conditions().replace(lottery, &[Condition::Group { chat: from }, Condition::Group { chat: other }])
    );
    assert_eq!(committed!(db, conditions().migrate(from, to)), 1);
    let expected = [Condition::Group { chat: to }, Condition::Group { chat: other }];
    assert_eq!(read!(db, conditions().list(lottery)), expected);
}
