//! The updates that wait for a bot, kept and handed out by the rules of getUpdates.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::Notify;

use super::World;

/// Telegram drops updates beyond this many (TD TQueue.cpp).
const CAPACITY: usize = 100_000;
/// How many handed-out updates can be delivered a second time on demand.
const RECENT: usize = 1_000;

/// The kinds of updates that this world makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Message,
    EditedMessage,
    ChannelPost,
    EditedChannelPost,
    CallbackQuery,
    InlineQuery,
    ChosenInlineResult,
    MyChatMember,
    ChatMember,
    ChatJoinRequest,
    PreCheckoutQuery,
    ChatBoost,
    RemovedChatBoost,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::EditedMessage => "edited_message",
            Self::ChannelPost => "channel_post",
            Self::EditedChannelPost => "edited_channel_post",
            Self::CallbackQuery => "callback_query",
            Self::InlineQuery => "inline_query",
            Self::ChosenInlineResult => "chosen_inline_result",
            Self::MyChatMember => "my_chat_member",
            Self::ChatMember => "chat_member",
            Self::ChatJoinRequest => "chat_join_request",
            Self::PreCheckoutQuery => "pre_checkout_query",
            Self::ChatBoost => "chat_boost",
            Self::RemovedChatBoost => "removed_chat_boost",
        }
    }

    /// For how long Telegram keeps an update of this kind (SRV Client.cpp).
    fn retention_ms(self) -> i64 {
        match self {
            Self::CallbackQuery | Self::PreCheckoutQuery => 150_000,
            Self::InlineQuery => 30_000,
            Self::ChosenInlineResult => 600_000,
            _ => 86_400_000,
        }
    }
}

/// What is sent only to those who name it.
const NOT_BY_DEFAULT: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

struct Pending {
    id: i64,
    key: i64,
    expires_ms: i64,
    payload: Payload,
    handed_out: bool,
}

/// An update without its id, so that two can change places.
#[derive(Clone)]
pub struct Payload(Arc<str>);

impl Payload {
    pub fn new(kind: &str, body: &Value) -> Self {
        Self(format!(",\"{kind}\":{body}").into())
    }

    /// From an injected object without `update_id`.
    pub fn raw(object: &serde_json::Map<String, Value>) -> Self {
        let text: String = object
            .iter()
            .filter(|(name, _)| *name != "update_id")
            .map(|(name, value)| format!(",{}:{value}", Value::from(name.as_str())))
            .collect();
        Self(text.into())
    }

    /// What is to stand between the number and the last brace, whatever it is.
    pub fn torn(text: String) -> Self {
        Self(text.into())
    }
}

#[derive(Default)]
pub struct Counts {
    pub created: u64,
    pub dropped: u64,
    pub expired: u64,
    pub polls: u64,
}

pub struct UpdateQueue {
    next_id: i64,
    pending: VecDeque<Pending>,
    /// `None` is Telegram's default set.
    allowed: Option<HashSet<String>>,
    recent: VecDeque<(i64, Payload)>,
    again: Vec<(i64, Payload)>,
    prune_at_ms: i64,
    /// Counts getUpdates calls; a waiting one that finds it changed was superseded.
    pub generation: u64,
    pub waiting: bool,
    pub arrived: Arc<Notify>,
    pub first_poll_ms: Option<i64>,
    pub last_call: Option<(i64, i64)>,
    pub counts: Counts,
}

impl UpdateQueue {
    pub fn new(first_id: i64) -> Self {
        Self {
            next_id: first_id,
            pending: VecDeque::new(),
            allowed: None,
            recent: VecDeque::new(),
            again: Vec::new(),
            prune_at_ms: 0,
            generation: 0,
            waiting: false,
            arrived: Arc::new(Notify::new()),
            first_poll_ms: None,
            last_call: None,
            counts: Counts::default(),
        }
    }

    /// A new queue that the same poller waits on; ids go on rising.
    pub fn emptied(self, first_id: i64) -> Self {
        Self {
            next_id: self.next_id.max(first_id),
            generation: self.generation,
            waiting: self.waiting,
            arrived: self.arrived,
            first_poll_ms: self.first_poll_ms,
            ..Self::new(first_id)
        }
    }

    pub fn allows(&self, kind: &str) -> bool {
        match &self.allowed {
            Some(set) => set.contains(kind),
            None => !NOT_BY_DEFAULT.contains(&kind),
        }
    }

    /// Takes the list of a getUpdates call; nothing but unknown names is the default set.
    pub fn allow(&mut self, names: &[Value], known: &HashSet<&str>) {
        let set: HashSet<String> = names
            .iter()
            .filter_map(Value::as_str)
            .filter(|name| known.contains(name))
            .map(str::to_owned)
            .collect();
        self.allowed = (!set.is_empty()).then_some(set);
    }

    pub fn allowed(&self) -> Option<Vec<String>> {
        let mut names: Vec<String> = self.allowed.as_ref()?.iter().cloned().collect();
        names.sort();
        Some(names)
    }

    pub fn len(&self) -> usize {
        self.pending.len() + self.again.len()
    }

    /// Puts an update at the end. With `reorder` it changes places with the one before it, if that was not
    /// handed out yet and has another key.
    pub fn push(&mut self, key: i64, expires_ms: i64, payload: Payload, reorder: bool) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        self.counts.created += 1;
        if self.pending.len() >= CAPACITY {
            self.counts.dropped += 1;
            return id;
        }
        let mut new = Pending { id, key, expires_ms, payload, handed_out: false };
        if let Some(last) =
            self.pending.back_mut().filter(|last| reorder && !last.handed_out && last.key != key)
        {
            std::mem::swap(&mut last.payload, &mut new.payload);
            std::mem::swap(&mut last.key, &mut new.key);
            std::mem::swap(&mut last.expires_ms, &mut new.expires_ms);
        }
        self.pending.push_back(new);
        self.arrived.notify_waiters();
        id
    }

    /// An update with an id of its own choice, which later ones follow.
    pub fn push_with_id(&mut self, id: i64, expires_ms: i64, payload: Payload) {
        self.next_id = id + 1;
        self.counts.created += 1;
        self.pending.push_back(Pending { id, key: 0, expires_ms, payload, handed_out: false });
        self.arrived.notify_waiters();
    }

    /// Confirms everything before `offset`; a negative one keeps only the last so many.
    pub fn confirm(&mut self, offset: i64) {
        if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            while self.pending.len() > keep {
                self.pending.pop_front();
            }
            return;
        }
        // What follows an unusable offset stays: it falls back to the head of the queue.
        while self.pending.front().is_some_and(|update| update.id < offset && offset <= self.next_id) {
            self.pending.pop_front();
        }
    }

    /// The next updates, as the elements of a JSON array; `None` when there are none.
    pub fn take(&mut self, limit: usize, now_ms: i64, twice: bool) -> Option<String> {
        self.prune(now_ms);
        let mut batch: Vec<(i64, Payload)> = std::mem::take(&mut self.again);
        for update in self.pending.iter_mut().take(limit.saturating_sub(batch.len())) {
            if !update.handed_out {
                update.handed_out = true;
                self.recent.push_back((update.id, update.payload.clone()));
            }
            batch.push((update.id, update.payload.clone()));
        }
        while self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        if batch.is_empty() {
            return None;
        }
        if twice {
            self.again.clone_from(&batch);
        }
        let elements: Vec<String> =
            batch.iter().map(|(id, payload)| format!("{{\"update_id\":{id}{}}}", payload.0)).collect();
        Some(elements.join(","))
    }

    /// Drops what is too old; looks once a second, for the queue may be long.
    fn prune(&mut self, now_ms: i64) {
        if now_ms < self.prune_at_ms {
            return;
        }
        self.prune_at_ms = now_ms + 1_000;
        let before = self.pending.len();
        self.pending.retain(|update| update.expires_ms > now_ms);
        self.counts.expired += (before - self.pending.len()) as u64;
    }

    /// Hands the last updates out once more with the next batch.
    pub fn redeliver(&mut self, count: usize) -> usize {
        let from = self.recent.len().saturating_sub(count);
        let again: Vec<_> = self.recent.range(from..).cloned().collect();
        let count = again.len();
        self.again.extend(again);
        self.arrived.notify_waiters();
        count
    }
}

impl World {
    /// Queues an update for a bot, if it is allowed. `key` is what order is kept by.
    pub fn deliver(&mut self, bot_id: i64, kind: Kind, key: i64, body: &Value) {
        let wanted = self.bots.get(&bot_id).is_some_and(|bot| bot.updates.allows(kind.word()));
        if !wanted {
            return;
        }
        self.check_own_update(kind, body);
        let reorder = self.faults.reorders(bot_id);
        let expires = self.clock.now_ms() + kind.retention_ms();
        if let Some(bot) = self.bots.get_mut(&bot_id) {
            bot.updates.push(key, expires, Payload::new(kind.word(), body), reorder);
        }
    }

    /// In debug builds: what the simulator says must fit the schema too.
    fn check_own_update(&mut self, kind: Kind, body: &Value) {
        if !cfg!(debug_assertions) {
            return;
        }
        let schema = Arc::clone(&self.schema);
        if let Err(mismatch) = schema.check_update(kind.word(), body) {
            self.calls.own_fault(format!("{}: {mismatch}", kind.word()));
        }
    }
}
