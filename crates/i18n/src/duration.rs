//! How long something takes, in words.

use std::time::Duration;

use qura_domain::language::Language;

use crate::msg::Msg;

/// The span in its two largest units, rounded down: «3 ساعات و5 دقائق», “3 hours and 5 minutes”.
///
/// A second unit of zero is left out, and units further down are never shown: «يومين», not «يومين و3 ثوانٍ».
pub fn duration(span: Duration, language: Language) -> String {
    let secs = span.as_secs();
    let units = [
        (secs / 86_400, Unit::Days),
        (secs / 3_600 % 24, Unit::Hours),
        (secs / 60 % 60, Unit::Minutes),
        (secs % 60, Unit::Seconds),
    ];
    let mut shown = units.iter().skip_while(|(count, _)| *count == 0).take(2);
    let Some((count, unit)) = shown.next() else {
        return Unit::Seconds.words(0, language);
    };
    let largest = unit.words(*count, language);
    match shown.next() {
        Some((count, unit)) if *count > 0 => {
            largest + &Msg::DurationAnd.plain(language) + &unit.words(*count, language)
        }
        _ => largest,
    }
}

#[derive(Clone, Copy)]
enum Unit {
    Days,
    Hours,
    Minutes,
    Seconds,
}

impl Unit {
    fn words(self, count: u64, language: Language) -> String {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let message = match self {
            Self::Days => Msg::DurationDays { count },
            Self::Hours => Msg::DurationHours { count },
            Self::Minutes => Msg::DurationMinutes { count },
            Self::Seconds => Msg::DurationSeconds { count },
        };
        message.plain(language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_two_largest_units() {
        for (secs, arabic, english) in [
            (0, "أقل من ثانية", "0 seconds"),
            (1, "ثانية", "1 second"),
            (2, "ثانيتين", "2 seconds"),
            (59, "59 ثانية", "59 seconds"),
            (60, "دقيقة", "1 minute"),
            (3 * 3600 + 5 * 60, "3 ساعات و5 دقائق", "3 hours and 5 minutes"),
            (3 * 3600 + 59, "3 ساعات", "3 hours"),
            (11 * 3600 + 120, "11 ساعة ودقيقتين", "11 hours and 2 minutes"),
            (86_400 + 3_599, "يوم", "1 day"),
            (2 * 86_400 + 3_600, "يومين وساعة", "2 days and 1 hour"),
            (1_000 * 86_400, "1,000 يوم", "1,000 days"),
        ] {
            let span = Duration::from_secs(secs);
            assert_eq!(duration(span, Language::Arabic), arabic, "{secs}");
            assert_eq!(duration(span, Language::English), english, "{secs}");
        }
    }

    #[test]
    fn stands_after_a_preposition() {
        let after = Msg::DurationAfter { span: Duration::from_secs(3 * 3600) };
        assert_eq!(after.plain(Language::Arabic), "بعد 3 ساعات");
        assert_eq!(after.plain(Language::English), "in 3 hours");
    }
}
