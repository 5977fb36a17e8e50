//! The database: one door ([`Db`]), one unit of work ([`Tx`]), one repository a table.
//!
//! The same SQL text runs on SQLite and on PostgreSQL. A repository is reached through a [`Tx`] for
//! writing, or through a [`Reader`] for reading: `tx.users().see(…)`, `reader.settings().all()`.

mod company;
mod connection;
mod db;
mod error;
mod migrate;
mod nesting;
mod page;
mod sql;
mod tables;

pub use company::{Company, Place};
pub use connection::{Reader, Tx};
pub use db::{DatabaseUrl, Db};
pub use error::{OpenError, StorageError};
pub use migrate::{MigrationState, SchemaVersion};
pub use nesting::watched;
pub use page::{PAGE_ROWS, Page, Shown};
pub use tables::{
    alerts::AlertsRepo,
    audit::{AuditEntry, AuditRepo},
    challenges::ChallengeRepo,
    channels::ChannelRepo,
    draw_openings::DrawOpeningRepo,
    draw_receipts::{DrawDocument, DrawReceiptRepo},
    draw_secrets::DrawSecretRepo,
    draws::{DrawRecord, DrawRepo},
    jobs::{ClaimedJob, JobsRepo, NewJob},
    join_requests::JoinRequestsRepo,
    limited_acts::LimitedActRepo,
    lotteries::{LotteryInChat, LotteryKey, LotteryRepo},
    lottery_conditions::ConditionRepo,
    lottery_counters::{DirtyPost, LotteryCount, LotteryCounterRepo},
    lottery_participants::{
        Application, ExaminedJoin, JoinedGroup, Joining, LockedTerms, NewParticipant, ParticipantFilter,
        ParticipantRecord, ParticipantRepo,
    },
    lottery_winners::{WinnerRecord, WinnerRepo},
    membership_events::{MembershipEvent, MembershipEventRepo, Recorded},
    outbox::{DueNotice, OutboxRepo},
    schedules::SchedulesRepo,
    sessions::{Session, SessionsRepo},
    settings::SettingsRepo,
    updates::{Applied, Batch, NewUpdate, Position, StoredUpdate, UpdateState, UpdatesRepo},
    user_channels::UserChannelRepo,
    users::{Seen, UserRecord, UsersRepo},
};
