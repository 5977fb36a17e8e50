//! No sentence of the product outside of `locales/`: no Arabic in Rust, no words in a feature's code.

use crate::forbid;
use crate::source::{self, Source};

/// The Arabic blocks and their presentation forms.
fn is_arabic(c: char) -> bool {
    c.is_alphabetic()
        && matches!(c, '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{8A0}'..='\u{8FF}'
        | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}')
}

/// Where an Arabic word stands in a literal. A single sign (a digit, a separator) is no text.
fn arabic(sources: &[Source]) -> Vec<String> {
    let mut offences = Vec::new();
    for source in sources {
        let telling = source.literals.iter().filter(|l| l.text.chars().filter(|c| is_arabic(*c)).count() > 1);
        offences.extend(telling.map(|literal| source.offence(literal.offset, &literal.text)));
    }
    offences
}

/// Features name messages and never write any: two words in one literal are a sentence.
fn sentences(sources: &[Source]) -> Vec<String> {
    let features = sources.iter().filter(|source| source.path.starts_with("crates/bot/src/features"));
    let mut offences = Vec::new();
    for source in features {
        let telling = source
            .literals
            .iter()
            .filter(|literal| is_sentence(&literal.text) && !is_logged(source, literal.offset));
        offences.extend(telling.map(|literal| source.offence(literal.offset, &literal.text)));
    }
    offences
}

fn is_sentence(text: &str) -> bool {
    text.split_whitespace().filter(|word| word.chars().all(char::is_alphabetic)).count() > 1
}

/// Whether a literal is inside of a log line or an attribute.
fn is_logged(source: &Source, offset: usize) -> bool {
    let statement = source.code[..offset].rfind([';', '{', '}']).map_or(0, |at| at + 1);
    let statement = &source.code[statement..offset];
    statement.contains("tracing::") || statement.contains("#[")
}

#[test]
fn no_arabic_in_rust() {
    forbid("Arabic belongs into locales/:", &arabic(&source::of_the_program()));
}

#[test]
fn no_sentences_in_features() {
    forbid("Sentences belong into locales/:", &sentences(&source::of_the_program()));
}

#[test]
fn notices_arabic() {
    let here = |text| arabic(&[Source::of("crates/bot/src/x.rs", text)]).len();
    assert_eq!(here("const X: &str = \"مرحبا\";"), 1);
    assert_eq!(
        here("const X: char = '٠'; // مرحبا\n#[cfg(test)]\nmod tests { const Y: &str = \"مرحبا\"; }"),
        0
    );
}

#[test]
fn notices_sentences() {
    let here = |text| sentences(&[Source::of("crates/bot/src/features/x.rs", text)]).len();
    assert_eq!(here("fn x() { say(\"You are in\"); }"), 1);
    assert_eq!(here("fn x() { tracing::warn!(\"not so good\"); pack(\"home\"); }"), 0);
}
