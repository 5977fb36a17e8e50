//! The card of a lottery, as its organizer sees it.

use std::time::Duration;

use qura_app::draws::draws_at;
use qura_app::ingest::HandleError;
use qura_app::lotteries::{Check, DraftRefusal, Shelf, Suspects, post_link};
use qura_domain::channel::Channel;
use qura_domain::code::Code;
use qura_domain::ids::UserId;
use qura_domain::link::DeepLink;
use qura_domain::lottery::{AutoDraw, Lottery, LotteryState, PauseReason};
use qura_domain::time::Timestamp;
use qura_i18n::{LocalTime, Msg};
use serde::{Deserialize, Serialize};

use super::create::preview::name_checks;
use super::{RouletteButton, RouletteScreen, back_and_home};
use crate::context::{Context, Outcome};
use crate::features::draw::DrawButton;
use crate::features::managing::{Act, Filter, ManageButton, manager};
use crate::features::menu::MenuButton;
use crate::features::mine::MineButton;
use crate::press::Press;
use crate::view::{View, ViewBuilder, Viewer};
use crate::wizard;

/// Code points of the template that tell which lottery it is.
const EXCERPT: usize = 60;

/// A lottery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardScreen {
    code: Code,
    state: LotteryState,
    /// Of its chat.
    title: String,
    /// The beginning of its template.
    excerpt: String,
    participants: u64,
    winners: u32,
    reserves: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    publish_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    draw_at: Option<Timestamp>,
    /// Seconds until the round that decides, when the card was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    draws_in: Option<u64>,
    /// How many participants begin the draw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    draw_count: Option<u64>,
    /// Why it is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pause: Option<PauseReason>,
    /// Participants who look suspicious, and how many of a hundred they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    suspects: Option<(u64, u64)>,
    /// Whether it came out with fewer winners than it should, and can be opened again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    may_reopen: bool,
    /// Whether an operator sees it who does not organize it, and may do less.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_others: bool,
    /// Where its post is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// Where people join, wherever it is passed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entrance: Option<String>,
    /// What just happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Msg>,
}

impl CardScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        let code = || self.code.clone();
        let state = state_label(self.state).plain(viewer.language);
        let head = Msg::RouletteCard { title: self.title.clone(), text: self.excerpt.clone(), state };
        let mut view = View::of(viewer, &head);
        if let Some(note) = &self.note {
            view = view.above(note);
        }
        let (winners, reserves) = (i64::from(self.winners), i64::from(self.reserves));
        view = view.below(&Msg::RouletteCardWinners { winners, reserves });
        let time = |at| LocalTime { at, zone: viewer.timezone };
        if let Some(at) = self.publish_at.filter(|_| self.state == LotteryState::Scheduled) {
            view = view.below(&Msg::RouletteCardPublication { time: time(at) });
        }
        if let Some(at) = self.draw_at {
            view = view.below(&Msg::RouletteCardDraw { time: time(at) });
        }
        if let Some(left) = self.draws_in.map(Duration::from_secs) {
            view = view.below(&Msg::RouletteCardDrawing { left });
        }
        if let Some(count) = self.draw_count {
            view = view.below(&Msg::ManageEndAtCount { number: i64::try_from(count).unwrap_or(i64::MAX) });
        }
        if let Some(reason) = self.pause {
            view = view.below(&pause_label(reason));
        }
        if !matches!(self.state, LotteryState::Draft | LotteryState::Scheduled) {
            let participants = i64::try_from(self.participants).unwrap_or(i64::MAX);
            view = view.below(&Msg::RouletteCardParticipants { count: participants });
            if let Some((count, percent)) = self.suspects {
                let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
                let suspects = Msg::ManageCardSuspects { count: number(count), percent: number(percent) };
                view = view.below(&suspects);
            }
            view = view.below(&Msg::RouletteCardCode { code: self.code.to_string() });
        }
        if let Some(entrance) = &self.entrance {
            view = view.below(&Msg::RouletteCardEntrance { link: entrance.clone() });
        }
        if let Some(link) = &self.link {
            view = view.url(&Msg::RouletteOpenPost, link);
        }
        view = match self.state {
            LotteryState::Draft | LotteryState::Scheduled if self.is_others => view,
            LotteryState::Draft => view
                .press(&Msg::RouletteResume, &RouletteButton::Resume { code: code() })
                .press(&Msg::RouletteDiscard, &RouletteButton::Discard { code: code() }),
            LotteryState::Scheduled => {
                view.press(&Msg::RouletteCallBack, &RouletteButton::CallBack { code: code() })
            }
            _ => self.manage(view),
        };
        if !self.is_others {
            view = view.press(&Msg::RouletteCopy, &RouletteButton::Copy { code: code() });
        }
        back_and_home(view, &MineButton::Shelf { shelf: Shelf::of(self.state) })
    }
}

impl CardScreen {
    /// What can be done to it in its state, once it is published.
    fn manage(&self, mut view: ViewBuilder) -> ViewBuilder {
        let code = || self.code.clone();
        let ask = |act| ManageButton::Ask { code: code(), act };
        if self.state.is_changeable() {
            let pause = match self.state {
                LotteryState::Paused => {
                    view.button(&Msg::ManageResume, &ManageButton::Resume { code: code() })
                }
                _ => view.button(&Msg::ManagePause, &ManageButton::Pause { code: code() }),
            };
            let draw = view.button(&Msg::ManageDraw, &ask(Act::Draw));
            view = view.row(vec![pause, draw]);
            view = view.press(&Msg::ManageEditButton, &ManageButton::Edit { code: code() });
        }
        let list = |filter| ManageButton::List { code: code(), filter };
        let row = vec![
            view.button(&Msg::ManageParticipantsButton, &list(Filter::Everyone)),
            view.button(&Msg::ManageReportButton, &ManageButton::Reports { code: code() }),
        ];
        view = view.row(row);
        if self.suspects.is_some() {
            view = view.press(&Msg::ManageSuspectsButton, &list(Filter::Suspicious));
        }
        if self.state.is_running() {
            view = view.press(&Msg::ManageRepublish, &ask(Act::Republish));
        }
        if self.state.is_changeable() {
            view = view.press(&Msg::ManageCancel, &ask(Act::Cancel));
        }
        if matches!(self.state, LotteryState::Announced | LotteryState::Reopened) {
            view = view.press(&Msg::DrawVerifyButton, &DrawButton::Verify { code: code() });
        }
        if self.state == LotteryState::Announced {
            view = view.press(&Msg::DrawRedrawButton, &DrawButton::Redraw { code: code() });
        }
        if self.may_reopen {
            view = view.press(&Msg::DrawReopenButton, &DrawButton::Reopen { code: code() });
        }
        view
    }
}

const fn pause_label(reason: PauseReason) -> Msg {
    match reason {
        PauseReason::Organizer => Msg::ManagePausedByHand,
        PauseReason::RightsLost => Msg::ManagePausedRights,
        PauseReason::ConditionLost => Msg::ManagePausedCondition,
    }
}

/// What a state is called.
pub const fn state_label(state: LotteryState) -> Msg {
    match state {
        LotteryState::Draft => Msg::RouletteStateDraft,
        LotteryState::Scheduled => Msg::RouletteStateScheduled,
        LotteryState::Open => Msg::RouletteStateOpen,
        LotteryState::Paused => Msg::RouletteStatePaused,
        LotteryState::Frozen | LotteryState::Drawing | LotteryState::Drawn => Msg::RouletteStateDrawing,
        LotteryState::Announced => Msg::RouletteStateAnnounced,
        LotteryState::Cancelled => Msg::RouletteStateCancelled,
        LotteryState::Reopened => Msg::RouletteStateReopened,
    }
}

/// What stands on a card beside the lottery itself.
pub struct Surroundings {
    person: UserId,
    channel: Option<Channel>,
    participants: u64,
    suspects: Suspects,
    may_reopen: bool,
    draws_at: Option<Timestamp>,
}

/// The card as it is now; `None` for what this person does not manage.
pub async fn card(
    cx: Context<'_>,
    person: UserId,
    code: &Code,
    note: Option<Msg>,
) -> Result<Option<CardScreen>, HandleError> {
    let Some(lottery) = cx.services.lotteries.managed(manager(cx, person), code).await? else {
        return Ok(None);
    };
    let around = surroundings(cx, person, &lottery).await?;
    Ok(Some(card_of(cx, lottery, around, note)))
}

/// Reads what a person's card of a lottery needs: before the transaction that changes it, which holds a
/// connection of its own.
pub async fn surroundings(
    cx: Context<'_>,
    person: UserId,
    lottery: &Lottery,
) -> Result<Surroundings, HandleError> {
    let mut reader = cx.services.db.read().await?;
    let channel = reader.channels().get(lottery.chat).await?;
    let count = reader.lottery_counters().get(lottery.id).await?;
    let draws_at = draws_at(&mut reader, lottery).await?;
    drop(reader);
    let participants = count.map_or(0, |count| count.participants);
    let suspects = match lottery.published_at {
        Some(_) => cx.services.lotteries.suspects(lottery.id, participants).await?,
        None => Suspects::default(),
    };
    let may_reopen = match lottery.state {
        LotteryState::Announced => {
            let draw = cx.services.draws.view(lottery.clone()).await?;
            draw.winners.len() < lottery.settings.winners as usize
        }
        _ => false,
    };
    Ok(Surroundings { person, channel, participants, suspects, may_reopen, draws_at })
}

/// The card of a lottery that may not be committed yet.
pub fn card_of(cx: Context<'_>, lottery: Lottery, around: Surroundings, note: Option<Msg>) -> CardScreen {
    let Surroundings { person, channel, participants, suspects, may_reopen, draws_at } = around;
    let username = channel.as_ref().and_then(|channel| channel.username.clone());
    let entrance = DeepLink::Join(lottery.code.clone()).payload();
    CardScreen {
        title: channel.map(|channel| channel.title).unwrap_or_default(),
        excerpt: lottery.template.excerpt(EXCERPT).into_parts().0,
        participants,
        winners: lottery.settings.winners,
        reserves: lottery.settings.reserves(),
        publish_at: lottery.settings.publish_at(),
        draw_at: lottery.settings.draw_at(),
        draws_in: draws_at.map(|at| at.since(cx.services.clock.now()).as_secs()).filter(|left| *left > 0),
        draw_count: match lottery.settings.auto_draw {
            AutoDraw::AtCount(count) => Some(count),
            AutoDraw::Never | AutoDraw::At(_) => None,
        },
        pause: lottery.pause,
        suspects: (suspects.count > 0).then_some((suspects.count, suspects.percent)),
        may_reopen,
        is_others: lottery.organizer != person,
        link: lottery.post.map(|post| post_link(lottery.chat, username.as_deref(), post)),
        entrance: lottery
            .state
            .is_changeable()
            .then(|| format!("https://t.me/{}?start={entrance}", cx.services.bot_username)),
        state: lottery.state,
        code: lottery.code,
        note,
    }
}

/// The card was opened. A wizard that the person was in ends.
pub async fn opened(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    match card(cx, press.person.id, code, None).await? {
        Some(card) => wizard::leave(cx, press.person.id, vec![press.show(RouletteScreen::Card(card))]).await,
        None => not_theirs(cx, press).await,
    }
}

/// A scheduled publication was called back.
pub async fn called_back(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let note = Some(Msg::RouletteCalledBack);
    let Some(card) = card(cx, press.person.id, code, note).await? else { return not_theirs(cx, press).await };
    let mut tx = cx.begin().await?;
    let called_back = cx.services.lotteries.call_back(&mut tx, press.person.id, code).await?;
    if called_back != Some(true) {
        tx.rollback().await?;
        let why = if called_back.is_some() { Msg::RouletteTooLateAlert } else { Msg::AlertStale };
        let card = CardScreen { note: None, ..card };
        return Ok(cx.say(vec![press.alert(why), press.show(RouletteScreen::Card(card))]));
    }
    let card = CardScreen { state: LotteryState::Draft, ..card };
    cx.commit(tx, vec![press.show(RouletteScreen::Card(card))]).await
}

/// «نسخ»: the copy is shown as a draft.
pub async fn copied(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let Some(card) = card(cx, press.person.id, code, None).await? else { return not_theirs(cx, press).await };
    let mut tx = cx.begin().await?;
    match cx.services.lotteries.copy(&mut tx, press.person.id, code).await? {
        Some(Ok(copy)) => {
            let card = CardScreen {
                code: copy.code,
                state: LotteryState::Draft,
                participants: 0,
                publish_at: None,
                draw_at: copy.settings.draw_at(),
                draws_in: None,
                pause: None,
                suspects: None,
                may_reopen: false,
                link: None,
                entrance: None,
                note: Some(Msg::RouletteCopied),
                ..card
            };
            cx.commit(tx, vec![press.show(RouletteScreen::Card(card))]).await
        }
        Some(Err(DraftRefusal::TooMany | DraftRefusal::NotLinked)) => {
            tx.rollback().await?;
            Ok(cx.say(vec![press.alert(Msg::RouletteDraftsTooManyAlert)]))
        }
        None => {
            tx.rollback().await?;
            not_theirs(cx, press).await
        }
    }
}

async fn not_theirs(cx: Context<'_>, press: Press<RouletteButton>) -> Result<Outcome, HandleError> {
    metrics::counter!("callbacks_forbidden_total").increment(1);
    Ok(cx.say(vec![press.alert(Msg::AlertStale), press.show(RouletteScreen::Home)]))
}

/// To the organizer: the post is there.
pub fn published(viewer: &Viewer, code: &Code, title: &str, link: &str) -> View {
    View::of(viewer, &Msg::RoulettePublished { title: title.to_owned(), code: code.to_string() })
        .url(&Msg::RouletteOpenPost, link)
        .press(&Msg::RouletteManage, &RouletteButton::Card { code: code.clone() })
        .press(&Msg::NavHome, &MenuButton::Home)
        .done()
}

/// To the organizer: it could not be published.
pub fn not_published(viewer: &Viewer, code: &Code, checks: &[Check]) -> View {
    name_checks(View::of(viewer, &Msg::RouletteNotPublished), viewer, checks)
        .press(&Msg::RouletteManage, &RouletteButton::Card { code: code.clone() })
        .press(&Msg::NavHome, &MenuButton::Home)
        .done()
}
