//! The proof that a participant was in the list that was frozen, with their ticket. Only they get it, so that
//! nobody can guess from receipts who took part.

use std::time::Duration;

use qura_domain::draw::merkle::MerkleTree;
use qura_domain::ids::{LotteryId, UserId};
use qura_domain::lottery::Lottery;
use qura_storage::{StorageError, Tx};
use serde::{Deserialize, Serialize};

use super::DrawService;
use super::telling::DrawNotice;

/// The name of this among the acts that are limited, and how often a person may do it: the whole list is
/// read for each.
const ACT: &str = "draw.opening";
const MOST: u64 = 5;
const WINDOW: Duration = Duration::from_hours(1);

const PAGE: u32 = 5_000;

/// Why there is no proof to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpeningRefusal {
    /// There is no receipt yet.
    NotDrawn,
    /// They never had a ticket.
    NotParticipant,
    TooOften,
}

impl DrawService {
    /// Has the proof sent to the one who asks, in the caller's transaction. Wake `Topic::Outbox` after the
    /// commit.
    pub async fn ask_for_opening(
        &self,
        tx: &mut Tx,
        person: UserId,
        lottery: &Lottery,
    ) -> Result<Result<(), OpeningRefusal>, StorageError> {
        if tx.draw_receipts().list(lottery.id).await?.is_empty() {
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
        self.notify(tx, person, lottery.id, DrawNotice::Opening).await?;
        Ok(Ok(()))
    }

    /// A person's ticket and the text of its proof; `None` for one without a ticket.
    pub async fn opening(
        &self,
        lottery: LotteryId,
        person: UserId,
    ) -> Result<Option<(u64, String)>, StorageError> {
        let mut reader = self.db.read().await?;
        let secrets = reader.draw_secrets().get(lottery).await?;
        let ticket = reader.participants().ticket(lottery, person).await?;
        let (Some((_, salt_key)), Some((ticket, _))) = (secrets, ticket) else { return Ok(None) };
        let mut tree = MerkleTree::watching([ticket.get().saturating_sub(1)]);
        let (mut after, mut own) = (None, None);
        loop {
            let page = reader.participants().for_draw(lottery, after, PAGE).await?;
            for participant in &page {
                tree.push(participant.leaf(&salt_key));
                own = own.or(Some(*participant).filter(|participant| participant.ticket == ticket));
            }
            after = page.last().map(|participant| participant.ticket);
            if page.len() < PAGE as usize {
                break;
            }
        }
        let root = tree.finish();
        let (Some(own), Some(proof)) = (own, root.proofs.into_iter().next()) else { return Ok(None) };
        let opening = own.open(&salt_key, root.leaves, proof);
        let text = serde_json::to_string(&opening).map_err(|_| StorageError::Unreadable("opening"))?;
        Ok(Some((ticket.get(), text)))
    }
}
