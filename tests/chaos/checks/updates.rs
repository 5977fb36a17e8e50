//! Nobody's update is lost, stored twice, applied twice, or has its effect beside the word that it is applied.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::Evidence;

/// Telegram's numbers of what was stored: all that there were, each once.
pub fn stored_once(evidence: &Evidence) -> Vec<String> {
    let numbers: Vec<i64> = evidence.stored.iter().map(|(_, seq, _)| *seq).collect();
    let distinct: BTreeSet<i64> = numbers.iter().copied().collect();
    let mut found = Vec::new();
    if distinct.len() < numbers.len() {
        let mut times: HashMap<i64, usize> = HashMap::new();
        numbers.iter().for_each(|number| *times.entry(*number).or_default() += 1);
        let twice = times.iter().filter(|(_, times)| **times > 1);
        found.extend(twice.map(|(number, times)| format!("update {number} was stored {times} times")));
    }
    if let (Some(first), Some(last)) = (distinct.first(), distinct.last()) {
        let missing = (*first..=*last).filter(|number| !distinct.contains(number));
        found.extend(missing.map(|number| format!("update {number} was never stored")));
    }
    if distinct.len() != evidence.updates_made {
        found.push(format!("{} updates were made and {} stored", evidence.updates_made, distinct.len()));
    }
    found
}

pub fn applied_once(evidence: &Evidence) -> Vec<String> {
    let mut times: HashMap<i64, usize> = HashMap::new();
    evidence.applied.iter().for_each(|(_, seq, _)| *times.entry(*seq).or_default() += 1);
    let twice = times.iter().filter(|(_, times)| **times > 1);
    twice.map(|(seq, times)| format!("update {seq} was applied {times} times")).collect()
}

/// What a person's update brings about is in the transaction that marks the update as applied.
pub fn effect_with_its_update(evidence: &Evidence) -> Vec<String> {
    let applied: HashSet<(i64, i64)> = evidence.applied.iter().map(|(key, _, tx)| (*key, *tx)).collect();
    let effects = [("was seen", &evidence.seen), ("got or gave back a ticket", &evidence.tickets)];
    let mut found = Vec::new();
    for (what, entries) in effects {
        let alone = entries.iter().filter(|(person, _, tx)| !applied.contains(&(*person, *tx)));
        found.extend(alone.map(|(person, _, tx)| {
            format!("{person} {what} in transaction {tx}, which applied no update of theirs")
        }));
    }
    found
}

/// Each /start and each link that was opened is seen once. Some presses register, as does entering the last
/// channel of an open card: whoever is registered is seen.
pub fn effect_once(evidence: &Evidence) -> Vec<String> {
    let mut seen: HashMap<i64, usize> = HashMap::new();
    evidence.seen.iter().for_each(|(person, ..)| *seen.entry(*person).or_default() += 1);
    let off = evidence.diaries.iter().filter_map(|diary| {
        let (acts, seen) = (diary.starts + diary.links, seen.get(&diary.person).copied().unwrap_or(0));
        let presses = diary.presses.iter().filter(|press| press.data.starts_with("join:")).count();
        let most = acts + presses + diary.entries;
        let fits = (acts..=most).contains(&seen);
        (!fits)
            .then(|| format!("{} came {acts} times ({most} at most), and was seen {seen} times", diary.name))
    });
    off.collect()
}

pub fn everyone_known(evidence: &Evidence) -> Vec<String> {
    let unknown = evidence.diaries.iter().filter(|diary| {
        let times = evidence.users.iter().filter(|id| **id == diary.person).count();
        diary.starts + diary.links > 0 && times != 1
    });
    unknown.map(|diary| format!("{} came and is not known", diary.name)).collect()
}
