//! Gathers what is known of a person before a lottery, asking Telegram for as little as possible.

use qura_domain::challenge::{Attempts, ChallengeKind, Standing};
use qura_domain::code::Code;
use qura_domain::ids::UserId;
use qura_domain::lottery::{
    Applicant, Attendance, JoinFacts, JoinRefusal, ParticipantState, Signal, Signals, admit, preview,
};
use qura_domain::membership::Membership;
use qura_domain::person::Person;
use qura_domain::time::Timestamp;
use qura_storage::{Application, StorageError};

use super::{JoinError, JoiningService};
use crate::subscription::Freshness;

/// A person before a lottery, and what comes of it for now.
#[derive(Clone, Debug)]
pub struct Look {
    pub code: Code,
    pub application: Application,
    pub applicant: Applicant,
    /// Their attempts at the challenge, where they were asked for.
    pub attempts: Option<Attempts>,
    /// What [`admit`] says of it now. It is asked once more in the transaction that registers.
    pub verdict: Result<(), JoinRefusal>,
}

impl Look {
    /// The signs of fraud that show already.
    pub fn signals(&self) -> Signals {
        match &self.attempts {
            Some(attempts) if attempts.wrong >= JoinFacts::WRONG_ANSWERS => {
                Signals::NONE.and(Signal::FailedChallenges)
            }
            _ => Signals::NONE,
        }
    }

    /// Whether signs of fraud keep a solution from being remembered.
    pub(super) fn is_suspicious(&self) -> bool {
        self.application.is_suspicious || self.signals().is_suspicious()
    }
}

impl JoiningService {
    /// What a press of the button can tell: everything but the challenge and the conditions. `None` for a
    /// lottery that is not there.
    pub async fn preview(&self, person: &Person, code: &Code) -> Result<Option<Look>, JoinError> {
        let Some(mut look) = self.begin(person, code).await? else { return Ok(None) };
        self.attend(&mut look, person.id, Freshness::Cached).await?;
        look.verdict = preview(&look.application.terms, &look.applicant, self.clock.now());
        Ok(Some(look))
    }

    /// Everything that decides whether the person gets in now. `solved` are their attempts where the
    /// caller knows better than the database.
    pub async fn look(
        &self,
        person: &Person,
        code: &Code,
        freshness: Freshness,
        solved: Option<Attempts>,
    ) -> Result<Option<Look>, JoinError> {
        let Some(mut look) = self.begin(person, code).await? else { return Ok(None) };
        self.attend(&mut look, person.id, freshness).await?;
        let now = self.clock.now();
        look.verdict = preview(&look.application.terms, &look.applicant, now);
        if look.verdict.is_err() {
            return Ok(Some(look));
        }
        if look.application.terms.settings.challenge.is_some() {
            self.remember(&mut look, person.id, solved, now).await?;
            if !look.applicant.has_solved {
                look.verdict = admit(&look.application.terms, &look.applicant, now);
                return Ok(Some(look));
            }
        }
        let lottery = look.application.lottery;
        let conditions = self.db.read_for_many().await?.conditions().list(lottery).await?;
        look.applicant.conditions = self.standings(person.id, conditions, freshness).await?;
        look.verdict = admit(&look.application.terms, &look.applicant, now);
        Ok(Some(look))
    }

    /// The kind of challenge that is put to people where the organizer wants this one.
    pub fn kind_for(&self, wanted: ChallengeKind) -> ChallengeKind {
        match self.offered.contains(&wanted) {
            true => wanted,
            false => self.offered.first().copied().unwrap_or(wanted),
        }
    }

    /// What the database knows.
    async fn begin(&self, person: &Person, code: &Code) -> Result<Option<Look>, StorageError> {
        let Some(lottery) = self.find(code).await? else { return Ok(None) };
        let application =
            self.db.read_for_many().await?.participants().application(lottery, person.id).await?;
        let Some(application) = application else { return Ok(None) };
        let applicant = Applicant {
            is_banned: application.is_banned,
            is_premium: person.is_premium,
            attendance: Attendance::Known(Membership::Member),
            ticket: application.ticket,
            has_solved: false,
            conditions: Vec::new(),
        };
        Ok(Some(Look { code: code.clone(), application, applicant, attempts: None, verdict: Ok(()) }))
    }

    /// Looks whether the person is in the lottery's chat, unless they are refused before that matters.
    async fn attend(&self, look: &mut Look, person: UserId, freshness: Freshness) -> Result<(), JoinError> {
        let terms = &look.application.terms;
        if !terms.settings.members_only {
            return Ok(());
        }
        // As if they were a member: what refuses them even then needs no question to Telegram.
        let refused = preview(terms, &look.applicant, self.clock.now());
        if refused.is_ok() || refused == Err(JoinRefusal::PremiumOnly) {
            let chat = look.application.chat;
            look.applicant.attendance = self.subscription.attendance(chat, person, freshness).await?;
        }
        Ok(())
    }

    async fn remember(
        &self,
        look: &mut Look,
        person: UserId,
        solved: Option<Attempts>,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let attempts = match solved {
            Some(attempts) => attempts,
            None => {
                let subject = look.application.lottery.get();
                self.db.read_for_many().await?.challenges().get(person, subject).await?
            }
        };
        look.attempts = Some(attempts.clone());
        look.applicant.has_solved = attempts.standing(look.is_suspicious(), now) == Standing::Solved;
        Ok(())
    }
}

/// Whether a ticket is valid now.
pub(super) fn is_registered(state: ParticipantState) -> bool {
    state == ParticipantState::Registered
}
