//! The record of Bot API calls, and of those that Telegram would refuse.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::config::Record;

/// How many calls, and how many refusals, are remembered.
const KEPT: usize = 100_000;

#[derive(Clone, Debug, Serialize)]
pub struct CallRecord {
    pub id: u64,
    pub bot: i64,
    pub method: String,
    pub params: Map<String, Value>,
    pub files: Vec<String>,
    pub time_ms: i64,
    pub ok: bool,
    pub error_code: Option<u16>,
    pub description: Option<String>,
    pub refused: bool,
    pub fault: Option<String>,
    pub held_ms: i64,
    pub chat: Option<i64>,
}

pub struct CallLog {
    record: Record,
    last_id: u64,
    calls: VecDeque<CallRecord>,
    refusals: VecDeque<CallRecord>,
    pub counts: BTreeMap<String, u64>,
    pub refused: u64,
    pub held: u64,
    pub held_ms: i64,
    own_faults: Vec<String>,
}

impl CallLog {
    pub fn new(record: Record) -> Self {
        Self {
            record,
            last_id: 0,
            calls: VecDeque::new(),
            refusals: VecDeque::new(),
            counts: BTreeMap::new(),
            refused: 0,
            held: 0,
            held_ms: 0,
            own_faults: Vec::new(),
        }
    }

    /// Whether the parameters of calls that went well are wanted at all.
    pub fn keeps_all(&self) -> bool {
        self.record == Record::Full
    }

    pub fn count(&mut self, method: &str) {
        match self.counts.get_mut(method) {
            Some(count) => *count += 1,
            None => {
                self.counts.insert(method.to_owned(), 1);
            }
        }
    }

    pub fn add(&mut self, mut call: CallRecord) {
        self.last_id += 1;
        call.id = self.last_id;
        if call.held_ms > 0 {
            self.held += 1;
            self.held_ms += call.held_ms;
        }
        if call.refused {
            self.refused += 1;
            keep(&mut self.refusals, call.clone());
        }
        if self.record == Record::Full {
            keep(&mut self.calls, call);
        }
    }

    pub fn last_id(&self) -> u64 {
        self.last_id
    }

    pub fn calls_after(&self, id: u64) -> impl Iterator<Item = &CallRecord> {
        let from = self.calls.partition_point(|call| call.id <= id);
        self.calls.range(from..)
    }

    pub fn refusals_after(&self, id: u64) -> impl Iterator<Item = &CallRecord> {
        self.refusals.iter().filter(move |call| call.id > id)
    }

    /// The simulator itself made an object against the schema.
    pub fn own_fault(&mut self, what: String) {
        tracing::error!(what, "the simulator made an object against the schema");
        if self.own_faults.len() < 1_000 {
            self.own_faults.push(what);
        }
    }

    pub fn own_faults(&self) -> &[String] {
        &self.own_faults
    }
}

fn keep(calls: &mut VecDeque<CallRecord>, call: CallRecord) {
    calls.push_back(call);
    if calls.len() > KEPT {
        calls.pop_front();
    }
}
