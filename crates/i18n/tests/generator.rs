//! Runs the build script's own tests, and checks that the message files fit together.

#[path = "../build/catalog.rs"]
mod catalog;
#[path = "../build/codegen.rs"]
mod codegen;
#[path = "../build/json.rs"]
mod json;
#[path = "../build/markup.rs"]
mod markup;
#[path = "../build/name.rs"]
mod name;
#[path = "../build/plural.rs"]
mod plural;

use std::path::Path;
use std::{fs, io};

use catalog::{Catalog, Wording};
use plural::LANGUAGES;
use qura_domain::language::Language;

/// Each language with the text of its file.
fn locales() -> io::Result<Vec<(&'static plural::Language, String)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../locales");
    LANGUAGES.iter().map(|language| Ok((language, fs::read_to_string(folder.join(language.file))?))).collect()
}

#[test]
fn what_is_called_short_is_shorter_than_any_text() {
    assert_eq!(usize::from(markup::LONGEST), qura_i18n::MAX_WORDS);
}

#[test]
fn every_language_of_the_domain_has_its_file() {
    let files: Vec<(String, String)> =
        LANGUAGES.iter().map(|l| (l.variant.to_owned(), l.file.to_owned())).collect();
    let expected: Vec<(String, String)> =
        Language::ALL.iter().map(|l| (format!("{l:?}"), format!("messages.{}.json", l.code()))).collect();
    assert_eq!(files, expected);
}

#[test]
fn the_files_agree_and_make_the_enum() {
    let sources = locales().unwrap();
    let catalog = Catalog::read(&sources).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(catalog.messages.iter().map(|m| m.key.as_str()).collect::<Vec<_>>(), qura_i18n::Msg::KEYS);
    let source = codegen::source(&catalog);
    for message in &catalog.messages {
        assert_eq!(message.wordings.len(), Language::ALL.len(), "{}", message.key);
        assert!(source.contains(&format!("#[serde(rename = {:?})]", message.key)), "{}", message.key);
    }
}

#[test]
fn the_files_list_their_messages_in_the_same_order() {
    let keys =
        |text: &str| -> Vec<String> { json::read(text).unwrap().into_iter().map(|(key, _)| key).collect() };
    let orders: Vec<Vec<String>> = locales().unwrap().iter().map(|(_, text)| keys(text)).collect();
    assert!(orders.windows(2).all(|pair| pair[0] == pair[1]));
}

/// A translation that forgets the name of a language's own forms would still show the number's digits.
#[test]
fn counted_messages_show_the_number_where_no_word_says_it() {
    for message in Catalog::read(&locales().unwrap()).unwrap().messages {
        for (language, wording) in &message.wordings {
            let Wording::ByCount(forms) = wording else { continue };
            let spoken = ["zero", "one", "two"];
            for (form, nodes) in forms.iter().filter(|(form, _)| !spoken.contains(form)) {
                let shows = markup::placeholders(nodes).iter().any(|placeholder| placeholder.name == "count");
                assert!(shows, "{} in {}: `{form}` hides the number", message.key, language.variant);
            }
        }
    }
}
