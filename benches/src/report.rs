//! The figures, as a table and as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

/// What one run of a scenario showed.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Figures {
    pub per_second: f64,
    /// CPU seconds of the bot, all its processes, for 1,000 updates.
    pub cpu_per_1000: f64,
    /// CPU seconds of PostgreSQL for 1,000 updates; 0 without it.
    pub database_cpu_per_1000: f64,
    /// Of the largest process.
    pub peak_mib: f64,
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
}

impl Report {
    pub fn add(&mut self, scenario: &'static str, figures: Figures) {
        if !self.order.contains(&scenario) {
            self.order.push(scenario);
        }
        self.runs.entry(scenario).or_default().push(figures);
    }

    /// Medians, and the best speed; the share is of the echo consumer's median.
    pub fn table(&self) -> String {
        let echo = self.runs.get("echo").map_or(0.0, |runs| median(runs, |f| f.per_second));
        let mut table = String::from(
            "| scenario | updates/s (best) | share of echo | CPU s per 1,000: bot + PostgreSQL | p50 / p95 / p99 ms | peak MiB | first poll ms |\n\
             | --- | --- | --- | --- | --- | --- | --- |\n",
        );
        for scenario in &self.order {
            let Some(runs) = self.runs.get(scenario) else { continue };
            let of = |value: fn(&Figures) -> f64| median(runs, value);
            let best = runs.iter().map(|f| f.per_second).fold(0.0, f64::max);
            let share = if echo > 0.0 { of(|f| f.per_second) / echo * 100.0 } else { 0.0 };
            table.push_str(&format!(
                "| {scenario} | {:.0} ({best:.0}) | {share:.0} % | {:.3} + {:.3} | {:.1} / {:.1} / {:.1} | {:.0} | {:.0} |\n",
                of(|f| f.per_second),
                of(|f| f.cpu_per_1000),
                of(|f| f.database_cpu_per_1000),
                of(|f| f.p50_ms),
                of(|f| f.p95_ms),
                of(|f| f.p99_ms),
                of(|f| f.peak_mib),
                of(|f| f.first_poll_ms),
            ));
        }
        table
    }
}

fn median(runs: &[Figures], value: impl Fn(&Figures) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
