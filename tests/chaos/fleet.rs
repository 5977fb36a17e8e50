//! The programs, each with one role, and what starts them again when they have ended.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::world::program::{Launch, Program};

pub const BOTS: usize = 3;
pub const WORKERS: usize = 2;

/// The most that a stop may take (architecture, section 5), and a little for a machine with other work.
const LONGEST_STOP: Duration = Duration::from_secs(11);

/// Which program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Name {
    Poller,
    Bot(usize),
    Worker(usize),
}

impl Name {
    pub const fn role(self) -> &'static str {
        match self {
            Self::Poller => "poller",
            Self::Bot(_) => "bot",
            Self::Worker(_) => "worker",
        }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Poller => f.write_str("poller"),
            Self::Bot(number) | Self::Worker(number) => write!(f, "{}-{}", self.role(), number + 1),
        }
    }
}

/// All programs of one bot.
pub struct Fleet {
    members: Vec<Member>,
    /// How long one that ended stays away.
    chance: StdRng,
    /// What no program should have done.
    pub wrong: Vec<String>,
    /// Who ended without having been told or killed, and its last words.
    pub ended_by_itself: Vec<String>,
}

struct Member {
    name: Name,
    launch: Launch,
    program: Option<Program>,
    /// How long its log was when it was started last.
    log_before: usize,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Up,
    FrozenUntil(Instant),
    StoppingSince(Instant),
    AwayUntil(Instant),
}

impl Fleet {
    /// Starts all of them.
    pub fn start(launch: &Launch, seed: u64) -> Self {
        let bots = (0..BOTS).map(Name::Bot);
        let names = [Name::Poller].into_iter().chain(bots).chain((0..WORKERS).map(Name::Worker));
        let member = |name: Name| Member {
            name,
            launch: Launch { name: name.to_string(), ..launch.clone() },
            program: None,
            log_before: 0,
            state: State::AwayUntil(Instant::now()),
        };
        let members = names.map(member).collect();
        let chance = StdRng::seed_from_u64(seed);
        let mut fleet = Self { members, chance, wrong: Vec::new(), ended_by_itself: Vec::new() };
        fleet.members.iter_mut().for_each(Member::starts);
        fleet
    }

    /// SIGKILL. `false` where it is away already.
    pub fn kills(&mut self, name: Name) -> bool {
        let away = self.away();
        let member = self.member(name);
        let Some(mut program) = member.program.take() else { return false };
        program.is_killed();
        member.state = State::AwayUntil(Instant::now() + away);
        true
    }

    /// SIGSTOP, and SIGCONT after this time. `false` where it is not at work.
    pub fn freezes(&mut self, name: Name, time: Duration) -> bool {
        self.tells(name, "STOP", State::FrozenUntil(Instant::now() + time))
    }

    /// SIGTERM. `false` where it is not at work.
    pub fn stops(&mut self, name: Name) -> bool {
        self.tells(name, "TERM", State::StoppingSince(Instant::now()))
    }

    fn tells(&mut self, name: Name, signal: &str, state: State) -> bool {
        let member = self.member(name);
        let has_begun = member.has_begun();
        let Some(program) = &mut member.program else { return false };
        if !matches!(member.state, State::Up) || !has_begun || !program.is_alive() {
            return false;
        }
        program.hears(signal);
        member.state = state;
        true
    }

    /// What a program has written so far, since its first start.
    pub fn log(&self, name: Name) -> String {
        let member = self.members.iter().find(|member| member.name == name);
        member.and_then(|member| member.program.as_ref()).map(Program::log).unwrap_or_default()
    }

    /// Looks after everyone: wakes the frozen, starts again whoever has ended. To be called often.
    pub async fn tick(&mut self) {
        let now = Instant::now();
        for place in 0..self.members.len() {
            let away = self.away();
            let member = &mut self.members[place];
            match member.state {
                State::AwayUntil(until) if now >= until => member.starts(),
                State::FrozenUntil(until) if now >= until => {
                    member.program.as_mut().unwrap().hears("CONT");
                    member.state = State::Up;
                }
                State::StoppingSince(since) => {
                    let (name, took) = (member.name, since.elapsed());
                    let program = member.program.as_mut().unwrap();
                    if !program.is_alive() {
                        let status = program.ends_within(Duration::from_secs(1)).await;
                        if !status.success() {
                            self.wrong.push(format!("{name} was told to stop and ended with {status}"));
                        }
                        member.program = None;
                        member.state = State::AwayUntil(now + away);
                    } else if took > LONGEST_STOP {
                        self.wrong.push(format!("{name} was told to stop and did not within {took:?}"));
                        self.kills(name);
                    }
                }
                State::Up => {
                    let program = member.program.as_mut().unwrap();
                    if !program.is_alive() {
                        let log = program.log();
                        let last = log.lines().last().unwrap_or_default();
                        self.ended_by_itself.push(format!("{}: {last}", member.name));
                        member.program = None;
                        member.state = State::AwayUntil(now + away);
                    }
                }
                State::AwayUntil(_) | State::FrozenUntil(_) => {}
            }
        }
    }

    /// Whether everyone is at work.
    pub fn is_complete(&self) -> bool {
        self.members.iter().all(|member| matches!(member.state, State::Up) && member.has_begun())
    }

    /// Everyone is told to stop, and does: in time, and well.
    pub async fn ends(&mut self) {
        let names: Vec<Name> = self.members.iter().map(|member| member.name).collect();
        for name in &names {
            self.stops(*name);
        }
        let deadline = Instant::now() + LONGEST_STOP + Duration::from_secs(2);
        while self.members.iter().any(|member| matches!(member.state, State::StoppingSince(_))) {
            self.tick_only_the_stopping().await;
            assert!(Instant::now() < deadline, "the fleet does not end");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn tick_only_the_stopping(&mut self) {
        let far = Instant::now() + Duration::from_secs(3_600);
        for member in &mut self.members {
            if matches!(member.state, State::AwayUntil(_)) {
                member.state = State::AwayUntil(far);
            }
        }
        self.tick().await;
    }

    fn member(&mut self, name: Name) -> &mut Member {
        self.members.iter_mut().find(|member| member.name == name).unwrap()
    }

    fn away(&mut self) -> Duration {
        Duration::from_millis(self.chance.random_range(100..1_500))
    }
}

impl Member {
    fn starts(&mut self) {
        let program = self.launch.start(&["run", "--roles", self.name.role()]);
        self.log_before = program.log().len();
        self.program = Some(program);
        self.state = State::Up;
    }

    /// Before that, a signal finds nobody who would heed it.
    fn has_begun(&self) -> bool {
        let log = self.program.as_ref().map(Program::log).unwrap_or_default();
        log.get(self.log_before..).is_some_and(|since| since.contains(" started"))
    }
}
