//! Drafts: begun, changed, copied and thrown away by their organizer, and by nobody else.

use std::time::Duration;

use qura_domain::code::Code;
use qura_domain::ids::{ChatId, LotteryId, UserId};
use qura_domain::lottery::{AutoDraw, Lottery, LotterySettings, LotteryState, Publication};
use qura_domain::template::Template;
use qura_storage::{Page, StorageError, Tx};

use super::LotteryService;

/// Drafts that a person may have at a time. The design names no number.
pub const MOST_DRAFTS: u32 = 30;

/// A second press of a button within this time was meant for the first: its effect was not to be seen yet.
const DOUBLE_TAP: Duration = Duration::from_secs(5);

/// Codes that are tried before it is taken for a bug that all of them are in use.
const CODES: usize = 8;

/// Why there is no new draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftRefusal {
    /// [`MOST_DRAFTS`].
    TooMany,
    /// The person did not link the chat, or not any more.
    NotLinked,
}

impl LotteryService {
    /// A draft of this person's; `None` for anybody else's, and for what is no draft any more.
    pub async fn draft(&self, person: UserId, code: &Code) -> Result<Option<Lottery>, StorageError> {
        let own = self.own(person, code).await?;
        Ok(own.filter(|lottery| lottery.state == LotteryState::Draft))
    }

    /// Begins a draft in a chat that the person linked, in the caller's transaction.
    pub async fn begin(
        &self,
        tx: &mut Tx,
        person: UserId,
        chat: ChatId,
        settings: LotterySettings,
    ) -> Result<Result<Lottery, DraftRefusal>, StorageError> {
        if !tx.user_channels().is_linked(person, chat).await? {
            return Ok(Err(DraftRefusal::NotLinked));
        }
        self.insert(tx, person, chat, Template::blank(), settings).await
    }

    /// Changes a draft, in the caller's transaction. `None` where the person has no such draft.
    pub async fn change(
        &self,
        tx: &mut Tx,
        person: UserId,
        code: &Code,
        edit: impl FnOnce(&mut Lottery) + Send,
    ) -> Result<Option<Lottery>, StorageError> {
        let Some(mut lottery) = self.draft_in(tx, person, code).await? else { return Ok(None) };
        edit(&mut lottery);
        tx.lotteries().edit(&lottery).await?;
        Ok(Some(lottery))
    }

    /// Publishes the draft elsewhere, in the caller's transaction.
    pub async fn move_to(
        &self,
        tx: &mut Tx,
        person: UserId,
        code: &Code,
        chat: ChatId,
    ) -> Result<Option<Result<Lottery, DraftRefusal>>, StorageError> {
        if !tx.user_channels().is_linked(person, chat).await? {
            return Ok(Some(Err(DraftRefusal::NotLinked)));
        }
        Ok(self.change(tx, person, code, |lottery| lottery.chat = chat).await?.map(Ok))
    }

    /// «نسخ»: a new draft with the same chat, template, conditions and settings, in the caller's
    /// transaction. Times that have passed are left out. Asked for again at once, it is the same one. `None` for
    /// what is not this person's.
    pub async fn copy(
        &self,
        tx: &mut Tx,
        person: UserId,
        code: &Code,
    ) -> Result<Option<Result<Lottery, DraftRefusal>>, StorageError> {
        let found = tx.lotteries().find_by_code(code).await?;
        let own = |lottery: &Lottery| lottery.organizer == person && lottery.is_kept();
        let Some(original) = found.filter(own) else { return Ok(None) };
        let mut settings = original.settings.clone();
        settings.publication = Publication::Now;
        if settings.is_due(self.clock.now()) {
            settings.auto_draw = AutoDraw::Never;
        }
        let drafts = tx.lotteries().list(person, &[LotteryState::Draft], Page::First, 1).await?;
        let is_the_same = |draft: &Lottery| {
            draft.id != original.id
                && self.clock.now().since(draft.created_at) < DOUBLE_TAP
                && (draft.chat, &draft.template, &draft.settings)
                    == (original.chat, &original.template, &settings)
        };
        if let Some(copy) = drafts.into_iter().find(is_the_same) {
            return Ok(Some(Ok(copy)));
        }
        let copy = match self.insert(tx, person, original.chat, original.template.clone(), settings).await? {
            Ok(copy) => copy,
            Err(refusal) => return Ok(Some(Err(refusal))),
        };
        let conditions = tx.conditions().list(original.id).await?;
        tx.conditions().replace(copy.id, &conditions).await?;
        Ok(Some(Ok(copy)))
    }

    /// Throws a draft away, in the caller's transaction. Whether the person had it. Where it was to carry on with
    /// a drawn lottery, that one may be opened again.
    pub async fn discard(&self, tx: &mut Tx, person: UserId, code: &Code) -> Result<bool, StorageError> {
        let Some(lottery) = self.draft_in(tx, person, code).await? else { return Ok(false) };
        let Some(step) = lottery.state.to(LotteryState::Cancelled) else { return Ok(false) };
        let now = self.clock.now();
        if !tx.lotteries().advance(lottery.id, step, None, now).await? {
            return Ok(false);
        }
        self.audit(tx, Some(person), "lottery.discard", &lottery, None).await?;
        if let Some(old) = lottery.reopens
            && let Some(back) = LotteryState::Reopened.to(LotteryState::Announced)
        {
            tx.lotteries().advance(old, back, None, now).await?;
        }
        Ok(true)
    }

    /// The draft as it is inside of the transaction. Not locked: one person's updates run one after the other, and
    /// chats, which come before lotteries, are still to be locked.
    pub(super) async fn draft_in(
        &self,
        tx: &mut Tx,
        person: UserId,
        code: &Code,
    ) -> Result<Option<Lottery>, StorageError> {
        let found = tx.lotteries().find_by_code(code).await?;
        let is_theirs = |lottery: &Lottery| {
            lottery.organizer == person
                && lottery.state == LotteryState::Draft
                && lottery.deleted_at.is_none()
        };
        Ok(found.filter(is_theirs))
    }

    async fn insert(
        &self,
        tx: &mut Tx,
        person: UserId,
        chat: ChatId,
        template: Template,
        settings: LotterySettings,
    ) -> Result<Result<Lottery, DraftRefusal>, StorageError> {
        let drafts = tx.lotteries().list(person, &[LotteryState::Draft], Page::First, MOST_DRAFTS).await?;
        if drafts.len() >= MOST_DRAFTS as usize {
            return Ok(Err(DraftRefusal::TooMany));
        }
        let mut lottery = Lottery {
            id: LotteryId::new(self.random.id()),
            code: self.code(),
            organizer: person,
            chat,
            state: LotteryState::Draft,
            pause: None,
            template,
            settings,
            post: None,
            commitment: None,
            reopens: None,
            created_at: self.clock.now(),
            published_at: None,
            deleted_at: None,
        };
        for _ in 0..CODES {
            if tx.lotteries().insert(&lottery).await? {
                return Ok(Ok(lottery));
            }
            lottery.code = self.code();
        }
        Err(StorageError::Unreadable("code that is free"))
    }

    fn code(&self) -> Code {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        Code::from_random(bytes)
    }
}
