//! What a draft demands: which chats and lotteries may become conditions, and the list of those that are.

use std::collections::HashMap;

use qura_domain::channel::{Channel, Purpose};
use qura_domain::chat::{ChatKind, ChatRef};
use qura_domain::code::Code;
use qura_domain::condition::{Condition, ConditionKind, ConditionRefusal, Target, accept};
use qura_domain::ids::UserId;
use qura_domain::lottery::Lottery;
use qura_domain::text::RichText;
use qura_storage::{StorageError, Tx};

use super::LotteryService;
use crate::channels::{ExamineError, Examined};

/// Code points of a lottery's template that tell which one it is.
const EXCERPT: usize = 40;

/// A chat that somebody wants to be a condition, as Telegram tells of it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatCondition {
    /// `None` for a chat of another kind than was asked for.
    pub condition: Option<Condition>,
    pub examined: Examined,
}

/// A condition with what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCondition {
    pub condition: Condition,
    /// Somebody's words; empty for what is not known any more.
    pub title: String,
}

impl LotteryService {
    /// Looks up a chat that is to be a condition. Asks Telegram, so it is called before the transaction.
    pub async fn look_up_condition(
        &self,
        person: UserId,
        kind: ConditionKind,
        chat: ChatRef,
    ) -> Result<ChatCondition, ExamineError> {
        let examined = self.channels.examine(person, chat, Purpose::Condition).await?;
        let chat = examined.channel.chat;
        let is_channel = examined.channel.kind == ChatKind::Channel;
        let condition = match kind {
            ConditionKind::Channel => is_channel.then_some(Condition::Channel { chat }),
            ConditionKind::Boost => is_channel.then_some(Condition::Boost { chat }),
            ConditionKind::Group => (!is_channel).then_some(Condition::Group { chat }),
            ConditionKind::Vote | ConditionKind::Comment | ConditionKind::Lottery => None,
        };
        Ok(ChatCondition { condition, examined })
    }

    /// Adds a chat without obstacles to the conditions of a draft, in the caller's transaction. `None`
    /// where the person has no such draft. Call [`Self::announce`] after the commit.
    pub async fn demand_chat(
        &self,
        tx: &mut Tx,
        person: UserId,
        code: &Code,
        condition: &Condition,
        channel: &Channel,
    ) -> Result<Option<Result<Lottery, ConditionRefusal>>, StorageError> {
        let target = Target::Chat {
            bot_is_administrator: channel.bot.is_administrator(),
            // Examined just now, and nothing was missing.
            person_is_administrator: true,
        };
        let outcome = self.demand(tx, person, code, condition, &target).await?;
        if let Some(Ok(_)) = outcome {
            self.channels.record(tx, channel, person).await?;
        }
        Ok(outcome)
    }

    /// The same for another lottery, by its code: one that people can join now.
    pub async fn demand_lottery(
        &self,
        tx: &mut Tx,
        person: UserId,
        code: &Code,
        other: &Code,
    ) -> Result<Option<Result<Lottery, ConditionRefusal>>, StorageError> {
        let target = match tx.lotteries().find_by_code(other).await? {
            // Codes are shown from the publication on, except to their organizers.
            Some(found) if found.published_at.is_none() && found.code != *code => Target::Unknown,
            Some(found) => Target::Lottery {
                id: found.id,
                is_over: found.deleted_at.is_some() || !found.state.is_changeable(),
            },
            None => Target::Unknown,
        };
        let condition = Condition::Lottery { code: other.clone() };
        self.demand(tx, person, code, &condition, &target).await
    }

    async fn demand(
        &self,
        tx: &mut Tx,
        person: UserId,
        code: &Code,
        condition: &Condition,
        target: &Target,
    ) -> Result<Option<Result<Lottery, ConditionRefusal>>, StorageError> {
        let Some(lottery) = self.draft_in(tx, person, code).await? else { return Ok(None) };
        let rests_on = match target {
            Target::Lottery { id, .. } => tx.conditions().behind(*id).await?,
            Target::Unknown | Target::Chat { .. } | Target::Entry { .. } => Default::default(),
        };
        let mut conditions = tx.conditions().list(lottery.id).await?;
        if let Err(refusal) = accept(lottery.id, &conditions, condition, target, &rests_on) {
            return Ok(Some(Err(refusal)));
        }
        conditions.push(condition.clone());
        tx.conditions().replace(lottery.id, &conditions).await?;
        Ok(Some(Ok(lottery)))
    }

    /// Takes a condition of a draft away, in the caller's transaction; one that is not there is gone
    /// already. `None` where the person has no such draft.
    pub async fn drop_condition(
        &self,
        tx: &mut Tx,
        person: UserId,
        code: &Code,
        condition: &Condition,
    ) -> Result<Option<Lottery>, StorageError> {
        let Some(lottery) = self.draft_in(tx, person, code).await? else { return Ok(None) };
        let mut conditions = tx.conditions().list(lottery.id).await?;
        conditions.retain(|one| one != condition);
        tx.conditions().replace(lottery.id, &conditions).await?;
        Ok(Some(lottery))
    }

    /// The conditions of a lottery as they stand inside of the transaction, with what they are called.
    pub async fn list_conditions(
        &self,
        tx: &mut Tx,
        lottery: &Lottery,
    ) -> Result<Vec<ListedCondition>, StorageError> {
        let conditions = tx.conditions().list(lottery.id).await?;
        let chats: Vec<_> = conditions.iter().filter_map(Condition::chat).collect();
        let known = tx.channels().get_all(&chats).await?;
        let titles: HashMap<_, _> = known.into_iter().map(|channel| (channel.chat, channel.title)).collect();
        let mut listed = Vec::new();
        for condition in conditions {
            let title = match (condition.chat(), condition.code()) {
                (Some(chat), _) => titles.get(&chat).cloned().unwrap_or_default(),
                (None, Some(code)) => {
                    let found = tx.lotteries().find_by_code(code).await?;
                    found.map(|lottery| excerpt(&lottery)).unwrap_or_default()
                }
                (None, None) => String::new(),
            };
            listed.push(ListedCondition { condition, title });
        }
        Ok(listed)
    }
}

/// What a lottery is called in lists: the beginning of its template.
fn excerpt(lottery: &Lottery) -> String {
    let text: RichText = lottery.template.excerpt(EXCERPT);
    text.into_parts().0
}
