//! The traits that have two implementations, and the words they speak.
//!
//! What stands here is what the rest of Qura may ask of the outside: Telegram, the beacon, the clock, chance,
//! and the coordination between processes. Adapters live in `telegram` and `coordination`.

pub mod beacon;
pub mod clock;
pub mod coordination;
pub mod random;
pub mod telegram;
