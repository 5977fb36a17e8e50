//! The draw, from the order to the last heir.

mod beacon;
mod death;
mod early;
mod hold;
mod million;
mod outcomes;
mod receipts;
mod walking;
