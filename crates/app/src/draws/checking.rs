//! Looks at a candidate: whether they are still there, and still meet what the lottery asks for.

use futures::StreamExt;
use qura_domain::condition::Condition;
use qura_domain::draw::leaf::Participant;
use qura_domain::draw::seconds::UnixSeconds;
use qura_domain::draw::walk::{Decision, Reason, Status};
use qura_domain::ids::{ChatId, UserId};
use qura_domain::lottery::{Audience, Lottery, ParticipantState};
use qura_domain::membership::Membership;
use qura_domain::time::Timestamp;
use qura_ports::telegram::TelegramError;
use qura_storage::{MembershipEvent, StorageError};

use super::DrawService;
use super::freezing::is_passing;
use super::hearing::Patience;
use super::telling::DrawTrouble;

/// Candidates that Telegram is asked about at the same time.
const AT_ONCE: usize = 10;

/// What was found out about a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    pub decision: Decision,
    pub status: Status,
    pub at: UnixSeconds,
}

/// Why nothing can be found out now.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// May pass by itself.
    #[error("Telegram cannot be asked: {0}")]
    Telegram(TelegramError),
    /// The organizer has to mend something.
    #[error("the draw has to wait")]
    Trouble(DrawTrouble),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl DrawService {
    /// Looks at several candidates at once; one finding for each, in their order.
    pub(super) async fn look_at(
        &self,
        lottery: &Lottery,
        conditions: &[Condition],
        people: &[Participant],
        patience: &Patience,
    ) -> Result<Vec<Finding>, CheckError> {
        let mut looks = Vec::with_capacity(people.len());
        for person in people {
            looks.push(self.look(lottery, conditions, person, patience));
        }
        let found: Vec<_> = futures::stream::iter(looks).buffered(AT_ONCE).collect().await;
        found.into_iter().collect()
    }

    async fn look(
        &self,
        lottery: &Lottery,
        conditions: &[Condition],
        person: &Participant,
        patience: &Patience,
    ) -> Result<Finding, CheckError> {
        let (decision, status) = self.judge(lottery, conditions, person, patience).await?;
        Ok(Finding { decision, status, at: UnixSeconds::from(self.clock.now()) })
    }

    async fn judge(
        &self,
        lottery: &Lottery,
        conditions: &[Condition],
        person: &Participant,
        patience: &Patience,
    ) -> Result<(Decision, Status), CheckError> {
        if !person.eligible {
            return Ok((Decision::Skip(Reason::Void), Status::Unchecked));
        }
        let status = self.status(lottery, person.user, patience).await?;
        if status == Status::Left {
            return Ok((Decision::Skip(Reason::Left), status));
        }
        if lottery.settings.audience == Audience::Premium
            && !self.db.read().await?.users().is_premium(person.user).await?
        {
            return Ok((Decision::Skip(Reason::NoPremium), status));
        }
        for (number, condition) in (1..=u8::MAX).zip(conditions) {
            if !self.meets(condition, number, person.user, patience).await? {
                return Ok((Decision::Skip(Reason::Condition(number)), status));
            }
        }
        Ok((Decision::Accept, status))
    }

    /// How a person stands to the lottery's chat, as far as that matters to it.
    pub(super) async fn status(
        &self,
        lottery: &Lottery,
        user: UserId,
        patience: &Patience,
    ) -> Result<Status, CheckError> {
        if !lottery.settings.leavers_excluded {
            return Ok(Status::Unchecked);
        }
        if !lottery.settings.members_only {
            // Whoever was never inside has not left.
            let event = self.last_crossing(lottery.chat, user).await?;
            let has_left = event.is_some_and(|event| event.has_left());
            return Ok(if has_left { Status::Left } else { Status::Unchecked });
        }
        self.attendance(lottery.chat, user, DrawTrouble::Chat, patience).await
    }

    /// Whether a person is in a chat, went by themself, or was taken out by an administrator.
    async fn attendance(
        &self,
        chat: ChatId,
        user: UserId,
        trouble: DrawTrouble,
        patience: &Patience,
    ) -> Result<Status, CheckError> {
        let membership = match self.messenger.membership(chat, user).await {
            Ok(membership) => membership,
            Err(error) if is_passing(&error) => return Err(CheckError::Telegram(error)),
            Err(error) => {
                tracing::warn!(chat_id = chat.get(), %error, "a draw cannot see who is in a chat");
                return Err(CheckError::Trouble(trouble));
            }
        };
        if membership.is_inside() {
            return Ok(Status::Inside);
        }
        let was_removed = match self.exit(chat, user, patience).await? {
            Some(event) => event.was_removed(),
            // How they went was not heard. Only an administrator bans.
            None => membership == Membership::Kicked,
        };
        Ok(if was_removed { Status::Removed } else { Status::Left })
    }

    /// How a person came to be inside of a chat or outside of it.
    pub(super) async fn last_crossing(
        &self,
        chat: ChatId,
        user: UserId,
    ) -> Result<Option<MembershipEvent>, StorageError> {
        // Telegram's clock may be ahead of ours: what it told has happened.
        let end = Timestamp::from_micros(i64::MAX);
        let events = self.db.read().await?.membership_events().crossings(chat, &[user], end).await?;
        Ok(events.into_iter().next())
    }

    async fn meets(
        &self,
        condition: &Condition,
        number: u8,
        user: UserId,
        patience: &Patience,
    ) -> Result<bool, CheckError> {
        let trouble = DrawTrouble::Condition(number);
        match condition {
            Condition::Channel { chat } | Condition::Group { chat } => {
                Ok(self.attendance(*chat, user, trouble, patience).await? != Status::Left)
            }
            Condition::Boost { chat } => match self.messenger.boosts(*chat, user).await {
                Ok(boosts) => Ok(boosts > 0),
                Err(error) if is_passing(&error) => Err(CheckError::Telegram(error)),
                Err(_) => Err(CheckError::Trouble(trouble)),
            },
            Condition::Lottery { code } => {
                let mut reader = self.db.read().await?;
                let Some(other) = reader.lotteries().find_by_code(code).await? else {
                    return Err(CheckError::Trouble(DrawTrouble::Lottery(number)));
                };
                let ticket = reader.participants().ticket(other.id, user).await?;
                Ok(matches!(ticket, Some((_, ParticipantState::Registered))))
            }
            // No contest can be voted in yet, so none of these was ever accepted.
            Condition::Vote { .. } | Condition::Comment { .. } => Err(CheckError::Trouble(trouble)),
        }
    }
}
