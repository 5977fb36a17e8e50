//! The accounts at the end: the database, Telegram's record and what people remember must agree. Each check
//! has a name, by which a failure is known.

mod lotteries;
mod programs;
mod telegram;
mod tickets;
mod updates;

use std::collections::HashMap;

use serde_json::Value;

use crate::books::{self, Entry};
use crate::diary::Diary;
use crate::faults::{Fault, Injected, Saboteur};
use crate::fleet::{Fleet, Name};
use crate::lotteries::Ordered;
use crate::world::World;

pub use programs::tolerated;
pub use telegram::repeats;

/// Something that does not agree.
pub struct Finding {
    pub check: &'static str,
    pub what: String,
}

/// A row of `lottery_participants`.
#[derive(Clone, Debug)]
pub struct Participant {
    pub lottery: i64,
    pub person: i64,
    pub ticket: i64,
    pub state: String,
}

/// A row of `lotteries` with that of its counter.
#[derive(Clone, Debug)]
pub struct LotteryRow {
    pub id: i64,
    pub state: String,
    pub post: Option<i64>,
    pub tickets: i64,
    pub participants: i64,
    /// The labels under its post.
    pub labels: Vec<String>,
}

/// All that is known at the end.
pub struct Evidence {
    pub diaries: Vec<Diary>,
    pub ordered: Vec<Ordered>,
    /// What was never done.
    pub left: Vec<String>,
    pub injected: Vec<Injected>,
    /// How often calls were cut whose effect was there.
    pub effects_cut: usize,
    /// How many updates Telegram had for the bot.
    pub updates_made: usize,
    pub stored: Vec<Entry>,
    pub applied: Vec<Entry>,
    pub seen: Vec<Entry>,
    pub tickets: Vec<Entry>,
    pub dead: Vec<String>,
    pub users: Vec<i64>,
    pub participants: Vec<Participant>,
    pub lotteries: Vec<LotteryRow>,
    /// Code and how often it was published by the books.
    pub published: HashMap<String, usize>,
    /// Lottery and number of each document.
    pub documents: Vec<(i64, i64)>,
    /// Lottery and who won it.
    pub winners: Vec<(i64, i64)>,
    /// All calls but getUpdates, in their order.
    pub calls: Vec<Value>,
    /// Posts that stand in the chats: the code on their button and their number.
    pub posts: Vec<(String, i64)>,
    pub refusals: Vec<Value>,
    pub own_faults: Vec<Value>,
    pub log: String,
    pub wrong: Vec<String>,
    pub ended_by_itself: Vec<String>,
}

impl Evidence {
    pub async fn gather(
        w: &World,
        diaries: Vec<Diary>,
        ordered: Vec<Ordered>,
        left: Vec<String>,
        saboteur: &Saboteur,
        fleet: &Fleet,
    ) -> Self {
        let db = &w.database;
        let stats = w.control.get("/stats").await;
        let calls = w.control.get("/calls?limit=1000000").await["calls"].as_array().unwrap().clone();
        let refusals = w.control.get("/refusals").await;
        let participants: Vec<(i64, i64, i64, String)> = db
            .rows("SELECT lottery_id, user_id, ticket, state FROM lottery_participants ORDER BY 1, 3")
            .await;
        let participants = participants.into_iter().map(|(lottery, person, ticket, state)| Participant {
            lottery,
            person,
            ticket,
            state,
        });
        let published: Vec<(String,)> =
            db.rows("SELECT subject FROM audit_logs WHERE action = 'lottery.publish'").await;
        let mut times = HashMap::new();
        for (subject,) in published {
            *times.entry(subject.trim_start_matches("lottery:").to_owned()).or_default() += 1;
        }
        let winners = db
            .rows("SELECT lottery_id, user_id FROM lottery_winners WHERE role = 'winner' ORDER BY 1, 2")
            .await;
        Self {
            lotteries: lotteries::rows(w, &ordered).await,
            posts: lotteries::posts(w, &ordered).await,
            diaries,
            ordered,
            left,
            injected: saboteur.injected.clone(),
            effects_cut: saboteur.effects_cut(),
            updates_made: usize::try_from(stats["bots"][0]["updates"].as_u64().unwrap()).unwrap(),
            stored: books::entries(db, "stored").await,
            applied: books::entries(db, "applied").await,
            seen: books::entries(db, "seen").await,
            tickets: books::entries(db, "ticket").await,
            dead: db.dead_updates().await,
            users: db.people().await.into_iter().map(|row| row.id).collect(),
            participants: participants.collect(),
            published: times,
            documents: db.rows("SELECT lottery_id, number FROM draw_receipts ORDER BY 1, 2").await,
            winners,
            calls,
            refusals: refusals["refusals"].as_array().unwrap().clone(),
            own_faults: refusals["own_faults"].as_array().unwrap().clone(),
            log: w.log(),
            wrong: fleet.wrong.clone(),
            ended_by_itself: fleet.ended_by_itself.clone(),
        }
    }

    /// How often something may have been said once more: for each program that did not finish and each time
    /// that two may have had the same in hand. What was said and cut off is counted a chat.
    pub fn repeats_allowed(&self) -> usize {
        let repeats = |injected: &&Injected| {
            !injected.idle
                && match injected.fault {
                    Fault::Killed(Name::Bot(_) | Name::Worker(_))
                    | Fault::Frozen(Name::Bot(_) | Name::Worker(_), _)
                    // Two may hold one partition until the next beat.
                    | Fault::RedisFlushed
                    | Fault::RedisKilled
                    | Fault::RedisAway(_)
                    // That it was sent could not be written down.
                    | Fault::PostgresStopped
                    | Fault::PostgresKilled
                    | Fault::DiskFull(_)
                    | Fault::PollerDiesWithABatch
                    // A lease may run out at once.
                    | Fault::ClockJumps(_) => true,
                    _ => false,
                }
        };
        self.injected.iter().filter(repeats).count()
    }

    /// The calls to one chat that had their effect, in their order.
    pub fn said_in(&self, chat: i64) -> impl Iterator<Item = &Value> {
        self.calls.iter().filter(move |call| call["chat"] == chat && call["ok"] == true)
    }

    /// How often a call to this chat had its effect, and its answer was lost.
    pub fn cuts_in(&self, chat: i64) -> usize {
        self.said_in(chat).filter(|call| call["fault"] == "cut_after").count()
    }

    pub fn lottery(&self, id: i64) -> Option<&LotteryRow> {
        self.lotteries.iter().find(|row| row.id == id)
    }
}

/// A check by its name.
type Check = (&'static str, fn(&Evidence) -> Vec<String>);

/// All of them, in the order in which they are reported.
const CHECKS: &[Check] = &[
    ("everything-done", |evidence| evidence.left.clone()),
    ("no-dead-update", |evidence| evidence.dead.clone()),
    ("stored-once", updates::stored_once),
    ("applied-once", updates::applied_once),
    ("effect-with-its-update", updates::effect_with_its_update),
    ("effect-once", updates::effect_once),
    ("everyone-known", updates::everyone_known),
    ("tickets-without-gap", tickets::without_gap),
    ("joins-kept", tickets::joins_kept),
    ("last-act-counts", tickets::last_act_counts),
    ("told-the-ticket", tickets::told_the_ticket),
    ("told-what-is-so", tickets::told_what_is_so),
    ("counters-true", lotteries::counters_true),
    ("published-once", lotteries::published_once),
    ("drawn-once", lotteries::drawn_once),
    ("winners-told", lotteries::winners_told),
    ("starts-answered", telegram::starts_answered),
    ("hardly-twice", telegram::hardly_twice),
    ("presses-answered", telegram::presses_answered),
    ("nothing-refused", telegram::nothing_refused),
    ("stops-well", |evidence| evidence.wrong.clone()),
    ("ends-only-when-told", programs::ends_only_when_told),
    ("log-clean", programs::log_clean),
];

/// Whatever does not agree.
pub fn all(evidence: &Evidence) -> Vec<Finding> {
    let of = |(check, find): &Check| {
        let check = *check;
        find(evidence).into_iter().map(move |what| Finding { check, what })
    };
    CHECKS.iter().flat_map(of).collect()
}

/// How many there are.
pub fn count() -> usize {
    CHECKS.len()
}
