//! Draws: begun once, told once what they wait for, every freeze kept, one document a number.

use qura_domain::draw::beacon::{Round, Signature};
use qura_domain::draw::hash::Hash;
use qura_domain::draw::receipt::{FreezeRecord, Post};
use qura_domain::draw::seconds::UnixSeconds;
use qura_domain::draw::terms::Terms;
use qura_domain::draw::walk::{Candidate, Outcome, Reason, Status};
use qura_domain::ids::{ChatId, LotteryId, MessageId, UserId};
use qura_domain::lottery::{Ticket, Winner, WinnerRole};
use qura_storage::{Db, DrawDocument};

use crate::database::at;

on_both_databases! {
    a_draw_begins_once,
    root_and_round_stay_as_they_were_first_kept,
    a_walk_is_kept_as_far_as_it_went,
    whoever_waits_for_a_proof_waits_once,
    what_a_draw_waits_for_is_told_once_each_time,
    every_freeze_is_kept_with_its_first_post,
    a_document_has_a_number_of_its_own,
    an_addendum_is_read_with_the_winners_that_it_made,
}

const LOTTERY: LotteryId = LotteryId::new(1);
const OTHER: LotteryId = LotteryId::new(2);

fn terms(winners: u32) -> Terms {
    Terms::new(&serde_json::json!({"winners": winners, "reserves": 1})).unwrap()
}

async fn begun(db: &Db) {
    assert!(committed!(db, draws().begin(LOTTERY, 9, &terms(2), at(5))));
}

async fn a_draw_begins_once(db: Db) {
    assert_eq!(read!(db, draws().get(LOTTERY)), None);
    begun(&db).await;
    assert!(!committed!(db, draws().begin(LOTTERY, 99, &terms(3), at(6))));
    let draw = read!(db, draws().get(LOTTERY)).unwrap();
    assert_eq!((draw.tickets, draw.terms, draw.frozen_at), (9, terms(2), at(5)));
    assert_eq!((draw.root, draw.signature, draw.complaint), (None, None, None));
    assert!(draw.walk.is_empty());
    assert_eq!(read!(db, draws().get(OTHER)), None);
}

async fn root_and_round_stay_as_they_were_first_kept(db: Db) {
    begun(&db).await;
    let (first, second) = (Hash::of(&[b"a"]), Hash::of(&[b"b"]));
    assert!(committed!(db, draws().record_root(LOTTERY, &first)));
    assert!(!committed!(db, draws().record_root(LOTTERY, &second)));
    let [first_sign, second_sign] = ["ab", "cd"].map(|byte| Signature::parse(&byte.repeat(48)).unwrap());
    assert!(committed!(db, draws().record_beacon(LOTTERY, &first_sign)));
    assert!(!committed!(db, draws().record_beacon(LOTTERY, &second_sign)));
    let draw = read!(db, draws().get(LOTTERY)).unwrap();
    assert_eq!((draw.root, draw.signature), (Some(first), Some(first_sign)));
    assert!(!committed!(db, draws().record_root(OTHER, &first)));
}

async fn a_walk_is_kept_as_far_as_it_went(db: Db) {
    begun(&db).await;
    let one = |ticket, outcome, status| Candidate {
        ticket: Ticket::new(ticket),
        outcome,
        status,
        at: UnixSeconds::new(7),
    };
    let first = one(3, Outcome::Skipped(Reason::Condition(2)), Status::Inside);
    let others = [one(1, Outcome::Winner, Status::Removed), one(2, Outcome::Reserve, Status::Inside)];
    assert!(committed!(db, draws().record_walk(LOTTERY, 1, &others)));
    assert!(committed!(db, draws().record_walk(LOTTERY, 0, &[first])));
    assert!(!committed!(db, draws().record_walk(LOTTERY, 1, &[first])));
    assert!(committed!(db, draws().record_walk(OTHER, 0, &others)));
    let walk = [&[first], &others[..]].concat();
    assert_eq!(read!(db, draws().get(LOTTERY)).unwrap().walk, walk);
}

async fn whoever_waits_for_a_proof_waits_once(db: Db) {
    let [sara, omar] = [11, 12].map(UserId::new);
    assert!(committed!(db, draw_openings().ask(LOTTERY, omar, at(1))));
    assert!(!committed!(db, draw_openings().ask(LOTTERY, omar, at(2))));
    assert!(committed!(db, draw_openings().ask(LOTTERY, sara, at(3))));
    assert!(committed!(db, draw_openings().ask(OTHER, sara, at(3))));
    assert_eq!(read!(db, draw_openings().list(LOTTERY, 9)), [sara, omar]);
    assert_eq!(read!(db, draw_openings().list(LOTTERY, 1)), [sara]);
    assert!(committed!(db, draw_openings().answer(LOTTERY, sara)));
    assert!(!committed!(db, draw_openings().answer(LOTTERY, sara)));
    assert_eq!(read!(db, draw_openings().list(LOTTERY, 9)), [omar]);
    assert_eq!(read!(db, draw_openings().list(OTHER, 9)), [sara]);
}

async fn what_a_draw_waits_for_is_told_once_each_time(db: Db) {
    begun(&db).await;
    assert!(committed!(db, draws().complain(LOTTERY, "beacon")));
    assert!(!committed!(db, draws().complain(LOTTERY, "beacon")));
    assert!(committed!(db, draws().complain(LOTTERY, "chat")));
    committed!(db, draws().content(LOTTERY));
    assert_eq!(read!(db, draws().get(LOTTERY)).unwrap().complaint, None);
    assert!(committed!(db, draws().complain(LOTTERY, "chat")));
    assert!(!committed!(db, draws().complain(OTHER, "chat")));
}

async fn every_freeze_is_kept_with_its_first_post(db: Db) {
    let freeze = |attempt, round| FreezeRecord {
        attempt,
        hash: Hash::of(&[&[u8::try_from(attempt).unwrap()]]),
        round: Round::new(round),
        post: None,
    };
    let (first, second) = (freeze(0, 0), freeze(1, 30_662_982));
    assert!(committed!(db, draws().add_freeze(LOTTERY, &second, at(2))));
    assert!(committed!(db, draws().add_freeze(LOTTERY, &first, at(1))));
    assert!(!committed!(db, draws().add_freeze(LOTTERY, &freeze(0, 5), at(3))));
    let post = |message| Post {
        chat: ChatId::new(-5),
        message: MessageId::new(message),
        date: UnixSeconds::new(1_784_792_190),
    };
    assert!(committed!(db, draws().record_post(LOTTERY, 1, &post(7))));
    assert!(!committed!(db, draws().record_post(LOTTERY, 1, &post(8))));
    assert!(!committed!(db, draws().record_post(LOTTERY, 2, &post(8))));
    let kept = read!(db, draws().freezes(LOTTERY));
    assert_eq!(kept, [first, FreezeRecord { post: Some(post(7)), ..second }]);
    assert!(read!(db, draws().freezes(OTHER)).is_empty());
}

async fn a_document_has_a_number_of_its_own(db: Db) {
    let document = |number, content: &str| DrawDocument {
        number,
        digest: Hash::of(&[content.as_bytes()]),
        content: content.to_owned(),
        made_at: at(i64::from(number)),
    };
    let (receipt, addendum) = (document(0, "{\"a\":\"سحب\"}"), document(1, "{}"));
    assert!(committed!(db, draw_receipts().insert(LOTTERY, &addendum)));
    assert!(committed!(db, draw_receipts().insert(LOTTERY, &receipt)));
    assert!(!committed!(db, draw_receipts().insert(LOTTERY, &document(0, "forged"))));
    assert_eq!(read!(db, draw_receipts().list(LOTTERY)), [receipt, addendum]);
    assert!(read!(db, draw_receipts().list(OTHER)).is_empty());
}

async fn an_addendum_is_read_with_the_winners_that_it_made(db: Db) {
    let document =
        |number| DrawDocument { number, digest: Hash::of(&[]), content: "{}".into(), made_at: at(1) };
    let winner = |ticket| Winner {
        ticket: Ticket::new(ticket),
        user: UserId::new(1),
        role: WinnerRole::Winner,
        place: 1,
        hold_until: None,
        confirmed_at: None,
    };
    let drawn = db.clone();
    committed!(drawn, draw_receipts().insert(LOTTERY, &document(0)));
    committed!(drawn, winners().put(LOTTERY, &winner(1), at(1)));
    let writer = tokio::spawn(async move {
        for number in 1..60 {
            let mut tx = db.begin().await.unwrap();
            let replaced = Ticket::new(u64::from(number));
            assert_eq!(tx.winners().replace(LOTTERY, replaced, at(1)).await.unwrap(), Some(1));
            tx.winners().put(LOTTERY, &winner(u64::from(number) + 1), at(1)).await.unwrap();
            assert!(tx.draw_receipts().insert(LOTTERY, &document(number)).await.unwrap());
            tx.commit().await.unwrap();
        }
    });
    while !writer.is_finished() {
        let (documents, winners) = drawn.read().await.unwrap().drawn(LOTTERY).await.unwrap();
        let [winner] = &winners[..] else { panic!("{winners:?}") };
        assert_eq!(winner.winner.ticket.get(), documents.len() as u64);
    }
    writer.await.unwrap();
}
