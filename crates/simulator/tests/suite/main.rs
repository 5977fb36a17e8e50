//! The simulator over real HTTP: what it gives, and what it refuses.

#[cfg(test)]
mod calls;
#[cfg(test)]
mod channels;
#[cfg(test)]
mod checkout;
#[cfg(test)]
mod inline;
#[cfg(test)]
mod media;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod people;
#[cfg(test)]
mod polling;
#[cfg(test)]
mod trouble;
#[cfg(test)]
mod world;
