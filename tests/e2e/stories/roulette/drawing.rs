//! The draw, from the order to the last heir.

mod beacon;
mod countdown;
mod death;
mod early;
mod hold;
mod mended;
mod million;
mod outcomes;
mod receipts;
mod removed;
mod walking;
