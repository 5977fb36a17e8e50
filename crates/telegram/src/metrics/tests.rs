//! The names that dashboards and alerts rest on.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString,
};

use super::*;

type Values = Arc<Mutex<BTreeMap<String, f64>>>;

/// Adds up all that is recorded under a name and its labels.
#[derive(Default)]
struct Sums(Values);

struct Sum(String, Values);

impl Sums {
    fn of(&self, key: &Key) -> Arc<Sum> {
        let labels: Vec<_> =
            key.labels().map(|label| format!(" {}={}", label.key(), label.value())).collect();
        Arc::new(Sum(format!("{}{}", key.name(), labels.concat()), self.0.clone()))
    }
}

impl Sum {
    fn add(&self, value: f64) {
        *self.1.lock().unwrap().entry(self.0.clone()).or_default() += value;
    }
}

impl CounterFn for Sum {
    fn increment(&self, value: u64) {
        self.add(value as f64);
    }

    fn absolute(&self, _: u64) {}
}

impl GaugeFn for Sum {
    fn increment(&self, value: f64) {
        self.add(value);
    }

    fn decrement(&self, value: f64) {
        self.add(-value);
    }

    fn set(&self, _: f64) {}
}

impl HistogramFn for Sum {
    fn record(&self, value: f64) {
        self.add(value);
    }
}

impl Recorder for Sums {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.of(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.of(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.of(key))
    }
}

fn recorded(act: impl FnOnce(&Values)) -> Vec<(String, f64)> {
    let sums = Sums::default();
    metrics::with_local_recorder(&sums, || act(&sums.0));
    sums.0.lock().unwrap().clone().into_iter().collect()
}

#[test]
fn calls_are_counted_by_method_and_status() {
    let values = recorded(|_| {
        let half = Duration::from_millis(500);
        called("getMe", None, half);
        called("getMe", None, half);
        called("getMe", Some(&CallFailure::Lost("502".into())), half);
    });
    assert_eq!(
        values,
        [
            ("telegram_call_duration_seconds method=getMe".to_owned(), 1.5),
            ("telegram_calls_total method=getMe status=lost".to_owned(), 1.0),
            ("telegram_calls_total method=getMe status=ok".to_owned(), 2.0),
        ]
    );
}

#[test]
fn floods_are_counted_with_their_seconds() {
    let values = recorded(|_| {
        flooded(Duration::from_secs(5));
        flooded(Duration::from_secs(7));
    });
    let expected = [("telegram_flood_wait_seconds_total", 12.0), ("telegram_flood_waits_total", 2.0)];
    assert_eq!(values, expected.map(|(name, value)| (name.to_owned(), value)));
}

#[test]
fn a_lane_is_as_deep_as_there_are_requests_in_it() {
    let depth = |values: &Values| values.lock().unwrap()["telegram_lane_depth lane=bulk"];
    let values = recorded(|values| {
        let (one, _two) = (InLane::enter(Lane::Bulk), InLane::enter(Lane::Bulk));
        assert_eq!(depth(values), 2.0);
        drop(one);
        assert_eq!(depth(values), 1.0);
    });
    assert_eq!(values, [("telegram_lane_depth lane=bulk".to_owned(), 0.0)]);
}
