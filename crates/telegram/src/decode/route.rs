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
    let Some(hints) = lenient::<Hints<'_>>(body) else { return Route::Unknown };
    let found = match kind {
        // With `from` alone, an answer in a group would overtake what was said before it.
        "message" | "edited_message" | "channel_post" | "edited_channel_post" | "my_chat_member" => {
            hints.place()
        }
        "chat_member" => hints.member().map(Route::Person),
        "pre_checkout_query" => hints.from().map(Route::Urgent),
        "chat_boost" | "removed_chat_boost" => hints.booster().map(Route::Person).or_else(|| hints.place()),
        _ => hints.from().map(Route::Person).or_else(|| hints.place()),
    };
    found.unwrap_or(Route::Unknown)
}

/// Where the names of people and chats stand in the kinds of updates, unread until asked for.
#[derive(Deserialize)]
struct Hints<'a> {
    #[serde(borrow)]
    chat: Option<&'a RawValue>,
    #[serde(borrow)]
    from: Option<&'a RawValue>,
    /// In `poll_answer` and `message_reaction`.
    #[serde(borrow)]
    user: Option<&'a RawValue>,
    #[serde(borrow)]
    new_chat_member: Option<&'a RawValue>,
    /// In `chat_boost`.
    #[serde(borrow)]
    boost: Option<&'a RawValue>,
    /// In `removed_chat_boost`.
    #[serde(borrow)]
    source: Option<&'a RawValue>,
}

impl Hints<'_> {
    /// The person in a private chat, else the chat.
    fn place(&self) -> Option<Route> {
        let Identified { id } = lenient(self.chat?)?;
        let chat = ChatId::new(id);
        Some(chat.person().map_or(Route::Chat(chat), Route::Person))
    }

    fn from(&self) -> Option<UserId> {
        person(self.from.or(self.user)?)
    }

    /// The affected person, who is not always the one who acted.
    fn member(&self) -> Option<UserId> {
        let Owned { user } = lenient(self.new_chat_member?)?;
        person(user)
    }

    fn booster(&self) -> Option<UserId> {
        let source = match self.boost {
            Some(boost) => lenient::<Boost<'_>>(boost)?.source,
            None => self.source?,
        };
        let Owned { user } = lenient(source)?;
        person(user)
    }
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

#[derive(Deserialize)]
struct Boost<'a> {
    #[serde(borrow)]
    source: &'a RawValue,
}

fn person(raw: &RawValue) -> Option<UserId> {
    lenient::<Identified>(raw).map(|Identified { id }| UserId::new(id))
}

fn lenient<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Option<T> {
    serde_json::from_str(raw.get()).ok()
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
