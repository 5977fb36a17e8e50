//! The grid of settings: each button shows its value and changes it.

use qura_app::ingest::HandleError;
use qura_domain::challenge::ChallengeKind;
use qura_domain::code::Code;
use qura_domain::lottery::{Audience, AutoDraw, Lottery, LotterySettings, Publication, SettingsError};
use qura_i18n::{LocalTime, Msg};
use serde::{Deserialize, Serialize};

use super::numbers::chosen;
use super::{Step, Switch, rows};
use crate::context::{Context, Outcome};
use crate::features::roulette::RouletteButton;
use crate::press::Press;
use crate::view::{View, Viewer};

/// The settings of a draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsGrid {
    code: Code,
    settings: LotterySettings,
    /// What just happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Msg>,
}

impl SettingsGrid {
    pub fn of(lottery: &Lottery, note: Option<Msg>) -> Self {
        Self { code: lottery.code.clone(), settings: lottery.settings.clone(), note }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let settings = &self.settings;
        let code = || self.code.clone();
        let word = |msg: Msg| msg.plain(viewer.language);
        let go = |step| RouletteButton::Go { code: code(), step };
        let turn = |switch| RouletteButton::Turn { code: code(), switch };
        let (winners, reserves) = (i64::from(settings.winners), i64::from(settings.reserves()));
        let mut view = View::of(viewer, &Msg::RouletteSettings { winners, reserves });
        if let Some(note) = &self.note {
            view = view.above(note);
        }
        let members = match settings.members_only {
            true => Msg::RouletteMembersOnButton,
            false => Msg::RouletteMembersOffButton,
        };
        let leavers = match settings.leavers_excluded {
            true => Msg::RouletteLeaversOnButton,
            false => Msg::RouletteLeaversOffButton,
        };
        let value = word(audience(settings.audience));
        view = view
            .press(&Msg::RouletteAudienceButton { value }, &turn(Switch::Audience))
            .press(&members, &turn(Switch::Members))
            .press(
                &Msg::RouletteChallengeButton { value: word(challenge(settings.challenge)) },
                &turn(Switch::Challenge),
            )
            .press(&leavers, &turn(Switch::Leavers))
            .press(
                &Msg::RouletteDrawButton { value: word(draw(settings.auto_draw, viewer)) },
                &go(Step::Draw),
            )
            .press(
                &Msg::RoulettePublicationButton { value: word(publication(settings.publication, viewer)) },
                &go(Step::Publication),
            )
            .press(
                &Msg::RouletteConfirmationButton { value: word(confirmation(settings.confirmation_hours)) },
                &go(Step::Confirmation),
            );
        rows(view, &self.code, Some((&Msg::NavNext, Step::Preview)), &go(Step::Reserves))
    }
}

/// «نوع المستخدمين»
pub const fn audience(audience: Audience) -> Msg {
    match audience {
        Audience::Everyone => Msg::RouletteAudienceEveryone,
        Audience::Premium => Msg::RouletteAudiencePremium,
    }
}

/// «منع الوهمي»
pub const fn challenge(kind: Option<ChallengeKind>) -> Msg {
    match kind {
        None => Msg::RouletteOff,
        Some(ChallengeKind::Image) => Msg::RouletteChallengeImage,
        Some(ChallengeKind::Emoji) => Msg::RouletteChallengeEmoji,
        Some(ChallengeKind::Math) => Msg::RouletteChallengeMath,
        Some(ChallengeKind::Timed) => Msg::RouletteChallengeTimed,
    }
}

/// «السحب التلقائي»
fn draw(draw: AutoDraw, viewer: &Viewer) -> Msg {
    match draw {
        AutoDraw::Never => Msg::RouletteDrawNever,
        AutoDraw::At(at) => Msg::RouletteTime { time: LocalTime { at, zone: viewer.timezone } },
        AutoDraw::AtCount(count) => {
            Msg::RouletteDrawCount { count: i64::try_from(count).unwrap_or(i64::MAX) }
        }
    }
}

/// «موعد النشر»
fn publication(publication: Publication, viewer: &Viewer) -> Msg {
    match publication {
        Publication::Now => Msg::RoulettePublicationNow,
        Publication::At(at) => Msg::RouletteTime { time: LocalTime { at, zone: viewer.timezone } },
    }
}

/// «مهلة التأكيد»
fn confirmation(hours: Option<u32>) -> Msg {
    match hours {
        None => Msg::RouletteOff,
        Some(hours) => Msg::RouletteHours { count: i64::from(hours) },
    }
}

/// What is wrong with settings.
pub const fn settings_error(error: SettingsError) -> Msg {
    match error {
        SettingsError::Winners => Msg::RouletteSettingsWinners,
        SettingsError::Reserves => Msg::RouletteSettingsReserves,
        SettingsError::DrawCount => Msg::RouletteSettingsDrawCount,
        SettingsError::FewerThanWinners => Msg::RouletteSettingsFewer,
        SettingsError::Confirmation => Msg::RouletteSettingsConfirmation,
        SettingsError::Past => Msg::RouletteSettingsPast,
        SettingsError::TooFar => Msg::RouletteSettingsTooFar,
        SettingsError::DrawBeforePublication => Msg::RouletteSettingsOrder,
    }
}

/// A switch was turned over.
pub async fn turned(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
    switch: Switch,
) -> Result<Outcome, HandleError> {
    let offered = cx.services.joining.offered.clone();
    let turn = move |lottery: &mut Lottery| {
        let settings = &mut lottery.settings;
        match switch {
            Switch::Audience => {
                settings.audience = match settings.audience {
                    Audience::Everyone => Audience::Premium,
                    Audience::Premium => Audience::Everyone,
                }
            }
            Switch::Members => settings.members_only = !settings.members_only,
            Switch::Leavers => settings.leavers_excluded = !settings.leavers_excluded,
            Switch::Challenge => settings.challenge = after(settings.challenge, &offered),
        }
    };
    chosen(cx, press, code, Step::Settings, turn).await
}

/// The kinds that are offered one after the other, then off.
fn after(kind: Option<ChallengeKind>, offered: &[ChallengeKind]) -> Option<ChallengeKind> {
    match kind {
        None => offered.first().copied(),
        Some(kind) => {
            let place = offered.iter().position(|one| *one == kind)?;
            offered.get(place + 1).copied()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_goes_through_all_that_are_offered_and_off() {
        let mut kind = None;
        let mut seen = Vec::new();
        for _ in 0..=ChallengeKind::ALL.len() {
            seen.push(kind);
            kind = after(kind, &ChallengeKind::ALL);
        }
        assert_eq!(kind, None);
        assert_eq!(seen[1..], ChallengeKind::ALL.map(Some));
        let offered = [ChallengeKind::Math, ChallengeKind::Image];
        assert_eq!(after(None, &offered), Some(ChallengeKind::Math));
        assert_eq!(after(Some(ChallengeKind::Image), &offered), None);
        // One that is not offered any more.
        assert_eq!(after(Some(ChallengeKind::Timed), &offered), None);
    }
}
