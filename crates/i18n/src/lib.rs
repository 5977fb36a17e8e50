//! What Qura says, in each of its languages: typed messages, plural forms, numbers, times.
//!
//! The sentences are in `locales/messages.<language>.json` and nowhere else; `docs/messages.md` is the manual
//! for those who write them. A build script turns them into [`Msg`], so a key, placeholder or plural form that
//! one language lacks does not compile.

mod bidi;
mod date;
mod duration;
mod msg;
mod number;
mod plural;
mod reason;
mod when;
mod writer;
mod zone;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use bidi::{MAX_WORDS, isolate};
pub use date::{LocalTime, date};
pub use duration::duration;
pub use msg::Msg;
pub use number::number;
pub use plural::PluralForm;
pub use reason::reason;
pub use when::{WhenError, when};
pub use zone::{city, utc_offset};
