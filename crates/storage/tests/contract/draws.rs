//! Draws: begun once, told once what they wait for, every freeze kept, one document a number.

use qura_domain::draw::beacon::{Round, Signature};
use qura_domain::draw::hash::Hash;
use qura_domain::draw::receipt::{FreezeRecord, Post};
use qura_domain::draw::seconds::UnixSeconds;
use qura_domain::draw::terms::Terms;
use qura_domain::draw::walk::{Candidate, Outcome, Reason, Status};
use qura_domain::ids::{ChatId, LotteryId, MessageId};
use qura_domain::lottery::Ticket;
use qura_storage::{Db, DrawDocument};

use crate::database::at;

on_both_databases! {
    a_draw_begins_once,
    root_and_round_stay_as_they_were_first_kept,
    a_walk_is_kept_as_far_as_it_went,
    what_a_draw_waits_for_is_told_once_each_time,
    every_freeze_is_kept_with_its_first_post,
    a_document_has_a_number_of_its_own,
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
    let mut walk = vec![one(3, Outcome::Skipped(Reason::Condition(2)), Status::Inside)];
    committed!(db, draws().record_walk(LOTTERY, &walk));
    walk.push(one(1, Outcome::Winner, Status::Removed));
    committed!(db, draws().record_walk(LOTTERY, &walk));
    assert_eq!(read!(db, draws().get(LOTTERY)).unwrap().walk, walk);
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
