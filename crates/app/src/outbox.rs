//! Messages that must arrive: written with the change that makes them true, sent by a worker.

mod notice;
mod sender;

pub use notice::{Notice, write_notice};
pub use sender::{NoticeSender, OutboxSender};
