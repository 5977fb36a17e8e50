//! «تعديل»: what may still be changed of a lottery that people join: template, numbers, the end.

use qura_domain::code::Code;
use qura_domain::ids::JobId;
use qura_domain::lottery::{AutoDraw, Lottery, LotterySettings, Publication, SettingsError};
use qura_domain::template::Template;
use qura_storage::{StorageError, Tx};

use super::LotteryService;
use super::managing::{ManageRefusal, Manager};
use crate::draws;

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    Template(Template),
    /// «عدد الفائزين».
    Winners(u32),
    /// «الاحتياط»; `None` for as many as winners.
    Reserves(Option<u32>),
    /// When the draw begins without the organizer's word.
    End(AutoDraw),
}

/// A lottery that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    pub lottery: Lottery,
    /// A worker publishes it anew: Telegram lets nobody change what kind of message a post is.
    pub is_republished: bool,
}

impl LotteryService {
    /// Changes an open or paused lottery, in the caller's transaction; the post follows by itself. Call
    /// [`Self::announce`] after the commit.
    pub async fn edit(
        &self,
        tx: &mut Tx,
        manager: Manager,
        code: &Code,
        edit: Edit,
    ) -> Result<Result<Edited, ManageRefusal>, StorageError> {
        let Some(mut lottery) = self.locked(tx, manager, code).await? else {
            return Ok(Err(ManageRefusal::NotTheirs));
        };
        if !lottery.state.is_changeable() {
            return Ok(Err(ManageRefusal::NotNow));
        }
        let mut is_republished = false;
        let now = self.clock.now();
        let told = told(&edit);
        match edit {
            Edit::Template(template) => {
                is_republished = template.media() != lottery.template.media();
                lottery.template = template;
            }
            Edit::Winners(winners) => lottery.settings.winners = winners,
            Edit::Reserves(reserves) => lottery.settings.reserves = reserves,
            Edit::End(end) => {
                if let AutoDraw::AtCount(_) = end {
                    // A join that is being written would not see this end, nor be counted here.
                    tx.participants().lock_terms(lottery.id).await?;
                    let count = tx.lottery_counters().get(lottery.id).await?;
                    let settings = LotterySettings { auto_draw: end, ..lottery.settings.clone() };
                    if count.is_some_and(|count| settings.draws_at_count(count.participants)) {
                        return Ok(Err(ManageRefusal::CountReached));
                    }
                }
                lottery.settings.auto_draw = end;
            }
        }
        let is_end = matches!(told, Told::End);
        if let Err(error) = self.check(&lottery.settings, is_end) {
            return Ok(Err(ManageRefusal::Settings(error)));
        }
        if !tx.lotteries().edit(&lottery).await? {
            return Ok(Err(ManageRefusal::NotNow));
        }
        if let Some(at) = lottery.settings.draw_at().filter(|_| is_end) {
            draws::look_at(tx, JobId::new(self.random.id()), at, now).await?;
        }
        if !is_republished {
            tx.lottery_counters().redraw(lottery.id).await?;
        } else if let Err(refusal) = self.replace_post(tx, manager.person, &lottery).await? {
            return Ok(Err(refusal));
        }
        let act = format!("lottery.edit_{}", told.name());
        self.audit(tx, Some(manager.person), &act, &lottery, value(&lottery, told)).await?;
        Ok(Ok(Edited { lottery, is_republished }))
    }

    /// A time that was right when it was set may have passed while the lottery was paused.
    fn check(&self, settings: &LotterySettings, is_end: bool) -> Result<(), SettingsError> {
        let mut settings = LotterySettings { publication: Publication::Now, ..settings.clone() };
        if !is_end && settings.draw_at().is_some() {
            settings.auto_draw = AutoDraw::Never;
        }
        settings.check(self.clock.now())
    }
}

/// What is changed, for the audit log.
#[derive(Clone, Copy)]
enum Told {
    Template,
    Winners,
    Reserves,
    End,
}

impl Told {
    const fn name(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::Winners => "winners",
            Self::Reserves => "reserves",
            Self::End => "end",
        }
    }
}

const fn told(edit: &Edit) -> Told {
    match edit {
        Edit::Template(_) => Told::Template,
        Edit::Winners(_) => Told::Winners,
        Edit::Reserves(_) => Told::Reserves,
        Edit::End(_) => Told::End,
    }
}

fn value(lottery: &Lottery, told: Told) -> Option<String> {
    match told {
        Told::Template => None,
        Told::Winners => Some(lottery.settings.winners.to_string()),
        Told::Reserves => Some(lottery.settings.reserves().to_string()),
        Told::End => Some(match lottery.settings.auto_draw {
            AutoDraw::Never => "never".to_owned(),
            AutoDraw::At(at) => format!("at {}", at.micros()),
            AutoDraw::AtCount(count) => format!("at {count} participants"),
        }),
    }
}
