//! The end-to-end suite: people act in the simulator over real HTTP, and the real program answers them.

#[cfg(test)]
mod world;

#[cfg(test)]
mod admin;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod robustness;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod start;
