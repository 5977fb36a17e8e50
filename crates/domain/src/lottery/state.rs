//! The states of a lottery, and which may follow which.

use serde::{Deserialize, Serialize};

/// Where a lottery is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LotteryState {
    /// Not published; the organizer may still change anything.
    Draft,
    /// To be published at its time.
    Scheduled,
    /// Published; people join.
    Open,
    /// Published; nobody joins for the time being.
    Paused,
    /// No join can follow: the list of participants is what is drawn from.
    Frozen,
    /// The order is known; candidates are being checked.
    Drawing,
    /// Winners are stored, and nobody was told yet.
    Drawn,
    /// Everyone was told.
    Announced,
    Cancelled,
    /// Came out with too few winners; another lottery, with a commitment of its own, carries on.
    Reopened,
}

/// A step from one state to another that is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Transition {
    from: LotteryState,
    to: LotteryState,
}

impl LotteryState {
    pub const ALL: [Self; 10] = [
        Self::Draft,
        Self::Scheduled,
        Self::Open,
        Self::Paused,
        Self::Frozen,
        Self::Drawing,
        Self::Drawn,
        Self::Announced,
        Self::Cancelled,
        Self::Reopened,
    ];

    /// As in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Open => "open",
            Self::Paused => "paused",
            Self::Frozen => "frozen",
            Self::Drawing => "drawing",
            Self::Drawn => "drawn",
            Self::Announced => "announced",
            Self::Cancelled => "cancelled",
            Self::Reopened => "reopened",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The states that may follow.
    ///
    /// A scheduled lottery whose organizer is no longer administrator becomes a draft again. A frozen
    /// one cannot be cancelled: its organizer could wait for the beacon and cancel what they dislike.
    /// One that nobody joined has nothing to draw, and goes from frozen to drawn. One that was opened again stands
    /// as it was announced, once the lottery that was to carry on is thrown away unpublished.
    pub const fn next(self) -> &'static [Self] {
        use LotteryState::{
            Announced, Cancelled, Draft, Drawing, Drawn, Frozen, Open, Paused, Reopened, Scheduled,
        };
        match self {
            Draft => &[Scheduled, Open, Cancelled],
            Scheduled => &[Draft, Open, Cancelled],
            Open => &[Paused, Frozen, Cancelled],
            Paused => &[Open, Frozen, Cancelled],
            Frozen => &[Drawing, Drawn],
            Drawing => &[Drawn],
            Drawn => &[Announced],
            Announced => &[Reopened],
            Reopened => &[Announced],
            Cancelled => &[],
        }
    }

    /// The step to another state, where it is allowed.
    pub fn to(self, to: Self) -> Option<Transition> {
        self.next().contains(&to).then_some(Transition { from: self, to })
    }

    /// Whether it is published and not yet drawn: its chat cannot be unlinked.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Open | Self::Paused | Self::Frozen | Self::Drawing | Self::Drawn)
    }

    /// Whether nothing will happen any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Announced | Self::Cancelled | Self::Reopened)
    }

    /// Whether everybody was told how the draw came out.
    pub const fn is_announced(self) -> bool {
        matches!(self, Self::Announced | Self::Reopened)
    }

    /// Whether people may still come and go, and be excluded.
    pub const fn is_changeable(self) -> bool {
        matches!(self, Self::Open | Self::Paused)
    }
}

impl Transition {
    pub const fn from(self) -> LotteryState {
        self.from
    }

    pub const fn to(self) -> LotteryState {
        self.to
    }
}

#[cfg(test)]
mod tests {
    use super::LotteryState::*;
    use super::*;

    #[test]
    fn a_life_from_draft_to_announced() {
        let life = [Draft, Scheduled, Open, Paused, Open, Frozen, Drawing, Drawn, Announced, Reopened];
        for pair in life.windows(2) {
            let step = pair[0].to(pair[1]).unwrap();
            assert_eq!((step.from(), step.to()), (pair[0], pair[1]));
        }
    }

    #[test]
    fn what_was_frozen_never_opens_again_and_is_never_cancelled() {
        let mut reached = vec![Frozen];
        while let Some(more) = reached
            .iter()
            .flat_map(|state: &LotteryState| state.next())
            .copied()
            .find(|state| !reached.contains(state))
        {
            reached.push(more);
        }
        reached.sort();
        assert_eq!(reached, [Frozen, Drawing, Drawn, Announced, Reopened]);
    }

    #[test]
    fn no_state_is_skipped_and_none_follows_itself() {
        for state in LotteryState::ALL {
            assert_eq!(state.to(state), None);
            assert_eq!(LotteryState::from_name(state.name()), Some(state));
            assert!(!(state.is_running() && state.is_over()));
        }
        for (from, to) in
            [(Draft, Frozen), (Open, Drawn), (Open, Draft), (Drawing, Announced), (Cancelled, Open)]
        {
            assert_eq!(from.to(to), None, "{from:?} {to:?}");
        }
    }
}
