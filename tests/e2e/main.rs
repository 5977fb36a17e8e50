//! The end-to-end suite: people act in the simulator over real HTTP, and the real program answers them.
//!
//! Its stories are told twice: here on SQLite, and in `distributed.rs` on PostgreSQL and Redis.

#[cfg(test)]
mod embedded;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod world;
