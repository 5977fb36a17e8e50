//! Programs that join, leave and die move partitions, and nobody's updates change places.

use std::cell::Cell;
use std::time::Duration;

use qura_i18n::Msg;
use serde_json::json;

use crate::world::{Person, World};

/// Between two messages of one person: about what Telegram lets the bot answer.
const BETWEEN: Duration = Duration::from_millis(800);

fn name(number: usize) -> String {
    format!("سارة {number}")
}

/// Each person takes a new name and sends /start, again and again until told to stop. How often.
async fn people_go_on(w: &World, people: &[Person], stop: &Cell<bool>) -> usize {
    let mut clock = tokio::time::interval(BETWEEN);
    let mut number = 0;
    loop {
        clock.tick().await;
        for person in people {
            let path = format!("/people/{}", person.id());
            w.control.call("PATCH", &path, json!({"first_name": name(number)})).await.unwrap();
            person.starts().await;
        }
        number += 1;
        if stop.get() {
            return number;
        }
    }
}

#[tokio::test]
async fn everyone_is_answered_in_order_while_programs_join_leave_and_die() {
    let w = World::builder().idle().start().await;
    let first = w.another("first", &["run"]).await;
    w.is_shared_by(1).await;
    let mut people = Vec::new();
    for _ in 0..12 {
        people.push(w.person("سارة").await);
    }
    let stop = Cell::new(false);
    let moving = async {
        let mut second = w.another("second", &["run"]).await;
        w.is_shared_by(2).await;
        second.stops().await;
        w.is_shared_by(1).await;
        let mut third = w.another("third", &["run"]).await;
        w.is_shared_by(2).await;
        third.is_killed();
        w.is_shared_by(1).await;
        stop.set(true);
    };
    let (messages, ()) = tokio::join!(people_go_on(&w, &people, &stop), moving);
    w.settles().await;
    let expected: Vec<String> =
        (0..messages).map(|n| Msg::MenuTitle { name: name(n) }.plain(Default::default())).collect();
    for person in &people {
        let mut answers: Vec<String> = person.chat().await.into_iter().map(|screen| screen.text).collect();
        let sent = answers.len();
        answers.dedup();
        assert_eq!(answers, expected);
        assert!(sent <= messages + 1, "the kill doubles no more than what was in hand: {sent}");
        let row = w.database.person(person.id()).await.unwrap();
        assert_eq!(row.first_name, name(messages - 1));
    }
    w.ends_with([first]).await;
}

#[tokio::test]
async fn a_program_told_to_stop_under_load_finishes_what_it_has_and_the_other_goes_on() {
    let w = World::builder().with_books().await;
    let [mut first, second] = w.two().await;
    let poller = w.poller().unwrap();
    let crowd = w.crowd(3_000, 400).await;
    crowd.is_answered_up_to(&w, 800).await;
    first.stops().await;
    assert_eq!(crowd.is_served(&w, 0).await, 0, "nobody was answered twice");
    assert!(w.poller().is_some_and(|name| name != poller));
    w.is_shared_by(1).await;
    w.ends_with([second]).await;
}
