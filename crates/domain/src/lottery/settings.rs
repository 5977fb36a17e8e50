//! What an organizer sets of a lottery, with ranges and defaults.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::challenge::ChallengeKind;
use crate::time::Timestamp;

/// The numbers and the grid of settings («الإعدادات»). What a stored one lacks is its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LotterySettings {
    /// «عدد الفائزين».
    pub winners: u32,
    /// «الاحتياط»: who inherits when a winner does not confirm or has left. `None`: as many as winners.
    pub reserves: Option<u32>,
    /// «نوع المستخدمين».
    pub audience: Audience,
    /// «الاشتراك في القناة»: only members of the chat may join.
    pub members_only: bool,
    /// «منع الوهمي»; `None` is off.
    pub challenge: Option<ChallengeKind>,
    /// «استبعاد المغادرين»: who left the chat by the time of the draw cannot win.
    pub leavers_excluded: bool,
    /// «السحب التلقائي».
    pub auto_draw: AutoDraw,
    /// «موعد النشر».
    pub publication: Publication,
    /// «مهلة التأكيد», in hours; `None`: winners need not confirm.
    pub confirmation_hours: Option<u32>,
}

/// Who may join.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    #[default]
    Everyone,
    /// «المميزين»: Telegram Premium only.
    Premium,
}

/// When the draw begins without the organizer's word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutoDraw {
    #[default]
    Never,
    At(Timestamp),
    /// Once that many are registered.
    AtCount(u64),
}

/// When the post appears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Publication {
    #[default]
    Now,
    At(Timestamp),
}

impl Default for LotterySettings {
    fn default() -> Self {
        Self {
            winners: 1,
            reserves: None,
            audience: Audience::Everyone,
            members_only: true,
            challenge: Some(ChallengeKind::Image),
            leavers_excluded: true,
            auto_draw: AutoDraw::Never,
            publication: Publication::Now,
            confirmation_hours: None,
        }
    }
}

/// Why settings cannot be published as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum SettingsError {
    #[error("the number of winners is outside of 1 to 100")]
    Winners,
    #[error("the number of reserves is outside of 0 to 100")]
    Reserves,
    #[error("the number of participants to draw at is outside of 1 to 1,000,000")]
    DrawCount,
    #[error("the draw would begin with fewer participants than winners")]
    FewerThanWinners,
    #[error("the time to confirm is outside of 1 to 168 hours")]
    Confirmation,
    #[error("a time lies in the past")]
    Past,
    #[error("a time lies more than a year ahead")]
    TooFar,
    #[error("the draw would begin before the publication")]
    DrawBeforePublication,
}

impl LotterySettings {
    /// Flows, 3.1 step 4.
    pub const WINNERS: RangeInclusive<u32> = 1..=100;
    /// As many as there can be winners; none is a choice as well.
    pub const RESERVES: RangeInclusive<u32> = 0..=100;
    /// As far as draws are tested.
    pub const DRAW_COUNT: RangeInclusive<u64> = 1..=1_000_000;
    /// Up to a week. The design names no range.
    pub const CONFIRMATION_HOURS: RangeInclusive<u32> = 1..=168;
    /// How far ahead a time may lie. The design names no range.
    pub const HORIZON: Duration = Duration::from_secs(366 * 24 * 3600);

    /// How many reserves are drawn.
    pub fn reserves(&self) -> u32 {
        self.reserves.unwrap_or(self.winners)
    }

    /// When the draw begins by itself, where that is at a time.
    pub fn draw_at(&self) -> Option<Timestamp> {
        match self.auto_draw {
            AutoDraw::At(at) => Some(at),
            AutoDraw::Never | AutoDraw::AtCount(_) => None,
        }
    }

    /// Whether the time of its draw has come.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.draw_at().is_some_and(|at| at <= now)
    }

    /// Whether the draw begins by itself with this number of participants.
    pub fn draws_at_count(&self, count: u64) -> bool {
        matches!(self.auto_draw, AutoDraw::AtCount(wanted) if count >= wanted)
    }

    /// When the post is to appear, where that is at a time.
    pub fn publish_at(&self) -> Option<Timestamp> {
        match self.publication {
            Publication::At(at) => Some(at),
            Publication::Now => None,
        }
    }

    /// Whether a lottery can be published with these, at `now` or at its time.
    pub fn check(&self, now: Timestamp) -> Result<(), SettingsError> {
        let refuse = |wrong: bool, error| if wrong { Err(error) } else { Ok(()) };
        refuse(!Self::WINNERS.contains(&self.winners), SettingsError::Winners)?;
        refuse(!Self::RESERVES.contains(&self.reserves()), SettingsError::Reserves)?;
        if let AutoDraw::AtCount(count) = self.auto_draw {
            refuse(!Self::DRAW_COUNT.contains(&count), SettingsError::DrawCount)?;
            refuse(count < u64::from(self.winners), SettingsError::FewerThanWinners)?;
        }
        if let Some(hours) = self.confirmation_hours {
            refuse(!Self::CONFIRMATION_HOURS.contains(&hours), SettingsError::Confirmation)?;
        }
        for at in [self.publish_at(), self.draw_at()].into_iter().flatten() {
            refuse(at <= now, SettingsError::Past)?;
            refuse(at > now + Self::HORIZON, SettingsError::TooFar)?;
        }
        if let (Some(publish_at), Some(draw_at)) = (self.publish_at(), self.draw_at()) {
            refuse(draw_at <= publish_at, SettingsError::DrawBeforePublication)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_000_000);

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(1_000_000 + secs)
    }

    #[test]
    fn the_defaults_are_those_of_the_design() {
        let settings: LotterySettings = serde_json::from_str("{}").unwrap();
        assert_eq!(settings, LotterySettings::default());
        assert_eq!((settings.winners, settings.reserves()), (1, 1));
        assert!(settings.members_only && settings.leavers_excluded);
        assert_eq!(settings.audience, Audience::Everyone);
        assert_eq!(settings.challenge, Some(ChallengeKind::Image));
        assert_eq!(settings.confirmation_hours, None);
        assert_eq!((settings.publish_at(), settings.draw_at()), (None, None));
        assert_eq!(settings.check(NOW), Ok(()));
    }

    #[test]
    fn what_is_off_stays_off_when_stored() {
        let settings = LotterySettings {
            challenge: None,
            reserves: Some(0),
            auto_draw: AutoDraw::AtCount(50),
            publication: Publication::At(at(60)),
            confirmation_hours: Some(24),
            ..LotterySettings::default()
        };
        let stored = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<LotterySettings>(&stored).unwrap(), settings);
        assert_eq!(settings.reserves(), 0);
    }

    #[test]
    fn each_value_is_held_to_its_range() {
        let check = |change: &dyn Fn(&mut LotterySettings)| {
            let mut settings = LotterySettings::default();
            change(&mut settings);
            settings.check(NOW)
        };
        assert_eq!(check(&|s| s.winners = 0), Err(SettingsError::Winners));
        assert_eq!(check(&|s| s.winners = 101), Err(SettingsError::Winners));
        assert_eq!(check(&|s| s.winners = 100), Ok(()));
        assert_eq!(check(&|s| s.reserves = Some(101)), Err(SettingsError::Reserves));
        assert_eq!(check(&|s| s.reserves = Some(0)), Ok(()));
        assert_eq!(check(&|s| s.auto_draw = AutoDraw::AtCount(0)), Err(SettingsError::DrawCount));
        assert_eq!(check(&|s| s.auto_draw = AutoDraw::AtCount(1_000_001)), Err(SettingsError::DrawCount));
        let few = check(&|s| (s.winners, s.auto_draw) = (5, AutoDraw::AtCount(4)));
        assert_eq!(few, Err(SettingsError::FewerThanWinners));
        assert_eq!(check(&|s| (s.winners, s.auto_draw) = (5, AutoDraw::AtCount(5))), Ok(()));
        assert_eq!(check(&|s| s.confirmation_hours = Some(0)), Err(SettingsError::Confirmation));
        assert_eq!(check(&|s| s.confirmation_hours = Some(169)), Err(SettingsError::Confirmation));
        assert_eq!(check(&|s| s.confirmation_hours = Some(168)), Ok(()));
    }

    #[test]
    fn times_lie_ahead_and_in_order() {
        let check = |publish: Option<i64>, draw: Option<i64>| {
            let publication = publish.map_or(Publication::Now, |secs| Publication::At(at(secs)));
            let auto_draw = draw.map_or(AutoDraw::Never, |secs| AutoDraw::At(at(secs)));
            LotterySettings { publication, auto_draw, ..LotterySettings::default() }.check(NOW)
        };
        assert_eq!(check(Some(0), None), Err(SettingsError::Past));
        assert_eq!(check(None, Some(-5)), Err(SettingsError::Past));
        assert_eq!(check(Some(60), Some(60)), Err(SettingsError::DrawBeforePublication));
        assert_eq!(check(Some(60), Some(61)), Ok(()));
        assert_eq!(check(None, Some(366 * 86_400 + 1)), Err(SettingsError::TooFar));
        assert_eq!(check(None, Some(366 * 86_400)), Ok(()));
    }

    #[test]
    fn the_draw_begins_once_enough_are_in() {
        let settings = LotterySettings { auto_draw: AutoDraw::AtCount(3), ..LotterySettings::default() };
        assert_eq!([2, 3, 4].map(|count| settings.draws_at_count(count)), [false, true, true]);
        assert!(!LotterySettings::default().draws_at_count(1_000_000));
    }
}
