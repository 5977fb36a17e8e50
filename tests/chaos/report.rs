//! What a run prints: the faults with their outcome, the numbers, and whatever differs with its time line.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::checks::{self, Evidence, Finding};
use crate::diary::Wait;
use crate::faults::Saboteur;
use crate::plan::Plan;

/// One kind of fault.
#[derive(Default)]
struct Line {
    times: usize,
    /// How often its victim was away already.
    idle: usize,
    /// The longest that somebody waited who acted after such a fault and before the next.
    longest: Duration,
}

pub fn print(plan: &Plan, saboteur: &Saboteur, evidence: &Evidence, began: Instant, findings: &[Finding]) {
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    let waits: Vec<&Wait> = evidence.diaries.iter().flat_map(|diary| &diary.waits).collect();
    let ends = saboteur.injected.iter().skip(1).map(|next| next.at);
    let ends = ends.chain([Instant::now()]);
    for (injected, end) in saboteur.injected.iter().zip(ends) {
        let line = lines.entry(injected.fault.kind()).or_default();
        line.times += 1;
        line.idle += usize::from(injected.idle);
        let during = waits.iter().filter(|wait| (injected.at..end).contains(&wait.from));
        line.longest = line.longest.max(during.map(|wait| wait.took).max().unwrap_or_default());
    }
    eprintln!("\n| fault | times | longest wait of a person |\n| --- | ---: | ---: |");
    for (kind, line) in &lines {
        let idle = if line.idle > 0 { format!(" ({} on nobody)", line.idle) } else { String::new() };
        eprintln!("| {kind} | {}{idle} | {:.1} s |", line.times, line.longest.as_secs_f64());
    }
    let struck = saboteur.injected.iter().filter(|injected| !injected.idle).count();
    let repeats = checks::repeats(evidence)
        .map(|(what, again, wanted)| format!("{again} of {wanted} {what} came again"))
        .join(", ");
    let presses: usize = evidence.diaries.iter().map(|diary| diary.presses.len()).sum();
    let late =
        evidence.diaries.iter().flat_map(|diary| &diary.presses).filter(|press| !press.answered).count();
    let unseen = waits.iter().filter(|wait| !wait.came).count();
    let joined = evidence.participants.len();
    eprintln!(
        "\nseed {}: {struck} faults struck; {} people, {} updates, {presses} presses ({late} not answered in \
         15 s), {joined} tickets, {} lotteries, {} drawn; \
         {unseen} waits were given up; {repeats}; {} calls were cut after their effect; {} checks",
        plan.seed,
        evidence.diaries.len(),
        evidence.updates_made,
        evidence.ordered.len(),
        evidence.documents.iter().filter(|(_, number)| *number == 0).count(),
        evidence.effects_cut,
        checks::count(),
    );
    if findings.is_empty() {
        eprintln!("everything agrees");
        return;
    }
    eprintln!("\nthe time line of seed {}:", plan.seed);
    for injected in &saboteur.injected {
        let at = injected.at.duration_since(began).as_secs_f64();
        let idle = if injected.idle { " (on nobody)" } else { "" };
        eprintln!("  {at:7.2} s  {:?}{idle}", injected.fault);
    }
    let log = format!("{}/chaos-{}.log", env!("CARGO_TARGET_TMPDIR"), plan.seed);
    std::fs::write(&log, &evidence.log).unwrap();
    eprintln!("\nwhat the programs wrote is in {log}");
    eprintln!("\nwhat differs:");
    for finding in findings.iter().take(200) {
        eprintln!("  CHAOS {}: {}", finding.check, finding.what);
    }
}
