//! Ten thousand updates as Telegram should never send them, among good ones, through the whole way in.
//!
//! `MUTANTS` sets their number, `MUTANTS_SEED` which they are; a failure prints its seed.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "this is a test, its parts that are no test functions too"
)]

mod corpus;
mod json;
mod mutation;
mod properties;
mod server;

use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use qura_domain::ids::{ChatId, UpdateId, UserId};
use qura_ports::telegram::{Decoder, Event, RawUpdate, Route, UpdateSource};
use qura_telegram::{BotApiDecoder, Client, ClientUpdates, Timeouts};
use tokio::runtime::Runtime;

use corpus::{Corpus, Scene};
use mutation::{Step, damage, mutate};
use properties::Sent;
use server::Answer;

const SCENE: Scene = Scene { person: 7_000_000_001, group: -1_001_234_567_890 };

/// Mutants and good updates in one batch.
const MUTANTS: usize = 25;
const INNOCENTS: usize = 5;

/// Reading a batch takes a few milliseconds. What takes so long, time after time, grows faster than its
/// input; once it may be the machine that stood still.
const LONGEST_BATCH: Duration = Duration::from_secs(10);
const ATTEMPTS: usize = 3;

/// Waits out a machine that stands still.
const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(120),
    call: Duration::from_secs(120),
    poll_margin: Duration::from_secs(120),
};

/// How an update comes about.
#[derive(Clone, Debug)]
struct Recipe {
    kind: u32,
    variant: u32,
    steps: Vec<Step>,
    damage: Vec<Step>,
}

fn recipe(steps: usize, damaged: bool) -> impl Strategy<Value = Recipe> {
    let step = || any::<(u32, u32, u32)>().prop_map(|(act, place, with)| Step { act, place, with });
    let damage = vec(step(), usize::from(damaged)..=2 * usize::from(damaged));
    (any::<(u32, u32)>(), vec(step(), usize::from(steps > 0)..=steps), damage)
        .prop_map(|((kind, variant), steps, damage)| Recipe { kind, variant, steps, damage })
}

/// Of three batches, two are JSON as a whole. In the third, one mutant of three is torn.
fn batch() -> impl Strategy<Value = Vec<Recipe>> {
    let mutant = |torn: bool| {
        let damaged = if torn { prop::bool::weighted(0.3).boxed() } else { Just(false).boxed() };
        damaged.prop_flat_map(|damaged| recipe(6, damaged))
    };
    let mutants = prop_oneof![2 => vec(mutant(false), MUTANTS), 1 => vec(mutant(true), MUTANTS)];
    (mutants, vec(recipe(0, false), INNOCENTS), any::<u64>()).prop_map(|(mut all, innocents, order)| {
        for (nth, innocent) in (1..).zip(innocents) {
            all.insert((order.wrapping_mul(nth) % all.len() as u64) as usize, innocent);
        }
        all
    })
}

fn bake(corpus: &Corpus, id: i64, recipe: &Recipe) -> Sent {
    let mut update = corpus.update(id, corpus.kind(recipe.kind), SCENE, u64::from(recipe.variant));
    recipe.steps.iter().for_each(|step| mutate(&mut update, *step));
    let is_json = recipe.damage.is_empty();
    let numbered = properties::has_one_usable_number(&update);
    let mut text = update.text().into_bytes();
    recipe.damage.iter().for_each(|step| damage(&mut text, *step));
    Sent { id, text, is_json, numbered, innocent: recipe.steps.is_empty() && is_json }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().expect("a number"))
}

fn source(runtime: &Runtime, answer: &Answer) -> ClientUpdates {
    let address = runtime.block_on(server::start(answer.clone()));
    let client = Client::new(address.parse().unwrap(), "1:x".into(), TIMEOUTS).unwrap();
    ClientUpdates::new(client)
}

#[test]
fn mutated_updates_harm_nobody() {
    let (mutants, seed) = (number("MUTANTS", 10_000), number("MUTANTS_SEED", 1));
    let batches = u32::try_from(mutants.div_ceil(MUTANTS as u64)).unwrap();
    let config =
        Config { cases: batches, failure_persistence: None, max_shrink_time: 5_000, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let (runtime, answer, corpus) = (Runtime::new().unwrap(), Answer::default(), Corpus::new());
    let source = source(&runtime, &answer);
    let fetched = TestRunner::new_with_rng(config, rng).run(&batch(), |recipes| {
        let sent: Vec<Sent> =
            (900_000_000..).zip(&recipes).map(|(id, recipe)| bake(&corpus, id, recipe)).collect();
        let body = properties::answer(&sent);
        let length = body.len();
        answer.is(body);
        in_time(|| {
            let found = runtime.block_on(source.poll(None, 100, Duration::ZERO));
            let found = found.map_err(|error| TestCaseError::fail(error.to_string()))?;
            properties::nobody_is_lost(&sent, &found)?;
            properties::no_more_than_came(length, &found)?;
            found.iter().try_for_each(properties::route_and_event_agree)
        })
    });
    match fetched {
        Ok(()) => {}
        Err(TestError::Fail(why, _)) => panic!("again with MUTANTS={mutants} MUTANTS_SEED={seed}: {why}"),
        Err(TestError::Abort(why)) => panic!("nothing was tried: {why}"),
    }
}

/// What the mutants are made of is what it claims to be: else their reading would prove nothing.
#[test]
fn the_corpus_is_valid_and_whole() {
    let corpus = Corpus::new();
    assert_eq!(corpus.kinds().len(), 27);
    for (kind, variant) in corpus.kinds().iter().flat_map(|kind| (0..700).map(move |variant| (kind, variant)))
    {
        let raw = corpus.update(5, kind, SCENE, variant).text();
        let incoming = BotApiDecoder.decode(&raw).unwrap_or_else(|why| panic!("{why}: {raw}"));
        let known = match incoming.event {
            Event::Message(_) => "message",
            Event::ChannelPost(_) => "channel_post",
            Event::Callback(_) => "callback_query",
            Event::InlineQuery(_) => "inline_query",
            Event::OwnMembership(_) => "my_chat_member",
            Event::Membership(_) => "chat_member",
            Event::JoinRequest(_) => "chat_join_request",
            Event::Boosted(_) => "chat_boost",
            Event::Checkout(_) => "pre_checkout_query",
            Event::Other(ref other) => other,
        };
        assert_eq!(known, kind);
    }
}

/// A tree of the largest message's size takes no time, however it is nested.
#[test]
fn reading_takes_time_in_proportion() {
    let (runtime, answer) = (Runtime::new().unwrap(), Answer::default());
    let source = source(&runtime, &answer);
    let nests = [("[", "]"), (r#"{"update_id":"#, "}"), (r#"{"update_id":8,"message":"#, ""), ("\"", "")];
    for (open, close) in nests {
        let deep = format!("{}1{}", open.repeat(200_000), close.repeat(200_000));
        let good = r#"{"update_id":9,"poll":{}}"#;
        answer.is(format!(r#"{{"ok":true,"result":[{{"update_id":7,"x":{deep}}},{good}]}}"#).into_bytes());
        let good = RawUpdate { id: UpdateId::new(9), route: Route::Unknown, raw: good.to_owned() };
        in_time(|| {
            let found = runtime.block_on(source.poll(None, 100, Duration::ZERO)).unwrap();
            prop_assert!(found.contains(&good), "{}: {} found", open, found.len());
            found.iter().for_each(|update| drop(BotApiDecoder.decode(&update.raw)));
            Ok(())
        })
        .unwrap();
    }
}

/// Fails when reading fails, or takes too long each time.
fn in_time(read: impl Fn() -> Result<(), TestCaseError>) -> Result<(), TestCaseError> {
    for _ in 0..ATTEMPTS {
        let begun = Instant::now();
        read()?;
        if begun.elapsed() < LONGEST_BATCH {
            return Ok(());
        }
    }
    Err(TestCaseError::fail(format!("more than {LONGEST_BATCH:?}, {ATTEMPTS} times")))
}

fn person(id: i64) -> Route {
    Route::Person(UserId::new(id))
}

fn place(chat: ChatId) -> Route {
    chat.person().map_or(Route::Chat(chat), Route::Person)
}
