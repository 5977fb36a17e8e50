//! The commands in Telegram's own menu.

use qura_domain::ids::UserId;
use qura_domain::language::Language;
use qura_i18n::Msg;
use qura_ports::telegram::{Lane, Messenger, Request, TelegramError};

/// Tells Telegram which commands there are: for everyone in the default language, for Telegrams in
/// each language, and for each operator with `/admin`.
///
/// An operator who never wrote to the bot has no chat with it yet: that is no error.
pub async fn publish(
    messenger: &dyn Messenger,
    operators: &[UserId],
    default: Language,
) -> Result<(), TelegramError> {
    let send = async |chat, language: Option<Language>, words| {
        let language = language.map(|language| language.code().to_owned());
        let request = Request::SetCommands { chat, language, commands: words };
        messenger.send(Lane::Interactive, request).await
    };
    send(None, None, commands(default, false)).await?;
    for language in Language::ALL {
        send(None, Some(language), commands(language, false)).await?;
    }
    for operator in operators {
        match send(Some(operator.chat()), None, commands(default, true)).await {
            Ok(_) => {}
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                tracing::info!(%error, operator = operator.get(), "an operator has no chat with the bot yet")
            }
        }
    }
    Ok(())
}

fn commands(language: Language, operator: bool) -> Vec<(String, String)> {
    let mut commands = vec![
        ("start", Msg::CommandStart),
        ("help", Msg::CommandHelp),
        ("cancel", Msg::CommandCancel),
        ("my", Msg::CommandMy),
        ("settings", Msg::CommandSettings),
        ("paysupport", Msg::CommandPaysupport),
        ("privacy", Msg::CommandPrivacy),
        ("terms", Msg::CommandTerms),
    ];
    if operator {
        commands.push(("admin", Msg::CommandAdmin));
    }
    commands.into_iter().map(|(name, text)| (name.to_owned(), text.plain(language))).collect()
}
