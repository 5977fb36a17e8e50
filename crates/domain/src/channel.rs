//! Channels and groups linked to the bot: which rights it and their administrators need, and which are missing.

use serde::{Deserialize, Serialize};

use crate::chat::ChatKind;
use crate::ids::ChatId;
use crate::membership::{Membership, Rights};
use crate::time::Timestamp;

/// A linked channel or group, as Telegram last told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    pub chat: ChatId,
    pub kind: ChatKind,
    /// Its administrators' own words: never trusted, always isolated.
    pub title: String,
    /// Without its `@`; `None` for a private chat.
    pub username: Option<String>,
    /// The bot's own invite link; only private chats need one.
    pub invite_link: Option<String>,
    /// A channel's discussion group, or a group's channel.
    pub linked: Option<ChatId>,
    pub members: Option<u32>,
    /// What the bot itself is there.
    pub bot: Membership,
    pub checked_at: Timestamp,
}

impl Channel {
    pub const fn is_public(&self) -> bool {
        self.username.is_some()
    }

    /// Where people join: the public address, else the bot's own invite link.
    pub fn link(&self) -> Option<String> {
        let public = self.username.as_ref().map(|name| format!("https://t.me/{name}"));
        public.or_else(|| self.invite_link.clone())
    }

    /// What the bot still lacks here. Empty: ready.
    pub fn bot_obstacles(&self, purpose: Purpose) -> Vec<Obstacle> {
        bot_obstacles(self.kind, self.is_public(), purpose, self.bot)
    }
}

/// What a chat is linked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Lotteries and contests are published in it.
    Publish,
    /// Questions are asked in it: they are pinned, and the bot clears up after itself.
    Quiz,
    /// Lotteries published elsewhere demand to be in it, or to boost it.
    Condition,
}

/// An administrator right, by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    PostMessages,
    EditMessages,
    DeleteMessages,
    PinMessages,
    InviteUsers,
    RestrictMembers,
}

impl Right {
    pub const fn is_in(self, rights: Rights) -> bool {
        match self {
            Self::PostMessages => rights.post_messages,
            Self::EditMessages => rights.edit_messages,
            Self::DeleteMessages => rights.delete_messages,
            Self::PinMessages => rights.pin_messages,
            Self::InviteUsers => rights.invite_users,
            Self::RestrictMembers => rights.restrict_members,
        }
    }
}

/// What stands between a chat and its use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// A private chat with a person can be no channel.
    NotAChannel,
    /// A basic group must become a supergroup first.
    BasicGroup,
    BotNotAdministrator,
    /// At least one.
    BotLacks(Vec<Right>),
    PersonNotAdministrator,
    /// At least one.
    PersonLacks(Vec<Right>),
}

impl Obstacle {
    /// Whether it is the person who lacks something, and not the bot or the chat.
    pub const fn is_of_the_person(&self) -> bool {
        matches!(self, Self::PersonNotAdministrator | Self::PersonLacks(_))
    }
}

/// The rights that the bot needs beside being an administrator, which it always must be: only then
/// Telegram tells it of members. Where a chat has no public address, also the right to make a link.
pub fn bot_needs(kind: ChatKind, is_public: bool, purpose: Purpose) -> Vec<Right> {
    let mut needs = match (kind, purpose) {
        (_, Purpose::Condition) => vec![],
        (ChatKind::Channel, _) => vec![Right::PostMessages, Right::EditMessages],
        (_, Purpose::Quiz) => vec![Right::DeleteMessages, Right::PinMessages],
        (_, Purpose::Publish) => vec![],
    };
    if !is_public {
        needs.push(Right::InviteUsers);
    }
    needs
}

/// The rights that a person needs to link a chat: those that the bot will use for them. Else a minor
/// moderator could publish through the bot. A creator has them all.
pub fn person_needs(kind: ChatKind, purpose: Purpose) -> Vec<Right> {
    match (kind, purpose) {
        (_, Purpose::Condition) => vec![],
        (ChatKind::Channel, _) => vec![Right::PostMessages, Right::EditMessages],
        _ => vec![Right::DeleteMessages, Right::PinMessages],
    }
}

/// What keeps the bot from using a chat.
pub fn bot_obstacles(kind: ChatKind, is_public: bool, purpose: Purpose, bot: Membership) -> Vec<Obstacle> {
    match kind {
        ChatKind::Private => return vec![Obstacle::NotAChannel],
        ChatKind::Group => return vec![Obstacle::BasicGroup],
        ChatKind::Supergroup | ChatKind::Channel => {}
    }
    if !bot.is_administrator() {
        return vec![Obstacle::BotNotAdministrator];
    }
    let lacks = missing(bot_needs(kind, is_public, purpose), bot);
    if lacks.is_empty() { vec![] } else { vec![Obstacle::BotLacks(lacks)] }
}

/// What keeps a person from linking a chat, or from managing what runs there.
pub fn person_obstacles(kind: ChatKind, purpose: Purpose, person: Membership) -> Vec<Obstacle> {
    if !person.is_administrator() {
        return vec![Obstacle::PersonNotAdministrator];
    }
    let lacks = missing(person_needs(kind, purpose), person);
    if lacks.is_empty() { vec![] } else { vec![Obstacle::PersonLacks(lacks)] }
}

fn missing(needs: Vec<Right>, member: Membership) -> Vec<Right> {
    needs.into_iter().filter(|right| !right.is_in(member.rights())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Membership = Membership::Administrator(Rights::NONE);

    fn with(rights: &[Right]) -> Membership {
        let mut has = Rights::NONE;
        for right in rights {
            match right {
                Right::PostMessages => has.post_messages = true,
                Right::EditMessages => has.edit_messages = true,
                Right::DeleteMessages => has.delete_messages = true,
                Right::PinMessages => has.pin_messages = true,
                Right::InviteUsers => has.invite_users = true,
                Right::RestrictMembers => has.restrict_members = true,
            }
        }
        Membership::Administrator(has)
    }

    #[test]
    fn each_missing_right_of_the_bot_is_named() {
        use Right::{DeleteMessages, EditMessages, InviteUsers, PinMessages, PostMessages};
        let lacks = |kind, public, purpose, bot| match bot_obstacles(kind, public, purpose, bot).as_slice() {
            [] => vec![],
            [Obstacle::BotLacks(rights)] => rights.clone(),
            other => panic!("{other:?}"),
        };
        let (channel, group) = (ChatKind::Channel, ChatKind::Supergroup);
        assert_eq!(lacks(channel, true, Purpose::Publish, NOTHING), [PostMessages, EditMessages]);
        assert_eq!(
            lacks(channel, false, Purpose::Publish, with(&[PostMessages])),
            [EditMessages, InviteUsers]
        );
        assert_eq!(lacks(channel, false, Purpose::Condition, NOTHING), [InviteUsers]);
        assert_eq!(lacks(channel, true, Purpose::Condition, NOTHING), []);
        assert_eq!(lacks(group, true, Purpose::Publish, NOTHING), []);
        assert_eq!(lacks(group, true, Purpose::Quiz, with(&[PinMessages])), [DeleteMessages]);
        assert_eq!(lacks(group, false, Purpose::Publish, NOTHING), [InviteUsers]);
        assert_eq!(
            lacks(channel, false, Purpose::Publish, with(&[PostMessages, EditMessages, InviteUsers])),
            []
        );
    }

    #[test]
    fn a_member_is_no_administrator_whatever_the_purpose() {
        for purpose in [Purpose::Publish, Purpose::Quiz, Purpose::Condition] {
            let bot = bot_obstacles(ChatKind::Channel, true, purpose, Membership::Member);
            assert_eq!(bot, [Obstacle::BotNotAdministrator]);
            let person = person_obstacles(ChatKind::Channel, purpose, Membership::Left);
            assert_eq!(person, [Obstacle::PersonNotAdministrator]);
            assert_eq!(person_obstacles(ChatKind::Supergroup, purpose, Membership::Creator), []);
        }
    }

    #[test]
    fn a_minor_moderator_may_not_publish_through_the_bot() {
        let moderator = with(&[Right::DeleteMessages, Right::RestrictMembers]);
        let lacks = person_obstacles(ChatKind::Channel, Purpose::Publish, moderator);
        assert_eq!(lacks, [Obstacle::PersonLacks(vec![Right::PostMessages, Right::EditMessages])]);
        let lacks = person_obstacles(ChatKind::Supergroup, Purpose::Publish, moderator);
        assert_eq!(lacks, [Obstacle::PersonLacks(vec![Right::PinMessages])]);
        assert_eq!(person_obstacles(ChatKind::Channel, Purpose::Condition, moderator), []);
    }

    #[test]
    fn only_channels_and_supergroups_can_be_linked() {
        let bot = |kind| bot_obstacles(kind, true, Purpose::Publish, Membership::Creator);
        assert_eq!(bot(ChatKind::Private), [Obstacle::NotAChannel]);
        assert_eq!(bot(ChatKind::Group), [Obstacle::BasicGroup]);
        assert_eq!(bot(ChatKind::Supergroup), []);
    }
}
