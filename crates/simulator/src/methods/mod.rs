//! The Bot API's methods: what each does to the world.

mod access;
mod answer;
mod call;
mod chats;
mod checkout;
mod copy;
mod delete;
mod edit;
mod invites;
mod media;
mod moderation;
mod profile;
mod send;

pub use answer::{RESULT_FILES, is_payload};
pub use call::{Call, Upload};

use serde_json::{Value, json};

use crate::bot_api::refusal::Refusal;
use crate::world::World;

pub type Answer = Result<Value, Refusal>;

/// Whether a method is a message or an edit, which flood control counts.
pub fn is_limited(method: &str) -> bool {
    let sends = method.starts_with("send") && method != "sendChatAction";
    let repeats = ["copyMessage", "copyMessages", "forwardMessage", "forwardMessages"].contains(&method);
    sends || repeats || method.starts_with("editMessage")
}

/// Does a call whose parameters fit the schema. `getUpdates` is not here: it waits.
pub fn run(world: &mut World, call: &Call) -> Answer {
    match call.method.as_str() {
        "sendMessage" => send::message(world, call),
        "sendPhoto" | "sendVideo" | "sendAnimation" | "sendDocument" => send::media(world, call),
        "sendChatAction" => send::chat_action(world, call),
        "editMessageText" => edit::text(world, call),
        "editMessageCaption" => edit::caption(world, call),
        "editMessageReplyMarkup" => edit::reply_markup(world, call),
        "editMessageMedia" => edit::media(world, call),
        "deleteMessage" => delete::one(world, call),
        "deleteMessages" => delete::many(world, call),
        "copyMessage" => copy::copy(world, call),
        "forwardMessage" => copy::forward(world, call),
        "pinChatMessage" => moderation::pin(world, call),
        "unpinChatMessage" => moderation::unpin(world, call),
        "banChatMember" => moderation::ban(world, call),
        "unbanChatMember" => moderation::unban(world, call),
        "leaveChat" => moderation::leave(world, call),
        "answerCallbackQuery" => answer::callback_query(world, call),
        "answerInlineQuery" => answer::inline_query(world, call),
        "answerPreCheckoutQuery" => checkout::answer(world, call),
        "getChat" => chats::chat(world, call),
        "getChatMember" => chats::member(world, call),
        "getChatMemberCount" => chats::member_count(world, call),
        "getChatAdministrators" => chats::administrators(world, call),
        "getUserChatBoosts" => chats::boosts(world, call),
        "createChatInviteLink" => invites::create(world, call),
        "exportChatInviteLink" => invites::export(world, call),
        "revokeChatInviteLink" => invites::revoke(world, call),
        "approveChatJoinRequest" => invites::decide(world, call, true),
        "declineChatJoinRequest" => invites::decide(world, call, false),
        "getFile" => media::file(world, call),
        "getUserProfilePhotos" => Ok(json!({"total_count": 0, "photos": []})),
        "logOut" | "close" => Ok(json!(true)),
        _ => profile::run(world, call),
    }
}
