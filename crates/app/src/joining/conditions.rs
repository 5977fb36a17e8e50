//! How a person stands to each condition of a lottery.

use futures::future::try_join_all;
use qura_domain::code::Code;
use qura_domain::condition::{Condition, ConditionStanding};
use qura_domain::ids::{ChatId, UserId};
use qura_domain::lottery::{Attendance, LotteryState};
use qura_ports::telegram::TelegramError;
use qura_storage::StorageError;

use super::look::is_registered;
use super::{JoinError, JoiningService};
use crate::subscription::Freshness;

impl JoiningService {
    /// The person's standing to each condition, in their order. Those about chats are asked at once.
    pub(super) async fn standings(
        &self,
        person: UserId,
        conditions: Vec<Condition>,
        freshness: Freshness,
    ) -> Result<Vec<(Condition, ConditionStanding)>, JoinError> {
        let judged = conditions.into_iter().map(async |condition| {
            let standing = self.standing(person, &condition, freshness).await?;
            Ok::<_, JoinError>((condition, standing))
        });
        try_join_all(judged).await
    }

    async fn standing(
        &self,
        person: UserId,
        condition: &Condition,
        freshness: Freshness,
    ) -> Result<ConditionStanding, JoinError> {
        Ok(match condition {
            Condition::Channel { chat } | Condition::Group { chat } => {
                of_attendance(self.subscription.attendance(*chat, person, freshness).await?)
            }
            Condition::Lottery { code } => self.registered_in(code, person).await?,
            Condition::Boost { chat } => self.boosted(*chat, person).await?,
            // Contests come later: no such condition can be made yet, and nobody could meet it.
            Condition::Vote { .. } | Condition::Comment { .. } => ConditionStanding::Lost,
        })
    }

    async fn registered_in(&self, code: &Code, person: UserId) -> Result<ConditionStanding, StorageError> {
        let Some(lottery) = self.find(code).await? else { return Ok(ConditionStanding::Lost) };
        let application = self.db.read_for_many().await?.participants().application(lottery, person).await?;
        let Some(application) = application else { return Ok(ConditionStanding::Lost) };
        let is_in = application.ticket.is_some_and(|(_, state)| is_registered(state));
        Ok(match application.terms.state {
            LotteryState::Cancelled => ConditionStanding::Lost,
            _ if is_in => ConditionStanding::Met,
            LotteryState::Draft | LotteryState::Scheduled | LotteryState::Open | LotteryState::Paused => {
                ConditionStanding::Unmet
            }
            // Nobody can get in there any more.
            LotteryState::Frozen
            | LotteryState::Drawing
            | LotteryState::Drawn
            | LotteryState::Announced
            | LotteryState::Reopened => ConditionStanding::Lost,
        })
    }

    async fn boosted(&self, chat: ChatId, person: UserId) -> Result<ConditionStanding, TelegramError> {
        match self.messenger.boosts(chat, person).await {
            Ok(0) => Ok(ConditionStanding::Unmet),
            Ok(_) => Ok(ConditionStanding::Met),
            Err(error) if error.is_no_answer() => Err(error),
            Err(error) => {
                tracing::warn!(chat_id = chat.get(), %error, "the boosts of a chat cannot be seen");
                Ok(ConditionStanding::Lost)
            }
        }
    }
}

fn of_attendance(attendance: Attendance) -> ConditionStanding {
    match attendance {
        Attendance::Known(membership) if membership.is_inside() => ConditionStanding::Met,
        Attendance::Known(_) => ConditionStanding::Unmet,
        Attendance::CannotCheck => ConditionStanding::Lost,
    }
}
