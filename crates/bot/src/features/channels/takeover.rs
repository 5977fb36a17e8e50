//! Taking over a lottery whose organizer is no longer administrator of its chat.

use qura_app::ingest::HandleError;
use qura_app::lotteries::{Check, TakeOverRefusal};
use qura_domain::code::Code;
use qura_domain::ids::ChatId;
use qura_domain::lottery::Lottery;
use qura_i18n::Msg;
use qura_storage::Page;
use serde::{Deserialize, Serialize};

use super::{ChannelButton, ChannelScreen, back_and_home, card, failure, list};
use crate::context::{Context, Outcome};
use crate::features::roulette::create::preview::name_checks;
use crate::features::roulette::{RouletteScreen, manage};
use crate::press::Press;
use crate::view::{View, Viewer};

/// The question before it, or what keeps the person from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TakeOverScreen {
    code: Code,
    chat: ChatId,
    /// Not all of them passed: they are named, and nothing is asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    checks: Vec<Check>,
}

impl TakeOverScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        let back = ChannelButton::Card { chat: self.chat };
        if !self.checks.is_empty() {
            let view = name_checks(View::of(viewer, &Msg::ManageLacking), viewer, &self.checks);
            return back_and_home(view, &back);
        }
        let view = View::of(viewer, &Msg::ChannelsTakeOver { code: self.code.to_string() });
        let row = vec![
            view.button(&Msg::NavConfirm, &ChannelButton::ConfirmTakeOver { code: self.code.clone() }),
            view.button(&Msg::NavCancel, &back),
        ];
        back_and_home(view.row(row), &back)
    }
}

pub async fn asked(
    cx: Context<'_>,
    press: Press<ChannelButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    match may(cx, &press, code).await? {
        Err(outcome) => Ok(outcome),
        Ok(lottery) => {
            let screen = TakeOverScreen { code: code.clone(), chat: lottery.chat, checks: Vec::new() };
            Ok(cx.say(vec![press.show(ChannelScreen::TakeOver(screen))]))
        }
    }
}

/// «تأكيد»
pub async fn confirmed(
    cx: Context<'_>,
    press: Press<ChannelButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let lottery = match may(cx, &press, code).await? {
        Err(outcome) => return Ok(outcome),
        Ok(lottery) => lottery,
    };
    let person = press.person.id;
    let around = manage::surroundings(cx, person, &lottery).await?;
    let mut tx = cx.begin().await?;
    if !cx.services.lotteries.take_over(&mut tx, person, &lottery).await? {
        tx.rollback().await?;
        return card::stale(cx, press, lottery.chat).await;
    }
    let lottery = Lottery { organizer: person, ..lottery };
    let card = manage::card_of(cx, lottery, around, Some(Msg::ChannelsTookOver));
    let outcome = cx.commit(tx, vec![press.show(RouletteScreen::Card(card))]).await?;
    cx.services.lotteries.announce().await;
    Ok(outcome)
}

/// The lottery, where the person may take it over now; else what is said instead.
async fn may(
    cx: Context<'_>,
    press: &Press<ChannelButton>,
    code: &Code,
) -> Result<Result<Lottery, Outcome>, HandleError> {
    let person = press.person.id;
    let Some(Lottery { chat, .. }) = cx.services.lotteries.find(code).await? else {
        metrics::counter!("callbacks_forbidden_total").increment(1);
        let list = list::page(cx, person, Page::First, None).await?;
        return Ok(Err(cx.say(vec![press.alert(Msg::AlertStale), press.show(list)])));
    };
    // Only who linked the chat has a screen of it.
    if !cx.services.channels.is_linked(person, chat).await? {
        metrics::counter!("callbacks_forbidden_total").increment(1);
        return Ok(Err(card::stale(cx, press.clone(), chat).await?));
    }
    let refused = match cx.services.lotteries.may_take_over(person, code).await.map_err(failure)? {
        Ok(lottery) => return Ok(Ok(lottery)),
        Err(refusal) => refusal,
    };
    Ok(Err(match refused {
        TakeOverRefusal::NotNow => card::stale(cx, press.clone(), chat).await?,
        TakeOverRefusal::Kept => cx.say(vec![press.alert(Msg::ChannelsTakeOverKeptAlert)]),
        TakeOverRefusal::Lacking(looked) => {
            let screen = TakeOverScreen { code: code.clone(), chat, checks: looked.checks };
            cx.say(vec![press.alert(Msg::ManageLackingAlert), press.show(ChannelScreen::TakeOver(screen))])
        }
    }))
}
