//! `jobs`: background work, enqueued in the transaction that wants it.

use qura_domain::ids::JobId;
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional, text};

repository! {
    /// Background work.
    JobsRepo
}

/// Work to do at some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob<'a> {
    pub id: JobId,
    pub kind: &'a str,
    /// The kind's own JSON.
    pub payload: &'a str,
    pub run_at: Timestamp,
    /// While a job of this kind with the same value is queued, another is not.
    pub dedupe: Option<&'a str>,
}

/// Work that the caller holds until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedJob {
    pub id: JobId,
    pub kind: String,
    pub payload: String,
    /// Counts this run: 1 the first time. With the id it proves that the job is still the caller's.
    pub attempt: u32,
}

impl JobsRepo<'_> {
    /// Whether it was queued; `false` when its like is already.
    pub async fn enqueue(&mut self, job: &NewJob<'_>, now: Timestamp) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "INSERT INTO jobs (id, kind, payload, run_at, dedupe, created_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (kind, dedupe) WHERE state = 'queued' AND dedupe IS NOT NULL DO NOTHING",
            job.id.get(),
            job.kind,
            text(job.payload),
            job.run_at.micros(),
            job.dedupe.map(text),
            now.micros()
        )?;
        Ok(rows > 0)
    }

    /// Takes up to `limit` jobs of the given kinds that are due, or whose worker let its lease run
    /// out, and holds them until `lease_until`.
    pub async fn claim(
        &mut self,
        kinds: &[&str],
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedJob>, StorageError> {
        type Row = (i64, String, String, i64);
        let kinds_json = serde_json::json!(kinds).to_string();
        let rows = fetch_all!(self.conn, Row,
            // MATERIALIZED: a sub-select that locks may be run again by a join, and take more than the limit.
            pg: "WITH due AS MATERIALIZED
                 (SELECT id FROM jobs WHERE state IN ('queued', 'running') AND run_at <= $2 AND kind = ANY($1)
                  ORDER BY run_at LIMIT $4 FOR UPDATE SKIP LOCKED)
                 UPDATE jobs SET state = 'running', run_at = $3, attempts = attempts + 1 FROM due
                 WHERE jobs.id = due.id RETURNING jobs.id, kind, payload, attempts"
            [kinds, now.micros(), lease_until.micros(), i64::from(limit)],
            lite: "UPDATE jobs SET state = 'running', run_at = $3, attempts = attempts + 1
                   WHERE id IN (SELECT id FROM jobs WHERE state IN ('queued', 'running') AND run_at <= $2
                                AND kind IN (SELECT value FROM json_each($1)) ORDER BY run_at LIMIT $4)
                   RETURNING id, kind, payload, attempts"
            [kinds_json, now.micros(), lease_until.micros(), i64::from(limit)])?;
        Ok(rows
            .into_iter()
            .map(|(id, kind, payload, attempts)| ClaimedJob {
                id: JobId::new(id),
                kind,
                payload,
                attempt: u32::try_from(attempts).unwrap_or(u32::MAX),
            })
            .collect())
    }

    /// Holds on to a running job. `false` when another worker has taken it over.
    pub async fn extend(&mut self, job: &ClaimedJob, lease_until: Timestamp) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "UPDATE jobs SET run_at = $3 WHERE id = $1 AND attempts = $2 AND state = 'running'",
            job.id.get(),
            i64::from(job.attempt),
            lease_until.micros()
        )?;
        Ok(rows > 0)
    }

    /// Ends a job, in the transaction of its effects. `false` when another worker has taken it
    /// over: then the effects must not be committed.
    pub async fn complete(&mut self, job: &ClaimedJob) -> Result<bool, StorageError> {
        let rows = execute!(
            self.conn,
            "DELETE FROM jobs WHERE id = $1 AND attempts = $2 AND state = 'running'",
            job.id.get(),
            i64::from(job.attempt)
        )?;
        Ok(rows > 0)
    }

    /// Puts a failed job back. Where its like was queued meanwhile, that one does the work and this
    /// one is gone. Does nothing when another worker has taken it over.
    pub async fn retry(&mut self, job: &ClaimedJob, at: Timestamp, error: &str) -> Result<(), StorageError> {
        type Row = (String, String, Option<String>, i64);
        // Taken out and put in again, because only an insertion can step aside for its like, which
        // another transaction may be queueing at this moment.
        let row = fetch_optional!(
            self.conn,
            Row,
            "DELETE FROM jobs WHERE id = $1 AND attempts = $2 AND state = 'running'
             RETURNING kind, payload, dedupe, created_at",
            job.id.get(),
            i64::from(job.attempt)
        )?;
        let Some((kind, payload, dedupe, created_at)) = row else { return Ok(()) };
        execute!(
            self.conn,
            "INSERT INTO jobs (id, kind, payload, attempts, run_at, dedupe, error, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (kind, dedupe) WHERE state = 'queued' AND dedupe IS NOT NULL DO NOTHING",
            job.id.get(),
            &kind,
            &payload,
            i64::from(job.attempt),
            at.micros(),
            dedupe.as_deref(),
            text(error),
            created_at
        )?;
        Ok(())
    }

    /// Gives a job up: it stays to be looked at.
    pub async fn bury(&mut self, job: &ClaimedJob, error: &str) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "UPDATE jobs SET state = 'dead', error = $3
             WHERE id = $1 AND attempts = $2 AND state = 'running'",
            job.id.get(),
            i64::from(job.attempt),
            text(error)
        )?;
        Ok(())
    }

    /// When the next job falls due; `None` when there is none.
    pub async fn next_due(&mut self) -> Result<Option<Timestamp>, StorageError> {
        let row = fetch_optional!(
            self.conn,
            (Option<i64>,),
            // Two, because each then is the first entry of the index, however many jobs there are.
            "SELECT MIN(due) FROM (SELECT MIN(run_at) AS due FROM jobs WHERE state = 'queued'
                                   UNION ALL SELECT MIN(run_at) FROM jobs WHERE state = 'running') AS earliest"
        )?;
        Ok(row.and_then(|(at,)| at).map(Timestamp::from_micros))
    }

    /// How many are queued or running, and how many are dead.
    pub async fn count(&mut self) -> Result<(u64, u64), StorageError> {
        let row = fetch_optional!(
            self.conn,
            (i64, i64),
            "SELECT COUNT(CASE WHEN state <> 'dead' THEN 1 END), COUNT(CASE WHEN state = 'dead' THEN 1 END) FROM jobs"
        )?;
        let number = |n: i64| u64::try_from(n).unwrap_or(0);
        Ok(row.map_or((0, 0), |(alive, dead)| (number(alive), number(dead))))
    }
}
