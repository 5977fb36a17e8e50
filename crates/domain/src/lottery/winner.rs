//! Those whom a draw named: winners, reserves, and those who lost their place.

use serde::{Deserialize, Serialize};

use crate::draw::leaf::Ticket;
use crate::ids::UserId;
use crate::time::Timestamp;

/// What the draw made of somebody, as of now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WinnerRole {
    Winner,
    /// Inherits when a winner is replaced.
    Reserve,
    /// Was to inherit and could not.
    Passed,
    /// Had won, and somebody else has the place.
    Replaced,
}

impl WinnerRole {
    pub const ALL: [Self; 4] = [Self::Winner, Self::Reserve, Self::Passed, Self::Replaced];

    /// As in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Winner => "winner",
            Self::Reserve => "reserve",
            Self::Passed => "passed",
            Self::Replaced => "replaced",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// One of those whom a draw named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Winner {
    pub ticket: Ticket,
    pub user: UserId,
    pub role: WinnerRole,
    /// From 1 among those of the role at the draw; an heir stands where the replaced one stood.
    pub place: u32,
    /// Until when the win may still pass on: «مهلة التأكيد». `None` where there is none, or it is over.
    pub hold_until: Option<Timestamp>,
    /// When they pressed «تأكيد الفوز».
    pub confirmed_at: Option<Timestamp>,
}

/// What came of pressing «تأكيد الفوز».
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    Confirmed,
    /// They had confirmed before.
    Again,
    /// There is nothing to confirm: the lottery asks for none.
    NotAsked,
    /// The time is over, or the win has passed on.
    TooLate,
    /// They won nothing here.
    NotWinner,
    /// Nobody is told yet who has won.
    NotYet,
}

impl Winner {
    /// What pressing «تأكيد الفوز» comes to now.
    pub fn confirm(&self, now: Timestamp) -> Confirmation {
        match (self.role, self.confirmed_at, self.hold_until) {
            (WinnerRole::Replaced | WinnerRole::Passed, ..) => Confirmation::TooLate,
            (WinnerRole::Reserve, ..) => Confirmation::NotWinner,
            (WinnerRole::Winner, Some(_), _) => Confirmation::Again,
            (WinnerRole::Winner, None, None) => Confirmation::NotAsked,
            (WinnerRole::Winner, None, Some(until)) if until <= now => Confirmation::TooLate,
            (WinnerRole::Winner, None, Some(_)) => Confirmation::Confirmed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(100);

    fn confirm(role: WinnerRole, hold_until: Option<i64>, is_confirmed: bool) -> Confirmation {
        let winner = Winner {
            ticket: Ticket::new(1),
            user: UserId::new(1),
            role,
            place: 1,
            hold_until: hold_until.map(Timestamp::from_secs),
            confirmed_at: is_confirmed.then_some(NOW),
        };
        winner.confirm(NOW)
    }

    #[test]
    fn only_a_winner_confirms_and_only_in_time() {
        assert_eq!(confirm(WinnerRole::Winner, Some(101), false), Confirmation::Confirmed);
        assert_eq!(confirm(WinnerRole::Winner, Some(100), false), Confirmation::TooLate);
        assert_eq!(confirm(WinnerRole::Winner, Some(50), true), Confirmation::Again);
        assert_eq!(confirm(WinnerRole::Winner, None, false), Confirmation::NotAsked);
        assert_eq!(confirm(WinnerRole::Reserve, None, false), Confirmation::NotWinner);
        assert_eq!(confirm(WinnerRole::Replaced, Some(101), false), Confirmation::TooLate);
        assert_eq!(confirm(WinnerRole::Passed, None, false), Confirmation::TooLate);
    }

    #[test]
    fn every_role_has_its_name() {
        for role in WinnerRole::ALL {
            assert_eq!(WinnerRole::from_name(role.name()), Some(role));
        }
    }
}
