//! Tells those who linked a chat when the bot loses what it needs there, and when it has it again.

use qura_domain::channel::{Channel, Obstacle, Purpose};
use qura_domain::code::Code;
use qura_domain::ids::{Seq, UserId};
use qura_ports::telegram::MembershipChange;
use qura_storage::{MembershipEvent, StorageError, Tx};

use super::ChannelService;
use crate::outbox::Notice;

/// What is learned by looking is told by no update.
const LOOK: Seq = Seq::new(0);

/// People who hear of one chat at most: more administrators than Telegram lets a chat have (50).
const MOST_OWNERS: u32 = 100;

impl ChannelService {
    /// Telegram told that the bot's rights in a chat changed. In the caller's transaction; whether anybody
    /// linked the chat. Call [`Self::announce`] after the commit.
    pub async fn own_rights_changed(
        &self,
        tx: &mut Tx,
        seq: Seq,
        change: &MembershipChange,
    ) -> Result<bool, StorageError> {
        let chat = change.chat.id;
        let Some(before) = tx.channels().lock(chat).await? else { return Ok(false) };
        let (before_it, after) = (change.before, change.after);
        let (user, actor) = (self.myself(), change.actor);
        let event = MembershipEvent { chat, user, at: change.date, seq, actor, before: before_it, after };
        remember(tx, &event).await?;
        // Telegram tells of one chat in order, so what it tells last is so, whatever the clocks say.
        let at = self.clock.now().max(before.checked_at);
        if tx.channels().record_bot(chat, change.after, at).await? {
            let after = Channel { bot: change.after, ..before.clone() };
            self.tell(tx, &before, &after, None).await?;
        }
        Ok(true)
    }

    /// Keeps what was learned of a chat by looking, in the caller's transaction. The one who looked sees it
    /// for themself; the others hear of it.
    pub async fn record(&self, tx: &mut Tx, channel: &Channel, looked: UserId) -> Result<(), StorageError> {
        let before = tx.channels().lock(channel.chat).await?;
        if tx.channels().save(channel).await?
            && let Some(before) = before
        {
            let (user, at) = (self.myself(), channel.checked_at);
            let (chat, before_it, after) = (channel.chat, before.bot, channel.bot);
            let event = MembershipEvent { chat, user, at, seq: LOOK, actor: user, before: before_it, after };
            remember(tx, &event).await?;
            self.tell(tx, &before, channel, Some(looked)).await?;
        }
        Ok(())
    }

    fn myself(&self) -> UserId {
        UserId::new(self.bot.get())
    }

    /// Once for each loss, and once when all is well again: only a change between the two is told. What runs
    /// in the chat, or rests on it, is paused as long as something is missing.
    async fn tell(
        &self,
        tx: &mut Tx,
        before: &Channel,
        after: &Channel,
        except: Option<UserId>,
    ) -> Result<(), StorageError> {
        let mut paused = self.suspend(tx, after).await?;
        let (had, has) = (before.bot_obstacles(Purpose::Publish), after.bot_obstacles(Purpose::Publish));
        if has.is_empty() && !had.is_empty() {
            tx.lottery_counters().redraw_in(after.chat).await?;
        }
        if had.is_empty() != has.is_empty() {
            for person in tx.user_channels().linked_by(after.chat, MOST_OWNERS).await? {
                if Some(person) == except {
                    continue;
                }
                let mut codes = Vec::new();
                paused.retain(|(organizer, code)| {
                    let theirs = *organizer == person;
                    codes.extend(theirs.then(|| code.clone()));
                    !theirs
                });
                self.write(tx, &notice(person, after, &has, codes)).await?;
            }
        }
        self.tell_paused(tx, paused).await
    }
}

/// What the bot was tells since when it hears who comes and who leaves, and when it did not.
async fn remember(tx: &mut Tx, event: &MembershipEvent) -> Result<(), StorageError> {
    if event.before.is_administrator() != event.after.is_administrator() {
        tx.membership_events().record(event).await?;
    }
    Ok(())
}

fn notice(person: UserId, channel: &Channel, obstacles: &[Obstacle], paused: Vec<Code>) -> Notice {
    let (chat, title) = (channel.chat, channel.title.clone());
    match obstacles {
        [] => Notice::ChannelRegained { person, title, chat: Some(chat) },
        obstacles => Notice::ChannelLost { person, chat, title, obstacles: obstacles.to_vec(), paused },
    }
}
