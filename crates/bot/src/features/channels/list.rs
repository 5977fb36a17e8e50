//! The list of linked chats, page by page.

use qura_app::ingest::HandleError;
use qura_domain::channel::{Channel, Purpose};
use qura_domain::ids::{ChatId, UserId};
use qura_i18n::Msg;
use qura_storage::Page;
use serde::{Deserialize, Serialize};

use super::{ChannelButton, ChannelScreen, back_and_home};
use crate::context::{Context, Outcome};
use crate::features::menu::MenuButton;
use crate::press::Press;
use crate::view::{View, Viewer};
use crate::wizard;

/// A page of a person's chats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelList {
    rows: Vec<ListedChannel>,
    /// The page before this one ends before this chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<ChatId>,
    /// The page behind this one begins behind this chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<ChatId>,
    /// What just happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Msg>,
}

/// A linked chat in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListedChannel {
    pub chat: ChatId,
    title: String,
    ready: bool,
}

impl ListedChannel {
    pub fn of(channel: Channel) -> Self {
        let ready = channel.bot_obstacles(Purpose::Publish).is_empty();
        Self { chat: channel.chat, title: channel.title, ready }
    }

    /// Its title, with its state.
    pub fn label(&self) -> Msg {
        let title = self.title.clone();
        match self.ready {
            true => Msg::ChannelsReadyButton { title },
            false => Msg::ChannelsLackingButton { title },
        }
    }
}

impl ChannelList {
    pub fn view(&self, viewer: &Viewer) -> View {
        let title = if self.rows.is_empty() { Msg::ChannelsTitleEmpty } else { Msg::ChannelsTitle };
        let mut view = View::of(viewer, &title);
        if let Some(note) = &self.note {
            view = view.above(note);
        }
        for row in &self.rows {
            view = view.press(&row.label(), &ChannelButton::Card { chat: row.chat });
        }
        let newer = self.before.map(|chat| view.button(&Msg::NavNewer, &ChannelButton::Before { chat }));
        let older = self.after.map(|chat| view.button(&Msg::NavOlder, &ChannelButton::After { chat }));
        view = view.row(newer.into_iter().chain(older).collect());
        back_and_home(view.press(&Msg::ChannelsAdd, &ChannelButton::Add), &MenuButton::Home)
    }
}

/// A page as it is now.
pub async fn page(
    cx: Context<'_>,
    person: UserId,
    page: Page<ChatId>,
    note: Option<Msg>,
) -> Result<ChannelScreen, HandleError> {
    let page = cx.services.channels.list(person, page).await?;
    let rows = page.channels.into_iter().map(ListedChannel::of).collect();
    Ok(ChannelScreen::List(ChannelList { rows, before: page.before, after: page.after, note }))
}

/// The first page as it will be once a chat is gone.
pub async fn without(
    cx: Context<'_>,
    person: UserId,
    gone: ChatId,
    note: Msg,
) -> Result<ChannelScreen, HandleError> {
    let page = cx.services.channels.list(person, Page::First).await?;
    let rest = page.channels.into_iter().filter(|channel| channel.chat != gone);
    let rows = rest.map(ListedChannel::of).collect();
    let list = ChannelList { rows, before: page.before, after: page.after, note: Some(note) };
    Ok(ChannelScreen::List(list))
}

/// The list was opened, or turned over. A wizard that the person was in ends.
pub async fn opened(
    cx: Context<'_>,
    press: Press<ChannelButton>,
    at: Page<ChatId>,
) -> Result<Outcome, HandleError> {
    let screen = page(cx, press.person.id, at, None).await?;
    wizard::leave(cx, press.person.id, vec![press.show(screen)]).await
}
