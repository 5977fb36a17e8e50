//! A participant («مشترك»): where they came from, and whether their ticket is valid.

use serde::{Deserialize, Serialize};

/// Whether a ticket is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParticipantState {
    /// Registered: the only ones that are counted, and that can win.
    Registered,
    /// Left by «انسحاب»; the ticket is valid again when they rejoin.
    Withdrawn,
    /// By the organizer, with a reason; for good.
    Excluded,
    /// They won in the draw that this lottery carries on; for good.
    Won,
}

impl ParticipantState {
    pub const ALL: [Self; 4] = [Self::Registered, Self::Withdrawn, Self::Excluded, Self::Won];

    /// As in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Withdrawn => "withdrawn",
            Self::Excluded => "excluded",
            Self::Won => "won",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What brought a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinSource {
    /// The button under the post, which leads into the private chat.
    Post,
    /// A link that was opened without the button.
    Link,
    /// What somebody shared inline.
    Shared,
}

impl JoinSource {
    pub const ALL: [Self; 3] = [Self::Post, Self::Link, Self::Shared];

    /// As in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Link => "link",
            Self::Shared => "shared",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}
