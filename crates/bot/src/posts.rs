//! Turns the public posts of lotteries into requests.

use qura_app::lotteries::PostWriter;
use qura_domain::ids::MessageId;
use qura_domain::language::Language;
use qura_domain::lottery::Lottery;
use qura_ports::telegram::{Markup, Request};

use crate::features::roulette::post;

/// Writes public posts.
pub struct Posts {
    /// Strangers of every language read them, so they are in the default one.
    pub language: Language,
    /// Without its `@`.
    pub bot_username: String,
}

impl PostWriter for Posts {
    fn publication(&self, lottery: &Lottery, count: u64) -> Request {
        let markup = Markup::Inline(post::keyboard(lottery, count, self.language));
        Request::SendText { chat: lottery.chat, text: post::text(lottery), markup, reply_to: None }
    }

    fn refreshed(&self, lottery: &Lottery, post: MessageId, count: u64) -> Request {
        let keyboard = post::keyboard(lottery, count, self.language);
        Request::EditText { chat: lottery.chat, message: post, text: post::text(lottery), keyboard }
    }
}
