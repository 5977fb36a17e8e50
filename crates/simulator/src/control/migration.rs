//! A basic group becomes a supergroup.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::json;

use super::body::{Problem, Reply};
use crate::server::App;
use crate::world::chat::{Chat, ChatKind};
use crate::world::member::Status;
use crate::world::place::Place;

pub async fn migrate(State(app): State<App>, Path(id): Path<i64>) -> Reply {
    let mut world = app.world();
    let old = world.chats.get(&id).filter(|chat| chat.kind == ChatKind::Group && chat.migrated_to.is_none());
    let old = old.ok_or_else(|| Problem::bad("not a basic group"))?;
    let (owner, title) = (old.owner, old.title.clone());
    let (members, present) = (old.members.clone(), old.present);
    let new_id = world.new_chat_id(ChatKind::Supergroup);
    let mut new = Chat::new(new_id, ChatKind::Supergroup, title, owner);
    new.members = members.into_iter().filter(|(_, status)| *status != Status::Left).collect();
    new.present = present;
    new.migrated_from = Some(id);
    world.put_chat(new);
    world.post_service(Place::Chat(id), owner, "migrate_to_chat_id", json!(new_id));
    world.post_service(Place::Chat(new_id), owner, "migrate_from_chat_id", json!(id));
    if let Some(old) = world.chats.get_mut(&id) {
        old.migrated_to = Some(new_id);
    }
    world.chat_changed(id);
    Ok(Json(json!({"id": new_id})))
}
