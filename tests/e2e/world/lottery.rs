//! A lottery that is open already, with its post: for stories that begin where people join.

use qura_domain::code::Code;
use qura_domain::draw::commitment::{Mode, Secret, commitment};
use serde_json::{Value, json};

use super::channel::Channel;
use super::person::Person;
use super::press::{Label, Press};
use super::screen::Screen;
use super::{TOKEN, World};

/// An open lottery and its post.
#[derive(Clone)]
pub struct Lottery {
    pub id: i64,
    pub code: String,
    pub chat: i64,
    pub post: i64,
    /// What its draw is committed to, as people see it.
    pub commitment: String,
}

/// What a lottery is to be like.
pub struct LotteryPlan {
    settings: Value,
    conditions: Vec<(&'static str, Option<i64>, Option<String>)>,
}

impl LotteryPlan {
    /// For members, without a challenge.
    pub fn simple() -> Self {
        Self { settings: json!({"challenge": null}), conditions: Vec::new() }
    }

    /// A field of the settings, as they are stored.
    pub fn with(mut self, field: &str, value: Value) -> Self {
        self.settings[field] = value;
        self
    }

    pub fn channel(mut self, channel: &Channel) -> Self {
        let kind = if channel.is_group { "group" } else { "channel" };
        self.conditions.push((kind, Some(channel.id), None));
        self
    }

    pub fn lottery(mut self, lottery: &Lottery) -> Self {
        self.conditions.push(("lottery", None, Some(lottery.code.clone())));
        self
    }

    pub fn boost(mut self, channel: &Channel) -> Self {
        self.conditions.push(("boost", Some(channel.id), None));
        self
    }
}

impl World {
    /// Opens a lottery in a chat in which the bot is an administrator.
    pub async fn lottery(&self, organizer: &Person, channel: &Channel, plan: LotteryPlan) -> Lottery {
        // Stories run at the same time in other worlds: ids need only differ in this one.
        let known: Vec<(i64,)> = self.database.rows("SELECT COUNT(*) FROM lotteries").await;
        let id = known[0].0 + 1;
        let code = Code::from_random(i128::from(1_000_000 + id).to_be_bytes()).as_str().to_owned();
        let post = self.sends_post(channel.id, &code).await;
        for chat in plan.conditions.iter().filter_map(|(_, chat, _)| *chat).chain([channel.id]) {
            self.knows_chat(chat).await;
        }
        // The draw of a lottery that nobody published has to be possible all the same.
        let (secret, salt_key) = ("07".repeat(32), "08".repeat(32));
        let code_of = Code::parse(&code).unwrap();
        let hash = commitment(&code_of, Mode::Secret, &Secret::new([7; 32]));
        let now = self.now();
        let settings = plan.settings.to_string();
        let draw_at =
            plan.settings["auto_draw"]["at"].as_i64().map_or("NULL".to_owned(), |at| at.to_string());
        let mut sql = format!(
            "INSERT INTO lotteries (id, code, organizer_id, chat_id, state, template, settings, draw_at, message_id,
               draw_mode, commitment, created_at, published_at)
             VALUES ({id}, '{code}', {}, {}, 'open', '{{\"text\":{{\"text\":\"سحب\"}}}}', '{settings}', {draw_at}, {post},
               0, '{}', {now}, {now});
             INSERT INTO lottery_counters (lottery_id, entrance, has_post, shown, shown_at)
             VALUES ({id}, 'open', TRUE, 0, {now});
             INSERT INTO draw_secrets (lottery_id, secret, salt_key) VALUES ({id}, '{secret}', '{salt_key}');",
            organizer.id(),
            channel.id,
            String::from(hash)
        );
        for (position, (kind, chat, target)) in plan.conditions.iter().enumerate() {
            let chat = chat.map_or("NULL".to_owned(), |chat| chat.to_string());
            let target = target.as_ref().map_or("NULL".to_owned(), |code| format!("'{code}'"));
            sql += &format!(
                "INSERT INTO lottery_conditions (lottery_id, position, kind, chat_id, code)
                 VALUES ({id}, {position}, '{kind}', {chat}, {target});"
            );
        }
        self.database.runs(&sql).await;
        Lottery { id, code, chat: channel.id, post, commitment: hash.to_base64url() }
    }

    /// The bot posts what a publication would.
    pub async fn sends_post(&self, chat: i64, code: &str) -> i64 {
        let button = |text: &str, data: String| json!([{"text": text, "callback_data": data}]);
        let keyboard = json!([
            button("👥 عدد المشتركين: 0", format!("post:count:{code}")),
            button("🎟 الاشتراك في السحب", format!("post:join:{code}")),
        ]);
        let body = json!({"chat_id": chat, "text": "سحب", "reply_markup": {"inline_keyboard": keyboard}});
        self.control.as_the_bot(TOKEN, "sendMessage", body).await["message_id"].as_i64().unwrap()
    }

    /// The bot knows a chat's title and its link.
    async fn knows_chat(&self, chat: i64) {
        let view = self.control.get(&format!("/chats/{chat}")).await;
        let text = |field: &str| view[field].as_str().map_or("NULL".to_owned(), |text| format!("'{text}'"));
        self.database
            .runs(&format!(
                "INSERT INTO channels (chat_id, kind, title, username, invite_link, bot, checked_at)
                 VALUES ({chat}, {}, {}, {}, {}, '\"member\"', 0) ON CONFLICT DO NOTHING",
                text("kind"),
                text("title"),
                text("username"),
                text("invite_link")
            ))
            .await;
    }

    /// The step that management or the draw would take: to another state.
    pub async fn lottery_becomes(&self, lottery: &Lottery, state: &str) {
        let entrance = if ["open", "paused"].contains(&state) { state } else { "closed" };
        let closed_at = if entrance == "closed" { self.now().to_string() } else { "NULL".to_owned() };
        self.database
            .runs(&format!(
                "UPDATE lotteries SET state = '{state}', closed_at = {closed_at} WHERE id = {id};
                 UPDATE lottery_counters SET entrance = '{entrance}', shown = -1 WHERE lottery_id = {id}",
                id = lottery.id
            ))
            .await;
    }

    /// Tickets with whose they are and their state, by ticket.
    pub async fn tickets(&self) -> Vec<(i64, i64, String)> {
        self.database
            .rows("SELECT ticket, user_id, state FROM lottery_participants ORDER BY lottery_id, ticket")
            .await
    }

    /// The number that the post's count button shows.
    pub async fn shown_count(&self, lottery: &Lottery) -> String {
        let post = self.control.get(&format!("/chats/{}/messages/{}", lottery.chat, lottery.post)).await;
        Screen::of(&post).labels().first().map(|label| (*label).to_owned()).unwrap_or_default()
    }

    /// The files that the bot sent to a person, by the names under which they are fetched.
    pub async fn files(&self, person: &Person) -> Vec<String> {
        let found = self.control.get(&format!("/chats/{}/messages?limit=1000", person.id())).await;
        let messages = found["messages"].as_array().unwrap().iter();
        messages
            .filter(|message| message["media"]["kind"] == "document")
            .map(|message| message["media"]["file_id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The labels under the post.
    pub async fn shown_labels(&self, lottery: &Lottery) -> Vec<String> {
        let post = self.control.get(&format!("/chats/{}/messages/{}", lottery.chat, lottery.post)).await;
        Screen::of(&post).labels().into_iter().map(str::to_owned).collect()
    }

    /// Waits until the post shows this number.
    pub async fn post_shows(&self, lottery: &Lottery, count: i64) {
        let label = qura_i18n::Msg::PostCount { count }.plain(Default::default());
        self.comes_true(&format!("the post shows «{label}»"), async || {
            self.shown_count(lottery).await == label
        })
        .await;
    }
}

impl Lottery {
    /// The payload of its link.
    pub fn payload(&self) -> String {
        format!("join_{}", self.code)
    }
}

impl Person {
    /// Presses a button of the lottery's post.
    pub async fn presses_post(&self, lottery: &Lottery, label: impl Label) -> Press {
        self.presses_in(lottery.chat, lottery.post, label).await
    }

    /// Presses «الاشتراك في السحب», and opens the link that it answers with.
    pub async fn joins_lottery(&self, lottery: &Lottery) {
        let press = self.presses_post(lottery, "الاشتراك في السحب").await;
        let url = press.pressed["answer"]["url"].as_str();
        let url = url.unwrap_or_else(|| panic!("no link for {}: {}", self.name(), press.pressed)).to_owned();
        self.opens(&url).await;
    }
}
