//! Who counts as subscribed to a channel or as a member of a group.

use serde::{Deserialize, Serialize};

/// A person's relation to a chat, as Telegram tells it (`ChatMember`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    Creator,
    Administrator(Rights),
    Member,
    /// May be inside or outside: `is_member` tells.
    Restricted {
        is_member: bool,
    },
    Left,
    Kicked,
}

impl Membership {
    /// Creator, administrator, member, or restricted while inside; nobody else.
    pub const fn is_inside(self) -> bool {
        match self {
            Self::Creator | Self::Administrator(_) | Self::Member => true,
            Self::Restricted { is_member } => is_member,
            Self::Left | Self::Kicked => false,
        }
    }

    /// What this member may do; a creator may do everything, others who are no administrators nothing.
    pub const fn rights(self) -> Rights {
        match self {
            Self::Creator => Rights::ALL,
            Self::Administrator(rights) => rights,
            _ => Rights::NONE,
        }
    }

    pub const fn is_administrator(self) -> bool {
        matches!(self, Self::Creator | Self::Administrator(_))
    }
}

/// The administrator rights that Qura asks for or acts on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rights {
    pub post_messages: bool,
    pub edit_messages: bool,
    pub delete_messages: bool,
    pub pin_messages: bool,
    pub invite_users: bool,
    pub restrict_members: bool,
}

impl Rights {
    pub const NONE: Rights = Rights {
        post_messages: false,
        edit_messages: false,
        delete_messages: false,
        pin_messages: false,
        invite_users: false,
        restrict_members: false,
    };
    pub const ALL: Rights = Rights {
        post_messages: true,
        edit_messages: true,
        delete_messages: true,
        pin_messages: true,
        invite_users: true,
        restrict_members: true,
    };
}
