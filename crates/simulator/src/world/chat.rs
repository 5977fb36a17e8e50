//! A group, supergroup or channel.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::World;
use super::boost::Boost;
use super::member::Status;
use crate::events::Event;
use crate::json::Put;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatKind {
    Group,
    Supergroup,
    Channel,
}

impl ChatKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Supergroup => "supergroup",
            Self::Channel => "channel",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Group, Self::Supergroup, Self::Channel].into_iter().find(|kind| kind.word() == word)
    }
}

pub struct Chat {
    pub id: i64,
    pub kind: ChatKind,
    pub title: String,
    pub username: Option<String>,
    pub owner: i64,
    pub linked_chat: Option<i64>,
    pub join_by_request: bool,
    pub members: HashMap<i64, Status>,
    /// How many of the members are in the chat.
    pub present: usize,
    pub requests: Vec<JoinRequest>,
    pub links: Vec<InviteLink>,
    pub boosts: Vec<Boost>,
    pub migrated_to: Option<i64>,
    pub migrated_from: Option<i64>,
    pub deleted: bool,
}

pub struct JoinRequest {
    pub user: i64,
    pub date: i64,
    pub link: Option<String>,
}

pub struct InviteLink {
    pub url: String,
    pub creator: i64,
    pub name: Option<String>,
    pub expires: Option<i64>,
    pub member_limit: Option<i64>,
    pub uses: i64,
    pub creates_join_request: bool,
    pub is_primary: bool,
    pub is_revoked: bool,
}

impl InviteLink {
    pub fn primary(url: String, creator: i64) -> Self {
        Self {
            url,
            creator,
            name: None,
            expires: None,
            member_limit: None,
            uses: 0,
            creates_join_request: false,
            is_primary: true,
            is_revoked: false,
        }
    }
}

impl Chat {
    pub fn new(id: i64, kind: ChatKind, title: String, owner: i64) -> Self {
        Self {
            id,
            kind,
            title,
            username: None,
            owner,
            linked_chat: None,
            join_by_request: false,
            members: HashMap::from([(owner, Status::Creator)]),
            present: 1,
            requests: Vec::new(),
            links: Vec::new(),
            boosts: Vec::new(),
            migrated_to: None,
            migrated_from: None,
            deleted: false,
        }
    }

    pub fn is_channel(&self) -> bool {
        self.kind == ChatKind::Channel
    }

    /// The link that its owner has shared from the start.
    pub fn owners_link(&self) -> String {
        format!("https://t.me/+Owner{}", self.id.unsigned_abs())
    }
}

impl InviteLink {
    pub fn is_usable(&self, now: i64) -> bool {
        !self.is_revoked
            && self.expires.is_none_or(|expires| expires > now)
            && self.member_limit.is_none_or(|limit| self.uses < limit)
    }
}

impl World {
    pub fn put_chat(&mut self, chat: Chat) {
        let id = chat.id;
        if let Some(username) = &chat.username {
            self.usernames.insert(username.to_lowercase(), id);
        }
        self.chats.insert(id, chat);
        self.chat_changed(id);
    }

    pub fn chat_changed(&mut self, id: i64) {
        self.touch();
        self.announce(|| Event::new("chat", json!({"id": id})));
    }

    /// The id of a new chat of this kind, in Telegram's ranges.
    pub fn new_chat_id(&mut self, kind: ChatKind) -> i64 {
        let number = self.new_chat_number();
        match kind {
            ChatKind::Group => -number,
            ChatKind::Supergroup | ChatKind::Channel => -1_000_000_000_000 - number,
        }
    }

    /// The Bot API's `Chat`.
    pub fn chat_json(&self, id: i64) -> Value {
        if let Some(chat) = self.chats.get(&id) {
            let mut json = json!({"id": id, "type": chat.kind.word(), "title": chat.title});
            if let Some(username) = &chat.username {
                json.put("username", username.as_str());
            }
            return json;
        }
        let mut json = json!({"id": id, "type": "private"});
        if let Some(person) = self.people.get(&id) {
            json.put("first_name", person.first_name.as_str());
            if let Some(last) = &person.last_name {
                json.put("last_name", last.as_str());
            }
            if let Some(username) = &person.username {
                json.put("username", username.as_str());
            }
        }
        json
    }

    /// The Bot API's `ChatInviteLink`; only its creator sees the whole of it.
    pub fn invite_link_json(&self, link: &InviteLink, viewer: i64) -> Value {
        let url = match link.creator == viewer {
            true => link.url.clone(),
            false => format!("{}…", link.url.chars().take(link.url.chars().count() / 2).collect::<String>()),
        };
        let mut json = json!({
            "invite_link": url,
            "creator": self.user_json(link.creator),
            "creates_join_request": link.creates_join_request,
            "is_primary": link.is_primary,
            "is_revoked": link.is_revoked,
        });
        if let Some(name) = &link.name {
            json.put("name", name.as_str());
        }
        if let Some(expires) = link.expires {
            json.put("expire_date", expires);
        }
        if let Some(limit) = link.member_limit {
            json.put("member_limit", limit);
        }
        json
    }
}
