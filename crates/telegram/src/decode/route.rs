//! Tells whose an update is, reading as little of it as possible and forgiving everything.

use qura_domain::ids::{ChatId, UserId};
use qura_ports::telegram::Route;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::frame::Frame;

/// Who must not be overtaken. What cannot be read is [`Route::Unknown`], never an error: the update
/// is stored either way.
pub fn route(frame: &Frame<'_>) -> Route {
    let Some((kind, body)) = frame.body() else { return Route::Unknown };
    let found = match kind {
        // With `from` alone, an answer in a group would overtake what was said before it.
        "message" | "edited_message" | "channel_post" | "edited_channel_post" | "my_chat_member" => {
            place(body)
        }
        "chat_member" => member(body).map(Route::Person),
        "pre_checkout_query" => sender(body).map(Route::Urgent),
        "chat_boost" | "removed_chat_boost" => booster(body).map(Route::Person).or_else(|| place(body)),
        _ => sender(body).or_else(|| voter(body)).map(Route::Person).or_else(|| place(body)),
    };
    found.unwrap_or(Route::Unknown)
}

/// The person in a private chat, else the chat.
fn place(body: &RawValue) -> Option<Route> {
    let Placed { chat } = lenient(body)?;
    let Identified { id } = lenient(chat)?;
    let chat = ChatId::new(id);
    Some(chat.person().map_or(Route::Chat(chat), Route::Person))
}

fn sender(body: &RawValue) -> Option<UserId> {
    let Sent { from } = lenient(body)?;
    person(from)
}

/// Whoever acts in `poll_answer` and `message_reaction`.
fn voter(body: &RawValue) -> Option<UserId> {
    let Owned { user } = lenient(body)?;
    person(user)
}

/// The affected person, who is not always the one who acted.
fn member(body: &RawValue) -> Option<UserId> {
    let Changed { new_chat_member } = lenient(body)?;
    let Owned { user } = lenient(new_chat_member)?;
    person(user)
}

fn booster(body: &RawValue) -> Option<UserId> {
    let boost = lenient(body).map_or(body, |Boosted { boost }| boost);
    let Sourced { source } = lenient(boost)?;
    let Owned { user } = lenient(source)?;
    person(user)
}

// One field each: what is wrong with another, such as its coming twice, is then of no account.

#[derive(Deserialize)]
struct Placed<'a> {
    #[serde(borrow)]
    chat: &'a RawValue,
}

#[derive(Deserialize)]
struct Sent<'a> {
    #[serde(borrow)]
    from: &'a RawValue,
}

#[derive(Deserialize)]
struct Changed<'a> {
    #[serde(borrow)]
    new_chat_member: &'a RawValue,
}

/// `chat_boost`; `removed_chat_boost` has the source itself.
#[derive(Deserialize)]
struct Boosted<'a> {
    #[serde(borrow)]
    boost: &'a RawValue,
}

#[derive(Deserialize)]
struct Sourced<'a> {
    #[serde(borrow)]
    source: &'a RawValue,
}

#[derive(Deserialize)]
struct Identified {
    id: i64,
}

#[derive(Deserialize)]
struct Owned<'a> {
    #[serde(borrow)]
    user: &'a RawValue,
}

fn person(raw: &RawValue) -> Option<UserId> {
    let Identified { id } = lenient(raw)?;
    // As of a private chat: other numbers are groups'.
    ChatId::new(id).person()
}

/// Reads an object. A list could be taken for one, its items for the fields in their order.
fn lenient<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Option<T> {
    let text = raw.get();
    text.starts_with('{').then(|| serde_json::from_str(text).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(content: &str) -> Route {
        let raw = format!(r#"{{"update_id":1,{content}}}"#);
        route(&Frame::read(&raw).unwrap())
    }

    fn person(id: i64) -> Route {
        Route::Person(UserId::new(id))
    }

    fn chat(id: i64) -> Route {
        Route::Chat(ChatId::new(id))
    }

    #[test]
    fn private_chats_and_what_a_person_does_go_to_the_person() {
        for content in [
            r#""message":{"chat":{"id":7,"type":"private"},"from":{"id":7}}"#,
            r#""edited_message":{"chat":{"id":7},"from":{"id":7}}"#,
            r#""my_chat_member":{"chat":{"id":7},"from":{"id":7}}"#,
            r#""callback_query":{"from":{"id":7},"message":{"chat":{"id":-100}}}"#,
            r#""inline_query":{"from":{"id":7}}"#,
            r#""chosen_inline_result":{"from":{"id":7}}"#,
            r#""chat_join_request":{"chat":{"id":-100},"from":{"id":7}}"#,
            r#""chat_member":{"chat":{"id":-100},"from":{"id":8},"new_chat_member":{"user":{"id":7}}}"#,
            r#""poll_answer":{"poll_id":"1","user":{"id":7}}"#,
            r#""purchased_paid_media":{"from":{"id":7}}"#,
            r#""chat_boost":{"chat":{"id":-100},"boost":{"source":{"user":{"id":7}}}}"#,
            r#""removed_chat_boost":{"chat":{"id":-100},"source":{"user":{"id":7}}}"#,
            r#""kind_of_the_future":{"from":{"id":7}}"#,
            r#""kind_of_the_future":{"from":null,"user":{"id":7}}"#,
            r#""message":{"chat":{"id":7},"user":1,"user":2}"#,
            r#""callback_query":{"from":{"id":7},"chat":1,"chat":2}"#,
        ] {
            assert_eq!(of(content), person(7), "{content}");
        }
    }

    #[test]
    fn groups_and_channels_go_to_the_chat() {
        for content in [
            r#""message":{"chat":{"id":-100},"from":{"id":7}}"#,
            r#""edited_message":{"chat":{"id":-100},"from":{"id":7}}"#,
            r#""channel_post":{"chat":{"id":-100}}"#,
            r#""my_chat_member":{"chat":{"id":-100},"from":{"id":7}}"#,
            r#""chat_boost":{"chat":{"id":-100},"boost":{"source":{"source":"giveaway"}}}"#,
            r#""message_reaction_count":{"chat":{"id":-100}}"#,
        ] {
            assert_eq!(of(content), chat(-100), "{content}");
        }
    }

    #[test]
    fn a_payment_check_is_urgent() {
        assert_eq!(of(r#""pre_checkout_query":{"id":"1","from":{"id":7}}"#), Route::Urgent(UserId::new(7)));
    }

    #[test]
    fn absurd_content_is_nobodys() {
        let deep = format!(r#""message":{{"chat":{}1{}}}"#, "[".repeat(50_000), "]".repeat(50_000));
        for content in [
            r#""message":null"#,
            r#""message":7"#,
            r#""message":{}"#,
            r#""message":{"chat":{"id":"7"},"from":{"id":7}}"#,
            r#""message":{"chat":{"id":1e30}}"#,
            r#""message":{"chat":{"id":9223372036854775808}}"#,
            r#""message":{"chat":{"id":7},"chat":{"id":8}}"#,
            r#""callback_query":{"from":{"id":-7}}"#,
            r#""message":{"chat":[7]}"#,
            r#""message":[{"id":7}]"#,
            r#""chat_member":{"from":{"id":7},"new_chat_member":[]}"#,
            r#""chat_member":{"from":{"id":7}}"#,
            r#""poll":{"id":"1"}"#,
            r#""pre_checkout_query":{"from":["7"]}"#,
            deep.as_str(),
        ] {
            assert_eq!(of(content), Route::Unknown, "{}", &content[..content.len().min(80)]);
        }
    }
}
