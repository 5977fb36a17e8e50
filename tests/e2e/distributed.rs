//! The end-to-end suite on PostgreSQL and Redis: the same stories, and those of several processes.

#[cfg(test)]
mod processes;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod world;
