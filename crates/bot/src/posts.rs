//! Turns the public posts of lotteries into requests.

use qura_app::lotteries::PostWriter;
use qura_domain::ids::{ChatId, MessageId};
use qura_domain::lottery::Lottery;
use qura_domain::time::Timestamp;
use qura_i18n::Msg;
use qura_ports::telegram::{Button, ButtonAction, Keyboard, Markup, Request};

use crate::features::roulette::post::{self, Strangers};

/// Writes public posts.
pub struct Posts(pub Strangers);

impl PostWriter for Posts {
    fn publication(&self, lottery: &Lottery, count: u64, draws_at: Option<Timestamp>) -> Request {
        let keyboard = post::keyboard(lottery, count, &self.0);
        let (chat, text, markup) =
            (lottery.chat, post::text(lottery, draws_at, &self.0), Markup::Inline(keyboard));
        match lottery.template.media().cloned() {
            None => Request::SendText { chat, text, markup, reply_to: None },
            Some(media) => Request::SendMedia { chat, media, caption: text, markup, reply_to: None },
        }
    }

    fn refreshed(
        &self,
        lottery: &Lottery,
        post: MessageId,
        count: u64,
        draws_at: Option<Timestamp>,
    ) -> Request {
        let keyboard = post::keyboard(lottery, count, &self.0);
        let (chat, message, text) = (lottery.chat, post, post::text(lottery, draws_at, &self.0));
        match lottery.template.media() {
            None => Request::EditText { chat, message, text, keyboard },
            Some(_) => Request::EditCaption { chat, message, caption: text, keyboard },
        }
    }

    fn buttons(&self, lottery: &Lottery, post: MessageId, count: u64) -> Request {
        let keyboard = post::keyboard(lottery, count, &self.0);
        Request::EditKeyboard { chat: lottery.chat, message: post, keyboard }
    }

    fn moved(&self, chat: ChatId, message: MessageId, link: &str) -> Request {
        let label = Msg::PostMoved.plain(self.0.language);
        let button = Button { label, action: ButtonAction::Url(link.to_owned()) };
        Request::EditKeyboard { chat, message, keyboard: Keyboard(vec![vec![button]]) }
    }
}
