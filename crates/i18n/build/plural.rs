//! The languages of the message files, and the plural forms that each must have.

/// A language as the generator sees it.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// The variant of `qura_domain::language::Language`.
    pub variant: &'static str,
    /// The file's name in `locales/`.
    pub file: &'static str,
    /// All of these, and no others, in a message whose wording depends on `count` (CLDR's names).
    pub forms: &'static [&'static str],
}

/// The first one gives the order of messages and arguments, and the documentation of the variants.
pub const LANGUAGES: [Language; 2] = [
    Language {
        variant: "Arabic",
        file: "messages.ar.json",
        forms: &["zero", "one", "two", "few", "many", "other"],
    },
    Language { variant: "English", file: "messages.en.json", forms: &["one", "other"] },
];
