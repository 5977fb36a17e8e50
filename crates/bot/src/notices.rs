//! Puts notices of the outbox into words and sends them.

mod draws;

use std::sync::Arc;

use async_trait::async_trait;
use qura_app::outbox::{Notice, NoticeSender};
use qura_i18n::Msg;
use qura_ports::telegram::{Lane, Markup, Messenger, Request, TelegramError};

use crate::context::Services;
use crate::features::channels::rights;
use crate::features::info::InfoScreen;
use crate::features::joining;
use crate::features::managing;
use crate::features::roulette::manage;
use crate::view::{View, Viewer};

/// Sends notices.
pub struct Notices {
    pub services: Arc<Services>,
    pub messenger: Arc<dyn Messenger>,
}

#[async_trait]
impl NoticeSender for Notices {
    async fn send(&self, notice: &Notice) -> Result<(), TelegramError> {
        let person = notice.person();
        if let Notice::Draw { lottery, draw, .. } = notice {
            let messenger = self.messenger.as_ref();
            return draws::send(&self.services, messenger, person, *lottery, draw).await;
        }
        let record = self.services.people.get(person).await;
        let record = record.map_err(|error| TelegramError::Unavailable(error.detail()))?;
        let viewer = self.services.viewer(person, record.as_ref());
        let (text, markup) = match notice {
            Notice::WizardExpired { has_picker: true, .. } => {
                (Msg::ChannelsPickerClosed.rich(viewer.language), Markup::RemoveReply)
            }
            _ => {
                let View { text, keyboard, .. } = view(notice, &viewer);
                (text, Markup::Inline(keyboard))
            }
        };
        let request = Request::SendText { chat: person.chat(), text, markup, reply_to: None };
        self.messenger.send(Lane::Notice, request).await.map(drop)
    }
}

fn view(notice: &Notice, viewer: &Viewer) -> View {
    match notice {
        Notice::WizardExpired { .. } => InfoScreen::WizardExpired.view(viewer),
        Notice::GateUnchecked { title, .. } => {
            View::of(viewer, &Msg::OperatorGateUnchecked { title: title.clone() }).done()
        }
        Notice::ChannelOffered { chat, title, .. } => rights::offered(viewer, *chat, title),
        Notice::ChannelLost { chat, title, obstacles, paused, .. } => {
            rights::lost(viewer, *chat, title, obstacles, paused)
        }
        Notice::ChannelRegained { title, chat, .. } => rights::regained(viewer, title, *chat),
        Notice::LotteryMilestone { code, count, .. } => joining::notices::milestone(viewer, code, *count),
        Notice::LotteryPaused { code, reason, .. } => joining::notices::paused(viewer, code, *reason),
        Notice::LotteryPostLost { code, .. } => managing::notices::post_lost(viewer, code),
        Notice::LotteryMoved { code, .. } => managing::notices::moved(viewer, code),
        Notice::LotteryTakenOver { code, .. } => managing::notices::taken_over(viewer, code),
        Notice::ReportFailed { code, .. } => managing::notices::report_failed(viewer, code),
        Notice::LotteryNotRepublished { code, .. } => managing::notices::not_republished(viewer, code),
        // Sent above: they are not all for a person.
        Notice::Draw { .. } => View::default(),
        Notice::LotteryPublished { code, title, link, .. } => manage::published(viewer, code, title, link),
        Notice::LotteryNotPublished { code, checks, .. } => manage::not_published(viewer, code, checks),
    }
}
