//! The chaos suite: people act on a fleet of programs while these are killed, frozen and cut off; at the end
//! nothing is lost and nothing happened twice (`docs/RELIABILITY.md`).

/// What the end-to-end stories stand on.
#[cfg(test)]
#[allow(dead_code, unused_imports, reason = "the stories use what this suite does not")]
#[path = "../e2e"]
mod shared {
    #[path = "processes/services.rs"]
    pub mod services;
    pub mod world;
}

#[cfg(test)]
mod books;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod diary;
#[cfg(test)]
mod drain;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fleet;
#[cfg(test)]
mod lotteries;
#[cfg(test)]
mod people;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod report;
#[cfg(test)]
mod run;
#[cfg(test)]
mod stage;
#[cfg(test)]
use shared::world;
