//! Reads moments as people type them: «بعد 3 ساعات», `2026-12-31 20:00`, «غدًا 20:00», `20:00`.
//!
//! Words of all languages are understood, whatever language the person reads.

use std::time::Duration;

use qura_domain::language::Language;
use qura_domain::number::latin_digits;
use qura_domain::time::Timestamp;
use qura_domain::timezone::Timezone;

use crate::msg::Msg;

/// Why a typed text is no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    #[error("neither a span nor a date with a time")]
    NotAMoment,
    #[error("the calendar of the zone has no such date and time")]
    NoSuchTime,
}

/// The moment that a text names, for somebody whose wall clock is that of `zone`. It may lie in the past.
pub fn when(typed: &str, now: Timestamp, zone: Timezone) -> Result<Timestamp, WhenError> {
    let words: Vec<String> = latin_digits(typed).split_whitespace().map(fold).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let Some((first, rest)) = words.split_first()
        && is_one_of(first, &Msg::WhenWordsAfter)
    {
        return Ok(now + span(rest).ok_or(WhenError::NotAMoment)?);
    }
    match words.as_slice() {
        [time] => {
            let time = clock(time).ok_or(WhenError::NotAMoment)?;
            let today = moment(zone, day(zone, now, 0)?, time)?;
            if today > now { Ok(today) } else { moment(zone, day(zone, now, 1)?, time) }
        }
        [date, time] => {
            let time = clock(time).ok_or(WhenError::NotAMoment)?;
            let date = match () {
                () if is_one_of(date, &Msg::WhenWordsToday) => day(zone, now, 0)?,
                () if is_one_of(date, &Msg::WhenWordsTomorrow) => day(zone, now, 1)?,
                () => calendar(date).ok_or(WhenError::NotAMoment)?,
            };
            moment(zone, date, time)
        }
        _ => Err(WhenError::NotAMoment),
    }
}

type Date = (i32, u32, u32);

fn moment(zone: Timezone, date: Date, time: (u32, u32)) -> Result<Timestamp, WhenError> {
    zone.moment(date, time).ok_or(WhenError::NoSuchTime)
}

/// The date of today or a later day on the zone's calendar.
fn day(zone: Timezone, now: Timestamp, days: u64) -> Result<Date, WhenError> {
    let date = |at: Timestamp| {
        let local = zone.local(at).ok_or(WhenError::NoSuchTime)?;
        calendar(&local.format("%Y-%m-%d").to_string()).ok_or(WhenError::NoSuchTime)
    };
    // From noon: a day may have 23 or 25 hours.
    let noon = moment(zone, date(now)?, (12, 0))?;
    date(noon + Duration::from_hours(24 * days))
}

/// `20:00`
fn clock(word: &str) -> Option<(u32, u32)> {
    let (hour, minute) = word.split_once(':')?;
    Some((number(hour, 2)?, number(minute, 2).filter(|_| minute.len() == 2)?))
}

/// `2026-12-31`, also with `/`.
fn calendar(word: &str) -> Option<Date> {
    let parts: Vec<&str> = word.split(['-', '/']).collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let year = number(year, 4).filter(|year| *year >= 1000)?;
    Some((i32::try_from(year).ok()?, number(month, 2)?, number(day, 2)?))
}

/// A number of at most so many digits.
fn number(digits: &str, most: usize) -> Option<u32> {
    let fits = (1..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| digits.parse().ok())?
}

/// «3 ساعات و 5 دقائق», «ساعتين», «نصف ساعة», «ساعة ونصف», «1 day 2 hours».
fn span(words: &[&str]) -> Option<Duration> {
    let (mut total, mut count, mut half) = (Duration::ZERO, None, false);
    let mut last = None;
    for word in words {
        // «و» stands alone, or sticks to what follows.
        let bare = joined(word).filter(|_| unit(word).is_none());
        let word = bare.unwrap_or(word);
        if word.is_empty() || is_one_of(word, &Msg::WhenWordsAnd) {
            continue;
        }
        if let Some(n) = number(word, 5) {
            if count.replace(n).is_some() {
                return None;
            }
        } else if is_one_of(word, &Msg::WhenWordsHalf) {
            half = true;
        } else if let Some((seconds, own)) = unit(word) {
            let times = count.take().unwrap_or(own);
            let span = u64::from(times) * seconds;
            total += Duration::from_secs(if std::mem::take(&mut half) { span / 2 } else { span });
            last = Some(seconds);
        } else {
            return None;
        }
    }
    // «ساعة ونصف»: half of what was named last.
    let rest = last.map(|seconds| Duration::from_secs(if half { seconds / 2 } else { 0 }));
    rest.filter(|_| count.is_none()).map(|rest| total + rest)
}

/// The word without an «و» that sticks to it.
fn joined(word: &str) -> Option<&str> {
    Language::ALL.iter().find_map(|language| {
        let and = Msg::WhenPrefixAnd.plain(*language);
        let and = fold(&and);
        word.strip_prefix(and.as_str()).filter(|_| !and.is_empty())
    })
}

/// The seconds of a unit, and how many of it the word means by itself.
fn unit(word: &str) -> Option<(u64, u32)> {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    [
        (Msg::WhenWordsMinute, MINUTE, 1),
        (Msg::WhenWordsTwoMinutes, MINUTE, 2),
        (Msg::WhenWordsHour, HOUR, 1),
        (Msg::WhenWordsTwoHours, HOUR, 2),
        (Msg::WhenWordsDay, DAY, 1),
        (Msg::WhenWordsTwoDays, DAY, 2),
        (Msg::WhenWordsWeek, 7 * DAY, 1),
        (Msg::WhenWordsTwoWeeks, 7 * DAY, 2),
    ]
    .into_iter()
    .find(|(words, ..)| is_one_of(word, words))
    .map(|(_, seconds, own)| (seconds, own))
}

fn is_one_of(word: &str, words: &Msg) -> bool {
    Language::ALL.iter().any(|language| words.plain(*language).split_whitespace().any(|w| fold(w) == word))
}

/// The word in small letters, without vowel signs, with one form of alef, of ta marbuta and of yeh.
fn fold(word: &str) -> String {
    let bare =
        word.chars().filter(|c| !matches!(c, '\u{64B}'..='\u{652}' | '\u{640}' | '\u{200E}' | '\u{200F}'));
    let folded = bare.map(|c| match c {
        'أ' | 'إ' | 'آ' => 'ا',
        'ة' => 'ه',
        'ى' => 'ي',
        c => c,
    });
    folded.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2026-12-30T10:00:00Z, 13:00 in Riyadh.
    const NOW: Timestamp = Timestamp::from_secs(1_798_624_800);

    fn minutes(typed: &str) -> Result<i64, WhenError> {
        when(typed, NOW, Timezone::RIYADH).map(|at| (at.secs() - NOW.secs()) / 60)
    }

    #[test]
    fn spans_are_read_in_all_their_forms() {
        for (typed, wanted) in [
            ("بعد 3 ساعات", 180),
            ("بعد ٣ ساعات", 180),
            ("بعد ۳ ساعه", 180),
            ("بعد ساعة", 60),
            ("بعد ساعتين", 120),
            ("خلال نصف ساعة", 30),
            ("بعد ساعة و نصف ساعة", 90),
            ("بعد ساعة ونصف", 90),
            ("بعد ٣ ساعات و نص", 210),
            ("بعد يوم ونصف", 2160),
            ("بعد 3 ساعات و 5 دقائق", 185),
            ("بعد 3 ساعات و5 دقائق", 185),
            ("بعد يومٍ وساعتين", 1560),
            ("بعد 10 دقايق", 10),
            ("بعد أسبوع", 10_080),
            ("بعد أسبوعين", 20_160),
            ("in 3 hours", 180),
            ("In 1 day and 30 minutes", 1470),
            ("after 2 days", 2880),
            ("بعد 5 mins", 5),
            ("بعد 0 دقيقة", 0),
        ] {
            assert_eq!(minutes(typed), Ok(wanted), "{typed}");
        }
    }

    #[test]
    fn dates_are_those_of_the_persons_wall_clock() {
        for (typed, wanted) in [
            ("2026-12-31 20:00", 31 * 60),
            ("2026/12/31 20:00", 31 * 60),
            ("٢٠٢٦-١٢-٣١ ٢٠:٠٠", 31 * 60),
            ("  2026-12-31   8:05 ", 19 * 60 + 5),
            ("اليوم 20:00", 7 * 60),
            ("غدًا 20:00", 31 * 60),
            ("tomorrow 00:00", 11 * 60),
            ("20:00", 7 * 60),
            // Past for today, so tomorrow's is meant.
            ("12:00", 23 * 60),
            ("13:00", 24 * 60),
            ("2026-12-30 12:00", -60),
        ] {
            assert_eq!(minutes(typed), Ok(wanted), "{typed}");
        }
        let berlin = when("2026-12-31 20:00", NOW, "Europe/Berlin".parse().unwrap()).unwrap();
        assert_eq!((berlin.secs() - NOW.secs()) / 60, 33 * 60);
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for typed in [
            "",
            "بعد",
            "بعد 3",
            "3 ساعات",
            "بعد ساعات 3",
            "بعد 3 4 ساعات",
            "بعد قليل",
            "غدًا",
            "31/12/2026 20:00",
            "2026-12-31",
            "2026-12-31 20",
            "2026-12-31 20:0",
            "20:00:00",
            "99-1-1 20:00",
            "بعد نصف",
            "بعد -3 ساعات",
            "بعد 999999 يوم",
            "in the evening",
        ] {
            assert_eq!(minutes(typed), Err(WhenError::NotAMoment), "{typed}");
        }
        for typed in ["2026-13-01 20:00", "2026-02-30 20:00", "2026-12-31 24:00", "25:00", "2026-12-31 20:60"]
        {
            assert_eq!(minutes(typed), Err(WhenError::NoSuchTime), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_never_panics(typed in ".*") {
            let _ = minutes(&typed);
        }

        #[test]
        fn a_date_that_is_shown_is_read_back(secs in 1_700_000_000i64..2_000_000_000) {
            let at = Timestamp::from_secs(secs / 60 * 60);
            let typed = Timezone::RIYADH.local(at).unwrap().format("%Y-%m-%d %H:%M").to_string();
            prop_assert_eq!(when(&typed, NOW, Timezone::RIYADH), Ok(at));
        }
    }
}
