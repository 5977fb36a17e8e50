//! Turns a request into the call that it is: method, body, and what will come back.

use qura_domain::ids::MessageId;
use qura_domain::template::{MediaKind, Template};
use qura_domain::text::RichText;
use qura_ports::random::Random;
use qura_ports::telegram::{InlineContent, InlineResult, Request};
use serde::Serialize;

use crate::client::{Body, File};
use crate::wire;

/// Most results in an answer (Bot API, `answerInlineQuery`).
const MOST_RESULTS: usize = 50;

/// A call that is ready to be made, also several times.
pub struct Parcel {
    pub method: &'static str,
    pub body: Body,
    pub back: Back,
}

/// What a successful call gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// A `Message` that did not exist before.
    Sent,
    /// This message, changed.
    Edited(MessageId),
    Nothing,
}

/// Why a request cannot be a call. Telegram would refuse it too.
#[derive(Debug, thiserror::Error)]
pub enum Unsendable {
    #[error("a caption of {0} characters is more than {limit}", limit = Template::CAPTION_LIMIT)]
    LongCaption(usize),
    #[error("{0} results are more than {MOST_RESULTS}")]
    ManyResults(usize),
    #[error("the parameters cannot be written: {0}")]
    Parameters(#[from] serde_json::Error),
}

impl Parcel {
    pub fn pack(request: &Request, random: &dyn Random) -> Result<Self, Unsendable> {
        check(request)?;
        Ok(Self { method: method(request), body: body(request, random)?, back: back(request) })
    }
}

/// The name of the request's method in the Bot API.
pub fn method(request: &Request) -> &'static str {
    match request {
        Request::SendText { .. } => "sendMessage",
        Request::SendMedia { media, .. } => match media.kind {
            MediaKind::Photo => "sendPhoto",
            MediaKind::Video => "sendVideo",
            MediaKind::Animation => "sendAnimation",
        },
        Request::SendPicture { .. } => "sendPhoto",
        Request::SendFile { .. } => "sendDocument",
        Request::EditText { .. } => "editMessageText",
        Request::EditCaption { .. } => "editMessageCaption",
        Request::EditPicture { .. } => "editMessageMedia",
        Request::EditKeyboard { .. } => "editMessageReplyMarkup",
        Request::DeleteMessage { .. } => "deleteMessage",
        Request::AnswerCallback { .. } => "answerCallbackQuery",
        Request::AnswerInline { .. } => "answerInlineQuery",
        Request::AnswerCheckout { .. } => "answerPreCheckoutQuery",
        Request::SetCommands { .. } => "setMyCommands",
    }
}

fn back(request: &Request) -> Back {
    match request {
        Request::SendText { .. }
        | Request::SendMedia { .. }
        | Request::SendPicture { .. }
        | Request::SendFile { .. } => Back::Sent,
        Request::EditText { message, .. }
        | Request::EditCaption { message, .. }
        | Request::EditPicture { message, .. }
        | Request::EditKeyboard { message, .. } => Back::Edited(*message),
        Request::DeleteMessage { .. }
        | Request::AnswerCallback { .. }
        | Request::AnswerInline { .. }
        | Request::AnswerCheckout { .. }
        | Request::SetCommands { .. } => Back::Nothing,
    }
}

/// Limits whose crossing is a mistake of the caller's, told before Telegram is asked.
fn check(request: &Request) -> Result<(), Unsendable> {
    match request {
        Request::SendMedia { caption, .. }
        | Request::SendPicture { caption, .. }
        | Request::SendFile { caption, .. }
        | Request::EditCaption { caption, .. }
        | Request::EditPicture { caption, .. } => check_caption(caption),
        Request::AnswerInline { results, .. } if results.len() > MOST_RESULTS => {
            Err(Unsendable::ManyResults(results.len()))
        }
        Request::AnswerInline { results, .. } => results.iter().try_for_each(check_result),
        _ => Ok(()),
    }
}

fn check_result(result: &InlineResult) -> Result<(), Unsendable> {
    match &result.content {
        InlineContent::Media(_, caption) => check_caption(caption),
        InlineContent::Text(_) => Ok(()),
    }
}

fn check_caption(caption: &RichText) -> Result<(), Unsendable> {
    let length = caption.chars();
    if length > Template::CAPTION_LIMIT { Err(Unsendable::LongCaption(length)) } else { Ok(()) }
}

fn body(request: &Request, random: &dyn Random) -> Result<Body, serde_json::Error> {
    match request {
        Request::SendText { chat, text, markup, reply_to } => {
            Body::json(&wire::SendMessage::new(*chat, text, markup, *reply_to))
        }
        Request::SendMedia { chat, media, caption, markup, reply_to } => {
            Body::json(&wire::SendFile::known(*chat, media, caption, markup, *reply_to))
        }
        Request::SendPicture { chat, picture, caption, keyboard } => {
            form(&wire::SendFile::uploaded(*chat, caption, keyboard), &png("photo", picture), random)
        }
        Request::SendFile { chat, name, content, caption, keyboard } => {
            let file = File { part: "document", name, content_type: "application/octet-stream", content };
            form(&wire::SendFile::uploaded(*chat, caption, keyboard), &file, random)
        }
        Request::EditText { chat, message, text, keyboard } => {
            Body::json(&wire::EditMessageText::new(*chat, *message, text, keyboard))
        }
        Request::EditCaption { chat, message, caption, keyboard } => {
            Body::json(&wire::EditMessageCaption::new(*chat, *message, caption, keyboard))
        }
        Request::EditPicture { chat, message, picture, caption, keyboard } => {
            let parameters = wire::EditMessageMedia::new(*chat, *message, caption, keyboard);
            form(&parameters, &png(wire::EditMessageMedia::PART, picture), random)
        }
        Request::EditKeyboard { chat, message, keyboard } => {
            Body::json(&wire::EditMessageReplyMarkup::new(*chat, *message, keyboard))
        }
        Request::DeleteMessage { chat, message } => {
            Body::json(&wire::DeleteMessage { chat_id: *chat, message_id: *message })
        }
        Request::AnswerCallback { id, text, alert, url } => Body::json(&wire::AnswerCallbackQuery {
            callback_query_id: id,
            text,
            show_alert: *alert,
            url: url.as_deref(),
        }),
        Request::AnswerInline { id, results, cache, personal, next_offset } => {
            Body::json(&wire::AnswerInlineQuery::new(id, results, *cache, *personal, next_offset))
        }
        Request::AnswerCheckout { id, refusal } => Body::json(&wire::AnswerPreCheckoutQuery {
            pre_checkout_query_id: id,
            ok: refusal.is_none(),
            error_message: refusal.as_deref(),
        }),
        Request::SetCommands { chat, language, commands } => Body::json(&wire::SetMyCommands {
            commands: commands
                .iter()
                .map(|(command, description)| wire::BotCommand { command, description })
                .collect(),
            scope: chat.map(|chat_id| wire::CommandScope::Chat { chat_id }),
            language_code: language.as_deref(),
        }),
    }
}

fn png<'a>(part: &'a str, picture: &'a [u8]) -> File<'a> {
    File { part, name: "picture.png", content_type: "image/png", content: picture }
}

fn form(
    parameters: &impl Serialize,
    file: &File<'_>,
    random: &dyn Random,
) -> Result<Body, serde_json::Error> {
    let mut chance = [0; 16];
    random.fill(&mut chance);
    Body::form(parameters, file, chance)
}
