//! `draws`, `draw_freezes` and `draw_walks`: draws under way, from the freeze on.

use qura_domain::draw::beacon::{Round, Signature};
use qura_domain::draw::hash::Hash;
use qura_domain::draw::receipt::{FreezeRecord, Post};
use qura_domain::draw::seconds::UnixSeconds;
use qura_domain::draw::terms::Terms;
use qura_domain::draw::walk::Candidate;
use qura_domain::ids::{ChatId, LotteryId, MessageId};
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional, text};

repository! {
    /// Draws under way.
    DrawRepo
}

/// What is known of a draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawRecord {
    /// The last ticket that was given out, void ones included.
    pub tickets: u64,
    pub terms: Terms,
    /// The end of joining.
    pub frozen_at: Timestamp,
    /// Of the participants' tree, once it is computed.
    pub root: Option<Hash>,
    /// Of the round of the beacon, once it is out.
    pub signature: Option<Signature>,
    /// The candidates that were decided, in their order.
    pub walk: Vec<Candidate>,
    /// What it waits for, as the organizer was told.
    pub complaint: Option<String>,
}

impl DrawRepo<'_> {
    /// Begins a draw, in the transaction that closes its list. `false` when it had begun.
    pub async fn begin(
        &mut self,
        lottery: LotteryId,
        tickets: u64,
        terms: &Terms,
        at: Timestamp,
    ) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "INSERT INTO draws (lottery_id, tickets, terms, frozen_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (lottery_id) DO NOTHING",
            lottery.get(),
            i64::try_from(tickets).unwrap_or(i64::MAX),
            text(terms.as_str()),
            at.micros()
        )?;
        Ok(rows > 0)
    }

    pub async fn get(&mut self, lottery: LotteryId) -> Result<Option<DrawRecord>, StorageError> {
        type Row = (i64, String, i64, Option<String>, Option<String>, String, Option<String>);
        let row = fetch_optional!(
            self.conn,
            Row,
            "SELECT tickets, terms, frozen_at, root, signature, walk, complaint FROM draws WHERE lottery_id = $1",
            lottery.get()
        )?;
        let Some((tickets, terms, frozen_at, root, signature, walk, complaint)) = row else {
            return Ok(None);
        };
        let unreadable = StorageError::Unreadable;
        let hash = |hex: String| Hash::parse(&hex).ok_or(unreadable("root of a draw"));
        let signed = |hex: String| Signature::parse(&hex).ok_or(unreadable("signature of a round"));
        // Older programs kept the whole walk here.
        let walk = serde_json::from_str(&walk).map_err(|_| unreadable("walk of a draw"))?;
        Ok(Some(DrawRecord {
            tickets: u64::try_from(tickets).unwrap_or(0),
            terms: Terms::parse(terms).map_err(|_| unreadable("terms of a draw"))?,
            frozen_at: Timestamp::from_micros(frozen_at),
            root: root.map(hash).transpose()?,
            signature: signature.map(signed).transpose()?,
            walk: self.walk(lottery, walk).await?,
            complaint,
        }))
    }

    /// Keeps the root; the first one stays.
    pub async fn record_root(&mut self, lottery: LotteryId, root: &Hash) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE draws SET root = $2 WHERE lottery_id = $1 AND root IS NULL",
            lottery.get(),
            String::from(*root)
        )?;
        Ok(rows > 0)
    }

    /// Keeps the signature of the round; the first one stays.
    pub async fn record_beacon(
        &mut self,
        lottery: LotteryId,
        signature: &Signature,
    ) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE draws SET signature = $2 WHERE lottery_id = $1 AND signature IS NULL",
            lottery.get(),
            String::from(*signature)
        )?;
        Ok(rows > 0)
    }

    /// Keeps candidates that were decided together, the first of them at this place in the order, from 0.
    /// What is kept stays.
    pub async fn record_walk(
        &mut self,
        lottery: LotteryId,
        from: usize,
        candidates: &[Candidate],
    ) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "INSERT INTO draw_walks (lottery_id, number, candidates) VALUES ($1, $2, $3)
             ON CONFLICT (lottery_id, number) DO NOTHING",
            lottery.get(),
            i64::try_from(from).unwrap_or(i64::MAX),
            serde_json::json!(candidates).to_string()
        )?;
        Ok(rows > 0)
    }

    /// The candidates that were decided, behind those of `before`.
    async fn walk(
        &mut self,
        lottery: LotteryId,
        mut before: Vec<Candidate>,
    ) -> Result<Vec<Candidate>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (String,),
            "SELECT candidates FROM draw_walks WHERE lottery_id = $1 AND number >= $2 ORDER BY number",
            lottery.get(),
            i64::try_from(before.len()).unwrap_or(i64::MAX)
        )?;
        for (candidates,) in rows {
            let candidates: Vec<Candidate> =
                serde_json::from_str(&candidates).map_err(|_| StorageError::Unreadable("walk of a draw"))?;
            before.extend(candidates);
        }
        Ok(before)
    }

    /// Notes what the draw waits for. Whether that is new: then the organizer is to be told.
    pub async fn complain(&mut self, lottery: LotteryId, complaint: &str) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE draws SET complaint = $2 WHERE lottery_id = $1 AND (complaint IS NULL OR complaint <> $2)",
            lottery.get(),
            text(complaint)
        )?;
        Ok(rows > 0)
    }

    /// Whether this is what the draw waits for, as far as is known.
    pub async fn complains_of(&mut self, lottery: LotteryId, complaint: &str) -> Result<bool, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64,),
            "SELECT lottery_id FROM draws WHERE lottery_id = $1 AND complaint = $2",
            lottery.get(),
            text(complaint)
        )?;
        Ok(row.is_some())
    }

    /// The draw waits for nothing unusual any more.
    pub async fn content(&mut self, lottery: LotteryId) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "UPDATE draws SET complaint = NULL WHERE lottery_id = $1 AND complaint IS NOT NULL",
            lottery.get()
        )?;
        Ok(())
    }

    /// Keeps a freeze before it is posted. `false` when this attempt is kept already.
    pub async fn add_freeze(
        &mut self,
        lottery: LotteryId,
        freeze: &FreezeRecord,
        at: Timestamp,
    ) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "INSERT INTO draw_freezes (lottery_id, attempt, hash, round, made_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (lottery_id, attempt) DO NOTHING",
            lottery.get(),
            i64::from(freeze.attempt),
            String::from(freeze.hash),
            freeze.round.map(|round| i64::try_from(round.get()).unwrap_or(i64::MAX)),
            at.micros()
        )?;
        Ok(rows > 0)
    }

    /// Keeps where a freeze was posted; the first post stays.
    pub async fn record_post(
        &mut self,
        lottery: LotteryId,
        attempt: u32,
        post: &Post,
    ) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE draw_freezes SET chat_id = $3, message_id = $4, posted_at = $5
             WHERE lottery_id = $1 AND attempt = $2 AND message_id IS NULL",
            lottery.get(),
            i64::from(attempt),
            post.chat.get(),
            post.message.get(),
            Timestamp::from_secs(post.date.get()).micros()
        )?;
        Ok(rows > 0)
    }

    /// Every freeze of a lottery, in the order of the attempts.
    pub async fn freezes(&mut self, lottery: LotteryId) -> Result<Vec<FreezeRecord>, StorageError> {
        type Row = (i64, String, Option<i64>, Option<i64>, Option<i64>, Option<i64>);
        let rows = fetch_all!(
            self.conn,
            Row,
            "SELECT attempt, hash, round, chat_id, message_id, posted_at FROM draw_freezes
             WHERE lottery_id = $1 ORDER BY attempt",
            lottery.get()
        )?;
        rows.into_iter().map(freeze).collect()
    }
}

fn freeze(
    (attempt, hash, round, chat, message, date): (
        i64,
        String,
        Option<i64>,
        Option<i64>,
        Option<i64>,
        Option<i64>,
    ),
) -> Result<FreezeRecord, StorageError> {
    let unreadable = StorageError::Unreadable;
    let round = round.map(|round| {
        let round = u64::try_from(round).ok().and_then(Round::new);
        round.ok_or(unreadable("round of a freeze"))
    });
    let post = chat.zip(message).zip(date).map(|((chat, message), date)| Post {
        chat: ChatId::new(chat),
        message: MessageId::new(message),
        date: UnixSeconds::from(Timestamp::from_micros(date)),
    });
    Ok(FreezeRecord {
        attempt: u32::try_from(attempt).map_err(|_| unreadable("attempt of a freeze"))?,
        hash: Hash::parse(&hash).ok_or(unreadable("hash of a freeze"))?,
        round: round.transpose()?,
        post,
    })
}
