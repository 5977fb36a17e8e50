//! `qura doctor`: checks everything that can be wrong before the first message, and says how to mend it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use qura_coordination::{Ceilings, InProcessLimits, RedisCoordination};
use qura_domain::ids::UserId;
use qura_domain::settings::Settings;
use qura_ports::telegram::Messenger;
use qura_storage::{Db, OpenError};
use tokio_util::sync::CancellationToken;

use crate::adapters::SystemRandom;
use crate::config::Config;
use crate::logging::say;
use crate::run::telegram;

/// What was found, line by line.
#[derive(Default)]
struct Findings {
    troubles: u32,
}

impl Findings {
    fn good(&self, what: &str) {
        say(&format!("ok      {what}"));
    }

    fn trouble(&mut self, what: &str) {
        self.troubles += 1;
        say(&format!("TROUBLE {what}"));
    }
}

pub async fn run(config: Config) -> anyhow::Result<()> {
    let mut findings = Findings::default();
    findings.good("every setting is readable");
    if config.operators.is_empty() {
        findings.trouble("ADMIN_IDS is empty, so nobody can open /admin: put your Telegram user id there");
    } else {
        findings.good(&format!("{} operator(s)", config.operators.len()));
    }
    let settings = check_database(&config, &mut findings).await;
    check_redis(&config, &mut findings).await;
    check_telegram(&config, settings, &mut findings).await;
    match findings.troubles {
        0 => Ok(()),
        count => bail!("{count} thing(s) to mend, see above"),
    }
}

async fn check_database(config: &Config, findings: &mut Findings) -> Option<Settings> {
    let checked = async {
        let db = Db::open(&config.database, config.database_connections).await?;
        let missing = db.migration_states().await?.iter().filter(|m| !m.applied).count();
        let rows = match missing {
            0 => db.read().await?.settings().all().await?,
            _ => Vec::new(),
        };
        db.close().await;
        anyhow::Ok((missing, rows))
    };
    match checked.await {
        Ok((missing, rows)) => {
            findings.good(&match missing {
                0 => "the database answers and is up to date".to_owned(),
                _ => format!("the database answers; {missing} migration(s) will be applied at the start"),
            });
            let rows = rows.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let (settings, rejected) = Settings::from_rows(rows);
            for name in rejected {
                findings
                    .trouble(&format!("the stored setting {name} is not acceptable and counts as not set"));
            }
            Some(settings)
        }
        // What runs has opened it, and brought it up to date.
        Err(error) if matches!(error.downcast_ref(), Some(OpenError::InUse(_))) => {
            findings.good(
                "the database is in use: Qura runs on it; the channels of the gate are looked at when it does not",
            );
            None
        }
        Err(error) => {
            findings.trouble(&format!("{error:#}"));
            None
        }
    }
}

async fn check_redis(config: &Config, findings: &mut Findings) {
    let Some(url) = &config.redis else {
        findings.good("no REDIS_URL: one process does everything");
        return;
    };
    let checked = match RedisCoordination::open(url, &config.redis_prefix, &SystemRandom) {
        Ok(redis) => redis.check().await,
        Err(error) => Err(error),
    };
    match checked {
        Ok(()) => findings.good("Redis answers"),
        Err(error) => findings.trouble(&format!("Redis: {error}")),
    }
}

async fn check_telegram(config: &Config, settings: Option<Settings>, findings: &mut Findings) {
    if config.token.is_none() {
        findings.trouble("TELEGRAM_TOKEN is not set: get one from @BotFather and put it into .env");
        return;
    }
    // One try: whoever asks the doctor wants an answer now.
    let limits = Arc::new(InProcessLimits::new(Ceilings::default()));
    let never = CancellationToken::new();
    let connecting = telegram::connect(config, limits, &never);
    let telegram = match tokio::time::timeout(Duration::from_secs(10), connecting).await {
        Ok(Ok(Some(telegram))) => telegram,
        Ok(Ok(None)) | Err(_) => {
            findings.trouble(&format!("Telegram cannot be reached at {}", config.api_url));
            return;
        }
        Ok(Err(error)) => {
            findings.trouble(&format!("{error:#}"));
            return;
        }
    };
    findings.good(&format!("the token belongs to @{}", telegram.account.username));
    if !telegram.account.supports_inline {
        findings.good("inline mode is off; with @BotFather's /setinline people can share posts more easily");
    }
    let Some(settings) = settings else { return };
    let own = UserId::new(telegram.account.id.get());
    for channel in &settings.gate().channels {
        match telegram.messenger.membership(channel.chat, own).await {
            Ok(membership) if membership.is_administrator() => {
                findings.good(&format!("the gate channel {} can be checked", channel.title));
            }
            Ok(_) | Err(_) => findings.trouble(&format!(
                "the bot is no administrator of the gate channel {}, so everybody passes it: make it one there",
                channel.title
            )),
        }
    }
}
