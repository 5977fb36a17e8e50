//! JSON that may break JSON's rules: names repeat, and a token is whatever text it is.

/// A value, or what stands in the place of one.
#[derive(Clone, Debug)]
pub enum Json {
    /// A number, a word, a string in its quotes; also nesting too deep for a tree.
    Token(String),
    Array(Vec<Json>),
    /// Names in their quotes.
    Object(Vec<(String, Json)>),
}

impl Json {
    pub fn token(text: impl Into<String>) -> Self {
        Self::Token(text.into())
    }

    /// A string, escaped as it must be.
    pub fn string(text: &str) -> Self {
        Self::Token(quoted(text))
    }

    pub fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Json)>) -> Self {
        Self::Object(fields.into_iter().map(|(name, value)| (quoted(name), value)).collect())
    }

    pub fn text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Token(text) => out.push_str(text),
            Self::Array(items) => {
                out.push('[');
                for (place, item) in items.iter().enumerate() {
                    out.push_str(if place == 0 { "" } else { "," });
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(fields) => {
                out.push('{');
                for (place, (name, value)) in fields.iter().enumerate() {
                    out.push_str(if place == 0 { "" } else { "," });
                    out.push_str(name);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// How many values there are down to this depth, this one among them.
    pub fn count(&self, depth: usize) -> usize {
        1 + match (self, depth) {
            (_, 0) | (Self::Token(_), _) => 0,
            (Self::Array(items), _) => items.iter().map(|item| item.count(depth - 1)).sum(),
            (Self::Object(fields), _) => fields.iter().map(|(_, value)| value.count(depth - 1)).sum(),
        }
    }

    /// The value of this number among those that [`Json::count`] counts; `None` behind the last.
    pub fn nth(&mut self, number: usize, depth: usize) -> Option<&mut Json> {
        let Some(mut left) = number.checked_sub(1) else { return Some(self) };
        let below: Vec<&mut Json> = match (self, depth) {
            (_, 0) | (Self::Token(_), _) => Vec::new(),
            (Self::Array(items), _) => items.iter_mut().collect(),
            (Self::Object(fields), _) => fields.iter_mut().map(|(_, value)| value).collect(),
        };
        for value in below {
            let count = value.count(depth - 1);
            if left < count {
                return value.nth(left, depth - 1);
            }
            left -= count;
        }
        None
    }
}

pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
