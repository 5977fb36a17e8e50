//! The settings of the process, from the environment and from `.env` (the environment wins).
//!
//! Every one is in [`NAMES`], with its explanation in `.env.example`. A wrong value stops the start
//! with one sentence that names it; so does a name in `.env` that Qura does not know.

mod log_filter;
mod public_url;
mod reader;

use std::path::{Path, PathBuf};
use std::time::Duration;

use qura_beacon::Relays;
use qura_domain::challenge::ChallengeKind;
use qura_domain::ids::UserId;
use qura_domain::language::Language;
use qura_domain::timezone::Timezone;
use qura_storage::DatabaseUrl;
use qura_telegram::ApiUrl;
use secrecy::SecretString;

pub use log_filter::LogFilter;
pub use public_url::PublicUrl;
pub use reader::ConfigError;
use reader::Reader;

/// Every setting that there is.
pub const NAMES: [&str; 27] = [
    "TELEGRAM_TOKEN",
    "TELEGRAM_API_URL",
    "BOT_USERNAME",
    "ADMIN_IDS",
    "DATABASE_URL",
    "DATABASE_MAX_CONNECTIONS",
    "REDIS_URL",
    "REDIS_PREFIX",
    "POLLING_TIMEOUT",
    "POLLING_LIMIT",
    "POLLING_BACKLOG",
    "BOT_CONCURRENCY",
    "WORKER_CONCURRENCY",
    "TELEGRAM_REPLIES_PER_SECOND",
    "TELEGRAM_BROADCASTS_PER_SECOND",
    "CAPTCHAS_CONFIG",
    "MEMBERSHIP_TTL",
    "SESSION_TTL",
    "SOFT_DELETE_DAYS",
    "DRAND_RELAYS",
    "DEFAULT_TIMEZONE",
    "DEFAULT_LANGUAGE",
    "HTTP_ADDR",
    "PUBLIC_URL",
    "LOG_FORMAT",
    "RUST_LOG",
    "TEST_CLOCK",
];

/// The settings, checked.
#[derive(Debug)]
pub struct Config {
    pub token: Option<SecretString>,
    pub api_url: ApiUrl,
    /// Without its `@`; checked against Telegram's own answer.
    pub bot_username: Option<String>,
    pub operators: Vec<UserId>,
    pub database: DatabaseUrl,
    pub database_connections: u32,
    /// What several processes agree by; without it there may be only one.
    pub redis: Option<SecretString>,
    pub redis_prefix: String,
    pub polling_timeout: Duration,
    pub polling_limit: u8,
    pub polling_backlog: u32,
    pub bot_concurrency: usize,
    pub worker_concurrency: usize,
    /// Ceilings: floods make the bot slower, calm brings it back to these.
    pub replies_per_second: u32,
    pub broadcasts_per_second: u32,
    /// The kinds of challenges that are offered, at least one; the first is the default.
    pub captchas: Vec<ChallengeKind>,
    pub membership_ttl: Duration,
    pub session_ttl: Duration,
    pub soft_delete: Duration,
    /// Where rounds of the beacon are asked for; none: draws are made without it.
    pub relays: Relays,
    pub timezone: Timezone,
    pub language: Language,
    pub http_addr: std::net::SocketAddr,
    /// Where people reach the pages, without a slash at its end.
    pub public_url: Option<PublicUrl>,
    pub log_format: LogFormat,
    pub log_filter: LogFilter,
    /// A file with a number of milliseconds that this process adds to the time: for tests.
    pub test_clock: Option<PathBuf>,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

impl Config {
    /// Reads the environment, and `.env` in the current folder where there is one.
    pub fn load() -> Result<Self, ConfigError> {
        Self::read(&Reader::open(Path::new(".env"), |name| std::env::var_os(name))?)
    }

    fn read(from: &Reader) -> Result<Self, ConfigError> {
        let seconds = |name, default, range| from.number(name, default, range).map(Duration::from_secs);
        let config = Self {
            token: from.token("TELEGRAM_TOKEN")?,
            api_url: from.parse(
                "TELEGRAM_API_URL",
                ApiUrl::TELEGRAM,
                "an address such as https://api.telegram.org",
            )?,
            bot_username: from.text("BOT_USERNAME").map(|name| name.trim_start_matches('@').to_owned()),
            operators: from.ids("ADMIN_IDS")?,
            database: from.parse(
                "DATABASE_URL",
                "data/qura.db",
                "a path, or postgres://user:password@host/database",
            )?,
            database_connections: from.number("DATABASE_MAX_CONNECTIONS", 16, 1..=1000)?,
            redis: from.text("REDIS_URL").map(SecretString::from),
            redis_prefix: from.text("REDIS_PREFIX").unwrap_or("qura:").to_owned(),
            polling_timeout: seconds("POLLING_TIMEOUT", 50, 0..=50)?,
            polling_limit: from.number("POLLING_LIMIT", 100, 1..=100)?,
            polling_backlog: from.number("POLLING_BACKLOG", 20_000, 100..=1_000_000)?,
            bot_concurrency: from.number("BOT_CONCURRENCY", 512, 1..=100_000)?,
            worker_concurrency: from.number("WORKER_CONCURRENCY", 8, 1..=1000)?,
            replies_per_second: from.number("TELEGRAM_REPLIES_PER_SECOND", 500, 1..=100_000)?,
            broadcasts_per_second: from.number("TELEGRAM_BROADCASTS_PER_SECOND", 30, 1..=1000)?,
            captchas: from.challenges("CAPTCHAS_CONFIG")?,
            membership_ttl: seconds("MEMBERSHIP_TTL", 60, 0..=86_400)?,
            session_ttl: seconds("SESSION_TTL", 86_400, 60..=2_592_000)?,
            soft_delete: from
                .number("SOFT_DELETE_DAYS", 30, 1..=3650)
                .map(|days: u64| Duration::from_hours(days * 24))?,
            relays: from.list(
                "DRAND_RELAYS",
                Relays::PUBLIC,
                "http:// or https:// addresses, separated by commas, or nothing",
            )?,
            timezone: from.parse(
                "DEFAULT_TIMEZONE",
                Timezone::RIYADH.name(),
                "a timezone such as Asia/Riyadh",
            )?,
            language: from.choice(
                "DEFAULT_LANGUAGE",
                Language::Arabic,
                &[("ar", Language::Arabic), ("en", Language::English)],
            )?,
            http_addr: from.parse(
                "HTTP_ADDR",
                "127.0.0.1:8080",
                "an address and a port such as 127.0.0.1:8080",
            )?,
            public_url: from
                .optional("PUBLIC_URL", "an address such as https://qura.example, without a path")?,
            log_format: from.choice(
                "LOG_FORMAT",
                LogFormat::Text,
                &[("text", LogFormat::Text), ("json", LogFormat::Json)],
            )?,
            log_filter: from.parse(
                "RUST_LOG",
                LogFilter::DEFAULT,
                "a level such as info, also by part: info,qura_app=debug",
            )?,
            test_clock: from.text("TEST_CLOCK").map(PathBuf::from),
        };
        if config.test_clock.is_some() && !config.api_url.is_loopback() {
            return Err(ConfigError::TestClock);
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&'static str, &str)]) -> Result<Config, ConfigError> {
        Config::read(&Reader::of(vars))
    }

    #[test]
    fn nothing_set_is_enough() {
        let config = read(&[]).unwrap();
        assert!(config.token.is_none() && config.operators.is_empty());
        assert_eq!(config.session_ttl, Duration::from_secs(86_400));
        assert_eq!(config.timezone, Timezone::RIYADH);
    }

    #[test]
    fn an_empty_value_counts_as_not_set() {
        assert!(read(&[("TELEGRAM_TOKEN", ""), ("POLLING_LIMIT", " ")]).unwrap().token.is_none());
    }

    #[test]
    fn relays_that_are_set_to_nothing_are_none() {
        assert!(!read(&[]).unwrap().relays.is_empty());
        assert!(read(&[("DRAND_RELAYS", " ")]).unwrap().relays.is_empty());
    }

    #[test]
    fn every_wrong_value_is_named_in_one_sentence() {
        for (name, value) in [
            ("TELEGRAM_TOKEN", "not a token"),
            ("TELEGRAM_API_URL", "ftp://x"),
            ("ADMIN_IDS", "12,خالد"),
            ("DATABASE_URL", "mysql://x"),
            ("DATABASE_MAX_CONNECTIONS", "0"),
            ("POLLING_LIMIT", "101"),
            ("POLLING_TIMEOUT", "-1"),
            ("POLLING_BACKLOG", "0"),
            ("BOT_CONCURRENCY", "many"),
            ("CAPTCHAS_CONFIG", "image,riddle"),
            ("CAPTCHAS_CONFIG", ","),
            ("SESSION_TTL", "5"),
            ("SOFT_DELETE_DAYS", "0"),
            ("DEFAULT_TIMEZONE", "Riyadh"),
            ("DEFAULT_LANGUAGE", "fr"),
            ("HTTP_ADDR", "8080"),
            ("DRAND_RELAYS", "api.drand.sh"),
            ("PUBLIC_URL", "qura.example"),
            ("LOG_FORMAT", "xml"),
            ("RUST_LOG", "info,qura_app=loud"),
        ] {
            let sentence = read(&[(name, value)]).unwrap_err().to_string();
            assert!(sentence.starts_with(name) && !sentence.contains('\n'), "{sentence}");
        }
    }

    #[test]
    fn a_wrong_token_is_not_repeated_in_the_error() {
        let sentence = read(&[("TELEGRAM_TOKEN", "123:secret with a blank")]).unwrap_err().to_string();
        assert!(!sentence.contains("secret"), "{sentence}");
        let debug =
            format!("{:?}", read(&[("TELEGRAM_TOKEN", "123:AAsecretAAsecretAAsecretAAsecretAA")]).unwrap());
        assert!(!debug.contains("secretAA"), "{debug}");
    }

    #[test]
    fn a_clock_of_tests_is_for_loopback_only() {
        let error = read(&[("TEST_CLOCK", "/tmp/clock")]).unwrap_err();
        assert!(matches!(error, ConfigError::TestClock));
        let url = ("TELEGRAM_API_URL", "http://127.0.0.1:9");
        assert!(read(&[("TEST_CLOCK", "/tmp/clock"), url]).is_ok());
    }

    #[test]
    fn every_setting_is_explained_in_the_example() {
        let example = include_str!("../../../.env.example");
        for name in NAMES {
            let explained = example
                .lines()
                .any(|line| line.starts_with(&format!("# {name}=")) || line.starts_with(&format!("{name}=")));
            assert!(explained || name == "TEST_CLOCK", "{name}");
        }
    }
}
