//! What the event stream tells its readers.

use serde_json::Value;

use crate::json::Put;
use crate::world::place::Place;

pub struct Event {
    pub name: &'static str,
    pub data: Value,
    /// Where it happened, so that a reader gets only what its person sees.
    pub place: Option<Place>,
}

impl Event {
    pub fn new(name: &'static str, mut data: Value) -> Self {
        data.put("event", name);
        Self { name, data, place: None }
    }

    pub fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }
}
