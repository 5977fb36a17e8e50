//! The draw, from the order to the last heir.

mod again;
mod beacon;
mod countdown;
mod death;
mod death_later;
mod early;
mod forgeries;
mod hold;
mod judges;
mod leavers;
mod mended;
mod million;
mod once;
mod outcomes;
mod page;
mod receipts;
mod redrawing;
mod removed;
mod trouble;
mod walking;
