//! One run: the stage is set, everyone acts, things go wrong, all comes to its end, and accounts are settled.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::books;
use crate::checks::{self, Evidence};
use crate::drain::drains;
use crate::faults::Saboteur;
use crate::fleet::Fleet;
use crate::lotteries::{Organizer, organize};
use crate::people::live;
use crate::plan::{CHATS, Plan};
use crate::report;
use crate::shared::services::Services;
use crate::stage::Stage;
use crate::world::{Channel, ChannelPlan, Person, World};

/// The seed of the short form: any would do.
const SEED: u64 = 6;

/// `CHAOS_SEED` and `CHAOS_MINUTES` ask for a long run, `make chaos` sets them; without them it is the short
/// form.
fn plan() -> Plan {
    let number = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    match (number("CHAOS_SEED"), number("CHAOS_MINUTES")) {
        (seed, Some(minutes)) => Plan::of(seed.unwrap_or(u64::from(std::process::id())), minutes),
        (seed, None) => Plan::short(seed.unwrap_or(SEED)),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_fails_nothing_is_lost_and_nothing_happens_twice() {
    // People live on this thread, the simulator on the others.
    tokio::task::LocalSet::new().run_until(runs(plan())).await;
}

async fn runs(plan: Plan) {
    let minutes = plan.lasts.as_secs_f64() / 60.0;
    eprintln!("CHAOS_SEED={} for {minutes:.1} minutes, {} faults", plan.seed, plan.faults.len());
    // Before the world, so that they outlive it.
    let mut saboteur = Saboteur::new(Services::start().await);
    let mut builder = World::builder().idle();
    builder.servers = Some(saboteur.services.servers());
    let mut w = builder.start().await;
    w.runs(&["migrate", "up"]).await.lines();
    books::open(&w.database).await;
    // Who waited for long is no longer answered at 500 a second by Telegram's rules.
    w.control.post("/flood", serde_json::json!({"mode": "off"})).await;
    let condition = w.channel(ChannelPlan::public("قناة الشرط", "qura_condition")).await;
    condition.appoints_the_bot().await;
    let organizers = organizers(&w, &condition).await;
    let people = people(&w, plan.people.len(), &organizers, &condition).await;

    let mut fleet = Fleet::start(&w.launch, plan.seed);
    w.control.wait("polled", &[]).await.unwrap();
    let stage = Arc::new(Stage::new(w.control.clone(), w.storage().await, condition));
    let organizing = tokio::task::spawn_local(organize(stage.clone(), organizers, plan.lotteries.clone()));
    let living: Vec<_> = people
        .iter()
        .zip(plan.people.clone())
        .map(|(person, acts)| {
            tokio::task::spawn_local(live(stage.clone(), person.id(), person.name().to_owned(), acts))
        })
        .collect();
    goes_wrong(&plan, &mut w, &mut fleet, &mut saboteur, &stage).await;
    stage.ends();
    let people = async {
        let mut diaries = Vec::new();
        for life in living {
            diaries.push(life.await.expect("a person's life"));
        }
        (diaries, organizing.await.expect("the organizers"))
    };
    tokio::pin!(people);
    let (diaries, ordered) = loop {
        tokio::select! {
            ended = &mut people => break ended,
            () = tokio::time::sleep(Duration::from_millis(50)) => {
                fleet.tick().await;
                saboteur.tick(&w, &mut fleet).await;
            }
        }
    };
    let left = drains(&mut w, &mut fleet, &mut saboteur, &stage, &ordered).await;
    fleet.ends().await;
    let evidence = Evidence::gather(&w, diaries, ordered, left, &saboteur, &fleet).await;
    let findings = checks::all(&evidence);
    report::print(&plan, &saboteur, &evidence, stage.began, &findings);
    stage.db.close().await;
    w.expected.tolerated = checks::tolerated();
    assert!(findings.is_empty(), "CHAOS_SEED={}: {} differ", plan.seed, findings.len());
    w.ends().await;
}

async fn organizers(w: &World, condition: &Channel) -> Vec<Organizer> {
    let mut all = Vec::new();
    for number in 0..CHATS {
        let title = format!("قناة {number}");
        let channel = w.channel(ChannelPlan::public(&title, &format!("qura_chaos_{number}"))).await;
        channel.appoints_the_bot().await;
        let person = w.person(&format!("منظم {number}")).await;
        person.starts().await;
        channel.appoints(&person).await;
        condition.appoints(&person).await;
        all.push(Organizer { person, channel });
    }
    all
}

async fn people(w: &World, count: usize, organizers: &[Organizer], condition: &Channel) -> Vec<Person> {
    let mut people = Vec::new();
    for number in 0..count {
        let person = w.person(&format!("شخص {number}")).await;
        for organizer in organizers {
            person.joins(&organizer.channel).await;
        }
        person.joins(condition).await;
        people.push(person);
    }
    people
}

/// Injects every fault at its time.
async fn goes_wrong(plan: &Plan, w: &mut World, fleet: &mut Fleet, saboteur: &mut Saboteur, stage: &Stage) {
    let mut next = Instant::now();
    for (pause, fault) in &plan.faults {
        next += *pause;
        while Instant::now() < next {
            fleet.tick().await;
            saboteur.tick(w, fleet).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        saboteur.begins(*fault, w, fleet, stage).await;
    }
    while stage.began.elapsed() < plan.lasts {
        fleet.tick().await;
        saboteur.tick(w, fleet).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
