//! Buttons in the Bot API's own form.

use qura_domain::membership::Rights;
use qura_ports::telegram::{Button, ButtonAction, ChatChoice, ChatRequest, Keyboard, Markup, ReplyKeyboard};
use serde::{Serialize, Serializer};

/// What stands under a new message.
#[derive(Serialize)]
#[serde(untagged)]
pub enum ReplyMarkup<'a> {
    Inline(InlineKeyboard<'a>),
    Reply(ReplyKeyboardMarkup<'a>),
    Remove { remove_keyboard: bool },
}

impl<'a> ReplyMarkup<'a> {
    /// `None` for nothing; an inline keyboard without buttons is nothing too.
    pub fn of(markup: &'a Markup) -> Option<Self> {
        match markup {
            Markup::None => None,
            Markup::Inline(keyboard) => InlineKeyboard::of(keyboard).map(Self::Inline),
            Markup::Reply(keyboard) => Some(Self::Reply(keyboard.into())),
            Markup::RemoveReply => Some(Self::Remove { remove_keyboard: true }),
        }
    }
}

/// `InlineKeyboardMarkup`.
#[derive(Serialize)]
pub struct InlineKeyboard<'a> {
    inline_keyboard: Rows<'a>,
}

/// The rows that have buttons; put into form as they are written, because nearly every message has some.
struct Rows<'a>(&'a Keyboard);

struct Row<'a>(&'a [Button]);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = self.0.0.iter().filter(|row| !row.is_empty());
        serializer.collect_seq(rows.map(|row| Row(row)))
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(InlineButton::from))
    }
}

impl<'a> InlineKeyboard<'a> {
    /// `None` for a keyboard without buttons.
    pub fn of(keyboard: &'a Keyboard) -> Option<Self> {
        let has_buttons = keyboard.0.iter().any(|row| !row.is_empty());
        has_buttons.then_some(Self { inline_keyboard: Rows(keyboard) })
    }
}

/// `InlineKeyboardButton`: exactly one of the optional fields.
#[derive(Serialize)]
struct InlineButton<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    switch_inline_query: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copy_text: Option<CopyText<'a>>,
}

#[derive(Serialize)]
struct CopyText<'a> {
    text: &'a str,
}

impl<'a> From<&'a Button> for InlineButton<'a> {
    fn from(button: &'a Button) -> Self {
        let bare = InlineButton {
            text: &button.label,
            callback_data: None,
            url: None,
            switch_inline_query: None,
            copy_text: None,
        };
        match &button.action {
            ButtonAction::Callback(data) => InlineButton { callback_data: Some(data), ..bare },
            ButtonAction::Url(url) => InlineButton { url: Some(url), ..bare },
            ButtonAction::ShareInline(query) => InlineButton { switch_inline_query: Some(query), ..bare },
            ButtonAction::Copy(text) => InlineButton { copy_text: Some(CopyText { text }), ..bare },
        }
    }
}

/// `ReplyKeyboardMarkup` with the chat picker and a way out.
#[derive(Serialize)]
pub struct ReplyKeyboardMarkup<'a> {
    keyboard: Vec<[KeyboardButton<'a>; 1]>,
    resize_keyboard: bool,
    one_time_keyboard: bool,
}

#[derive(Serialize)]
struct KeyboardButton<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_chat: Option<RequestChat>,
}

impl<'a> From<&'a ReplyKeyboard> for ReplyKeyboardMarkup<'a> {
    fn from(keyboard: &'a ReplyKeyboard) -> Self {
        let pick = |choice: &'a ChatChoice| {
            [KeyboardButton { text: &choice.label, request_chat: Some(RequestChat::of(&choice.request)) }]
        };
        let mut rows: Vec<_> = keyboard.choices.iter().map(pick).collect();
        rows.push([KeyboardButton { text: &keyboard.cancel, request_chat: None }]);
        Self { keyboard: rows, resize_keyboard: true, one_time_keyboard: true }
    }
}

/// `KeyboardButtonRequestChat`. The person's rights must include the bot's (Bot API), so both get
/// the same.
#[derive(Serialize)]
struct RequestChat {
    request_id: i32,
    chat_is_channel: bool,
    user_administrator_rights: AdministratorRights,
    bot_administrator_rights: AdministratorRights,
}

impl RequestChat {
    fn of(request: &ChatRequest) -> Self {
        let rights = AdministratorRights::of(request.rights, request.channel);
        Self {
            request_id: request.id,
            chat_is_channel: request.channel,
            user_administrator_rights: rights,
            bot_administrator_rights: rights,
        }
    }
}

/// `ChatAdministratorRights`, of which all but the last three are required, also those that Qura
/// never asks for.
#[derive(Clone, Copy, Default, Serialize)]
struct AdministratorRights {
    is_anonymous: bool,
    can_manage_chat: bool,
    can_delete_messages: bool,
    can_manage_video_chats: bool,
    can_restrict_members: bool,
    can_promote_members: bool,
    can_change_info: bool,
    can_invite_users: bool,
    can_post_stories: bool,
    can_edit_stories: bool,
    can_delete_stories: bool,
    can_send_welcome_messages: bool,
    /// Channels only.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_post_messages: Option<bool>,
    /// Channels only.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_edit_messages: Option<bool>,
    /// Groups only; in a channel, editing includes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_pin_messages: Option<bool>,
}

impl AdministratorRights {
    fn of(rights: Rights, channel: bool) -> Self {
        Self {
            // Comes with every other right (Bot API).
            can_manage_chat: rights != Rights::NONE,
            can_delete_messages: rights.delete_messages,
            can_restrict_members: rights.restrict_members,
            can_invite_users: rights.invite_users,
            can_post_messages: channel.then_some(rights.post_messages),
            can_edit_messages: channel.then_some(rights.edit_messages),
            can_pin_messages: (!channel).then_some(rights.pin_messages),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn button(label: &str, action: ButtonAction) -> Button {
        Button { label: label.into(), action }
    }

    fn json_of(markup: &Markup) -> Option<Value> {
        ReplyMarkup::of(markup).map(|markup| serde_json::to_value(markup).unwrap())
    }

    #[test]
    fn a_button_does_one_thing() {
        let keyboard = Keyboard(vec![
            vec![
                button("a", ButtonAction::Callback("x:1".into())),
                button("b", ButtonAction::Url("https://t.me/q?start=1".into())),
            ],
            vec![],
            vec![
                button("c", ButtonAction::ShareInline("share 7".into())),
                button("d", ButtonAction::Copy("K7".into())),
            ],
        ]);
        assert_eq!(
            json_of(&Markup::Inline(keyboard)),
            Some(json!({"inline_keyboard": [
                [{"text": "a", "callback_data": "x:1"}, {"text": "b", "url": "https://t.me/q?start=1"}],
                [{"text": "c", "switch_inline_query": "share 7"}, {"text": "d", "copy_text": {"text": "K7"}}],
            ]}))
        );
    }

    #[test]
    fn no_buttons_are_no_markup() {
        assert_eq!(json_of(&Markup::None), None);
        assert_eq!(json_of(&Markup::Inline(Keyboard::default())), None);
        assert_eq!(json_of(&Markup::Inline(Keyboard(vec![vec![]]))), None);
        assert_eq!(json_of(&Markup::RemoveReply), Some(json!({"remove_keyboard": true})));
    }

    #[test]
    fn the_chat_picker_asks_for_the_same_rights_of_person_and_bot() {
        let rights = Rights { post_messages: true, invite_users: true, pin_messages: true, ..Rights::NONE };
        let markup = |channel| {
            let request = ChatRequest { id: 3, channel, rights };
            let choices = vec![ChatChoice { request, label: "pick".into() }];
            json_of(&Markup::Reply(ReplyKeyboard { choices, cancel: "no".into() })).unwrap()
        };
        let channel = markup(true);
        let request = &channel["keyboard"][0][0]["request_chat"];
        assert_eq!(channel["keyboard"][1][0], json!({"text": "no"}));
        assert_eq!(request["request_id"], 3);
        assert_eq!(request["chat_is_channel"], true);
        let rights = &request["user_administrator_rights"];
        assert_eq!(rights, &request["bot_administrator_rights"]);
        assert_eq!(rights["can_post_messages"], true);
        assert_eq!(rights["can_edit_messages"], false);
        assert_eq!(rights["can_manage_chat"], true);
        assert_eq!(rights.get("can_pin_messages"), None);
        let group = markup(false);
        let rights = &group["keyboard"][0][0]["request_chat"]["user_administrator_rights"];
        assert_eq!(rights.get("can_post_messages"), None);
        assert_eq!(rights["can_pin_messages"], true);
    }
}
