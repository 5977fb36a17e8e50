//! What a screen looks like: its text and its buttons, in the viewer's language.

use qura_domain::ids::{MessageId, UserId};
use qura_domain::language::Language;
use qura_domain::text::RichText;
use qura_domain::time::Timestamp;
use qura_domain::timezone::Timezone;
use qura_i18n::Msg;
use qura_ports::telegram::{Button, ButtonAction, Keyboard};

use crate::callback::CallbackData;
use crate::features::joining::picture::Drawing;

/// Who looks at a screen, as far as it matters to what they see.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    pub id: UserId,
    pub language: Language,
    pub timezone: Timezone,
    pub is_operator: bool,
    pub is_banned: bool,
    /// Their living message.
    pub screen: Option<MessageId>,
    pub now: Timestamp,
}

/// Text and buttons, ready to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    pub text: RichText,
    pub keyboard: Keyboard,
    /// Stands above the text, where there is one.
    pub picture: Option<Drawing>,
}

/// Puts a view together, row by row.
pub struct ViewBuilder {
    language: Language,
    view: View,
}

impl View {
    pub fn of(viewer: &Viewer, text: &Msg) -> ViewBuilder {
        let view = View { text: text.rich(viewer.language), ..View::default() };
        ViewBuilder { language: viewer.language, view }
    }
}

impl ViewBuilder {
    /// A sentence of its own before the text: what was wrong, or what just happened.
    pub fn above(mut self, sentence: &Msg) -> Self {
        let mut text = sentence.rich(self.language);
        text.push_str("\n\n").append(std::mem::take(&mut self.view.text));
        self.view.text = text;
        self
    }

    /// A paragraph after the text.
    pub fn below(mut self, sentence: &Msg) -> Self {
        self.view.text.push_str("\n\n").append(sentence.rich(self.language));
        self
    }

    /// A row of one button.
    pub fn press(self, label: &Msg, data: &impl CallbackData) -> Self {
        let button = self.button(label, data);
        self.row(vec![button])
    }

    /// A row of one button that opens an address.
    pub fn url(self, label: &Msg, url: &str) -> Self {
        let label = label.plain(self.language);
        self.row(vec![Button { label, action: ButtonAction::Url(url.to_owned()) }])
    }

    pub fn button(&self, label: &Msg, data: &impl CallbackData) -> Button {
        Button { label: label.plain(self.language), action: ButtonAction::Callback(data.pack()) }
    }

    /// A row of several buttons; none for none.
    pub fn row(mut self, buttons: Vec<Button>) -> Self {
        if !buttons.is_empty() {
            self.view.keyboard.0.push(buttons);
        }
        self
    }

    pub fn done(self) -> View {
        self.view
    }
}
