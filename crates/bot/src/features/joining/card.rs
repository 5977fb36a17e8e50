//! The card of conditions: each with its mark and its button. It ticks itself.

use qura_app::ingest::HandleError;
use qura_app::joining::Look;
use qura_app::subscription::Freshness;
use qura_domain::code::Code;
use qura_domain::condition::{Condition, ConditionKind, ConditionStanding};
use qura_domain::gate::Verdict;
use qura_domain::ids::ChatId;
use qura_domain::link::DeepLink;
use qura_domain::lottery::JoinRefusal;
use qura_domain::person::Person;
use qura_i18n::Msg;
use qura_ports::telegram::MembershipChange;
use serde::{Deserialize, Serialize};

use super::{JoinButton, JoinScreen, Way, arrival, failed, home};
use crate::context::{Context, Outcome};
use crate::features::menu::MenuScreen;
use crate::features::{Screen, gate};
use crate::reply::Reply;
use crate::view::{View, Viewer};
use crate::wizard::{self, Answer, Wizard};

/// The card of a lottery's conditions, as one person stands to them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardScreen {
    pub code: Code,
    pub lines: Vec<Line>,
    /// What is said before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Msg>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub kind: ConditionKind,
    /// The chat's title, or the code.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    pub is_met: bool,
}

impl CardScreen {
    /// The card for what was looked at.
    pub async fn of(cx: Context<'_>, look: &Look) -> Result<Self, HandleError> {
        let conditions = &look.applicant.conditions;
        let chats: Vec<ChatId> = conditions.iter().filter_map(|(condition, _)| condition.chat()).collect();
        let known = cx.services.joining.chats(&chats).await?;
        let line = |(condition, standing): &(Condition, ConditionStanding)| {
            let chat = known.iter().find(|channel| Some(channel.chat) == condition.chat());
            let title = chat.map(|channel| channel.title.clone());
            let code = condition.code().map(|code| code.as_str().to_owned());
            let link = match condition {
                Condition::Channel { .. } | Condition::Group { .. } => {
                    chat.and_then(|channel| channel.link())
                }
                Condition::Lottery { code } => Some(join_link(&cx.services.bot_username, code)),
                Condition::Boost { chat: id } => {
                    Some(boost_link(chat.and_then(|channel| channel.username.as_deref()), *id))
                }
                Condition::Vote { .. } | Condition::Comment { .. } => None,
            };
            Line {
                kind: condition.kind(),
                name: title.or(code).unwrap_or_default(),
                link,
                is_met: *standing == ConditionStanding::Met,
            }
        };
        let lines = conditions.iter().map(line).collect();
        Ok(Self { code: look.code.clone(), lines, note: None })
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let mut view = View::of(viewer, &Msg::JoinCard);
        if let Some(note) = &self.note {
            view = view.above(note);
        }
        let check = JoinButton::Check { code: self.code.clone() };
        for line in &self.lines {
            view = match &line.link {
                Some(link) => view.url(&line.label(), link),
                None => view.press(&line.label(), &check),
            };
        }
        home(view.press(&Msg::JoinCheck, &check))
    }
}

impl Line {
    fn label(&self) -> Msg {
        let name = self.name.clone();
        match (self.kind, self.is_met) {
            (ConditionKind::Channel, true) => Msg::JoinChannelMetButton { name },
            (ConditionKind::Channel, false) => Msg::JoinChannelUnmetButton { name },
            (ConditionKind::Group, true) => Msg::JoinGroupMetButton { name },
            (ConditionKind::Group, false) => Msg::JoinGroupUnmetButton { name },
            (ConditionKind::Lottery, true) => Msg::JoinLotteryMetButton { name },
            (ConditionKind::Lottery, false) => Msg::JoinLotteryUnmetButton { name },
            (ConditionKind::Boost, true) => Msg::JoinBoostMetButton { name },
            (ConditionKind::Boost, false) => Msg::JoinBoostUnmetButton { name },
            (ConditionKind::Vote | ConditionKind::Comment, true) => Msg::JoinVoteMetButton { name },
            (ConditionKind::Vote | ConditionKind::Comment, false) => Msg::JoinVoteUnmetButton { name },
        }
    }
}

fn join_link(bot: &str, code: &Code) -> String {
    format!("https://t.me/{bot}?start={}", DeepLink::Join(code.clone()).payload())
}

/// Telegram's own page of a channel's boosts. The number of a channel has a prefix that links do without.
fn boost_link(username: Option<&str>, chat: ChatId) -> String {
    match username {
        Some(name) => format!("https://t.me/boost/{name}"),
        None => format!("https://t.me/boost?c={}", chat.get().saturating_neg() - 1_000_000_000_000),
    }
}

/// Somebody writes while the card is open: nothing is to be typed here, so it comes again.
pub async fn typed(cx: Context<'_>, person: &Person, code: &Code) -> Result<Answer, HandleError> {
    let look = cx.services.joining.look(person, code, Freshness::Cached, None).await.map_err(failed)?;
    let Some(look) = look else {
        let menu = Reply::show(person.id, MenuScreen::with(person, Msg::LinkUnknown));
        return Ok(Answer::Finished(cx.begin().await?, vec![menu]));
    };
    match &look.verdict {
        // Nothing stands before them any more: «تحقق» says so.
        Ok(()) | Err(JoinRefusal::Unmet(_)) => {
            let card = CardScreen { note: Some(Msg::InputUnknown), ..CardScreen::of(cx, &look).await? };
            Ok(Answer::Again(Screen::Joining(JoinScreen::Card(card))))
        }
        // The card is no longer what it is about.
        Err(refusal) => {
            let screen = Screen::Joining(arrival::refused(cx, person.id, &look, refusal).await?);
            Ok(Answer::Finished(cx.begin().await?, vec![Reply::show(person.id, screen)]))
        }
    }
}

/// A member came to a chat or left it. Whose card is open sees it tick, and is registered once the last
/// condition is met; of Telegram nothing is asked that is remembered.
pub async fn member_changed(cx: Context<'_>, change: &MembershipChange) -> Result<Outcome, HandleError> {
    match cx.services.memberships.changed(cx.seq, change).await? {
        true => ticks(cx, &change.member).await,
        false => Ok(cx.say(Vec::new())),
    }
}

/// Somebody boosted a chat, which their card may have waited for.
pub async fn boosted(cx: Context<'_>, person: &Person) -> Result<Outcome, HandleError> {
    ticks(cx, person).await
}

/// Looks at the card that somebody has open, if any, anew.
async fn ticks(cx: Context<'_>, person: &Person) -> Result<Outcome, HandleError> {
    let quiet = || Ok(cx.say(Vec::new()));
    if person.is_bot {
        return quiet();
    }
    let Some(Wizard::JoinCard { code, .. }) = wizard::current_of(cx, person.id).await? else {
        return quiet();
    };
    // They may have left the gate's channel since.
    if gate::check(cx, person.id, Freshness::Cached).await? != Verdict::Pass {
        return quiet();
    }
    let record = cx.services.people.get(person.id).await?;
    let Some(message) = record.and_then(|record| record.screen) else { return quiet() };
    let look = cx.services.joining.look(person, &code, Freshness::Cached, None).await.map_err(failed)?;
    match look {
        Some(look) => arrival::go_on(cx, person, look, Way::over(person.id, message), None).await,
        None => quiet(),
    }
}
