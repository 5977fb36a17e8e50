//! Notices, in builds for development, who asks for a connection while holding a transaction.
//!
//! With few connections all of them may be held by some who wait for a second one: then nobody gets on until the
//! pool gives up. What a transaction needs is read through it, or before it.

#[cfg(debug_assertions)]
mod watch {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    tokio::task_local! {
        /// How many transactions are held by what is watched.
        static HELD: Arc<AtomicU32>;
    }

    /// A transaction of what is watched, as long as it lives.
    pub struct Held(Option<Arc<AtomicU32>>);

    impl Held {
        pub fn begin() -> Self {
            let held = HELD.try_with(Arc::clone).ok();
            if let Some(held) = &held {
                held.fetch_add(1, Ordering::Relaxed);
            }
            Self(held)
        }
    }

    impl Drop for Held {
        fn drop(&mut self) {
            if let Some(held) = &self.0 {
                held.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    fn is_holding() -> bool {
        HELD.try_with(|held| held.load(Ordering::Relaxed)).is_ok_and(|held| held > 0)
    }

    /// A connection is asked for.
    pub fn asks() {
        if is_holding() {
            let backtrace = std::backtrace::Backtrace::force_capture();
            tracing::error!(%backtrace, "a connection is asked for inside of a transaction");
        }
    }

    pub async fn watched<T>(work: impl Future<Output = T>) -> T {
        HELD.scope(Arc::default(), work).await
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[tokio::test]
        async fn who_holds_a_transaction_is_noticed_as_long_as_it_lives() {
            let first = Held::begin();
            assert!(!is_holding(), "nobody watches");
            watched(async {
                assert!(!is_holding(), "that one is somebody else's");
                let (second, third) = (Held::begin(), Held::begin());
                drop(second);
                assert!(is_holding());
                drop(third);
                assert!(!is_holding());
                let beside = async { Held::begin() };
                // Work of its own beside it holds what it holds.
                let (own, _other) = tokio::join!(async { is_holding() }, watched(beside));
                assert!(!own);
            })
            .await;
            drop(first);
        }
    }
}

#[cfg(not(debug_assertions))]
mod watch {
    pub struct Held;

    impl Held {
        pub const fn begin() -> Self {
            Self
        }
    }

    pub const fn asks() {}

    pub async fn watched<T>(work: impl Future<Output = T>) -> T {
        work.await
    }
}

pub(crate) use watch::{Held, asks};

/// Does work that holds one connection at a time: in builds for development, an error is logged where it asks for
/// one inside of a transaction.
pub async fn watched<T>(work: impl Future<Output = T>) -> T {
    watch::watched(work).await
}
