//! «تحقق من السحب»: what a draw came to in plain words, and its receipt as a file.

use qura_app::draws::{OpeningRefusal, ReceiptRefusal};
use qura_app::ingest::HandleError;
use qura_domain::code::Code;
use qura_domain::draw::commitment::Mode;
use qura_domain::ids::UserId;
use qura_domain::person::Person;
use qura_i18n::Msg;
use qura_ports::coordination::Topic;
use serde::{Deserialize, Serialize};

use super::{DrawButton, DrawScreen, lottery, result};
use crate::context::{Context, Outcome};
use crate::features::joining::Way;
use crate::features::menu::{MenuButton, MenuScreen};
use crate::press::Press;
use crate::view::{View, Viewer};

/// A draw, verified at this moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifyScreen {
    /// There is no receipt yet.
    Pending { code: Code, commitment: String },
    Drawn {
        code: Code,
        tickets: i64,
        found: i64,
        wanted: i64,
        skips: i64,
        holds: bool,
        is_public: bool,
        digest: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<String>,
    },
}

impl VerifyScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        let view = match self {
            Self::Pending { code, commitment } => {
                let (code, commitment) = (code.to_string(), commitment.clone());
                View::of(viewer, &Msg::DrawVerifyPending { code, commitment })
            }
            Self::Drawn { code, tickets, found, wanted, skips, holds, is_public, digest, page } => {
                let (tickets, found, wanted, skips) = (*tickets, *found, *wanted, *skips);
                let title = Msg::DrawVerifyTitle { code: code.to_string(), tickets, found, wanted, skips };
                let mut view = View::of(viewer, &title);
                view = view.below(if *holds { &Msg::DrawVerifyHow } else { &Msg::DrawVerifyBroken });
                if !is_public {
                    view = view.below(&Msg::DrawVerifySecret);
                }
                view = view.below(&Msg::DrawVerifyLimits);
                view = view.below(&Msg::DrawResultDigest { digest: digest.clone() });
                if let Some(page) = page {
                    view = view.url(&Msg::DrawVerifyPage, page);
                }
                view.press(&Msg::DrawVerifyFile, &DrawButton::File { code: code.clone() })
                    .press(&Msg::DrawOpeningButton, &DrawButton::Proof { code: code.clone() })
            }
        };
        view.press(&Msg::NavHome, &MenuButton::Home).done()
    }
}

/// By the link, past the gate.
pub async fn came(cx: Context<'_>, person: &Person, code: &Code, way: &Way) -> Result<Outcome, HandleError> {
    let mut replies = way.before.clone();
    let Some(screen) = screen(cx, code).await? else {
        replies.push(way.replace(MenuScreen::by_unknown_link(person)));
        return cx.seen(person, None, replies).await;
    };
    let is_drawn = matches!(screen, VerifyScreen::Drawn { .. });
    replies.push(way.replace(DrawScreen::Verify(Box::new(screen))));
    let outcome = cx.seen(person, None, replies).await?;
    // Where there is no page, the file is all there is. A second transaction: whoever is killed in between
    // presses the button.
    if is_drawn && !outcome.superseded && cx.services.public_url.is_none() {
        send_file(cx, person.id, code).await?;
    }
    Ok(outcome)
}

pub async fn pressed(cx: Context<'_>, press: Press<DrawButton>, code: &Code) -> Result<Outcome, HandleError> {
    match screen(cx, code).await? {
        Some(screen) => Ok(cx.say(vec![press.show(DrawScreen::Verify(Box::new(screen)))])),
        None => stale(cx, press, code).await,
    }
}

/// The button is old: the draw as it is now, or the menu where there is none.
async fn stale(cx: Context<'_>, press: Press<DrawButton>, code: &Code) -> Result<Outcome, HandleError> {
    let now = match screen(cx, code).await? {
        Some(screen) => press.show(DrawScreen::Verify(Box::new(screen))),
        None => press.show(MenuScreen::of(&press.person)),
    };
    Ok(cx.say(vec![press.alert(Msg::AlertStale), now]))
}

pub async fn file_asked(
    cx: Context<'_>,
    press: Press<DrawButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let Some(lottery) = lottery(cx, code).await? else {
        return stale(cx, press, code).await;
    };
    let mut tx = cx.begin().await?;
    let refused = match cx.services.draws.ask_for_receipt(&mut tx, press.person.id, &lottery).await? {
        Ok(()) => {
            let outcome = cx.commit(tx, vec![press.toast(Msg::DrawVerifySent)]).await?;
            cx.services.draws.wakeups.wake(Topic::Outbox).await;
            return Ok(outcome);
        }
        Err(refused) => refused,
    };
    tx.rollback().await?;
    match refused {
        ReceiptRefusal::NotDrawn => stale(cx, press, code).await,
        ReceiptRefusal::TooOften => Ok(cx.say(vec![press.alert(Msg::DrawVerifyAlertOften)])),
    }
}

/// Only about one's own ticket.
pub async fn proof_asked(
    cx: Context<'_>,
    press: Press<DrawButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let Some(lottery) = lottery(cx, code).await? else {
        return stale(cx, press, code).await;
    };
    let mut tx = cx.begin().await?;
    let asked = cx.services.draws.ask_for_opening(&mut tx, press.person.id, &lottery).await?;
    let refused = match asked {
        Ok(()) => {
            let outcome = cx.commit(tx, vec![press.toast(Msg::DrawVerifySent)]).await?;
            cx.services.draws.wakeups.wake(Topic::Jobs).await;
            return Ok(outcome);
        }
        Err(refused) => refused,
    };
    tx.rollback().await?;
    let why = match refused {
        OpeningRefusal::NotDrawn => return stale(cx, press, code).await,
        OpeningRefusal::NotParticipant => Msg::DrawOpeningAlertStranger,
        OpeningRefusal::TooOften => Msg::DrawOpeningAlertOften,
    };
    Ok(cx.say(vec![press.alert(why)]))
}

async fn send_file(cx: Context<'_>, person: UserId, code: &Code) -> Result<(), HandleError> {
    let Some(lottery) = lottery(cx, code).await? else { return Ok(()) };
    let mut tx = cx.begin().await?;
    if cx.services.draws.ask_for_receipt(&mut tx, person, &lottery).await?.is_err() {
        // The button under the screen says why.
        return Ok(tx.rollback().await?);
    }
    tx.commit().await?;
    cx.services.draws.wakeups.wake(Topic::Outbox).await;
    Ok(())
}

/// `None` for a lottery that there is not, or that was never published.
async fn screen(cx: Context<'_>, code: &Code) -> Result<Option<VerifyScreen>, HandleError> {
    let found = lottery(cx, code).await?;
    let Some((lottery, commitment)) = found.and_then(|lottery| lottery.commitment.map(|c| (lottery, c)))
    else {
        return Ok(None);
    };
    let code = lottery.code.clone();
    let draw = cx.services.draws.view(lottery).await?;
    let (Some(receipt), Some(document)) = (result::receipt(&draw), draw.documents.first()) else {
        let commitment = commitment.hash.to_base64url();
        return Ok(Some(VerifyScreen::Pending { code, commitment }));
    };
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    Ok(Some(VerifyScreen::Drawn {
        tickets: number(receipt.tickets),
        found: number(draw.winners.len() as u64),
        wanted: i64::from(receipt.winners_wanted),
        skips: number(receipt.skips),
        holds: cx.services.draws.holds(&draw).await,
        is_public: receipt.mode == Mode::Beacon,
        digest: document.digest.to_base64url(),
        page: cx.services.public_url.as_ref().map(|url| format!("{url}/draws/{code}")),
        code,
    }))
}
