//! Moments as their reader's calendar and clock show them.

use qura_domain::language::Language;
use qura_domain::time::Timestamp;
use qura_domain::timezone::Timezone;
use serde::{Deserialize, Serialize};

use crate::msg::Msg;

/// A moment, and the zone in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalTime {
    pub at: Timestamp,
    pub zone: Timezone,
}

/// Weekday, day, month, year and time to the minute, on the wall clock of the zone:
/// «الخميس 31 ديسمبر 2026، 20:00». A moment outside of the calendar's range is `—`.
pub fn date(moment: LocalTime, language: Language) -> String {
    let Some(local) = moment.zone.local(moment.at) else {
        return "—".to_owned();
    };
    let part = |field: &str| local.format(field).to_string();
    let weekday = weekday(&part("%u")).plain(language);
    let month = month(&part("%m")).plain(language);
    let comma = Msg::DateComma.plain(language);
    format!("{weekday} {} {month} {}{comma}{}", part("%-d"), part("%Y"), part("%H:%M"))
}

/// By ISO 8601: `1` is Monday.
fn weekday(iso: &str) -> Msg {
    match iso {
        "1" => Msg::DateMonday,
        "2" => Msg::DateTuesday,
        "3" => Msg::DateWednesday,
        "4" => Msg::DateThursday,
        "5" => Msg::DateFriday,
        "6" => Msg::DateSaturday,
        _ => Msg::DateSunday,
    }
}

/// `01` is January.
fn month(number: &str) -> Msg {
    match number {
        "01" => Msg::DateJanuary,
        "02" => Msg::DateFebruary,
        "03" => Msg::DateMarch,
        "04" => Msg::DateApril,
        "05" => Msg::DateMay,
        "06" => Msg::DateJune,
        "07" => Msg::DateJuly,
        "08" => Msg::DateAugust,
        "09" => Msg::DateSeptember,
        "10" => Msg::DateOctober,
        "11" => Msg::DateNovember,
        _ => Msg::DateDecember,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(secs: i64, zone: &str, language: Language) -> String {
        date(LocalTime { at: Timestamp::from_secs(secs), zone: zone.parse().unwrap() }, language)
    }

    #[test]
    fn tells_the_readers_day_and_hour() {
        // 2026-12-31T17:00:00Z.
        let eve = 1_798_736_400;
        assert_eq!(show(eve, "Asia/Riyadh", Language::Arabic), "الخميس 31 ديسمبر 2026، 20:00");
        assert_eq!(show(eve, "UTC", Language::English), "Thursday 31 December 2026, 17:00");
        assert_eq!(show(eve, "Pacific/Auckland", Language::English), "Friday 1 January 2027, 06:00");
    }

    #[test]
    fn every_day_and_month_has_its_own_name() {
        let days: Vec<String> =
            (0..7).map(|day| show(345_600 + day * 86_400, "UTC", Language::English)).collect();
        let first_words: Vec<&str> = days.iter().filter_map(|day| day.split(' ').next()).collect();
        assert_eq!(
            first_words,
            ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        );
        let months: Vec<String> =
            (1..=12).map(|n| month(&format!("{n:02}")).plain(Language::Arabic)).collect();
        assert_eq!(
            months.join(" "),
            "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"
        );
    }

    #[test]
    fn a_moment_beyond_the_calendar_is_a_dash() {
        let never = LocalTime { at: Timestamp::from_micros(i64::MAX), zone: Timezone::RIYADH };
        assert_eq!(date(never, Language::Arabic), "—");
    }
}
