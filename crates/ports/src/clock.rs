//! The time.

use qura_domain::time::Timestamp;

/// Tells the time. Everything that rests on the date asks this, so that tests can move it.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}
