//! A bulk send by several processes: do they keep Telegram's limit together, and do they use it?

use std::time::Duration;

use anyhow::{Context, ensure};
use serde::Serialize;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::control::Control;
use crate::lottery::series;
use crate::scenario::{FIRST_PERSON, Size};
use crate::setup::Setup;
use crate::stage::{CHANNEL, Record, Stage};

#[derive(Clone, Copy)]
pub struct Bulk {
    /// To as many people.
    pub messages: u32,
    /// `TELEGRAM_BROADCASTS_PER_SECOND`, 1 to 1,000.
    pub a_second: u32,
}

/// What is sent to a person so long after they did something is no answer (`interactive_window_s` of the
/// simulator, and a second).
const NO_ANSWER: Duration = Duration::from_secs(11);

/// Of the time that the limit leaves, the most that is waited for the last message.
const LATEST: u32 = 2;

/// How several processes kept a limit together, at the other end of the wire.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Kept {
    pub messages: u32,
    pub limit: u32,
    pub seconds: f64,
    /// Of what the limit allows in that time.
    pub used_percent: f64,
    /// In any 1,000 ms; more than the limit is too many.
    pub most_in_a_second: usize,
    /// The same for 10 s, in which late arrivals weigh less.
    pub most_in_ten: usize,
}

pub async fn run(setup: Setup, bulk: Bulk) -> anyhow::Result<Kept> {
    let Bulk { messages, a_second } = bulk;
    let mut stage = Stage::set(setup, Record::Full).await?;
    stage.ground.set("TELEGRAM_BROADCASTS_PER_SECOND", a_second.to_string());
    let (bots, _) = stage.start().await?;
    // Nobody hears from a bot that they never started.
    stage.control.starts(FIRST_PERSON, Size { people: messages, rate: 0 }, CHANNEL).await?;
    sleep(NO_ANSWER).await;
    let before = stage.control.get("calls?limit=0").await?;
    let before = before.get("last").and_then(Value::as_u64).context("calls without a last one")?;
    let notices = format!(
        "WITH RECURSIVE {} INSERT INTO outbox (id, notice, send_at, created_at)
         SELECT n, '{{\"kind\":\"wizard_expired\",\"person\":' || ({FIRST_PERSON} - 1 + n) || '}}', 0, 0 FROM notices",
        series(&stage.ground, "notices", messages)
    );
    stage.ground.run(notices).await?;
    let deadline = Instant::now() + Duration::from_secs(LATEST.into()) * (messages / a_second + 10);
    while stage.ground.number("SELECT COUNT(*) FROM outbox".to_owned()).await? > 0 {
        ensure!(Instant::now() < deadline, "the messages are not sent in time");
        sleep(Duration::from_millis(200)).await;
    }
    let sent = times(&stage.control, before).await?;
    ensure!(sent.len() == messages as usize, "{} of {messages} messages were sent", sent.len());
    stage.end(bots).await?;
    let (first, last) = (sent.first().copied().unwrap_or(0), sent.last().copied().unwrap_or(0));
    let seconds = (last - first) as f64 / 1000.0;
    Ok(Kept {
        messages,
        limit: a_second,
        seconds,
        used_percent: f64::from(messages - 1) / seconds / f64::from(a_second) * 100.0,
        most_in_a_second: most_within(&sent, 1_000),
        most_in_ten: most_within(&sent, 10_000),
    })
}

/// When each message after this call arrived, in milliseconds.
async fn times(control: &Control, mut after: u64) -> anyhow::Result<Vec<i64>> {
    let mut times = Vec::new();
    loop {
        let page = control.get(&format!("calls?method=sendMessage&after={after}&limit=5000")).await?;
        let calls = page.get("calls").and_then(Value::as_array).context("no calls")?;
        let Some(last) = calls.last().and_then(|call| call.get("id")).and_then(Value::as_u64) else { break };
        times.extend(calls.iter().filter_map(|call| call.get("time_ms").and_then(Value::as_i64)));
        after = last;
    }
    times.sort_unstable();
    Ok(times)
}

/// The most that lie within one span of so many milliseconds.
fn most_within(times: &[i64], span_ms: i64) -> usize {
    let ends = times.iter().enumerate();
    ends.map(|(place, from)| times.partition_point(|at| *at < from + span_ms) - place).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fullest_span_is_found() {
        assert_eq!(most_within(&[0, 400, 900, 1_000, 1_399, 5_000], 1_000), 4);
        assert_eq!(most_within(&[], 1_000), 0);
    }
}
