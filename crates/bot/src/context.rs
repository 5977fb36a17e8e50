//! What a handler works with: the services, the update it handles, and the ways to end it.

use std::sync::Arc;

use qura_app::admin::AdminService;
use qura_app::channels::ChannelService;
use qura_app::draws::DrawService;
use qura_app::ingest::HandleError;
use qura_app::joining::{JoinAnswer, Joined, JoiningService, Look};
use qura_app::lotteries::LotteryService;
use qura_app::memberships::MembershipService;
use qura_app::people::{PeopleService, SeenOutcome};
use qura_app::sessions::SessionService;
use qura_app::settings::SettingsService;
use qura_app::subscription::SubscriptionService;
use qura_domain::challenge::Attempts;
use qura_domain::ids::{Seq, UserId};
use qura_domain::language::Language;
use qura_domain::person::Person;
use qura_domain::timezone::Timezone;
use qura_ports::clock::Clock;
use qura_storage::{Applied, Db, StorageError, Tx, UserRecord};

use crate::reply::Reply;
use crate::view::Viewer;
use crate::wizard;

/// Everything that handlers may use.
pub struct Services {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub settings: Arc<SettingsService>,
    pub people: PeopleService,
    pub sessions: SessionService,
    pub subscription: Arc<SubscriptionService>,
    pub admin: AdminService,
    pub channels: Arc<ChannelService>,
    pub lotteries: Arc<LotteryService>,
    pub joining: JoiningService,
    pub memberships: MembershipService,
    pub draws: Arc<DrawService>,
    pub defaults: Defaults,
    /// Without its `@`.
    pub bot_username: String,
    /// Where people reach the pages, without a slash at its end.
    pub public_url: Option<String>,
}

/// What holds for people who chose nothing.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    pub language: Language,
    pub timezone: Timezone,
}

/// One update being handled.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub services: &'a Services,
    pub seq: Seq,
}

/// How an update ended. Made only by the methods of [`Context`], so a handler cannot forget to
/// tell the update log.
#[derive(Debug)]
pub struct Outcome {
    pub(crate) replies: Vec<Reply>,
    /// Known already, so that it need not be read again.
    pub(crate) record: Option<UserRecord>,
    /// Somebody else had committed the effect before: nothing is to be said here.
    pub(crate) superseded: bool,
}

impl Services {
    /// How a person sees screens.
    pub fn viewer(&self, id: UserId, record: Option<&UserRecord>) -> Viewer {
        Viewer {
            id,
            language: record.and_then(|r| r.language).unwrap_or(self.defaults.language),
            timezone: record.and_then(|r| r.timezone).unwrap_or(self.defaults.timezone),
            is_operator: self.people.is_operator(id),
            is_banned: record.is_some_and(|r| r.banned),
            screen: record.and_then(|r| r.screen),
            now: self.clock.now(),
        }
    }
}

impl Context<'_> {
    /// Ends an update that has no effect in the database.
    pub fn say(&self, replies: Vec<Reply>) -> Outcome {
        Outcome { replies, record: None, superseded: false }
    }

    /// Begins the transaction of an effect. End it with [`Self::commit`].
    pub async fn begin(&self) -> Result<Tx, HandleError> {
        Ok(self.services.db.begin().await?)
    }

    /// Commits the effect, the reply and the word that this update is applied, together. When
    /// another process was faster everything is rolled back.
    pub async fn commit(&self, mut tx: Tx, replies: Vec<Reply>) -> Result<Outcome, HandleError> {
        let applied = Applied { seq: self.seq, reply: Some(stored(&replies)?) };
        if tx.updates().apply(&[applied]).await?.is_empty() {
            tx.rollback().await?;
            return Ok(Outcome { replies: Vec::new(), record: None, superseded: true });
        }
        tx.commit().await?;
        Ok(Outcome { replies, record: None, superseded: false })
    }

    /// Ends an update whose effect is that a person who passed the gate was seen. A wizard that they
    /// were in ends.
    pub async fn seen(
        &self,
        person: &Person,
        referrer: Option<UserId>,
        mut replies: Vec<Reply>,
    ) -> Result<Outcome, HandleError> {
        let reply = stored(&replies)?;
        let seen = self.services.people.seen(self.seq, reply, person.clone(), referrer).await?;
        let Some(SeenOutcome { record, ended_wizard }) = seen else {
            return Ok(Outcome { replies: Vec::new(), record: None, superseded: true });
        };
        replies.splice(0..0, ended_wizard.and_then(|state| wizard::closing(&state, person.id)));
        Ok(Outcome { replies, record: Some(record), superseded: false })
    }
}

impl Context<'_> {
    /// Ends an update whose effect is that a person was registered in a lottery, or refused, grouped with
    /// others. `solved` are attempts at the challenge that are not stored yet.
    pub async fn joined(
        &self,
        person: &Person,
        look: &Look,
        solved: Option<Attempts>,
        words: Words,
    ) -> Result<Outcome, HandleError> {
        let (said, id) = (words.clone(), person.id);
        let replies = move |answer: &JoinAnswer, ended: Option<&str>| {
            let mut replies = said(answer, ended);
            replies.splice(0..0, ended.and_then(|state| wizard::closing(state, id)));
            replies
        };
        let stored = replies.clone();
        let wording = move |answer: &JoinAnswer, ended: Option<&str>| {
            serde_json::to_string(&stored(answer, ended)).map_err(|_| StorageError::Unreadable("reply"))
        };
        let joined = self.services.joining.join(self.seq, person, look, solved, Arc::new(wording)).await?;
        let Some(Joined { answer, record, ended_wizard }) = joined else {
            return Ok(Outcome { replies: Vec::new(), record: None, superseded: true });
        };
        let replies = replies(&answer, ended_wizard.as_deref());
        Ok(Outcome { replies, record: Some(record), superseded: false })
    }
}

/// What is stored to be said by somebody whose wizard ended: see [`qura_app::people::Closing`].
pub fn closing(state: &str, person: UserId, reply: &str) -> Option<String> {
    let closing = wizard::closing(state, person)?;
    let mut replies: Vec<Reply> = serde_json::from_str(reply).ok()?;
    replies.insert(0, closing);
    serde_json::to_string(&replies).ok()
}

/// What is said of a registration, whatever it came to, and of the wizard that ended, as it was stored.
pub type Words = Arc<dyn Fn(&JoinAnswer, Option<&str>) -> Vec<Reply> + Send + Sync>;

fn stored(replies: &[Reply]) -> Result<String, HandleError> {
    serde_json::to_string(replies).map_err(|error| HandleError::Failed(error.to_string()))
}
