//! The draw, from the order to the last heir.

mod beacon;
mod death;
mod hold;
mod outcomes;
mod receipts;
