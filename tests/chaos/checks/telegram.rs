//! What Telegram recorded: everyone answered, hardly anybody twice, nothing that it refuses.

use std::collections::HashSet;

use qura_i18n::Msg;
use serde_json::Value;

use super::Evidence;

/// Requests that are refused because of a fault, each with its reason.
const TOLERATED: &[(&str, &str, &str)] = &[
    ("answerCallbackQuery", "query is too old", "an outage took longer than Telegram keeps a press"),
    ("answerCallbackQuery", "query ID is invalid", "the same, much later"),
    ("getUpdates", "terminated by other getUpdates request", "two pollers for a moment"),
    ("editMessage", "message is not modified", "an edit that had got through was repeated"),
    ("deleteMessage", "message to delete not found", "a deletion that had got through was repeated"),
];

/// Each /start has its menu; another one only for a crash or an answer that was cut off.
pub fn starts_answered(evidence: &Evidence) -> Vec<String> {
    let mut found = Vec::new();
    for diary in &evidence.diaries {
        let menu = Msg::MenuTitle { name: diary.name.clone() }.plain(Default::default());
        let said = evidence.said_in(diary.person).filter(|call| call["method"] == "sendMessage");
        let menus = said.filter(|call| call["params"]["text"].as_str() == Some(&menu)).count();
        let most = diary.starts + evidence.repeats_allowed() + evidence.cuts_in(diary.person);
        if !(diary.starts..=most).contains(&menus) {
            found.push(format!("{} sent /start {} times, and has {menus} menus", diary.name, diary.starts));
        }
    }
    found
}

/// What is said to many, how often it came again, and how often it was to be said.
pub fn repeats(evidence: &Evidence) -> [(&'static str, usize, usize); 3] {
    let (mut starts, mut menus) = (0, 0);
    for diary in &evidence.diaries {
        let menu = Msg::MenuTitle { name: diary.name.clone() }.plain(Default::default());
        let said = evidence.said_in(diary.person).filter(|call| call["method"] == "sendMessage");
        menus += said.filter(|call| call["params"]["text"].as_str() == Some(&menu)).count();
        starts += diary.starts;
    }
    let words: Vec<String> = evidence
        .ordered
        .iter()
        .map(|one| Msg::DrawWon { code: one.code.clone() }.plain(Default::default()))
        .collect();
    let said = evidence.calls.iter().filter(|call| call["ok"] == true);
    let texts = said.filter_map(|call| call["params"]["text"].as_str());
    let wins = texts.filter(|text| words.iter().any(|won| text.contains(won))).count();
    let again = |said: usize, wanted: usize| said.saturating_sub(wanted);
    [
        ("menus", again(menus, starts), starts),
        ("wins", again(wins, evidence.winners.len()), evidence.winners.len()),
        ("posts", again(evidence.posts.len(), evidence.ordered.len()), evidence.ordered.len()),
    ]
}

/// Each crash explains one more of something; that most things are said twice, none does.
pub fn hardly_twice(evidence: &Evidence) -> Vec<String> {
    let many = |(_, again, wanted): &(&str, usize, usize)| *again > (wanted / 4).max(3);
    let found = repeats(evidence).into_iter().filter(many);
    found.map(|(what, again, wanted)| format!("of {wanted} {what}, {again} came again")).collect()
}

/// Every press is answered, or the answer came when Telegram had forgotten the press.
pub fn presses_answered(evidence: &Evidence) -> Vec<String> {
    let tried: HashSet<&str> = evidence
        .calls
        .iter()
        .filter(|call| call["method"] == "answerCallbackQuery")
        .filter(|call| call["ok"] == true || call["refused"] == true)
        .filter_map(|call| call["params"]["callback_query_id"].as_str())
        .collect();
    let mut found = Vec::new();
    for diary in &evidence.diaries {
        let silent = diary.presses.iter().filter(|press| !tried.contains(press.query.as_str()));
        found.extend(silent.map(|press| format!("{} pressed {} and heard nothing", diary.name, press.data)));
    }
    found
}

/// Nothing is asked of Telegram that it must refuse.
pub fn nothing_refused(evidence: &Evidence) -> Vec<String> {
    let said = |call: &Value, field: &str| call[field].as_str().unwrap_or_default().to_owned();
    let harmless = |call: &&Value| {
        let (method, why) = (said(call, "method"), said(call, "description"));
        TOLERATED.iter().any(|(known, words, _)| method.starts_with(known) && why.contains(words))
    };
    let refused = evidence.refusals.iter().filter(|call| !harmless(call));
    let mut found: Vec<String> = refused
        .map(|call| format!("{}: {}: {}", call["method"], call["description"], call["params"]))
        .collect();
    found.extend(evidence.own_faults.iter().map(|fault| format!("the simulator broke the schema: {fault}")));
    found
}

/// Words of the refusals that are tolerated.
pub fn tolerated() -> impl Iterator<Item = &'static str> {
    TOLERATED.iter().map(|(_, words, _)| *words)
}
