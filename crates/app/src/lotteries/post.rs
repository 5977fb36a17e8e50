//! What writes the public post of a lottery.

use qura_domain::draw::commitment::Mode;
use qura_domain::ids::{ChatId, MessageId};
use qura_domain::lottery::Lottery;
use qura_domain::time::Timestamp;
use qura_ports::telegram::Request;

/// Puts a lottery's public post into words and buttons, as its state is now.
pub trait PostWriter: Send + Sync + 'static {
    /// A new post in the lottery's chat, which shows `count` participants, and when the draw is to be where that
    /// is known.
    fn publication(&self, lottery: &Lottery, count: u64, draws_at: Option<Timestamp>) -> Request;

    /// The post that a draft will have where draws are of this mode, shown to its organizer.
    fn preview(&self, lottery: &Lottery, mode: Mode, to: ChatId) -> Request;

    /// The same in place of a post that is there.
    fn refreshed(
        &self,
        lottery: &Lottery,
        post: MessageId,
        count: u64,
        draws_at: Option<Timestamp>,
    ) -> Request;

    /// The same for the buttons alone: of a post whose words cannot be changed, as those of a picture into
    /// those of a text.
    fn buttons(&self, lottery: &Lottery, post: MessageId, count: u64) -> Request;

    /// Turns the buttons of an older post into a link to the valid one.
    fn moved(&self, chat: ChatId, message: MessageId, link: &str) -> Request;
}
