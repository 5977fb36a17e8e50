//! Tells a chat that was written to too often from a bot that writes too much.
//!
//! A 429 does not say which of them it is about. But while the bot as a whole is held back, nothing
//! gets through: several chats are refused in a row, and none succeeds in between.

use std::time::Duration;

use qura_domain::ids::ChatId;

/// So many different chats refused in a row mean the bot.
const CHATS: usize = 3;

/// The refusals since the last success among requests that share a ceiling.
#[derive(Debug, Default)]
pub struct Streak {
    chats: Vec<ChatId>,
    shortest: Option<Duration>,
}

impl Streak {
    /// A request got through.
    pub fn succeeded(&mut self) {
        self.chats.clear();
        self.shortest = None;
    }

    /// A request to the chat was refused for `wait`. Returns how long the bot has to rest, if it is
    /// the bot that is meant: the shortest of the waits, because each of them may be about its chat.
    pub fn refused(&mut self, chat: ChatId, wait: Duration) -> Option<Duration> {
        if self.chats.len() < CHATS && !self.chats.contains(&chat) {
            self.chats.push(chat);
        }
        let shortest = self.shortest.map_or(wait, |shortest| shortest.min(wait));
        self.shortest = Some(shortest);
        (self.chats.len() >= CHATS).then_some(shortest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    #[test]
    fn many_refusals_of_one_chat_mean_the_chat() {
        let mut streak = Streak::default();
        for _ in 0..10 {
            assert_eq!(streak.refused(ChatId::new(1), secs(5)), None);
        }
        assert_eq!(streak.refused(ChatId::new(2), secs(5)), None);
    }

    #[test]
    fn refusals_of_several_chats_in_a_row_mean_the_bot() {
        let mut streak = Streak::default();
        assert_eq!(streak.refused(ChatId::new(1), secs(30)), None);
        assert_eq!(streak.refused(ChatId::new(2), secs(4)), None);
        assert_eq!(streak.refused(ChatId::new(3), secs(9)), Some(secs(4)));
    }

    #[test]
    fn a_success_in_between_acquits_the_bot() {
        let mut streak = Streak::default();
        streak.refused(ChatId::new(1), secs(5));
        streak.refused(ChatId::new(2), secs(5));
        streak.succeeded();
        assert_eq!(streak.refused(ChatId::new(3), secs(5)), None);
    }
}
