//! «تأكيد الفوز»: by the button in private, or by the link under the result. Never gated.

use qura_app::ingest::HandleError;
use qura_domain::code::Code;
use qura_domain::ids::UserId;
use qura_domain::lottery::Confirmation;
use qura_domain::person::Person;
use qura_i18n::Msg;

use super::{DrawButton, DrawScreen, lottery};
use crate::context::{Context, Outcome};
use crate::features::joining::Way;
use crate::features::menu::{MenuButton, MenuScreen};
use crate::press::Press;
use crate::reply::Reply;
use crate::view::{View, Viewer};

pub fn view(viewer: &Viewer, code: &Code, outcome: Confirmation) -> View {
    let (text, link) = (code.to_string(), DrawButton::Verify { code: code.clone() });
    let text = match outcome {
        Confirmation::Confirmed => Msg::DrawConfirmed { code: text },
        Confirmation::Again => Msg::DrawConfirmedAgain { code: text },
        Confirmation::NotAsked => Msg::DrawConfirmedNeedless { code: text },
        Confirmation::TooLate => Msg::DrawConfirmedLate { code: text },
        Confirmation::NotWinner => Msg::DrawConfirmedStranger { code: text },
        Confirmation::NotYet => Msg::DrawConfirmedEarly { code: text },
    };
    let view = View::of(viewer, &text).press(&Msg::DrawVerifyButton, &link);
    view.press(&Msg::NavHome, &MenuButton::Home).done()
}

pub async fn pressed(cx: Context<'_>, press: Press<DrawButton>, code: &Code) -> Result<Outcome, HandleError> {
    confirm(cx, press.person.id, code, |screen| press.show(screen)).await
}

/// By the link, past the gate or around it.
pub async fn came(cx: Context<'_>, person: &Person, code: &Code, way: &Way) -> Result<Outcome, HandleError> {
    if lottery(cx, code).await?.is_none() {
        let menu = MenuScreen::by_unknown_link(person);
        return Ok(cx.say(vec![way.replace(menu)]));
    }
    confirm(cx, person.id, code, |screen| way.replace(screen)).await
}

async fn confirm(
    cx: Context<'_>,
    person: UserId,
    code: &Code,
    show: impl FnOnce(DrawScreen) -> Reply,
) -> Result<Outcome, HandleError> {
    let found = lottery(cx, code).await?;
    let mut tx = cx.begin().await?;
    let outcome = match found {
        Some(lottery) => cx.services.draws.confirm(&mut tx, lottery.id, person).await?,
        None => Confirmation::NotWinner,
    };
    cx.commit(tx, vec![show(DrawScreen::Confirmed { code: code.clone(), outcome })]).await
}
