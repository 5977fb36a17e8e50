//! The operator's settings: every key with its type, default and range, in one place.
//!
//! A new setting is a variant of [`Key`] with its line in [`Key::spec`], a field where it is read,
//! and a title in the message files. `/admin`, the command line and the dashboard iterate [`Key::ALL`].

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::gate::{Gate, GateChannel};

/// The name of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    GateEnabled,
    GateChannels,
    GateRequestsCount,
    UpdateTries,
    PublicationsPerHour,
    ReportsPerHour,
}

/// What a setting accepts and what it is when nobody set it.
#[derive(Clone, Debug)]
pub struct Spec {
    /// As in the database, in `qura admin set` and over HTTP.
    pub name: &'static str,
    pub kind: Kind,
    pub default: Value,
}

/// The type of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Switch,
    Number(RangeInclusive<i64>),
    Channels,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Switch(bool),
    Number(i64),
    Channels(Vec<GateChannel>),
}

impl Key {
    pub const ALL: [Key; 6] = [
        Key::GateEnabled,
        Key::GateChannels,
        Key::GateRequestsCount,
        Key::UpdateTries,
        Key::PublicationsPerHour,
        Key::ReportsPerHour,
    ];

    pub fn spec(self) -> Spec {
        let spec = |name, kind, default| Spec { name, kind, default };
        match self {
            Key::GateEnabled => spec("gate.enabled", Kind::Switch, Value::Switch(false)),
            Key::GateChannels => spec("gate.channels", Kind::Channels, Value::Channels(Vec::new())),
            Key::GateRequestsCount => spec("gate.requests_count", Kind::Switch, Value::Switch(false)),
            // Past these an update is dead: kept for the operator, and its sender hears an apology.
            Key::UpdateTries => spec("updates.tries", Kind::Number(1..=10), Value::Number(3)),
            // How many lotteries a person may publish in an hour.
            Key::PublicationsPerHour => {
                spec("lotteries.publications_per_hour", Kind::Number(1..=1_000), Value::Number(10))
            }
            // How many reports a person may ask for in an hour.
            Key::ReportsPerHour => {
                spec("lotteries.reports_per_hour", Kind::Number(1..=1_000), Value::Number(10))
            }
        }
    }

    pub fn name(self) -> &'static str {
        self.spec().name
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// Reads a value as it is stored, and as operators type it: JSON.
    pub fn parse(self, json: &str) -> Result<Value, ValueError> {
        let value = match self.spec().kind {
            Kind::Switch => Value::Switch(serde_json::from_str(json).map_err(|_| ValueError::Switch)?),
            Kind::Number(range) => {
                let number = serde_json::from_str(json).map_err(|_| ValueError::Number(range.clone()))?;
                if !range.contains(&number) {
                    return Err(ValueError::Number(range));
                }
                Value::Number(number)
            }
            Kind::Channels => {
                let channels: Vec<GateChannel> =
                    serde_json::from_str(json).map_err(|_| ValueError::Channels)?;
                if channels.len() > Gate::MAX_CHANNELS {
                    return Err(ValueError::Channels);
                }
                Value::Channels(channels)
            }
        };
        Ok(value)
    }
}

impl Value {
    /// The form that [`Key::parse`] reads.
    pub fn to_json(&self) -> String {
        match self {
            Value::Switch(on) => on.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Channels(channels) => serde_json::json!(channels).to_string(),
        }
    }
}

/// What is wrong with a value; says what is accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    #[error("accepted: true or false")]
    Switch,
    #[error("accepted: a whole number from {} to {}", .0.start(), .0.end())]
    Number(RangeInclusive<i64>),
    #[error("accepted: a list of at most {} channels, each with chat, title and link", Gate::MAX_CHANNELS)]
    Channels,
}

/// All settings at one moment, ready to be read without parsing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    values: BTreeMap<Key, Value>,
    gate: Gate,
    update_tries: u32,
    publications_per_hour: u32,
    reports_per_hour: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self::from_values(BTreeMap::new())
    }
}

impl Settings {
    /// What the database holds, over the defaults. A row that is unknown or no longer acceptable
    /// (written by another version) counts as not set, and is returned to be logged.
    pub fn from_rows<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<&'a str>) {
        let (mut values, mut rejected) = (BTreeMap::new(), Vec::new());
        for (name, json) in rows {
            match Key::from_name(name).and_then(|key| Some((key, key.parse(json).ok()?))) {
                Some((key, value)) => _ = values.insert(key, value),
                None => rejected.push(name),
            }
        }
        (Self::from_values(values), rejected)
    }

    fn from_values(values: BTreeMap<Key, Value>) -> Self {
        let mut settings = Self {
            values,
            gate: Gate::default(),
            update_tries: 0,
            publications_per_hour: 0,
            reports_per_hour: 0,
        };
        for key in Key::ALL {
            match (key, settings.get(key)) {
                (Key::GateEnabled, Value::Switch(on)) => settings.gate.enabled = on,
                (Key::GateRequestsCount, Value::Switch(on)) => settings.gate.requests_count = on,
                (Key::GateChannels, Value::Channels(channels)) => settings.gate.channels = channels,
                (Key::UpdateTries, Value::Number(tries)) => {
                    settings.update_tries = u32::try_from(tries).unwrap_or(1);
                }
                (Key::PublicationsPerHour, Value::Number(most)) => {
                    settings.publications_per_hour = u32::try_from(most).unwrap_or(1);
                }
                (Key::ReportsPerHour, Value::Number(most)) => {
                    settings.reports_per_hour = u32::try_from(most).unwrap_or(1);
                }
                // `parse` and `spec` give each key a value of its own kind.
                _ => {}
            }
        }
        settings
    }

    pub fn get(&self, key: Key) -> Value {
        self.values.get(&key).cloned().unwrap_or_else(|| key.spec().default)
    }

    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// How often an update is tried before it is dead.
    pub fn update_tries(&self) -> u32 {
        self.update_tries
    }

    /// How many lotteries a person may publish in an hour.
    pub fn publications_per_hour(&self) -> u32 {
        self.publications_per_hour
    }

    /// The most reports that a person may ask for in an hour.
    pub fn reports_per_hour(&self) -> u32 {
        self.reports_per_hour
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_reads_its_own_default_and_name() {
        for key in Key::ALL {
            let spec = key.spec();
            assert_eq!(key.parse(&spec.default.to_json()), Ok(spec.default), "{}", spec.name);
            assert_eq!(Key::from_name(spec.name), Some(key));
        }
    }

    #[test]
    fn rows_rest_on_defaults_and_bad_ones_are_named() {
        let channel = r#"[{"chat":-100,"title":"قناة","link":"https://t.me/c"}]"#;
        let (settings, rejected) = Settings::from_rows([
            ("gate.enabled", "true"),
            ("gate.channels", channel),
            ("updates.tries", "99"),
            ("no.such.key", "1"),
        ]);
        assert_eq!(rejected, ["updates.tries", "no.such.key"]);
        assert!(settings.gate().enabled && !settings.gate().requests_count);
        assert_eq!(settings.gate().channels.len(), 1);
        assert_eq!(settings.update_tries(), 3);
        assert_eq!(settings.publications_per_hour(), 10);
    }

    #[test]
    fn values_outside_their_range_are_refused_with_the_range() {
        assert_eq!(
            Key::UpdateTries.parse("0").unwrap_err().to_string(),
            "accepted: a whole number from 1 to 10"
        );
        assert_eq!(Key::GateEnabled.parse("\"yes\""), Err(ValueError::Switch));
        assert_eq!(Key::GateChannels.parse("{}"), Err(ValueError::Channels));
    }
}
