//! The unit of work, the reading connection, and the way from both to every repository.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

use crate::error::StorageError;
use crate::nesting::Held;
use crate::tables;

/// A unit of work: what is done through it becomes true together at [`Tx::commit`], or not at all.
/// Dropping it rolls back. On SQLite it holds the only writing connection.
pub enum Tx {
    Pg(Transaction<'static, Postgres>, Held),
    Lite(Transaction<'static, Sqlite>, Held),
}

/// A connection for reading. On SQLite it cannot write.
pub enum Reader {
    Pg(PoolConnection<Postgres>),
    Lite(PoolConnection<Sqlite>),
}

/// What repositories run their statements on.
pub(crate) enum Conn<'a> {
    Pg(&'a mut PgConnection),
    Lite(&'a mut SqliteConnection),
}

impl Tx {
    /// Makes everything true that was done. When it returns an error, nothing is known: PostgreSQL
    /// may have committed before the connection broke, so callers run the unit again and rely on
    /// its fence.
    pub async fn commit(self) -> Result<(), StorageError> {
        match self {
            Self::Pg(tx, _held) => Box::pin(tx.commit()).await?,
            Self::Lite(tx, _held) => Box::pin(tx.commit()).await?,
        }
        Ok(())
    }

    pub async fn rollback(self) -> Result<(), StorageError> {
        match self {
            Self::Pg(tx, _held) => Box::pin(tx.rollback()).await?,
            Self::Lite(tx, _held) => Box::pin(tx.rollback()).await?,
        }
        Ok(())
    }

    pub(crate) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Pg(tx, _) => Conn::Pg(tx),
            Self::Lite(tx, _) => Conn::Lite(tx),
        }
    }
}

impl Reader {
    pub(crate) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Pg(connection) => Conn::Pg(connection),
            Self::Lite(connection) => Conn::Lite(connection),
        }
    }
}

/// The list of repositories: each is reached by its name from a transaction and from a reader.
macro_rules! repositories {
    ($($name:ident: $repo:ty,)*) => {
        impl Tx {
            $(pub fn $name(&mut self) -> $repo { <$repo>::on(self.conn()) })*
        }
        impl Reader {
            $(pub fn $name(&mut self) -> $repo { <$repo>::on(self.conn()) })*
        }
    };
}

repositories! {
    alerts: tables::alerts::AlertsRepo<'_>,
    audit: tables::audit::AuditRepo<'_>,
    challenges: tables::challenges::ChallengeRepo<'_>,
    limited_acts: tables::limited_acts::LimitedActRepo<'_>,
    channels: tables::channels::ChannelRepo<'_>,
    conditions: tables::lottery_conditions::ConditionRepo<'_>,
    draw_openings: tables::draw_openings::DrawOpeningRepo<'_>,
    draw_receipts: tables::draw_receipts::DrawReceiptRepo<'_>,
    draw_secrets: tables::draw_secrets::DrawSecretRepo<'_>,
    draws: tables::draws::DrawRepo<'_>,
    jobs: tables::jobs::JobsRepo<'_>,
    join_requests: tables::join_requests::JoinRequestsRepo<'_>,
    lotteries: tables::lotteries::LotteryRepo<'_>,
    lottery_counters: tables::lottery_counters::LotteryCounterRepo<'_>,
    membership_events: tables::membership_events::MembershipEventRepo<'_>,
    outbox: tables::outbox::OutboxRepo<'_>,
    participants: tables::lottery_participants::ParticipantRepo<'_>,
    schedules: tables::schedules::SchedulesRepo<'_>,
    sessions: tables::sessions::SessionsRepo<'_>,
    settings: tables::settings::SettingsRepo<'_>,
    updates: tables::updates::UpdatesRepo<'_>,
    user_channels: tables::user_channels::UserChannelRepo<'_>,
    users: tables::users::UsersRepo<'_>,
    winners: tables::lottery_winners::WinnerRepo<'_>,
}
