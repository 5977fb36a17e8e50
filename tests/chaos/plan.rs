//! What is going to happen, all of it from one seed: the faults and their order, and what each person does.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use crate::faults::Fault;
use crate::fleet::{BOTS, Name, WORKERS};

/// A run from its beginning to the last fault.
pub struct Plan {
    pub seed: u64,
    pub lasts: Duration,
    /// Each with the pause before it, in their order.
    pub faults: Vec<(Duration, Fault)>,
    /// What each person does, each with the pause before it.
    pub people: Vec<Vec<(Duration, Act)>>,
    /// When a lottery is ordered to be published.
    pub lotteries: Vec<(Duration, LotteryPlan)>,
}

/// What a person does. Which lottery it is about is a number of which the open ones take the remainder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Start,
    /// The button under the post, then the link.
    Join(usize),
    /// The same with every press and every link twice, at the same time.
    JoinTwice(usize),
    /// The link, without the button.
    Link(usize),
    /// «انسحاب», and the question after it; `true`: confirmed by two presses at the same time.
    Leave(usize, bool),
    /// The number under the post.
    Count(usize),
    LeaveChannel,
    JoinChannel,
}

/// What a lottery is to be like.
#[derive(Clone, Copy, Debug)]
pub struct LotteryPlan {
    pub chat: usize,
    pub winners: u32,
    /// How long after its order it is drawn, by the clock of the tests.
    pub drawn_after: Option<Duration>,
    pub has_condition: bool,
}

/// Chats in which lotteries are published.
pub const CHATS: usize = 3;

impl Plan {
    /// So many minutes with a fault every four to six seconds, of every kind.
    pub fn of(seed: u64, minutes: u64) -> Self {
        let mut chance = StdRng::seed_from_u64(seed);
        let lasts = Duration::from_secs(60 * minutes);
        let (mut faults, mut at) = (Vec::new(), Duration::ZERO);
        let mut deck: Vec<Fault> = Vec::new();
        loop {
            let pause = millis(&mut chance, 4_000, 6_000);
            at += pause;
            if at > lasts {
                break;
            }
            if deck.is_empty() {
                deck = of_every_kind(&mut chance);
                deck.push(Fault::RedisAway(Duration::from_secs(30)));
                deck.shuffle(&mut chance);
            }
            faults.extend(deck.pop().map(|fault| (pause, fault)));
        }
        Self::with(seed, lasts, faults, 16, chance)
    }

    /// Every kind of fault once, but for the long ones, in an order that lets each be seen: what Redis forgets
    /// comes before what dies without a word.
    pub fn short(seed: u64) -> Self {
        let mut chance = StdRng::seed_from_u64(seed);
        let pause = Duration::from_millis(2_000);
        let mut faults = of_every_kind(&mut chance);
        faults.shuffle(&mut chance);
        faults.sort_by_key(|fault| match fault {
            Fault::RedisFlushed | Fault::RedisKilled => 0,
            // While there is a poller.
            Fault::PollerDiesWithABatch => 1,
            _ => 2,
        });
        let lasts = pause * u32::try_from(faults.len() + 2).unwrap();
        let faults = faults.into_iter().map(|fault| (pause, fault)).collect();
        Self::with(seed, lasts, faults, 14, chance)
    }

    fn with(
        seed: u64,
        lasts: Duration,
        faults: Vec<(Duration, Fault)>,
        people: usize,
        mut chance: StdRng,
    ) -> Self {
        let people = (0..people).map(|_| script(&mut chance, lasts)).collect();
        let (mut lotteries, mut at) = (Vec::new(), Duration::ZERO);
        while at < lasts.mul_f64(0.8) {
            let number = lotteries.len();
            let drawn_after = (number % 2 == 1).then(|| millis(&mut chance, 100_000, 200_000));
            lotteries.push((
                at,
                LotteryPlan {
                    chat: number % CHATS,
                    winners: chance.random_range(1..=3),
                    drawn_after,
                    has_condition: number % 4 == 2,
                },
            ));
            at += if number < 2 { Duration::from_secs(1) } else { millis(&mut chance, 12_000, 20_000) };
        }
        Self { seed, lasts, faults, people, lotteries }
    }
}

/// One fault of each kind, with its length and its victim from chance.
fn of_every_kind(chance: &mut StdRng) -> Vec<Fault> {
    let frozen = |chance: &mut StdRng| millis(chance, 7_000, 9_000);
    let storm = |chance: &mut StdRng| millis(chance, 2_000, 4_000);
    let bot = |chance: &mut StdRng| Name::Bot(chance.random_range(0..BOTS));
    let worker = |chance: &mut StdRng| Name::Worker(chance.random_range(0..WORKERS));
    vec![
        Fault::Killed(Name::Poller),
        Fault::Killed(bot(chance)),
        Fault::Killed(bot(chance)),
        Fault::Killed(worker(chance)),
        Fault::Frozen(Name::Poller, frozen(chance)),
        Fault::Frozen(bot(chance), frozen(chance)),
        Fault::Frozen(worker(chance), frozen(chance)),
        Fault::Stopped(Name::Poller),
        Fault::Stopped(bot(chance)),
        Fault::Stopped(worker(chance)),
        Fault::RedisFlushed,
        Fault::RedisKilled,
        Fault::PostgresStopped,
        Fault::PostgresKilled,
        Fault::PollerDiesWithABatch,
        Fault::TooManyRequests(storm(chance)),
        Fault::ServerErrors(storm(chance)),
        Fault::CutBefore(storm(chance)),
        Fault::CutAfter(storm(chance)),
        Fault::UpdatesAgain(chance.random_range(20..100)),
        Fault::EveryBatchTwice(storm(chance)),
        Fault::DiskFull(storm(chance)),
        Fault::ClockJumps(millis(chance, 20_000, 50_000)),
    ]
}

fn script(chance: &mut StdRng, lasts: Duration) -> Vec<(Duration, Act)> {
    let (mut acts, mut at) = (Vec::new(), Duration::ZERO);
    while at < lasts {
        let pause = millis(chance, 300, 1_500);
        at += pause;
        let lottery = chance.random_range(0..1_000);
        let act = match chance.random_range(0..100) {
            0..25 => Act::Start,
            25..50 => Act::Join(lottery),
            50..58 => Act::JoinTwice(lottery),
            58..66 => Act::Link(lottery),
            66..82 => Act::Leave(lottery, lottery % 2 == 0),
            82..90 => Act::Count(lottery),
            90..95 => Act::LeaveChannel,
            _ => Act::JoinChannel,
        };
        acts.push((pause, act));
    }
    acts
}

fn millis(chance: &mut StdRng, from: u64, to: u64) -> Duration {
    Duration::from_millis(chance.random_range(from..=to))
}

#[test]
fn a_seed_means_the_same_faults_and_acts() {
    let (one, other) = (Plan::of(7, 4), Plan::of(7, 4));
    assert_eq!(one.faults, other.faults);
    assert_eq!(one.people, other.people);
    assert!(one.faults.len() >= 40, "{}", one.faults.len());
    assert_ne!(one.faults, Plan::of(8, 4).faults);
}
