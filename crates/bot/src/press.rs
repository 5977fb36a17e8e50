//! A press of a button, on its way to the feature that knows it.

use qura_domain::ids::MessageId;
use qura_domain::person::Person;
use qura_i18n::Msg;

use crate::features::Screen;
use crate::reply::{Place, Reply};

/// A pressed button of one feature, under a message in the person's private chat.
#[derive(Clone, Debug)]
pub struct Press<B> {
    pub button: B,
    pub person: Person,
    /// The message that the button stands under.
    pub message: MessageId,
    pub callback: String,
}

impl<B> Press<B> {
    /// Shows a screen in place of the one whose button was pressed.
    pub fn show(&self, screen: impl Into<Screen>) -> Reply {
        Reply::Show { to: self.person.id, screen: screen.into(), place: Place::Edit(self.message) }
    }

    /// A window that the person closes.
    pub fn alert(&self, text: Msg) -> Reply {
        self.answer(text, true)
    }

    /// A line that fades.
    pub fn toast(&self, text: Msg) -> Reply {
        self.answer(text, false)
    }

    fn answer(&self, text: Msg, alert: bool) -> Reply {
        let (callback, to) = (self.callback.clone(), Some(self.person.id));
        Reply::Answer { callback, to, text: Some(text), alert, link: None }
    }
}
