//! `schedule_runs`: which firing of a schedule was already made into a job.

use qura_domain::time::Timestamp;

use super::repository;
use crate::error::StorageError;
use crate::sql::execute;

repository! {
    /// Firings of schedules.
    SchedulesRepo
}

impl SchedulesRepo<'_> {
    /// Whether the caller is the first to fire this schedule at this time or later. Earlier firings
    /// are forgotten, and a worker whose clock is behind does not repeat them.
    pub async fn fire(&mut self, schedule: &str, fire_at: Timestamp) -> Result<bool, StorageError> {
        let first = execute!(
            self.conn,
            "INSERT INTO schedule_runs (schedule, fire_at)
             SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM schedule_runs WHERE schedule = $1 AND fire_at > $2)
             ON CONFLICT DO NOTHING",
            schedule,
            fire_at.micros()
        )?;
        if first > 0 {
            execute!(
                self.conn,
                "DELETE FROM schedule_runs WHERE schedule = $1 AND fire_at < $2",
                schedule,
                fire_at.micros()
            )?;
        }
        Ok(first > 0)
    }
}
