//! Reads what the Bot API answers: a result, a refusal, or nothing that can be read.

use std::time::Duration;

use qura_ports::telegram::TelegramError;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::refusal::{self, Parameters};
use crate::complaint::complaint;

/// Why a call did not succeed, as far as it matters for calling again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallFailure {
    /// No connection came about: nothing can have happened.
    NotSent(String),
    /// 5xx, a broken connection or no answer: it may have happened or not.
    Lost(String),
    /// Telegram answered, and this is what it said.
    Answered(TelegramError),
}

impl From<CallFailure> for TelegramError {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure::NotSent(why) | CallFailure::Lost(why) => Self::Unavailable(why),
            CallFailure::Answered(error) => error,
        }
    }
}

impl CallFailure {
    fn answered(error: TelegramError) -> Self {
        match error {
            TelegramError::Unavailable(why) => Self::Lost(why),
            other => Self::Answered(other),
        }
    }
}

/// The frame of every answer. Reads the result in the same pass, into no more than the caller needs.
#[derive(Deserialize)]
struct Frame<R> {
    ok: bool,
    result: Option<R>,
    error_code: Option<u16>,
    description: Option<String>,
    parameters: Option<Parameters>,
}

/// Reads the body of an answer. `retry_after` is the header of this name, in seconds, for a 429 of a
/// proxy that has no JSON.
pub fn read<R: DeserializeOwned>(
    status: u16,
    retry_after: Option<i64>,
    body: &str,
) -> Result<R, CallFailure> {
    let frame = match serde_json::from_str::<Frame<R>>(body) {
        Ok(frame) => frame,
        Err(error) => return Err(unreadable(status, retry_after, &error)),
    };
    match frame {
        Frame { ok: true, result: Some(result), .. } => Ok(result),
        Frame { ok: true, .. } => {
            Err(CallFailure::Answered(TelegramError::Unreadable("no result".to_owned())))
        }
        Frame { error_code, description, parameters, .. } => {
            let code = error_code.unwrap_or(status);
            let description = description.unwrap_or_default();
            let parameters = parameters.unwrap_or_default();
            Err(CallFailure::answered(refusal::sort(code, &description, &parameters)))
        }
    }
}

/// Sorts an answer that has not the form of the Bot API, by its status alone.
fn unreadable(status: u16, retry_after: Option<i64>, error: &serde_json::Error) -> CallFailure {
    match status {
        500.. => CallFailure::Lost(format!("status {status}")),
        429 => CallFailure::Answered(TelegramError::Flooded(
            retry_after.map_or(Duration::from_secs(1), refusal::wait),
        )),
        200..=299 => CallFailure::Answered(TelegramError::Unreadable(complaint(error))),
        _ => CallFailure::Answered(TelegramError::Refused(format!("status {status} without JSON"))),
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IgnoredAny;

    use super::*;

    fn failure(status: u16, retry_after: Option<i64>, body: &str) -> CallFailure {
        read::<IgnoredAny>(status, retry_after, body).expect_err("a failure")
    }

    #[test]
    fn takes_the_result_and_ignores_what_is_new() {
        let body = r#"{"ok":true,"new":{"a":[1]},"result":true}"#;
        assert_eq!(read::<bool>(200, None, body), Ok(true));
    }

    #[test]
    fn a_refusal_is_sorted_by_its_body_before_its_status() {
        let body = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 3","parameters":{"retry_after":3}}"#;
        let wait = TelegramError::Flooded(Duration::from_secs(3));
        assert_eq!(failure(400, None, body), CallFailure::Answered(wait));
        let body = r#"{"ok":false,"error_code":500,"description":"Internal Server Error: restart"}"#;
        assert!(matches!(failure(200, None, body), CallFailure::Lost(_)));
        assert_eq!(failure(401, None, r#"{"ok":false}"#), CallFailure::Answered(TelegramError::Unauthorized));
    }

    #[test]
    fn what_is_not_the_bot_api_is_sorted_by_its_status() {
        let html = "<html>Bad Gateway</html>";
        assert_eq!(failure(502, None, html), CallFailure::Lost("status 502".into()));
        let wait = TelegramError::Flooded(Duration::from_secs(9));
        assert_eq!(failure(429, Some(9), html), CallFailure::Answered(wait));
        assert!(matches!(failure(200, None, html), CallFailure::Answered(TelegramError::Unreadable(_))));
        assert!(matches!(failure(404, None, html), CallFailure::Answered(TelegramError::Refused(_))));
        assert!(matches!(failure(302, None, ""), CallFailure::Answered(TelegramError::Refused(_))));
    }

    #[test]
    fn a_success_without_or_with_another_result_is_unreadable() {
        for body in [r#"{"ok":true}"#, r#"{"ok":true,"result":null}"#, r#"{"ok":true,"result":"yes"}"#, "[]"]
        {
            let result = read::<bool>(200, None, body);
            assert!(matches!(result, Err(CallFailure::Answered(TelegramError::Unreadable(_)))), "{body}");
        }
    }

    #[test]
    fn absurd_parameters_do_not_hide_the_status() {
        let body = r#"{"ok":false,"error_code":429,"parameters":{"retry_after":99999999999999999999999}}"#;
        let wait = TelegramError::Flooded(Duration::from_secs(1));
        assert_eq!(failure(429, None, body), CallFailure::Answered(wait));
        let body = r#"{"ok":false,"error_code":-7}"#;
        assert!(matches!(failure(503, None, body), CallFailure::Lost(_)));
    }
}
