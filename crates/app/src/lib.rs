//! What Qura does, apart from how it is asked and how it answers: services, the way of updates,
//! jobs, and the outbox.

pub mod admin;
pub mod alerts;
pub mod batcher;
pub mod channels;
pub mod counters;
pub mod draws;
pub mod faults;
pub mod fraud;
pub mod ingest;
pub mod jobs;
pub mod joining;
pub mod lotteries;
pub mod memberships;
pub mod outbox;
pub mod people;
pub mod reports;
pub mod sessions;
pub mod settings;
pub mod subscription;
pub mod upkeep;
