//! Who is in a lottery: those who asked to be, each with one ticket, as they were told.

use std::collections::{BTreeMap, HashMap};

use qura_i18n::Msg;
use serde_json::Value;

use super::{Evidence, Participant};
use crate::diary::{Deed, DeedKind, Told};
use crate::people::{left_with, told_by};

pub fn without_gap(evidence: &Evidence) -> Vec<String> {
    let mut tickets: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    evidence.participants.iter().for_each(|one| tickets.entry(one.lottery).or_default().push(one.ticket));
    let gaps =
        tickets.into_iter().filter(|(_, tickets)| !tickets.iter().copied().eq((1..).take(tickets.len())));
    gaps.map(|(lottery, tickets)| format!("lottery {lottery} has the tickets {tickets:?}")).collect()
}

/// Whoever was told that they are in has a row.
pub fn joins_kept(evidence: &Evidence) -> Vec<String> {
    let mut found = Vec::new();
    for diary in &evidence.diaries {
        let joined = diary.deeds.iter().filter(|deed| deed.told == Some(Told::Registered));
        let lost = joined.filter(|deed| participant(evidence, deed.lottery, diary.person).is_none());
        found.extend(lost.map(|deed| format!("{} joined {} and is not in it", diary.name, deed.code)));
    }
    found
}

/// In lotteries that are open, everyone is as they last asked to be. A condition that was lost on the way
/// decides otherwise, so those lotteries are left out.
pub fn last_act_counts(evidence: &Evidence) -> Vec<String> {
    let mut found = Vec::new();
    let conditional: Vec<i64> =
        evidence.ordered.iter().filter(|one| one.has_condition).map(|one| one.id).collect();
    let is_open = |id: i64| evidence.lottery(id).is_some_and(|row| row.state == "open");
    for diary in &evidence.diaries {
        let mut last: HashMap<i64, &Deed> = HashMap::new();
        for deed in &diary.deeds {
            last.insert(deed.lottery, deed);
        }
        for (lottery, deed) in last {
            if conditional.contains(&lottery) || !is_open(lottery) {
                continue;
            }
            let wanted = match deed.kind {
                DeedKind::Joins => "registered",
                DeedKind::Leaves => "withdrawn",
            };
            let state = participant(evidence, lottery, diary.person).map(|one| one.state.as_str());
            if state != Some(wanted) {
                let (name, code) = (&diary.name, &deed.code);
                found.push(format!("{name} wants to be {wanted} in {code} and is {state:?}"));
            }
        }
    }
    found
}

/// Whatever ticket somebody was told is the one that is theirs.
pub fn told_the_ticket(evidence: &Evidence) -> Vec<String> {
    let mut found = Vec::new();
    for (person, code, lottery) in pairs(evidence) {
        for (text, told) in tellings(evidence, person, code) {
            let Some(one) = participant(evidence, lottery, person) else {
                if told != Told::Refused {
                    found.push(format!("{person} is not in {code} and was told {told:?}"));
                }
                continue;
            };
            let is_theirs = match told {
                Told::Registered => {
                    let ticket = one.ticket;
                    let said = [Msg::JoinRegistered { ticket }, Msg::JoinAlready { ticket }];
                    said.iter().any(|msg| text.contains(&msg.plain(Default::default())))
                }
                Told::Left => left_with(text) == Some(one.ticket),
                Told::Asked | Told::Refused => true,
            };
            if !is_theirs {
                found.push(format!("{person} has ticket {} in {code} and was told «{text}»", one.ticket));
            }
        }
    }
    found
}

/// Everyone was told what they are now.
pub fn told_what_is_so(evidence: &Evidence) -> Vec<String> {
    let mut found = Vec::new();
    for (person, code, lottery) in pairs(evidence) {
        let Some(one) = participant(evidence, lottery, person) else { continue };
        let wanted = match one.state.as_str() {
            "registered" => Told::Registered,
            "withdrawn" => Told::Left,
            _ => continue,
        };
        if !tellings(evidence, person, code).iter().any(|(_, told)| *told == wanted) {
            found.push(format!("{person} is {} in {code} and was never told so", one.state));
        }
    }
    found
}

fn participant(evidence: &Evidence, lottery: i64, person: i64) -> Option<&Participant> {
    evidence.participants.iter().find(|one| one.lottery == lottery && one.person == person)
}

/// Everyone with every lottery.
fn pairs(evidence: &Evidence) -> impl Iterator<Item = (i64, &str, i64)> {
    let people = evidence.diaries.iter().map(|diary| diary.person);
    people.flat_map(|person| evidence.ordered.iter().map(move |one| (person, one.code.as_str(), one.id)))
}

/// What somebody was told of a lottery, in its order.
fn tellings<'a>(evidence: &'a Evidence, person: i64, code: &str) -> Vec<(&'a str, Told)> {
    let told = |call: &'a Value| {
        let params = &call["params"];
        let keyboard = &params["reply_markup"]["inline_keyboard"];
        let rows = keyboard.as_array().into_iter().flatten();
        let data = rows.flat_map(|row| row.as_array().into_iter().flatten());
        let data: Vec<&str> = data.filter_map(|button| button["callback_data"].as_str()).collect();
        let text = params["text"].as_str()?;
        // A screen that names no lottery tells nothing of this one.
        let names = data.iter().any(|data| data.ends_with(&format!(":{code}")));
        names.then(|| told_by(text, &data, code)).flatten().map(|told| (text, told))
    };
    evidence.said_in(person).filter_map(told).collect()
}
