//! Identifiers: each kind is a type of its own, so that one cannot be passed for another.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// Takes the number as it is: ids are opaque, whoever made them checked them.
            pub const fn new(raw: i64) -> Self {
                Self(raw)
            }

            /// The number, for the database and for Telegram.
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// A Telegram user. At most 52 significant bits (Bot API, `User.id`).
    UserId
}
id! {
    /// A Telegram chat: a person's id for a private chat, a negative number for the others.
    ChatId
}
id! {
    /// A message within its chat.
    MessageId
}
id! {
    /// The bot's own Telegram user id, the part of its token before the colon.
    BotId
}
id! {
    /// The number Telegram gives an update; rises by one, jumps after a quiet week.
    UpdateId
}
id! {
    /// The place of an update in the update log: `epoch << 40 | update_id`.
    Seq
}
id! {
    /// A lottery.
    LotteryId
}
id! {
    /// A row of `jobs`.
    JobId
}
id! {
    /// A row of `outbox`.
    NoticeId
}

impl UserId {
    /// The private chat with this person, which has the person's own number.
    pub const fn chat(self) -> ChatId {
        ChatId(self.0)
    }
}

impl ChatId {
    /// The person whose private chat this is; `None` for groups and channels.
    pub const fn person(self) -> Option<UserId> {
        if self.0 > 0 { Some(UserId(self.0)) } else { None }
    }
}
