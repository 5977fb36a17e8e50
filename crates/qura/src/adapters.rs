//! The real clock and the real chance.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use qura_domain::time::Timestamp;
use qura_ports::clock::Clock;
use qura_ports::random::Random;
use rand::Rng;

use crate::config::Config;

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the port's adapter")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The machine's clock, moved by as many milliseconds as a file says: how tests move several
/// processes through time together. `@` before the number makes it stand still at that many milliseconds
/// since 1970.
#[derive(Debug)]
pub struct TestClock {
    file: PathBuf,
    read: Mutex<Option<(Instant, Shift)>>,
}

/// What the file says, in microseconds.
#[derive(Clone, Copy, Debug)]
enum Shift {
    By(i64),
    StandsAt(i64),
}

impl Shift {
    fn parse(text: &str) -> Option<Self> {
        let micros = |text: &str| text.parse::<i64>().ok().map(|ms| ms.saturating_mul(1000));
        match text.strip_prefix('@') {
            Some(at) => micros(at).map(Self::StandsAt),
            None => micros(text).map(Self::By),
        }
    }
}

impl TestClock {
    /// The file is read again after this long.
    const FRESH: Duration = Duration::from_millis(20);

    pub fn new(file: PathBuf) -> Self {
        Self { file, read: Mutex::new(None) }
    }

    fn shift(&self) -> Shift {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        match *read {
            Some((at, shift)) if at.elapsed() < Self::FRESH => shift,
            known => {
                let text = std::fs::read_to_string(&self.file).unwrap_or_default();
                // A file that is just being written keeps the time where it was.
                let shift = Shift::parse(text.trim()).or(known.map(|(_, shift)| shift));
                let shift = shift.unwrap_or(Shift::By(0));
                *read = Some((Instant::now(), shift));
                shift
            }
        }
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        match self.shift() {
            Shift::By(micros) => Timestamp::from_micros(SystemClock.now().micros().saturating_add(micros)),
            Shift::StandsAt(micros) => Timestamp::from_micros(micros),
        }
    }
}

/// The clock that the settings ask for.
pub fn clock(config: &Config) -> Arc<dyn Clock> {
    match &config.test_clock {
        Some(file) => Arc::new(TestClock::new(file.clone())),
        None => Arc::new(SystemClock),
    }
}

/// The operating system's chance, stretched by a cryptographic generator.
#[derive(Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "this is the port's adapter")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}
