//! The full disk of tests: while a file lies beside the tests' clock, SQLite's file does not grow.

use std::path::Path;
use std::time::Duration;

use qura_storage::Db;
use tokio_util::sync::CancellationToken;

/// The file's name.
pub const FULL: &str = "full";

const LOOK: Duration = Duration::from_millis(50);

/// Looks for the file until told to stop.
pub async fn keep(file: &Path, db: &Db, stop: &CancellationToken) -> anyhow::Result<()> {
    let mut is_full = false;
    while !stop.is_cancelled() {
        if file.exists() != is_full {
            is_full = !is_full;
            db.bound_pages(is_full.then_some(1)).await?;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
    Ok(())
}
