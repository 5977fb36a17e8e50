//! The people who use the bot: who they are, and what they chose.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use qura_domain::ids::{Seq, UserId};
use qura_domain::person::Person;
use qura_ports::clock::Clock;
use qura_storage::{Applied, Db, Seen, StorageError, Tx, UserRecord};

use crate::batcher::{Batcher, Group};

/// Knows people.
pub struct PeopleService {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub seen: Batcher<SeenGroup>,
    /// `ADMIN_IDS`.
    pub operators: Arc<[UserId]>,
}

impl PeopleService {
    /// Inserts or updates a person who passed the gate, ends the wizard that they were in, and marks
    /// the update that brought them as applied with its reply. `None` when somebody else did that already.
    pub async fn seen(
        &self,
        seq: Seq,
        reply: String,
        person: Person,
        referrer: Option<UserId>,
    ) -> Result<Option<SeenOutcome>, StorageError> {
        // Nobody invites themself.
        let referrer = match referrer.filter(|referrer| *referrer != person.id) {
            // Nor does somebody whom nobody knows: anyone can make such a link.
            Some(referrer) => self.get(referrer).await?.map(|known| known.id),
            None => None,
        };
        let seen = Seen { person, referrer, at: self.clock.now() };
        self.seen.submit(SeenUpdate { seq, reply, seen }).await
    }

    /// Inserts or updates a person who passed the gate, in the caller's transaction.
    pub async fn see(&self, tx: &mut Tx, person: &Person) -> Result<(), StorageError> {
        let seen = Seen { person: person.clone(), referrer: None, at: self.clock.now() };
        tx.users().see(&[seen]).await.map(drop)
    }

    /// What is known of a person; `None` for one who never passed the gate.
    pub async fn get(&self, person: UserId) -> Result<Option<UserRecord>, StorageError> {
        self.db.read_for_many().await?.users().get(person).await
    }

    pub fn is_operator(&self, person: UserId) -> bool {
        self.operators.contains(&person)
    }

    /// The person blocked the bot, or no longer does.
    pub async fn set_blocked(&self, person: UserId, blocked: bool) -> Result<(), StorageError> {
        let mut tx = self.db.begin().await?;
        tx.users().set_blocked(person, blocked.then(|| self.clock.now())).await?;
        tx.commit().await
    }
}

/// A person seen, and the update that brought them.
#[derive(Clone, Debug)]
pub struct SeenUpdate {
    pub seq: Seq,
    pub reply: String,
    pub seen: Seen,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct SeenOutcome {
    pub record: UserRecord,
    /// The wizard that ended, as it was stored.
    pub ended_wizard: Option<String>,
}

/// What is to be said, as it is stored, once a wizard ended as well: from the wizard as it was stored, whose it
/// was, and what was to be said without it. `None` where a wizard ends without a word.
pub type Closing = fn(&str, UserId, &str) -> Option<String>;

/// Writes people seen at the same time together.
pub struct SeenGroup {
    pub db: Db,
    pub closing: Closing,
}

#[async_trait]
impl Group for SeenGroup {
    type Item = SeenUpdate;
    type Output = Option<SeenOutcome>;

    async fn write(&self, items: &[SeenUpdate]) -> Result<Vec<Option<SeenOutcome>>, StorageError> {
        let mut applied: Vec<_> =
            items.iter().map(|item| Applied { seq: item.seq, reply: Some(item.reply.clone()) }).collect();
        // Locks in one order, whichever process writes.
        applied.sort_by_key(|a| a.seq);
        let mut tx = self.db.begin_for_many().await?;
        let pending = tx.updates().apply(&applied).await?;
        let pending: HashSet<Seq> = pending.into_iter().collect();
        let ours = items.iter().filter(|item| pending.contains(&item.seq));
        let seen: Vec<Seen> = ours.map(|item| item.seen.clone()).collect();
        let (mut records, mut wizards) = (HashMap::new(), HashMap::new());
        if !seen.is_empty() {
            let ids: Vec<UserId> = seen.iter().map(|s| s.person.id).collect();
            records.extend(tx.users().see(&seen).await?.into_iter().map(|record| (record.id, record)));
            wizards.extend(tx.sessions().delete_all(&ids).await?.into_iter().map(|s| (s.user, s.state)));
        }
        for item in items.iter().filter(|item| pending.contains(&item.seq)) {
            let person = item.seen.person.id;
            let ended = wizards.get(&person);
            if let Some(reply) = ended.and_then(|state| (self.closing)(state, person, &item.reply)) {
                tx.updates().reword(item.seq, &reply).await?;
            }
        }
        tx.commit().await?;
        let outcome = |item: &SeenUpdate| {
            let person = item.seen.person.id;
            let record = records.get(&person).copied().filter(|_| pending.contains(&item.seq))?;
            Some(SeenOutcome { record, ended_wizard: wizards.get(&person).cloned() })
        };
        Ok(items.iter().map(outcome).collect())
    }
}
