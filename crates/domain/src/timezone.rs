//! The timezone in which a person reads and enters times.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDateTime, Offset};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Timestamp;

/// A zone of the IANA database, e.g. `Asia/Riyadh`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timezone(chrono_tz::Tz);

impl Timezone {
    /// Where nothing else is set (`DEFAULT_TIMEZONE`).
    pub const RIYADH: Timezone = Timezone(chrono_tz::Tz::Asia__Riyadh);

    /// Offered as buttons: the capitals of the Arab countries, west to east, and UTC.
    pub const OFFERED: [Timezone; 16] = {
        use chrono_tz::Tz;
        [
            Timezone(Tz::Africa__Casablanca),
            Timezone(Tz::Africa__Algiers),
            Timezone(Tz::Africa__Tunis),
            Timezone(Tz::Africa__Tripoli),
            Timezone(Tz::Africa__Cairo),
            Timezone(Tz::Africa__Khartoum),
            Timezone(Tz::Asia__Beirut),
            Timezone(Tz::Asia__Damascus),
            Timezone(Tz::Asia__Amman),
            Timezone(Tz::Asia__Baghdad),
            Timezone(Tz::Asia__Kuwait),
            Timezone(Tz::Asia__Riyadh),
            Timezone(Tz::Asia__Aden),
            Timezone(Tz::Asia__Dubai),
            Timezone(Tz::Asia__Muscat),
            Timezone(Tz::UTC),
        ]
    };

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The wall clock of this zone at a moment. `None` outside of the calendar's range.
    pub fn local(self, at: Timestamp) -> Option<NaiveDateTime> {
        Some(at.to_utc()?.with_timezone(&self.0).naive_local())
    }

    /// Minutes ahead of UTC at a moment; zero outside of the calendar's range.
    pub fn offset_minutes(self, at: Timestamp) -> i32 {
        at.to_utc().map_or(0, |utc| utc.with_timezone(&self.0).offset().fix().local_minus_utc() / 60)
    }
}

impl Default for Timezone {
    fn default() -> Self {
        Self::RIYADH
    }
}

impl fmt::Display for Timezone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text is no name of the IANA database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a timezone of the IANA database")]
pub struct UnknownTimezone;

impl FromStr for Timezone {
    type Err = UnknownTimezone;

    fn from_str(name: &str) -> Result<Self, UnknownTimezone> {
        let zones = chrono_tz::TZ_VARIANTS.iter();
        let known = zones.copied().find(|zone| zone.name().eq_ignore_ascii_case(name.trim()));
        known.map(Self).ok_or(UnknownTimezone)
    }
}

impl Serialize for Timezone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Timezone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_and_tells_the_local_time() {
        let cairo: Timezone = " africa/cairo ".parse().unwrap();
        assert_eq!(cairo.name(), "Africa/Cairo");
        // Midsummer 2026: Egypt keeps summer time, UTC+3.
        let noon = Timestamp::from_secs(1_782_043_200);
        assert_eq!(cairo.local(noon).unwrap().to_string(), "2026-06-21 15:00:00");
        assert_eq!(cairo.offset_minutes(noon), 180);
        assert_eq!("Riyadh".parse::<Timezone>(), Err(UnknownTimezone));
    }
}
