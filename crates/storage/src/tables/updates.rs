//! `updates` and `poller`: the update log, and how far each bot has read.
//!
//! An update is `pending` until its effect is committed, `applied` until its reply is sent, then
//! deleted. What cannot be handled stays as `dead`.

use qura_domain::ids::{BotId, Seq};
use qura_domain::time::Timestamp;

use sqlx::PgConnection;

use super::repository;
use crate::connection::Conn;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional, text};

repository! {
    /// The update log.
    UpdatesRepo
}

/// How far a bot has read, and the number that proves who may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub fence: i64,
    /// The last update stored for this bot.
    pub last_seq: Option<Seq>,
}

/// An update to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUpdate {
    pub seq: Seq,
    pub partition: u8,
    pub key: i64,
    pub raw: String,
}

/// What one call to Telegram brought.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    pub bot: BotId,
    pub api_url: &'a str,
    pub fence: i64,
    /// In rising order of `seq`.
    pub updates: &'a [NewUpdate],
    pub received_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateState {
    Pending,
    Applied,
}

/// An update that is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredUpdate {
    pub seq: Seq,
    pub key: i64,
    pub partition: u8,
    pub state: UpdateState,
    /// How often handling it failed.
    pub attempts: u32,
    pub raw: String,
    /// What is to be sent, once applied.
    pub reply: Option<String>,
    pub received_at: Timestamp,
}

/// An update whose effect is part of the running transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    pub seq: Seq,
    pub reply: Option<String>,
}

impl UpdatesRepo<'_> {
    /// Makes the caller the poller of this bot: every earlier poller's [`Self::append`] fails from now on.
    pub async fn take_over(&mut self, bot: BotId, api_url: &str) -> Result<Position, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64, Option<i64>),
            "INSERT INTO poller (bot_id, api_url, fence) VALUES ($1, $2, 1)
             ON CONFLICT (bot_id, api_url) DO UPDATE SET fence = poller.fence + 1
             RETURNING fence, last_seq",
            bot.get(),
            api_url
        )?;
        let (fence, last_seq) = row.ok_or(StorageError::Unreadable("poller row"))?;
        Ok(Position { fence, last_seq: last_seq.map(Seq::new) })
    }

    /// The newest update of any bot that ever used this database.
    pub async fn newest_seq(&mut self) -> Result<Option<Seq>, StorageError> {
        let row = fetch_optional!(self.conn, (Option<i64>,), "SELECT MAX(last_seq) FROM poller")?;
        Ok(row.and_then(|(seq,)| seq).map(Seq::new))
    }

    /// Stores what a batch brings beyond the bot's position, moves the position to its end, and
    /// returns how many updates are new. What was stored before stays as it is, or stays forgotten
    /// when it is done. Fails with [`StorageError::Fenced`] once another poller has taken over.
    pub async fn append(&mut self, batch: &Batch<'_>) -> Result<u64, StorageError> {
        match &mut self.conn {
            _ if batch.updates.is_empty() => Ok(0),
            Conn::Pg(connection) => append_at_once(connection, batch).await,
            Conn::Lite(_) => self.append_in_steps(batch).await,
        }
    }

    async fn append_in_steps(&mut self, batch: &Batch<'_>) -> Result<u64, StorageError> {
        let mine = fetch_optional!(
            self.conn,
            (Option<i64>,),
            "SELECT last_seq FROM poller WHERE bot_id = $1 AND api_url = $2 AND fence = $3",
            batch.bot.get(),
            batch.api_url,
            batch.fence
        )?;
        let (position,) = mine.ok_or(StorageError::Fenced)?;
        // A repeated update may be done and deleted: only the position tells that it was here.
        let is_new = |u: &&NewUpdate| position.is_none_or(|position| u.seq.get() > position);
        let new: Vec<&NewUpdate> = batch.updates.iter().filter(is_new).collect();
        let Some(last) = new.last() else { return Ok(0) };
        execute!(
            self.conn,
            "UPDATE poller SET last_seq = $1 WHERE bot_id = $2 AND api_url = $3",
            last.seq.get(),
            batch.bot.get(),
            batch.api_url
        )?;
        execute!(
            self.conn,
            "INSERT INTO updates (seq, partition, key, raw, received_at)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, $2 FROM json_each($1) WHERE TRUE
             ON CONFLICT DO NOTHING",
            rows(&new),
            batch.received_at.micros()
        )
    }

    /// Undone updates of the given partitions after `after`, oldest first, at most `limit`.
    pub async fn undone(
        &mut self,
        after: Seq,
        partitions: &[u8],
        limit: u32,
    ) -> Result<Vec<StoredUpdate>, StorageError> {
        type Row = (i64, i64, i64, String, i64, String, Option<String>, i64);
        let rows = fetch_all!(self.conn, Row,
            pg: "SELECT seq, key, partition, state, attempts, raw, reply, received_at FROM updates
                 WHERE seq > $1 AND state <> 'dead' AND partition = ANY($2) ORDER BY seq LIMIT $3"
            [after.get(), partitions.iter().map(|p| i64::from(*p)).collect::<Vec<_>>(), i64::from(limit)],
            lite: "SELECT seq, key, partition, state, attempts, raw, reply, received_at FROM updates
                   WHERE seq > $1 AND state <> 'dead' AND partition IN (SELECT value FROM json_each($2))
                   ORDER BY seq LIMIT $3"
            [after.get(), serde_json::json!(partitions).to_string(), i64::from(limit)])?;
        Ok(rows
            .into_iter()
            .map(|(seq, key, partition, state, attempts, raw, reply, received_at)| StoredUpdate {
                seq: Seq::new(seq),
                key,
                partition: u8::try_from(partition).unwrap_or(u8::MAX),
                state: if state == "applied" { UpdateState::Applied } else { UpdateState::Pending },
                attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
                raw,
                reply,
                received_at: Timestamp::from_micros(received_at),
            })
            .collect())
    }

    /// Marks updates as applied and returns those that were still pending. The effect of any other
    /// must not be committed: it already is, by somebody else.
    pub async fn apply(&mut self, applied: &[Applied]) -> Result<Vec<Seq>, StorageError> {
        let rows = fetch_all!(self.conn, (i64,),
            pg: "UPDATE updates SET state = 'applied', reply = ($2::TEXT[])[array_position($1::BIGINT[], seq)]
                 WHERE seq = ANY($1) AND state = 'pending' RETURNING seq"
            [applied.iter().map(|a| a.seq.get()).collect::<Vec<_>>(),
             applied.iter().map(|a| a.reply.as_deref().map(text)).collect::<Vec<_>>()],
            lite: "UPDATE updates SET state = 'applied', reply = done.value ->> 1 FROM json_each($1) AS done
                   WHERE updates.seq = done.value ->> 0 AND state = 'pending' RETURNING updates.seq"
            [serde_json::json!(applied.iter().map(|a| (a.seq, a.reply.as_deref().map(text))).collect::<Vec<_>>())
                .to_string()])?;
        Ok(rows.into_iter().map(|(seq,)| Seq::new(seq)).collect())
    }

    /// Changes what is to be said of an update that was applied in this transaction.
    pub async fn reword(&mut self, seq: Seq, reply: &str) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "UPDATE updates SET reply = $2 WHERE seq = $1 AND state = 'applied'",
            seq.get(),
            text(reply)
        )?;
        Ok(())
    }

    /// Forgets updates that are done.
    pub async fn finish(&mut self, done: &[Seq]) -> Result<u64, StorageError> {
        execute!(self.conn,
            pg: "DELETE FROM updates WHERE seq = ANY($1) AND state <> 'dead'"
            [done.iter().map(|seq| seq.get()).collect::<Vec<_>>()],
            lite: "DELETE FROM updates WHERE seq IN (SELECT value FROM json_each($1)) AND state <> 'dead'"
            [serde_json::json!(done).to_string()])
    }

    /// Counts a failed attempt.
    pub async fn record_failure(&mut self, seq: Seq, error: &str) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "UPDATE updates SET attempts = attempts + 1, error = $2 WHERE seq = $1",
            seq.get(),
            text(error)
        )?;
        Ok(())
    }

    /// Gives an update up: it stays to be looked at and is never handled again by itself.
    pub async fn bury(&mut self, seq: Seq, error: &str) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "UPDATE updates SET state = 'dead', error = $2, attempts = attempts + 1 WHERE seq = $1",
            seq.get(),
            text(error)
        )?;
        Ok(())
    }

    /// Deletes dead updates that came before the given time, at most `limit`, and returns how many.
    pub async fn purge_dead(&mut self, before: Timestamp, limit: u32) -> Result<u64, StorageError> {
        execute!(
            self.conn,
            "DELETE FROM updates WHERE seq IN
             (SELECT seq FROM updates WHERE state = 'dead' AND received_at < $1 LIMIT $2)",
            before.micros(),
            i64::from(limit)
        )
    }

    /// How many updates are not done, dead ones aside; counts no further than `up_to`.
    pub async fn count_undone(&mut self, up_to: u32) -> Result<u64, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64,),
            "SELECT COUNT(*) FROM (SELECT 1 FROM updates WHERE state <> 'dead' LIMIT $1) AS undone",
            i64::from(up_to)
        )?;
        Ok(row.map_or(0, |(count,)| u64::try_from(count).unwrap_or(0)))
    }

    /// Whether an update up to this one waits for its effect.
    pub async fn is_pending(&mut self, up_to: Seq) -> Result<bool, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64,),
            "SELECT seq FROM updates WHERE state = 'pending' AND seq <= $1 ORDER BY seq LIMIT 1",
            up_to.get()
        )?;
        Ok(row.is_some())
    }

    /// When the oldest update that is not done came in.
    pub async fn oldest_undone(&mut self) -> Result<Option<Timestamp>, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64,),
            "SELECT received_at FROM updates WHERE state <> 'dead' ORDER BY seq LIMIT 1"
        )?;
        Ok(row.map(|(at,)| Timestamp::from_micros(at)))
    }

    /// The dead updates, oldest first, with what went wrong.
    pub async fn dead(&mut self, limit: u32) -> Result<Vec<(Seq, String)>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            (i64, Option<String>),
            "SELECT seq, error FROM updates WHERE state = 'dead' ORDER BY seq LIMIT $1",
            i64::from(limit)
        )?;
        Ok(rows.into_iter().map(|(seq, error)| (Seq::new(seq), error.unwrap_or_default())).collect())
    }
}

/// One round trip instead of three: everybody's updates wait for it.
async fn append_at_once(connection: &mut PgConnection, batch: &Batch<'_>) -> Result<u64, StorageError> {
    let new = batch.updates;
    let append = sqlx::query_as::<_, (i64, i64)>(
        "WITH mine AS (
           SELECT COALESCE(last_seq, -1) AS position FROM poller
           WHERE bot_id = $1 AND api_url = $2 AND fence = $3 FOR UPDATE
         ), moved AS (
           UPDATE poller SET last_seq = $4
           WHERE bot_id = $1 AND api_url = $2 AND $4 > (SELECT position FROM mine)
         ), stored AS (
           INSERT INTO updates (seq, partition, key, raw, received_at)
           SELECT seq, partition, key, raw, $5
           FROM UNNEST($6::BIGINT[], $7::BIGINT[], $8::BIGINT[], $9::TEXT[]) AS new (seq, partition, key, raw)
           WHERE seq > (SELECT position FROM mine)
           ON CONFLICT DO NOTHING RETURNING seq
         )
         SELECT (SELECT COUNT(*) FROM mine), (SELECT COUNT(*) FROM stored)",
    )
    .bind(batch.bot.get())
    .bind(batch.api_url)
    .bind(batch.fence)
    .bind(new.last().map(|update| update.seq.get()))
    .bind(batch.received_at.micros())
    .bind(column(new, |u| u.seq.get()))
    .bind(column(new, |u| i64::from(u.partition)))
    .bind(column(new, |u| u.key))
    .bind(column(new, |u| text(&u.raw)));
    let (mine, stored) = Box::pin(append.fetch_one(connection)).await?;
    if mine == 0 { Err(StorageError::Fenced) } else { Ok(u64::try_from(stored).unwrap_or(0)) }
}

fn column<'a, T>(new: &'a [NewUpdate], value: impl Fn(&'a NewUpdate) -> T) -> Vec<T> {
    new.iter().map(value).collect()
}

fn rows(new: &[&NewUpdate]) -> String {
    let rows: Vec<_> = new.iter().map(|u| (u.seq, u.partition, u.key, text(&u.raw))).collect();
    serde_json::json!(rows).to_string()
}
