//! Makes of a valid update one that Telegram should never send. Everything follows from plain numbers,
//! so that a mutant can be made again.

use super::json::{Json, quoted};

/// One change: what, where, and with what. Numbers of any size will do.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub act: u32,
    pub place: u32,
    pub with: u32,
}

/// Values that fit nowhere, or just so.
const TOKENS: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "1",
    "2",
    "3",
    "5",
    "-1",
    "-0",
    "0.5",
    "7.0",
    "1e2",
    "1e400",
    "-1e400",
    "1e-400",
    "127",
    "65536",
    "2147483648",
    "4294967295",
    "4294967296",
    "9007199254740993",
    "-9007199254740993",
    "1099511627775",
    "1099511627776",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "99999999999999999999999999999999999999999",
    r#""""#,
    r#""\u0000""#,
    r#""a\u0000b""#,
    r#""\ud800""#,
    r#""\udc00\ud800""#,
    r#""\ud83d""#,
    r#""\ud83d\ude00""#,
    r#""\u202e\u2066\u2067\u200f/start""#,
    r#""\ufeff\uffff\u2028""#,
    r#""7""#,
    r#""null""#,
    r#""/start""#,
    r#""{\"update_id\":1,\"message\":{}}""#,
    r#""update_id""#,
    r#""administrator""#,
    r#""private""#,
    r#""channel""#,
    "[]",
    "{}",
    "[[[]]]",
    "[null]",
    r#"{"id":5}"#,
    r#"{"id":-5}"#,
    "[7,false,\"x\",null,null,null,null]",
    r#"[7,"private",null,null,null,null]"#,
];

/// Names that are out of place anywhere, or have a meaning elsewhere.
const NAMES: &[&str] = &[
    "kind_of_the_future",
    "",
    "\0",
    "update_id",
    "message",
    "callback_query",
    "from",
    "user",
    "chat",
    "id",
    "boost",
    "source",
    "new_chat_member",
    "text",
    "entities",
    "date",
    "type",
    "\u{202e}",
    "__proto__",
];

/// Depths around the limit of 128 that JSON readers have, and far beyond.
const DEPTHS: &[usize] = &[100, 126, 127, 128, 129, 130, 200, 1_000];

/// Changes that leave JSON what it is.
pub fn mutate(update: &mut Json, step: Step) {
    // Half of the changes are near the top, where the fields are that are read.
    let depth = if step.place.is_multiple_of(2) { 4 } else { 64 };
    let count = update.count(depth);
    let pick = |number: u32| number as usize / 2 % count;
    let Some(place) = update.nth(pick(step.place), depth) else { return };
    let with = step.with as usize;
    match step.act % 12 {
        0 => remove(place, with),
        1 | 2 => *place = Json::token(TOKENS[with % TOKENS.len()]),
        3 => *place = deep(with),
        4 => *place = long(with),
        // Copies of the whole would be updates of their own.
        5 if pick(step.place) == 0 => {}
        5 => *place = Json::Array(vec![place.clone()]),
        6 => *place = another_form(place),
        7 => repeat(place, with),
        8 => add(place, with),
        9 => rename(place, with),
        10 => shift(place, with),
        _ => {
            let place = pick(step.place);
            let other = update.nth(pick(step.with).max(1), depth).map(|value| value.clone());
            if let (Some(target), Some(other)) = (update.nth(place, depth), other) {
                *target = other;
            }
        }
    }
}

/// Changes that break the text. Of what is no UTF-8, too.
pub fn damage(text: &mut Vec<u8>, step: Step) {
    const PIECES: &[&[u8]] = &[
        b"\0",
        b"\x1f",
        b"\n",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xf0\x9f\x98",
        b"\xc3",
        b"\"",
        b"\\",
        b"\\u",
        b"\\ud800",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"-",
        b"NaN",
        b"//",
        b"\xef\xbb\xbf",
    ];
    if text.is_empty() {
        return;
    }
    let place = step.place as usize % text.len();
    let piece = PIECES[step.with as usize % PIECES.len()].iter().copied();
    match step.act % 4 {
        0 => text.truncate(place),
        1 => drop(text.splice(place..place, piece)),
        2 => drop(text.splice(place..=place, piece)),
        _ => drop(text.remove(place)),
    }
}

fn remove(place: &mut Json, with: usize) {
    match place {
        Json::Token(_) => *place = Json::token("null"),
        Json::Array(items) if !items.is_empty() => drop(items.remove(with % items.len())),
        Json::Object(fields) if !fields.is_empty() => drop(fields.remove(with % fields.len())),
        Json::Array(_) | Json::Object(_) => {}
    }
}

fn deep(with: usize) -> Json {
    let depth = if with.is_multiple_of(31) { 20_000 } else { DEPTHS[with / 2 % DEPTHS.len()] };
    let (open, close) = if with.is_multiple_of(2) { ("[", "]") } else { (r#"{"chat":"#, "}") };
    Json::token(format!("{}1{}", open.repeat(depth), close.repeat(depth)))
}

fn long(with: usize) -> Json {
    let letter = ["x", "😀", "\u{202e}", "\u{301}", "/", "م"][with % 6];
    let length =
        if with.is_multiple_of(31) { 20_000 } else { [64, 65, 256, 257, 1_024, 4_097][with / 6 % 6] };
    Json::string(&letter.repeat(length))
}

fn another_form(place: &Json) -> Json {
    match place {
        Json::Token(text) => Json::string(text),
        Json::Array(items) => Json::Object(
            (0..).zip(items.clone()).map(|(at, item): (usize, _)| (quoted(&at.to_string()), item)).collect(),
        ),
        Json::Object(fields) => Json::Array(fields.iter().map(|(_, value)| value.clone()).collect()),
    }
}

/// Says something twice; the second time maybe something else.
fn repeat(place: &mut Json, with: usize) {
    match place {
        Json::Token(_) => {}
        Json::Array(items) => {
            if let Some(item) = items.first().cloned() {
                items.extend(std::iter::repeat_n(item, 1 + with % 40));
            }
        }
        Json::Object(fields) if fields.is_empty() => {}
        Json::Object(fields) => {
            let (name, value) = fields[with % fields.len()].clone();
            let value =
                if with.is_multiple_of(3) { value } else { Json::token(TOKENS[with / 3 % TOKENS.len()]) };
            let at = if with.is_multiple_of(2) { 0 } else { fields.len() };
            fields.insert(at, (name, value));
        }
    }
}

fn add(place: &mut Json, with: usize) {
    let value = Json::token(TOKENS[with / NAMES.len() % TOKENS.len()]);
    match place {
        Json::Token(_) => *place = value,
        Json::Array(items) => items.push(value),
        Json::Object(fields) => {
            let at = if with.is_multiple_of(2) { 0 } else { fields.len() };
            fields.insert(at, (name(with), value));
        }
    }
}

fn rename(place: &mut Json, with: usize) {
    if let Json::Object(fields) = place
        && !fields.is_empty()
    {
        let at = with / NAMES.len() % fields.len();
        fields[at].0 = name(with);
    }
}

fn name(with: usize) -> String {
    // Half a letter, which no string of Rust's can hold.
    if with.is_multiple_of(17) { r#""\ud800""#.to_owned() } else { quoted(NAMES[with % NAMES.len()]) }
}

/// Moves a number a little: an entity into the middle of a letter, or beyond the end.
fn shift(place: &mut Json, with: usize) {
    let Json::Token(text) = place else { return };
    let by = [1, -1, 2, 5, 7, -100][with % 6];
    let Ok(number) = text.parse::<i64>() else { return };
    *place = Json::token(number.saturating_add(by).to_string());
}
