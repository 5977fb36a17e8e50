//! Registers people, up to 200 of one lottery in one transaction, after every check once more.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt;
use futures::future::BoxFuture;
use qura_domain::challenge::{Attempts, ChallengeKind};
use qura_domain::condition::{Condition, ConditionStanding};
use qura_domain::draw::hash::Hash;
use qura_domain::ids::{JobId, LotteryId, NoticeId, Seq, UserId};
use qura_domain::lottery::{Applicant, JoinRefusal, JoinSource, Signals, Ticket, admit, milestone};
use qura_domain::person::Person;
use qura_domain::time::Timestamp;
use qura_ports::clock::Clock;
use qura_ports::coordination::{Topic, WakeUps};
use qura_ports::random::Random;
use qura_storage::{
    Applied, Db, JoinedGroup, Joining, LockedTerms, NewParticipant, Seen, StorageError, Tx, UserRecord,
};

use crate::batcher::Group;
use crate::draws;
use crate::outbox::{Notice, write_notice};

/// Somebody to be registered, and the update that asks for it.
#[derive(Clone)]
pub struct JoinRequest {
    pub seq: Seq,
    pub lottery: LotteryId,
    pub person: Person,
    /// What was gathered before: what Telegram tells, the challenge, the conditions. The ticket and
    /// whether they are banned are read again.
    pub applicant: Applicant,
    pub source: JoinSource,
    /// What they solved to get in.
    pub challenge: Option<ChallengeKind>,
    pub signals: Signals,
    /// To be stored with it, where they solved the challenge just now.
    pub attempts: Option<Attempts>,
    pub wording: Wording,
}

/// Makes the reply, as it is stored with the update, of what came of it, and of the wizard that ended, as it was
/// stored.
pub type Wording = Arc<dyn Fn(&JoinAnswer, Option<&str>) -> Result<String, StorageError> + Send + Sync>;

/// What a person hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinAnswer {
    Registered { ticket: Ticket, commitment: Option<Hash> },
    Refused(JoinRefusal),
}

/// A registration that was decided.
#[derive(Clone, Debug)]
pub struct Joined {
    pub answer: JoinAnswer,
    pub record: UserRecord,
    /// The wizard that ended, as it was stored.
    pub ended_wizard: Option<String>,
}

/// Writes the registrations that arrive at the same time.
pub struct JoinGroup {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub wakeups: Arc<dyn WakeUps>,
}

/// Architecture, section 7.
const MOST_OF_ONE_LOTTERY: usize = 200;

/// Lotteries that are written at the same time; SQLite writes one after the other anyway.
const AT_ONCE: usize = 4;

#[async_trait]
impl Group for JoinGroup {
    type Item = JoinRequest;
    /// `None` when somebody else had committed the effect before.
    type Output = Result<Option<Joined>, StorageError>;

    async fn write(&self, items: &[JoinRequest]) -> Result<Vec<Self::Output>, StorageError> {
        let mut of_lotteries: BTreeMap<LotteryId, Vec<(usize, &JoinRequest)>> = BTreeMap::new();
        for (place, item) in items.iter().enumerate() {
            of_lotteries.entry(item.lottery).or_default().push((place, item));
        }
        let mut parts: Vec<BoxFuture<'_, Outputs>> = Vec::new();
        for part in of_lotteries.values().flat_map(|of_one| of_one.chunks(MOST_OF_ONE_LOTTERY)) {
            parts.push(Box::pin(self.see_through(part)));
        }
        let parts = futures::stream::iter(parts).buffer_unordered(AT_ONCE);
        let written: Vec<Outputs> = parts.collect().await;
        let mut outputs: Vec<_> = written.into_iter().flatten().collect();
        outputs.sort_by_key(|(place, _)| *place);
        Ok(outputs.into_iter().map(|(_, output)| output).collect())
    }
}

/// What one transaction did beside its rows.
#[derive(Clone, Copy, Debug, Default)]
struct Effects {
    came: usize,
    told: bool,
    ordered: bool,
}

/// The decisions about a part, in the order of its requests.
struct Decided {
    answers: Vec<JoinAnswer>,
    effects: Effects,
}

type Outputs = Vec<(usize, Result<Option<Joined>, StorageError>)>;

impl JoinGroup {
    /// One bad request must not take the others down: a part that fails is written one by one.
    async fn see_through(&self, part: &[(usize, &JoinRequest)]) -> Outputs {
        let requests: Vec<&JoinRequest> = part.iter().map(|(_, request)| *request).collect();
        match self.register(&requests).await {
            Ok(outputs) => part.iter().map(|(place, _)| *place).zip(outputs.into_iter().map(Ok)).collect(),
            Err(error) if part.len() == 1 => part.iter().map(|(place, _)| *place).zip([Err(error)]).collect(),
            // Maybe only the answer to the commit was lost.
            Err(error) if error.is_transient() => {
                tracing::warn!(error = error.detail(), "a group of registrations was interrupted");
                part.iter().map(|(place, _)| (*place, Err(StorageError::Interrupted))).collect()
            }
            Err(error) => {
                tracing::warn!(error = error.detail(), "a group of registrations is written one by one");
                let mut outputs = Vec::with_capacity(part.len());
                for (place, request) in part {
                    let alone = self.register(&[request]).await;
                    outputs.push((*place, alone.map(|outputs| outputs.into_iter().next().flatten())));
                }
                outputs
            }
        }
    }

    /// Registers people in the lottery that all of them want. Whose update was applied by somebody else
    /// gets nothing, and the others are decided about as if that one had never been there.
    async fn register(&self, part: &[&JoinRequest]) -> Result<Vec<Option<Joined>>, StorageError> {
        let mut wanted: Vec<&JoinRequest> = part.to_vec();
        let mut joined: HashMap<Seq, Joined> = HashMap::new();
        while !wanted.is_empty() {
            let mut tx = self.db.begin_for_many().await?;
            let (records, mut wizards) = see(&mut tx, &wanted, self.clock.now()).await?;
            let decided = self.decide(&mut tx, &wanted, &records).await?;
            let pending = apply(&mut tx, &wanted, &decided.answers, &wizards).await?;
            if pending.len() < wanted.len() {
                tx.rollback().await?;
                wanted.retain(|request| pending.contains(&request.seq));
                continue;
            }
            tx.commit().await?;
            self.announce(&decided).await;
            for (request, answer) in wanted.drain(..).zip(decided.answers) {
                let person = request.person.id;
                let Some(record) = records.get(&person).copied() else { continue };
                let ended_wizard = wizards.remove(&person);
                joined.insert(request.seq, Joined { answer, record, ended_wizard });
            }
        }
        Ok(part.iter().map(|request| joined.remove(&request.seq)).collect())
    }

    async fn announce(&self, decided: &Decided) {
        let Effects { came, told, ordered } = decided.effects;
        for answer in &decided.answers {
            let result = match answer {
                JoinAnswer::Registered { .. } => "registered",
                JoinAnswer::Refused(_) => "refused",
            };
            metrics::counter!("joins_total", "result" => result).increment(1);
        }
        if came > 0 {
            self.wakeups.wake(Topic::Counters).await;
        }
        if told {
            self.wakeups.wake(Topic::Outbox).await;
        }
        if ordered {
            self.wakeups.wake(Topic::Jobs).await;
        }
    }

    /// Decides about everyone under the lock of the lottery, and registers whom it lets in.
    async fn decide(
        &self,
        tx: &mut Tx,
        wanted: &[&JoinRequest],
        records: &HashMap<UserId, UserRecord>,
    ) -> Result<Decided, StorageError> {
        let refused = |refusal: JoinRefusal| vec![JoinAnswer::Refused(refusal); wanted.len()];
        let nobody = |answers| Decided { answers, effects: Effects::default() };
        let Some(lottery) = wanted.first().map(|request| request.lottery) else { return Ok(nobody(vec![])) };
        let Some(locked) = tx.participants().lock_terms(lottery).await? else {
            return Ok(nobody(refused(JoinRefusal::Closed)));
        };
        let people: Vec<UserId> = wanted.iter().map(|request| request.person.id).collect();
        let tickets = tx.participants().tickets(lottery, &people).await?;
        let conditions = tx.conditions().list(lottery).await?;
        let now = self.clock.now();
        let verdicts: Vec<Result<(), JoinRefusal>> = wanted
            .iter()
            .map(|request| {
                let person = request.person.id;
                let applicant = Applicant {
                    is_banned: records.get(&person).is_none_or(|record| record.banned),
                    ticket: tickets.get(&person).copied(),
                    conditions: known_standings(&conditions, &request.applicant),
                    ..request.applicant.clone()
                };
                admit(&locked.terms, &applicant, now)
            })
            .collect();
        let admitted = wanted.iter().zip(&verdicts).filter(|(_, verdict)| verdict.is_ok());
        let admitted: Vec<NewParticipant> =
            admitted.map(|(request, _)| participant(request, &locked, now)).collect();
        let group = match admitted.is_empty() {
            true => None,
            false => tx.participants().join(lottery, &admitted).await?,
        };
        for request in wanted {
            if let Some(attempts) = &request.attempts {
                tx.challenges().save(request.person.id, lottery.get(), attempts, now).await?;
            }
        }
        let effects = match &group {
            Some(group) => self.follow_up(tx, lottery, &locked, group, now).await?,
            None => Effects::default(),
        };
        let mut outcomes = group.into_iter().flat_map(|group| group.outcomes);
        let answers = verdicts.into_iter().map(|verdict| match verdict {
            Err(refusal) => JoinAnswer::Refused(refusal),
            Ok(()) => answer(outcomes.next(), locked.commitment),
        });
        Ok(Decided { answers: answers.collect(), effects })
    }

    /// What a new number of participants brings with it: a milestone, the draw.
    async fn follow_up(
        &self,
        tx: &mut Tx,
        lottery: LotteryId,
        locked: &LockedTerms,
        group: &JoinedGroup,
        now: Timestamp,
    ) -> Result<Effects, StorageError> {
        let is_new = |outcome: &&Joining| matches!(outcome, Joining::Registered(_) | Joining::Returned(_));
        let came = group.outcomes.iter().filter(is_new).count();
        let mut effects = Effects { came, ..Effects::default() };
        if came == 0 {
            return Ok(effects);
        }
        let before = group.participants.saturating_sub(came as u64);
        if let Some(count) =
            milestone(group.participants).filter(|_| milestone(before) != milestone(group.participants))
            && tx.lottery_counters().reach(lottery, count).await?
        {
            let notice =
                Notice::LotteryMilestone { person: locked.organizer, code: locked.code.clone(), count };
            write_notice(tx, NoticeId::new(self.random.id()), &notice, now).await?;
            effects.told = true;
        }
        if locked.terms.settings.draws_at_count(group.participants) {
            draws::order(tx, JobId::new(self.random.id()), lottery, now).await?;
            effects.ordered = true;
        }
        Ok(effects)
    }
}

/// The standings that were found out, to the conditions that hold now: nobody is let in past one that was
/// not asked about.
fn known_standings(conditions: &[Condition], found: &Applicant) -> Vec<(Condition, ConditionStanding)> {
    let standing = |condition: &Condition| {
        let found = found.conditions.iter().find(|(known, _)| known == condition);
        found.map_or(ConditionStanding::Unmet, |(_, standing)| *standing)
    };
    conditions.iter().map(|condition| (condition.clone(), standing(condition))).collect()
}

fn participant(request: &JoinRequest, locked: &LockedTerms, now: Timestamp) -> NewParticipant {
    NewParticipant {
        user: request.person.id,
        joined_at: now,
        source: request.source,
        challenge: request.challenge.filter(|_| locked.terms.settings.challenge.is_some()),
        signals: request.signals,
    }
}

fn answer(outcome: Option<Joining>, commitment: Option<Hash>) -> JoinAnswer {
    match outcome {
        Some(Joining::Registered(ticket) | Joining::Returned(ticket)) => {
            JoinAnswer::Registered { ticket, commitment }
        }
        Some(Joining::AlreadyIn(ticket)) => JoinAnswer::Refused(JoinRefusal::AlreadyIn(ticket)),
        Some(Joining::Excluded(_)) => JoinAnswer::Refused(JoinRefusal::Excluded),
        Some(Joining::Won(_)) => JoinAnswer::Refused(JoinRefusal::Won),
        None => JoinAnswer::Refused(JoinRefusal::Closed),
    }
}

/// Everyone here passed the gate: they are seen, and a wizard that they were in ends.
async fn see(
    tx: &mut Tx,
    wanted: &[&JoinRequest],
    now: Timestamp,
) -> Result<(HashMap<UserId, UserRecord>, HashMap<UserId, String>), StorageError> {
    let seen: Vec<Seen> = wanted
        .iter()
        .map(|request| Seen { person: request.person.clone(), referrer: None, at: now })
        .collect();
    let ids: Vec<UserId> = wanted.iter().map(|request| request.person.id).collect();
    let records = tx.users().see(&seen).await?;
    let wizards = tx.sessions().delete_all(&ids).await?;
    Ok((
        records.into_iter().map(|record| (record.id, record)).collect(),
        wizards.into_iter().map(|session| (session.user, session.state)).collect(),
    ))
}

/// Marks the updates as applied with their replies; returns those that were still pending.
async fn apply(
    tx: &mut Tx,
    wanted: &[&JoinRequest],
    answers: &[JoinAnswer],
    wizards: &HashMap<UserId, String>,
) -> Result<HashSet<Seq>, StorageError> {
    let mut applied = Vec::with_capacity(wanted.len());
    for (request, answer) in wanted.iter().zip(answers) {
        let ended = wizards.get(&request.person.id).map(String::as_str);
        applied.push(Applied { seq: request.seq, reply: Some((request.wording)(answer, ended)?) });
    }
    // Locks in one order, whichever process writes.
    applied.sort_by_key(|applied| applied.seq);
    Ok(tx.updates().apply(&applied).await?.into_iter().collect())
}
