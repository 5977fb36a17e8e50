//! Invite links and join requests.

use serde_json::json;

use super::{Answer, Call};
use crate::bot_api::refusal::Refusal;
use crate::world::World;
use crate::world::chat::InviteLink;
use crate::world::member::{Cause, Status};

pub fn create(world: &mut World, call: &Call) -> Answer {
    let chat = must_invite(world, call)?;
    let creates_join_request = call.flag("creates_join_request");
    let member_limit = call.int("member_limit");
    if creates_join_request && member_limit.is_some() {
        return Err(Refusal::bad_request(
            "member limit can't be specified for links requiring administrator approval",
        ));
    }
    if member_limit.is_some_and(|limit| !(1..=99_999).contains(&limit)) {
        return Err(Refusal::bad_request("wrong member limit specified"));
    }
    if call.text("name").is_some_and(|name| name.chars().count() > 32) {
        return Err(Refusal::bad_request("invite link name is too long"));
    }
    let link = InviteLink {
        url: world.new_invite_url(),
        creator: call.bot,
        name: call.text("name").map(str::to_owned),
        expires: call.int("expire_date").filter(|date| *date > 0),
        member_limit,
        uses: 0,
        creates_join_request,
        is_primary: false,
        is_revoked: false,
    };
    let json = world.invite_link_json(&link, call.bot);
    if let Some(chat) = world.chats.get_mut(&chat) {
        chat.links.push(link);
    }
    Ok(json)
}

/// Makes a new primary link of the bot's own; the one before stops working.
pub fn export(world: &mut World, call: &Call) -> Answer {
    let chat = must_invite(world, call)?;
    let url = world.new_invite_url();
    let Some(chat) = world.chats.get_mut(&chat) else { return Err(Refusal::bad_request("chat not found")) };
    for link in chat.links.iter_mut().filter(|link| link.creator == call.bot && link.is_primary) {
        link.is_revoked = true;
    }
    chat.links.push(InviteLink::primary(url.clone(), call.bot));
    Ok(json!(url))
}

pub fn revoke(world: &mut World, call: &Call) -> Answer {
    let chat = must_invite(world, call)?;
    let url = call.text("invite_link").unwrap_or_default();
    let mut links = world.chats.get(&chat).into_iter().flat_map(|chat| chat.links.iter());
    let is_own = links.any(|link| link.url == url && link.creator == call.bot);
    if !is_own {
        return Err(Refusal::bad_request("INVITE_HASH_EXPIRED"));
    }
    world.revoke_link(chat, url);
    let link = world.chats.get(&chat).and_then(|chat| chat.links.iter().find(|link| link.url == url));
    Ok(link.map_or(json!(null), |link| world.invite_link_json(link, call.bot)))
}

fn must_invite(world: &World, call: &Call) -> Result<i64, Refusal> {
    let chat = world.chat_of(call)?;
    world.must_have(call.bot, chat, "can_invite_users", "not enough rights to manage chat invite link")?;
    Ok(chat.id)
}

pub fn decide(world: &mut World, call: &Call, approve: bool) -> Answer {
    let chat = world.chat_of(call)?;
    world.must_have(call.bot, chat, "can_invite_users", "not enough rights")?;
    let (chat, user) = (chat.id, call.int("user_id").unwrap_or_default());
    match world.decide_request(chat, user, approve, call.bot) {
        true => Ok(json!(true)),
        false => Err(Refusal::bad_request("HIDE_REQUESTER_MISSING")),
    }
}

impl World {
    pub fn new_invite_url(&mut self) -> String {
        format!("https://t.me/+Invite{:08}", self.touch())
    }

    /// Revokes a link. In place of a primary one its creator has a new one at once (Bot API,
    /// `revokeChatInviteLink`). Whether there was such a link.
    pub fn revoke_link(&mut self, chat: i64, url: &str) -> bool {
        let new = self.new_invite_url();
        let Some(chat) = self.chats.get_mut(&chat) else { return false };
        let found = chat.links.iter_mut().find(|link| link.url == url && !link.is_revoked);
        let Some(link) = found else { return false };
        link.is_revoked = true;
        let replaced = link.is_primary.then_some(link.creator);
        chat.links.extend(replaced.map(|creator| InviteLink::primary(new, creator)));
        true
    }

    /// Lets in or turns away somebody who asked to join; false when nobody asked.
    pub fn decide_request(&mut self, chat_id: i64, user: i64, approve: bool, by: i64) -> bool {
        let Some(chat) = self.chats.get_mut(&chat_id) else { return false };
        let Some(index) = chat.requests.iter().position(|request| request.user == user) else { return false };
        let request = chat.requests.remove(index);
        let link = request.link.and_then(|url| chat.links.iter_mut().find(|link| link.url == url));
        let url = link.map(|link| {
            link.uses += i64::from(approve);
            link.url.clone()
        });
        if approve {
            let used = self
                .chats
                .get(&chat_id)
                .and_then(|chat| chat.links.iter().find(|l| Some(&l.url) == url.as_ref()));
            let invite_link = used.map(|link| self.invite_link_json(link, link.creator));
            self.set_status(chat_id, user, Status::Member, by, Cause { invite_link, via_join_request: true });
        }
        self.touch();
        true
    }
}
