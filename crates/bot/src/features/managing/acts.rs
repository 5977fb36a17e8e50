//! Acts of one tap, and those that ask first: «إيقاف مؤقت», «سحب الفائزين», «إعادة نشر», «إلغاء السحب».

use qura_app::ingest::HandleError;
use qura_app::lotteries::{ManageRefusal, Managed};
use qura_domain::code::Code;
use qura_domain::lottery::LotteryState;
use qura_i18n::Msg;
use qura_storage::Tx;
use serde::{Deserialize, Serialize};

use super::refusal::{Admitted, Need, admit, not_theirs, refused};
use super::{ManageButton, ManageScreen, drawing, manager};
use crate::callback::Field;
use crate::context::{Context, Outcome};
use crate::features::roulette::manage::{self, Surroundings};
use crate::features::roulette::{RouletteButton, RouletteScreen, back_and_home};
use crate::press::Press;
use crate::view::{View, Viewer};
use crate::wizard;

/// What is asked about first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Draw,
    Republish,
    Cancel,
}

impl Field for Act {
    fn write(&self) -> String {
        match self {
            Self::Draw => "draw",
            Self::Republish => "post",
            Self::Cancel => "cancel",
        }
        .to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        [Self::Draw, Self::Republish, Self::Cancel].into_iter().find(|act| act.write() == text)
    }
}

impl Act {
    const fn fits(self, state: LotteryState) -> bool {
        match self {
            Self::Draw | Self::Cancel => state.is_changeable(),
            Self::Republish => state.is_running(),
        }
    }
}

pub fn confirm(viewer: &Viewer, code: &Code, act: Act, count: u64) -> View {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let question = match act {
        Act::Draw => Msg::ManageDrawConfirm { count },
        Act::Republish => Msg::ManageRepublishConfirm,
        Act::Cancel => Msg::ManageCancelConfirm { count },
    };
    let view = View::of(viewer, &question);
    let card = RouletteButton::Card { code: code.clone() };
    let row = vec![
        view.button(&Msg::NavConfirm, &ManageButton::Do { code: code.clone(), act }),
        view.button(&Msg::NavCancel, &card),
    ];
    back_and_home(view.row(row), &card)
}

/// «إيقاف مؤقت»
pub async fn paused(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let Admitted { manager, lottery } = match admit(cx, press.person.id, code, Need::Person).await? {
        Ok(admitted) => admitted,
        Err(denied) => return denied.say(cx, press).await,
    };
    let around = manage::surroundings(cx, press.person.id, &lottery).await?;
    let mut tx = cx.begin().await?;
    let done = cx.services.lotteries.pause(&mut tx, manager, code).await?;
    ended(cx, tx, press, code, around, done, Msg::ManagePaused).await
}

/// Before an act.
pub async fn asked(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
    act: Act,
) -> Result<Outcome, HandleError> {
    let manager = manager(cx, press.person.id);
    let Some(lottery) = cx.services.lotteries.managed(manager, code).await? else {
        return Ok(not_theirs(cx, &press));
    };
    if !act.fits(lottery.state) {
        return refused(cx, press, code, ManageRefusal::NotNow).await;
    }
    let found = cx.services.lotteries.find_with_count(code).await?;
    let count = found.map_or(0, |(_, count)| count.participants);
    let screen = ManageScreen::Confirm { code: code.clone(), act, count };
    wizard::leave(cx, press.person.id, vec![press.show(screen)]).await
}

/// «تأكيد»
pub async fn done(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
    act: Act,
) -> Result<Outcome, HandleError> {
    match act {
        Act::Draw => drawing::ordered(cx, press, code, None).await,
        Act::Republish => republished(cx, press, code).await,
        Act::Cancel => cancelled(cx, press, code).await,
    }
}

async fn republished(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let Admitted { manager, lottery } = match admit(cx, press.person.id, code, Need::Everything).await? {
        Ok(admitted) => admitted,
        Err(denied) => return denied.say(cx, press).await,
    };
    let around = manage::surroundings(cx, press.person.id, &lottery).await?;
    let mut tx = cx.begin().await?;
    let done = cx.services.lotteries.republish(&mut tx, manager, code).await?;
    ended(cx, tx, press, code, around, done, Msg::ManageRepublishOrdered).await
}

async fn cancelled(cx: Context<'_>, press: Press<ManageButton>, code: &Code) -> Result<Outcome, HandleError> {
    // A lottery whose chat has thrown the bot out can still be cancelled.
    let Admitted { manager, lottery } = match admit(cx, press.person.id, code, Need::Person).await? {
        Ok(admitted) => admitted,
        Err(denied) => return denied.say(cx, press).await,
    };
    let around = manage::surroundings(cx, press.person.id, &lottery).await?;
    let mut tx = cx.begin().await?;
    let done = cx.services.lotteries.cancel(&mut tx, manager, code).await?;
    ended(cx, tx, press, code, around, done, Msg::ManageCancelled).await
}

/// Commits an act and shows the card as it is then, or says why it is refused.
pub async fn ended(
    cx: Context<'_>,
    tx: Tx,
    press: Press<ManageButton>,
    code: &Code,
    around: Surroundings,
    done: Managed,
    note: Msg,
) -> Result<Outcome, HandleError> {
    let lottery = match done {
        Ok(lottery) => lottery,
        Err(refusal) => {
            tx.rollback().await?;
            return refused(cx, press, code, refusal).await;
        }
    };
    let card = manage::card_of(cx, lottery, around, Some(note));
    let outcome = cx.commit(tx, vec![press.show(RouletteScreen::Card(card))]).await?;
    cx.services.lotteries.announce().await;
    Ok(outcome)
}
