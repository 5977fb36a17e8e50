//! Reads settings by name, and says in one sentence what is wrong with one.

use std::collections::HashMap;
use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::path::Path;
use std::str::FromStr;

use qura_domain::challenge::ChallengeKind;
use qura_domain::ids::UserId;
use qura_domain::number::latin_digits;
use secrecy::SecretString;

use super::NAMES;

/// Why the process cannot start as it is set up.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{name} is not acceptable; accepted: {accepted}")]
    Value { name: &'static str, accepted: String },
    #[error("{0} is not valid UTF-8")]
    NotUtf8(&'static str),
    #[error(".env names {0}, which is no setting of Qura; .env.example lists them all")]
    Unknown(String),
    #[error(".env cannot be read: {0}")]
    Unreadable(String),
    #[error("TEST_CLOCK is accepted only together with a TELEGRAM_API_URL on this machine")]
    TestClock,
}

/// Settings as text.
pub struct Reader {
    values: HashMap<&'static str, String>,
}

impl Reader {
    /// Takes each setting from the environment, or else from the file, where there is one.
    pub fn open(file: &Path, environment: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let mut values = HashMap::new();
        if file.exists() {
            let lines = dotenvy::from_path_iter(file).map_err(|e| ConfigError::Unreadable(e.to_string()))?;
            for line in lines {
                // The error of a broken line would repeat the line, and with it perhaps a secret.
                let (name, value) =
                    line.map_err(|_| ConfigError::Unreadable("a line is not NAME=value".into()))?;
                let known = NAMES.into_iter().find(|known| *known == name);
                values.insert(known.ok_or(ConfigError::Unknown(name))?, value);
            }
        }
        for name in NAMES {
            if let Some(value) = environment(name) {
                values.insert(name, value.into_string().map_err(|_| ConfigError::NotUtf8(name))?);
            }
        }
        Ok(Self { values })
    }

    #[cfg(test)]
    pub fn of(vars: &[(&'static str, &str)]) -> Self {
        Self { values: vars.iter().map(|(name, value)| (*name, (*value).to_owned())).collect() }
    }

    /// `None` when not set, or empty.
    pub fn text(&self, name: &'static str) -> Option<&str> {
        self.values.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    pub fn parse<T: FromStr>(
        &self,
        name: &'static str,
        default: &str,
        accepted: &str,
    ) -> Result<T, ConfigError> {
        let wrong = |_| ConfigError::Value { name, accepted: accepted.to_owned() };
        self.text(name).unwrap_or(default).parse().map_err(wrong)
    }

    /// What may be set to nothing, which is not the same as not set.
    pub fn list<T: FromStr>(
        &self,
        name: &'static str,
        default: &str,
        accepted: &str,
    ) -> Result<T, ConfigError> {
        let text = self.values.get(name).map_or(default, |value| value.trim());
        text.parse().map_err(|_| ConfigError::Value { name, accepted: accepted.to_owned() })
    }

    /// `None` when not set.
    pub fn optional<T: FromStr>(&self, name: &'static str, accepted: &str) -> Result<Option<T>, ConfigError> {
        let wrong = |_| ConfigError::Value { name, accepted: accepted.to_owned() };
        self.text(name).map(|text| text.parse().map_err(wrong)).transpose()
    }

    pub fn number<T>(
        &self,
        name: &'static str,
        default: T,
        range: RangeInclusive<T>,
    ) -> Result<T, ConfigError>
    where
        T: FromStr + PartialOrd + std::fmt::Display + Copy,
    {
        let Some(text) = self.text(name) else { return Ok(default) };
        let number = latin_digits(text).parse().ok().filter(|number| range.contains(number));
        let accepted = format!("a whole number from {} to {}", range.start(), range.end());
        number.ok_or(ConfigError::Value { name, accepted })
    }

    pub fn choice<T: Copy>(
        &self,
        name: &'static str,
        default: T,
        choices: &[(&str, T)],
    ) -> Result<T, ConfigError> {
        let Some(text) = self.text(name) else { return Ok(default) };
        let chosen = choices.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
        let accepted = choices.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" or ");
        chosen.map(|(_, value)| *value).ok_or(ConfigError::Value { name, accepted })
    }

    /// Kinds of challenges, separated by commas or blanks; all of them when not set.
    pub fn challenges(&self, name: &'static str) -> Result<Vec<ChallengeKind>, ConfigError> {
        let Some(text) = self.text(name) else { return Ok(ChallengeKind::ALL.to_vec()) };
        let accepted = "some of image, emoji, math, timed, separated by commas".to_owned();
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        let kinds: Option<Vec<ChallengeKind>> = words.map(ChallengeKind::from_name).collect();
        kinds.filter(|kinds| !kinds.is_empty()).ok_or(ConfigError::Value { name, accepted })
    }

    /// Telegram user ids, separated by commas or blanks.
    pub fn ids(&self, name: &'static str) -> Result<Vec<UserId>, ConfigError> {
        let accepted = || "Telegram user ids, separated by commas".to_owned();
        let words = self.text(name).unwrap_or_default().split([',', ' ']).filter(|word| !word.is_empty());
        words
            .map(|word| match latin_digits(word).parse() {
                Ok(id) if id > 0 => Ok(UserId::new(id)),
                _ => Err(ConfigError::Value { name, accepted: accepted() }),
            })
            .collect()
    }

    pub fn token(&self, name: &'static str) -> Result<Option<SecretString>, ConfigError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let accepted = || "the token that @BotFather gave, such as 123456789:AbC…".to_owned();
        let shape = text.split_once(':').filter(|(id, secret)| {
            let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            id.parse::<i64>().is_ok_and(|id| id > 0) && !secret.is_empty() && secret.chars().all(word)
        });
        match shape {
            Some(_) => Ok(Some(SecretString::from(text))),
            None => Err(ConfigError::Value { name, accepted: accepted() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(content: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content.as_bytes()).unwrap();
        file
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = file("# a comment\nPOLLING_LIMIT=7\nLOG_FORMAT=json\n");
        let reader = Reader::open(file.path(), |name| (name == "POLLING_LIMIT").then(|| "9".into())).unwrap();
        assert_eq!(reader.text("POLLING_LIMIT"), Some("9"));
        assert_eq!(reader.text("LOG_FORMAT"), Some("json"));
    }

    #[test]
    fn a_misspelt_name_in_the_file_is_named() {
        let file = file("TELEGRAM_TOKN=123:abc\n");
        let error = Reader::open(file.path(), |_| None).err().unwrap().to_string();
        assert!(error.contains("TELEGRAM_TOKN") && !error.contains("123:abc"), "{error}");
    }

    #[test]
    fn numbers_may_be_arabic() {
        assert_eq!(Reader::of(&[("POLLING_LIMIT", "٥٠")]).number("POLLING_LIMIT", 1u8, 1..=100).unwrap(), 50);
    }
}
