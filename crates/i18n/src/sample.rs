//! Arguments with which tests render every message.

use std::time::Duration;

use qura_domain::time::Timestamp;
use qura_domain::timezone::Timezone;

use crate::bidi::MAX_WORDS;
use crate::date::LocalTime;

/// One value for each type of placeholder.
#[derive(Clone)]
pub(crate) struct Sample {
    pub text: String,
    pub number: i64,
    pub duration: Duration,
    pub date: LocalTime,
    pub zone: Timezone,
}

impl Sample {
    pub fn plain(text: &str, number: i64) -> Self {
        let zone = Timezone::RIYADH;
        let date = LocalTime { at: Timestamp::from_secs(1_798_736_400), zone };
        Self { text: text.to_owned(), number, duration: Duration::from_secs(11_100), date, zone }
    }

    /// What makes messages longest, but for the number, which also picks the plural form.
    pub fn longest(number: i64) -> Self {
        Self {
            text: "م".repeat(2 * MAX_WORDS),
            duration: Duration::MAX,
            zone: "America/Argentina/ComodRivadavia".parse().unwrap(),
            ..Self::plain("", number)
        }
    }
}
