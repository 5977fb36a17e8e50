//! The timezone in which a person reads and enters times.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime, Offset, TimeZone};
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

    /// The moment at which this zone's wall clock shows a date and a time. Where the clock is put back it
    /// shows them twice, and the first one counts. `None` for no such date, or a time that is skipped.
    pub fn moment(
        self,
        (year, month, day): (i32, u32, u32),
        (hour, minute): (u32, u32),
    ) -> Option<Timestamp> {
        let local = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(hour, minute, 0)?;
        Some(Timestamp::from(self.0.from_local_datetime(&local).earliest()?.to_utc()))
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
    fn finds_the_moment_of_a_wall_clock() {
        let moment = |zone: Timezone, date, time| zone.moment(date, time).map(Timestamp::secs);
        // 2026-12-31T17:00:00Z.
        assert_eq!(moment(Timezone::RIYADH, (2026, 12, 31), (20, 0)), Some(1_798_736_400));
        assert_eq!(moment(Timezone::RIYADH, (2026, 2, 29), (20, 0)), None);
        assert_eq!(moment(Timezone::RIYADH, (2026, 2, 28), (24, 0)), None);
        // Berlin skips 02:30 in March and has it twice in October.
        let berlin: Timezone = "Europe/Berlin".parse().unwrap();
        assert_eq!(moment(berlin, (2026, 3, 29), (2, 30)), None);
        let twice = moment(berlin, (2026, 10, 25), (2, 30)).unwrap();
        assert_eq!(berlin.offset_minutes(Timestamp::from_secs(twice)), 120);
    }

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
