//! `qura migrate`: the schema by hand.

use qura_storage::Db;

use crate::cli::MigrateAction;
use crate::config::Config;
use crate::logging::say;

pub async fn run(config: &Config, action: MigrateAction) -> anyhow::Result<()> {
    let db = Db::open(&config.database, config.database_connections).await?;
    match action {
        MigrateAction::Up => db.migrate_up().await?,
        MigrateAction::Down { to } => db.migrate_down(to).await?,
        MigrateAction::Status => {}
    }
    for migration in db.migration_states().await? {
        let mark = if migration.applied { "applied" } else { "missing" };
        say(&format!("{:04} {mark} {}", migration.version, migration.name));
    }
    db.close().await;
    Ok(())
}
