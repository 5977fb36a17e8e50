//! Where the next screen goes: to the bottom, or in the place of the one whose button was pressed.

use qura_domain::ids::{MessageId, UserId};
use qura_i18n::Msg;

use super::JoinScreen;
use crate::features::Screen;
use crate::press::Press;
use crate::reply::{Place, Reply};

/// The way to a person's eyes.
#[derive(Clone, Debug)]
pub struct Way {
    person: UserId,
    /// The screen that is there; `None` for one who came by a link.
    from: Option<From>,
    /// They come from outside, and are to be seen.
    arrives: bool,
    /// What is said before the screen: the answer to a press.
    pub before: Vec<Reply>,
}

#[derive(Clone, Copy, Debug)]
struct From {
    message: MessageId,
    is_picture: bool,
}

impl Way {
    /// At the bottom.
    pub fn new(person: UserId) -> Self {
        Self { person, from: None, arrives: true, before: Vec::new() }
    }

    /// In the place of a message with words.
    pub fn over(person: UserId, message: MessageId) -> Self {
        let from = Some(From { message, is_picture: false });
        Self { person, from, arrives: false, before: Vec::new() }
    }

    /// In the place of the screen whose button was pressed; `is_picture` tells what it is.
    pub fn edit<B>(press: &Press<B>, is_picture: bool) -> Self {
        let from = Some(From { message: press.message, is_picture });
        Self { person: press.person.id, from, arrives: false, before: Vec::new() }
    }

    /// In the place of the gate, which let them through.
    pub fn past_gate<B>(press: &Press<B>) -> Self {
        let before = vec![press.toast(Msg::GatePassed)];
        Self { arrives: true, before, ..Self::edit(press, false) }
    }

    /// Whether the person comes from outside: they are to be seen.
    pub fn arrives(&self) -> bool {
        self.arrives
    }

    /// The same with an answer to the press.
    pub fn saying<B>(mut self, press: &Press<B>, text: Msg) -> Self {
        self.before = vec![press.alert(text)];
        self
    }

    /// The replies that show a screen.
    pub fn show(&self, screen: JoinScreen) -> Vec<Reply> {
        let mut replies = self.before.clone();
        let place = match self.from {
            None => Place::New,
            Some(from) if from.is_picture == screen.is_picture() => Place::Edit(from.message),
            Some(from) => Place::Replace(from.message),
        };
        replies.push(Reply::Show { to: self.person, screen: Screen::Joining(screen), place });
        replies
    }

    /// Shows another feature's screen, which has words only.
    pub fn replace(&self, screen: impl Into<Screen>) -> Reply {
        let place = match self.from {
            None => Place::New,
            Some(from) if from.is_picture => Place::Replace(from.message),
            Some(from) => Place::Edit(from.message),
        };
        Reply::Show { to: self.person, screen: screen.into(), place }
    }
}
