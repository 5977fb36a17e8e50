//! What is asked of the program over HTTP: by machines, whether it lives and how it is doing; by people,
//! how a draw came out.

mod draws;
mod health;
mod metrics;
mod server;

pub use metrics::{MetricsError, Recorder};
pub use server::Web;
