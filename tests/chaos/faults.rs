//! The faults: how each begins, and how it is over.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::fleet::{Fleet, Name};
use crate::shared::services::Services;
use crate::stage::Stage;
use crate::world::World;

/// Something that goes wrong. What lasts has its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// SIGKILL.
    Killed(Name),
    /// SIGSTOP, and SIGCONT when its leases have run out long ago.
    Frozen(Name, Duration),
    /// SIGTERM: it ends by itself, in time and with code 0.
    Stopped(Name),
    RedisFlushed,
    RedisKilled,
    RedisAway(Duration),
    /// «Fast shutdown», and a start.
    PostgresStopped,
    PostgresKilled,
    /// The poller is killed with updates in hand that the database had no room for.
    PollerDiesWithABatch,
    TooManyRequests(Duration),
    ServerErrors(Duration),
    /// Connections are cut, and nothing had happened.
    CutBefore(Duration),
    /// Connections are cut when the effect is there already.
    CutAfter(Duration),
    /// So many updates come again, confirmed or not.
    UpdatesAgain(usize),
    EveryBatchTwice(Duration),
    /// PostgreSQL's code 53100.
    DiskFull(Duration),
    ClockJumps(Duration),
}

impl Fault {
    /// The kind, as reports name it.
    pub fn kind(self) -> String {
        match self {
            Self::Killed(name) => format!("kill -9 of a {}", name.role()),
            Self::Frozen(name, _) => format!("SIGSTOP of a {} for 7 to 9 s, then SIGCONT", name.role()),
            Self::Stopped(name) => format!("SIGTERM to a {}", name.role()),
            Self::RedisFlushed => "FLUSHALL of Redis".into(),
            Self::RedisKilled => "kill -9 of Redis, and a start".into(),
            Self::RedisAway(_) => "Redis gone for 30 s".into(),
            Self::PostgresStopped => "fast stop of PostgreSQL, and a start".into(),
            Self::PostgresKilled => "kill -9 of PostgreSQL, and a start".into(),
            Self::PollerDiesWithABatch => "kill -9 of the poller while the disk is full".into(),
            Self::TooManyRequests(_) => "storm of 429".into(),
            Self::ServerErrors(_) => "storm of 500".into(),
            Self::CutBefore(_) => "connections cut before the effect".into(),
            Self::CutAfter(_) => "connections cut after the effect".into(),
            Self::UpdatesAgain(_) => "updates handed out again".into(),
            Self::EveryBatchTwice(_) => "every batch handed out twice".into(),
            Self::DiskFull(_) => "full disk of PostgreSQL".into(),
            Self::ClockJumps(_) => "jump of the clock by 20 to 50 s".into(),
        }
    }
}

/// A fault that happened, as it is reported.
#[derive(Clone, Debug)]
pub struct Injected {
    pub at: Instant,
    pub fault: Fault,
    /// Its victim was away already, so there was nothing to harm.
    pub idle: bool,
}

/// What ends a fault that lasts.
#[derive(Clone, Copy, Debug)]
enum End {
    RedisBack,
    PostgresBack,
    Trouble(i64),
    /// Of the fault with this number.
    Room(usize),
    /// As soon as the poller's log, behind so much of it, says that a batch cannot be stored; a moment later there
    /// is room again. Not after this time.
    PollerDies {
        number: usize,
        log: usize,
        until: Instant,
    },
}

/// Makes things go wrong, and right again.
pub struct Saboteur {
    pub services: Services,
    pub injected: Vec<Injected>,
    /// How often a fault of the simulator struck, by its kind.
    pub strikes: Vec<(&'static str, u64)>,
    ends: Vec<(Instant, End)>,
    redis_is_up: bool,
    postgres_is_up: bool,
    ahead: Duration,
}

/// How long a server is away that is killed or stopped.
const AWAY: Duration = Duration::from_millis(700);

impl Saboteur {
    pub fn new(services: Services) -> Self {
        Self {
            services,
            injected: Vec::new(),
            strikes: Vec::new(),
            ends: Vec::new(),
            redis_is_up: true,
            postgres_is_up: true,
            ahead: Duration::ZERO,
        }
    }

    /// Begins a fault.
    pub async fn begins(&mut self, fault: Fault, w: &mut World, fleet: &mut Fleet, stage: &Stage) {
        let at = Instant::now();
        let harmed = match fault {
            Fault::Killed(name) => fleet.kills(name),
            Fault::Frozen(name, time) => fleet.freezes(name, time),
            Fault::Stopped(name) => fleet.stops(name),
            Fault::RedisFlushed => {
                self.redis_is_up && self.services.servers().tells_redis(&["FLUSHALL"]).is_ok()
            }
            Fault::RedisKilled => self.redis_goes(AWAY),
            Fault::RedisAway(time) => self.redis_goes(time),
            Fault::PostgresStopped => self.postgres_goes(true).await,
            Fault::PostgresKilled => self.postgres_goes(false).await,
            Fault::PollerDiesWithABatch => self.poller_dies_with_a_batch(w, fleet).await,
            Fault::TooManyRequests(time) => {
                let storm = json!({"kind": "too_many_requests", "retry_after": 1, "probability": 0.3});
                self.trouble(w, storm, time).await
            }
            Fault::ServerErrors(time) => {
                self.trouble(w, json!({"kind": "server_error", "probability": 0.5}), time).await
            }
            Fault::CutBefore(time) => {
                self.trouble(w, json!({"kind": "cut_before", "probability": 0.4}), time).await
            }
            Fault::CutAfter(time) => {
                self.trouble(w, json!({"kind": "cut_after", "probability": 0.3}), time).await
            }
            Fault::UpdatesAgain(count) => {
                let again = w.control.post("/updates/redeliver", json!({"count": count})).await;
                again["redelivered"].as_u64().unwrap() > 0
            }
            Fault::EveryBatchTwice(time) => self.trouble(w, json!({"kind": "duplicate_updates"}), time).await,
            Fault::DiskFull(time) => self.disk_is_full(w, time).await,
            Fault::ClockJumps(time) => {
                self.clock_jumps(time, w, stage).await;
                true
            }
        };
        self.injected.push(Injected { at, fault, idle: !harmed });
    }

    /// Ends what is due. To be called often.
    pub async fn tick(&mut self, w: &World, fleet: &mut Fleet) {
        let now = Instant::now();
        let (due, later): (Vec<_>, Vec<_>) = self.ends.drain(..).partition(|(at, _)| *at <= now);
        self.ends = later;
        for (_, end) in due {
            self.ends_one(end, w, fleet).await;
        }
    }

    /// Whether everything is as it should be.
    pub fn is_calm(&self) -> bool {
        self.ends.is_empty() && self.redis_is_up && self.postgres_is_up
    }

    /// The clock of the programs is moved.
    pub async fn clock_jumps(&mut self, time: Duration, w: &mut World, stage: &Stage) {
        self.ahead += time;
        w.passes(time).await;
        stage.is_ahead_by(i64::try_from(self.ahead.as_millis()).unwrap());
    }

    /// How often calls were cut whose effect was there: each may be repeated.
    pub fn effects_cut(&self) -> usize {
        self.strikes
            .iter()
            .filter(|(kind, _)| *kind == "cut_after")
            .map(|(_, hits)| usize::try_from(*hits).unwrap())
            .sum()
    }

    fn after(&mut self, time: Duration, end: End) {
        self.ends.push((Instant::now() + time, end));
    }

    fn redis_goes(&mut self, time: Duration) -> bool {
        if !self.redis_is_up {
            return false;
        }
        self.services.redis.is_killed();
        self.redis_is_up = false;
        self.after(time, End::RedisBack);
        true
    }

    async fn postgres_goes(&mut self, politely: bool) -> bool {
        if !self.postgres_is_up {
            return false;
        }
        if politely {
            self.services.postgres.stops("INT").await;
        } else {
            self.services.postgres.is_killed();
        }
        self.postgres_is_up = false;
        self.after(AWAY, End::PostgresBack);
        true
    }

    async fn trouble(&mut self, w: &World, fault: Value, time: Duration) -> bool {
        let id = w.control.fault(fault).await;
        self.after(time, End::Trouble(id));
        true
    }

    async fn disk_is_full(&mut self, w: &World, time: Duration) -> bool {
        if !self.postgres_is_up {
            return false;
        }
        let number = self.injected.len();
        w.database.runs(&format!("INSERT INTO no_room VALUES ({number})")).await;
        self.after(time, End::Room(number));
        true
    }

    async fn poller_dies_with_a_batch(&mut self, w: &World, fleet: &Fleet) -> bool {
        if !self.postgres_is_up {
            return false;
        }
        let log = fleet.log(Name::Poller).len();
        let number = self.injected.len();
        w.database.runs(&format!("INSERT INTO no_room VALUES ({number})")).await;
        // A poller that has just died is back, and has its turn, by then.
        let until = Instant::now() + Duration::from_secs(12);
        self.after(Duration::ZERO, End::PollerDies { number, log, until });
        true
    }

    async fn ends_one(&mut self, end: End, w: &World, fleet: &mut Fleet) {
        match end {
            End::RedisBack => {
                self.services.redis.starts().await;
                self.redis_is_up = true;
            }
            End::PostgresBack => {
                self.services.postgres.starts().await;
                self.postgres_is_up = true;
            }
            End::Trouble(id) => self.ends_trouble(w, id).await,
            End::Room(number) if self.postgres_is_up => {
                w.database.runs(&format!("DELETE FROM no_room WHERE fault = {number}")).await;
            }
            End::Room(_) => self.after(Duration::from_millis(200), end),
            End::PollerDies { number, log, until } => {
                let has_a_batch = fleet
                    .log(Name::Poller)
                    .get(log..)
                    .is_some_and(|log| log.contains("updates cannot be stored"));
                if has_a_batch || Instant::now() > until {
                    fleet.kills(Name::Poller);
                    self.after(Duration::from_millis(300), End::Room(number));
                } else {
                    self.after(Duration::from_millis(100), end);
                }
            }
        }
    }

    async fn ends_trouble(&mut self, w: &World, id: i64) {
        let faults = w.control.get("/faults").await;
        let found = faults["faults"].as_array().unwrap().iter().find(|one| one["id"] == json!(id));
        let found = found.expect("a fault that was made");
        let hits = found["hits"].as_u64().unwrap();
        let kind = ["cut_after", "cut_before", "too_many_requests", "server_error", "duplicate_updates"]
            .into_iter()
            .find(|kind| found["kind"] == *kind);
        self.strikes.extend(kind.map(|kind| (kind, hits)));
        w.control.delete(&format!("/faults/{id}")).await;
    }
}
