//! A channel or group of the simulated Telegram, and what its owner does there.

use serde_json::{Value, json};

use super::control::Control;
use super::person::Person;
use super::{BOT, World};

/// A channel or a group.
#[derive(Clone)]
pub struct Channel {
    control: Control,
    pub id: i64,
    pub title: String,
    /// Where a person who wants to join goes.
    pub link: String,
    pub is_group: bool,
    owner: i64,
    by_invitation: bool,
}

/// What a channel is to be like.
#[derive(Clone, Debug)]
pub struct ChannelPlan {
    title: String,
    kind: &'static str,
    /// `None` for a private one.
    username: Option<String>,
    approves_members: bool,
}

impl ChannelPlan {
    /// A channel with a public name.
    pub fn public(title: &str, username: &str) -> Self {
        let username = Some(username.to_owned());
        Self { title: title.to_owned(), kind: "channel", username, approves_members: false }
    }

    /// A channel that is joined by its link.
    pub fn private(title: &str) -> Self {
        Self { title: title.to_owned(), kind: "channel", username: None, approves_members: false }
    }

    /// A public group.
    pub fn group(title: &str, username: &str) -> Self {
        Self { kind: "supergroup", ..Self::public(title, username) }
    }

    /// A basic group.
    pub fn basic_group(title: &str) -> Self {
        Self { kind: "group", ..Self::private(title) }
    }

    /// Who wants to join asks first.
    pub fn approving(self) -> Self {
        Self { approves_members: true, ..self }
    }

    /// Makes it, with an owner of its own.
    pub async fn make(self, control: &Control) -> Channel {
        let owner =
            control.post("/people", json!({"first_name": "مالك القناة"})).await["id"].as_i64().unwrap();
        let body = json!({
            "kind": self.kind, "title": self.title, "username": self.username, "owner": owner,
            "join_by_request": self.approves_members,
        });
        let id = control.post("/chats", body).await["id"].as_i64().unwrap();
        let invite = control.get(&format!("/chats/{id}?viewer={owner}")).await["invite_link"].clone();
        let link = match &self.username {
            Some(name) => format!("https://t.me/{name}"),
            None => invite.as_str().unwrap().to_owned(),
        };
        let by_invitation = self.username.is_none();
        let is_group = self.kind != "channel";
        Channel { control: control.clone(), id, title: self.title, link, is_group, owner, by_invitation }
    }
}

impl World {
    /// A new channel or group, without the bot.
    pub async fn channel(&self, plan: ChannelPlan) -> Channel {
        plan.make(&self.control).await
    }
}

impl Channel {
    /// As it stands in the setting `gate.channels`.
    pub fn as_gate(&self) -> Value {
        json!({"chat": self.id, "title": self.title, "link": self.link})
    }

    /// The body of the act of joining it.
    pub fn way_in(&self) -> Value {
        if self.by_invitation { json!({"link": self.link}) } else { json!({"chat": self.id}) }
    }

    /// The owner makes the bot an administrator with all rights.
    pub async fn appoints_the_bot(&self) {
        self.sets(BOT, "administrator", None).await;
    }

    /// The owner makes the bot an administrator with these rights only.
    pub async fn appoints_the_bot_with(&self, rights: &[&str]) {
        self.sets(BOT, "administrator", Some(rights)).await;
    }

    /// The owner throws the bot out.
    pub async fn removes_the_bot(&self) {
        self.sets(BOT, "kicked", None).await;
    }

    /// This administrator makes the bot one, too.
    pub async fn gets_the_bot_from(&self, person: &Person) {
        let body = json!({"user": BOT, "status": "administrator", "by": person.id()});
        self.control.post(&format!("/chats/{}/members", self.id), body).await;
    }

    /// The owner makes somebody an administrator.
    pub async fn appoints(&self, person: &Person) {
        self.sets(person.id(), "administrator", None).await;
    }

    /// The owner makes somebody an administrator with these rights only.
    pub async fn appoints_with(&self, person: &Person, rights: &[&str]) {
        self.sets(person.id(), "administrator", Some(rights)).await;
    }

    /// The owner makes an administrator a mere member again.
    pub async fn dismisses(&self, person: &Person) {
        self.sets(person.id(), "member", None).await;
    }

    /// The owner makes a group the place where the channel is discussed.
    pub async fn is_discussed_in(&self, group: &Channel) {
        self.control.post(&format!("/chats/{}/link", self.id), json!({"group": group.id})).await;
    }

    /// The basic group becomes a supergroup, which is what remains of it.
    pub async fn becomes_a_supergroup(&self) -> Channel {
        let new = self.control.post(&format!("/chats/{}/migrate", self.id), json!({})).await;
        let id = new["id"].as_i64().unwrap();
        let view = self.control.get(&format!("/chats/{id}?viewer={}", self.owner)).await;
        let link = view["invite_link"].as_str().map_or_else(|| self.link.clone(), str::to_owned);
        Channel { id, link, ..self.clone() }
    }

    /// The owner lets somebody in who asked.
    pub async fn approves(&self, person: &Person) {
        let body = json!({"user": person.id(), "approve": true});
        self.control.post(&format!("/chats/{}/requests", self.id), body).await;
    }

    /// The owner posts something; the number of the message.
    pub async fn posts(&self, text: &str) -> i64 {
        let body = json!({"chat": self.id, "text": text});
        let path = format!("/people/{}/send", self.owner);
        self.control.post(&path, body).await["message"].as_i64().unwrap()
    }

    /// A message of it, as the control API views it.
    pub async fn message(&self, message: i64) -> Value {
        self.control.get(&format!("/chats/{}/messages/{message}", self.id)).await
    }

    async fn sets(&self, user: i64, status: &str, rights: Option<&[&str]>) {
        let body = match rights {
            Some(rights) => json!({"user": user, "status": status, "rights": rights}),
            None => json!({"user": user, "status": status}),
        };
        self.control.post(&format!("/chats/{}/members", self.id), body).await;
    }
}
