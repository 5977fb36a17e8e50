//! `qura playground`: the simulator with its page, and the real bot behind it.

use std::path::Path;

use anyhow::{Context, bail};
use qura_beacon::Relays;
use qura_simulator::{BotConfig, RunningSimulator, Simulator};
use qura_storage::DatabaseUrl;
use secrecy::SecretString;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::logging::say;
use crate::roles::Role;
use crate::run;

/// Who and what there is in the playground, acted out through the simulator's control API, and the
/// operators' settings that go with it.
const SCENE: &str = include_str!("playground/scene.json");

#[derive(Deserialize)]
struct Scene {
    bot: SceneBot,
    operators: Vec<i64>,
    acts: Vec<Act>,
    settings: Vec<(String, serde_json::Value)>,
}

#[derive(Deserialize)]
struct SceneBot {
    token: String,
    username: String,
    name: String,
}

/// A request to the control API.
#[derive(Deserialize)]
struct Act {
    path: String,
    body: serde_json::Value,
}

/// Runs until told to stop. Nothing is kept: the people of the simulator live in memory, and so the
/// database goes with them.
pub async fn run(config: Config, stop: &CancellationToken) -> anyhow::Result<()> {
    let scene: Scene = serde_json::from_str(SCENE).context("the playground's scene is broken")?;
    let simulator = Simulator::start(qura_simulator::Config {
        addr: config.http_addr,
        bots: vec![BotConfig {
            token: scene.bot.token.clone(),
            username: scene.bot.username.clone(),
            name: scene.bot.name.clone(),
        }],
        ..qura_simulator::Config::default()
    })
    .await
    .with_context(|| format!("the playground cannot listen on HTTP_ADDR ({})", config.http_addr))?;
    let url = simulator.url();
    play(&simulator, &scene.acts).await?;
    let folder = tempfile::tempdir().context("there is no temporary folder to write to")?;
    let config = playground_config(config, &scene, &url, folder.path())?;
    apply_settings(&config, &scene.settings).await?;
    say(&format!("The playground is open: {url}  (Ctrl+C closes it)"));
    let outcome = run::run(config, &Role::WORKING, stop).await;
    simulator.shutdown().await;
    outcome
}

/// The caller's settings, with Telegram and the database replaced.
fn playground_config(config: Config, scene: &Scene, url: &str, folder: &Path) -> anyhow::Result<Config> {
    let operators = scene.operators.iter().copied().map(qura_domain::ids::UserId::new).collect();
    Ok(Config {
        token: Some(SecretString::from(scene.bot.token.as_str())),
        api_url: url.parse().context("the simulator's own address")?,
        bot_username: None,
        operators,
        database: DatabaseUrl::Sqlite(folder.join("playground.db")),
        redis: None,
        // It needs no network.
        relays: Relays::default(),
        ..config
    })
}

async fn play(simulator: &RunningSimulator, acts: &[Act]) -> anyhow::Result<()> {
    for act in acts {
        if let Err(refusal) = simulator.act(&act.path, act.body.to_string()).await {
            bail!("the playground's scene fails at {}: {refusal}", act.path);
        }
    }
    Ok(())
}

async fn apply_settings(config: &Config, settings: &[(String, serde_json::Value)]) -> anyhow::Result<()> {
    use crate::admin;
    use crate::cli::AdminAction;

    for (key, value) in settings {
        let action = AdminAction::Set { key: key.clone(), value: value.to_string() };
        admin::run(config, action).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use qura_domain::lottery::JoinFacts;

    use super::*;

    #[test]
    fn nobody_in_the_scene_looks_like_an_account_that_was_bought() {
        let scene: Scene = serde_json::from_str(SCENE).unwrap();
        let people = scene.acts.iter().filter(|act| act.path == "/control/people");
        let mut ids: Vec<i64> = people.map(|act| act.body["id"].as_i64().unwrap()).collect();
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[1] - pair[0] > JoinFacts::NEIGHBOUR_SPAN), "{ids:?}");
        assert!(scene.operators.iter().all(|operator| ids.contains(operator)));
    }
}
