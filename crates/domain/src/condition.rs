//! Conditions («شرط»): what a lottery demands beside joining, what may become one, and whether it is met.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::ids::{ChatId, LotteryId};

/// Something that a participant must have done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Condition {
    /// «قناة شرط»: be in this channel.
    Channel { chat: ChatId },
    /// «مجموعة شرط»: be in this group.
    Group { chat: ChatId },
    /// «تصويت لمتسابق»: have voted for this entry of a contest.
    Vote { entry: Code },
    /// «التعليق على منشور»: have voted for this entry of a «يستحق» contest in its group.
    Comment { entry: Code },
    /// «الاشتراك في روليت آخر»: be registered in this lottery.
    Lottery { code: Code },
    /// «تعزيز القناة»: boost this channel.
    Boost { chat: ChatId },
}

/// The kinds of conditions, in the order in which they are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionKind {
    Channel,
    Group,
    Vote,
    Comment,
    Lottery,
    Boost,
}

impl ConditionKind {
    pub const ALL: [Self; 6] =
        [Self::Channel, Self::Group, Self::Vote, Self::Comment, Self::Lottery, Self::Boost];

    /// As in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Group => "group",
            Self::Vote => "vote",
            Self::Comment => "comment",
            Self::Lottery => "lottery",
            Self::Boost => "boost",
        }
    }
}

impl Condition {
    /// As many as fit on one card with a button each. The design names no number.
    pub const MOST: usize = 10;

    pub const fn kind(&self) -> ConditionKind {
        match self {
            Self::Channel { .. } => ConditionKind::Channel,
            Self::Group { .. } => ConditionKind::Group,
            Self::Vote { .. } => ConditionKind::Vote,
            Self::Comment { .. } => ConditionKind::Comment,
            Self::Lottery { .. } => ConditionKind::Lottery,
            Self::Boost { .. } => ConditionKind::Boost,
        }
    }

    /// The chat that it is about.
    pub const fn chat(&self) -> Option<ChatId> {
        match self {
            Self::Channel { chat } | Self::Group { chat } | Self::Boost { chat } => Some(*chat),
            Self::Vote { .. } | Self::Comment { .. } | Self::Lottery { .. } => None,
        }
    }

    /// The entry or lottery that it is about.
    pub const fn code(&self) -> Option<&Code> {
        match self {
            Self::Vote { entry } | Self::Comment { entry } => Some(entry),
            Self::Lottery { code } => Some(code),
            Self::Channel { .. } | Self::Group { .. } | Self::Boost { .. } => None,
        }
    }

    /// Puts a stored condition together again; `None` when its parts do not go together.
    pub fn from_parts(kind: ConditionKind, chat: Option<ChatId>, code: Option<Code>) -> Option<Self> {
        match kind {
            ConditionKind::Channel => chat.map(|chat| Self::Channel { chat }),
            ConditionKind::Group => chat.map(|chat| Self::Group { chat }),
            ConditionKind::Boost => chat.map(|chat| Self::Boost { chat }),
            ConditionKind::Vote => code.map(|entry| Self::Vote { entry }),
            ConditionKind::Comment => code.map(|entry| Self::Comment { entry }),
            ConditionKind::Lottery => code.map(|code| Self::Lottery { code }),
        }
    }
}

/// What was found out about a condition before it is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// No such thing, or not one of the kind that was asked for.
    Unknown,
    Chat {
        bot_is_administrator: bool,
        person_is_administrator: bool,
    },
    Entry {
        contest_is_over: bool,
    },
    Lottery {
        id: LotteryId,
        is_over: bool,
    },
}

/// Why something may not be a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionRefusal {
    Unknown,
    /// It is on the list already.
    Twice,
    TooMany,
    BotNotAdministrator,
    /// Else anyone could send people into a chat that is not theirs.
    PersonNotAdministrator,
    /// Nobody could meet it any more.
    Ended,
    /// In the end the lottery would demand of people to be in it before they join it.
    Circle,
}

/// Decides whether `new` may join the conditions of `lottery`. `rests_on` tells of each lottery
/// behind the new one which lotteries it demands; those that it does not name demand none.
pub fn accept(
    lottery: LotteryId,
    conditions: &[Condition],
    new: &Condition,
    target: &Target,
    rests_on: &BTreeMap<LotteryId, Vec<LotteryId>>,
) -> Result<(), ConditionRefusal> {
    if conditions.contains(new) {
        return Err(ConditionRefusal::Twice);
    }
    if conditions.len() >= Condition::MOST {
        return Err(ConditionRefusal::TooMany);
    }
    match target {
        Target::Unknown => Err(ConditionRefusal::Unknown),
        Target::Chat { bot_is_administrator: false, .. } => Err(ConditionRefusal::BotNotAdministrator),
        Target::Chat { person_is_administrator: false, .. } => Err(ConditionRefusal::PersonNotAdministrator),
        Target::Entry { contest_is_over: true } => Err(ConditionRefusal::Ended),
        Target::Lottery { id, .. } if leads_to(*id, lottery, rests_on) => Err(ConditionRefusal::Circle),
        Target::Lottery { is_over: true, .. } => Err(ConditionRefusal::Ended),
        Target::Chat { .. } | Target::Entry { .. } | Target::Lottery { .. } => Ok(()),
    }
}

/// Whether one lottery is the other, or demands it, be it by others in between.
fn leads_to(from: LotteryId, to: LotteryId, rests_on: &BTreeMap<LotteryId, Vec<LotteryId>>) -> bool {
    let (mut waiting, mut seen) = (vec![from], BTreeSet::new());
    while let Some(lottery) = waiting.pop() {
        if lottery == to {
            return true;
        }
        if seen.insert(lottery) {
            waiting.extend(rests_on.get(&lottery).into_iter().flatten());
        }
    }
    false
}

/// How a person stands to a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionStanding {
    Met,
    Unmet,
    /// It ended, or the bot can no longer look: the organizer is to decide, and nobody is passed or
    /// refused in silence.
    Lost,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> Code {
        Code::parse(text).unwrap()
    }

    fn lottery(id: i64) -> LotteryId {
        LotteryId::new(id)
    }

    const NEW: Condition = Condition::Channel { chat: ChatId::new(-5) };
    const GOOD: Target = Target::Chat { bot_is_administrator: true, person_is_administrator: true };

    fn taken(conditions: &[Condition], target: &Target) -> Result<(), ConditionRefusal> {
        accept(lottery(1), conditions, &NEW, target, &BTreeMap::new())
    }

    #[test]
    fn each_refusal_has_its_reason() {
        let chat = |bot_is_administrator, person_is_administrator| Target::Chat {
            bot_is_administrator,
            person_is_administrator,
        };
        assert_eq!(taken(&[], &GOOD), Ok(()));
        assert_eq!(taken(&[], &Target::Unknown), Err(ConditionRefusal::Unknown));
        assert_eq!(taken(&[], &chat(false, true)), Err(ConditionRefusal::BotNotAdministrator));
        assert_eq!(taken(&[], &chat(true, false)), Err(ConditionRefusal::PersonNotAdministrator));
        assert_eq!(taken(&[], &Target::Entry { contest_is_over: true }), Err(ConditionRefusal::Ended));
        assert_eq!(taken(&[], &Target::Entry { contest_is_over: false }), Ok(()));
        let over = Target::Lottery { id: lottery(2), is_over: true };
        assert_eq!(taken(&[], &over), Err(ConditionRefusal::Ended));
        assert_eq!(taken(&[NEW], &GOOD), Err(ConditionRefusal::Twice));
        // To be in a chat and to boost it are two things.
        assert_eq!(taken(&[Condition::Boost { chat: ChatId::new(-5) }], &GOOD), Ok(()));
        let full: Vec<_> = (1..=10).map(|id| Condition::Group { chat: ChatId::new(-id) }).collect();
        assert_eq!(taken(&full[..9], &GOOD), Ok(()));
        assert_eq!(taken(&full, &GOOD), Err(ConditionRefusal::TooMany));
    }

    #[test]
    fn a_circle_is_refused_however_long() {
        let new = Condition::Lottery { code: code("AbCd1234") };
        let demand = |of: i64, id: i64, rests_on: &[(i64, &[i64])]| {
            let rests_on = rests_on
                .iter()
                .map(|(id, on)| (lottery(*id), on.iter().copied().map(lottery).collect()))
                .collect();
            accept(lottery(of), &[], &new, &Target::Lottery { id: lottery(id), is_over: false }, &rests_on)
        };
        assert_eq!(demand(1, 1, &[]), Err(ConditionRefusal::Circle));
        assert_eq!(demand(1, 2, &[(2, &[1])]), Err(ConditionRefusal::Circle));
        assert_eq!(demand(1, 2, &[(2, &[9, 3]), (3, &[4]), (4, &[1])]), Err(ConditionRefusal::Circle));
        assert_eq!(demand(1, 2, &[(2, &[3, 4]), (3, &[5]), (4, &[5])]), Ok(()));
        // A circle of others, from a time before they were refused, is not this one's.
        assert_eq!(demand(1, 2, &[(2, &[3]), (3, &[2])]), Ok(()));
    }

    proptest! {
        #[test]
        fn a_stored_condition_comes_back(kind in 0usize..6, chat in -9i64..0) {
            let kind = ConditionKind::ALL[kind];
            let (chat, code) = (Some(ChatId::new(chat)), Some(code("AbCd1234")));
            let condition = Condition::from_parts(kind, chat, code).unwrap();
            prop_assert_eq!(condition.kind(), kind);
            let parts = (condition.kind(), condition.chat(), condition.code().cloned());
            prop_assert!(parts.1.is_some() != parts.2.is_some());
            prop_assert_eq!(Condition::from_parts(parts.0, parts.1, parts.2), Some(condition));
            prop_assert_eq!(Condition::from_parts(kind, None, None), None);
        }
    }
}
