//! Runs jobs: takes those that are due, holds on to them while they run, tries failed ones again.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use qura_domain::ids::JobId;
use qura_domain::time::Timestamp;
use qura_ports::clock::Clock;
use qura_ports::coordination::{Topic, WakeUps};
use qura_ports::random::Random;
use qura_storage::{ClaimedJob, Db, NewJob, StorageError, watched};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::job::{Job, JobError, RunningJob};
use super::schedule::Schedule;

/// A worker that shows no sign of life for this long is taken for dead.
pub(super) const LEASE: Duration = Duration::from_secs(30);
const HEARTBEAT: Duration = Duration::from_secs(10);

/// The longest sleep: the clock of tests may jump, and a wake-up may be lost.
const SWEEP: Duration = Duration::from_secs(1);

/// What runs when told to stop gets this long to finish.
const GRACE: Duration = Duration::from_secs(8);

const FIRST_BACKOFF: Duration = Duration::from_secs(1);
const LONGEST_BACKOFF: Duration = Duration::from_secs(600);

/// A worker.
pub struct JobRunner {
    pub db: Db,
    pub wakeups: Arc<dyn WakeUps>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub jobs: Vec<Arc<dyn Job>>,
    pub schedules: Vec<Schedule>,
    /// `WORKER_CONCURRENCY`.
    pub concurrency: usize,
}

impl JobRunner {
    /// Runs until told to stop; then lets what runs finish, for eight seconds at most.
    pub async fn run(self: Arc<Self>, stop: &CancellationToken) {
        let kinds: Vec<&str> = self.jobs.iter().map(|job| job.kind()).collect();
        let mut fired = HashMap::new();
        let mut running = JoinSet::new();
        while !stop.is_cancelled() {
            while running.try_join_next().is_some() {}
            let pause = match self.turn(&kinds, &mut fired, &mut running).await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::error!(error = error.detail(), "jobs cannot be taken");
                    SWEEP
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.wakeups.wait(Topic::Jobs, pause) => {}
                Some(_) = running.join_next(), if !running.is_empty() => {}
            }
        }
        let finish = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finish).await.is_err() {
            tracing::warn!(jobs = running.len(), "stopped before all jobs were done; others take them over");
        }
    }

    /// Fires schedules, starts what is due, and says how long to sleep at most.
    async fn turn(
        self: &Arc<Self>,
        kinds: &[&str],
        fired: &mut HashMap<&'static str, Timestamp>,
        running: &mut JoinSet<()>,
    ) -> Result<Duration, StorageError> {
        let now = self.clock.now();
        self.fire_schedules(now, fired).await?;
        let room = self.concurrency.saturating_sub(running.len());
        let next = self.db.read().await?.jobs().next_due().await?;
        if room > 0 && next.is_some_and(|at| at <= now) {
            let mut tx = self.db.begin().await?;
            let claimed = tx.jobs().claim(kinds, now, now + LEASE, u32::try_from(room).unwrap_or(1)).await?;
            tx.commit().await?;
            for job in claimed {
                running.spawn(self.clone().see_through(job));
            }
        }
        Ok(next.filter(|at| *at > now).map_or(SWEEP, |at| at.since(now).min(SWEEP)))
    }

    async fn fire_schedules(
        &self,
        now: Timestamp,
        fired: &mut HashMap<&'static str, Timestamp>,
    ) -> Result<(), StorageError> {
        for schedule in &self.schedules {
            let Some(at) = schedule.last_due(now) else { continue };
            if fired.get(schedule.kind) == Some(&at) {
                continue;
            }
            let mut tx = self.db.begin().await?;
            if tx.schedules().fire(schedule.kind, at).await? {
                let job = NewJob {
                    id: JobId::new(self.random.id()),
                    kind: schedule.kind,
                    payload: "{}",
                    run_at: now,
                    dedupe: Some("schedule"),
                };
                tx.jobs().enqueue(&job, now).await?;
            }
            tx.commit().await?;
            fired.insert(schedule.kind, at);
        }
        Ok(())
    }

    async fn see_through(self: Arc<Self>, claimed: ClaimedJob) {
        let Some(job) = self.jobs.iter().find(|job| job.kind() == claimed.kind) else { return };
        let began = tokio::time::Instant::now();
        let run = RunningJob { claimed };
        let outcome = tokio::select! {
            outcome = AssertUnwindSafe(watched(job.run(&run))).catch_unwind() => {
                outcome.unwrap_or_else(|_| Err(JobError::Retry("the job panicked".to_owned())))
            }
            () = self.hold(&run) => Err(JobError::TakenOver),
        };
        let result = match &outcome {
            Ok(()) => "done",
            Err(JobError::TakenOver) => "taken_over",
            Err(JobError::Retry(_)) => "retry",
            Err(JobError::Fatal(_)) => "dead",
        };
        metrics::counter!("jobs_total", "kind" => job.kind(), "result" => result).increment(1);
        metrics::histogram!("job_duration_seconds", "kind" => job.kind())
            .record(began.elapsed().as_secs_f64());
        if let Err(error) = self.settle(job.as_ref(), &run, outcome).await {
            // Its lease runs out, and it runs again.
            tracing::error!(kind = job.kind(), error = error.detail(), "the end of a job cannot be recorded");
        }
    }

    /// Keeps the lease alive; returns when it is lost.
    async fn hold(&self, run: &RunningJob) {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            let extend = async {
                let mut tx = self.db.begin().await?;
                let mine = tx.jobs().extend(&run.claimed, self.clock.now() + LEASE).await?;
                tx.commit().await?;
                Ok::<_, StorageError>(mine)
            };
            match extend.await {
                Ok(false) => return,
                Ok(true) => {}
                Err(error) => tracing::warn!(error = error.detail(), "a job's lease cannot be extended"),
            }
        }
    }

    async fn settle(
        &self,
        job: &dyn Job,
        run: &RunningJob,
        outcome: Result<(), JobError>,
    ) -> Result<(), StorageError> {
        let mut tx = self.db.begin().await?;
        match outcome {
            // Completed already where it had effects.
            Ok(()) => _ = tx.jobs().complete(&run.claimed).await?,
            Err(JobError::TakenOver) => {}
            Err(JobError::Retry(error)) if job.tries().is_none_or(|tries| run.attempt() < tries) => {
                tracing::warn!(
                    kind = job.kind(),
                    attempt = run.attempt(),
                    error,
                    "a job failed and is tried again"
                );
                let at = self.clock.now() + self.backoff(run.attempt());
                tx.jobs().retry(&run.claimed, at, &error).await?;
            }
            Err(JobError::Retry(error) | JobError::Fatal(error)) => {
                tracing::error!(kind = job.kind(), error, "a job is given up");
                tx.jobs().bury(&run.claimed, &error).await?;
            }
        }
        tx.commit().await
    }

    fn backoff(&self, attempt: u32) -> Duration {
        let full = FIRST_BACKOFF.saturating_mul(1 << attempt.min(10)).min(LONGEST_BACKOFF);
        full.mul_f64(0.5 + self.random.fraction() / 2.0)
    }
}
