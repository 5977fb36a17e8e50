//! Every message of `locales/` is said somewhere.

use std::collections::HashSet;

use crate::forbid;
use crate::source::{self, Source};
use crate::tree;

/// Kept for the wizard engine: the way through questions and pages of lists, which the first wizard of
/// several steps says. Take a key out once it is said.
const KEPT_FOR_THE_WIZARD_ENGINE: [&str; 1] = ["nav.page"];

/// Written ahead of what says them. Not to grow: a message comes with its first use.
const WRITTEN_AHEAD: [&str; 1] = ["duration.after"];

/// The keys of a message file. Those of plural forms stand deeper and are no keys.
fn keys(json: &str) -> Vec<&str> {
    json.lines().filter_map(|line| line.strip_prefix("  \"")?.split('"').next()).collect()
}

/// The name that the build script gives a key.
fn variant(key: &str) -> String {
    let words = key.split(['.', '_']);
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn excused() -> impl Iterator<Item = &'static str> {
    KEPT_FOR_THE_WIZARD_ENGINE.into_iter().chain(WRITTEN_AHEAD)
}

fn unsaid<'a>(keys: &[&'a str], sources: &[Source]) -> Vec<&'a str> {
    let mut said = HashSet::new();
    for source in sources {
        for (at, _) in source.code.match_indices("Msg::") {
            let name = &source.code[at + "Msg::".len()..];
            said.insert(name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned());
        }
    }
    keys.iter().copied().filter(|key| !said.contains(&variant(key))).collect()
}

#[test]
fn every_message_is_said() {
    let json = tree::read("locales/messages.ar.json").unwrap();
    let keys = keys(&json);
    assert!(keys.len() > 50, "{keys:?}");
    let mut unsaid = unsaid(&keys, &source::of_the_program());
    unsaid.retain(|key| !excused().any(|excused| excused == *key));
    let unsaid: Vec<String> = unsaid.into_iter().map(str::to_owned).collect();
    forbid("Messages that nobody says:", &unsaid);
}

#[test]
fn the_lists_of_excused_ones_are_not_longer_than_needed() {
    let json = tree::read("locales/messages.ar.json").unwrap();
    let unsaid = unsaid(&keys(&json), &source::of_the_program());
    let said = excused().filter(|key| !unsaid.contains(key));
    let said: Vec<String> = said.map(str::to_owned).collect();
    forbid("Said by now, or gone; take them out of the lists:", &said);
}

#[test]
fn notices_a_message_that_nobody_says() {
    let keys = keys("{\n  \"a.b_c\": \"x\",\n  \"d\": {\n    \"one\": \"y\"\n  }\n}\n");
    assert_eq!(keys, ["a.b_c", "d"]);
    let source = Source::of("crates/bot/src/x.rs", "fn x() { say(Msg::ABC); } // Msg::D");
    assert_eq!(unsaid(&keys, &[source]), ["d"]);
}
