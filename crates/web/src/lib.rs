//! What machines ask the program over HTTP: whether it lives, whether it can work, how it is doing.

mod health;
mod metrics;
mod server;

pub use metrics::{MetricsError, Recorder};
pub use server::Web;
