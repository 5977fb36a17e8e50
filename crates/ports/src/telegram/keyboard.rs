//! Buttons.

/// Buttons under a message, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keyboard(pub Vec<Vec<Button>>);

/// A button and what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    pub label: String,
    pub action: ButtonAction,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ButtonAction {
    /// At most 64 bytes (Bot API, `callback_data`).
    Callback(String),
    Url(String),
    /// Opens the inline mode in a chat of the person's choice, with this query.
    ShareInline(String),
    /// Puts the text (1–256 characters) into the clipboard.
    Copy(String),
}

/// The keyboard in place of the person's own: Qura uses it only for what nothing else can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyKeyboard {
    /// A button each, one below the other.
    pub choices: Vec<ChatChoice>,
    /// A last button that sends its own label.
    pub cancel: String,
}

/// A button that opens Telegram's chat picker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatChoice {
    pub label: String,
    pub request: ChatRequest,
}

/// What the chat picker offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatRequest {
    /// Comes back in `chat_shared`.
    pub id: i32,
    pub channel: bool,
    /// The rights that the bot asks for and that the person must have.
    pub rights: qura_domain::membership::Rights,
}
