//! The last step: the post as it will look, everything that it needs looked at, and «تأكيد وبدء السحب».

use qura_app::ingest::HandleError;
use qura_app::lotteries::{Check, Confirmed, PublishRefusal, Rehearsal};
use qura_domain::code::Code;
use qura_domain::lottery::Lottery;
use qura_domain::person::Person;
use qura_domain::time::Timestamp;
use qura_i18n::{LocalTime, Msg};
use serde::{Deserialize, Serialize};

use super::grid::settings_error;
use super::{DraftStep, Step, lost, rows, stale};
use crate::context::{Context, Outcome};
use crate::features::channels::{failure, name_all};
use crate::features::menu::MenuButton;
use crate::features::mine::MineButton;
use crate::features::roulette::{RouletteButton, RouletteScreen};
use crate::press::Press;
use crate::reply::Reply;
use crate::view::{View, ViewBuilder, Viewer};
use crate::wizard::{self, Answer, Wizard};

/// What the rehearsal found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreviewScreen {
    code: Code,
    checks: Vec<Check>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    custom_emoji: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    publish_at: Option<Timestamp>,
    /// What is said before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Msg>,
}

/// The publication is ordered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfirmedScreen {
    code: Code,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
}

impl PreviewScreen {
    fn of(lottery: &Lottery, rehearsal: Rehearsal) -> Self {
        Self {
            code: lottery.code.clone(),
            checks: rehearsal.checks,
            custom_emoji: lottery.template.has_custom_emoji(),
            publish_at: lottery.settings.publish_at(),
            note: None,
        }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let passed = self.checks.iter().all(Check::passed);
        let text = if passed { Msg::RoulettePreviewReady } else { Msg::RoulettePreviewLacking };
        let mut view = name_checks(View::of(viewer, &text), viewer, &self.checks);
        if let Some(note) = &self.note {
            view = view.above(note);
        }
        if self.custom_emoji {
            view = view.below(&Msg::RoulettePreviewEmoji);
        }
        if let Some(at) = self.publish_at {
            let time = LocalTime { at, zone: viewer.timezone };
            view = view.below(&Msg::RoulettePreviewTime { time });
        }
        let code = || self.code.clone();
        view = match passed {
            true => view.press(&Msg::RouletteConfirm, &RouletteButton::Publish { code: code() }),
            false => view.press(&Msg::ChannelsRecheck, &RouletteButton::Recheck { code: code() }),
        };
        rows(view, &self.code, None, &RouletteButton::Go { code: code(), step: Step::Settings })
    }
}

impl ConfirmedScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        let text = match self.at {
            None => Msg::RouletteUnderWay,
            Some(at) => Msg::RouletteScheduled { time: LocalTime { at, zone: viewer.timezone } },
        };
        View::of(viewer, &text)
            .press(&Msg::RouletteManage, &RouletteButton::Card { code: self.code.clone() })
            .press(&Msg::RouletteMine, &MineButton::Lotteries)
            .press(&Msg::NavHome, &MenuButton::Home)
            .done()
    }
}

/// Adds a line for each thing that was looked at.
pub fn name_checks(view: ViewBuilder, viewer: &Viewer, checks: &[Check]) -> ViewBuilder {
    checks.iter().fold(view, |view, check| match check {
        Check::Chat { title, obstacles } | Check::ConditionChat { title, obstacles } => {
            let title = title.clone();
            match obstacles.is_empty() {
                true => view.below(&Msg::RouletteCheckPassed { title }),
                false => name_all(view.below(&Msg::RouletteCheckFailed { title }), viewer, obstacles),
            }
        }
        Check::ConditionLottery { code, is_open: true } => {
            view.below(&Msg::RouletteCheckPassed { title: code.to_string() })
        }
        Check::ConditionLottery { code, is_open: false } => {
            view.below(&Msg::RouletteCheckEnded { code: code.to_string() })
        }
        Check::NoTemplate => view.below(&Msg::RouletteCheckNoTemplate),
        Check::Settings(error) => view.below(&settings_error(*error)),
        Check::Refused(reason) => view.below(&Msg::RouletteCheckRefused { reason: reason.clone() }),
    })
}

/// The preview was opened: the post is shown as a message of its own, and below it what was found.
pub async fn opened(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let Some(lottery) = cx.services.lotteries.draft(person, code).await? else {
        return stale(cx, press, code).await;
    };
    let rehearsal = cx.services.lotteries.rehearse(&lottery).await.map_err(failure)?;
    let mut replies = Vec::new();
    let mut tx = cx.begin().await?;
    wizard::end(&mut tx, person, &mut replies).await?;
    if !lottery.template.is_blank() {
        replies.push(Reply::Preview { to: person, code: code.clone() });
    }
    let screen = RouletteScreen::Preview(PreviewScreen::of(&lottery, rehearsal));
    replies.push(Reply::show(person, screen));
    wizard::go_on(cx, &mut tx, person, &Wizard::Roulette(DraftStep::of(&lottery, Step::Preview))).await?;
    cx.commit(tx, replies).await
}

/// Something was sent where a button is to be pressed.
pub async fn again(cx: Context<'_>, person: &Person, code: &Code) -> Result<Answer, HandleError> {
    let Some(lottery) = cx.services.lotteries.draft(person.id, code).await? else {
        return lost(cx, person, code).await;
    };
    let rehearsal = cx.services.lotteries.rehearse(&lottery).await.map_err(failure)?;
    let preview = PreviewScreen::of(&lottery, rehearsal);
    let screen = PreviewScreen { note: Some(Msg::RouletteErrorPress), ..preview };
    Ok(Answer::Again(RouletteScreen::Preview(screen).into()))
}

/// «إعادة الفحص»
pub async fn rechecked(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let Some(lottery) = cx.services.lotteries.draft(press.person.id, code).await? else {
        return stale(cx, press, code).await;
    };
    let rehearsal = cx.services.lotteries.rehearse(&lottery).await.map_err(failure)?;
    let toast = if rehearsal.passed() { Msg::ChannelsRefreshed } else { Msg::ChannelsRecheckLacking };
    let screen = RouletteScreen::Preview(PreviewScreen::of(&lottery, rehearsal));
    Ok(cx.say(vec![press.toast(toast), press.show(screen)]))
}

/// «تأكيد وبدء السحب»: everything is looked at once more, and the publication is ordered.
pub async fn confirmed(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let Some(lottery) = cx.services.lotteries.draft(person, code).await? else {
        return stale(cx, press, code).await;
    };
    let rehearsal = cx.services.lotteries.rehearse(&lottery).await.map_err(failure)?;
    if !rehearsal.passed() {
        let screen = RouletteScreen::Preview(PreviewScreen::of(&lottery, rehearsal));
        return Ok(cx.say(vec![press.toast(Msg::ChannelsRecheckLacking), press.show(screen)]));
    }
    let mut tx = cx.begin().await?;
    let at = match cx.services.lotteries.confirm(&mut tx, person, code, &rehearsal).await? {
        Some(Ok(Confirmed::Now)) => None,
        Some(Ok(Confirmed::At(at))) => Some(at),
        Some(Err(refusal)) => {
            tx.rollback().await?;
            return Ok(cx.say(vec![press.alert(refused(refusal))]));
        }
        None => {
            tx.rollback().await?;
            return stale(cx, press, code).await;
        }
    };
    let mut replies = Vec::new();
    wizard::end(&mut tx, person, &mut replies).await?;
    replies.push(press.show(RouletteScreen::Confirmed(ConfirmedScreen { code: code.clone(), at })));
    let outcome = cx.commit(tx, replies).await?;
    cx.services.lotteries.announce().await;
    Ok(outcome)
}

fn refused(refusal: PublishRefusal) -> Msg {
    match refusal {
        PublishRefusal::NoTemplate => Msg::RouletteCheckNoTemplate,
        PublishRefusal::Settings(error) => settings_error(error),
        PublishRefusal::ConditionEnded => Msg::RouletteErrorEnded,
        PublishRefusal::TooOften { limit, wait } => {
            Msg::RouletteTooOftenAlert { limit: i64::from(limit), wait }
        }
    }
}
