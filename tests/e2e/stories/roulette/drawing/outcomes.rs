//! Every way that a draw can come out is said plainly.

use std::time::Duration;

use qura_domain::lottery::AutoDraw;
use qura_domain::time::Timestamp;
use qura_i18n::Msg;
use serde_json::{Value, json};

use crate::world::draw::{DrawPlan, OpenLottery, tickets};
use crate::world::{TOKEN, World};

async fn drawn(plan: DrawPlan) -> (World, OpenLottery) {
    let mut w = World::builder().idle().start().await;
    let lottery = plan.ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    (w, lottery)
}

#[tokio::test]
async fn winners_hear_of_it_once_and_the_result_answers_the_post() {
    let (w, lottery) = drawn(DrawPlan::among(6).winners(2, 2)).await;
    let [receipt] = &w.documents(&lottery).await[..] else { panic!("not one receipt") };
    let won = Msg::DrawWon { code: lottery.code.clone() };
    let winners = tickets(receipt, "winners");
    assert_eq!((winners.len(), tickets(receipt, "reserves").len()), (2, 2));
    for (ticket, person) in (1..).zip(&lottery.people) {
        assert_eq!(person.count(won.clone()).await, usize::from(winners.contains(&ticket)), "{ticket}");
    }
    let [result] = &lottery.posts_with(&w, "الفائزان في السحب").await[..] else {
        panic!("not one result")
    };
    assert_eq!(result["reply_to"], lottery.post, "{result}");
    for ticket in winners {
        assert!(result["text"].as_str().unwrap().contains(lottery.owner(ticket).name()));
    }
    w.ends().await;
}

#[tokio::test]
async fn a_lottery_that_nobody_joined_says_so() {
    let (w, lottery) = drawn(DrawPlan::among(0)).await;
    assert_eq!(lottery.posts_with(&w, "لم يشترك فيه أحد").await.len(), 1);
    lottery.organizer.sees_button("فتح السحب من جديد").await;
    w.ends().await;
}

#[tokio::test]
async fn fewer_than_winners_all_win_and_it_is_said() {
    let (w, lottery) = drawn(DrawPlan::among(2).winners(3, 1)).await;
    let fewer = Msg::DrawResultFewer { found: 2, wanted: 3 }.plain(Default::default());
    assert_eq!(lottery.posts_with(&w, &fewer).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn whoever_left_before_the_draw_wins_nothing_and_whoever_was_removed_does() {
    let mut w = World::builder().idle().start().await;
    let at = Timestamp::from_micros(w.now() + 3_600_000_000);
    let plan = DrawPlan::among(4).winners(4, 0).with(|s| s.auto_draw = AutoDraw::At(at));
    let lottery = plan.open(&w).await;
    w.program_starts();
    w.settles().await;
    lottery.people[0].leaves(&lottery.channel).await;
    let body = json!({"user": lottery.people[1].id(), "status": "left"});
    w.control.post(&format!("/chats/{}/members", lottery.channel.id), body).await;
    let body = json!({"user": lottery.people[2].id(), "status": "kicked"});
    w.control.post(&format!("/chats/{}/members", lottery.channel.id), body).await;
    w.settles().await;
    w.passes(Duration::from_secs(3_700)).await;
    w.is_announced(&lottery).await;
    let value: Value = serde_json::from_str(&w.documents(&lottery).await[0]).unwrap();
    let status = |ticket: u64| {
        let walk = value["walk"].as_array().unwrap().iter();
        let one = walk.clone().find(|one| one["ticket"] == ticket).unwrap();
        (one["outcome"].as_str().unwrap().to_owned(), one["status"].as_str().unwrap().to_owned())
    };
    assert_eq!(status(1), ("left".into(), "left".into()));
    assert_eq!(status(2), ("winner".into(), "removed".into()));
    assert_eq!(status(3), ("winner".into(), "removed".into()));
    assert_eq!(status(4), ("winner".into(), "inside".into()));
    lottery.people[0].sees(Msg::DrawSkipped { code: lottery.code.clone() }).await;
    let removed = Msg::DrawResultRemoved { count: 2 }.plain(Default::default());
    assert_eq!(lottery.posts_with(&w, &removed).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn when_all_left_nobody_wins_and_it_is_said() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(3).ordered(&w).await;
    for person in &lottery.people {
        person.leaves(&lottery.channel).await;
    }
    w.program_starts();
    w.is_announced(&lottery).await;
    let nobody = Msg::DrawResultAllLeft.plain(Default::default());
    assert_eq!(lottery.posts_with(&w, &nobody).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn whoever_leaves_between_draw_and_announcement_is_replaced_before_anybody_hears() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(4).winners(1, 2).ordered(&w).await;
    w.is_drawn_but_not_told().await;
    let receipt = w.documents(&lottery).await.remove(0);
    let winner = lottery.owner(tickets(&receipt, "winners")[0]);
    let [gone, heir] = [0, 1].map(|place| lottery.owner(tickets(&receipt, "reserves")[place]));
    winner.leaves(&lottery.channel).await;
    gone.leaves(&lottery.channel).await;
    let body = json!({"user": heir.id(), "status": "left"});
    w.control.post(&format!("/chats/{}/members", lottery.channel.id), body).await;
    w.settles().await;
    w.passes(Duration::from_secs(7_200)).await;
    w.is_announced(&lottery).await;
    assert_eq!(w.documents(&lottery).await.len(), 2);
    let won = Msg::DrawWon { code: lottery.code.clone() };
    assert_eq!((winner.count(won.clone()).await, heir.count(won).await), (0, 1));
    assert_eq!(lottery.posts_with(&w, heir.name()).await.len(), 1);
    assert!(lottery.posts_with(&w, winner.name()).await.is_empty());
    for person in [winner, gone] {
        assert_eq!(person.count(Msg::DrawSkipped { code: lottery.code.clone() }).await, 1);
    }
    let removed = Msg::DrawResultRemoved { count: 1 }.plain(Default::default());
    assert_eq!(lottery.posts_with(&w, &removed).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn a_winner_who_blocked_the_bot_still_stands_in_the_result() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(1).ordered(&w).await;
    lottery.people[0].blocks_the_bot().await;
    w.expects_refusal("sendMessage", "blocked");
    w.program_starts();
    w.is_announced(&lottery).await;
    assert_eq!(lottery.posts_with(&w, lottery.people[0].name()).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn a_long_list_takes_several_messages_and_names_everyone_once() {
    let (w, lottery) = drawn(DrawPlan::among(60).winners(60, 0)).await;
    let posts = lottery.posts_with(&w, "الفائزون في السحب").await;
    assert_eq!(posts.len(), 3);
    let texts: Vec<String> = posts.iter().map(|post| post["text"].as_str().unwrap().to_owned()).collect();
    let has_digest: Vec<bool> = texts.iter().map(|text| text.contains("بصمة الإيصال")).collect();
    assert_eq!(has_digest, [false, false, true]);
    names_all_in_order(&w, &lottery, &texts.concat()).await;
    let head = Msg::DrawOrganizer { code: lottery.code.clone(), count: 60 }.plain(Default::default());
    let chat = lottery.organizer.chat().await;
    let lists: Vec<_> = chat.iter().filter(|screen| screen.text.contains(&head)).collect();
    assert_eq!(lists.len(), 3);
    let texts: String = lists.iter().map(|screen| &*screen.text).collect();
    names_all_in_order(&w, &lottery, &texts).await;
    w.ends().await;
}

/// Every winner stands in a text once, behind the one before.
async fn names_all_in_order(w: &World, lottery: &OpenLottery, text: &str) {
    let receipt = w.documents(lottery).await.remove(0);
    let mut behind = 0;
    for ticket in tickets(&receipt, "winners") {
        let name = lottery.owner(ticket).name().to_owned();
        let name = Msg::DrawResultLine { place: 0, link: String::new(), name }.plain(Default::default());
        let name = name.split_once(". ").unwrap().1;
        assert_eq!(text.matches(name).count(), 1, "{name}");
        let at = text.find(name).unwrap();
        assert!(at >= behind, "{name} stands too early: {text}");
        behind = at;
    }
}

#[tokio::test]
async fn a_result_is_posted_also_when_the_post_is_gone() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(2).ordered(&w).await;
    w.control
        .as_the_bot(
            TOKEN,
            "deleteMessage",
            json!({"chat_id": lottery.channel.id, "message_id": lottery.post}),
        )
        .await;
    w.expected.tolerated.push("message to edit not found");
    w.program_starts();
    w.is_announced(&lottery).await;
    assert_eq!(lottery.posts_with(&w, "الفائز في السحب").await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn a_channel_that_was_lost_before_the_announcement_is_told_once_and_gets_the_result_when_it_is_back() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(30).winners(30, 0).ordered(&w).await;
    w.dies_at("draw.drawn");
    w.program_starts();
    w.program_ends_within(crate::world::PATIENCE).await;
    lottery.channel.removes_the_bot().await;
    w.expected.tolerated.extend(["kicked", "not a member", "member list is inaccessible", "not found"]);
    w.program_starts();
    w.comes_true("the draw is told", async || w.state_of(&lottery).await == "announced").await;
    let unposted = Msg::DrawUnposted { code: lottery.code.clone() };
    lottery.organizer.sees(unposted.clone()).await;
    let receipt = w.documents(&lottery).await.remove(0);
    let winner = lottery.owner(tickets(&receipt, "winners")[0]);
    winner.sees(Msg::DrawWon { code: lottery.code.clone() }).await;
    for _ in 0..3 {
        w.passes(Duration::from_secs(700)).await;
        w.settles().await;
    }
    assert_eq!(lottery.organizer.count(unposted.clone()).await, 1);
    assert!(lottery.posts_with(&w, "الفائزون في السحب").await.is_empty());

    lottery.channel.appoints_the_bot().await;
    w.passes(Duration::from_secs(700)).await;
    w.is_all_said().await;
    assert_eq!(lottery.posts_with(&w, "الفائزون في السحب").await.len(), 2);
    assert_eq!(lottery.organizer.count(unposted).await, 1);
    w.ends().await;
}

#[tokio::test]
async fn a_draw_by_the_clock_begins_by_itself() {
    let mut w = World::builder().idle().start().await;
    let at = Timestamp::from_micros(w.now() + 3_600_000_000);
    let plan = DrawPlan::among(3).with(|s| s.auto_draw = AutoDraw::At(at));
    let lottery = plan.open(&w).await;
    w.program_starts();
    w.settles().await;
    assert_eq!(w.state_of(&lottery).await, "open");
    w.passes(Duration::from_secs(3_700)).await;
    w.is_announced(&lottery).await;
    assert_eq!(w.documents(&lottery).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn a_draw_with_too_few_winners_is_opened_again_and_takes_its_participants_along() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(4).winners(2, 0).ordered(&w).await;
    for person in &lottery.people[1..] {
        person.leaves(&lottery.channel).await;
    }
    w.program_starts();
    w.is_announced(&lottery).await;
    let receipt = w.documents(&lottery).await.remove(0);
    assert_eq!(tickets(&receipt, "winners"), [1]);
    let organizer = &lottery.organizer;
    let list = organizer.sees_button("فتح السحب من جديد").await;
    organizer.presses_on(&list, "فتح السحب من جديد").await;
    organizer.sees(Msg::DrawReopenConfirm).await;
    organizer.presses("تأكيد").await;
    let rows = "SELECT id, state, CAST(settings AS TEXT) FROM lotteries WHERE reopens_id = 4242";
    w.comes_true("the new one is open", async || {
        w.database.rows::<(i64, String, String)>(rows).await.iter().any(|(_, state, _)| state == "open")
    })
    .await;
    w.is_all_said().await;
    let (new, _, settings) = w.database.rows::<(i64, String, String)>(rows).await.remove(0);
    assert_eq!(serde_json::from_str::<Value>(&settings).unwrap()["winners"], 1);
    assert_eq!(w.state_of(&lottery).await, "reopened");
    let all: Vec<(i64, i64, i64)> = w
        .database
        .rows("SELECT lottery_id, ticket, user_id FROM lottery_participants ORDER BY lottery_id, ticket")
        .await;
    let carried: Vec<_> = all.iter().filter(|(id, ..)| *id == new).map(|(_, t, user)| (*t, *user)).collect();
    // Tickets have no gap: that of the winner is void.
    let people: Vec<_> = (1..).zip(lottery.people.iter().map(|person| person.id())).collect();
    assert_eq!(carried, people);
    // The chat reads of it once the new post is there.
    let [told] = &lottery.posts_with(&w, "فُتح السحب من جديد").await[..] else {
        panic!("not told once")
    };
    let post = "SELECT message_id FROM lotteries WHERE reopens_id = 4242";
    let [(post,)] = w.database.rows::<(i64,)>(post).await[..] else { panic!("not one successor") };
    assert!(told["id"].as_i64().unwrap() > post, "{told}");
    let audit = w.database.audit().await;
    let entry = audit.iter().find(|row| row.action == "lottery.reopen").unwrap();
    assert_eq!(entry.actor_id, Some(organizer.id()));
    w.ends().await;
}
