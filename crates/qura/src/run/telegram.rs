//! Reaching Telegram for the first time.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use qura_ports::coordination::Limits;
use qura_ports::telegram::{BotAccount, Messenger, TelegramError};
use qura_telegram::{Client, TelegramMessenger, Timeouts};
use tokio_util::sync::CancellationToken;

use crate::adapters::SystemRandom;
use crate::config::Config;

/// Telegram, and who the bot is there.
pub struct Telegram {
    pub client: Client,
    pub messenger: Arc<TelegramMessenger>,
    pub account: BotAccount,
}

const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Asks Telegram who the bot is, as often as it takes: an outage of Telegram at the moment of a
/// restart is no reason to stay down. `None` when told to stop before.
pub async fn connect(
    config: &Config,
    limits: Arc<dyn Limits>,
    stop: &CancellationToken,
) -> anyhow::Result<Option<Telegram>> {
    let Some(token) = config.token.clone() else {
        bail!("TELEGRAM_TOKEN is not set; without it only `qura playground` can run");
    };
    let client = Client::new(config.api_url.clone(), token, Timeouts::default())
        .context("the connection to Telegram cannot be prepared")?;
    let messenger = Arc::new(TelegramMessenger::new(client.clone(), limits, Arc::new(SystemRandom)));
    let mut pause = Duration::from_secs(1);
    loop {
        let answer = tokio::select! {
            () = stop.cancelled() => return Ok(None),
            answer = messenger.me() => answer,
        };
        match answer {
            Ok(account) => {
                check_username(config, &account)?;
                return Ok(Some(Telegram { client, messenger, account }));
            }
            Err(TelegramError::Unauthorized) => {
                bail!("Telegram does not know this TELEGRAM_TOKEN; copy it again from @BotFather")
            }
            Err(error) if error.is_transient() => {
                tracing::error!(%error, url = %config.api_url, retry_s = pause.as_secs(), "waiting for Telegram");
                tokio::select! {
                    () = stop.cancelled() => return Ok(None),
                    () = tokio::time::sleep(pause) => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Err(error) => {
                bail!("TELEGRAM_API_URL ({}) does not answer as Telegram does: {error}", config.api_url)
            }
        }
    }
}

fn check_username(config: &Config, account: &BotAccount) -> anyhow::Result<()> {
    match &config.bot_username {
        Some(name) if !name.eq_ignore_ascii_case(&account.username) => bail!(
            "BOT_USERNAME is {name}, but TELEGRAM_TOKEN belongs to {}; one of them is wrong",
            account.username
        ),
        _ => Ok(()),
    }
}
