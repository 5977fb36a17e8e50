//! How the control API shows messages, chats and keyboards.

use serde_json::{Value, json};

use super::World;
use super::message::{Message, Origin, Sender};
use super::place::Place;
use super::talk::ReplyKeyboard;

impl World {
    /// A MessageView; `mine` is relative to the viewer.
    pub fn message_view(&self, message: &Message, viewer: Option<i64>) -> Value {
        let from = match message.sender {
            Sender::User(id) => self.account_view(id),
            Sender::Chat(id) => self.account_view(id),
        };
        let media = message.media.as_ref().map(|media| {
            json!({
                "kind": media.kind.word(), "file_id": media.file_id, "url": format!("/control/files/{}", media.file_id),
                "file_name": media.file_name, "mime_type": media.mime_type, "width": media.width,
                "height": media.height, "size": media.bytes.len(),
            })
        });
        let pinned = self.talks.get(&message.place).is_some_and(|talk| talk.pinned.contains(&message.id));
        json!({
            "chat": message.place.chat_id(), "id": message.id, "seq": message.seq,
            "date": message.date, "edit_date": message.edit_date,
            "from": from, "mine": viewer == Some(message.author),
            "text": message.text, "entities": message.entities, "media": media,
            "caption_above": message.flags.caption_above, "spoiler": message.flags.spoiler,
            "link_preview": message.link_preview,
            "service": message.service.as_ref().map(|(kind, data)| json!({"kind": kind, "data": data})),
            "buttons": button_views(&message.buttons),
            "reply_to": message.reply_to, "thread": message.thread,
            "forwarded_from": message.origin.as_ref().map(|origin| self.origin_view(origin)),
            "automatic_forward": message.automatic_forward,
            "via_bot": message.via_bot.and_then(|bot| self.bots.get(&bot)).map(|bot| &bot.username),
            "pinned": pinned, "comments": self.comments_view(message),
        })
    }

    fn account_view(&self, id: i64) -> Value {
        if let Some(chat) = self.chats.get(&id) {
            return json!({"kind": "chat", "id": id, "name": chat.title, "username": chat.username});
        }
        match (self.bots.get(&id), self.people.get(&id)) {
            (Some(bot), _) => json!({"kind": "bot", "id": id, "name": bot.name, "username": bot.username}),
            (_, person) => {
                let username = person.and_then(|person| person.username.as_deref());
                json!({"kind": "person", "id": id, "name": self.user_name(id), "username": username})
            }
        }
    }

    fn origin_view(&self, origin: &Origin) -> Value {
        match *origin {
            Origin::User { user, .. } => {
                json!({"kind": "user", "id": user, "name": self.user_name(user), "message": null})
            }
            Origin::Chat { chat, .. } => {
                json!({"kind": "chat", "id": chat, "name": self.chat_title(chat), "message": null})
            }
            Origin::Channel { chat, message, .. } => {
                json!({"kind": "channel", "id": chat, "name": self.chat_title(chat), "message": message})
            }
        }
    }

    pub fn chat_title(&self, id: i64) -> String {
        self.chats.get(&id).map(|chat| chat.title.clone()).unwrap_or_default()
    }

    fn comments_view(&self, message: &Message) -> Option<Value> {
        let (group, root) = message.discussion?;
        let talk = self.talks.get(&Place::Chat(group))?;
        let count = talk.messages.values().filter(|comment| comment.thread == Some(root)).count();
        Some(json!({"chat": group, "message": root, "count": count}))
    }

    /// A ChatView.
    pub fn chat_view(&self, id: i64, viewer: Option<i64>) -> Value {
        let Some(chat) = self.chats.get(&id) else { return Value::Null };
        let status = viewer.map(|viewer| self.status(id, viewer));
        let can_post = status.map(|status| match chat.is_channel() {
            true => status.has("can_post_messages"),
            false => status.is_present() && status.word() != "restricted",
        });
        let pinned = self.talks.get(&Place::Chat(id)).and_then(|talk| talk.pinned.last());
        json!({
            "id": id, "kind": chat.kind.word(), "title": chat.title, "username": chat.username,
            "private": chat.username.is_none(), "owner": chat.owner, "linked_chat": chat.linked_chat,
            "join_by_request": chat.join_by_request, "members": chat.present, "migrated_to": chat.migrated_to,
            "pinned": pinned, "invite_link": chat.owners_link(),
            "my_status": status.map(super::member::Status::word), "can_post": can_post,
        })
    }

    /// Whether a person may look into a conversation.
    pub fn can_see(&self, viewer: i64, place: Place) -> bool {
        match place {
            Place::Private { person, .. } => person == viewer,
            Place::Chat(id) => {
                let Some(chat) = self.chats.get(&id) else { return false };
                let status = self.status(id, viewer);
                let linked = chat.linked_chat.and_then(|linked| self.chats.get(&linked));
                let banned = status.word() == "kicked";
                status.is_present()
                    || (!banned
                        && !chat.deleted
                        && (chat.username.is_some() || linked.is_some_and(|l| l.is_channel())))
            }
        }
    }
}

/// The buttons of an inline keyboard, one row a list.
fn button_views(rows: &[Value]) -> Vec<Vec<Value>> {
    let rows = rows.iter().enumerate().map(|(row, buttons)| {
        let buttons = buttons.as_array().into_iter().flatten().enumerate();
        buttons.map(|(col, button)| button_view(row, col, button)).collect()
    });
    rows.collect()
}

fn button_view(row: usize, col: usize, button: &Value) -> Value {
    let (kind, data) = button_action(button);
    let url = matches!(kind, "url" | "web_app" | "login").then_some(&data);
    let shown = matches!(kind, "callback" | "copy_text" | "switch_inline").then_some(&data);
    json!({
        "row": row, "col": col, "text": button.get("text"), "kind": kind,
        "data": shown, "url": url, "style": button.get("style"),
    })
}

/// What a button does, and with what.
pub fn button_action(button: &Value) -> (&'static str, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let inner = |value: &Value, field: &str| value.get(field).map(text).unwrap_or_default();
    let get = |field: &str| button.get(field);
    if let Some(data) = get("callback_data") {
        return ("callback", text(data));
    }
    if let Some(url) = get("url") {
        return ("url", text(url));
    }
    if let Some(copy) = get("copy_text") {
        return ("copy_text", inner(copy, "text"));
    }
    if let Some(query) = get("switch_inline_query").or_else(|| get("switch_inline_query_current_chat")) {
        return ("switch_inline", text(query));
    }
    if let Some(chosen) = get("switch_inline_query_chosen_chat") {
        return ("switch_inline", inner(chosen, "query"));
    }
    if let Some(app) = get("web_app") {
        return ("web_app", inner(app, "url"));
    }
    if let Some(login) = get("login_url") {
        return ("login", inner(login, "url"));
    }
    let kind = if get("pay").is_some() {
        "pay"
    } else if get("callback_game").is_some() {
        "game"
    } else {
        "disabled"
    };
    (kind, String::new())
}

/// A ReplyKeyboard.
pub fn reply_keyboard_view(keyboard: &ReplyKeyboard) -> Value {
    let flag = |name: &str| keyboard.markup.get(name).and_then(Value::as_bool).unwrap_or(false);
    let rows = keyboard.markup.get("keyboard").and_then(Value::as_array);
    let rows: Vec<Vec<Value>> = rows
        .into_iter()
        .flatten()
        .map(|row| row.as_array().into_iter().flatten().map(reply_button_view).collect())
        .collect();
    json!({
        "message": keyboard.message, "one_time": flag("one_time_keyboard"), "persistent": flag("is_persistent"),
        "placeholder": keyboard.markup.get("input_field_placeholder"), "rows": rows,
    })
}

fn reply_button_view(button: &Value) -> Value {
    let kinds =
        ["request_chat", "request_users", "request_contact", "request_location", "request_poll", "web_app"];
    let kind = kinds.into_iter().find(|kind| button.get(*kind).is_some());
    let asked = |field: &str| button.get("request_chat").or_else(|| button.get("request_users"))?.get(field);
    let other = button.as_object().is_some_and(|fields| fields.contains_key("request_managed_bot"));
    json!({
        "text": button.get("text"), "kind": kind.unwrap_or(if other { "other" } else { "text" }),
        "request_id": asked("request_id"), "chat_is_channel": asked("chat_is_channel"),
    })
}
