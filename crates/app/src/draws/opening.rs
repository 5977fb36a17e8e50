//! The proof that a participant was in the list that was frozen, with their ticket. Only they get it, so that
//! nobody can guess from receipts who took part.
//!
//! The whole list is read for it, so a job reads it once for all who wait.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use qura_domain::draw::commitment::SaltKey;
use qura_domain::draw::leaf::Participant;
use qura_domain::draw::merkle::MerkleTree;
use qura_domain::ids::{JobId, LotteryId, UserId};
use qura_domain::lottery::{Lottery, Ticket};
use qura_ports::coordination::Topic;
use qura_storage::{NewJob, StorageError, Tx};
use serde::{Deserialize, Serialize};

use super::DrawService;
use super::telling::DrawNotice;
use crate::jobs::{Job, JobError, RunningJob};

/// The kind of the job.
const OPEN: &str = "draw.open";

/// The name of this among the acts that are limited, and how often a person may do it.
const ACT: &str = "draw.opening";
const MOST: u64 = 5;
const WINDOW: Duration = Duration::from_hours(1);

/// Rows that are read at a time, and people who are answered by one reading.
const PAGE: u32 = 5_000;
const MOST_ANSWERED: u32 = 200;

/// The payload of [`OPEN`].
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct OpenOrder {
    lottery: LotteryId,
}

/// Why there is no proof to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpeningRefusal {
    /// The result is not told yet.
    NotDrawn,
    /// They never had a ticket.
    NotParticipant,
    TooOften,
}

impl DrawService {
    /// Has the proof sent to the one who asks, in the caller's transaction. Wake `Topic::Jobs` after the
    /// commit.
    pub async fn ask_for_opening(
        &self,
        tx: &mut Tx,
        person: UserId,
        lottery: &Lottery,
    ) -> Result<Result<(), OpeningRefusal>, StorageError> {
        if !lottery.state.is_announced() {
            return Ok(Err(OpeningRefusal::NotDrawn));
        }
        if tx.participants().ticket(lottery.id, person).await?.is_none() {
            return Ok(Err(OpeningRefusal::NotParticipant));
        }
        let now = self.clock.now();
        let (count, _) = tx.limited_acts().since(person, ACT, now - WINDOW).await?;
        if count >= MOST {
            return Ok(Err(OpeningRefusal::TooOften));
        }
        tx.limited_acts().record(person, ACT, now, self.random.id(), now - WINDOW).await?;
        self.ask(tx, lottery.id, person).await?;
        Ok(Ok(()))
    }

    /// The same for one whose right to it was looked at before.
    pub async fn queue_opening(&self, lottery: LotteryId, person: UserId) -> Result<(), StorageError> {
        let mut tx = self.db.begin().await?;
        self.ask(&mut tx, lottery, person).await?;
        tx.commit().await?;
        self.wakeups.wake(Topic::Jobs).await;
        Ok(())
    }

    async fn ask(&self, tx: &mut Tx, lottery: LotteryId, person: UserId) -> Result<(), StorageError> {
        tx.draw_openings().ask(lottery, person, self.clock.now()).await?;
        self.order_openings(tx, lottery).await
    }

    async fn order_openings(&self, tx: &mut Tx, lottery: LotteryId) -> Result<(), StorageError> {
        let payload = serde_json::to_string(&OpenOrder { lottery })
            .map_err(|_| StorageError::Unreadable("order of proofs"))?;
        let (id, now, dedupe) = (JobId::new(self.random.id()), self.clock.now(), lottery.to_string());
        let job = NewJob { id, kind: OPEN, payload: &payload, run_at: now, dedupe: Some(&dedupe) };
        tx.jobs().enqueue(&job, now).await.map(drop)
    }

    /// The text of the proof of each of these tickets.
    async fn openings(
        &self,
        lottery: LotteryId,
        key: &SaltKey,
        tickets: &[Ticket],
    ) -> Result<HashMap<UserId, (Ticket, String)>, StorageError> {
        let mut tree = MerkleTree::watching(tickets.iter().map(|ticket| ticket.get().saturating_sub(1)));
        let watched: HashSet<Ticket> = tickets.iter().copied().collect();
        let mut found: HashMap<Ticket, Participant> = HashMap::new();
        let mut after = None;
        loop {
            let page = self.db.read().await?.participants().for_draw(lottery, after, PAGE).await?;
            for participant in &page {
                tree.push(participant.leaf(key));
                if watched.contains(&participant.ticket) {
                    found.insert(participant.ticket, *participant);
                }
            }
            after = page.last().map(|participant| participant.ticket);
            if page.len() < PAGE as usize {
                break;
            }
        }
        let root = tree.finish();
        let mut openings = HashMap::new();
        for (ticket, proof) in tickets.iter().zip(root.proofs) {
            let Some(owner) = found.get(ticket) else { continue };
            let opening = owner.open(key, root.leaves, proof);
            let text =
                serde_json::to_string(&opening).map_err(|_| StorageError::Unreadable("proof of a ticket"))?;
            openings.insert(owner.user, (*ticket, text));
        }
        Ok(openings)
    }
}

/// Sends proofs to all who wait for those of one draw.
pub struct OpenJob {
    pub draws: Arc<DrawService>,
}

#[async_trait]
impl Job for OpenJob {
    fn kind(&self) -> &'static str {
        OPEN
    }

    async fn run(&self, job: &RunningJob) -> Result<(), JobError> {
        let OpenOrder { lottery } = serde_json::from_str(job.payload())
            .map_err(|error| JobError::Fatal(format!("not an order of proofs: {error}")))?;
        let draws = &self.draws;
        let mut reader = draws.db.read().await?;
        let people = reader.draw_openings().list(lottery, MOST_ANSWERED).await?;
        let secrets = reader.draw_secrets().get(lottery).await?;
        let mut tickets = Vec::with_capacity(people.len());
        for person in &people {
            let ticket = reader.participants().ticket(lottery, *person).await?;
            tickets.extend(ticket.map(|(ticket, _)| ticket));
        }
        drop(reader);
        let mut openings = match secrets {
            Some((_, key)) if !tickets.is_empty() => draws.openings(lottery, &key, &tickets).await?,
            _ => HashMap::new(),
        };
        let mut tx = draws.db.begin().await?;
        for person in &people {
            tx.draw_openings().answer(lottery, *person).await?;
            if let Some((ticket, content)) = openings.remove(person) {
                let notice = DrawNotice::Proof { ticket: ticket.get(), content };
                draws.notify(&mut tx, *person, lottery, notice).await?;
            }
        }
        if people.len() >= MOST_ANSWERED as usize {
            draws.order_openings(&mut tx, lottery).await?;
        }
        job.complete(tx).await?;
        draws.wakeups.wake(Topic::Jobs).await;
        draws.wakeups.wake(Topic::Outbox).await;
        Ok(())
    }
}
