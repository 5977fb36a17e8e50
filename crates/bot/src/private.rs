//! Messages in the private chat: commands, answers to wizards, and anything else.

use qura_app::ingest::HandleError;
use qura_app::subscription::Freshness;
use qura_domain::gate::Verdict;
use qura_domain::language::Language;
use qura_domain::link::DeepLink;
use qura_domain::person::Person;
use qura_i18n::Msg;
use qura_ports::telegram::Message;

use crate::context::{Context, Outcome};
use crate::features::gate::{self, GateScreen};
use crate::features::info::InfoScreen;
use crate::features::joining::Way;
use crate::features::menu::{self, MenuScreen};
use crate::features::mine::MineScreen;
use crate::features::settings::SettingsScreen;
use crate::features::{Screen, admin, draw};
use crate::reply::Reply;
use crate::wizard;

/// A message that begins with a slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Command<'a> {
    name: &'a str,
    /// What follows the name.
    rest: &'a str,
}

impl<'a> Command<'a> {
    /// `/name rest` or `/name@bot rest`.
    fn parse(text: &'a str) -> Option<Self> {
        let line = text.trim().strip_prefix('/')?;
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let name = word.split('@').next()?;
        let known = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        known.then_some(Self { name, rest: rest.trim() })
    }
}

/// Somebody sent something in private.
pub async fn message(cx: Context<'_>, message: &Message) -> Result<Outcome, HandleError> {
    let Some(person) = message.from.as_ref().filter(|person| !person.is_bot) else {
        return Ok(cx.say(Vec::new()));
    };
    let command = Command::parse(message.text.text());
    // Never gated (flows 1.1).
    let open_to_all = match command.map(|c| c.name) {
        Some("paysupport") => Some(InfoScreen::PaySupport),
        Some("privacy") => Some(InfoScreen::Privacy),
        Some("terms") => Some(InfoScreen::Terms),
        _ => None,
    };
    if let Some(screen) = open_to_all {
        return Ok(cx.say(vec![Reply::show(person.id, screen)]));
    }
    let payload = command.filter(|c| c.name == "start" && !c.rest.is_empty()).map(|c| c.rest);
    let (link, way) = (payload.map(DeepLink::parse), Way::new(person.id));
    if let Some(Some(DeepLink::Win(code))) = &link {
        return draw::came_to_confirm(cx, person, code, &way).await;
    }
    if let Verdict::Subscribe(missing) = gate::check(cx, person.id, Freshness::Cached).await? {
        return Ok(cx.say(vec![Reply::show(person.id, GateScreen::of(missing, payload))]));
    }
    // Before anything is read: /start is what crowds do.
    if command.is_some_and(|c| c.name == "start") {
        return menu::arrived(cx, person, link, way).await;
    }
    match cx.services.people.get(person.id).await? {
        None => menu::arrived(cx, person, None, way).await,
        Some(record) if record.banned => Ok(cx.say(vec![Reply::show(person.id, InfoScreen::Banned)])),
        Some(_) => known(cx, person, command, message).await,
    }
}

/// A message of somebody who passed the gate before.
async fn known(
    cx: Context<'_>,
    person: &Person,
    command: Option<Command<'_>>,
    message: &Message,
) -> Result<Outcome, HandleError> {
    let show = |screen: Screen| vec![Reply::show(person.id, screen)];
    match command.map(|c| c.name) {
        Some("help") => Ok(cx.say(show(InfoScreen::Help.into()))),
        Some("my") => wizard::leave(cx, person.id, show(MineScreen::Home.into())).await,
        Some("settings") => wizard::leave(cx, person.id, show(SettingsScreen::Home.into())).await,
        Some("cancel") => wizard::cancel(cx, person).await,
        Some("admin") if cx.services.people.is_operator(person.id) => admin::opened(cx, person).await,
        Some("admin") => Ok(cx.say(show(MenuScreen::with(person, Msg::AlertOperatorsOnly).into()))),
        // The button below the chat sends its own label.
        _ if is_cancel(message.text.text()) => wizard::cancel(cx, person).await,
        _ => match wizard::typed(cx, person, message).await? {
            Some(outcome) => Ok(outcome),
            None => Ok(cx.say(show(MenuScreen::with(person, Msg::InputUnknown).into()))),
        },
    }
}

fn is_cancel(text: &str) -> bool {
    Language::ALL.iter().any(|language| Msg::NavCancel.plain(*language) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_with_their_rest() {
        let read = |text| Command::parse(text).map(|c| (c.name, c.rest));
        assert_eq!(read("/start"), Some(("start", "")));
        assert_eq!(read(" /start@qura_bot  join_AbCd1234 "), Some(("start", "join_AbCd1234")));
        assert_eq!(read("/settings\nالآن"), Some(("settings", "الآن")));
        for text in ["", "start", "/", "/ start", "/ابدأ", "مرحبا /start"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
