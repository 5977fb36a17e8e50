//! Tells from Telegram's «no» what the caller can do about it.
//!
//! `parameters` decide first, then the code, then the text: texts are the least stable of the three.
//! They were collected from the sources of `telegram-bot-api` and TDLib.

use std::time::Duration;

use qura_domain::ids::ChatId;
use qura_ports::telegram::TelegramError;
use serde::Deserialize;

/// The beginning of the text of a refusal that changes nothing and hurts nobody.
pub const NOT_MODIFIED: &str = "message is not modified";

/// Longest wait that is believed. Also keeps sums of instants from overflowing.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// The wait after a 429 that names none.
const UNNAMED_WAIT: Duration = Duration::from_secs(1);

/// Texts in errors are cut here, in code points: they are for logs and operators.
const LONGEST_TEXT: usize = 300;

/// `ResponseParameters` of the Bot API.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Parameters {
    pub migrate_to_chat_id: Option<ChatId>,
    /// Seconds.
    pub retry_after: Option<i64>,
}

/// Sorts a refusal. `code` is `error_code`, or the HTTP status where the body has none.
pub fn sort(code: u16, description: &str, parameters: &Parameters) -> TelegramError {
    if let Some(chat) = parameters.migrate_to_chat_id {
        return TelegramError::Migrated(chat);
    }
    if let Some(secs) = parameters.retry_after {
        return TelegramError::Flooded(wait(secs));
    }
    let text = strip_prefix(description);
    match code {
        401 => TelegramError::Unauthorized,
        // A token that cannot be one is answered so; an unknown method has a longer text.
        404 if description.eq_ignore_ascii_case("not found") => TelegramError::Unauthorized,
        409 => TelegramError::Conflict(text),
        429 => TelegramError::Flooded(named_wait(&text)),
        500.. => TelegramError::Unavailable(format!("{code} {text}")),
        403 => by_text(text, TelegramError::NotAllowed),
        _ => by_text(text, TelegramError::Refused),
    }
}

/// A number of seconds from outside as a wait that can be reckoned with.
pub fn wait(secs: i64) -> Duration {
    Duration::from_secs(u64::try_from(secs).unwrap_or(0)).clamp(UNNAMED_WAIT, LONGEST_WAIT)
}

/// Reads `too Many Requests: retry after 5`.
fn named_wait(text: &str) -> Duration {
    let secs = text.rsplit("retry after ").next().and_then(|rest| rest.trim().parse().ok());
    secs.map_or(UNNAMED_WAIT, wait)
}

/// Drops `Bad Request: ` and its like, and what is too long.
fn strip_prefix(description: &str) -> String {
    let prefixes = ["Bad Request: ", "Forbidden: ", "Not Found: ", "Conflict: ", "Unauthorized: "];
    let text = prefixes.iter().find_map(|prefix| description.strip_prefix(prefix)).unwrap_or(description);
    text.chars().take(LONGEST_TEXT).collect()
}

fn by_text(text: String, otherwise: fn(String) -> TelegramError) -> TelegramError {
    let lower = text.to_lowercase();
    let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| lower.starts_with(beginning));
    if begins(UNREACHABLE) {
        TelegramError::Unreachable(text)
    } else if begins(CHAT_LOST) {
        TelegramError::ChatLost(text)
    } else if begins(MESSAGE_GONE) && lower.contains("not found") || begins(&["message_id_invalid"]) {
        TelegramError::MessageGone(text)
    } else if begins(QUERY_EXPIRED) {
        TelegramError::QueryExpired
    } else if begins(NOT_ALLOWED) {
        TelegramError::NotAllowed(text)
    } else {
        otherwise(text)
    }
}

const UNREACHABLE: &[&str] = &[
    "bot was blocked by the user",
    "user is deactivated",
    "bot can't initiate conversation with a user",
    "the bot can't send messages to the bot",
    "bot can't send messages to bots",
    "user_is_blocked",
    "input_user_deactivated",
];

const CHAT_LOST: &[&str] = &[
    "chat not found",
    "bot was kicked from",
    "bot is not a member of",
    "the group chat was deleted",
    "group chat was deactivated",
    "channel_private",
    "channel_invalid",
    "peer_id_invalid",
    // Normally with the new id in `parameters`, which was looked at first.
    "group chat was upgraded",
    "group chat was migrated",
];

/// Followed by «… not found», as in «message to edit not found».
const MESSAGE_GONE: &[&str] = &["message to ", "message with poll to stop"];

const QUERY_EXPIRED: &[&str] = &["query is too old", "query_id_invalid"];

const NOT_ALLOWED: &[&str] = &[
    "chat_admin_required",
    "member list is inaccessible",
    "not enough rights",
    "need administrator rights",
    "have no rights",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_send_",
    "chat admin required",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(code: u16, description: &str) -> TelegramError {
        sort(code, description, &Parameters::default())
    }

    #[test]
    fn parameters_decide_before_code_and_text() {
        let migrated = Parameters { migrate_to_chat_id: Some(ChatId::new(-1_005)), retry_after: None };
        let text = "Bad Request: group chat was upgraded to a supergroup chat";
        assert_eq!(sort(400, text, &migrated), TelegramError::Migrated(ChatId::new(-1_005)));
        let flooded = Parameters { migrate_to_chat_id: None, retry_after: Some(7) };
        assert_eq!(sort(400, "chat not found", &flooded), TelegramError::Flooded(Duration::from_secs(7)));
    }

    #[test]
    fn codes_decide_before_texts() {
        assert_eq!(plain(401, "Unauthorized"), TelegramError::Unauthorized);
        assert_eq!(plain(404, "Not Found"), TelegramError::Unauthorized);
        assert_eq!(
            plain(404, "Not Found: method not found"),
            TelegramError::Refused("method not found".into())
        );
        assert!(
            matches!(plain(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"), TelegramError::Conflict(text) if text.starts_with("terminated"))
        );
        let five = TelegramError::Flooded(Duration::from_secs(5));
        assert_eq!(plain(429, "Too Many Requests: retry after 5"), five);
        assert_eq!(plain(429, "Too Many Requests"), TelegramError::Flooded(UNNAMED_WAIT));
        assert!(matches!(plain(500, "Internal Server Error: restart"), TelegramError::Unavailable(_)));
        assert!(matches!(plain(502, "chat not found"), TelegramError::Unavailable(_)));
    }

    #[test]
    fn texts_are_sorted_by_their_beginning() {
        type Sorted = fn(&TelegramError) -> bool;
        let unreachable: Sorted = |error| matches!(error, TelegramError::Unreachable(_));
        let lost: Sorted = |error| matches!(error, TelegramError::ChatLost(_));
        let gone: Sorted = |error| matches!(error, TelegramError::MessageGone(_));
        let not_allowed: Sorted = |error| matches!(error, TelegramError::NotAllowed(_));
        let refused: Sorted = |error| matches!(error, TelegramError::Refused(_));
        for (code, description, expected) in [
            (403, "Forbidden: bot was blocked by the user", unreachable),
            (403, "Forbidden: user is deactivated", unreachable),
            (403, "Forbidden: bot can't initiate conversation with a user", unreachable),
            (403, "Forbidden: the bot can't send messages to the bot", unreachable),
            (403, "Forbidden: bot was kicked from the supergroup chat", lost),
            (403, "Forbidden: bot is not a member of the channel chat", lost),
            (403, "Forbidden: the group chat was deleted", lost),
            (403, "Forbidden: something new", not_allowed),
            (400, "Bad Request: chat not found", lost),
            (400, "Bad Request: member list is inaccessible", not_allowed),
            (400, "Bad Request: CHAT_ADMIN_REQUIRED", not_allowed),
            (400, "Bad Request: not enough rights to send text messages to the chat", not_allowed),
            (400, "Bad Request: message to edit not found", gone),
            (400, "Bad Request: message to delete not found", gone),
            (400, "Bad Request: message to be replied not found", gone),
            (400, "Bad Request: message with poll to stop not found", gone),
            (400, "Bad Request: message text is empty", refused),
            (400, "Bad Request: message can't be deleted", refused),
            (400, "Bad Request: chat_id is empty", refused),
            (400, "Bad Request: can't parse entities", refused),
            (413, "Request Entity Too Large", refused),
        ] {
            let error = plain(code, description);
            assert!(expected(&error), "{description} → {error:?}");
        }
        let late = "Bad Request: query is too old and response timeout expired or query ID is invalid";
        assert_eq!(plain(400, late), TelegramError::QueryExpired);
        assert!(
            matches!(plain(400, "Bad Request: message is not modified: specified new message content…"), TelegramError::Refused(text) if text.starts_with(NOT_MODIFIED))
        );
    }

    #[test]
    fn absurd_waits_and_texts_are_bounded() {
        assert_eq!(wait(i64::MIN), UNNAMED_WAIT);
        assert_eq!(wait(i64::MAX), LONGEST_WAIT);
        let TelegramError::Refused(text) = plain(400, &"ط".repeat(10_000)) else { panic!("another error") };
        assert_eq!(text.chars().count(), LONGEST_TEXT);
    }
}
