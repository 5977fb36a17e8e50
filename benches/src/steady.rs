//! A steady crowd for minutes: does the bot's memory rise?

use std::pin::pin;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::processes::Process;
use crate::scenario::{FIRST_PERSON, Size};
use crate::setup::Setup;
use crate::stage::{CHANNEL, Record, Stage};

#[derive(Clone, Copy)]
pub struct Steady {
    pub minutes: f64,
    /// People a second, each of them new.
    pub rate: u32,
}

/// Between two looks at the memory.
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);

/// Until caches are full and the allocator has what it needs: half of the whole time, and no more than this. At
/// the usual rate it takes 250 s until as many people came as memberships are remembered of; the pages of SQLite
/// and what bursts need were seen to grow for some 13 minutes, and not after.
const WARMING_UP: Duration = Duration::from_secs(900);
const WARMING_PART: f64 = 0.5;

/// How the memory of all processes went, after warming up.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Memory {
    pub minutes: f64,
    pub per_second: f64,
    pub looks: usize,
    pub first_mib: f64,
    pub last_mib: f64,
    pub most_mib: f64,
    /// MiB an hour, by least squares, and its standard error.
    pub slope: f64,
    pub slope_error: f64,
    /// The standard deviation around that line, in MiB.
    pub noise_mib: f64,
}

pub async fn run(setup: Setup, steady: Steady) -> anyhow::Result<Memory> {
    let stage = Stage::set(setup, Record::Counts).await?;
    let (bots, _) = stage.start().await?;
    let people = (steady.minutes * 60.0 * f64::from(steady.rate)) as u32;
    let (began, mut looks) = (Instant::now(), Vec::new());
    let load = {
        let crowd = Size { people, rate: steady.rate };
        let mut load = pin!(stage.control.starts(FIRST_PERSON, crowd, CHANNEL));
        loop {
            tokio::select! {
                load = &mut load => break load?,
                () = tokio::time::sleep(BETWEEN_LOOKS) => looks.push((began.elapsed(), resident(&bots)?)),
            }
        }
    };
    let warm = began.elapsed().mul_f64(WARMING_PART).min(WARMING_UP);
    looks.retain(|(at, _)| *at >= warm);
    stage.end(bots).await?;
    Ok(Memory { minutes: steady.minutes, per_second: load.answered_per_second, ..fitted(&looks) })
}

fn resident(bots: &[Process]) -> anyhow::Result<f64> {
    bots.iter().map(Process::resident_mib).sum()
}

/// The line through the looks.
fn fitted(looks: &[(Duration, f64)]) -> Memory {
    let count = looks.len() as f64;
    let mean = |value: fn(&(Duration, f64)) -> f64| looks.iter().map(value).sum::<f64>() / count;
    let (hour, mib) = (mean(|(at, _)| hours(*at)), mean(|(_, mib)| *mib));
    let spread: f64 = looks.iter().map(|(at, _)| (hours(*at) - hour).powi(2)).sum();
    let slope = looks.iter().map(|(at, found)| (hours(*at) - hour) * (found - mib)).sum::<f64>() / spread;
    let off = |(at, found): &(Duration, f64)| found - mib - slope * (hours(*at) - hour);
    let noise = (looks.iter().map(|look| off(look).powi(2)).sum::<f64>() / (count - 2.0)).sqrt();
    let found = || looks.iter().map(|(_, mib)| *mib);
    Memory {
        looks: looks.len(),
        first_mib: found().next().unwrap_or_default(),
        last_mib: found().next_back().unwrap_or_default(),
        most_mib: found().fold(0.0, f64::max),
        slope,
        slope_error: noise / spread.sqrt(),
        noise_mib: noise,
        ..Memory::default()
    }
}

fn hours(span: Duration) -> f64 {
    span.as_secs_f64() / 3600.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_through_noise() {
        let look = |nth: u64| {
            let off = if nth.is_multiple_of(2) { 0.5 } else { -0.5 };
            (Duration::from_secs(nth * 36), 40.0 + 3.0 * nth as f64 / 100.0 + off)
        };
        let looks: Vec<_> = (0..100).map(look).collect();
        let memory = fitted(&looks);
        assert!((memory.slope - 3.0).abs() < 3.0 * memory.slope_error, "{memory:?}");
        assert!((memory.noise_mib - 0.5).abs() < 0.02, "{memory:?}");
        assert_eq!((memory.looks, memory.first_mib), (100, 40.5));
    }
}
