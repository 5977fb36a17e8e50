//! A crowd that sends /start while something goes wrong, and what must hold of it afterwards.

use std::collections::HashMap;

use qura_i18n::Msg;
use serde_json::json;

use crate::world::World;

/// The number of the first of a crowd.
const FIRST: i64 = 10_000_001;

/// A crowd that is on its way.
pub struct Crowd {
    people: usize,
    report: String,
}

impl World {
    /// So many people begin to send /start, so many a second.
    pub async fn crowd(&self, people: usize, rate: u32) -> Crowd {
        // Who waited for long is no longer answered at 500 a second by Telegram's rules.
        self.control.post("/flood", json!({"mode": "off"})).await;
        let load = json!({"people": people, "first_id": FIRST, "rate": rate});
        let load = self.control.post("/load/start", load).await["id"].as_i64().unwrap();
        Crowd { people, report: format!("/load/{load}") }
    }
}

impl Crowd {
    /// How many have come, and how many have an answer.
    pub async fn progress(&self, w: &World) -> [u64; 2] {
        let report = w.control.get(&self.report).await;
        ["sent", "answered"].map(|figure| report[figure].as_u64().unwrap())
    }

    /// Waits until so many have an answer.
    pub async fn is_answered_up_to(&self, w: &World, people: usize) {
        w.comes_true("more of the crowd are answered", async || self.progress(w).await[1] >= people as u64)
            .await;
    }

    /// Waits until everyone has an answer; then each of them is a user, was seen and stored exactly once, and
    /// has one menu, or a second one for each time that a program ended without finishing. How many were
    /// sent again.
    pub async fn is_served(&self, w: &World, crashes: usize) -> usize {
        for part in 1..=10 {
            self.is_answered_up_to(w, self.people * part / 10).await;
        }
        w.settles().await;
        let everyone: Vec<i64> = (FIRST..).take(self.people).collect();
        let users = w.database.people().await.into_iter().map(|row| row.id).filter(|id| *id >= FIRST);
        assert_eq!(users.collect::<Vec<_>>(), everyone, "who is a user");
        let mut seen = w.books("seen").await;
        seen.retain(|id| *id >= FIRST);
        assert_eq!(seen, everyone, "each was seen once");
        let stored = w.books("stored").await;
        assert!(stored.windows(2).all(|pair| pair[0] < pair[1]), "an update was stored twice: {stored:?}");

        let mut menus: HashMap<i64, usize> = HashMap::new();
        for call in w.control.calls("sendMessage").await {
            let chat = call["chat"].as_i64().unwrap();
            if chat >= FIRST {
                let menu = Msg::MenuTitle { name: format!("P{chat}") }.plain(Default::default());
                assert_eq!(call["params"]["text"], menu);
                *menus.entry(chat).or_default() += 1;
            }
        }
        assert_eq!(menus.len(), self.people, "somebody has no menu");
        assert!(menus.values().all(|count| *count <= 1 + crashes), "{menus:?}");
        menus.values().sum::<usize>() - self.people
    }
}
