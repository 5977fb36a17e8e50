//! Gives the place of a winner to the next in the order, on an addendum to the receipt.

use qura_domain::draw::addendum::Addendum;
use qura_domain::draw::receipt::{Receipt, digest};
use qura_domain::draw::refusal::Refusal;
use qura_domain::draw::seconds::UnixSeconds;
use qura_domain::draw::standing::{Replacement, Standing};
use qura_domain::draw::walk::{Outcome, Reason, Status};
use qura_domain::ids::UserId;
use qura_domain::lottery::{Lottery, Ticket, Winner, WinnerRole};
use qura_domain::time::Timestamp;
use qura_ports::telegram::TelegramError;
use qura_storage::{AuditEntry, DrawDocument, StorageError, Tx};

use super::DrawService;
use super::checking::CheckError;
use super::hearing::Patience;
use super::telling::{DrawNotice, DrawTrouble};
use crate::jobs::JobError;

/// A winner who loses the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    pub ticket: Ticket,
    pub reason: Reason,
    pub status: Status,
    /// The organizer's words; shown to everyone.
    pub note: Option<String>,
    /// `None` for the program itself.
    pub by: Option<UserId>,
}

/// Why no heir is found now.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    #[error("Telegram cannot be asked: {0}")]
    Telegram(TelegramError),
    #[error("the draw has to wait")]
    Trouble(DrawTrouble),
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// What is stored does not hold together.
    #[error("the receipt is refused: {0}")]
    Refused(#[from] Refusal),
    #[error("another addendum was written meanwhile")]
    Overtaken,
}

impl From<CheckError> for ReplaceError {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Telegram(error) => Self::Telegram(error),
            CheckError::Trouble(trouble) => Self::Trouble(trouble),
            CheckError::Storage(error) => Self::Storage(error),
        }
    }
}

impl From<ReplaceError> for JobError {
    fn from(error: ReplaceError) -> Self {
        match error {
            ReplaceError::Refused(_) => Self::Fatal(error.to_string()),
            _ => Self::Retry(error.to_string()),
        }
    }
}

/// The heir, the place that they get, and until when it may pass on again.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    pub hold_until: Option<Timestamp>,
}

/// Who was looked at for the place.
struct Searched {
    addendum: Addendum,
    /// The owners of the candidates of the addendum's walk, in their order.
    people: Vec<UserId>,
}

impl DrawService {
    /// Looks for the heir, and writes all of it into a transaction that the caller commits. `None` for
    /// one who is no winner any more. Everybody hears of it where the draw is told already.
    pub(super) async fn replace(
        &self,
        lottery: &Lottery,
        loss: &Loss,
        told: Option<Told>,
    ) -> Result<Option<Tx>, ReplaceError> {
        let documents = self.db.read().await?.draw_receipts().list(lottery.id).await?;
        let Some(mut standing) = standing(&documents)? else { return Ok(None) };
        if !standing.winners().contains(&loss.ticket) {
            return Ok(None);
        }
        let Searched { addendum, people } = self.search(lottery, &mut standing, loss).await?;
        let content = addendum.to_text().map_err(|_| Refusal::Format)?;
        let now = self.clock.now();
        let document =
            DrawDocument { number: addendum.number, digest: digest(&content), content, made_at: now };
        let mut tx = self.db.begin().await?;
        let Some(place) = tx.winners().replace(lottery.id, loss.ticket, now).await? else {
            tx.rollback().await?;
            return Ok(None);
        };
        if !tx.draw_receipts().insert(lottery.id, &document).await? {
            tx.rollback().await?;
            return Err(ReplaceError::Overtaken);
        }
        let hold_until = told.and_then(|told| told.hold_until);
        for (candidate, user) in addendum.walk.iter().zip(&people) {
            let (role, place, hold_until) = match candidate.outcome {
                Outcome::Winner | Outcome::Reserve => (WinnerRole::Winner, place, hold_until),
                Outcome::Skipped(_) => (WinnerRole::Passed, 0, None),
            };
            let ticket = candidate.ticket;
            let winner = Winner { ticket, user: *user, role, place, hold_until, confirmed_at: None };
            tx.winners().put(lottery.id, &winner, now).await?;
        }
        tx.audit().record(&self.entry(lottery, loss, &addendum, now)).await?;
        if told.is_some() {
            self.tell_of(&mut tx, lottery, loss, &addendum, &people).await?;
        }
        Ok(Some(tx))
    }

    async fn search(
        &self,
        lottery: &Lottery,
        standing: &mut Standing,
        loss: &Loss,
    ) -> Result<Searched, ReplaceError> {
        let conditions = self.db.read().await?.conditions().list(lottery.id).await?;
        let patience = Patience::default();
        let mut search = standing.search(&[])?;
        let mut people = Vec::new();
        while let Some(ticket) = search.candidate() {
            let found = self.db.read().await?.participants().with_tickets(lottery.id, &[ticket]).await?;
            let Some(person) = found.first() else {
                return Err(StorageError::Unreadable("owner of a ticket").into());
            };
            let findings = self.look_at(lottery, &conditions, &found, &patience).await?;
            for finding in findings {
                search.decide(finding.decision, finding.status, finding.at)?;
            }
            people.push(person.user);
        }
        let replacement = Replacement {
            replaced: loss.ticket,
            reason: loss.reason,
            status: loss.status,
            note: loss.note.clone(),
        };
        let at = UnixSeconds::from(self.clock.now());
        Ok(Searched { addendum: standing.replace(replacement, search, at)?, people })
    }

    fn entry(&self, lottery: &Lottery, loss: &Loss, addendum: &Addendum, now: Timestamp) -> AuditEntry {
        let after = serde_json::json!({
            "heir": addendum.heir, "reason": loss.reason, "note": loss.note, "addendum": addendum.number,
        });
        AuditEntry {
            id: self.random.id(),
            at: now,
            actor: loss.by,
            action: "lottery.replace_winner".to_owned(),
            subject: format!("lottery:{}", lottery.code),
            before: Some(loss.ticket.get().to_string()),
            after: Some(after.to_string()),
        }
    }

    async fn tell_of(
        &self,
        tx: &mut Tx,
        lottery: &Lottery,
        loss: &Loss,
        addendum: &Addendum,
        people: &[UserId],
    ) -> Result<(), StorageError> {
        let number = addendum.number;
        self.notify(tx, lottery.organizer, lottery.id, DrawNotice::Replaced { number }).await?;
        let owner = tx.participants().with_tickets(lottery.id, &[loss.ticket]).await?;
        if let Some(owner) = owner.first() {
            let notice = match addendum.heir {
                Some(_) => DrawNotice::Lost(loss.reason),
                None => DrawNotice::LostToNobody(loss.reason),
            };
            self.notify(tx, owner.user, lottery.id, notice).await?;
        }
        for (candidate, user) in addendum.walk.iter().zip(people) {
            let notice = match candidate.outcome {
                Outcome::Winner | Outcome::Reserve => DrawNotice::Won,
                Outcome::Skipped(Reason::Void) => continue,
                Outcome::Skipped(reason) => DrawNotice::Skipped(reason),
            };
            self.notify(tx, *user, lottery.id, notice).await?;
        }
        self.notify(tx, lottery.organizer, lottery.id, DrawNotice::Changed { number }).await
    }
}

/// Who has won by these documents; `None` before the draw.
pub fn standing(documents: &[DrawDocument]) -> Result<Option<Standing>, Refusal> {
    let Some((first, addenda)) = documents.split_first() else { return Ok(None) };
    let mut standing = Standing::after(&Receipt::parse(first.content.as_bytes())?)?;
    for document in addenda {
        standing.apply(&Addendum::parse(document.content.as_bytes())?)?;
    }
    Ok(Some(standing))
}
