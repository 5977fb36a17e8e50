//! The draw, from the order to the last heir.

mod beacon;
mod death;
mod hold;
mod million;
mod outcomes;
mod receipts;
