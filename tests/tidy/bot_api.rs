//! Only `telegram` and `simulator` see the Bot API's JSON, and nobody formats by `parse_mode`.

use crate::forbid;
use crate::manifest::{self, Manifest};
use crate::source::{self, Source};

/// Fields that mean the Bot API wherever they are written, in code or in words.
const FIELDS: &[&str] = &[
    "callback_query_id",
    "inline_keyboard",
    "reply_markup",
    "link_preview_options",
    "allowed_updates",
    "show_alert",
];

/// Fields with names that others may use in code, but not as a word of JSON.
const WORDS: &[&str] = &["chat_id", "message_id", "update_id", "callback_data", "from_chat_id"];

/// How names of methods begin.
const VERBS: &[&str] = &[
    "answer", "approve", "ban", "copy", "create", "decline", "delete", "edit", "export", "forward", "get",
    "leave", "pin", "promote", "refund", "restrict", "send", "set", "stop", "unban", "unpin",
];

/// Libraries that speak HTTP to others.
const LIBRARIES: [&str; 3] = ["reqwest", "hyper", "frankenstein"];

fn offences(sources: &[Source], manifests: &[Manifest]) -> Vec<String> {
    let mut offences: Vec<_> = sources.iter().flat_map(|source| source.finds("parse_mode")).collect();
    for source in sources.iter().filter(|source| source.krate() != "telegram") {
        offences.extend(FIELDS.iter().flat_map(|field| source.finds(field)));
        let telling = source.literals.iter().filter(|literal| tells_of_the_bot_api(&literal.text));
        offences.extend(telling.map(|literal| source.offence(literal.offset, &literal.text)));
    }
    let others = manifests.iter().filter(|m| !["telegram", "simulator"].contains(&m.krate.as_str()));
    let others = others.filter(|m| m.dependencies.iter().any(|name| LIBRARIES.contains(&name.as_str())));
    offences.extend(others.map(|m| format!("crates/{}/Cargo.toml: a client for HTTP", m.krate)));
    offences
}

/// Whether a literal is a method's or field's name, or JSON with one.
fn tells_of_the_bot_api(text: &str) -> bool {
    let named =
        FIELDS.iter().chain(WORDS).any(|field| text == *field || text.contains(&format!("\"{field}")));
    named || is_method(text)
}

/// `sendMessage`, `getUpdates`: a verb and then a capital.
fn is_method(text: &str) -> bool {
    let rest = VERBS
        .iter()
        .find_map(|verb| text.strip_prefix(verb).filter(|rest| rest.starts_with(char::is_uppercase)));
    rest.is_some_and(|rest| rest.chars().all(|c| c.is_ascii_alphanumeric()))
}

#[test]
fn the_bot_api_is_in_its_adapter_only() {
    forbid(
        "Only telegram and simulator see the Bot API:",
        &offences(&source::of_the_program(), &manifest::all()),
    );
}

#[test]
fn notices_the_bot_api_elsewhere() {
    let here = |text| offences(&[Source::of("crates/bot/src/x.rs", text)], &[]).len();
    assert_eq!(here("fn x() { call(\"sendMessage\"); }"), 1);
    assert_eq!(here("struct X { reply_markup: u8 }"), 1);
    assert_eq!(here("const X: &str = r#\"{\"chat_id\":1}\"#;"), 1);
    assert_eq!(here("fn update_id(message_id: i64) { log(\"setting\"); }"), 0);
    let adapter = Source::of("crates/telegram/src/x.rs", "call(\"getUpdates\"); let parse_mode = 1;");
    assert_eq!(offences(&[adapter], &[]), ["crates/telegram/src/x.rs:1: parse_mode"]);
    let manifest = Manifest::of("app", "[dependencies]\nreqwest.workspace = true\n");
    assert_eq!(offences(&[], &[manifest]).len(), 1);
}
