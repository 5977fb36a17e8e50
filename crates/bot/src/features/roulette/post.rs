//! The public post of a lottery: its text and its three buttons, and what a press under it does.

use qura_domain::code::Code;
use qura_domain::lottery::Lottery;
use qura_domain::text::RichText;
use qura_i18n::Msg;
use qura_ports::telegram::{Button, ButtonAction, Keyboard};

use crate::callback::{CallbackData, callback_data};
use qura_domain::language::Language;

callback_data! {
    /// Buttons under the post, which anybody may press.
    pub enum RoulettePostButton in "post" {
        /// «عدد المشتركين»
        Count { code: Code } = "count",
        /// «الاشتراك في السحب»
        Join { code: Code } = "join",
    }
}

/// What the post says.
pub fn text(lottery: &Lottery) -> RichText {
    lottery.template.text().clone()
}

/// What stands under it.
pub fn keyboard(lottery: &Lottery, count: u64, language: Language) -> Keyboard {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let button = |label: Msg, data: RoulettePostButton| {
        vec![Button { label: label.plain(language), action: ButtonAction::Callback(data.pack()) }]
    };
    let code = lottery.code.clone();
    Keyboard(vec![
        button(Msg::PostCount { count }, RoulettePostButton::Count { code: code.clone() }),
        button(Msg::PostJoin, RoulettePostButton::Join { code }),
    ])
}
