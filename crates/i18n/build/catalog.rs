//! Joins the message files into one catalog, and refuses files that do not fit together.

use std::fmt;

use crate::json::{self, JsonError, Value};
use crate::markup::{self, Kind, MarkupError, Node, Placeholder};
use crate::name;
use crate::plural::Language;

/// Every message, in the order of the first file.
#[derive(Debug)]
pub struct Catalog {
    pub messages: Vec<Message>,
}

/// One message in all languages.
#[derive(Debug)]
pub struct Message {
    pub key: String,
    pub variant: String,
    /// Each once, in order of first appearance.
    pub arguments: Vec<Placeholder>,
    /// In the order of the languages.
    pub wordings: Vec<(&'static Language, Wording)>,
}

/// How a language says a message.
#[derive(Debug)]
pub enum Wording {
    Same(Vec<Node>),
    /// By the argument `count`: a text for each plural form of the language.
    ByCount(Vec<(&'static str, Vec<Node>)>),
}

/// Why the files make no catalog; names the file and the key.
#[derive(Debug, PartialEq, Eq)]
pub enum CatalogError {
    Json { file: &'static str, error: JsonError },
    At { file: &'static str, key: String, error: MessageError },
}

/// What is wrong with a message.
#[derive(Debug, PartialEq, Eq)]
pub enum MessageError {
    BadKey,
    /// The variant's name, and the other key that has it.
    Clash(String, String),
    /// The file that has the key.
    Missing(&'static str),
    MissingForm(&'static str),
    SuperfluousForm(String),
    Markup(MarkupError),
    /// One name, two types.
    TwoTypes(Placeholder, Placeholder),
    /// A placeholder of one language only; the file that has it.
    OnlyIn(&'static str, Placeholder),
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { file, error } => {
                write!(f, "locales/{file}, line {}: {}.", error.line, error.problem)
            }
            Self::At { file, key, error } => write!(f, "locales/{file}, key `{key}`: {error}."),
        }
    }
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadKey => write!(f, "a key is made of small Latin letters, digits, `_` and dots"),
            Self::Clash(variant, other) => write!(f, "becomes `Msg::{variant}`, as `{other}` does"),
            Self::Missing(other) => write!(f, "missing, though {other} has it"),
            Self::MissingForm(form) => write!(f, "the plural form `{form}` is missing"),
            Self::SuperfluousForm(form) => write!(f, "the language has no plural form `{form}`"),
            Self::Markup(error) => write!(f, "{error}"),
            Self::TwoTypes(one, other) => write!(f, "`{one}` is also written `{other}`"),
            Self::OnlyIn(other, placeholder) => write!(f, "`{placeholder}` stands only in {other}"),
        }
    }
}

impl Catalog {
    /// Joins the files of all languages, each with its text.
    pub fn read(sources: &[(&'static Language, String)]) -> Result<Self, CatalogError> {
        let mut files = Vec::new();
        for (language, text) in sources {
            let file = language.file;
            let entries = json::read(text).map_err(|error| CatalogError::Json { file, error })?;
            files.push((*language, entries));
        }
        every_file_has_every_key(&files)?;
        let mut messages: Vec<Message> = Vec::new();
        let keys = files.first().map(|(_, entries)| entries.iter().map(|(key, _)| key));
        for key in keys.into_iter().flatten() {
            let message = message(key, &files)?;
            if let Some(other) = messages.iter().find(|other| other.variant == message.variant) {
                let clash = MessageError::Clash(message.variant, other.key.clone());
                return Err(at(message.wordings.first().map(|(language, _)| *language), key, clash));
            }
            messages.push(message);
        }
        Ok(Self { messages })
    }
}

type File = (&'static Language, Vec<(String, Value)>);

fn every_file_has_every_key(files: &[File]) -> Result<(), CatalogError> {
    for (language, entries) in files {
        for (other, theirs) in files {
            let missing = theirs.iter().find(|(key, _)| find(entries, key).is_none());
            if let Some((key, _)) = missing {
                return Err(at(Some(language), key, MessageError::Missing(other.file)));
            }
        }
    }
    Ok(())
}

fn message(key: &str, files: &[File]) -> Result<Message, CatalogError> {
    let first = files.first().map(|(language, _)| *language);
    let variant = name::variant(key).ok_or_else(|| at(first, key, MessageError::BadKey))?;
    let mut wordings = Vec::new();
    let mut known: Vec<(&'static Language, Vec<Placeholder>)> = Vec::new();
    for (language, entries) in files {
        let Some(value) = find(entries, key) else { continue };
        let wording = wording(language, value).map_err(|error| at(Some(language), key, error))?;
        let arguments = arguments(&wording).map_err(|error| at(Some(language), key, error))?;
        known.push((language, arguments));
        wordings.push((*language, wording));
    }
    for (language, own) in &known {
        for (other, theirs) in &known {
            if let Some(error) = disagreement(own, theirs, other.file) {
                return Err(at(Some(language), key, error));
            }
        }
    }
    let arguments = known.into_iter().next().map(|(_, arguments)| arguments).unwrap_or_default();
    Ok(Message { key: key.to_owned(), variant, arguments, wordings })
}

fn wording(language: &'static Language, value: &Value) -> Result<Wording, MessageError> {
    let parse = |text: &str| markup::parse(text).map_err(MessageError::Markup);
    match value {
        Value::Text(text) => parse(text).map(Wording::Same),
        Value::Forms(forms) => {
            if let Some((form, _)) = forms.iter().find(|(form, _)| !language.forms.contains(&form.as_str())) {
                return Err(MessageError::SuperfluousForm(form.clone()));
            }
            let mut parsed = Vec::new();
            for form in language.forms {
                let text = forms.iter().find(|(name, _)| name == form);
                let (_, text) = text.ok_or(MessageError::MissingForm(form))?;
                parsed.push((*form, parse(text)?));
            }
            Ok(Wording::ByCount(parsed))
        }
    }
}

/// What a wording needs: each placeholder once, and `count` where it decides.
fn arguments(wording: &Wording) -> Result<Vec<Placeholder>, MessageError> {
    let mut all = Vec::new();
    match wording {
        Wording::Same(nodes) => all.extend(markup::placeholders(nodes)),
        Wording::ByCount(forms) => {
            all.push(Placeholder { name: "count".to_owned(), kind: Kind::Number });
            all.extend(forms.iter().flat_map(|(_, nodes)| markup::placeholders(nodes)));
        }
    }
    let mut once: Vec<Placeholder> = Vec::new();
    for placeholder in all {
        match once.iter().find(|known| known.name == placeholder.name) {
            None => once.push(placeholder),
            Some(known) if *known == placeholder => {}
            Some(known) => return Err(MessageError::TwoTypes(known.clone(), placeholder)),
        }
    }
    Ok(once)
}

fn disagreement(own: &[Placeholder], theirs: &[Placeholder], file: &'static str) -> Option<MessageError> {
    theirs.iter().find_map(|their| match own.iter().find(|known| known.name == their.name) {
        None => Some(MessageError::OnlyIn(file, their.clone())),
        Some(known) if known == their => None,
        Some(known) => Some(MessageError::TwoTypes(known.clone(), their.clone())),
    })
}

fn find<'a>(entries: &'a [(String, Value)], key: &str) -> Option<&'a Value> {
    entries.iter().find(|(known, _)| known == key).map(|(_, value)| value)
}

fn at(language: Option<&'static Language>, key: &str, error: MessageError) -> CatalogError {
    CatalogError::At { file: language.map_or("", |language| language.file), key: key.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plural::LANGUAGES;

    fn read(ar: &str, en: &str) -> Result<Catalog, String> {
        let [arabic, english] = &LANGUAGES;
        Catalog::read(&[(arabic, ar.to_owned()), (english, en.to_owned())]).map_err(|e| e.to_string())
    }

    fn complaint(ar: &str, en: &str) -> String {
        read(ar, en).err().unwrap_or_default()
    }

    const SIX: &str =
        r#"{"zero":"0","one":"1","two":"2","few":"{count:number} f {name}","many":"m","other":"o"}"#;

    #[test]
    fn joins_the_languages_and_collects_arguments_over_all_forms() {
        let catalog = read(
            &format!(r#"{{"b.x": "مرحبًا", "a": {SIX}}}"#),
            r#"{"a": {"one": "one {name}", "other": "{count:number}"}, "b.x": "hi"}"#,
        )
        .unwrap();
        let [hello, counted] = &catalog.messages[..] else { panic!("{catalog:?}") };
        assert_eq!((hello.variant.as_str(), hello.arguments.len()), ("BX", 0));
        let arguments: Vec<String> = counted.arguments.iter().map(ToString::to_string).collect();
        assert_eq!(arguments, ["{count:number}", "{name}"]);
        let [(_, Wording::ByCount(ar)), (_, Wording::ByCount(en))] = &counted.wordings[..] else { panic!() };
        assert_eq!((ar.len(), en.len()), (6, 2));
    }

    #[test]
    fn a_language_that_does_not_inflect_may_have_one_text() {
        assert!(read(&format!(r#"{{"a": {SIX}}}"#), r#"{"a": "{name}: {count:number}"}"#).is_ok());
    }

    #[test]
    fn names_file_and_key_of_what_does_not_fit() {
        let plural = format!(r#"{{"a": {SIX}}}"#);
        let lacking = plural.replace(r#""two":"2","#, "");
        let named = plural.replace("{count:number}", "{count}");
        for (ar, en, sentence) in [
            (
                r#"{"a": "x", "b": "x"}"#,
                r#"{"a": "x"}"#,
                "locales/messages.en.json, key `b`: missing, though messages.ar.json has it.",
            ),
            (
                r#"{"a": "x"}"#,
                r#"{"a": "x", "b": "x"}"#,
                "locales/messages.ar.json, key `b`: missing, though messages.en.json has it.",
            ),
            (
                r#"{"a": "x", "a": "x"}"#,
                r#"{"a": "x"}"#,
                "locales/messages.ar.json, line 1: the key `a` stands here for the second time.",
            ),
            (
                r#"{"a": "{n}"}"#,
                r#"{"a": "x"}"#,
                "locales/messages.en.json, key `a`: `{n}` stands only in messages.ar.json.",
            ),
            (
                r#"{"a": "{n}"}"#,
                r#"{"a": "{n:number}"}"#,
                "locales/messages.ar.json, key `a`: `{n}` is also written `{n:number}`.",
            ),
            (
                r#"{"a": "{n} {n:code}"}"#,
                r#"{"a": "{n}"}"#,
                "locales/messages.ar.json, key `a`: `{n}` is also written `{n:code}`.",
            ),
            (
                &lacking,
                r#"{"a": "{name}{count:number}"}"#,
                "locales/messages.ar.json, key `a`: the plural form `two` is missing.",
            ),
            (
                &named,
                r#"{"a": "{name}{count:number}"}"#,
                "locales/messages.ar.json, key `a`: `{count:number}` is also written `{count}`.",
            ),
            (
                &plural,
                r#"{"a": {"one": "{name}", "few": "x", "other": "x"}}"#,
                "locales/messages.en.json, key `a`: the language has no plural form `few`.",
            ),
            (r#"{"a": "<b>x"}"#, r#"{"a": "x"}"#, "locales/messages.ar.json, key `a`: `<b>` is not closed."),
            (
                r#"{"a b": "x"}"#,
                r#"{"a b": "x"}"#,
                "locales/messages.ar.json, key `a b`: a key is made of small Latin letters, digits, `_` and dots.",
            ),
            (
                r#"{"a.b": "x", "a_b": "x"}"#,
                r#"{"a.b": "x", "a_b": "x"}"#,
                "locales/messages.ar.json, key `a_b`: becomes `Msg::AB`, as `a.b` does.",
            ),
        ] {
            assert_eq!(complaint(ar, en), sentence);
        }
    }
}
