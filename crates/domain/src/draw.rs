//! The draw that anyone can verify: version 1, as `docs/draw-v1.md` says it byte for byte.
//!
//! In the order of a draw: a [`commitment`] is published, the participants' [`leaf`]s are put into a
//! [`merkle`] tree and frozen together with a future round of the public [`beacon`] ([`freeze`]), the
//! [`seed`] follows from it, the seed gives the [`order`], the [`walk`] goes along it until winners and
//! reserves are full, and a [`receipt`] tells all of it. [`verify`] recomputes a receipt; a later change
//! of winners is an [`addendum`].

pub mod addendum;
pub mod beacon;
pub mod canonical;
pub mod commitment;
pub mod freeze;
pub mod hash;
pub mod leaf;
pub mod merkle;
pub mod order;
pub mod receipt;
pub mod refusal;
pub mod seconds;
pub mod seed;
pub mod standing;
pub mod terms;
pub mod verify;
pub mod walk;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod chance;
#[cfg(test)]
mod forgeries;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod vectors;
