//! A lottery that is open before the program starts, for stories that begin with its draw.

use std::str::FromStr;

use qura_domain::challenge::ChallengeKind;
use qura_domain::code::Code;
use qura_domain::draw::commitment::{Mode, SaltKey, Secret, commitment};
use qura_domain::ids::{ChatId, JobId, LotteryId, MessageId, UserId};
use qura_domain::lottery::{Commitment, JoinSource, Lottery, LotterySettings, LotteryState, Signals};
use qura_domain::person::Person as DomainPerson;
use qura_domain::template::Template;
use qura_domain::time::Timestamp;
use qura_storage::{DatabaseUrl, Db, NewParticipant, Seen};
use qura_telegram::ALLOWED_UPDATES;
use serde_json::{Value, json};

use super::{Channel, ChannelPlan, Person, TOKEN, World};

/// What a lottery is to be like.
pub struct DrawPlan {
    pub mode: Mode,
    pub people: usize,
    pub settings: LotterySettings,
    /// In a basic group, which may become a supergroup; else in a public channel.
    pub is_in_group: bool,
}

/// An open lottery whose draw may be ordered.
pub struct OpenLottery {
    pub id: LotteryId,
    pub code: String,
    pub channel: Channel,
    pub organizer: Person,
    /// In the order of their tickets, from 1.
    pub people: Vec<Person>,
    /// Its post.
    pub post: i64,
}

impl DrawPlan {
    /// Drawn without a beacon, among so many people.
    pub fn among(people: usize) -> Self {
        let settings = LotterySettings { challenge: None::<ChallengeKind>, ..LotterySettings::default() };
        Self { mode: Mode::Secret, people, settings, is_in_group: false }
    }

    pub fn by_beacon(self) -> Self {
        Self { mode: Mode::Beacon, ..self }
    }

    pub fn in_a_group(self) -> Self {
        Self { is_in_group: true, ..self }
    }

    pub fn winners(mut self, winners: u32, reserves: u32) -> Self {
        self.settings.winners = winners;
        self.settings.reserves = Some(reserves);
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut LotterySettings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Makes all of it in a world whose program does not run. The draw is ordered.
    pub async fn ordered(self, w: &World) -> OpenLottery {
        let open = self.open(w).await;
        let db = w.storage().await;
        let mut tx = db.begin().await.unwrap();
        let now = Timestamp::from_micros(w.now());
        qura_app::draws::order(&mut tx, JobId::new(77), open.id, now).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        open
    }

    /// Makes all of it in a world whose program does not run.
    pub async fn open(self, w: &World) -> OpenLottery {
        let place = match self.is_in_group {
            true => ChannelPlan::basic_group("مجموعة السحب"),
            false => ChannelPlan::public("قناة السحب", "qura_draws"),
        };
        let channel = w.channel(place).await;
        channel.appoints_the_bot().await;
        let organizer = w.person("منظم السحب").await;
        organizer.starts().await;
        channel.appoints(&organizer).await;
        let mut people = Vec::new();
        for number in 1..=self.people {
            let person = w.person(&format!("مشترك {number}")).await;
            person.starts().await;
            person.joins(&channel).await;
            people.push(person);
        }
        let post = w
            .control
            .as_the_bot(TOKEN, "sendMessage", json!({"chat_id": channel.id, "text": "سحب على هدية"}))
            .await;
        let post = post["message_id"].as_i64().unwrap();
        let lottery = self.lottery(w, &channel, &organizer);
        self.plant(w, &lottery, &people, post).await;
        // The bot has run before, so Telegram knows what it wants to hear of: who comes and goes is told only on request.
        let wants = json!({"allowed_updates": ALLOWED_UPDATES, "limit": 1});
        w.control.as_the_bot(TOKEN, "getUpdates", wants).await;
        let code = lottery.code.to_string();
        OpenLottery { id: lottery.id, code, channel, organizer, people, post }
    }

    fn lottery(&self, w: &World, channel: &Channel, organizer: &Person) -> Lottery {
        Lottery {
            id: LotteryId::new(4242),
            code: Code::parse("AbCd1234").unwrap(),
            organizer: UserId::new(organizer.id()),
            chat: ChatId::new(channel.id),
            state: LotteryState::Draft,
            pause: None,
            template: Template::new("سحب على هدية".into(), None).unwrap(),
            settings: self.settings.clone(),
            post: None,
            commitment: None,
            reopens: None,
            created_at: Timestamp::from_micros(w.now() - 60_000_000),
            published_at: None,
            deleted_at: None,
        }
    }

    async fn plant(&self, w: &World, lottery: &Lottery, people: &[Person], post: i64) {
        let db = w.storage().await;
        db.migrate_up().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let (id, now) = (lottery.id, Timestamp::from_micros(w.now() - 50_000_000));
        assert!(tx.lotteries().insert(lottery).await.unwrap());
        let (secret, salt_key) = (Secret::new([7; 32]), SaltKey::new([8; 32]));
        tx.draw_secrets().insert(id, &secret, &salt_key).await.unwrap();
        let hash = commitment(&lottery.code, self.mode, &secret);
        tx.lotteries().commit_to(id, &Commitment { mode: self.mode, hash }).await.unwrap();
        let open = LotteryState::Draft.to(LotteryState::Open).unwrap();
        assert!(tx.lotteries().advance(id, open, None, now).await.unwrap());
        tx.lotteries().record_post(id, MessageId::new(post), people.len() as u64, now).await.unwrap();
        let seen: Vec<Seen> = people.iter().map(|person| seen(person, now)).collect();
        tx.users().see(&seen).await.unwrap();
        for group in people.chunks(200) {
            let group: Vec<_> = group.iter().map(|person| newcomer(person, now)).collect();
            tx.participants().join(id, &group).await.unwrap();
        }
        tx.commit().await.unwrap();
        db.close().await;
    }
}

fn seen(person: &Person, at: Timestamp) -> Seen {
    let person = DomainPerson {
        id: UserId::new(person.id()),
        first_name: person.name().to_owned(),
        last_name: None,
        username: None,
        language_code: Some("ar".to_owned()),
        is_premium: false,
        is_bot: false,
    };
    Seen { person, referrer: None, at }
}

fn newcomer(person: &Person, at: Timestamp) -> NewParticipant {
    NewParticipant {
        user: UserId::new(person.id()),
        joined_at: at,
        source: JoinSource::Post,
        challenge: None,
        signals: Signals::NONE,
    }
}

impl World {
    /// The database, while no program uses it.
    pub async fn storage(&self) -> Db {
        let (_, url) = self.launch.settings.iter().find(|(name, _)| name == "DATABASE_URL").unwrap();
        Db::open(&DatabaseUrl::from_str(url).unwrap(), 2).await.unwrap()
    }

    /// Runs the draw that is ordered up to its announcement, which comes when an hour has passed.
    pub async fn is_drawn_but_not_told(&mut self) {
        self.dies_at("draw.drawn");
        self.program_starts();
        self.program_ends_within(super::PATIENCE).await;
        self.puts_the_draw_off().await;
        self.program_starts();
    }

    /// The next step of the draw comes when an hour has passed. While no program runs.
    pub async fn puts_the_draw_off(&self) {
        let db = self.storage().await;
        let mut tx = db.begin().await.unwrap();
        let now = Timestamp::from_micros(self.now());
        let an_hour = std::time::Duration::from_secs(3_600);
        let held = tx.jobs().claim(&["draw.order"], now, now + an_hour, 1).await.unwrap();
        tx.jobs().retry(&held[0], now + an_hour, "later").await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
    }

    /// Who takes part has to be a member of this channel as well. While no program runs.
    pub async fn asks_for(&self, lottery: &OpenLottery, channel: &Channel) {
        let sql = format!(
            "INSERT INTO channels (chat_id, kind, title, bot, checked_at)
             VALUES ({chat}, 'channel', '{title}', '\"member\"', 0);
             INSERT INTO lottery_conditions (lottery_id, position, kind, chat_id)
             VALUES ({id}, 0, 'channel', {chat});",
            chat = channel.id,
            title = channel.title,
            id = lottery.id.get()
        );
        self.database.runs(&sql).await;
    }

    /// The state of a lottery.
    pub async fn state_of(&self, lottery: &OpenLottery) -> String {
        let rows: Vec<(i64, String)> = self.database.rows("SELECT id, state FROM lotteries").await;
        rows.into_iter().find(|(id, _)| *id == lottery.id.get()).unwrap().1
    }

    /// Waits until the draw of a lottery is told.
    pub async fn is_announced(&self, lottery: &OpenLottery) {
        self.comes_true("the draw is told", async || self.state_of(lottery).await == "announced").await;
        self.is_all_said().await;
    }

    /// Waits until the outbox is empty, also of what is just being sent.
    pub async fn is_all_said(&self) {
        self.settles().await;
        self.comes_true("all notices are sent", async || {
            self.database.rows::<(i64,)>("SELECT id FROM outbox").await.is_empty()
        })
        .await;
        self.settles().await;
    }

    /// The receipt and its addenda, to the byte.
    pub async fn documents(&self, _lottery: &OpenLottery) -> Vec<String> {
        let sql = "SELECT number, content FROM draw_receipts ORDER BY number";
        self.database.rows::<(i64, String)>(sql).await.into_iter().map(|(_, content)| content).collect()
    }
}

impl OpenLottery {
    /// Whose ticket it is.
    pub fn owner(&self, ticket: u64) -> &Person {
        &self.people[usize::try_from(ticket).unwrap() - 1]
    }

    /// What the bot posted in the channel since the post, the oldest first.
    pub async fn posts(&self, w: &World) -> Vec<Value> {
        let found = w.control.get(&format!("/chats/{}/messages?limit=1000", self.channel.id)).await;
        let posts = found["messages"].as_array().unwrap().iter();
        posts.filter(|post| post["id"].as_i64().unwrap() > self.post).cloned().collect()
    }

    /// Those of the posts that say this.
    pub async fn posts_with(&self, w: &World, words: &str) -> Vec<Value> {
        let posts = self.posts(w).await;
        posts.into_iter().filter(|post| post["text"].as_str().unwrap_or_default().contains(words)).collect()
    }
}

/// The tickets in a field of a receipt.
pub fn tickets(document: &str, field: &str) -> Vec<u64> {
    let value: Value = serde_json::from_str(document).unwrap();
    value[field].as_array().unwrap().iter().map(|ticket| ticket.as_u64().unwrap()).collect()
}
