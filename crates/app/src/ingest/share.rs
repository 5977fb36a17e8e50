//! Which partitions this process handles: its fair share among all that are alive, each by a lease.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use qura_ports::coordination::Leases;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::position::{PARTITIONS, URGENT_PARTITION};

/// Who shows no sign of life for this long is taken for dead, and its partitions are taken over.
pub const LEASE: Duration = Duration::from_secs(6);
const BEAT: Duration = Duration::from_secs(2);

const GROUP: &str = "bots";

/// How many partitions there are, the urgent one included.
const ALL: usize = PARTITIONS as usize + 1;

/// The partitions held at some moment, each with the time its lease runs out.
#[derive(Clone, Debug, Default)]
pub struct Held(BTreeMap<u8, Instant>);

impl FromIterator<(u8, Instant)> for Held {
    fn from_iter<I: IntoIterator<Item = (u8, Instant)>>(partitions: I) -> Self {
        Self(partitions.into_iter().collect())
    }
}

impl Held {
    /// Those whose lease has not run out. A process that slept through its lease holds nothing,
    /// whatever it believed before.
    pub fn now(&self) -> BTreeSet<u8> {
        let now = Instant::now();
        self.0.iter().filter(|(_, until)| **until > now).map(|(partition, _)| *partition).collect()
    }
}

/// How many updates of each partition are being handled.
#[derive(Debug)]
pub struct Running([AtomicUsize; ALL]);

impl Default for Running {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicUsize::new(0)))
    }
}

impl Running {
    pub fn began(&self, partition: u8) {
        if let Some(count) = self.0.get(usize::from(partition)) {
            count.fetch_add(1, Ordering::AcqRel);
        }
    }

    pub fn ended(&self, partition: u8) {
        if let Some(count) = self.0.get(usize::from(partition)) {
            count.fetch_sub(1, Ordering::AcqRel);
        }
    }

    fn is_idle(&self, partition: u8) -> bool {
        self.0.get(usize::from(partition)).is_none_or(|count| count.load(Ordering::Acquire) == 0)
    }
}

/// Keeps this process's share.
pub struct ShareKeeper {
    leases: Arc<dyn Leases>,
    held: watch::Sender<Held>,
    running: Arc<Running>,
}

impl ShareKeeper {
    pub fn new(leases: Arc<dyn Leases>) -> Self {
        Self { leases, held: watch::Sender::default(), running: Arc::default() }
    }

    /// What is held, as it changes.
    pub fn held(&self) -> watch::Receiver<Held> {
        self.held.subscribe()
    }

    /// To be told of updates that begin and end: a partition is given away only when idle.
    pub fn running(&self) -> Arc<Running> {
        self.running.clone()
    }

    /// Keeps the share until told to stop; then gives everything back. Stop it after the consumer.
    pub async fn run(&self, stop: &CancellationToken) {
        // Partitions that belong to somebody else now, but of which updates still run here.
        let mut leaving = BTreeSet::new();
        while !stop.is_cancelled() {
            if let Err(error) = self.beat(&mut leaving).await {
                // What is held runs out by itself unless a later beat succeeds.
                tracing::warn!(%error, "the share of the work cannot be kept");
            }
            let pause = if leaving.is_empty() { BEAT } else { BEAT / 10 };
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(pause) => {}
            }
        }
        let mine: Vec<String> = self.held.borrow().0.keys().map(|partition| lease_name(*partition)).collect();
        self.held.send_replace(Held::default());
        let gone = async {
            self.leases.release(&mine).await?;
            self.leases.leave(GROUP).await
        };
        if let Err(error) = gone.await {
            tracing::warn!(%error, "the share of the work runs out by itself");
        }
    }

    async fn beat(
        &self,
        leaving: &mut BTreeSet<u8>,
    ) -> Result<(), qura_ports::coordination::CoordinationError> {
        let members = self.leases.join(GROUP, LEASE).await?;
        let wanted = share(self.leases.me(), &members);
        let mine: BTreeSet<u8> = self.held.borrow().0.keys().copied().collect();
        leaving.extend(mine.difference(&wanted));
        leaving.retain(|partition| !wanted.contains(partition));
        // No new update of these begins from here on, so idle stays idle.
        self.held.send_modify(|held| held.0.retain(|partition, _| wanted.contains(partition)));
        let (idle, busy): (BTreeSet<u8>, BTreeSet<u8>) =
            leaving.iter().copied().partition(|partition| self.running.is_idle(*partition));
        if !idle.is_empty() {
            let names: Vec<String> = idle.iter().copied().map(lease_name).collect();
            self.leases.release(&names).await?;
        }
        let renewed: Vec<u8> = wanted.iter().chain(&busy).copied().collect();
        let names: Vec<String> = renewed.iter().copied().map(lease_name).collect();
        let until = Instant::now() + LEASE;
        let granted = self.leases.hold(&names, LEASE).await?;
        let granted: BTreeMap<u8, Instant> = renewed
            .iter()
            .zip(granted)
            .filter(|(partition, granted)| *granted && wanted.contains(partition))
            .map(|(partition, _)| (*partition, until))
            .collect();
        *leaving = busy;
        metrics::gauge!("partitions_held").set(granted.len() as f64);
        self.held.send_replace(Held(granted));
        Ok(())
    }
}

fn lease_name(partition: u8) -> String {
    format!("partition:{partition}")
}

/// The partitions of one member: each goes to the member whose hash with it is the highest, so that
/// a member who comes or goes moves only its own share.
fn share(me: &str, members: &[String]) -> BTreeSet<u8> {
    let best = |partition: u8| members.iter().max_by_key(|member| (weight(member, partition), *member));
    (0..=URGENT_PARTITION).filter(|partition| best(*partition).is_some_and(|member| member == me)).collect()
}

/// FNV-1a with a final mix: the same in every version of the program, unlike the standard hasher.
fn weight(member: &str, partition: u8) -> u64 {
    let bytes = member.bytes().chain([partition]);
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash ^ (hash >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn every_partition_has_exactly_one_member() {
        let all = members(&["a", "b", "c"]);
        let shares: Vec<BTreeSet<u8>> = all.iter().map(|me| share(me, &all)).collect();
        assert_eq!(shares.iter().map(BTreeSet::len).sum::<usize>(), ALL);
        assert_eq!(shares.iter().flatten().collect::<BTreeSet<_>>().len(), ALL);
        assert!(shares.iter().all(|share| !share.is_empty()));
    }

    #[test]
    fn who_leaves_moves_only_its_own_share() {
        let (all, rest) = (members(&["a", "b", "c"]), members(&["a", "c"]));
        for me in ["a", "c"] {
            assert!(share(me, &all).is_subset(&share(me, &rest)));
        }
        assert_eq!(share("a", &members(&["a"])).len(), ALL);
        assert!(share("a", &members(&["b"])).is_empty());
    }
}
