//! People: each does what the plan says, waits for what comes of it, and keeps a diary.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::diary::{Deed, DeedKind, Diary, Pressed, Told, Wait};
use crate::plan::Act;
use crate::stage::{Posted, Stage};

/// How long somebody looks at a button that does not answer. Telegram forgets a press after 15 s.
const SPINNER_MS: u64 = 15_000;

/// How long somebody waits for a screen before they go on.
const PATIENCE: Duration = Duration::from_secs(20);

/// One person at it.
pub struct Player {
    stage: Arc<Stage>,
    diary: Diary,
}

/// Does all acts, until it is over. The diary.
pub async fn live(stage: Arc<Stage>, id: i64, name: String, acts: Vec<(Duration, Act)>) -> Diary {
    let diary = Diary { person: id, name, ..Diary::default() };
    let mut player = Player { stage, diary };
    for (pause, act) in acts {
        tokio::time::sleep(pause).await;
        if player.stage.is_over() {
            break;
        }
        player.does(act).await;
    }
    player.diary
}

impl Player {
    async fn does(&mut self, act: Act) {
        let condition = self.stage.condition.id;
        match act {
            Act::Start => self.starts().await,
            Act::LeaveChannel => _ = self.act("leave", json!({"chat": condition})).await,
            Act::JoinChannel => {
                let joined = self.act("join", json!({"chat": condition})).await;
                self.diary.entries += usize::from(joined.is_some());
            }
            Act::Join(number) => self.with(number, async |me, lottery| me.joins(&lottery).await).await,
            Act::JoinTwice(number) => {
                self.with(number, async |me, lottery| me.joins_twice(&lottery).await).await;
            }
            Act::Link(number) => self.with(number, async |me, lottery| me.opens(&lottery).await).await,
            Act::Leave(number, twice) => {
                self.with(number, async |me, lottery| me.leaves(&lottery, twice).await).await;
            }
            Act::Count(number) => self.with(number, async |me, lottery| me.counts(&lottery).await).await,
        }
    }

    async fn with(&mut self, number: usize, does: impl AsyncFnOnce(&mut Self, Posted)) {
        if let Some(lottery) = self.stage.lottery(number) {
            does(self, lottery).await;
        }
    }

    async fn starts(&mut self) {
        let since = self.stage.control.seq().await;
        if self.act("start", json!({})).await.is_some() {
            self.diary.starts += 1;
            self.waits(async |me| me.anything(since).await.then_some(())).await;
        }
    }

    async fn joins(&mut self, lottery: &Posted) {
        let data = format!("post:join:{}", lottery.code);
        let answer = self.presses(lottery.chat, lottery.post, &data).await;
        // Without an answer, people find their own way.
        if answer.is_none_or(|answer| answer["url"].is_string()) {
            self.opens(lottery).await;
        }
    }

    async fn joins_twice(&mut self, lottery: &Posted) {
        let data = format!("post:join:{}", lottery.code);
        let (id, control) = (self.diary.person, self.stage.control.clone());
        let press = async || {
            let body =
                json!({"chat": lottery.chat, "message": lottery.post, "data": data, "wait_ms": SPINNER_MS});
            control.call("POST", &format!("/people/{id}/press"), body).await.ok()
        };
        let (one, other) = tokio::join!(press(), press());
        let mut links = 0;
        for pressed in [one, other].into_iter().flatten() {
            links += usize::from(pressed["answer"]["url"].is_string() || pressed["answer"].is_null());
            self.notes_press(&data, &pressed);
        }
        for _ in 0..links {
            self.opens_without_looking(lottery).await;
        }
        if links > 0 {
            self.opens(lottery).await;
        }
    }

    async fn opens(&mut self, lottery: &Posted) {
        let since = self.stage.control.seq().await;
        self.opens_without_looking(lottery).await;
        let told = self.waits(async |me| me.told(since, &lottery.code).await).await;
        self.remembers(told);
    }

    async fn opens_without_looking(&mut self, lottery: &Posted) {
        let payload = format!("join_{}", lottery.code);
        if self.act("start", json!({"payload": payload})).await.is_some() {
            self.diary.links += 1;
            self.deed(lottery, DeedKind::Joins);
        }
    }

    async fn leaves(&mut self, lottery: &Posted, twice: bool) {
        let (leave, confirm) =
            (format!("join:leave:{}", lottery.code), format!("join:left:{}", lottery.code));
        let Some(ticket) = self.message_with(&leave).await else { return };
        let since = self.stage.control.seq().await;
        self.presses(self.diary.person, ticket, &leave).await;
        let asked = self.waits(async |me| me.told(since, &lottery.code).await).await;
        if asked != Some(Told::Asked) {
            return;
        }
        let Some(question) = self.message_with(&confirm).await else { return };
        let since = self.stage.control.seq().await;
        let (id, control) = (self.diary.person, self.stage.control.clone());
        let press = async || {
            let body = json!({"message": question, "data": confirm, "wait_ms": SPINNER_MS});
            control.call("POST", &format!("/people/{id}/press"), body).await.ok()
        };
        let pressed = match twice {
            true => <[_; 2]>::from(tokio::join!(press(), press())).into_iter().flatten().collect(),
            false => Vec::from_iter(press().await),
        };
        for pressed in pressed {
            self.notes_press(&confirm, &pressed);
            self.deed(lottery, DeedKind::Leaves);
        }
        let told = self.waits(async |me| me.told(since, &lottery.code).await).await;
        self.remembers(told);
    }

    async fn counts(&mut self, lottery: &Posted) {
        self.presses(lottery.chat, lottery.post, &format!("post:count:{}", lottery.code)).await;
    }

    /// Presses a button, and waits for its answer; `None` when none came or the button was not there.
    async fn presses(&mut self, chat: i64, message: i64, data: &str) -> Option<Value> {
        let mut body = json!({"message": message, "data": data, "wait_ms": SPINNER_MS});
        if chat != self.diary.person {
            body["chat"] = json!(chat);
        }
        let from = Instant::now();
        let pressed = self.act("press", body).await?;
        let answer = self.notes_press(data, &pressed);
        self.diary.waits.push(Wait { from, took: from.elapsed(), came: answer.is_some() });
        answer
    }

    fn notes_press(&mut self, data: &str, pressed: &Value) -> Option<Value> {
        let query = pressed["callback_query_id"].as_str()?.to_owned();
        let answer = pressed.get("answer").filter(|answer| !answer.is_null()).cloned();
        self.diary.presses.push(Pressed { query, data: data.to_owned(), answered: answer.is_some() });
        answer
    }

    fn deed(&mut self, lottery: &Posted, kind: DeedKind) {
        let (lottery, code) = (lottery.id, lottery.code.clone());
        self.diary.deeds.push(Deed { lottery, code, kind, told: None });
    }

    fn remembers(&mut self, told: Option<Told>) {
        if let Some(last) = self.diary.deeds.last_mut() {
            last.told = told;
        }
    }

    /// Does something in Telegram; `None` when its apps would not have offered it.
    async fn act(&self, act: &str, body: Value) -> Option<Value> {
        let path = format!("/people/{}/{act}", self.diary.person);
        self.stage.control.call("POST", &path, body).await.ok()
    }

    /// Looks again and again until there is something, or patience ends.
    async fn waits<T>(&mut self, look: impl AsyncFn(&Self) -> Option<T>) -> Option<T> {
        let from = Instant::now();
        let mut found = None;
        while found.is_none() && from.elapsed() < PATIENCE {
            found = look(self).await;
            if found.is_none() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        self.diary.waits.push(Wait { from, took: from.elapsed(), came: found.is_some() });
        found
    }

    /// The messages of the bot in the person's chat, the latest first.
    async fn chat(&self) -> Vec<Value> {
        let found = self.stage.control.get(&format!("/chats/{}/messages?limit=60", self.diary.person)).await;
        let mut messages = found["messages"].as_array().unwrap().clone();
        messages.retain(|message| message["from"]["kind"] == "bot");
        messages.sort_by_key(|message| std::cmp::Reverse(message["seq"].as_i64()));
        messages
    }

    async fn anything(&self, since: i64) -> bool {
        self.chat().await.iter().any(|message| message["seq"].as_i64().unwrap() > since)
    }

    /// What the person was told of a lottery since then.
    async fn told(&self, since: i64, code: &str) -> Option<Told> {
        let chat = self.chat().await;
        let new = chat.iter().filter(|message| message["seq"].as_i64().unwrap() > since);
        new.filter_map(|message| {
            let rows = message["buttons"].as_array().unwrap().iter();
            let data = rows.flat_map(|row| row.as_array().unwrap()).map(|button| button["data"].as_str());
            let data: Vec<&str> = data.flatten().collect();
            told_by(message["text"].as_str().unwrap_or_default(), &data, code)
        })
        .next()
    }

    /// The latest message with such a button.
    async fn message_with(&self, data: &str) -> Option<i64> {
        let chat = self.chat().await;
        let found = chat.iter().find(|message| {
            let rows = message["buttons"].as_array().unwrap().iter();
            rows.flat_map(|row| row.as_array().unwrap()).any(|button| button["data"] == *data)
        });
        found.map(|message| message["id"].as_i64().unwrap())
    }
}

/// What a screen with these buttons tells of the lottery of this code.
pub fn told_by(text: &str, data: &[&str], code: &str) -> Option<Told> {
    let has = |kind: &str| data.iter().any(|data| *data == format!("join:{kind}:{code}"));
    if has("leave") {
        return Some(Told::Registered);
    }
    if has("left") {
        return Some(Told::Asked);
    }
    if has("check") {
        return Some(if left_with(text).is_some() { Told::Left } else { Told::Refused });
    }
    // These name no lottery; they come to somebody who has just asked about one.
    let closed = [qura_i18n::Msg::JoinClosed, qura_i18n::Msg::JoinExcluded];
    closed.iter().any(|msg| text.contains(&msg.plain(Default::default()))).then_some(Told::Refused)
}

/// The ticket of a screen that says «انسحبت».
pub fn left_with(text: &str) -> Option<i64> {
    (1..200)
        .find(|ticket| text.contains(&qura_i18n::Msg::JoinLeft { ticket: *ticket }.plain(Default::default())))
}
