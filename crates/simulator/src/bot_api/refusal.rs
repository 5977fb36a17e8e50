//! An answer of the Bot API that is not `ok`, with Telegram's codes and texts.

use serde_json::{Value, json};

#[derive(Clone, Debug)]
pub struct Refusal {
    pub code: u16,
    pub description: String,
    pub parameters: Option<Value>,
}

impl Refusal {
    fn new(code: u16, description: String) -> Self {
        Self { code, description, parameters: None }
    }

    pub fn bad_request(text: impl AsRef<str>) -> Self {
        Self::new(400, format!("Bad Request: {}", text.as_ref()))
    }

    /// A rule of this server that Telegram does not have: strictness about what Telegram would overlook.
    pub fn strict(text: impl AsRef<str>) -> Self {
        Self::new(400, format!("Bad Request: [simulator] {}", text.as_ref()))
    }

    pub fn forbidden(text: impl AsRef<str>) -> Self {
        Self::new(403, format!("Forbidden: {}", text.as_ref()))
    }

    pub fn unauthorized() -> Self {
        Self::new(401, "Unauthorized".into())
    }

    pub fn method_not_found() -> Self {
        Self::new(404, "Not Found: method not found".into())
    }

    pub fn not_implemented(method: &str) -> Self {
        Self::new(501, format!("Not Implemented: the simulator does not know {method} yet"))
    }

    pub fn conflict(text: &str) -> Self {
        Self::new(409, format!("Conflict: {text}"))
    }

    pub fn too_many_requests(seconds: i64) -> Self {
        Self {
            code: 429,
            description: format!("Too Many Requests: retry after {seconds}"),
            parameters: Some(json!({"retry_after": seconds})),
        }
    }

    pub fn server_error() -> Self {
        Self::new(500, "Internal Server Error: restart".into())
    }

    pub fn migrated(to: i64) -> Self {
        Self {
            code: 400,
            description: "Bad Request: group chat was upgraded to a supergroup chat".into(),
            parameters: Some(json!({"migrate_to_chat_id": to})),
        }
    }

    pub fn retry_after(&self) -> Option<i64> {
        self.parameters.as_ref()?.get("retry_after")?.as_i64()
    }
}
