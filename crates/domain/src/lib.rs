//! The rules of Qura, without I/O, clock or randomness of their own.
//!
//! Everything here is a plain value or a pure function: what a chat id is, who counts as a member,
//! which settings exist and what they accept, how a person's typed time is read.

pub mod challenge;
pub mod channel;
pub mod chat;
pub mod code;
pub mod condition;
pub mod draw;
pub mod gate;
pub mod ids;
pub mod language;
pub mod link;
pub mod lottery;
pub mod membership;
pub mod number;
pub mod person;
pub mod settings;
pub mod template;
pub mod text;
pub mod time;
pub mod timezone;
