//! Sends what people hear of a draw: in the chat, and in private.

use bytes::Bytes;
use qura_app::draws::{DrawNotice, DrawTrouble, DrawView, parts};
use qura_domain::draw::addendum::Addendum;
use qura_domain::draw::walk::Reason;
use qura_domain::ids::{LotteryId, UserId};
use qura_domain::link::DeepLink;
use qura_domain::lottery::Lottery;
use qura_domain::text::RichText;
use qura_i18n::{LocalTime, Msg};
use qura_ports::telegram::{Button, ButtonAction, Keyboard, Lane, Markup, Messenger, Request, TelegramError};
use qura_storage::StorageError;

use crate::callback::CallbackData;
use crate::context::Services;
use crate::features::draw::{DrawButton, link_to, result};
use crate::view::{View, Viewer};

/// Sends a notice about a draw. A lottery that is gone has nothing to tell any more.
pub async fn send(
    services: &Services,
    messenger: &dyn Messenger,
    person: UserId,
    lottery: LotteryId,
    notice: &DrawNotice,
) -> Result<(), TelegramError> {
    let found = services.db.read().await.map_err(unavailable)?.lotteries().get(lottery).await;
    let Some(lottery) = found.map_err(unavailable)? else { return Ok(()) };
    let draw = services.draws.view(lottery).await.map_err(unavailable)?;
    match notice {
        DrawNotice::Result { part, of } => {
            let of = of.unwrap_or(parts(draw.winners.len()));
            in_chat(services, messenger, &draw, *part, of).await
        }
        DrawNotice::Replaced { number } => changed_in_chat(services, messenger, &draw, *number).await,
        DrawNotice::Reopened { by } => reopened_in_chat(services, messenger, &draw, *by).await,
        DrawNotice::Opening => {
            services.draws.queue_opening(draw.lottery.id, person).await.map_err(unavailable)
        }
        DrawNotice::Proof { ticket, content } => {
            let content = Bytes::from(content.clone());
            proof(services, messenger, &draw.lottery, person, *ticket, content).await
        }
        DrawNotice::Receipt { number } => file(services, messenger, &draw, person, *number).await,
        _ => {
            let record = services.people.get(person).await.map_err(unavailable)?;
            let viewer = services.viewer(person, record.as_ref());
            let View { text, keyboard, .. } = view(services, &draw, &viewer, notice).await?;
            let markup = Markup::Inline(keyboard);
            let request = Request::SendText { chat: person.chat(), text, markup, reply_to: None };
            messenger.send(Lane::Notice, request).await.map(drop)
        }
    }
}

fn unavailable(error: StorageError) -> TelegramError {
    TelegramError::Unavailable(error.detail())
}

/// A part of the result, as an answer to the post. The last one has the buttons.
async fn in_chat(
    services: &Services,
    messenger: &dyn Messenger,
    draw: &DrawView,
    part: u32,
    of: u32,
) -> Result<(), TelegramError> {
    let text = result::text(draw, part, of, services.defaults.language);
    let is_last = part + 1 >= of;
    let keyboard = if is_last { under_result(services, draw) } else { Keyboard::default() };
    post(services, messenger, &draw.lottery, (text, keyboard), is_last).await
}

fn under_result(services: &Services, draw: &DrawView) -> Keyboard {
    let button = |label: Msg, link: DeepLink| {
        let action = ButtonAction::Url(link_to(&services.bot_username, &link));
        vec![Button { label: label.plain(services.defaults.language), action }]
    };
    let code = draw.lottery.code.clone();
    let mut rows = Vec::new();
    if draw.lottery.settings.confirmation_hours.is_some() && !draw.winners.is_empty() {
        rows.push(button(Msg::DrawConfirmButton, DeepLink::Win(code.clone())));
    }
    rows.push(button(Msg::DrawVerifyButton, DeepLink::Verify(code)));
    Keyboard(rows)
}

async fn reopened_in_chat(
    services: &Services,
    messenger: &dyn Messenger,
    draw: &DrawView,
    by: LotteryId,
) -> Result<(), TelegramError> {
    let found = services.db.read().await.map_err(unavailable)?.lotteries().get(by).await;
    let (Some(new), Some(receipt)) = (found.map_err(unavailable)?, draw.documents.first()) else {
        return Ok(());
    };
    let (old, code, digest) =
        (draw.lottery.code.to_string(), new.code.to_string(), receipt.digest.to_base64url());
    let text = Msg::DrawReopened { old, code, digest }.rich(services.defaults.language);
    post(services, messenger, &draw.lottery, (text, Keyboard::default()), false).await
}

async fn changed_in_chat(
    services: &Services,
    messenger: &dyn Messenger,
    draw: &DrawView,
    number: u32,
) -> Result<(), TelegramError> {
    let Some(text) = change(services, draw, number, services.defaults.language).await? else {
        return Ok(());
    };
    post(services, messenger, &draw.lottery, (text, under_result(services, draw)), false).await
}

async fn change(
    services: &Services,
    draw: &DrawView,
    number: u32,
    language: qura_domain::language::Language,
) -> Result<Option<RichText>, TelegramError> {
    let document = draw.documents.iter().find(|document| document.number == number);
    let addendum = document.and_then(|document| Addendum::parse(document.content.as_bytes()).ok());
    let Some(addendum) = addendum else { return Ok(None) };
    let named = services.db.read().await.map_err(unavailable)?.winners().list(draw.lottery.id).await;
    Ok(Some(result::replaced(&addendum, &named.map_err(unavailable)?, language)))
}

/// Posts in the lottery's chat. Where that cannot be now, the organizer hears of it, once.
async fn post(
    services: &Services,
    messenger: &dyn Messenger,
    lottery: &Lottery,
    (text, keyboard): (RichText, Keyboard),
    ends_the_result: bool,
) -> Result<(), TelegramError> {
    let (chat, markup) = (lottery.chat, Markup::Inline(keyboard));
    let request = Request::SendText { chat, text, markup, reply_to: lottery.post };
    match messenger.send(Lane::Notice, request).await {
        Ok(_) => services.draws.is_posted(lottery, ends_the_result).await.map_err(unavailable),
        Err(error) if error.is_transient() => Err(error),
        Err(TelegramError::Migrated(_)) => {
            Err(TelegramError::Unavailable("the group is becoming a supergroup".to_owned()))
        }
        Err(error) => {
            tracing::warn!(chat_id = chat.get(), %error, "the result of a draw cannot be posted");
            services.draws.is_not_posted(lottery).await.map_err(unavailable)?;
            Err(error)
        }
    }
}

async fn file(
    services: &Services,
    messenger: &dyn Messenger,
    draw: &DrawView,
    person: UserId,
    number: u32,
) -> Result<(), TelegramError> {
    let Some(document) = draw.documents.iter().find(|document| document.number == number) else {
        return Ok(());
    };
    let record = services.people.get(person).await.map_err(unavailable)?;
    let viewer = services.viewer(person, record.as_ref());
    let (code, digest) = (draw.lottery.code.to_string(), document.digest.to_base64url());
    let (name, caption) = match number {
        0 => (format!("receipt-{code}.json"), Msg::DrawReceiptCaption { code, digest }),
        number => (
            format!("addendum-{code}-{number}.json"),
            Msg::DrawReceiptAddendum { code, digest, number: i64::from(number) },
        ),
    };
    let request = Request::SendFile {
        chat: person.chat(),
        name,
        content: Bytes::from(document.content.clone()),
        caption: caption.rich(viewer.language),
        keyboard: Keyboard::default(),
    };
    messenger.send(Lane::Notice, request).await.map(drop)
}

async fn proof(
    services: &Services,
    messenger: &dyn Messenger,
    lottery: &Lottery,
    person: UserId,
    ticket: u64,
    content: Bytes,
) -> Result<(), TelegramError> {
    let record = services.people.get(person).await.map_err(unavailable)?;
    let viewer = services.viewer(person, record.as_ref());
    let code = lottery.code.to_string();
    let name = format!("ticket-{code}-{ticket}.json");
    let caption = Msg::DrawOpeningCaption { code, ticket: i64::try_from(ticket).unwrap_or(i64::MAX) };
    let request = Request::SendFile {
        chat: person.chat(),
        name,
        content,
        caption: caption.rich(viewer.language),
        keyboard: Keyboard::default(),
    };
    messenger.send(Lane::Notice, request).await.map(drop)
}

async fn view(
    services: &Services,
    draw: &DrawView,
    viewer: &Viewer,
    notice: &DrawNotice,
) -> Result<View, TelegramError> {
    let code = draw.lottery.code.to_string();
    let verify = DrawButton::Verify { code: draw.lottery.code.clone() };
    let because = |told: Msg, reason: Reason| {
        let reason = qura_i18n::reason(reason).plain(viewer.language);
        let view = View::of(viewer, &told).below(&Msg::DrawReason { reason });
        view.press(&Msg::DrawVerifyButton, &verify).done()
    };
    Ok(match notice {
        DrawNotice::Waits(trouble) => View::of(viewer, &waits(*trouble, code)).done(),
        DrawNotice::Won => won(draw, viewer),
        DrawNotice::Skipped(reason) => because(Msg::DrawSkipped { code }, *reason),
        DrawNotice::Lost(reason) => because(Msg::DrawLost { code }, *reason),
        DrawNotice::LostToNobody(reason) => because(Msg::DrawLostToNobody { code }, *reason),
        DrawNotice::Winners { part, of } => {
            organizer(draw, viewer, *part, of.unwrap_or(parts(draw.winners.len())))
        }
        DrawNotice::Changed { number } => {
            let mut view = View::of(viewer, &Msg::DrawChanged { code }).done();
            if let Some(text) = change(services, draw, *number, viewer.language).await? {
                view.text.push_str("\n\n").append(text);
            }
            view
        }
        DrawNotice::Unposted
        | DrawNotice::Result { .. }
        | DrawNotice::Replaced { .. }
        | DrawNotice::Reopened { .. }
        | DrawNotice::Opening
        | DrawNotice::Proof { .. }
        | DrawNotice::Receipt { .. } => View::of(viewer, &Msg::DrawUnposted { code }).done(),
    })
}

fn waits(trouble: DrawTrouble, code: String) -> Msg {
    match trouble {
        DrawTrouble::Beacon => Msg::DrawWaitsBeacon { code },
        DrawTrouble::Chat => Msg::DrawWaitsChat { code },
        DrawTrouble::Condition(number) => Msg::DrawWaitsCondition { code, number: i64::from(number) },
        DrawTrouble::Lottery(number) => Msg::DrawWaitsLottery { code, number: i64::from(number) },
        DrawTrouble::Late => Msg::DrawWaitsLate { code },
    }
}

fn won(draw: &DrawView, viewer: &Viewer) -> View {
    let code = draw.lottery.code.clone();
    let mut view = View::of(viewer, &Msg::DrawWon { code: code.to_string() });
    let mine = draw.winners.iter().find(|record| record.winner.user == viewer.id);
    if let Some(until) = mine.and_then(|record| record.winner.hold_until) {
        let until = LocalTime { at: until, zone: viewer.timezone };
        view = view.below(&Msg::DrawWonConfirm { until });
        view = view.press(&Msg::DrawConfirmButton, &DrawButton::Confirm { code: code.clone() });
    }
    view.press(&Msg::DrawVerifyButton, &DrawButton::Verify { code }).done()
}

fn organizer(draw: &DrawView, viewer: &Viewer, part: u32, of: u32) -> View {
    let mut view = View { text: result::list(draw, part, viewer.language), ..View::default() };
    if part + 1 < of {
        return view;
    }
    let code = draw.lottery.code.clone();
    let row = |label: Msg, button: DrawButton| {
        let action = ButtonAction::Callback(button.pack());
        vec![Button { label: label.plain(viewer.language), action }]
    };
    if !draw.winners.is_empty() {
        view.keyboard.0.push(row(Msg::DrawRedrawButton, DrawButton::RedrawBelow { code: code.clone() }));
    }
    if draw.winners.len() < draw.lottery.settings.winners as usize {
        view.keyboard.0.push(row(Msg::DrawReopenButton, DrawButton::Reopen { code: code.clone() }));
    }
    view.keyboard.0.push(row(Msg::DrawVerifyButton, DrawButton::Verify { code }));
    view
}
