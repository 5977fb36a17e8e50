//! Names one conversation: a private chat of a person with a bot, or a group or channel.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    Private { bot: i64, person: i64 },
    Chat(i64),
}

impl Place {
    /// The chat id under which bots and the control API know it.
    pub fn chat_id(self) -> i64 {
        match self {
            Self::Private { person, .. } => person,
            Self::Chat(id) => id,
        }
    }

    pub fn is_private(self) -> bool {
        matches!(self, Self::Private { .. })
    }

    /// The bot of a private chat.
    pub fn bot(self) -> Option<i64> {
        match self {
            Self::Private { bot, .. } => Some(bot),
            Self::Chat(_) => None,
        }
    }
}
