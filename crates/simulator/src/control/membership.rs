//! Joining, leaving, promoting, blocking.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::{Body, Problem, Reply};
use crate::json::Put;
use crate::server::App;
use crate::world::World;
use crate::world::chat::JoinRequest;
use crate::world::member::{Cause, Status};
use crate::world::place::Place;
use crate::world::rights::Rights;
use crate::world::updates::Kind;

pub async fn list(State(app): State<App>, Path(id): Path<i64>) -> Reply {
    let world = app.world();
    let chat = world.chats.get(&id).ok_or_else(|| Problem::not_found("no such chat"))?;
    let mut members: Vec<(i64, Status)> =
        chat.members.iter().map(|(user, status)| (*user, *status)).collect();
    members.sort_by_key(|(user, _)| *user);
    let members = members.into_iter().map(|(user, status)| {
        let rights = match status {
            Status::Administrator(rights) => rights.names(),
            Status::Creator => Rights::all(chat.is_channel()).names(),
            _ => Vec::new(),
        };
        json!({
            "user": user, "name": world.user_name(user), "is_bot": world.bots.contains_key(&user),
            "status": status.word(), "rights": rights,
        })
    });
    let requests = chat.requests.iter().map(|request| json!({"user": request.user, "date": request.date}));
    Ok(Json(json!({"members": members.collect::<Vec<_>>(), "requests": requests.collect::<Vec<_>>()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetMember {
    user: Value,
    status: String,
    rights: Option<Vec<String>>,
    by: Option<i64>,
    until: Option<i64>,
}

pub async fn set(State(app): State<App>, Path(id): Path<i64>, Body(set): Body<SetMember>) -> Reply {
    let mut world = app.world();
    let user = match &set.user {
        Value::String(name) => world.usernames.get(&name.trim_start_matches('@').to_lowercase()).copied(),
        id => id.as_i64(),
    };
    let known = user.filter(|user| world.people.contains_key(user) || world.bots.contains_key(user));
    let user = known.ok_or_else(|| Problem::bad("no such person or bot"))?;
    let chat = world.chats.get(&id).ok_or_else(|| Problem::not_found("no such chat"))?;
    let rights = match &set.rights {
        Some(names) => Rights::from_names(names.iter().map(String::as_str))
            .map_err(|name| Problem::bad(format!("unknown right {name}")))?,
        None => Rights::all(chat.is_channel()),
    };
    let status = match set.status.as_str() {
        "administrator" => Status::Administrator(rights),
        "member" => Status::Member,
        "restricted" => Status::Restricted { is_member: true },
        "restricted_outside" => Status::Restricted { is_member: false },
        "left" => Status::Left,
        "kicked" => Status::Kicked { until: set.until.unwrap_or(0) },
        other => return Err(Problem::bad(format!("unknown status {other}"))),
    };
    if user == chat.owner {
        return Err(Problem::bad("the owner stays the owner"));
    }
    let by = set.by.unwrap_or(chat.owner);
    if by != user && !world.status(id, by).is_administrator() {
        return Err(Problem::bad("`by` is not an administrator"));
    }
    world.set_status(id, user, status, by, Cause::default());
    Ok(Json(json!({"status": status.word()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    chat: Option<i64>,
    link: Option<String>,
}

pub async fn join(State(app): State<App>, Path(person): Path<i64>, Body(join): Body<Join>) -> Reply {
    let mut world = app.world();
    world.must_be_person(person)?;
    let status = world.join(person, join.chat, join.link.as_deref())?;
    Ok(Json(json!({"status": status})))
}

impl World {
    /// The chat that an invite link leads to.
    pub fn chat_of_invite(&self, url: &str) -> Option<i64> {
        let now = self.clock.now();
        let leads = |chat: &&crate::world::chat::Chat| {
            chat.owners_link() == url || chat.links.iter().any(|link| link.url == url && link.is_usable(now))
        };
        self.chats.values().find(leads).map(|chat| chat.id)
    }

    fn join(&mut self, person: i64, chat: Option<i64>, link: Option<&str>) -> Result<&'static str, Problem> {
        let id = match (link, chat) {
            (Some(link), _) => {
                self.chat_of_invite(link).ok_or_else(|| Problem::bad("the link has expired"))?
            }
            (None, Some(chat)) => chat,
            (None, None) => return Err(Problem::bad("name the chat or the link")),
        };
        let chat = self.chats.get(&id).ok_or_else(|| Problem::not_found("no such chat"))?;
        if chat.username.is_none() && link.is_none() {
            return Err(Problem::bad("a private chat is joined by its link"));
        }
        let status = self.status(id, person);
        match status {
            Status::Kicked { .. } => return Err(Problem::bad("this person is banned there")),
            status if status.is_present() => return Ok(status.word()),
            _ => {}
        }
        let used = link.and_then(|url| chat.links.iter().find(|link| link.url == url));
        if chat.join_by_request || used.is_some_and(|link| link.creates_join_request) {
            self.ask_to_join(id, person, link);
            return Ok("requested");
        }
        let invite_link = used.map(|link| self.invite_link_json(link, link.creator));
        let links = self.chats.get_mut(&id).into_iter().flat_map(|chat| chat.links.iter_mut());
        links.filter(|used| Some(used.url.as_str()) == link).for_each(|used| used.uses += 1);
        let inside = match status {
            Status::Restricted { .. } => Status::Restricted { is_member: true },
            _ => Status::Member,
        };
        self.set_status(id, person, inside, person, Cause { invite_link, via_join_request: false });
        Ok(inside.word())
    }

    fn ask_to_join(&mut self, id: i64, person: i64, link: Option<&str>) {
        /// For how long the bot may write to somebody who asked.
        const OPEN: i64 = 300;
        let now = self.clock.now();
        let Some(chat) = self.chats.get_mut(&id) else { return };
        if chat.requests.iter().any(|request| request.user == person) {
            return;
        }
        chat.requests.push(JoinRequest { user: person, date: now, link: link.map(str::to_owned) });
        let mut body = json!({
            "chat": self.chat_json(id), "from": self.user_json(person), "user_chat_id": person, "date": now,
        });
        let used = self
            .chats
            .get(&id)
            .and_then(|chat| chat.links.iter().find(|used| Some(used.url.as_str()) == link));
        if let Some(used) = used {
            body.put("invite_link", self.invite_link_json(used, used.creator));
        }
        let deciders: Vec<i64> =
            self.bots.keys().copied().filter(|bot| self.status(id, *bot).has("can_invite_users")).collect();
        for bot in deciders {
            self.talk_mut(Place::Private { bot, person }).open_until = now + OPEN;
            self.deliver(bot, Kind::ChatJoinRequest, person, &body);
        }
        self.touch();
    }

    /// A person writes to a bot: the chat exists from now on, and is not blocked.
    pub fn open_private(&mut self, place: Place) {
        self.set_blocked(place, false);
        self.talk_mut(place).started = true;
    }

    fn set_blocked(&mut self, place: Place, blocked: bool) {
        let Place::Private { bot, person } = place else { return };
        let talk = self.talk_mut(place);
        if talk.blocked == blocked {
            return;
        }
        talk.blocked = blocked;
        let (old, new) = match blocked {
            true => (Status::Member, Status::Kicked { until: 0 }),
            false => (Status::Kicked { until: 0 }, Status::Member),
        };
        let body = json!({
            "chat": self.chat_json(person), "from": self.user_json(person), "date": self.clock.now(),
            "old_chat_member": self.member_json(person, bot, old),
            "new_chat_member": self.member_json(person, bot, new),
        });
        self.touch();
        self.deliver(bot, Kind::MyChatMember, person, &body);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    chat: i64,
}

pub async fn leave(State(app): State<App>, Path(person): Path<i64>, Body(leave): Body<Leave>) -> Reply {
    let mut world = app.world();
    world.must_be_chat(leave.chat)?;
    let status = world.status(leave.chat, person);
    if status == Status::Creator || !status.is_present() {
        return Err(Problem::bad("this person cannot leave there"));
    }
    let outside = match status {
        Status::Restricted { .. } => Status::Restricted { is_member: false },
        _ => Status::Left,
    };
    world.set_status(leave.chat, person, outside, person, Cause::default());
    Ok(Json(json!({"status": outside.word()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    user: i64,
    approve: bool,
    by: Option<i64>,
}

pub async fn decide(State(app): State<App>, Path(id): Path<i64>, Body(decide): Body<Decide>) -> Reply {
    let mut world = app.world();
    let owner =
        world.chats.get(&id).map(|chat| chat.owner).ok_or_else(|| Problem::not_found("no such chat"))?;
    let by = decide.by.unwrap_or(owner);
    if !world.status(id, by).has("can_invite_users") {
        return Err(Problem::bad("this person may not decide on requests"));
    }
    match world.decide_request(id, decide.user, decide.approve, by) {
        true => Ok(Json(json!({"status": world.status(id, decide.user).word()}))),
        false => Err(Problem::bad("nobody asked")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfBot {
    bot: Option<Value>,
}

pub async fn block(State(app): State<App>, Path(person): Path<i64>, Body(of): Body<OfBot>) -> Reply {
    set_blocked(&app, person, of.bot.as_ref(), true)
}

pub async fn unblock(State(app): State<App>, Path(person): Path<i64>, Body(of): Body<OfBot>) -> Reply {
    set_blocked(&app, person, of.bot.as_ref(), false)
}

fn set_blocked(app: &App, person: i64, bot: Option<&Value>, blocked: bool) -> Reply {
    let mut world = app.world();
    world.must_be_person(person)?;
    let bot = world.named_bot(bot)?;
    world.set_blocked(Place::Private { bot, person }, blocked);
    Ok(Json(json!({"blocked": blocked})))
}
