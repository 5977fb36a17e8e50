//! What writes the public post of a lottery.

use qura_domain::ids::{ChatId, MessageId};
use qura_domain::lottery::Lottery;
use qura_ports::telegram::Request;

/// Puts a lottery's public post into words and buttons, as its state is now.
pub trait PostWriter: Send + Sync + 'static {
    /// A new post in the lottery's chat, which shows `count` participants.
    fn publication(&self, lottery: &Lottery, count: u64) -> Request;

    /// The same in place of a post that is there.
    fn refreshed(&self, lottery: &Lottery, post: MessageId, count: u64) -> Request;

    /// Turns the buttons of an older post into a link to the valid one.
    fn moved(&self, chat: ChatId, message: MessageId, link: &str) -> Request;
}
