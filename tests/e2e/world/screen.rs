//! A message of the bot, as a person sees it.

use serde_json::Value;

/// A message at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Screen {
    pub id: i64,
    pub text: String,
    /// Its buttons, row by row.
    pub rows: Vec<Vec<Button>>,
}

/// A button under a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Button {
    pub label: String,
    /// Where it leads, of a button with an address.
    pub url: Option<String>,
    /// What the bot hears, of a button that is pressed.
    pub data: Option<String>,
}

/// Every isolate is closed by the one who opened it, and nothing overrides directions.
pub fn is_balanced(text: &str) -> bool {
    let depth = text.chars().try_fold(0_i32, |depth, c| match c {
        '\u{2066}'..='\u{2068}' => Some(depth + 1),
        '\u{2069}' if depth == 0 => None,
        '\u{2069}' => Some(depth - 1),
        '\u{202a}'..='\u{202e}' => None,
        _ => Some(depth),
    });
    depth == Some(0)
}

impl Screen {
    /// From the control API's view of a message.
    pub fn of(view: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let button = |view: &Value| Button {
            label: text(&view["text"]),
            url: view["url"].as_str().map(str::to_owned),
            data: view["data"].as_str().map(str::to_owned),
        };
        let row = |row: &Value| row.as_array().unwrap().iter().map(button).collect();
        Self {
            id: view["id"].as_i64().unwrap(),
            text: text(&view["text"]),
            rows: view["buttons"].as_array().unwrap().iter().map(row).collect(),
        }
    }

    /// The labels of all buttons, in order.
    pub fn labels(&self) -> Vec<&str> {
        self.rows.iter().flatten().map(|button| button.label.as_str()).collect()
    }

    /// The only button whose label contains this.
    #[track_caller]
    pub fn button(&self, label: &str) -> &Button {
        let mut found: Vec<_> =
            self.rows.iter().flatten().filter(|button| button.label.contains(label)).collect();
        // The one that says nothing else, if there is one: an emoji may stand in many labels.
        if let Some(exact) = found.iter().position(|button| button.label == label) {
            found = vec![found[exact]];
        }
        assert_eq!(found.len(), 1, "buttons with «{label}» among {:?}", self.labels());
        found[0]
    }

    /// The labels contain these fixed words, letter for letter, in this order, and there are no others.
    #[track_caller]
    pub fn has_buttons(&self, labels: &[&str]) {
        let there = self.labels();
        let fits =
            there.len() == labels.len() && there.iter().zip(labels).all(|(l, words)| l.contains(words));
        assert!(fits, "{labels:?} are not the buttons of «{}»: {there:?}", self.text);
    }
}
