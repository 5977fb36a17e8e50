//! Looks for signs of fraud in what people did, never while they do it: after joins in batches, and when
//! somebody leaves the chat. They are shown to the organizer; nobody is refused for them.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use qura_domain::ids::{LotteryId, UserId};
use qura_domain::lottery::{JoinFacts, Signal, Signals, Ticket};
use qura_domain::time::Timestamp;
use qura_ports::clock::Clock;
use qura_storage::{Db, ExaminedJoin, MembershipEvent, Reader, StorageError, Tx};

use crate::jobs::{Job, JobError, RunningJob};

/// The kind of the job.
pub const EXAMINE: &str = "lottery.examine";

/// Registrations that are looked through at a time.
const BATCH: usize = 1_000;

/// Registrations before and behind the batch among which a burst is looked for: many times
/// [`JoinFacts::BURST_SIZE`], so that a burst shows although honest people join in between.
const CONTEXT: u64 = 500;

const LOTTERIES: u32 = 100;

/// Neighbours that are looked at again for one person: a row of accounts is longer, and each of it counts.
const MOST_NEAR: u32 = 50;

/// Telegram's dates are whole seconds: what happened at one happened before the next.
const SECOND: Duration = Duration::from_secs(1);

/// Looks through new registrations, every minute.
pub struct ExamineJoins {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
}

#[async_trait]
impl Job for ExamineJoins {
    fn kind(&self) -> &'static str {
        EXAMINE
    }

    async fn run(&self, _job: &RunningJob) -> Result<(), JobError> {
        let mut after = None;
        loop {
            let page = self.db.read().await?.lottery_counters().unexamined(after, LOTTERIES).await?;
            for (lottery, examined) in &page {
                let mut examined = *examined;
                while let Some(next) = self.batch(*lottery, examined).await? {
                    examined = next;
                }
            }
            after = page.last().map(|(lottery, _)| *lottery);
            if page.len() < LOTTERIES as usize {
                return Ok(());
            }
        }
    }
}

impl ExamineJoins {
    /// Looks through the next registrations of a lottery; returns the last ticket of them, where more may
    /// follow. What happened just now waits, because a burst is not over.
    async fn batch(&self, lottery: LotteryId, examined: u64) -> Result<Option<u64>, StorageError> {
        let settled = self.clock.now() - JoinFacts::BURST_SPAN;
        let mut reader = self.db.read().await?;
        let before = Ticket::new(examined.saturating_sub(CONTEXT));
        let limit = u32::try_from(BATCH as u64 + 2 * CONTEXT).unwrap_or(u32::MAX);
        let around = reader.participants().joins(lottery, before, limit).await?;
        let batch: Vec<ExaminedJoin> = around
            .iter()
            .filter(|join| join.ticket.get() > examined)
            .take_while(|join| join.joined_at <= settled)
            .take(BATCH)
            .copied()
            .collect();
        let Some(last) = batch.last().map(|join| join.ticket.get()) else { return Ok(None) };
        let newest = reader.users().newest().await?.unwrap_or(UserId::new(0));
        let found = find(&mut reader, lottery, &batch, &around, newest).await?;
        drop(reader);
        let mut tx = self.db.begin().await?;
        for (user, signals) in found {
            tx.participants().flag(lottery, user, signals).await?;
        }
        // On its own: who goes or is excluded holds the lottery's lock and waits for participants'. What is
        // looked through twice comes to the same.
        tx.commit().await?;
        let mut tx = self.db.begin().await?;
        tx.lottery_counters().record_examined(lottery, last).await?;
        tx.commit().await?;
        Ok((batch.len() == BATCH).then_some(last))
    }
}

/// Whose signs have changed, and what they are now. A sign that was seen once stays.
async fn find(
    reader: &mut Reader,
    lottery: LotteryId,
    batch: &[ExaminedJoin],
    around: &[ExaminedJoin],
    newest: UserId,
) -> Result<BTreeMap<UserId, Signals>, StorageError> {
    let times = fresh_times(around, newest);
    let mut found = BTreeMap::new();
    let mut seen = HashSet::new();
    for join in batch {
        let mut facts = facts(join, newest);
        if JoinFacts::is_fresh(join.user, newest) {
            facts.fresh_around = fresh_around(&times, join.joined_at);
            let near =
                reader.participants().near(lottery, join.user, JoinFacts::NEIGHBOUR_SPAN, MOST_NEAR).await?;
            facts.neighbours = u32::try_from(near.len()).unwrap_or(u32::MAX);
            // Who came before had fewer neighbours then.
            for other in near {
                if other.ticket < join.ticket && seen.insert(other.user) {
                    let signals = neighbour(reader, lottery, &other, newest).await?;
                    note(&mut found, &other, signals);
                }
            }
        }
        note(&mut found, join, facts.signals());
    }
    Ok(found)
}

async fn neighbour(
    reader: &mut Reader,
    lottery: LotteryId,
    join: &ExaminedJoin,
    newest: UserId,
) -> Result<Signals, StorageError> {
    let (span, enough) = (JoinFacts::NEIGHBOUR_SPAN, JoinFacts::NEIGHBOUR_COUNT);
    let neighbours = reader.participants().neighbours(lottery, join.user, span, enough).await?;
    Ok(JoinFacts { neighbours, ..facts(join, newest) }.signals())
}

fn facts(join: &ExaminedJoin, newest: UserId) -> JoinFacts {
    JoinFacts {
        user: join.user,
        joined_at: join.joined_at,
        newest_user: newest,
        fresh_around: 0,
        neighbours: 0,
        // Known when they joined, and noted then.
        wrong_answers: 0,
        left_chat_at: None,
    }
}

fn note(found: &mut BTreeMap<UserId, Signals>, join: &ExaminedJoin, signals: Signals) {
    let known = found.get(&join.user).copied().unwrap_or(join.signals);
    let all: Signals = known.iter().chain(signals.iter()).collect();
    if all != known {
        found.insert(join.user, all);
    }
}

/// When fresh accounts joined, in order.
fn fresh_times(joins: &[ExaminedJoin], newest: UserId) -> Vec<Timestamp> {
    let fresh = joins.iter().filter(|join| JoinFacts::is_fresh(join.user, newest));
    let mut times: Vec<Timestamp> = fresh.map(|join| join.joined_at).collect();
    times.sort_unstable();
    times
}

/// How many others joined within the span of this one, which is among them.
fn fresh_around(times: &[Timestamp], at: Timestamp) -> u32 {
    let from = times.partition_point(|time| *time < at - JoinFacts::BURST_SPAN);
    let to = times.partition_point(|time| *time <= at + JoinFacts::BURST_SPAN);
    u32::try_from(to.saturating_sub(from + 1)).unwrap_or(u32::MAX)
}

/// Somebody left a chat by themselves: where they had joined a lottery there just before, that is a sign. In
/// the caller's transaction.
pub async fn left_chat(tx: &mut Tx, event: &MembershipEvent) -> Result<(), StorageError> {
    let left = event.at + SECOND;
    let since = event.at - JoinFacts::LEFT_SOON;
    for (lottery, join) in tx.participants().of_chat(event.chat, event.user, since).await? {
        let mut facts = facts(&join, UserId::new(i64::MAX));
        facts.left_chat_at = Some(left);
        if facts.signals().contains(Signal::JoinedAndLeft) {
            let all = join.signals.and(Signal::JoinedAndLeft);
            tx.participants().flag(lottery, event.user, all).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(user: i64, ticket: u64, millis: i64) -> ExaminedJoin {
        ExaminedJoin {
            user: UserId::new(user),
            ticket: Ticket::new(ticket),
            joined_at: Timestamp::from_micros(millis * 1_000),
            signals: Signals::NONE,
        }
    }

    #[test]
    fn fresh_accounts_within_ten_seconds_are_counted() {
        let newest = UserId::new(9_000_000_000);
        // One account is years old.
        let joins = [
            join(8_999_999_999, 1, 0),
            join(8_999_999_998, 2, 10_000),
            join(1, 3, 10_000),
            join(8_999_999_997, 4, 20_001),
        ];
        let times = fresh_times(&joins, newest);
        assert_eq!(times.len(), 3);
        assert_eq!(joins.map(|join| fresh_around(&times, join.joined_at))[..2], [1, 1]);
        assert_eq!(fresh_around(&times, joins[3].joined_at), 0);
    }

    #[test]
    fn a_sign_that_was_seen_stays() {
        let mut found = BTreeMap::new();
        let known = ExaminedJoin { signals: Signals::NONE.and(Signal::FailedChallenges), ..join(5, 1, 0) };
        note(&mut found, &known, Signals::NONE);
        assert_eq!(found.len(), 0, "nothing is new");
        note(&mut found, &known, Signals::NONE.and(Signal::Burst));
        note(&mut found, &known, Signals::NONE.and(Signal::Neighbours));
        let signals: Vec<Signal> = found[&known.user].iter().collect();
        assert_eq!(signals, [Signal::Burst, Signal::Neighbours, Signal::FailedChallenges]);
    }
}
