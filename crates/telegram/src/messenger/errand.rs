//! Runs one call to its end: waits for its turn, waits out floods, repeats what may be repeated.

use std::sync::Arc;
use std::time::Duration;

use qura_ports::coordination::Limits;
use qura_ports::random::Random;
use qura_ports::telegram::{Lane, TelegramError};
use tokio::time::{Instant, sleep};

use super::admission::{Admission, Path};
use crate::client::CallFailure;
use crate::metrics;

/// What to know about a call in order to repeat it.
#[derive(Clone, Copy, Debug)]
pub struct Errand {
    pub lane: Lane,
    pub path: Path,
    pub method: &'static str,
    /// Whether calling twice does no more than calling once.
    pub repeatable: bool,
}

impl Errand {
    /// A call that somebody waits for, by a method without limits, to be made once.
    pub fn free(method: &'static str) -> Self {
        Self { lane: Lane::Interactive, path: Path::Free(method), method, repeatable: false }
    }
}

/// How much waiting a lane's requests are worth.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// From the beginning to the last attempt.
    total: Duration,
    /// How often Telegram may ask to wait.
    floods: u32,
}

fn patience(lane: Lane) -> Patience {
    let (secs, floods) = match lane {
        // Nobody waits for an answer longer than that.
        Lane::Interactive => (60, 10),
        // Their rows are tried again later.
        Lane::Notice => (120, 3),
        Lane::Counter => (60, 2),
        Lane::Bulk => (600, 5),
    };
    Patience { total: Duration::from_secs(secs), floods }
}

/// How often a call is made that finds Telegram out of order.
const ATTEMPTS: u32 = 4;

/// The pause before the second attempt; it doubles each time.
const FIRST_BACKOFF: Duration = Duration::from_millis(250);

/// Runs errands; each waits for its turn.
pub struct Errands {
    admission: Admission,
    random: Arc<dyn Random>,
}

impl Errands {
    pub fn new(limits: Arc<dyn Limits>, random: Arc<dyn Random>) -> Self {
        Self { admission: Admission::new(limits), random }
    }

    /// Calls until there is an answer or patience ends.
    pub async fn run<T, F, Fut>(&self, errand: Errand, call: F) -> Result<T, TelegramError>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<T, CallFailure>>,
    {
        let Errand { lane, path, .. } = errand;
        let _depth = metrics::InLane::enter(lane);
        let patience = patience(lane);
        let deadline = Instant::now() + patience.total;
        let (mut floods, mut failures) = (0, 0);
        loop {
            self.admission.admit(lane, path, deadline).await.map_err(TelegramError::Flooded)?;
            match call().await {
                Ok(answer) => {
                    self.admission.succeeded(lane, path);
                    return Ok(answer);
                }
                Err(CallFailure::Answered(TelegramError::Flooded(wait))) => {
                    self.flooded(errand, wait).await;
                    floods += 1;
                    if floods >= patience.floods {
                        return Err(TelegramError::Flooded(wait));
                    }
                }
                Err(failure) => {
                    failures += 1;
                    let pause = self.backoff(failures);
                    let may_repeat = match &failure {
                        CallFailure::NotSent(_) => true,
                        CallFailure::Lost(_) => errand.repeatable,
                        CallFailure::Answered(_) => false,
                    };
                    if !may_repeat || failures >= ATTEMPTS || Instant::now() + pause > deadline {
                        return Err(failure.into());
                    }
                    tracing::debug!(
                        method = errand.method,
                        failures,
                        "Telegram cannot be reached, again soon"
                    );
                    sleep(pause).await;
                }
            }
        }
    }

    async fn flooded(&self, errand: Errand, wait: Duration) {
        metrics::flooded(wait);
        self.admission.refused(errand.lane, errand.path, wait).await;
        let chat_id = match errand.path {
            Path::Chat(chat) => Some(chat.get()),
            Path::Free(_) => None,
        };
        tracing::warn!(
            method = errand.method,
            lane = ?errand.lane,
            chat_id,
            retry_after_s = wait.as_secs(),
            "Telegram asks to wait"
        );
    }

    /// Between one and two times the nominal pause, so that many do not come back at once.
    fn backoff(&self, failures: u32) -> Duration {
        let nominal = FIRST_BACKOFF * 2_u32.saturating_pow(failures.saturating_sub(1).min(8));
        nominal.mul_f64(1.0 + self.random.fraction())
    }
}

#[cfg(test)]
mod tests;
