//! The screen of a linked chat: what it is, what is missing there, refreshing and removing it.

use qura_app::channels::{ExamineError, RunningPage};
use qura_app::ingest::HandleError;
use qura_domain::channel::{Channel, Obstacle, Purpose};
use qura_domain::chat::ChatKind;
use qura_domain::code::Code;
use qura_domain::ids::{ChatId, LotteryId, UserId};
use qura_domain::lottery::LotteryState;
use qura_i18n::Msg;
use qura_storage::{LotteryInChat, Page};
use serde::{Deserialize, Serialize};

use super::{ChannelButton, ChannelScreen, back_and_home, failure, list, obstacles};
use crate::context::{Context, Outcome};
use crate::features::managing::manager;
use crate::features::roulette::RouletteButton;
use crate::features::roulette::manage::state_label;
use crate::press::Press;
use crate::view::{View, ViewBuilder, Viewer};
use crate::wizard;

/// A linked chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelCard {
    chat: ChatId,
    kind: ChatKind,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    members: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    obstacles: Vec<Obstacle>,
    /// Its discussion group, or the channel that it discusses, where that is not linked yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offered: Option<ChatId>,
    /// What is scheduled or runs here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    running: Vec<RunningHere>,
    /// More of it stands before this one, and follows that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<LotteryId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<LotteryId>,
    /// What just happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Msg>,
}

/// A lottery in the chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunningHere {
    code: Code,
    state: LotteryState,
    /// Whether this person organizes it.
    is_own: bool,
}

impl ChannelCard {
    /// What just happened, said above it.
    pub fn note(&mut self, note: Msg) {
        self.note = Some(note);
    }

    /// A lottery goes on.
    fn resumed(&mut self, code: &Code) {
        self.note = Some(Msg::ChannelsResumed);
        for one in self.running.iter_mut().filter(|one| one.code == *code) {
            one.state = LotteryState::Open;
        }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let title = self.title.clone();
        let is_channel = self.kind == ChatKind::Channel;
        let head = match is_channel {
            true => Msg::ChannelsCardChannel { title },
            false => Msg::ChannelsCardGroup { title },
        };
        let mut view = View::of(viewer, &head);
        if let Some(note) = &self.note {
            view = view.above(note);
        }
        if let Some(members) = self.members {
            view = view.below(&Msg::ChannelsCardMembers { members: members.into() });
        }
        view = match self.obstacles.is_empty() {
            true => view.below(&Msg::ChannelsCardReady),
            false => obstacles::name_all(view.below(&Msg::ChannelsCardLacking), viewer, &self.obstacles),
        };
        view = self.name_running(view, viewer);
        if !self.obstacles.is_empty() {
            view = view.press(&Msg::ChannelsRecheck, &ChannelButton::Refresh { chat: self.chat });
        }
        if self.obstacles.is_empty() {
            let here = RouletteButton::Pick { chat: self.chat, draft: None };
            view = view.press(&Msg::RouletteCreateHere, &here);
        }
        if let Some(link) = &self.link {
            view = view.url(&Msg::ChannelsOpen, link);
        }
        if let Some(chat) = self.offered {
            let label = if is_channel { Msg::ChannelsDiscussion } else { Msg::ChannelsDiscussionChannel };
            view = view.press(&label, &ChannelButton::Link { chat });
        }
        for one in &self.running {
            let code = || one.code.clone();
            let label = code().to_string();
            view = match one.is_own {
                true => view.press(
                    &Msg::ChannelsManageButton { code: label },
                    &RouletteButton::Card { code: code() },
                ),
                // Before its publication it is nobody else's.
                false if one.state.is_running() => view.press(
                    &Msg::ChannelsTakeOverButton { code: label },
                    &ChannelButton::TakeOver { code: code() },
                ),
                false => view,
            };
        }
        let chat = self.chat;
        let newer = self.before.map(|lottery| ChannelButton::RunningBefore { chat, lottery });
        let older = self.after.map(|lottery| ChannelButton::RunningAfter { chat, lottery });
        let newer = newer.map(|button| view.button(&Msg::NavNewer, &button));
        let older = older.map(|button| view.button(&Msg::NavOlder, &button));
        view = view.row(newer.into_iter().chain(older).collect());
        let row = vec![
            view.button(&Msg::ChannelsRefresh, &ChannelButton::Refresh { chat: self.chat }),
            view.button(&Msg::ChannelsRemove, &ChannelButton::Remove { chat: self.chat }),
        ];
        back_and_home(view.row(row), &ChannelButton::Open)
    }

    fn name_running(&self, view: ViewBuilder, viewer: &Viewer) -> ViewBuilder {
        if self.running.is_empty() {
            return view.below(&Msg::ChannelsCardIdle);
        }
        self.running.iter().fold(view.below(&Msg::ChannelsCardRunning), |view, one| {
            let state = state_label(one.state).plain(viewer.language);
            view.below(&Msg::ChannelsCardRunningRow { code: one.code.to_string(), state })
        })
    }
}

impl RunningHere {
    fn of(lottery: LotteryInChat, person: UserId) -> Self {
        Self { code: lottery.code, state: lottery.state, is_own: lottery.organizer == person }
    }
}

/// A chat's screen with what is known of it.
pub async fn of(
    cx: Context<'_>,
    person: UserId,
    channel: Channel,
    obstacles: Vec<Obstacle>,
    page: Page<LotteryId>,
    note: Option<Msg>,
) -> Result<ChannelCard, HandleError> {
    let offered = match channel.linked {
        Some(chat) if !cx.services.channels.is_linked(person, chat).await? => Some(chat),
        _ => None,
    };
    let link = channel.link();
    let Channel { chat, kind, title, members, .. } = channel;
    let RunningPage { lotteries, before, after } = cx.services.channels.running(chat, page).await?;
    let running = lotteries.into_iter().map(|one| RunningHere::of(one, person)).collect();
    Ok(ChannelCard { chat, kind, title, link, members, obstacles, offered, running, before, after, note })
}

pub fn confirm_removal(viewer: &Viewer, chat: ChatId, title: &str) -> View {
    let view = View::of(viewer, &Msg::ChannelsRemoveConfirm { title: title.to_owned() });
    let row = vec![
        view.button(&Msg::NavConfirm, &ChannelButton::ConfirmRemoval { chat }),
        view.button(&Msg::NavCancel, &ChannelButton::Card { chat }),
    ];
    back_and_home(view.row(row), &ChannelButton::Card { chat })
}

/// The chat's screen with what is known of it. The person's own rights are checked when they act.
pub async fn opened(
    cx: Context<'_>,
    press: Press<ChannelButton>,
    chat: ChatId,
    page: Page<LotteryId>,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let Some(channel) = cx.services.channels.get(person, chat).await? else {
        return stale(cx, press, chat).await;
    };
    let obstacles = channel.bot_obstacles(Purpose::Publish);
    let screen = ChannelScreen::Card(of(cx, person, channel, obstacles, page, None).await?);
    wizard::leave(cx, person, vec![press.show(screen)]).await
}

/// Telegram is asked again.
pub async fn refreshed(
    cx: Context<'_>,
    press: Press<ChannelButton>,
    chat: ChatId,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let examined = match cx.services.channels.refresh(person, chat, Purpose::Publish).await {
        Err(ExamineError::Telegram(error)) if !error.is_transient() => {
            tracing::warn!(chat_id = chat.get(), %error, "a chat cannot be looked at");
            return Ok(cx.say(vec![press.alert(Msg::AlertError)]));
        }
        examined => examined.map_err(failure)?,
    };
    let Some(examined) = examined else { return stale(cx, press, chat).await };
    let toast = match examined.obstacles.is_empty() {
        true => Msg::ChannelsRefreshed,
        false => Msg::ChannelsRecheckLacking,
    };
    let mut card = of(cx, person, examined.channel.clone(), examined.obstacles, Page::First, None).await?;
    let lotteries = &cx.services.lotteries;
    let resumable = match card.obstacles.is_empty() {
        true => lotteries.resumable(person, chat).await.map_err(failure)?,
        false => Vec::new(),
    };
    let mut tx = cx.begin().await?;
    cx.services.channels.record(&mut tx, &examined.channel, person).await?;
    for (code, channels) in resumable {
        let manager = manager(cx, person);
        if lotteries.resume(&mut tx, manager, &code, &channels, &[]).await?.is_ok() {
            card.resumed(&code);
        }
    }
    let outcome = cx.commit(tx, vec![press.toast(toast), press.show(ChannelScreen::Card(card))]).await?;
    lotteries.announce().await;
    Ok(outcome)
}

pub async fn removal_asked(
    cx: Context<'_>,
    press: Press<ChannelButton>,
    chat: ChatId,
) -> Result<Outcome, HandleError> {
    match cx.services.channels.get(press.person.id, chat).await? {
        Some(Channel { title, .. }) => {
            Ok(cx.say(vec![press.show(ChannelScreen::ConfirmRemoval { chat, title })]))
        }
        None => stale(cx, press, chat).await,
    }
}

pub async fn removed(
    cx: Context<'_>,
    press: Press<ChannelButton>,
    chat: ChatId,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let Some(channel) = cx.services.channels.get(person, chat).await? else {
        return stale(cx, press, chat).await;
    };
    let note = Msg::ChannelsRemoved { title: channel.title.clone() };
    let screen = list::without(cx, person, chat, note).await?;
    let mut tx = cx.begin().await?;
    if cx.services.channels.unlink(&mut tx, person, chat).await?.is_err() {
        tx.rollback().await?;
        let obstacles = channel.bot_obstacles(Purpose::Publish);
        let note = Some(Msg::ChannelsRemoveRunning);
        let card = of(cx, person, channel, obstacles, Page::First, note).await?;
        let screen = press.show(ChannelScreen::Card(card));
        return Ok(cx.say(vec![press.alert(Msg::ChannelsRemoveRunningAlert), screen]));
    }
    cx.commit(tx, vec![press.show(screen)]).await
}

/// The button is old: the chat as it is known now, or the list where it is not linked any more.
pub async fn stale(
    cx: Context<'_>,
    press: Press<ChannelButton>,
    chat: ChatId,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let screen = match cx.services.channels.get(person, chat).await? {
        Some(channel) => {
            let obstacles = channel.bot_obstacles(Purpose::Publish);
            ChannelScreen::Card(of(cx, person, channel, obstacles, Page::First, None).await?)
        }
        None => list::page(cx, person, Page::First, None).await?,
    };
    Ok(cx.say(vec![press.alert(Msg::AlertStale), press.show(screen)]))
}
