//! Along the order, past all who cannot win.

use std::collections::HashMap;
use std::time::Duration;

use qura_i18n::Msg;
use serde_json::Value;

use crate::world::World;
use crate::world::draw::DrawPlan;

#[tokio::test]
async fn a_walk_past_many_who_left_goes_on_after_a_death_where_it_was() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(70).winners(1, 1).ordered(&w).await;
    for person in &lottery.people {
        person.leaves(&lottery.channel).await;
    }
    w.dies_at("draw.walked");
    w.program_starts();
    w.died_and_starts_again().await;
    w.passes(Duration::from_secs(200)).await;
    w.is_announced(&lottery).await;
    let kept: Vec<(i64, String)> = w.database.rows("SELECT number, candidates FROM draw_walks").await;
    let [(0, first)] = &kept[..] else { panic!("{kept:?}") };
    let first: Vec<Value> = serde_json::from_str(first).unwrap();
    assert_eq!(first.len(), 50);
    let receipt: Value = serde_json::from_str(&w.documents(&lottery).await[0]).unwrap();
    let walk = receipt["walk"].as_array().unwrap();
    assert_eq!((walk.len(), &walk[..50]), (70, &first[..]));
    let nobody = Msg::DrawResultAllLeft.plain(Default::default());
    assert_eq!(lottery.posts_with(&w, &nobody).await.len(), 1);
    // Nobody is asked about again.
    let mut asked: HashMap<i64, usize> = HashMap::new();
    for call in w.control.calls("getChatMember").await {
        if call["params"]["chat_id"] == lottery.channel.id {
            *asked.entry(call["params"]["user_id"].as_i64().unwrap()).or_default() += 1;
        }
    }
    for person in &lottery.people {
        assert_eq!(asked.get(&person.id()), Some(&1), "{}", person.name());
    }
    w.ends().await;
}
