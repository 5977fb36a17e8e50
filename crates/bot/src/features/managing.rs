//! Running a lottery from its card: pausing, the draw, changes, participants, reports, a new post, the end.

mod acts;
mod drawing;
mod edit;
mod exclusion;
mod lost;
pub mod notices;
mod participants;
pub mod refusal;
mod report;
pub mod reports;
mod resuming;
mod search;
mod template;

use qura_app::ingest::HandleError;
use qura_app::lotteries::{Check, Manager};
use qura_app::reports::{ReportFormat, ReportKind};
use qura_domain::code::Code;
use qura_domain::ids::UserId;
use qura_domain::person::Person;
use qura_ports::telegram::Message;
use serde::{Deserialize, Serialize};

use crate::callback::{Field, callback_data};
use crate::context::{Context, Outcome};
use crate::press::Press;
use crate::view::{View, Viewer};
use crate::wizard::{Answer, Input};

pub use acts::Act;
pub use participants::Filter;

/// The screens of running a lottery, beside its card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ManageScreen {
    /// Asks before something that cannot be undone, or that many will see.
    Confirm {
        code: Code,
        act: Act,
        count: u64,
    },
    /// What keeps somebody from doing it.
    Lacking {
        code: Code,
        checks: Vec<Check>,
    },
    /// The same for resuming, with the ways out.
    NotResumed {
        code: Code,
        checks: Vec<Check>,
        /// The mark of the conditions that are lost.
        #[serde(default)]
        lost: u32,
    },
    /// The same for the draw.
    NotDrawn {
        code: Code,
        checks: Vec<Check>,
        lost: u32,
    },
    Edit(edit::EditScreen),
    /// Asks for a new value.
    Ask(edit::AskScreen),
    Template(template::AskTemplate),
    Participants(participants::ParticipantList),
    Participant(participants::ParticipantScreen),
    Search(search::SearchScreen),
    AskReason(exclusion::AskReason),
    ConfirmExclusion(exclusion::ConfirmExclusion),
    ConfirmExcludeAll {
        code: Code,
        count: u64,
    },
    Report {
        code: Code,
    },
    Retention {
        code: Code,
    },
}

/// What somebody is asked for. Stored with the wizard: variants and fields are added, none is renamed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ManageStep {
    Template {
        code: Code,
        /// The album that was refused last: its other parts are not refused one by one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        album: Option<String>,
    },
    Value {
        code: Code,
        value: edit::Value,
    },
    Search {
        code: Code,
    },
    /// Why a participant is to be excluded; the reason is there once it was typed.
    Exclude {
        code: Code,
        user: UserId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

callback_data! {
    /// Buttons of running a lottery.
    pub enum ManageButton in "mng" {
        /// «إيقاف مؤقت»
        Pause { code: Code } = "pause",
        /// «استئناف», «إعادة الفحص»
        Resume { code: Code } = "go",
        /// Without the conditions that are lost.
        ResumeWithout { code: Code, lost: u32 } = "gow",
        /// «سحب الفائزين», «إعادة نشر», «إلغاء السحب»
        Ask { code: Code, act: Act } = "ask",
        /// «تأكيد»
        Do { code: Code, act: Act } = "do",
        /// The draw without the conditions that are lost.
        DrawWithout { code: Code, lost: u32 } = "dow",
        /// «تعديل»
        Edit { code: Code } = "edit",
        EditTemplate { code: Code } = "etext",
        EditValue { code: Code, value: edit::Value } = "eval",
        Winners { code: Code, number: u32 } = "win",
        Reserves { code: Code, number: u32 } = "res",
        /// As many reserves as winners.
        ReservesAsWinners { code: Code } = "resw",
        EndNever { code: Code } = "enever",
        EndAfter { code: Code, hours: u32 } = "eafter",
        EndAtCount { code: Code, number: u32 } = "ecount",
        /// «المشتركون»
        List { code: Code, filter: Filter } = "list",
        ListAfter { code: Code, filter: Filter, ticket: u64 } = "after",
        ListBefore { code: Code, filter: Filter, ticket: u64 } = "before",
        Search { code: Code } = "find",
        Participant { code: Code, user: UserId } = "who",
        /// The same, from the list of those who look suspicious.
        Suspect { code: Code, user: UserId } = "swho",
        /// «استبعاد»: asks for the reason.
        Exclude { code: Code, user: UserId } = "out",
        /// «تأكيد»: the reason was typed.
        ConfirmExclusion { code: Code } = "outok",
        /// «استبعاد» of one who looks suspicious, in one tap.
        ExcludeSuspect { code: Code, user: UserId } = "sus",
        /// «استبعاد الكل»
        ExcludeAll { code: Code } = "all",
        ConfirmExcludeAll { code: Code } = "allok",
        /// «تقرير»
        Reports { code: Code } = "rep",
        Report { code: Code, format: ReportFormat } = "file",
        /// «تقرير البقاء»
        Retention { code: Code } = "stay",
        RetentionReport { code: Code, format: ReportFormat } = "stayf",
    }
}

impl Field for UserId {
    fn write(&self) -> String {
        self.get().to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self::new)
    }
}

impl Field for ReportFormat {
    fn write(&self) -> String {
        self.name().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == text)
    }
}

impl ManageScreen {
    pub fn view(&self, viewer: &Viewer) -> View {
        match self {
            Self::Confirm { code, act, count } => acts::confirm(viewer, code, *act, *count),
            Self::Lacking { code, checks } => refusal::lacking(viewer, code, checks),
            Self::NotResumed { code, checks, lost } => resuming::not_resumed(viewer, code, checks, *lost),
            Self::NotDrawn { code, checks, lost } => drawing::not_drawn(viewer, code, checks, *lost),
            Self::Edit(screen) => screen.view(viewer),
            Self::Ask(screen) => screen.view(viewer),
            Self::Template(screen) => screen.view(viewer),
            Self::Participants(screen) => screen.view(viewer),
            Self::Participant(screen) => screen.view(viewer),
            Self::Search(screen) => screen.view(viewer),
            Self::AskReason(screen) => screen.view(viewer),
            Self::ConfirmExclusion(screen) => screen.view(viewer),
            Self::ConfirmExcludeAll { code, count } => exclusion::confirm_all(viewer, code, *count),
            Self::Report { code } => report::view(viewer, code),
            Self::Retention { code } => report::retention(viewer, code),
        }
    }
}

/// Somebody as the manager of lotteries.
pub fn manager(cx: Context<'_>, person: UserId) -> Manager {
    Manager { person, is_operator: cx.services.people.is_operator(person) }
}

/// A button was pressed. Whatever lottery it names, rights are checked now.
pub async fn pressed(cx: Context<'_>, press: Press<ManageButton>) -> Result<Outcome, HandleError> {
    use ManageButton as B;
    use qura_storage::Page;
    match press.button.clone() {
        B::Pause { code } => acts::paused(cx, press, &code).await,
        B::Resume { code } => resuming::resumed(cx, press, &code, None).await,
        B::ResumeWithout { code, lost } => resuming::resumed(cx, press, &code, Some(lost)).await,
        B::Ask { code, act } => acts::asked(cx, press, &code, act).await,
        B::Do { code, act } => acts::done(cx, press, &code, act).await,
        B::DrawWithout { code, lost } => drawing::ordered(cx, press, &code, Some(lost)).await,
        B::Edit { code } => edit::opened(cx, press, &code).await,
        B::EditTemplate { code } => template::asked(cx, press, &code).await,
        B::EditValue { code, value } => edit::asked(cx, press, &code, value).await,
        B::List { code, filter } => participants::listed(cx, press, &code, filter, Page::First).await,
        B::ListAfter { code, filter, ticket } => {
            participants::listed(cx, press, &code, filter, Page::After(ticket)).await
        }
        B::ListBefore { code, filter, ticket } => {
            participants::listed(cx, press, &code, filter, Page::Before(ticket)).await
        }
        B::Search { code } => search::asked(cx, press, &code).await,
        B::Participant { code, user } => participants::opened(cx, press, &code, user, Filter::Everyone).await,
        B::Suspect { code, user } => participants::opened(cx, press, &code, user, Filter::Suspicious).await,
        B::Exclude { code, user } => exclusion::asked(cx, press, &code, user).await,
        B::ConfirmExclusion { code } => exclusion::confirmed(cx, press, &code).await,
        B::ExcludeSuspect { code, user } => exclusion::tapped(cx, press, &code, user).await,
        B::ExcludeAll { code } => exclusion::all_asked(cx, press, &code).await,
        B::ConfirmExcludeAll { code } => exclusion::all_confirmed(cx, press, &code).await,
        B::Reports { code } => report::opened(cx, press, &code, ReportKind::Participants).await,
        B::Report { code, format } => {
            report::ordered(cx, press, &code, ReportKind::Participants, format).await
        }
        B::Retention { code } => report::opened(cx, press, &code, ReportKind::Retention).await,
        B::RetentionReport { code, format } => {
            report::ordered(cx, press, &code, ReportKind::Retention, format).await
        }
        _ => edit::chosen(cx, press).await,
    }
}

/// Something was sent in answer to a question.
pub async fn typed(
    cx: Context<'_>,
    person: &Person,
    input: &Input,
    message: &Message,
    step: &ManageStep,
) -> Result<Answer, HandleError> {
    match step {
        ManageStep::Template { code, album } => {
            template::sent(cx, person, message, code, album.as_deref()).await
        }
        ManageStep::Value { code, value } => edit::typed(cx, person, input, code, *value).await,
        ManageStep::Search { code } => search::typed(cx, person, input, code).await,
        ManageStep::Exclude { code, user, .. } => exclusion::typed(cx, person, input, code, *user).await,
    }
}
