//! Three workers at once: one draw, one receipt, and nobody hears anything twice.

use std::collections::HashMap;

use crate::world::World;
use crate::world::draw::{DrawPlan, tickets};

#[tokio::test]
async fn three_workers_make_one_draw() {
    let w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(8).winners(3, 3).ordered(&w).await;
    let first = w.another("first", &["run"]).await;
    let second = w.another("second", &["run", "--roles", "worker"]).await;
    let third = w.another("third", &["run", "--roles", "worker"]).await;
    w.is_announced(&lottery).await;
    let documents = w.documents(&lottery).await;
    assert_eq!(documents.len(), 1);
    assert_eq!(tickets(&documents[0], "winners").len(), 3);
    let mut said: HashMap<(i64, String), usize> = HashMap::new();
    for call in w.control.calls("sendMessage").await {
        let text = call["params"]["text"].as_str().unwrap().to_owned();
        *said.entry((call["chat"].as_i64().unwrap(), text)).or_default() += 1;
    }
    assert!(said.values().all(|times| *times == 1), "{said:#?}");
    w.ends_with([first, second, third]).await;
}

#[tokio::test]
async fn one_of_three_workers_dies_after_the_receipt_and_another_goes_on() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(8).winners(3, 3).ordered(&w).await;
    w.dies_at("draw.drawn");
    let mut workers = Vec::new();
    for name in ["first", "second", "third"] {
        workers.push(w.another(name, &["run"]).await);
    }
    w.comes_true("it is drawn", async || !w.documents(&lottery).await.is_empty()).await;
    w.passes(std::time::Duration::from_secs(200)).await;
    w.is_announced(&lottery).await;
    assert_eq!(w.documents(&lottery).await.len(), 1);
    let won = qura_i18n::Msg::DrawWon { code: lottery.code.clone() };
    for ticket in tickets(&w.documents(&lottery).await[0], "winners") {
        assert_eq!(lottery.owner(ticket).count(won.clone()).await, 1);
    }
    w.expected.tolerated.push("another program");
    workers.retain_mut(|worker| worker.is_alive());
    assert_eq!(workers.len(), 2, "one of them died");
    let [one, other] = <[_; 2]>::try_from(workers).ok().unwrap();
    w.ends_with([one, other]).await;
}
