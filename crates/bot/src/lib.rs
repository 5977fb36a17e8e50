//! What people see and press: features with their screens and handlers, the wizard engine, and the
//! dispatcher that brings each update to the right one.

mod callback;
mod callbacks;
pub mod commands;
mod context;
mod delivery;
mod dispatcher;
mod features;
mod notices;
mod posts;
mod press;
mod private;
mod reply;
mod view;
mod wizard;

pub use context::{Defaults, Services, closing};
pub use delivery::Delivery;
pub use dispatcher::Dispatcher;
pub use features::draw::words::DrawWords;
pub use features::managing::reports::Reports;
pub use features::roulette::post::Strangers;
pub use notices::Notices;
pub use posts::Posts;
pub use wizard::farewell;
