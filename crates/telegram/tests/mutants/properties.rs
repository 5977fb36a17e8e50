//! What must hold of a batch, whatever is in it.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use qura_ports::telegram::{Decoder, Event, RawUpdate, Route};
use qura_telegram::BotApiDecoder;

use super::json::Json;
use super::{person, place};

type Verdict = Result<(), TestCaseError>;

/// An update as Telegram sent it.
pub struct Sent {
    /// The number that it had before it was mutated.
    pub id: i64,
    pub text: Vec<u8>,
    /// It is strange, but JSON.
    pub is_json: bool,
    /// It has one number that can be used, or had before it was torn.
    pub numbered: bool,
    /// Nothing was done to it.
    pub innocent: bool,
}

/// Whether nobody can be in doubt which number an update has (`update_id`, below 2^40).
pub fn has_one_usable_number(update: &Json) -> bool {
    let Json::Object(fields) = update else { return false };
    let mut numbers = fields.iter().filter(|(name, _)| name == "\"update_id\"").map(|(_, value)| value);
    let (Some(Json::Token(text)), None) = (numbers.next(), numbers.next()) else { return false };
    text.parse::<i64>().is_ok_and(|id| (0..1 << 40).contains(&id))
}

/// The body of the answer.
pub fn answer(sent: &[Sent]) -> Vec<u8> {
    let texts: Vec<&[u8]> = sent.iter().map(|update| update.text.as_slice()).collect();
    [br#"{"ok":true,"result":["#, texts.join(&b',').as_slice(), b"]}"].concat()
}

/// An innocent is found as it is, whoever its neighbours are. While the answer is JSON, so is whatever
/// has a number. What is torn is kept under its number, so that it does not come again.
pub fn nobody_is_lost(sent: &[Sent], found: &[RawUpdate]) -> Verdict {
    let all_json = sent.iter().all(|update| update.is_json);
    for update in sent.iter().filter(|update| update.innocent || update.numbered && all_json) {
        let text = String::from_utf8_lossy(&update.text);
        prop_assert!(found.iter().any(|found| found.raw == text), "lost among {}: {text}", found.len());
        let route = found.iter().find(|found| found.raw == text).map(|found| found.route);
        prop_assert!(
            !update.innocent || BotApiDecoder.decode(&text).is_ok_and(|good| good.id.get() == update.id)
        );
        prop_assert!(!update.innocent || route.is_some());
    }
    for torn in sent.iter().filter(|update| update.numbered && !update.is_json) {
        let head = format!("{{\"update_id\":{},\"", torn.id);
        let kept = found.iter().any(|found| found.id.get() == torn.id);
        prop_assert!(kept || !torn.text.starts_with(head.as_bytes()), "torn and lost: {head}");
    }
    Ok(())
}

pub fn no_more_than_came(length: usize, found: &[RawUpdate]) -> Verdict {
    let kept: usize = found.iter().map(|update| update.raw.len()).sum();
    // A broken byte becomes a sign of three.
    prop_assert!(kept <= length + 300, "{kept} bytes of {length}");
    prop_assert!(found.is_sorted_by_key(|update| update.id), "out of order");
    Ok(())
}

/// What is read first and what is read later are the same, each time.
pub fn route_and_event_agree(update: &RawUpdate) -> Verdict {
    let decoded = BotApiDecoder.decode(&update.raw);
    prop_assert_eq!(&decoded, &BotApiDecoder.decode(&update.raw), "{}", update.raw);
    let incoming = match decoded {
        Ok(incoming) => incoming,
        Err(why) => {
            prop_assert!(why.0.len() < 500, "a reason of {} bytes", why.0.len());
            return Ok(());
        }
    };
    prop_assert_eq!(incoming.id, update.id, "{}", &update.raw);
    if let Some(route) = route_of(&incoming.event) {
        prop_assert_eq!(route, update.route, "{}", &update.raw);
    }
    formatting_is_sound(&incoming.event)
}

/// Whose an event is, from all that is known of it. `None` where only the route tells.
fn route_of(event: &Event) -> Option<Route> {
    Some(match event {
        Event::Message(message) | Event::ChannelPost(message) => place(message.chat.id),
        Event::OwnMembership(change) => place(change.chat.id),
        Event::Membership(change) => person(change.member.id.get()),
        Event::Callback(callback) => person(callback.from.id.get()),
        Event::InlineQuery(query) => person(query.from.id.get()),
        Event::Checkout(checkout) => return Some(Route::Urgent(checkout.from.id)),
        Event::JoinRequest(request) => person(request.from.id.get()),
        Event::Boosted(booster) => person(booster.id.get()),
        Event::Other(_) => return None,
    })
}

/// Telegram refuses formatting beyond a text, and Qura what begins or ends inside of a letter.
fn formatting_is_sound(event: &Event) -> Verdict {
    let (Event::Message(message) | Event::ChannelPost(message)) = event else { return Ok(()) };
    let text = message.text.text();
    let ends: Vec<u32> = std::iter::once(0)
        .chain(text.chars().scan(0, |at, letter| {
            *at += letter.len_utf16() as u32;
            Some(*at)
        }))
        .collect();
    for entity in message.text.entities() {
        let sound =
            entity.offset.checked_add(entity.length).is_some_and(|end| ends.binary_search(&end).is_ok());
        prop_assert!(sound && ends.binary_search(&entity.offset).is_ok(), "{entity:?} in {text:?}");
    }
    Ok(())
}
