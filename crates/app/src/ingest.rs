//! The way of an update: from Telegram into the log ([`Poller`]), and from the log to its handler
//! ([`Consumer`]), in order, once.

mod consumer;
mod done;
mod hand;
mod handler;
mod handover;
mod poller;
mod position;
mod processor;
mod queue;
mod share;
mod turn;

pub use consumer::Consumer;
pub use done::{Done, DoneGroup};
pub use handler::{HandleError, Handled, UpdateHandler};
pub use handover::Handover;
pub use poller::{Poller, PollerError};
pub use position::{PARTITIONS, URGENT_PARTITION, partition_and_key};
pub use processor::Processor;
pub use share::ShareKeeper;
pub use turn::{PollerTurn, poller_lease};
