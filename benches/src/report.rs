//! The figures, as tables and as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::bulk::Kept;
use crate::steady::Memory;

/// What one run of a scenario showed.
pub enum Outcome {
    Load(Figures),
    Memory(Memory),
    Limit(Kept),
}

/// How a crowd was served.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Figures {
    pub per_second: f64,
    /// CPU seconds of the bot, all its processes, for 1,000 updates.
    pub cpu_per_1000: f64,
    /// CPU seconds of PostgreSQL for 1,000 updates; 0 without it.
    pub database_cpu_per_1000: f64,
    /// Of the largest process.
    pub peak_mib: f64,
    /// People who had to press once more, because the bot could not tell in time what became of it.
    pub again: u64,
    pub p50_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
    /// From the start of the program to its first call for updates.
    pub first_poll_ms: f64,
}

/// All runs, by scenario.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    order: Vec<&'static str>,
    runs: BTreeMap<&'static str, Vec<Figures>>,
    memory: BTreeMap<&'static str, Vec<Memory>>,
    limits: BTreeMap<&'static str, Vec<Kept>>,
    ratios: Vec<Ratio>,
}

/// The same work on two grounds: how many times what it takes on the first it takes on the second.
#[derive(Debug, Serialize)]
struct Ratio {
    first: &'static str,
    second: &'static str,
    time: f64,
    /// Of bot and PostgreSQL together.
    cpu: f64,
}

impl Report {
    pub fn add(&mut self, scenario: &'static str, outcome: Outcome) {
        if !self.order.contains(&scenario) {
            self.order.push(scenario);
        }
        match outcome {
            Outcome::Load(figures) => self.runs.entry(scenario).or_default().push(figures),
            Outcome::Memory(memory) => self.memory.entry(scenario).or_default().push(memory),
            Outcome::Limit(kept) => self.limits.entry(scenario).or_default().push(kept),
        }
    }

    /// Compares two scenarios, where both ran.
    pub fn compare(&mut self, first: &'static str, second: &'static str) {
        let (Some(one), Some(other)) = (self.runs.get(first), self.runs.get(second)) else { return };
        let cpu = |runs| median(runs, |f: &Figures| f.cpu_per_1000 + f.database_cpu_per_1000);
        let time = median(one, |f| f.per_second) / median(other, |f| f.per_second);
        self.ratios.push(Ratio { first, second, time, cpu: cpu(other) / cpu(one) });
    }

    /// Every table that has a row.
    pub fn tables(&self) -> String {
        let tables = [self.loads(), self.memories(), self.limits(), self.ratios()];
        tables.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    /// Medians, and the best speed; the share is of the echo consumer's median.
    fn loads(&self) -> Option<String> {
        let echo = self.runs.get("echo").map_or(0.0, |runs| median(runs, |f| f.per_second));
        let head = "| scenario | updates/s (best) | share of echo | CPU s per 1,000: bot + PostgreSQL \
                    | p50 / p95 / p99 ms | pressed again (most) | peak MiB | first poll ms |";
        self.table(head, &self.runs, |runs| {
            let of = |value: fn(&Figures) -> f64| median(runs, value);
            let best = runs.iter().map(|f| f.per_second).fold(0.0, f64::max);
            let again = runs.iter().map(|f| f.again).max().unwrap_or(0);
            let share = if echo > 0.0 { of(|f| f.per_second) / echo * 100.0 } else { 0.0 };
            vec![
                format!("{:.0} ({best:.0})", of(|f| f.per_second)),
                format!("{share:.0} %"),
                format!("{:.3} + {:.3}", of(|f| f.cpu_per_1000), of(|f| f.database_cpu_per_1000)),
                format!("{:.1} / {:.1} / {:.1}", of(|f| f.p50_ms), of(|f| f.p95_ms), of(|f| f.p99_ms)),
                again.to_string(),
                format!("{:.0}", of(|f| f.peak_mib)),
                format!("{:.0}", of(|f| f.first_poll_ms)),
            ]
        })
    }

    /// The run with the steepest slope, because that is the one to explain.
    fn memories(&self) -> Option<String> {
        let head = "| scenario | minutes | updates/s | looks | MiB: first, last, most | slope, MiB an hour | noise, MiB |";
        self.table(head, &self.memory, |runs| {
            let steepest = runs.iter().max_by(|one, other| one.slope.total_cmp(&other.slope));
            let memory = steepest.copied().unwrap_or_default();
            vec![
                format!("{:.0}", memory.minutes),
                format!("{:.0}", memory.per_second),
                memory.looks.to_string(),
                format!("{:.1}, {:.1}, {:.1}", memory.first_mib, memory.last_mib, memory.most_mib),
                format!("{:+.2} ± {:.2}", memory.slope, memory.slope_error),
                format!("{:.2}", memory.noise_mib),
            ]
        })
    }

    /// The worst of all runs.
    fn limits(&self) -> Option<String> {
        let head =
            "| scenario | messages | limit/s | seconds | used | most in any second | most in any ten |";
        self.table(head, &self.limits, |runs| {
            let all = |value: fn(&Kept) -> f64| runs.iter().map(value);
            let most = |value: fn(&Kept) -> usize| runs.iter().map(value).max().unwrap_or(0);
            vec![
                runs.first().map_or(0, |kept| kept.messages).to_string(),
                runs.first().map_or(0, |kept| kept.limit).to_string(),
                format!("{:.1}", all(|kept| kept.seconds).fold(0.0, f64::max)),
                format!("{:.1} %", all(|kept| kept.used_percent).fold(f64::INFINITY, f64::min)),
                most(|kept| kept.most_in_a_second).to_string(),
                most(|kept| kept.most_in_ten).to_string(),
            ]
        })
    }

    fn ratios(&self) -> Option<String> {
        let row = |ratio: &Ratio| {
            let Ratio { first, second, time, cpu } = ratio;
            format!("«{second}» takes {time:.2} times the time and {cpu:.2} times the CPU of «{first}».\n")
        };
        (!self.ratios.is_empty()).then(|| self.ratios.iter().map(row).collect())
    }

    /// `None` when no scenario has a row.
    fn table<T>(
        &self,
        head: &str,
        rows: &BTreeMap<&'static str, Vec<T>>,
        cells: impl Fn(&[T]) -> Vec<String>,
    ) -> Option<String> {
        let rule = "| --- ".repeat(head.matches('|').count() - 1);
        let mut table = format!("{head}\n{rule}|\n");
        for scenario in &self.order {
            let Some(runs) = rows.get(scenario) else { continue };
            table.push_str(&format!("| {scenario} | {} |\n", cells(runs).join(" | ")));
        }
        (!rows.is_empty()).then_some(table)
    }
}

fn median<T>(runs: &[T], value: impl Fn(&T) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
