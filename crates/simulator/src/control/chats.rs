//! Making and changing groups and channels; boosts.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::json;

use super::body::{Body, Params, Problem, Reply};
use super::people::present;
use crate::server::App;
use crate::world::World;
use crate::world::chat::{Chat, ChatKind};
use crate::world::member::{Cause, Status};
use crate::world::place::Place;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewChat {
    id: Option<i64>,
    kind: String,
    title: String,
    username: Option<String>,
    owner: i64,
    linked_chat: Option<i64>,
    join_by_request: Option<bool>,
    private: Option<bool>,
}

pub async fn add(State(app): State<App>, Body(new): Body<NewChat>) -> Reply {
    let mut world = app.world();
    world.must_be_person(new.owner)?;
    let kind =
        ChatKind::parse(&new.kind).ok_or_else(|| Problem::bad("kind is group, supergroup or channel"))?;
    let username = new.username.filter(|_| new.private != Some(true));
    if username.is_some() && kind == ChatKind::Group {
        return Err(Problem::bad("a basic group has no username"));
    }
    if username.as_ref().is_some_and(|name| world.usernames.contains_key(&name.to_lowercase())) {
        return Err(Problem::bad("the username is taken"));
    }
    let id = new.id.unwrap_or_else(|| world.new_chat_id(kind));
    if id >= 0 || world.chats.contains_key(&id) {
        return Err(Problem::bad(format!("the id {id} does not fit or is taken")));
    }
    let mut chat = Chat::new(id, kind, new.title, new.owner);
    chat.username = username;
    chat.join_by_request = new.join_by_request.unwrap_or(false);
    world.put_chat(chat);
    if let Some(other) = new.linked_chat {
        let (channel, group) = if kind == ChatKind::Channel { (id, other) } else { (other, id) };
        world.link(channel, Some(group))?;
    }
    Ok(Json(json!({"id": id})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Viewer {
    viewer: Option<i64>,
}

pub async fn list(State(app): State<App>, Params(params): Params<Viewer>) -> Reply {
    let world = app.world();
    let seen = |id: i64| params.viewer.is_none_or(|viewer| world.can_see(viewer, Place::Chat(id)));
    let mut ids: Vec<i64> = world.chats.values().filter(|chat| !chat.deleted).map(|chat| chat.id).collect();
    ids.retain(|id| seen(*id));
    ids.sort_unstable_by(|a, b| b.cmp(a));
    let views: Vec<_> = ids.into_iter().map(|id| world.chat_view(id, params.viewer)).collect();
    Ok(Json(json!({"chats": views})))
}

pub async fn one(State(app): State<App>, Path(id): Path<i64>, Params(params): Params<Viewer>) -> Reply {
    let world = app.world();
    world.must_be_chat(id)?;
    Ok(Json(world.chat_view(id, params.viewer)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangedChat {
    title: Option<String>,
    #[serde(default, deserialize_with = "present")]
    username: Option<Option<String>>,
    join_by_request: Option<bool>,
}

pub async fn change(State(app): State<App>, Path(id): Path<i64>, Body(new): Body<ChangedChat>) -> Reply {
    let mut world = app.world();
    world.must_be_chat(id)?;
    if let Some(username) = new.username {
        let old =
            world.chats.get_mut(&id).and_then(|chat| std::mem::replace(&mut chat.username, username.clone()));
        if let Some(old) = old {
            world.usernames.remove(&old.to_lowercase());
        }
        if let Some(username) = username {
            world.usernames.insert(username.to_lowercase(), id);
        }
    }
    if let Some(chat) = world.chats.get_mut(&id) {
        chat.join_by_request = new.join_by_request.unwrap_or(chat.join_by_request);
        if let Some(title) = &new.title {
            chat.title.clone_from(title);
        }
    }
    if let Some(title) = new.title {
        let owner = world.chats.get(&id).map_or(0, |chat| chat.owner);
        world.post_service(Place::Chat(id), owner, "new_chat_title", json!(title));
    }
    world.chat_changed(id);
    Ok(Json(world.chat_view(id, None)))
}

pub async fn remove(State(app): State<App>, Path(id): Path<i64>) -> Reply {
    let mut world = app.world();
    let chat = world.chats.get_mut(&id).ok_or_else(|| Problem::not_found("no such chat"))?;
    chat.deleted = true;
    let (owner, username) = (chat.owner, chat.username.take());
    if let Some(username) = username {
        world.usernames.remove(&username.to_lowercase());
    }
    let bots: Vec<i64> =
        world.bots.keys().copied().filter(|bot| world.status(id, *bot).is_present()).collect();
    for bot in bots {
        world.set_status(id, bot, Status::Left, owner, Cause::default());
    }
    world.chat_changed(id);
    Ok(Json(json!({"deleted": true})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    group: Option<i64>,
}

pub async fn link(State(app): State<App>, Path(id): Path<i64>, Body(link): Body<Link>) -> Reply {
    let mut world = app.world();
    world.link(id, link.group)?;
    Ok(Json(json!({"linked_chat": link.group})))
}

impl World {
    /// Links a channel with its discussion group, in the place of the one that it had.
    fn link(&mut self, channel: i64, group: Option<i64>) -> Result<(), Problem> {
        let kind = |id: i64| self.chats.get(&id).map(|chat| chat.kind);
        if kind(channel) != Some(ChatKind::Channel) {
            return Err(Problem::bad("not a channel"));
        }
        if group.is_some_and(|group| kind(group) != Some(ChatKind::Supergroup)) {
            return Err(Problem::bad("a discussion group is a supergroup"));
        }
        for chat in self.chats.values_mut() {
            let part = chat.id == channel || Some(chat.id) == group;
            if part || chat.linked_chat == Some(channel) || (group.is_some() && chat.linked_chat == group) {
                chat.linked_chat = None;
            }
        }
        if let Some(group) = group {
            for (one, other) in [(channel, group), (group, channel)] {
                if let Some(chat) = self.chats.get_mut(&one) {
                    chat.linked_chat = Some(other);
                }
            }
            self.chat_changed(group);
        }
        self.chat_changed(channel);
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewBoost {
    user: i64,
    days: Option<i64>,
}

pub async fn boost(State(app): State<App>, Path(id): Path<i64>, Body(new): Body<NewBoost>) -> Reply {
    let mut world = app.world();
    world.must_be_person(new.user)?;
    let boost = world.add_boost(id, new.user, new.days.unwrap_or(30));
    let boost = boost.ok_or_else(|| Problem::not_found("no such chat"))?;
    Ok(Json(json!({"boost_id": boost})))
}

pub async fn unboost(State(app): State<App>, Path((id, boost)): Path<(i64, String)>) -> Reply {
    match app.world().remove_boost(id, &boost) {
        true => Ok(Json(json!({"removed": true}))),
        false => Err(Problem::not_found("no such boost")),
    }
}
