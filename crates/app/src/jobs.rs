//! Background work: enqueued in the transaction that wants it, run at least once, its effects
//! committed together with its completion.

mod job;
mod runner;
mod schedule;

pub use job::{Job, JobError, RunningJob};
pub use runner::JobRunner;
pub use schedule::{Schedule, ScheduleError};
