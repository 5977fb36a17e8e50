//! A setting is the same in every program within a second.

use std::time::Duration;

use qura_i18n::Msg;

use super::services::Services;
use crate::world::builder::WorldBuilder;
use crate::world::{ChannelPlan, Person, World};

/// What is promised (architecture, section 7).
const IN_FORCE: Duration = Duration::from_secs(1);

fn gated() -> WorldBuilder {
    World::builder().gate(ChannelPlan::public("أخبار قُرعة", "qura_news")).gate_off().operator("خالد").idle()
}

/// A person of each of the two programs, who is in no channel and has the menu.
async fn two_people(w: &World) -> [Person; 2] {
    let poller = w.poller().unwrap();
    let other = w.holders().into_values().find(|name| *name != poller).unwrap();
    let people = [w.person_of(&poller).await, w.person_of(&other).await];
    for person in &people {
        person.starts().await;
        person.sees(person.menu()).await;
    }
    people
}

/// A second later both programs go by it.
async fn counts_everywhere(people: &[Person; 2], answer: &Msg) {
    tokio::time::sleep(IN_FORCE).await;
    for person in people {
        person.says("/help").await;
    }
    for person in people {
        person.sees(answer.clone()).await;
    }
}

#[tokio::test]
async fn a_setting_that_one_program_changes_counts_in_the_other() {
    let w = gated().start().await;
    let programs = w.two().await;
    let people = two_people(&w).await;
    counts_everywhere(&people, &Msg::HelpText).await;
    w.runs(&["admin", "set", "gate.enabled", "true"]).await.lines();
    counts_everywhere(&people, &Msg::GateSubscribe { count: 1 }).await;

    let khalid = w.operator();
    khalid.joins(&w.gate[0]).await;
    khalid.says("/admin").await;
    khalid.sees(Msg::AdminTitle).await;
    khalid.presses("الاشتراك الإجباري").await.is_quiet();
    khalid.sees(Msg::AdminGateOn { count: 1 }).await;
    khalid.presses("تعطيل").await.is_quiet();
    khalid.sees(Msg::AdminGateOff { count: 1 }).await;
    counts_everywhere(&people, &Msg::HelpText).await;
    w.ends_with(programs).await;
}

/// Nobody is woken then; each program looks by itself.
#[tokio::test]
async fn a_setting_gets_around_while_redis_is_away() {
    let mut services = Services::start().await;
    let mut builder = gated();
    builder.servers = Some(services.servers());
    let mut w = builder.start().await;
    // Once it is back, the other one may take the turn before the poller asks for it again.
    w.expected.tolerated.push("terminated by other getUpdates request");
    let programs = w.two().await;
    let people = two_people(&w).await;
    counts_everywhere(&people, &Msg::HelpText).await;
    services.redis.is_killed();
    w.runs(&["admin", "set", "gate.enabled", "true"]).await.lines();
    counts_everywhere(&people, &Msg::GateSubscribe { count: 1 }).await;
    services.redis.starts().await;
    w.is_shared_by(2).await;
    w.ends_with(programs).await;
}
