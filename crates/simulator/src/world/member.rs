//! What somebody is in a chat, and the updates that a change of it makes.

use serde_json::{Value, json};

use super::World;
use super::place::Place;
use super::rights::Rights;
use super::updates::Kind;
use crate::events::Event;
use crate::json::Put;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Creator,
    Administrator(Rights),
    Member,
    Restricted {
        is_member: bool,
    },
    Left,
    /// Until this time; 0 is for ever.
    Kicked {
        until: i64,
    },
}

impl Status {
    pub fn is_present(self) -> bool {
        !matches!(self, Self::Left | Self::Kicked { .. } | Self::Restricted { is_member: false })
    }

    pub fn is_administrator(self) -> bool {
        matches!(self, Self::Creator | Self::Administrator(_))
    }

    pub fn has(self, right: &str) -> bool {
        match self {
            Self::Creator => true,
            Self::Administrator(rights) => rights.has(right),
            _ => false,
        }
    }

    pub fn has_all(self, wanted: Rights) -> bool {
        match self {
            Self::Creator => true,
            Self::Administrator(rights) => rights.contains(wanted),
            _ => false,
        }
    }

    /// Telegram's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Creator => "creator",
            Self::Administrator(_) => "administrator",
            Self::Member => "member",
            Self::Restricted { .. } => "restricted",
            Self::Left => "left",
            Self::Kicked { .. } => "kicked",
        }
    }
}

/// How a change of membership came about.
#[derive(Default)]
pub struct Cause {
    /// The `ChatInviteLink` that was used.
    pub invite_link: Option<Value>,
    pub via_join_request: bool,
}

impl World {
    pub fn status(&self, chat: i64, user: i64) -> Status {
        let status =
            self.chats.get(&chat).and_then(|chat| chat.members.get(&user)).copied().unwrap_or(Status::Left);
        match status {
            Status::Kicked { until } if until > 0 && until <= self.clock.now() => Status::Left,
            status => status,
        }
    }

    /// Has somebody been a member since before anybody looked: nobody is told.
    pub fn settle(&mut self, chat_id: i64, user: i64) {
        let Some(chat) = self.chats.get_mut(&chat_id) else { return };
        if chat.members.insert(user, Status::Member).is_none_or(|before| !before.is_present()) {
            chat.present += 1;
        }
    }

    /// Changes what somebody is in a chat, in the name of `by`, and tells the bots that may know.
    pub fn set_status(&mut self, chat_id: i64, user: i64, new: Status, by: i64, cause: Cause) {
        let old = self.status(chat_id, user);
        if old == new {
            return;
        }
        let Some(chat) = self.chats.get_mut(&chat_id) else { return };
        chat.members.insert(user, new);
        match (old.is_present(), new.is_present()) {
            (false, true) => chat.present += 1,
            (true, false) => chat.present = chat.present.saturating_sub(1),
            _ => {}
        }
        chat.requests.retain(|request| request.user != user);
        self.touch();
        self.announce(|| {
            let data = json!({"chat": chat_id, "user": user, "old": old.word(), "new": new.word(), "by": by});
            Event::new("member", data)
        });
        let mut body = json!({
            "chat": self.chat_json(chat_id),
            "from": self.user_json(by),
            "date": self.clock.now(),
            "old_chat_member": self.member_json(chat_id, user, old),
            "new_chat_member": self.member_json(chat_id, user, new),
        });
        if let Some(link) = cause.invite_link {
            body.put("invite_link", link);
        }
        if cause.via_join_request {
            body.put("via_join_request", true);
        }
        let listeners: Vec<i64> = self
            .bots
            .keys()
            .copied()
            .filter(|bot| *bot != user && self.status(chat_id, *bot).is_administrator())
            .collect();
        if self.bots.contains_key(&user) {
            self.deliver(user, Kind::MyChatMember, chat_id, &body);
        }
        for bot in listeners {
            self.deliver(bot, Kind::ChatMember, user, &body);
        }
        self.post_membership_notice(Place::Chat(chat_id), user, (old, new), by);
    }

    /// The Bot API's `ChatMember`.
    pub fn member_json(&self, chat_id: i64, user: i64, status: Status) -> Value {
        let channel = self.chats.get(&chat_id).is_some_and(|chat| chat.is_channel());
        let mut member = json!({"status": status.word(), "user": self.user_json(user)});
        let Value::Object(fields) = &mut member else { return member };
        match status {
            Status::Creator => {
                fields.insert("is_anonymous".into(), json!(false));
            }
            Status::Administrator(rights) => {
                fields.insert("can_be_edited".into(), json!(false));
                fields.insert("is_anonymous".into(), json!(false));
                fields.extend(rights.fields(channel));
            }
            Status::Restricted { is_member } => {
                fields.insert("is_member".into(), json!(is_member));
                fields.insert("until_date".into(), json!(0));
                for permission in PERMISSIONS {
                    fields.insert((*permission).into(), json!(false));
                }
            }
            Status::Kicked { until } => {
                fields.insert("until_date".into(), json!(until));
            }
            Status::Member | Status::Left => {}
        }
        member
    }
}

pub const PERMISSIONS: &[&str] = &[
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
];
