//! `sessions`: the wizard that each person is in.

use qura_domain::ids::UserId;
use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::{execute, fetch_all, fetch_optional, text};

repository! {
    /// Wizards under way, one a person.
    SessionsRepo
}

/// A wizard under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub user: UserId,
    /// The wizard's own form of what was entered so far.
    pub state: String,
    pub expires_at: Timestamp,
}

type Row = (i64, String, i64);

fn session((user, state, expires_at): Row) -> Session {
    Session { user: UserId::new(user), state, expires_at: Timestamp::from_micros(expires_at) }
}

impl SessionsRepo<'_> {
    pub async fn get(&mut self, user: UserId) -> Result<Option<Session>, StorageError> {
        let row = fetch_optional!(
            self.conn,
            Row,
            "SELECT user_id, state, expires_at FROM sessions WHERE user_id = $1",
            user.get()
        )?;
        Ok(row.map(session))
    }

    /// Replaces whatever wizard the person was in.
    pub async fn save(&mut self, session: &Session) -> Result<(), StorageError> {
        execute!(
            self.conn,
            "INSERT INTO sessions (user_id, state, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT (user_id) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at",
            session.user.get(),
            text(&session.state),
            session.expires_at.micros()
        )?;
        Ok(())
    }

    /// Whether there was one.
    pub async fn delete(&mut self, user: UserId) -> Result<bool, StorageError> {
        Ok(execute!(self.conn, "DELETE FROM sessions WHERE user_id = $1", user.get())? > 0)
    }

    /// Deletes the wizards of these people, and returns those that there were.
    pub async fn delete_all(&mut self, users: &[UserId]) -> Result<Vec<Session>, StorageError> {
        let rows = fetch_all!(self.conn, Row,
            pg: "DELETE FROM sessions WHERE user_id = ANY($1) RETURNING user_id, state, expires_at"
            [users.iter().map(|user| user.get()).collect::<Vec<_>>()],
            lite: "DELETE FROM sessions WHERE user_id IN (SELECT value FROM json_each($1))
                   RETURNING user_id, state, expires_at"
            [serde_json::json!(users).to_string()])?;
        Ok(rows.into_iter().map(session).collect())
    }

    /// Deletes up to `limit` wizards that expired, and returns them.
    pub async fn delete_expired(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Session>, StorageError> {
        let rows = fetch_all!(
            self.conn,
            Row,
            "DELETE FROM sessions WHERE user_id IN
             (SELECT user_id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
             RETURNING user_id, state, expires_at",
            now.micros(),
            i64::from(limit)
        )?;
        Ok(rows.into_iter().map(session).collect())
    }
}
