//! The rights of an administrator, as a set.

use serde_json::{Map, Value, json};

/// Telegram's names, in the order of `ChatAdministratorRights`.
const NAMES: [&str; 17] = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_post_messages",
    "can_edit_messages",
    "can_pin_messages",
    "can_manage_topics",
    "can_manage_direct_messages",
    "can_manage_tags",
];

/// Rights that exist in channels only, in groups only.
const CHANNEL_ONLY: [&str; 3] = ["can_post_messages", "can_edit_messages", "can_manage_direct_messages"];
const GROUP_ONLY: [&str; 3] = ["can_pin_messages", "can_manage_topics", "can_manage_tags"];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights(u32);

impl Rights {
    pub fn all(channel: bool) -> Self {
        let absent = if channel { GROUP_ONLY } else { CHANNEL_ONLY };
        NAMES.iter().filter(|name| !absent.contains(name)).fold(Self(0), |rights, name| rights.with(name))
    }

    pub fn with(self, name: &str) -> Self {
        Self(self.0 | bit(name))
    }

    pub fn has(self, name: &str) -> bool {
        self.0 & bit(name) != 0
    }

    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// From a list of names; the error is the first unknown one. Every administrator may manage the chat.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, &'a str> {
        names.into_iter().try_fold(Self::default().with("can_manage_chat"), |rights, name| {
            if bit(name) == 0 { Err(name) } else { Ok(rights.with(name)) }
        })
    }

    /// From the Bot API's `ChatAdministratorRights`, which was checked against the schema.
    pub fn from_object(object: &Value) -> Self {
        NAMES
            .iter()
            .filter(|name| object.get(**name).and_then(Value::as_bool) == Some(true))
            .fold(Self::default(), |rights, name| rights.with(name))
    }

    pub fn names(self) -> Vec<&'static str> {
        NAMES.iter().copied().filter(|name| self.has(name)).collect()
    }

    /// The fields that `ChatMemberAdministrator` has in a chat of this kind.
    pub fn fields(self, channel: bool) -> Map<String, Value> {
        let absent = if channel { GROUP_ONLY } else { CHANNEL_ONLY };
        NAMES
            .iter()
            .filter(|name| !absent.contains(name))
            .map(|name| ((*name).to_owned(), json!(self.has(name))))
            .collect()
    }
}

fn bit(name: &str) -> u32 {
    NAMES.iter().position(|known| *known == name).map_or(0, |index| 1 << index)
}
