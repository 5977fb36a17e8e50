//! What was said of a draw, and how often.

use std::collections::HashMap;

use crate::world::World;
use crate::world::draw::OpenLottery;

/// How often each text went to each chat, of all that the bot said in the lottery's chat or about it.
pub async fn said(w: &World, lottery: &OpenLottery) -> HashMap<(i64, String), usize> {
    let mut said = HashMap::new();
    for call in w.control.calls("sendMessage").await {
        let text = call["params"]["text"].as_str().unwrap().to_owned();
        // Menus are answers to /start, which a death may repeat as well.
        let is_of_the_draw = call["chat"] == lottery.channel.id || text.contains(&lottery.code);
        if is_of_the_draw && call["ok"] == true {
            *said.entry((call["chat"].as_i64().unwrap(), text)).or_default() += 1;
        }
    }
    said
}

/// Of all that was said, at most one message came twice.
pub async fn is_said_once(w: &World, lottery: &OpenLottery, point: &str) {
    let said = said(w, lottery).await;
    let repeats: usize = said.values().map(|times| times - 1).sum();
    assert!(repeats <= 1, "{point}: {said:#?}");
}
