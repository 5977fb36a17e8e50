//! The step of conditions: the list of those that were chosen, and the kinds to add.

use qura_app::ingest::HandleError;
use qura_app::lotteries::ListedCondition;
use qura_domain::code::Code;
use qura_domain::condition::{Condition, ConditionKind};
use qura_domain::ids::ChatId;
use qura_domain::lottery::Lottery;
use qura_i18n::Msg;
use serde::{Deserialize, Serialize};

use super::{Step, rows, shown, stale};
use crate::context::{Context, Outcome};
use crate::features::roulette::RouletteButton;
use crate::press::Press;
use crate::view::{View, Viewer};

/// The conditions of a draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConditionList {
    code: Code,
    rows: Vec<ConditionRow>,
    /// What just happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Msg>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ConditionRow {
    condition: Condition,
    title: String,
}

/// The kinds that can be added, and the step that asks for each. Those about contestants («تصويت لمتسابق»,
/// «التعليق على منشور») come with the contests, between the group and the lottery.
const KINDS: [(ConditionKind, Step); 4] = [
    (ConditionKind::Channel, Step::Channel),
    (ConditionKind::Group, Step::Group),
    (ConditionKind::Lottery, Step::Lottery),
    (ConditionKind::Boost, Step::Boost),
];

impl ConditionList {
    pub fn of(lottery: &Lottery, listed: Vec<ListedCondition>, note: Option<Msg>) -> Self {
        let rows =
            listed.into_iter().map(|ListedCondition { condition, title }| ConditionRow { condition, title });
        Self { code: lottery.code.clone(), rows: rows.collect(), note }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let code = || self.code.clone();
        let text = if self.rows.is_empty() { Msg::RouletteConditionsNone } else { Msg::RouletteConditions };
        let mut view = View::of(viewer, &text);
        if let Some(note) = &self.note {
            view = view.above(note);
        }
        for row in &self.rows {
            let label = Msg::RouletteConditionDropButton { condition: row.named(viewer) };
            view = match (&row.condition, row.condition.chat()) {
                (condition, Some(chat)) => {
                    let button = RouletteButton::DropChat { code: code(), kind: condition.kind(), chat };
                    view.press(&label, &button)
                }
                (Condition::Lottery { code: other }, None) => {
                    view.press(&label, &RouletteButton::DropLottery { code: code(), other: other.clone() })
                }
                (_, None) => view,
            };
        }
        if self.rows.len() < Condition::MOST {
            for (kind, step) in KINDS {
                view = view.press(&kind_label(kind), &RouletteButton::Go { code: code(), step });
            }
        }
        let next = if self.rows.is_empty() { Msg::RouletteSkip } else { Msg::NavNext };
        let back = RouletteButton::Chats { draft: code() };
        rows(view, &self.code, Some((&next, Step::Template)), &back)
    }
}

impl ConditionRow {
    /// Its kind, and what it is about.
    fn named(&self, viewer: &Viewer) -> String {
        let kind = kind_label(self.condition.kind()).plain(viewer.language);
        let about = match (&self.title, self.condition.code()) {
            (title, Some(code)) if title.trim().is_empty() => code.to_string(),
            (title, _) => title.clone(),
        };
        format!("{kind}: {about}")
    }
}

/// What a kind of condition is called.
pub const fn kind_label(kind: ConditionKind) -> Msg {
    match kind {
        ConditionKind::Channel => Msg::RouletteConditionChannel,
        ConditionKind::Group => Msg::RouletteConditionGroup,
        ConditionKind::Vote => Msg::RouletteConditionVote,
        ConditionKind::Comment => Msg::RouletteConditionComment,
        ConditionKind::Lottery => Msg::RouletteConditionLottery,
        ConditionKind::Boost => Msg::RouletteConditionBoost,
    }
}

/// A chat is no condition any more.
pub async fn dropped_chat(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
    kind: ConditionKind,
    chat: ChatId,
) -> Result<Outcome, HandleError> {
    match Condition::from_parts(kind, Some(chat), None) {
        Some(condition) => dropped(cx, press, code, &condition).await,
        None => stale(cx, press, code).await,
    }
}

/// A lottery is no condition any more.
pub async fn dropped_lottery(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
    other: Code,
) -> Result<Outcome, HandleError> {
    dropped(cx, press, code, &Condition::Lottery { code: other }).await
}

async fn dropped(
    cx: Context<'_>,
    press: Press<RouletteButton>,
    code: &Code,
    condition: &Condition,
) -> Result<Outcome, HandleError> {
    let mut tx = cx.begin().await?;
    match cx.services.lotteries.drop_condition(&mut tx, press.person.id, code, condition).await? {
        Some(lottery) => shown(cx, tx, press, &lottery, Step::Conditions, Vec::new()).await,
        None => {
            tx.rollback().await?;
            stale(cx, press, code).await
        }
    }
}
