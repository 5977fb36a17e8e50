//! The bot's own account: getMe, commands, names, descriptions, webhook state.

use serde_json::{Map, Value, json};

use super::{Answer, Call};
use crate::bot_api::refusal::Refusal;
use crate::json::Put;
use crate::world::World;
use crate::world::bot::Bot;

pub fn run(world: &mut World, call: &Call) -> Answer {
    let bot = world.bots.get_mut(&call.bot).ok_or_else(Refusal::unauthorized)?;
    match call.method.as_str() {
        "getMe" => Ok(me(bot)),
        "getWebhookInfo" => Ok(webhook_info(bot)),
        // Nothing is ever sent there; but who has one cannot poll.
        "setWebhook" => {
            bot.webhook = call.text("url").unwrap_or_default().to_owned();
            Ok(json!(true))
        }
        "deleteWebhook" => {
            bot.webhook.clear();
            Ok(json!(true))
        }
        "setMyCommands" => set_commands(bot, call),
        "getMyCommands" => Ok(bot.commands.get(&scope(call)).cloned().unwrap_or_else(|| json!([]))),
        "deleteMyCommands" => {
            bot.commands.remove(&scope(call));
            Ok(json!(true))
        }
        "setMyName" => set(bot, call, "name", 64),
        "setMyDescription" => set(bot, call, "description", 512),
        "setMyShortDescription" => set(bot, call, "short_description", 120),
        "getMyName" => Ok(json!({"name": get(bot, call, "name").unwrap_or_else(|| bot.name.clone())})),
        "getMyDescription" => Ok(json!({"description": get(bot, call, "description").unwrap_or_default()})),
        "getMyShortDescription" => {
            Ok(json!({"short_description": get(bot, call, "short_description").unwrap_or_default()}))
        }
        "setChatMenuButton" | "setMyDefaultAdministratorRights" => Ok(json!(true)),
        "getChatMenuButton" => Ok(json!({"type": "commands"})),
        method => Err(Refusal::not_implemented(method)),
    }
}

fn me(bot: &Bot) -> Value {
    let mut me = bot.user_json();
    for (field, value) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", !bot.privacy),
        ("supports_inline_queries", bot.inline),
        ("supports_guest_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
        ("has_topics_enabled", false),
        ("allows_users_to_create_topics", false),
        ("can_manage_bots", false),
        ("supports_join_request_queries", false),
    ] {
        me.put(field, value);
    }
    me
}

fn webhook_info(bot: &Bot) -> Value {
    let mut info = json!({"url": bot.webhook, "has_custom_certificate": false, "pending_update_count": bot.updates.len()});
    if let Some(allowed) = bot.updates.allowed() {
        info.put("allowed_updates", allowed);
    }
    info
}

fn scope(call: &Call) -> String {
    let scope = call.params.get("scope").cloned().unwrap_or_else(|| json!({"type": "default"}));
    format!("{scope}|{}", call.text("language_code").unwrap_or_default())
}

fn set_commands(bot: &mut Bot, call: &Call) -> Answer {
    let commands = call.list("commands");
    if commands.len() > 100 {
        return Err(Refusal::bad_request("too many bot commands specified"));
    }
    let mut known: Vec<Map<String, Value>> = Vec::new();
    for command in commands {
        let text = |name: &str| command.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = text("command").strip_prefix('/').unwrap_or(text("command"));
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !(1..=32).contains(&name.len()) || !name.chars().all(fits) {
            return Err(Refusal::bad_request("BOT_COMMAND_INVALID"));
        }
        if !(1..=256).contains(&text("description").chars().count()) {
            return Err(Refusal::bad_request("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
        let mut command = command.as_object().cloned().unwrap_or_default();
        command.insert("command".into(), json!(name));
        known.push(command);
    }
    bot.commands.insert(scope(call), json!(known));
    Ok(json!(true))
}

fn set(bot: &mut Bot, call: &Call, field: &str, limit: usize) -> Answer {
    let text = call.text(field).unwrap_or_default();
    if text.chars().count() > limit {
        return Err(Refusal::bad_request(format!("{field} is too long")));
    }
    bot.profile.insert(key(call, field), text.to_owned());
    Ok(json!(true))
}

fn get(bot: &Bot, call: &Call, field: &str) -> Option<String> {
    bot.profile.get(&key(call, field)).filter(|text| !text.is_empty()).cloned()
}

fn key(call: &Call, field: &str) -> String {
    format!("{field}|{}", call.text("language_code").unwrap_or_default())
}
