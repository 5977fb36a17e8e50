//! The simulated world: bots, people, chats, what was said in them, and what is on its way to the bots.

pub mod boost;
pub mod bot;
pub mod calls;
pub mod chat;
pub mod entities;
pub mod faults;
pub mod files;
pub mod flood;
pub mod keyboard;
pub mod load;
pub mod member;
pub mod message;
pub mod outline;
pub mod person;
pub mod place;
pub mod posting;
pub mod queries;
pub mod rights;
pub mod talk;
pub mod text;
pub mod updates;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{broadcast, watch};

use crate::clock::Clock;
use crate::config::Config;
use crate::events::Event;
use crate::schema::Schema;

use bot::Bot;
use calls::CallLog;
use chat::Chat;
use faults::Faults;
use files::Files;
use flood::Flood;
use load::Loads;
use person::Person;
use place::Place;
use queries::Queries;
use talk::Talk;

/// How many events a slow reader may lag behind.
const EVENT_BACKLOG: usize = 4_096;

pub struct World {
    pub config: Config,
    pub schema: Arc<Schema>,
    pub clock: Clock,
    pub bots: HashMap<i64, Bot>,
    pub tokens: HashMap<String, i64>,
    pub people: HashMap<i64, Person>,
    pub chats: HashMap<i64, Chat>,
    pub talks: HashMap<Place, Talk>,
    /// Lower-cased usernames of people, bots and chats.
    pub usernames: HashMap<String, i64>,
    pub files: Files,
    pub queries: Queries,
    pub flood: Flood,
    pub faults: Faults,
    pub calls: CallLog,
    pub loads: Loads,
    next_person: i64,
    next_chat: i64,
    seq: i64,
    changed: watch::Sender<i64>,
    events: broadcast::Sender<Arc<Event>>,
}

impl World {
    pub fn new(config: Config, schema: Arc<Schema>) -> Self {
        let mut world = Self {
            schema,
            clock: Clock::new(config.clock),
            bots: HashMap::new(),
            tokens: HashMap::new(),
            people: HashMap::new(),
            chats: HashMap::new(),
            talks: HashMap::new(),
            usernames: HashMap::new(),
            files: Files::default(),
            queries: Queries::default(),
            flood: Flood::new(config.flood),
            faults: Faults::default(),
            calls: CallLog::new(config.record),
            loads: Loads::default(),
            next_person: 5_000_001,
            next_chat: 3_000_000_001,
            seq: 0,
            changed: watch::Sender::new(0),
            events: broadcast::Sender::new(EVENT_BACKLOG),
            config,
        };
        for bot in world.config.bots.clone() {
            world.add_bot(Bot::new(&bot.token, &bot.username, &bot.name, world.config.first_update_id));
        }
        world
    }

    /// Forgets everything but the bots.
    pub fn reset(&mut self) {
        let first = self.config.first_update_id;
        self.people.clear();
        self.chats.clear();
        self.talks.clear();
        self.usernames.clear();
        self.files = Files::default();
        self.queries = Queries::default();
        self.flood = Flood::new(self.config.flood);
        self.faults = Faults::default();
        self.calls = CallLog::new(self.config.record);
        self.loads = Loads::default();
        let bots: Vec<Bot> = self.bots.drain().map(|(_, bot)| bot.renewed(first)).collect();
        for bot in bots {
            self.add_bot(bot);
        }
        self.touch();
        self.announce(|| Event::new("reset", serde_json::json!({})));
    }

    /// The number of the latest change.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// Numbers a change and wakes whoever waits for one.
    pub fn touch(&mut self) -> i64 {
        self.seq += 1;
        self.changed.send_replace(self.seq);
        self.seq
    }

    pub fn changes(&self) -> watch::Receiver<i64> {
        self.changed.subscribe()
    }

    pub fn events(&self) -> broadcast::Receiver<Arc<Event>> {
        self.events.subscribe()
    }

    /// Tells the readers of the event stream; costs nothing while there are none.
    pub fn announce(&self, event: impl FnOnce() -> Event) {
        if self.events.receiver_count() > 0 {
            // An error only says that the last reader has just gone.
            let _ = self.events.send(Arc::new(event()));
        }
    }

    pub fn has_event_readers(&self) -> bool {
        self.events.receiver_count() > 0
    }

    pub fn new_person_id(&mut self) -> i64 {
        while self.people.contains_key(&self.next_person) {
            self.next_person += 1;
        }
        self.next_person
    }

    pub fn new_chat_number(&mut self) -> i64 {
        self.next_chat += 1;
        self.next_chat - 1
    }
}
