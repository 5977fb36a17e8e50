//! `qura admin`: the operators' settings from the command line.

use std::sync::Arc;

use anyhow::{Context, bail};
use qura_app::settings::SettingsService;
use qura_coordination::InProcessWakeUps;
use qura_domain::settings::Key;
use qura_storage::Db;

use crate::adapters::{SystemClock, SystemRandom};
use crate::cli::AdminAction;
use crate::config::Config;
use crate::logging::say;

pub async fn run(config: &Config, action: AdminAction) -> anyhow::Result<()> {
    let db = Db::open(&config.database, config.database_connections).await?;
    db.migrate_up().await?;
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let wakeups = Arc::new(InProcessWakeUps::default());
    let settings = SettingsService::load(db.clone(), clock, random, wakeups).await?;
    match action {
        AdminAction::Get { key: Some(name) } => say(&settings.get().get(key(&name)?).to_json()),
        AdminAction::Get { key: None } => {
            for key in Key::ALL {
                say(&format!("{} = {}", key.name(), settings.get().get(key).to_json()));
            }
        }
        AdminAction::Set { key: name, value } => {
            let key = key(&name)?;
            let value = key.parse(&value).with_context(|| format!("{name} was not changed"))?;
            let mut tx = db.begin().await?;
            settings.change(&mut tx, key, &value, None).await?;
            tx.commit().await?;
            say(&format!("{name} = {}", value.to_json()));
        }
    }
    db.close().await;
    Ok(())
}

fn key(name: &str) -> anyhow::Result<Key> {
    match Key::from_name(name) {
        Some(key) => Ok(key),
        None => {
            let known = Key::ALL.map(Key::name).join(", ");
            bail!("there is no setting {name}; there are: {known}")
        }
    }
}
