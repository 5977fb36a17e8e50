//! The rehearsal: everything that a publication needs, looked at now.

use std::collections::BTreeMap;

use qura_domain::channel::{Channel, Obstacle, Purpose};
use qura_domain::code::Code;
use qura_domain::condition::Condition;
use qura_domain::ids::{ChatId, UserId};
use qura_domain::lottery::{Lottery, LotterySettings, LotteryState, Publication, SettingsError};
use serde::{Deserialize, Serialize};

use super::LotteryService;
use super::lost::Serves;
use crate::channels::{ExamineError, Examined};

/// One thing that was looked at. Stored in screens and notices: variants and fields are added, never
/// renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Where it is to be published. No obstacles: all is well.
    Chat { title: String, obstacles: Vec<Obstacle> },
    /// A chat that is a condition. No obstacles: all is well.
    ConditionChat { title: String, obstacles: Vec<Obstacle> },
    /// A lottery that is a condition.
    ConditionLottery { code: Code, is_open: bool },
    /// There is no template.
    NoTemplate,
    /// A setting that cannot be.
    Settings(SettingsError),
    /// Telegram refuses the post for another reason, in its words.
    Refused(String),
}

impl Check {
    /// Whether all is well with it.
    pub fn passed(&self) -> bool {
        match self {
            Self::Chat { obstacles, .. } | Self::ConditionChat { obstacles, .. } => obstacles.is_empty(),
            Self::ConditionLottery { is_open, .. } => *is_open,
            Self::NoTemplate | Self::Settings(_) | Self::Refused(_) => false,
        }
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rehearsal {
    pub checks: Vec<Check>,
    /// The chats as they are now, to be kept.
    pub channels: Vec<Channel>,
    /// The conditions that nobody can meet as it is: of several about one chat all of them.
    pub lost: Vec<Condition>,
}

impl Rehearsal {
    pub fn passed(&self) -> bool {
        self.checks.iter().all(Check::passed)
    }
}

impl LotteryService {
    /// Looks at every right and every condition that a publication needs. Asks Telegram, so it is called
    /// before the transaction.
    pub async fn rehearse(&self, lottery: &Lottery) -> Result<Rehearsal, ExamineError> {
        let mut rehearsal = Rehearsal::default();
        if lottery.template.is_blank() {
            rehearsal.checks.push(Check::NoTemplate);
        }
        if let Err(error) = self.check_settings(lottery) {
            rehearsal.checks.push(Check::Settings(error));
        }
        let (title, obstacles) =
            self.look_at(lottery.organizer, lottery.chat, Purpose::Publish, &mut rehearsal.channels).await?;
        rehearsal.checks.push(Check::Chat { title, obstacles });
        self.look_at_conditions(lottery, Serves::Joining, &mut rehearsal).await?;
        Ok(rehearsal)
    }

    /// Looks at what each condition rests on; a chat is looked at once, and counts for all conditions about
    /// it.
    pub(super) async fn look_at_conditions(
        &self,
        lottery: &Lottery,
        serves: Serves,
        rehearsal: &mut Rehearsal,
    ) -> Result<(), ExamineError> {
        let mut looked_at: BTreeMap<ChatId, bool> = BTreeMap::new();
        for condition in self.conditions(lottery.id).await? {
            // To be in a chat and to boost it are two conditions and one look.
            let known = condition.chat().and_then(|chat| looked_at.get(&chat).copied());
            let passed = match (known, &condition) {
                (Some(passed), _) => passed,
                (
                    None,
                    Condition::Channel { chat } | Condition::Group { chat } | Condition::Boost { chat },
                ) => {
                    let check =
                        self.look_at_condition_chat(lottery, *chat, serves, &mut rehearsal.channels).await?;
                    let passed = check.passed();
                    looked_at.insert(*chat, passed);
                    rehearsal.checks.push(check);
                    passed
                }
                // There are no contests yet, so no code is that of an entry.
                (
                    None,
                    Condition::Lottery { code }
                    | Condition::Vote { entry: code }
                    | Condition::Comment { entry: code },
                ) => {
                    let is_open = serves.can_use(self.find(code).await?.as_ref());
                    rehearsal.checks.push(Check::ConditionLottery { code: code.clone(), is_open });
                    is_open
                }
            };
            if !passed {
                rehearsal.lost.push(condition);
            }
        }
        Ok(())
    }

    /// Of a running lottery the bot alone must see who meets a condition. Whoever put it there matters no
    /// more, and who took the lottery over may be no member of a private chat.
    async fn look_at_condition_chat(
        &self,
        lottery: &Lottery,
        chat: ChatId,
        serves: Serves,
        found: &mut Vec<Channel>,
    ) -> Result<Check, ExamineError> {
        let is_running = lottery.state.is_running();
        let known = match is_running {
            true => self.db.read().await?.channels().get(chat).await?,
            false => None,
        };
        let (title, mut obstacles) = match known {
            None => self.look_at(lottery.organizer, chat, Purpose::Condition, found).await?,
            Some(known) => {
                let Examined { channel, obstacles } =
                    self.channels.inspect(lottery.organizer, known, Purpose::Condition).await?;
                let title = channel.title.clone();
                found.push(channel);
                (title, obstacles)
            }
        };
        if is_running {
            obstacles.retain(|obstacle| !obstacle.is_of_the_person());
        }
        obstacles.retain(|obstacle| serves.is_hindered_by(obstacle));
        Ok(Check::ConditionChat { title, obstacles })
    }

    /// Whether the settings can be published with: a draft's now or at its time, a scheduled one's now.
    pub(super) fn check_settings(&self, lottery: &Lottery) -> Result<(), SettingsError> {
        match lottery.state {
            LotteryState::Scheduled => {
                let due = LotterySettings { publication: Publication::Now, ..lottery.settings.clone() };
                due.check(self.clock.now())
            }
            _ => lottery.settings.check(self.clock.now()),
        }
    }

    pub(super) async fn look_at(
        &self,
        organizer: UserId,
        chat: ChatId,
        purpose: Purpose,
        found: &mut Vec<Channel>,
    ) -> Result<(String, Vec<Obstacle>), ExamineError> {
        match self.channels.examine(organizer, chat.into(), purpose).await {
            Ok(Examined { channel, obstacles }) => {
                let title = channel.title.clone();
                found.push(channel);
                Ok((title, obstacles))
            }
            Err(ExamineError::Refused(_)) => {
                let known = self.db.read().await?.channels().get(chat).await?;
                let title = known.map(|channel| channel.title).unwrap_or_default();
                Ok((title, vec![Obstacle::BotNotAdministrator]))
            }
            Err(error) => Err(error),
        }
    }
}
