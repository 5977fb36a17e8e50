//! What must hold of every message: Telegram's limits, the fixed labels, and that arguments stay arguments.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use proptest::prelude::*;
use qura_domain::language::Language;
use qura_domain::text::{EntityKind, RichText};
use qura_domain::timezone::Timezone;
use serde::de::value::{self, MapAccessDeserializer, MapDeserializer};
use serde::{Deserialize, Serialize};

use crate::msg::Msg;
use crate::sample::Sample;

/// Long numbers, one for each plural form of either language.
const LONG_NUMBERS: [i64; 6] = [0, 1, 2, i64::MIN, -9_223_372_036_854_775_799, -9_223_372_036_854_775_800];

fn in_every_language(messages: &[Msg]) -> impl Iterator<Item = (&Msg, Language, RichText)> {
    let languages = |message| Language::ALL.map(|language| (message, language));
    let pairs = messages.iter().flat_map(languages);
    pairs.map(|(message, language)| (message, language, message.rich(language)))
}

fn is_alert(key: &str) -> bool {
    key.starts_with("alert.") || key.ends_with(".alert")
}

#[test]
fn every_message_fits_where_it_is_shown_whatever_its_arguments() {
    for number in LONG_NUMBERS {
        let messages = Msg::every(&Sample::longest(number));
        for (message, language, text) in in_every_language(&messages) {
            let key = message.key();
            // Bot API: sendMessage 4,096, answerCallbackQuery 200, BotCommand.description 256.
            let limit = match key {
                _ if is_alert(key) => 200,
                _ if key.starts_with("command.") => 256,
                _ => 4_096,
            };
            assert!((1..=limit).contains(&text.chars()), "{key} in {language:?}: {}", text.chars());
        }
    }
}

#[test]
fn what_telegram_does_not_format_has_no_formatting() {
    let messages = Msg::every(&Sample::plain("x", 3));
    let plain = |key: &str| is_alert(key) || key.starts_with("command.") || key.ends_with(".button");
    for (message, language, text) in in_every_language(&messages) {
        let key = message.key();
        assert!(!plain(key) || text.entities().is_empty(), "{key} in {language:?}");
    }
}

#[test]
fn the_keys_are_those_of_the_messages() {
    let messages = Msg::every(&Sample::plain("x", 3));
    let keys: Vec<&str> = messages.iter().map(Msg::key).collect();
    assert_eq!(keys, Msg::KEYS);
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
}

/// Letter for letter as people and the end-to-end tests look for them.
#[test]
fn fixed_labels_stand_in_their_buttons() {
    let title = "قناة قُرعة".to_owned();
    let labels = [
        (Msg::NavBack, "رجوع"),
        (Msg::NavHome, "الرئيسية"),
        (Msg::NavCancel, "إلغاء"),
        (Msg::NavNext, "التالي"),
        (Msg::NavConfirm, "تأكيد"),
        (Msg::MenuRoulette, "قسم الروليت"),
        (Msg::MenuVoting, "قسم مسابقات التصويت"),
        (Msg::MenuDeserves, "مسابقة 'يستحق'"),
        (Msg::MenuQuiz, "قسم مسابقة الأسئلة"),
        (Msg::MenuChats, "إدارة المجموعات/القنوات المضافة"),
        (Msg::MenuPlan, "إدارة الاشتراك"),
        (Msg::MenuMine, "إدارة سحوباتي ومسابقاتي"),
        (Msg::MenuPoints, "كسب النقاط"),
        (Msg::GateButton, "اضغط للاشتراك"),
        (Msg::GateButtonTitled { title: title.clone() }, "اضغط للاشتراك"),
        (Msg::GateCheck, "لقد اشتركت"),
        (Msg::GateRequested { title: title.clone() }, "طلبك قيد الموافقة"),
        (Msg::GateRequestedAlert, "طلبك قيد الموافقة"),
        (Msg::SettingsLanguageButton, "اللغة: العربية"),
        (Msg::AdminGateButtonOn, "✅ الاشتراك الإجباري"),
        (Msg::AdminGateButtonOff, "❌ الاشتراك الإجباري"),
        (Msg::AdminGateEnable, "تفعيل"),
        (Msg::AdminGateDisable, "تعطيل"),
        (Msg::AdminGateAdd, "إضافة قناة"),
        (Msg::AdminGateRemove, "حذف"),
        (Msg::AdminGatePicker, "اختيار قناة"),
    ];
    for (message, label) in labels {
        let shown = message.plain(Language::Arabic);
        assert!(shown.contains(label), "{shown}");
    }
}

/// In a right-to-left line the slash of a bare `/start` jumps to its end.
#[test]
fn commands_and_names_in_arabic_are_isolated() {
    for message in Msg::every(&Sample::plain("x", 3)) {
        let text = message.plain(Language::Arabic);
        let mut before = ' ';
        let mut letters = text.chars().peekable();
        while let Some(c) = letters.next() {
            let latin_follows = letters.peek().is_some_and(char::is_ascii_alphabetic);
            let bare = matches!(c, '/' | '@') && latin_follows && !before.is_ascii_alphanumeric();
            assert!(!bare || matches!(before, '\u{2066}' | '\u{2068}'), "{}: {text}", message.key());
            before = c;
        }
    }
}

/// By its first letter that is in no isolate (UAX #9, P2 and P3); `None` for a line without one.
fn reads_from_right(line: &str) -> Option<bool> {
    let mut depth = 0_u32;
    line.chars().find_map(|c| match c {
        '\u{2066}'..='\u{2068}' => {
            depth += 1;
            None
        }
        '\u{2069}' => {
            depth -= 1;
            None
        }
        '\u{0590}'..='\u{08FF}' | '\u{200F}' if depth == 0 && (c.is_alphabetic() || c == '\u{200F}') => {
            Some(true)
        }
        c if depth == 0 && c.is_alphabetic() => Some(false),
        _ => None,
    })
}

/// Else a line that begins with an emoji and a name would stand on the left, its parts in the wrong order.
#[test]
fn every_arabic_line_with_a_name_reads_from_right_to_left() {
    for words in ["Sara", "سارة", "😀", ""] {
        for message in Msg::every(&Sample::plain(words, 3)) {
            let text = message.plain(Language::Arabic);
            for line in text.lines().filter(|line| line.contains(['\u{2066}', '\u{2068}'])) {
                assert_eq!(reads_from_right(line), Some(true), "{}: {line:?}", message.key());
            }
        }
    }
}

/// With the count, the time and the whole of a commitment, which is what the button is for.
#[test]
fn the_alert_of_a_post_has_words_and_the_whole_commitment() {
    let commitment = "x".repeat(43);
    let (count, left) = (i64::MAX, Duration::from_secs(86_399));
    let shown = Msg::PostTimedAlert { count, left, commitment: commitment.clone() }.plain(Language::Arabic);
    for words in ["عدد المشتركين", "يبدأ السحب بعد", "الالتزام", &commitment]
    {
        assert!(shown.contains(words), "{shown}");
    }
}

#[test]
fn the_number_picks_the_wording() {
    let gate = |count| Msg::GateMissingAlert { count }.plain(Language::Arabic);
    assert!(gate(1).starts_with("لم أجدك في القناة"), "{}", gate(1));
    assert!(gate(2).starts_with("بقيت قناتان"), "{}", gate(2));
    assert!(gate(3).starts_with("بقيت 3 قنوات"), "{}", gate(3));
    assert!(gate(11).starts_with("بقيت 11 قناةً"), "{}", gate(11));
    assert!(gate(100).starts_with("بقيت 100 قناة "), "{}", gate(100));
}

/// What the database keeps is named by the key, whatever the order of the variants.
#[test]
fn messages_are_stored_by_their_keys() {
    struct Stored(Msg);
    impl fmt::Display for Stored {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.serialize(f)
        }
    }
    assert_eq!(Stored(Msg::NavBack).to_string(), "nav.back");
    let stored = BTreeMap::from([("gate.subscribe", BTreeMap::from([("count", 3_i64)]))]);
    let map = MapDeserializer::<_, value::Error>::new(stored.into_iter());
    let read = Msg::deserialize(MapAccessDeserializer::new(map));
    assert_eq!(read, Ok(Msg::GateSubscribe { count: 3 }));
}

#[test]
fn an_address_is_only_an_address() {
    let (link, title) = ("https://t.me/+abc".to_owned(), "قناة".to_owned());
    let text = Msg::AdminGateChannel { link: link.clone(), title }.rich(Language::Arabic);
    assert!(!text.text().contains(&link));
    let [entity] = text.entities() else { panic!("{text:?}") };
    assert_eq!(entity.kind, EntityKind::TextLink { url: link });
    // Behind «📢 » (three units) and the mark of the line: the title and its isolates.
    assert_eq!((entity.offset, entity.length), (4, 6));
}

#[test]
fn chosen_zones_and_spans_speak_the_readers_language() {
    let zone = Msg::SettingsZoneOption { zone: Timezone::RIYADH, offset: "UTC+3".into() };
    assert_eq!(zone.plain(Language::Arabic), "الرياض (\u{2068}UTC+3\u{2069})");
    let after = Msg::DurationAfter { span: Duration::from_secs(7_500) };
    assert_eq!(after.plain(Language::Arabic), "بعد ساعتين و5 دقائق");
    assert_eq!(after.plain(Language::English), "in 2 hours and 5 minutes");
}

/// What a reader's eye is led by: how often isolates open and close, lines break and formatting stands.
#[derive(Debug, PartialEq)]
struct Shape {
    opened: usize,
    closed: usize,
    lines: usize,
    kinds: Vec<std::mem::Discriminant<EntityKind>>,
}

fn shape(text: &RichText) -> Shape {
    let count = |wanted: &[char]| text.text().chars().filter(|c| wanted.contains(c)).count();
    Shape {
        opened: count(&['\u{2066}', '\u{2067}', '\u{2068}']),
        closed: count(&['\u{2069}']),
        lines: text.text().lines().count(),
        kinds: text.entities().iter().map(|entity| std::mem::discriminant(&entity.kind)).collect(),
    }
}

/// Strings with more of what could break a message than chance would bring.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        ".{0,8}",
        proptest::char::range('\u{2000}', '\u{2070}').prop_map(String::from),
        proptest::char::range('\u{0}', '\u{A0}').prop_map(String::from),
        prop::sample::select(vec!["<b>", "</b>", "{name}", "🎉", "\r\n", "\u{2069}", "\u{202E}", "قُرعة"])
            .prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_argument_changes_the_shape_of_a_message(words in hostile(), number: i64) {
        let evil = Msg::every(&Sample::plain(&words, number));
        let tame = Msg::every(&Sample::plain("x", number));
        for ((message, language, text), (.., expected)) in in_every_language(&evil).zip(in_every_language(&tame)) {
            let key = message.key();
            prop_assert_eq!(shape(&text), shape(&expected), "{} in {:?}", key, language);
            let units = text.utf16_len();
            let inside = text.entities().iter().all(|e| e.length > 0 && e.offset + e.length <= units);
            prop_assert!(inside, "{} in {:?}", key, language);
            let overrides = text.text().chars().any(|c| matches!(c, '\u{2028}'..='\u{202E}'));
            let control = text.text().chars().any(|c| c.is_control() && c != '\n');
            prop_assert!(!overrides && !control, "{} in {:?}", key, language);
            prop_assert!(nests(text.text()), "{} in {:?}", key, language);
        }
    }
}

/// Whether isolates close in the order in which they open, each before its line ends.
fn nests(text: &str) -> bool {
    text.lines().all(|line| {
        let depth = line.chars().try_fold(0_u32, |depth, c| match c {
            '\u{2066}'..='\u{2068}' => Some(depth + 1),
            '\u{2069}' => depth.checked_sub(1),
            _ => Some(depth),
        });
        depth == Some(0)
    })
}
