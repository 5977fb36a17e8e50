//! Lotteries: published once, counted truly, drawn once, their winners told.

use std::collections::HashMap;

use qura_i18n::Msg;

use super::{Evidence, LotteryRow};
use crate::lotteries::Ordered;
use crate::world::{Screen, World};

/// Every lottery as it is, with what its post shows.
pub async fn rows(w: &World, ordered: &[Ordered]) -> Vec<LotteryRow> {
    let sql = "SELECT id, state, message_id, tickets, participants
               FROM lotteries JOIN lottery_counters ON lottery_id = id ORDER BY id";
    let found: Vec<(i64, String, Option<i64>, i64, i64)> = w.database.rows(sql).await;
    let mut rows = Vec::new();
    for (id, state, post, tickets, participants) in found {
        let chat = ordered.iter().find(|one| one.id == id).map(|one| one.chat);
        let mut labels = Vec::new();
        if let (Some(chat), Some(post)) = (chat, post) {
            let view = w.control.get(&format!("/chats/{chat}/messages/{post}")).await;
            labels = Screen::of(&view).labels().into_iter().map(str::to_owned).collect();
        }
        rows.push(LotteryRow { id, state, post, tickets, participants, labels });
    }
    rows
}

/// The posts with a button to join that were sent and not deleted: code and number.
pub async fn posts(w: &World, ordered: &[Ordered]) -> Vec<(String, i64)> {
    let mut posts = Vec::new();
    let mut chats: Vec<i64> = ordered.iter().map(|one| one.chat).collect();
    chats.sort_unstable();
    chats.dedup();
    for call in w.control.calls("sendMessage").await {
        let chat = call["chat"].as_i64().unwrap_or_default();
        if call["ok"] != true || !chats.contains(&chat) {
            continue;
        }
        let markup = call["params"]["reply_markup"].to_string();
        let code = ordered.iter().find(|one| markup.contains(&format!("post:join:{}", one.code)));
        posts.extend(code.map(|one| (one.code.clone(), call["id"].as_i64().unwrap())));
    }
    posts
}

/// The counter is the number of rows, and the post shows it.
pub fn counters_true(evidence: &Evidence) -> Vec<String> {
    let mut found = Vec::new();
    for row in &evidence.lotteries {
        let of_it = evidence.participants.iter().filter(|one| one.lottery == row.id);
        let tickets = i64::try_from(of_it.clone().count()).unwrap();
        let registered = i64::try_from(of_it.filter(|one| one.state == "registered").count()).unwrap();
        if (row.tickets, row.participants) != (tickets, registered) {
            let counted = format!("counts {} tickets and {} participants", row.tickets, row.participants);
            found.push(format!("lottery {} {counted}, and has {tickets} and {registered}", row.id));
        }
        let label = Msg::PostCount { count: registered }.plain(Default::default());
        if row.state == "open" && !row.labels.iter().any(|shown| shown.contains(&label)) {
            found.push(format!("the post of lottery {} shows {:?} and not «{label}»", row.id, row.labels));
        }
    }
    found
}

/// One publication in the books, one valid post; another one only where a crash or a lost answer explains it
/// (decision 0014).
pub fn published_once(evidence: &Evidence) -> Vec<String> {
    let mut found = Vec::new();
    for one in &evidence.ordered {
        let times = evidence.published.get(&one.code).copied().unwrap_or(0);
        if times != 1 {
            found.push(format!("{} was published {times} times by the books", one.code));
        }
        let post = evidence.lottery(one.id).and_then(|row| row.post);
        let sent = evidence.posts.iter().filter(|(code, _)| *code == one.code).count();
        let allowed = 1 + evidence.repeats_allowed() + evidence.cuts_in(one.chat);
        if post.is_none() || sent == 0 || sent > allowed {
            found.push(format!("{} has the post {post:?}, and {sent} were sent", one.code));
        }
    }
    found
}

/// One receipt a draw, none without.
pub fn drawn_once(evidence: &Evidence) -> Vec<String> {
    let mut found = Vec::new();
    for one in &evidence.ordered {
        let receipts = evidence.documents.iter().filter(|document| **document == (one.id, 0)).count();
        if receipts != usize::from(one.is_drawn_by_time) {
            found.push(format!("{} has {receipts} receipts", one.code));
        }
        let registered = evidence.participants.iter();
        let registered = registered.filter(|p| p.lottery == one.id && p.state == "registered").count();
        let winners = evidence.winners.iter().filter(|(lottery, _)| *lottery == one.id).count();
        // Whoever has left the condition by then does not win.
        let most = registered.min(usize::try_from(one.winners).unwrap());
        let fits = if one.has_condition { winners <= most } else { winners == most };
        if one.is_drawn_by_time && !fits {
            found.push(format!("{} has {winners} winners among {registered}", one.code));
        }
    }
    found
}

/// Every winner hears of it, and nobody else; the chat hears the result.
pub fn winners_told(evidence: &Evidence) -> Vec<String> {
    let mut found = Vec::new();
    for one in evidence.ordered.iter().filter(|one| one.is_drawn_by_time) {
        let won = Msg::DrawWon { code: one.code.clone() }.plain(Default::default());
        let mut told: HashMap<i64, usize> = HashMap::new();
        for call in evidence.calls.iter().filter(|call| call["ok"] == true) {
            if call["params"]["text"].as_str().is_some_and(|text| text.contains(&won)) {
                *told.entry(call["chat"].as_i64().unwrap()).or_default() += 1;
            }
        }
        for (_, winner) in evidence.winners.iter().filter(|(lottery, _)| *lottery == one.id) {
            let times = told.remove(winner).unwrap_or(0);
            let allowed = 1 + evidence.repeats_allowed() + evidence.cuts_in(*winner);
            if times == 0 || times > allowed {
                found.push(format!("{winner} won {} and was told {times} times", one.code));
            }
        }
        // One who left at the last moment may have heard before.
        let replaced = evidence.documents.iter().any(|(lottery, number)| *lottery == one.id && *number > 0);
        if !replaced {
            found.extend(told.keys().map(|person| format!("{person} was told of winning {}", one.code)));
        }
        let post = evidence.lottery(one.id).and_then(|row| row.post);
        let results = evidence.said_in(one.chat).filter(|call| {
            call["method"] == "sendMessage"
                && post.is_some_and(|post| call["params"]["reply_parameters"]["message_id"] == post)
        });
        if results.count() == 0 {
            found.push(format!("the chat never heard the result of {}", one.code));
        }
    }
    found
}
