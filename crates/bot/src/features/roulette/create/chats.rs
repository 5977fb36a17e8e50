//! The first step: where the lottery is to be published.

use qura_app::channels::ExamineError;
use qura_app::ingest::HandleError;
use qura_app::lotteries::DraftRefusal;
use qura_domain::channel::Purpose;
use qura_domain::code::Code;
use qura_domain::ids::{ChatId, UserId};
use qura_domain::lottery::{Lottery, LotterySettings};
use qura_i18n::Msg;
use qura_storage::{Page, Tx};
use serde::{Deserialize, Serialize};

use super::{DraftStep, Step, shown, stale};
use crate::context::{Context, Outcome};
use crate::features::channels::{ChannelScreen, ListedChannel, ObstacleScreen, Origin, failure};
use crate::features::roulette::{RouletteButton, RouletteScreen, back_and_home};
use crate::press::Press;
use crate::view::{View, Viewer};
use crate::wizard::{self, Wizard};

/// A page of the chats that a person linked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatChoice {
    rows: Vec<ListedChannel>,
    /// The draft that is to be published elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    draft: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<ChatId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<ChatId>,
}

impl ChatChoice {
    pub fn view(&self, viewer: &Viewer) -> View {
        let title = if self.rows.is_empty() { Msg::RouletteChatsNone } else { Msg::RouletteChats };
        let mut view = View::of(viewer, &title);
        for row in &self.rows {
            let pick = RouletteButton::Pick { chat: row.chat, draft: self.draft.clone() };
            view = view.press(&row.label(), &pick);
        }
        let draft = || self.draft.clone();
        let newer = self
            .before
            .map(|chat| view.button(&Msg::NavNewer, &RouletteButton::ChatsBefore { chat, draft: draft() }));
        let older = self
            .after
            .map(|chat| view.button(&Msg::NavOlder, &RouletteButton::ChatsAfter { chat, draft: draft() }));
        view = view.row(newer.into_iter().chain(older).collect());
        view = view.press(&Msg::ChannelsAdd, &RouletteButton::AddChat { draft: draft() });
        match &self.draft {
            Some(code) => {
                let back = RouletteButton::Go { code: code.clone(), step: Step::Conditions };
                back_and_home(
                    view.press(&Msg::NavCancel, &RouletteButton::Leave { code: code.clone() }),
                    &back,
                )
            }
            None => back_and_home(view, &RouletteButton::Open),
        }
    }
}

/// The list was opened, or turned over.
pub async fn opened(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    draft: Option<Code>,
    at: Page<ChatId>,
) -> Result<Outcome, HandleError> {
    let page = cx.services.channels.list(press.person.id, at).await?;
    let rows = page.channels.into_iter().map(ListedChannel::of);
    let choice = ChatChoice { rows: rows.collect(), draft, before: page.before, after: page.after };
    wizard::leave(cx, press.person.id, vec![press.show(RouletteScreen::Chats(choice))]).await
}

/// A chat was chosen: it is looked at now, and a draft begins there.
pub async fn picked(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    chat: ChatId,
    draft: Option<Code>,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let examined = match cx.services.channels.refresh(person, chat, Purpose::Publish).await {
        Err(ExamineError::Telegram(error)) if !error.is_transient() => {
            tracing::warn!(chat_id = chat.get(), %error, "a chat cannot be looked at");
            return Ok(cx.say(vec![press.alert(Msg::AlertError)]));
        }
        examined => examined.map_err(failure)?,
    };
    let Some(examined) = examined else {
        return Ok(cx.say(vec![press.alert(Msg::AlertStale), press.show(RouletteScreen::Home)]));
    };
    let mut tx = cx.begin().await?;
    cx.services.channels.record(&mut tx, &examined.channel, person).await?;
    if !examined.obstacles.is_empty() {
        let origin = Origin::Roulette { draft };
        let screen = ObstacleScreen::of(examined.channel, examined.obstacles, origin);
        let replies =
            vec![press.toast(Msg::ChannelsRecheckLacking), press.show(ChannelScreen::Obstacles(screen))];
        let outcome = cx.commit(tx, replies).await?;
        cx.services.channels.announce().await;
        return Ok(outcome);
    }
    goes_on(cx, tx, press, chat, draft).await
}

/// Goes on in a chat that may be published in, by a button; the transaction holds its link.
pub(super) async fn goes_on(
    cx: Context<'_>,
    mut tx: Tx,
    press: Press<RouletteButton>,
    chat: ChatId,
    draft: Option<Code>,
) -> Result<Outcome, HandleError> {
    let begun = begun(cx, &mut tx, press.person.id, chat, draft.as_ref()).await?;
    let outcome = match (begun, draft) {
        (Some(Ok(lottery)), _) => shown(cx, tx, press, &lottery, Step::Conditions, Vec::new()).await?,
        (Some(Err(refusal)), _) => {
            tx.rollback().await?;
            let why = match refusal {
                DraftRefusal::TooMany => Msg::RouletteDraftsTooManyAlert,
                DraftRefusal::NotLinked => Msg::AlertStale,
            };
            cx.say(vec![press.alert(why)])
        }
        (None, Some(code)) => {
            tx.rollback().await?;
            stale(cx, press, &code).await?
        }
        (None, None) => cx.say(vec![press.alert(Msg::AlertStale)]),
    };
    cx.services.channels.announce().await;
    Ok(outcome)
}

/// Begins a draft in a chat, or moves one there, in the caller's transaction. `None` where there is no such
/// draft.
pub(super) async fn begun(
    cx: Context<'_>,
    tx: &mut Tx,
    person: UserId,
    chat: ChatId,
    draft: Option<&Code>,
) -> Result<Option<Result<Lottery, DraftRefusal>>, HandleError> {
    Ok(match draft {
        None => match just_begun(cx, tx, person, chat).await? {
            Some(lottery) => Some(Ok(lottery)),
            None => {
                let challenge = cx.services.joining.offered.first().copied();
                let settings = LotterySettings { challenge, ..LotterySettings::default() };
                Some(cx.services.lotteries.begin(tx, person, chat, settings).await?)
            }
        },
        Some(code) => cx.services.lotteries.move_to(tx, person, code, chat).await?,
    })
}

/// The draft that an earlier press of the same button began, where nothing happened since: the list of chats
/// ends the wizard, so whoever wants another draft is not in its first step.
async fn just_begun(
    cx: Context<'_>,
    tx: &mut Tx,
    person: UserId,
    chat: ChatId,
) -> Result<Option<Lottery>, HandleError> {
    let session = tx.sessions().get(person).await?;
    let wizard = session.and_then(|session| serde_json::from_str(&session.state).ok());
    let Some(Wizard::Roulette(DraftStep { code, step: Step::Conditions, .. })) = wizard else {
        return Ok(None);
    };
    let draft = cx.services.lotteries.change(tx, person, &code, |_| ()).await?;
    Ok(draft.filter(|lottery| lottery.chat == chat && lottery.template.is_blank()))
}
