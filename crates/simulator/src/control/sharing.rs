//! The native chat picker: a button of the reply keyboard asks for a chat, the person shares one.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::{Body, Params, Problem, Reply};
use crate::json::Put;
use crate::server::App;
use crate::world::World;
use crate::world::member::{Cause, Status};
use crate::world::message::{Message, Sender};
use crate::world::place::Place;
use crate::world::rights::Rights;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    bot: Option<Value>,
    request_id: Option<i64>,
    chat: i64,
}

pub async fn share_chat(State(app): State<App>, Path(person): Path<i64>, Body(share): Body<Share>) -> Reply {
    let mut world = app.world();
    world.must_be_person(person)?;
    let bot = world.named_bot(share.bot.as_ref())?;
    let request = world.pending_request(person, bot, share.request_id)?;
    world.fits(person, bot, share.chat, &request).map_err(Problem::bad)?;
    world.admit_bot(person, bot, share.chat, &request);
    let number = request.get("request_id").and_then(Value::as_i64);
    let mut shared = json!({"request_id": number, "chat_id": share.chat});
    let asked = |name: &str| request.get(name).and_then(Value::as_bool) == Some(true);
    if let Some(chat) = world.chats.get(&share.chat) {
        if asked("request_title") {
            shared.put("title", chat.title.as_str());
        }
        if let Some(username) = chat.username.as_ref().filter(|_| asked("request_username")) {
            shared.put("username", username.as_str());
        }
    }
    let place = Place::Private { bot, person };
    let mut message = Message::new(place, Sender::User(person), person);
    message.service = Some(("chat_shared".into(), shared));
    let talk = world.talk_mut(place);
    let one_time = |markup: &Value| markup.get("one_time_keyboard").and_then(Value::as_bool) == Some(true);
    if talk.reply_keyboard.as_ref().is_some_and(|keyboard| one_time(&keyboard.markup)) {
        talk.reply_keyboard = None;
    }
    let id = world.post(message);
    Ok(Json(json!({"message": id, "seq": world.seq()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pickable {
    bot: Option<String>,
    request_id: Option<i64>,
}

pub async fn pickable(
    State(app): State<App>,
    Path(person): Path<i64>,
    Params(params): Params<Pickable>,
) -> Reply {
    let world = app.world();
    world.must_be_person(person)?;
    let bot = params.bot.map(Value::from);
    let bot = world.named_bot(bot.as_ref())?;
    let request = world.pending_request(person, bot, params.request_id)?;
    let mut ids: Vec<i64> = world.chats.keys().copied().collect();
    ids.retain(|id| world.fits(person, bot, *id, &request).is_ok());
    ids.sort_unstable_by(|a, b| b.cmp(a));
    let views: Vec<Value> = ids.into_iter().map(|id| world.chat_view(id, Some(person))).collect();
    Ok(Json(json!({"chats": views})))
}

impl World {
    /// The `KeyboardButtonRequestChat` on the person's current reply keyboard.
    fn pending_request(&self, person: i64, bot: i64, request_id: Option<i64>) -> Result<Value, Problem> {
        let keyboard =
            self.talks.get(&Place::Private { bot, person }).and_then(|talk| talk.reply_keyboard.as_ref());
        let keyboard = keyboard.ok_or_else(|| Problem::bad("there is no reply keyboard"))?;
        let mut requests =
            keyboard.buttons().filter_map(|button| button.get("request_chat")).filter(|request| {
                request_id.is_none() || request.get("request_id").and_then(Value::as_i64) == request_id
            });
        match (requests.next(), requests.next()) {
            (Some(request), None) => Ok(request.clone()),
            (Some(_), Some(_)) => Err(Problem::bad("several buttons ask for a chat: name the request_id")),
            _ => Err(Problem::bad("no button asks for a chat by this request_id")),
        }
    }

    /// Whether the picker would offer this chat.
    fn fits(&self, person: i64, bot: i64, id: i64, request: &Value) -> Result<(), &'static str> {
        let chat = self.chats.get(&id).filter(|chat| !chat.deleted && chat.migrated_to.is_none());
        let chat = chat.ok_or("no such chat")?;
        let flag = |name: &str| request.get(name).and_then(Value::as_bool);
        if flag("chat_is_channel") != Some(chat.is_channel()) {
            return Err("the button asks for another kind of chat");
        }
        if flag("chat_is_forum") == Some(true) {
            return Err("the button asks for a forum");
        }
        if flag("chat_has_username").is_some_and(|wanted| wanted != chat.username.is_some()) {
            return Err("the button asks for a chat with or without a username");
        }
        if flag("chat_is_created") == Some(true) && chat.owner != person {
            return Err("the button asks for a chat of this person's own");
        }
        let status = self.status(id, person);
        if !status.is_present() {
            return Err("this person is not in the chat");
        }
        if let Some(rights) = request.get("user_administrator_rights")
            && !status.has_all(Rights::from_object(rights))
        {
            return Err("this person lacks rights that the button asks for");
        }
        let bot_status = self.status(id, bot);
        let wanted = request.get("bot_administrator_rights").map(Rights::from_object);
        let must_be_added = flag("bot_is_member") == Some(true) && !bot_status.is_present();
        let must_be_promoted = wanted.is_some_and(|rights| !bot_status.has_all(rights));
        if must_be_promoted && !status.has("can_promote_members") {
            return Err("this person cannot promote the bot there");
        }
        if must_be_added && !must_be_promoted && !status.is_administrator() && chat.is_channel() {
            return Err("this person cannot add the bot there");
        }
        Ok(())
    }

    /// Adds and promotes the bot as the button asks.
    fn admit_bot(&mut self, person: i64, bot: i64, chat: i64, request: &Value) {
        let status = self.status(chat, bot);
        let wanted = request.get("bot_administrator_rights").map(Rights::from_object);
        let member = request.get("bot_is_member").and_then(Value::as_bool) == Some(true);
        match wanted {
            Some(rights) if !status.has_all(rights) || !status.is_administrator() => {
                let held = if let Status::Administrator(held) = status { held } else { Rights::default() };
                let rights = rights.union(held).with("can_manage_chat");
                self.set_status(chat, bot, Status::Administrator(rights), person, Cause::default());
            }
            None if member && !status.is_present() => {
                self.set_status(chat, bot, Status::Member, person, Cause::default());
            }
            _ => {}
        }
    }
}
