//! Throwing a draft away, after asking.

use qura_app::ingest::HandleError;
use qura_app::lotteries::Shelf;
use qura_domain::code::Code;
use qura_i18n::Msg;

use super::manage::opened;
use super::{RouletteButton, RouletteScreen, back_and_home};
use crate::context::{Context, Outcome};
use crate::features::mine;
use crate::press::Press;
use crate::view::{View, Viewer};

pub fn view(viewer: &Viewer, code: &Code) -> View {
    let card = RouletteButton::Card { code: code.clone() };
    let view = View::of(viewer, &Msg::RouletteDiscardConfirm);
    let row = vec![
        view.button(&Msg::NavConfirm, &RouletteButton::ConfirmDiscard { code: code.clone() }),
        view.button(&Msg::NavCancel, &card),
    ];
    back_and_home(view.row(row), &card)
}

pub async fn asked(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    match cx.services.lotteries.draft(press.person.id, code).await? {
        Some(lottery) => Ok(cx.say(vec![press.show(RouletteScreen::ConfirmDiscard { code: lottery.code })])),
        None => opened(cx, press, code).await,
    }
}

/// A draft was thrown away.
pub async fn discarded(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let note = Some(Msg::RouletteDiscarded);
    let list = mine::without(cx, press.person.id, Shelf::Drafts, code, note).await?;
    let mut tx = cx.begin().await?;
    if !cx.services.lotteries.discard(&mut tx, press.person.id, code).await? {
        tx.rollback().await?;
        return opened(cx, press, code).await;
    }
    cx.commit(tx, vec![press.show(list)]).await
}
