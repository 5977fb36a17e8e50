//! Turns the public posts of lotteries into requests.

use qura_app::lotteries::PostWriter;
use qura_domain::draw::commitment::Mode;
use qura_domain::ids::{ChatId, MessageId};
use qura_domain::lottery::Lottery;
use qura_domain::text::RichText;
use qura_domain::time::Timestamp;
use qura_i18n::Msg;
use qura_ports::telegram::{Button, ButtonAction, Keyboard, Markup, Request};

use crate::features::roulette::post::{self, Strangers};

/// Writes public posts.
pub struct Posts(pub Strangers);

impl Posts {
    fn sent(&self, lottery: &Lottery, chat: ChatId, text: RichText, count: u64) -> Request {
        let markup = Markup::Inline(post::keyboard(lottery, count, &self.0));
        match lottery.template.media().cloned() {
            None => Request::SendText { chat, text, markup, reply_to: None },
            Some(media) => Request::SendMedia { chat, media, caption: text, markup, reply_to: None },
        }
    }
}

impl PostWriter for Posts {
    fn publication(&self, lottery: &Lottery, count: u64, draws_at: Option<Timestamp>) -> Request {
        self.sent(lottery, lottery.chat, post::text(lottery, draws_at, &self.0), count)
    }

    fn preview(&self, lottery: &Lottery, mode: Mode, to: ChatId) -> Request {
        self.sent(lottery, to, post::preview(&lottery.template, mode, &self.0), 0)
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
