//! Timezones by the names of their cities, and by their distance from UTC.

use qura_domain::language::Language;
use qura_domain::time::Timestamp;
use qura_domain::timezone::Timezone;

use crate::bidi::{LTR_ISOLATE, POP_ISOLATE};
use crate::msg::Msg;

/// The city that gives a zone its name, for the zones offered as buttons ([`Timezone::OFFERED`]); the IANA
/// name in a left-to-right isolate for any other that someone typed.
pub fn city(zone: Timezone, language: Language) -> String {
    match message(zone) {
        Some(message) => message.plain(language),
        None => format!("{LTR_ISOLATE}{}{POP_ISOLATE}", zone.name()),
    }
}

fn message(zone: Timezone) -> Option<Msg> {
    Some(match zone.name() {
        "Africa/Casablanca" => Msg::ZoneAfricaCasablanca,
        "Africa/Algiers" => Msg::ZoneAfricaAlgiers,
        "Africa/Tunis" => Msg::ZoneAfricaTunis,
        "Africa/Tripoli" => Msg::ZoneAfricaTripoli,
        "Africa/Cairo" => Msg::ZoneAfricaCairo,
        "Africa/Khartoum" => Msg::ZoneAfricaKhartoum,
        "Asia/Beirut" => Msg::ZoneAsiaBeirut,
        "Asia/Damascus" => Msg::ZoneAsiaDamascus,
        "Asia/Amman" => Msg::ZoneAsiaAmman,
        "Asia/Baghdad" => Msg::ZoneAsiaBaghdad,
        "Asia/Kuwait" => Msg::ZoneAsiaKuwait,
        "Asia/Riyadh" => Msg::ZoneAsiaRiyadh,
        "Asia/Aden" => Msg::ZoneAsiaAden,
        "Asia/Dubai" => Msg::ZoneAsiaDubai,
        "Asia/Muscat" => Msg::ZoneAsiaMuscat,
        "UTC" => Msg::ZoneUtc,
        _ => return None,
    })
}

/// How far the zone is from UTC at a moment (summer time changes it): `UTC+3`, `UTC+5:30`, `UTC`.
pub fn utc_offset(zone: Timezone, at: Timestamp) -> String {
    let offset = zone.offset_minutes(at);
    let (hours, minutes) = (offset.unsigned_abs() / 60, offset.unsigned_abs() % 60);
    let sign = if offset < 0 { '-' } else { '+' };
    match (hours, minutes) {
        (0, 0) => "UTC".to_owned(),
        (_, 0) => format!("UTC{sign}{hours}"),
        _ => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offered_zone_has_a_name_in_every_language() {
        for zone in Timezone::OFFERED {
            let key = format!("zone.{}", zone.name().to_lowercase().replace('/', "_"));
            assert_eq!(message(zone).map(|message| message.key().to_owned()), Some(key));
        }
        assert_eq!(city(Timezone::RIYADH, Language::Arabic), "الرياض");
    }

    #[test]
    fn a_typed_zone_goes_by_its_iana_name() {
        let berlin = "Europe/Berlin".parse().unwrap();
        assert_eq!(city(berlin, Language::Arabic), "\u{2066}Europe/Berlin\u{2069}");
    }

    #[test]
    fn offsets_follow_the_season() {
        // 2026-06-21 and 2026-12-21, noon.
        let (summer, winter) = (Timestamp::from_secs(1_782_043_200), Timestamp::from_secs(1_797_854_400));
        let offset = |zone: &str, at| utc_offset(zone.parse().unwrap(), at);
        assert_eq!(
            (offset("Africa/Cairo", summer), offset("Africa/Cairo", winter)),
            ("UTC+3".into(), "UTC+2".into())
        );
        assert_eq!(offset("Asia/Kolkata", winter), "UTC+5:30");
        assert_eq!(offset("America/St_Johns", winter), "UTC-3:30");
        assert_eq!(offset("UTC", winter), "UTC");
    }
}
