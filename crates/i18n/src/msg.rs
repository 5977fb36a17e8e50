//! The enum of all messages, made from the message files by the build script.

use std::time::Duration;

use qura_domain::language::Language;
use qura_domain::text::{EntityKind, RichText};
use qura_domain::timezone::Timezone;
use serde::{Deserialize, Serialize};

use crate::date::LocalTime;
use crate::plural::PluralForm;
use crate::writer::Writer;

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

impl Msg {
    /// The message with its formatting, for the text of a message or a caption.
    pub fn rich(&self, language: Language) -> RichText {
        let mut out = Writer::new(language);
        self.write(&mut out);
        out.finish()
    }

    /// The message without formatting, for what Telegram does not format: buttons, alerts, commands.
    pub fn plain(&self, language: Language) -> String {
        self.rich(language).into_parts().0
    }
}
