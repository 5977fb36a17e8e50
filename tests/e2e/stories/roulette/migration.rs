//! A group becomes a supergroup while a lottery runs in it: all of it goes on there, and is told once.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::{Value, json};

use super::{JOIN, opens_the_card};
use crate::world::draw::{DrawPlan, tickets};
use crate::world::{Channel, ChannelPlan, Lottery, LotteryPlan, Person, World};

/// What Telegram says of the old number.
const UPGRADED: &str = "upgraded to a supergroup";

/// The lottery where it is now.
async fn moved(w: &World, lottery: &Lottery, group: &Channel) -> Lottery {
    let place = async || -> Vec<(i64, Option<i64>)> {
        w.database.rows("SELECT chat_id, message_id FROM lotteries").await
    };
    w.comes_true("it is published in the new group", async || place().await[0].1.is_some()).await;
    w.is_all_said().await;
    let (chat, post) = place().await[0];
    assert_eq!(chat, group.id);
    Lottery { chat, post: post.unwrap(), ..lottery.clone() }
}

async fn joins(person: &Person, lottery: &Lottery) {
    person.joins_lottery(lottery).await;
    person.sees_button("انسحاب").await;
}

/// What the bot said in a group.
async fn said_in(w: &World, group: &Channel, words: &str) -> Vec<Value> {
    let found = w.control.get(&format!("/chats/{}/messages?limit=1000", group.id)).await;
    let posts = found["messages"].as_array().unwrap().iter();
    posts.filter(|post| post["text"].as_str().unwrap_or_default().contains(words)).cloned().collect()
}

#[tokio::test]
async fn button_counter_and_draw_go_on_in_the_supergroup_and_it_is_told_once() {
    let mut w = World::open().await;
    w.expected.tolerated.push(UPGRADED);
    let group = w.channel(ChannelPlan::basic_group("مجموعة سارة")).await;
    group.appoints_the_bot().await;
    let sara = w.member("سارة").await;
    group.appoints(&sara).await;
    let plan = LotteryPlan::simple().with("winners", json!(5)).with("reserves", json!(0));
    let lottery = w.lottery(&sara, &group, plan).await;
    let mut people = Vec::new();
    for name in ["ليلى", "منى", "نورة"] {
        let person = super::subscriber(&w, &group, name).await;
        joins(&person, &lottery).await;
        people.push(person);
    }
    w.post_shows(&lottery, 3).await;
    // One goes, one is taken out: who acted is known by what was heard in the old group alone.
    people[1].leaves(&group).await;
    let removed = json!({"user": people[2].id(), "status": "left"});
    w.control.post(&format!("/chats/{}/members", group.id), removed).await;
    w.settles().await;
    sara.looks_away().await;
    let group = group.becomes_a_supergroup().await;
    sara.sees(Msg::LotteryMoved { code: lottery.code.clone() }).await;
    let lottery = moved(&w, &lottery, &group).await;
    w.post_shows(&lottery, 3).await;
    let events: Vec<(i64,)> = w.database.rows("SELECT DISTINCT chat_id FROM membership_events").await;
    assert_eq!(events, [(group.id,)]);
    // The old post is out of reach, the new one does all that it did.
    people[0].presses_post(&lottery, JOIN).await.alerts(Msg::JoinAlreadyAlert { ticket: 1 });
    let badr = super::subscriber(&w, &group, "بدر").await;
    joins(&badr, &lottery).await;
    w.post_shows(&lottery, 4).await;
    let press = badr.presses_post(&lottery, "عدد المشتركين").await;
    assert!(press.pressed["answer"]["text"].as_str().unwrap().contains(&lottery.commitment));
    // Told by others, too, it is no news.
    let group_again = json!({"message": {
        "message_id": 99_999, "date": w.now() / 1_000_000, "migrate_to_chat_id": group.id,
        "chat": {"id": -4_242, "type": "group", "title": "مجموعة سارة"},
        "from": {"id": sara.id(), "is_bot": false, "first_name": "سارة"},
    }});
    w.control.injects(group_again).await;
    opens_the_card(&sara, "الجارية").await;
    sara.presses("سحب الفائزين").await.is_quiet();
    sara.sees(Msg::ManageDrawConfirm { count: 4 }).await;
    sara.presses("تأكيد").await.is_quiet();
    w.comes_true("the draw is told", async || super::state_of(&w, &lottery).await.0 == "announced").await;
    w.is_all_said().await;
    let receipts: Vec<(String,)> = w.database.rows("SELECT content FROM draw_receipts").await;
    let mut winners = tickets(&receipts[0].0, "winners");
    winners.sort_unstable();
    assert_eq!(winners, [1, 3, 4], "who left wins nothing, who was taken out does");
    let results = said_in(&w, &group, "الفائزون في السحب").await;
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["reply_to"], lottery.post);
    assert_eq!(sara.count(Msg::LotteryMoved { code: lottery.code.clone() }).await, 1);
    assert_eq!(sara.count(Msg::LotteryPostLost { code: lottery.code.clone() }).await, 0);
    assert_eq!(said_in(&w, &group, "سحب").await.iter().filter(|post| post["id"] == lottery.post).count(), 1);
    w.ends().await;
}

#[tokio::test]
async fn a_group_that_moves_in_the_middle_of_its_draw_hears_the_result_in_the_new_one() {
    for point in ["draw.closed", "draw.told", "draw.drawn"] {
        let mut w = World::builder().idle().start().await;
        w.expected.tolerated.push(UPGRADED);
        let lottery = DrawPlan::among(4).in_a_group().winners(2, 1).ordered(&w).await;
        w.dies_at(point);
        w.program_starts();
        w.program_ends_within(crate::world::PATIENCE).await;
        let group = lottery.channel.becomes_a_supergroup().await;
        w.program_starts();
        w.passes(Duration::from_secs(200)).await;
        w.is_announced(&lottery).await;
        assert_eq!(w.documents(&lottery).await.len(), 1, "{point}");
        assert_eq!(said_in(&w, &group, "الفائزان في السحب").await.len(), 1, "{point}");
        let told = Msg::LotteryMoved { code: lottery.code.clone() };
        assert_eq!(lottery.organizer.count(told).await, 1, "{point}");
        w.ends().await;
    }
}
