//! No leaver wins, whenever they leave; whoever an administrator removes keeps the win. The heir is the next in
//! the order, and is announced once.

use std::time::Duration;

use qura_domain::draw::beacon::{Beacon, Round, Signature};
use qura_domain::draw::commitment::Mode;
use qura_domain::draw::freeze::Freeze;
use qura_domain::draw::hash::Hash;
use qura_domain::draw::merkle::MerkleTree;
use qura_domain::draw::order::Order;
use qura_domain::draw::seed::Seed;
use qura_domain::ids::UserId;
use qura_domain::time::Timestamp;
use qura_i18n::Msg;
use serde_json::{Value, json};

use super::beacon::{before_the_first_round_by, is_frozen};
use crate::world::beacon::{FIRST, rounds, time_of};
use crate::world::draw::{DrawPlan, OpenLottery, tickets};
use crate::world::{PATIENCE, Person, World};

/// All tickets in the order in which they will be drawn, recomputed from what is stored. The list is closed, and
/// the program does not run.
async fn order(w: &World, lottery: &OpenLottery, signed: Option<Beacon>) -> Vec<u64> {
    let db = w.storage().await;
    let mut reader = db.read().await.unwrap();
    let draw = reader.draws().get(lottery.id).await.unwrap().unwrap();
    let (secret, key) = reader.draw_secrets().get(lottery.id).await.unwrap().unwrap();
    let all = reader.participants().for_draw(lottery.id, None, 1_000).await.unwrap();
    let mut tree = MerkleTree::default();
    all.iter().for_each(|participant| tree.push(participant.leaf(&key)));
    let mode = if signed.is_some() { Mode::Beacon } else { Mode::Secret };
    let stored = reader.lotteries().get(lottery.id).await.unwrap().unwrap().commitment.unwrap();
    assert_eq!(stored.mode, mode);
    let freeze = Freeze {
        commitment: stored.hash,
        root: tree.finish().hash,
        tickets: draw.tickets,
        terms: &draw.terms,
        round: signed.map(|signed| signed.round),
        attempt: 0,
    };
    let freeze: Hash = freeze.hash();
    drop(reader);
    db.close().await;
    let randomness = signed.map(|signed| signed.randomness().unwrap());
    let seed = Seed::new(&secret, &freeze, randomness.as_ref());
    Order::new(seed, draw.tickets).map(|ticket| ticket.get()).collect()
}

fn first_round() -> Beacon {
    let known = rounds().into_iter().find(|known| known["round"] == FIRST).unwrap();
    let signature = Signature::parse(known["signature"].as_str().unwrap()).unwrap();
    Beacon { round: Round::new(FIRST.unsigned_abs()).unwrap(), signature }
}

/// An administrator takes somebody out of the channel.
async fn removes(w: &World, lottery: &OpenLottery, person: &Person) {
    let body = json!({"user": person.id(), "status": "left"});
    w.control.post(&format!("/chats/{}/members", lottery.channel.id), body).await;
}

fn won(lottery: &OpenLottery) -> Msg {
    Msg::DrawWon { code: lottery.code.clone() }
}

/// What the walk of a document says of each ticket: outcome and status.
fn walk(document: &str) -> Vec<(u64, String, String)> {
    let value: Value = serde_json::from_str(document).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let candidates = value["walk"].as_array().unwrap().iter();
    candidates
        .map(|one| (one["ticket"].as_u64().unwrap(), text(&one["outcome"]), text(&one["status"])))
        .collect()
}

fn one(ticket: u64, outcome: &str, status: &str) -> (u64, String, String) {
    (ticket, outcome.to_owned(), status.to_owned())
}

/// These won and heard of it once, and nobody else did; each stands in the channel once.
async fn have_won(w: &World, lottery: &OpenLottery, winners: &[u64]) {
    for (ticket, person) in (1..).zip(&lottery.people) {
        let times = usize::from(winners.contains(&ticket));
        assert_eq!(person.count(won(lottery)).await, times, "ticket {ticket} of {winners:?}");
        assert_eq!(lottery.posts_with(w, person.name()).await.len(), times, "ticket {ticket} of {winners:?}");
    }
}

#[tokio::test]
async fn whoever_left_before_the_list_was_closed_does_not_win() {
    let mut w = World::builder().idle().start().await;
    let at = Timestamp::from_micros(w.now() + 3_600_000_000);
    let plan = DrawPlan::among(5).winners(5, 0);
    let lottery = plan.with(|s| s.auto_draw = qura_domain::lottery::AutoDraw::At(at)).open(&w).await;
    let db = w.storage().await;
    let mut tx = db.begin().await.unwrap();
    let third = UserId::new(lottery.people[2].id());
    tx.participants().withdraw(lottery.id, third, Timestamp::from_micros(w.now())).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    drop(db);
    w.program_starts();
    w.settles().await;
    lottery.people[0].leaves(&lottery.channel).await;
    removes(&w, &lottery, &lottery.people[1]).await;
    w.settles().await;
    w.passes(Duration::from_secs(3_700)).await;
    w.is_announced(&lottery).await;
    let documents = w.documents(&lottery).await;
    let mut found = walk(&documents[0]);
    found.sort();
    let expected = [
        one(1, "left", "left"),
        one(2, "winner", "removed"),
        one(3, "void", "unchecked"),
        one(4, "winner", "inside"),
        one(5, "winner", "inside"),
    ];
    assert_eq!(found, expected);
    have_won(&w, &lottery, &[2, 4, 5]).await;
    w.ends().await;
}

#[tokio::test]
async fn the_next_in_the_order_wins_for_whoever_leaves_before_the_freeze() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(6).winners(2, 1).ordered(&w).await;
    w.dies_at("draw.closed");
    w.program_starts();
    w.program_ends_within(PATIENCE).await;
    let order = order(&w, &lottery, None).await;
    w.puts_the_draw_off().await;
    w.program_starts();
    lottery.owner(order[0]).leaves(&lottery.channel).await;
    removes(&w, &lottery, lottery.owner(order[1])).await;
    w.settles().await;
    w.passes(Duration::from_secs(3_700)).await;
    w.is_announced(&lottery).await;
    let documents = w.documents(&lottery).await;
    assert_eq!(documents.len(), 1);
    let expected = [
        one(order[0], "left", "left"),
        one(order[1], "winner", "removed"),
        one(order[2], "winner", "inside"),
        one(order[3], "reserve", "inside"),
    ];
    assert_eq!(walk(&documents[0]), expected);
    have_won(&w, &lottery, &order[1..3]).await;
    lottery.owner(order[0]).sees(Msg::DrawSkipped { code: lottery.code.clone() }).await;
    w.ends().await;
}

#[tokio::test]
async fn the_next_in_the_order_wins_for_whoever_leaves_while_the_beacon_is_awaited() {
    let (mut w, relay) = before_the_first_round_by(Duration::ZERO).await;
    let lottery = DrawPlan::among(6).by_beacon().winners(2, 1).ordered(&w).await;
    w.program_starts();
    is_frozen(&w, &lottery, 0).await;
    w.settles().await;
    w.program_stops().await;
    let order = order(&w, &lottery, Some(first_round())).await;
    lottery.owner(order[0]).leaves(&lottery.channel).await;
    removes(&w, &lottery, lottery.owner(order[1])).await;
    lottery.owner(order[2]).leaves(&lottery.channel).await;
    w.program_starts();
    relay.is_at(time_of(FIRST) + 1);
    w.passes(Duration::from_secs(122)).await;
    w.is_announced(&lottery).await;
    let documents = w.documents(&lottery).await;
    let expected = [
        one(order[0], "left", "left"),
        one(order[1], "winner", "removed"),
        one(order[2], "left", "left"),
        one(order[3], "winner", "inside"),
        one(order[4], "reserve", "inside"),
    ];
    assert_eq!(walk(&documents[0]), expected);
    have_won(&w, &lottery, &[order[1], order[3]]).await;
    let removed = Msg::DrawResultRemoved { count: 1 }.plain(Default::default());
    assert_eq!(lottery.posts_with(&w, &removed).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn of_those_who_go_between_draw_and_announcement_only_the_leaver_is_replaced() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(6).winners(2, 1).ordered(&w).await;
    w.is_drawn_but_not_told().await;
    let receipt = w.documents(&lottery).await.remove(0);
    let [first, second] = tickets(&receipt, "winners")[..] else { panic!("not two winners") };
    let [heir] = tickets(&receipt, "reserves")[..] else { panic!("not one reserve") };
    removes(&w, &lottery, lottery.owner(first)).await;
    lottery.owner(second).leaves(&lottery.channel).await;
    w.settles().await;
    w.passes(Duration::from_secs(3_700)).await;
    w.is_announced(&lottery).await;
    let documents = w.documents(&lottery).await;
    assert_eq!(documents.len(), 2);
    assert_eq!(walk(&documents[1]), [one(heir, "winner", "inside")]);
    have_won(&w, &lottery, &[first, heir]).await;
    w.ends().await;
}

async fn within_the_time(people: usize) -> (World, OpenLottery, u64) {
    let mut w = World::builder().idle().start().await;
    let plan = DrawPlan::among(people).winners(1, 1).with(|s| s.confirmation_hours = Some(24));
    let lottery = plan.ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    let winner = tickets(&w.documents(&lottery).await[0], "winners")[0];
    (w, lottery, winner)
}

async fn has_an_addendum(w: &World, lottery: &OpenLottery) -> String {
    w.comes_true("the addendum is there", async || w.documents(lottery).await.len() == 2).await;
    w.is_all_said().await;
    w.documents(lottery).await.remove(1)
}

#[tokio::test]
async fn when_winner_and_reserve_leave_within_the_time_the_next_behind_them_inherits_once() {
    let (mut w, lottery, winner) = within_the_time(4).await;
    let reserve = tickets(&w.documents(&lottery).await[0], "reserves")[0];
    for ticket in [winner, reserve] {
        lottery.owner(ticket).leaves(&lottery.channel).await;
    }
    w.settles().await;
    // Whoever was seen to leave need not have the time run out: the next look finds it.
    w.passes(Duration::from_secs(120)).await;
    let addendum = has_an_addendum(&w, &lottery).await;
    let value: Value = serde_json::from_str(&addendum).unwrap();
    assert_eq!((&value["replaced"], &value["reason"]), (&json!(winner), &json!("left")));
    let [passed, heir] = &walk(&addendum)[..] else { panic!("not two candidates: {addendum}") };
    assert_eq!(*passed, one(reserve, "left", "left"));
    assert_eq!((heir.1.as_str(), heir.2.as_str()), ("winner", "inside"));
    let (heir, lost) = (lottery.owner(heir.0), Msg::DrawLost { code: lottery.code.clone() });
    assert_eq!((heir.count(won(&lottery)).await, lottery.owner(winner).count(lost).await), (1, 1));
    let changed = lottery.posts_with(&w, "تغيّر أحد الفائزين").await;
    assert_eq!(changed.len(), 1);
    assert!(changed[0]["text"].as_str().unwrap().contains(heir.name()), "{changed:?}");
    w.ends().await;
}

#[tokio::test]
async fn when_nobody_is_left_to_inherit_the_place_stays_empty_and_it_is_said() {
    let (mut w, lottery, winner) = within_the_time(1).await;
    lottery.owner(winner).leaves(&lottery.channel).await;
    w.settles().await;
    w.passes(Duration::from_secs(120)).await;
    let addendum: Value = serde_json::from_str(&has_an_addendum(&w, &lottery).await).unwrap();
    assert!(addendum["heir"].is_null(), "{addendum}");
    let command = format!("qura verify receipt-{0}.json addendum-{0}-1.json", lottery.code);
    let page = w.page(&format!("/draws/{}", lottery.code)).await;
    assert!(page.contains(&command), "{page}");
    assert_eq!(lottery.posts_with(&w, "ولم يبقَ من يرث فوزه").await.len(), 1);
    let held: Vec<(i64,)> = w.database.rows("SELECT ticket FROM lottery_winners WHERE role = 'winner'").await;
    assert_eq!(held, []);
    w.ends().await;
}
