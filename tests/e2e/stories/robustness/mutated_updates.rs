//! Ten thousand updates that Telegram should never send, through the real program, between people whom
//! they must not harm.
//!
//! `MUTANTS` sets their number, `MUTANTS_SEED` which they are; the seed is printed.

#[path = "../../../../crates/telegram/tests/mutants/corpus.rs"]
mod corpus;
#[path = "../../../../crates/telegram/tests/mutants/json.rs"]
mod json;
#[path = "../../../../crates/telegram/tests/mutants/mutation.rs"]
mod mutation;

use std::time::Instant;

use serde_json::{Value, json};

use crate::world::World;
use corpus::{Corpus, Scene};
use json::Json;
use mutation::{Step, damage, mutate};

/// How many mutants are on their way at the same time.
const ROUND: usize = 1_000;

/// How many people start meanwhile.
const STARTING: i64 = 20;

/// Whom the mutants are about: people of the simulator, and people it does not know.
const VICTIMS: i64 = 200;
const NOBODIES: i64 = 1_000_000;
const FIRST_VICTIM: i64 = 20_000_001;

/// The program needs a third of it, however many mutants there were.
const MOST_MEMORY_KIB: u64 = 192 * 1024;

/// What Telegram may refuse: answers to presses and people that never were.
const REFUSALS: &[(&str, &str)] = &[
    ("answerInlineQuery", "query ID is invalid"),
    ("answerPreCheckoutQuery", "query ID is invalid"),
    ("answerCallbackQuery", "query is too old"),
    ("editMessageText", "chat not found"),
    ("editMessageText", "message to edit not found"),
    ("sendMessage", "chat not found"),
];

/// With this bit in its variant, an update of the corpus has only what it must have.
const LEAN: u64 = 32;

/// Numbers that look like chance and follow from the first (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn step(&mut self) -> Step {
        let [act, place, with] = std::array::from_fn(|_| (self.next() >> 32) as u32);
        Step { act, place, with }
    }
}

/// An update behind its number, with a few things wrong. One of fifty is torn as well.
fn mutant(corpus: &Corpus, dice: &mut Dice) -> String {
    let kind = corpus.kind((dice.next() >> 32) as u32).to_owned();
    // Few are about people who are there: those may be told something once a second only.
    let people = if dice.below(4) == 0 { VICTIMS } else { NOBODIES };
    let person = FIRST_VICTIM + dice.below(people.unsigned_abs()) as i64;
    let scene = Scene { person, group: -1_001_234_567_890 };
    let fullness = if dice.below(8) == 0 { 0 } else { LEAN };
    let mut content = content(corpus, &kind, scene, dice.next() | fullness);
    for _ in 0..=dice.below(5) {
        mutate(&mut content, dice.step());
    }
    let text = behind_the_number(&content);
    let mut text = text.into_bytes();
    if dice.below(50) == 0 {
        damage(&mut text, dice.step());
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// A valid update without its number, which the simulator gives.
fn content(corpus: &Corpus, kind: &str, scene: Scene, variant: u64) -> Json {
    let Json::Object(mut fields) = corpus.update(0, kind, scene, variant) else { panic!("no object") };
    fields.retain(|(name, _)| name != "\"update_id\"");
    Json::Object(fields)
}

fn behind_the_number(content: &Json) -> String {
    let text = match content {
        Json::Object(fields) if fields.is_empty() => String::new(),
        Json::Object(_) => format!(",{}", content.text().trim_start_matches('{').strip_suffix('}').unwrap()),
        other => format!(",\"odd\":{}", other.text()),
    };
    // A number of its own would make others pass for known: Telegram's numbers must be believed.
    text.replace("\"update_id\"", "\"updated_id\"")
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |value| value.parse().expect("a number"))
}

/// How much memory the program has taken at most, in KiB. `None` where the system does not tell.
fn memory(w: &World) -> Option<u64> {
    let home = w.launch.folder.canonicalize().unwrap();
    let processes = std::fs::read_dir("/proc").ok()?.flatten().map(|entry| entry.path());
    let program = processes
        .into_iter()
        .find(|process| std::fs::read_link(process.join("cwd")).is_ok_and(|folder| folder == home))?;
    let status = std::fs::read_to_string(program.join("status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches(" kB").parse().ok()
}

impl World {
    async fn is_sent(&self, texts: &[String]) {
        for some in texts.chunks(200) {
            self.control.post("/updates/torn", json!({"texts": some})).await;
        }
    }

    async fn people_start(&self, people: i64, first: i64) -> Value {
        let load = json!({"people": people, "first_id": first, "rate": 0});
        self.control.post("/load/start", load).await["id"].clone()
    }

    /// Each of them has the bot's answer, and nothing is on its way.
    async fn all_are_served(&self, load: &Value) {
        let path = format!("/load/{load}");
        self.comes_true("everyone is answered", async || self.control.get(&path).await["done"] == true).await;
        self.settles().await;
    }

    fn refusals_may_be(&mut self, found: &Value) {
        for (method, words) in REFUSALS {
            let fits = |call: &Value| {
                call["method"] == *method && call["description"].as_str().unwrap_or_default().contains(words)
            };
            if found["refusals"].as_array().unwrap().iter().any(fits) {
                self.expects_refusal(method, words);
            }
        }
    }
}

#[tokio::test]
async fn a_torn_update_with_nobody_behind_it_is_kept_and_holds_up_nobody() {
    let mut w = World::open().await;
    w.expects_error("an update is given up");
    w.expects_dead_update("EOF while parsing");
    w.is_sent(&[",\"message\":{\"text\":\"half a wo".to_owned()]).await;
    w.comes_true("it is given up", async || w.database.dead_updates().await.len() == 1).await;
    let sara = w.person("سارة").await;
    sara.starts().await;
    sara.sees(sara.menu()).await;
    w.ends().await;
}

#[tokio::test]
async fn ten_thousand_mutated_updates_harm_nobody() {
    let (mutants, seed) = (number("MUTANTS", 10_000), number("MUTANTS_SEED", 1));
    eprintln!("again with MUTANTS={mutants} MUTANTS_SEED={seed}");
    let (corpus, mut dice) = (Corpus::new(), Dice(seed as u64));
    let mut w = World::open().await;
    w.expects_error("an update is given up");
    let begun = Instant::now();
    let victims = w.people_start(VICTIMS, FIRST_VICTIM).await;
    w.all_are_served(&victims).await;
    let scene = Scene { person: FIRST_VICTIM, group: -1_001_234_567_890 };
    let valid: Vec<String> =
        corpus.kinds().iter().map(|kind| behind_the_number(&content(&corpus, kind, scene, 0))).collect();
    w.is_sent(&valid).await;

    for round in 0..mutants.div_ceil(ROUND) {
        let count = ROUND.min(mutants - round * ROUND);
        let texts: Vec<String> = (0..count).map(|_| mutant(&corpus, &mut dice)).collect();
        let (before, after) = texts.split_at(count / 2);
        w.is_sent(before).await;
        let ordinary = w.people_start(STARTING, 10_000_001 + round as i64 * STARTING).await;
        w.is_sent(after).await;
        w.all_are_served(&ordinary).await;
    }

    let asked = Instant::now();
    let next = w.person("سارة").await;
    next.starts().await;
    next.sees(next.menu()).await;
    let took = asked.elapsed();
    assert!(took.as_secs() < 5, "the next one waited for {took:?}");
    w.settles().await;
    let dead = w.database.dead_updates().await;
    assert_eq!(w.database.undone(w.now()).await, [] as [&str; 0]);
    assert!(dead.iter().all(|why| !why.contains("panicked")), "{dead:#?}");
    let peak = memory(&w);
    eprintln!("{mutants} mutants in {:?}: {} dead, at most {peak:?} KiB", begun.elapsed(), dead.len());
    assert!(dead.len() > mutants / 10 && dead.len() < mutants, "{} dead prove little", dead.len());
    assert!(peak.is_none_or(|peak| peak < MOST_MEMORY_KIB), "{peak:?} KiB");
    dead.iter().for_each(|_| w.expects_dead_update(""));
    let refusals = w.control.get("/refusals").await;
    w.refusals_may_be(&refusals);
    w.ends().await;
}
