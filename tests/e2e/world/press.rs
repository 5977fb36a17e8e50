//! Pressing a button, and what came of it at once.

use std::time::Duration;

use qura_domain::language::Language;
use qura_i18n::Msg;
use serde_json::Value;

/// What a person looks for on a button: fixed words, letter for letter, or a message of the bot.
pub trait Label {
    fn text(&self, language: Language) -> String;
}

impl Label for &str {
    fn text(&self, _: Language) -> String {
        (*self).to_owned()
    }
}

impl Label for Msg {
    fn text(&self, language: Language) -> String {
        self.plain(language)
    }
}

/// A press that was answered.
#[derive(Clone, Debug)]
pub struct Press {
    pub pressed: Value,
    /// From the press to the answer.
    pub took: Duration,
    pub language: Language,
}

impl Press {
    /// A window with this text had to be closed.
    #[track_caller]
    pub fn alerts(&self, message: Msg) -> &Self {
        self.shows(message, true)
    }

    /// A line with this text appeared and faded.
    #[track_caller]
    pub fn toasts(&self, message: Msg) -> &Self {
        self.shows(message, false)
    }

    #[track_caller]
    fn shows(&self, message: Msg, alert: bool) -> &Self {
        let answer = &self.pressed["answer"];
        assert_eq!(answer["text"].as_str(), Some(&*message.plain(self.language)), "{answer}");
        assert_eq!(answer["show_alert"], Value::Bool(alert), "{answer}");
        self
    }

    /// The spinner stopped, and nothing was said.
    #[track_caller]
    pub fn is_quiet(&self) -> &Self {
        assert_eq!(self.pressed["kind"], "callback", "{}", self.pressed);
        assert_eq!(self.pressed["answer"]["text"], Value::Null, "{}", self.pressed);
        self
    }

    /// The person's app opened this address; the bot hears nothing of it.
    #[track_caller]
    pub fn opens(&self, url: &str) -> &Self {
        assert_eq!((&self.pressed["kind"], &self.pressed["url"]), (&Value::from("url"), &Value::from(url)));
        self
    }
}
