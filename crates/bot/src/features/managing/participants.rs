//! «المشتركون»: the list, page by page, and each one's screen.

use qura_app::ingest::HandleError;
use qura_app::lotteries::ParticipantPage;
use qura_domain::challenge::ChallengeKind;
use qura_domain::code::Code;
use qura_domain::ids::UserId;
use qura_domain::lottery::{JoinSource, Lottery, ParticipantState, Signal, Ticket};
use qura_domain::time::Timestamp;
use qura_i18n::{LocalTime, Msg};
use qura_storage::{PAGE_ROWS, Page, ParticipantFilter, ParticipantRecord};
use serde::{Deserialize, Serialize};

use super::refusal::not_theirs;
use super::{ManageButton, ManageScreen, manager};
use crate::callback::Field;
use crate::context::{Context, Outcome};
use crate::features::roulette::create::grid::challenge;
use crate::features::roulette::{RouletteButton, back_and_home};
use crate::press::Press;
use crate::view::{View, Viewer};
use crate::wizard;

/// Which participants are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    Everyone,
    Suspicious,
}

impl Field for Filter {
    fn write(&self) -> String {
        match self {
            Self::Everyone => "all",
            Self::Suspicious => "sus",
        }
        .to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        [Self::Everyone, Self::Suspicious].into_iter().find(|filter| filter.write() == text)
    }
}

/// A page of participants, or what a search found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParticipantList {
    code: Code,
    filter: Filter,
    rows: Vec<ListedParticipant>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    has_before: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    has_after: bool,
    /// Whether people may still be excluded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_changeable: bool,
    /// What just happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Msg>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ListedParticipant {
    user: UserId,
    ticket: u64,
    name: String,
    state: ParticipantState,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_suspicious: bool,
}

/// What a participant is called: their name, else their number.
pub fn name(record: &ParticipantRecord) -> String {
    let names = [record.first_name.as_deref(), record.last_name.as_deref()];
    let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    if name.trim().is_empty() { record.user.to_string() } else { name }
}

pub fn number(ticket: u64) -> i64 {
    i64::try_from(ticket).unwrap_or(i64::MAX)
}

impl ListedParticipant {
    fn of(record: &ParticipantRecord) -> Self {
        Self {
            user: record.user,
            ticket: record.ticket.get(),
            name: name(record),
            state: record.state,
            is_suspicious: record.signals.is_suspicious(),
        }
    }

    fn label(&self) -> Msg {
        let (ticket, name) = (number(self.ticket), self.name.clone());
        match self.state {
            ParticipantState::Excluded => Msg::ManageRowExcludedButton { ticket, name },
            ParticipantState::Won => Msg::ManageRowWonButton { ticket, name },
            ParticipantState::Withdrawn => Msg::ManageRowWithdrawnButton { ticket, name },
            ParticipantState::Registered if self.is_suspicious => {
                Msg::ManageRowSuspiciousButton { ticket, name }
            }
            ParticipantState::Registered => Msg::ManageRowButton { ticket, name },
        }
    }
}

impl ParticipantList {
    pub fn of(lottery: &Lottery, filter: Filter, page: &ParticipantPage, note: Option<Msg>) -> Self {
        Self {
            code: lottery.code.clone(),
            filter,
            rows: page.participants.iter().map(ListedParticipant::of).collect(),
            has_before: page.has_before,
            has_after: page.has_after,
            is_changeable: lottery.state.is_changeable(),
            note,
        }
    }

    /// What a search found.
    pub fn found(lottery: &Lottery, found: Vec<ParticipantRecord>) -> Self {
        let page = ParticipantPage { participants: found, ..ParticipantPage::default() };
        Self::of(lottery, Filter::Everyone, &page, None)
    }

    /// What just happened, said above it.
    pub fn noting(self, note: Msg) -> Self {
        Self { note: Some(note), ..self }
    }

    /// The page as it is once these are excluded.
    pub fn without(mut self, excluded: impl Fn(UserId) -> bool) -> Self {
        for row in self.rows.iter_mut().filter(|row| excluded(row.user)) {
            row.state = ParticipantState::Excluded;
        }
        self
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let (filter, code) = (self.filter, || self.code.clone());
        let title = match (filter, self.rows.is_empty()) {
            (Filter::Everyone, false) => Msg::ManageParticipants,
            (Filter::Everyone, true) => Msg::ManageParticipantsNone,
            (Filter::Suspicious, false) => Msg::ManageSuspects,
            (Filter::Suspicious, true) => Msg::ManageSuspectsNone,
        };
        let mut view = View::of(viewer, &title);
        if let Some(note) = &self.note {
            view = view.above(note);
        }
        let may_exclude = |row: &ListedParticipant| {
            self.is_changeable
                && filter == Filter::Suspicious
                && row.state == ParticipantState::Registered
                && row.is_suspicious
        };
        for row in &self.rows {
            let (code, user) = (code(), row.user);
            let opens = match filter {
                Filter::Everyone => ManageButton::Participant { code, user },
                Filter::Suspicious => ManageButton::Suspect { code, user },
            };
            let mut buttons = vec![view.button(&row.label(), &opens)];
            if may_exclude(row) {
                let exclude = ManageButton::ExcludeSuspect { code: self.code.clone(), user: row.user };
                buttons.push(view.button(&Msg::ManageExclude, &exclude));
            }
            view = view.row(buttons);
        }
        let newer = self.rows.first().filter(|_| self.has_before).map(|row| {
            view.button(
                &Msg::NavNewer,
                &ManageButton::ListBefore { code: code(), filter, ticket: row.ticket },
            )
        });
        let older = self.rows.last().filter(|_| self.has_after).map(|row| {
            view.button(&Msg::NavOlder, &ManageButton::ListAfter { code: code(), filter, ticket: row.ticket })
        });
        view = view.row(newer.into_iter().chain(older).collect());
        view = match filter {
            Filter::Everyone => view.press(&Msg::ManageSearch, &ManageButton::Search { code: code() }),
            Filter::Suspicious if self.rows.iter().any(may_exclude) => {
                view.press(&Msg::ManageExcludeAll, &ManageButton::ExcludeAll { code: code() })
            }
            Filter::Suspicious => view,
        };
        back_and_home(view, &RouletteButton::Card { code: code() })
    }
}

/// One participant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParticipantScreen {
    code: Code,
    user: UserId,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    ticket: u64,
    state: ParticipantState,
    joined_at: Timestamp,
    source: JoinSource,
    /// The kind of the challenge that they solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    challenge: Option<ChallengeKind>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    signals: Vec<Signal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_changeable: bool,
    /// They were opened from the list of those who look suspicious.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    from_suspects: bool,
    /// What just happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Msg>,
}

impl ParticipantScreen {
    pub fn of(lottery: &Lottery, record: &ParticipantRecord, note: Option<Msg>) -> Self {
        Self {
            code: lottery.code.clone(),
            user: record.user,
            name: name(record),
            username: record.username.clone(),
            ticket: record.ticket.get(),
            state: record.state,
            joined_at: record.joined_at,
            source: record.source,
            challenge: record.challenge,
            signals: record.signals.iter().collect(),
            reason: record.reason.clone(),
            is_changeable: lottery.state.is_changeable(),
            from_suspects: false,
            note,
        }
    }

    pub fn view(&self, viewer: &Viewer) -> View {
        let language = viewer.language;
        let name = self.name.clone();
        let head = Msg::ManageParticipant { name, ticket: number(self.ticket), id: self.user.to_string() };
        let mut view = View::of(viewer, &head);
        if let Some(note) = &self.note {
            view = view.above(note);
        }
        if let Some(username) = &self.username {
            view = view.below(&Msg::ManageParticipantUsername { username: format!("@{username}") });
        }
        let time = LocalTime { at: self.joined_at, zone: viewer.timezone };
        let state = state_label(self.state).plain(language);
        let source = source_label(self.source).plain(language);
        let challenge = challenge(self.challenge).plain(language);
        view = view.below(&Msg::ManageParticipantDetails { time, state, source, challenge });
        if let Some(reason) = &self.reason {
            view = view.below(&Msg::ManageParticipantReason { reason: reason.clone() });
        }
        if !self.signals.is_empty() {
            view = view.below(&Msg::ManageParticipantSignals);
            view = self.signals.iter().fold(view, |view, signal| view.below(&signal_label(*signal)));
        }
        let is_void = matches!(self.state, ParticipantState::Excluded | ParticipantState::Won);
        if self.is_changeable && !is_void {
            let exclude = ManageButton::Exclude { code: self.code.clone(), user: self.user };
            view = view.press(&Msg::ManageExclude, &exclude);
        }
        back_and_home(view, &self.list())
    }

    /// The page that they stand on: tickets have no gaps, and everyone's list shows them all.
    fn list(&self) -> ManageButton {
        let code = self.code.clone();
        let rows = u64::from(PAGE_ROWS);
        let before = self.ticket.saturating_sub(1) / rows * rows;
        match (self.from_suspects, before) {
            (true, _) => ManageButton::List { code, filter: Filter::Suspicious },
            (false, 0) => ManageButton::List { code, filter: Filter::Everyone },
            (false, ticket) => ManageButton::ListAfter { code, filter: Filter::Everyone, ticket },
        }
    }
}

pub const fn state_label(state: ParticipantState) -> Msg {
    match state {
        ParticipantState::Registered => Msg::ManageStateRegistered,
        ParticipantState::Withdrawn => Msg::ManageStateWithdrawn,
        ParticipantState::Excluded => Msg::ManageStateExcluded,
        ParticipantState::Won => Msg::ManageStateWon,
    }
}

pub const fn source_label(source: JoinSource) -> Msg {
    match source {
        JoinSource::Post => Msg::ManageSourcePost,
        JoinSource::Link => Msg::ManageSourceLink,
        JoinSource::Shared => Msg::ManageSourceShared,
    }
}

pub const fn signal_label(signal: Signal) -> Msg {
    match signal {
        Signal::Burst => Msg::ManageSignalBurst,
        Signal::Neighbours => Msg::ManageSignalNeighbours,
        Signal::FailedChallenges => Msg::ManageSignalFailed,
        Signal::JoinedAndLeft => Msg::ManageSignalLeft,
    }
}

/// A page was asked for. A wizard that the person was in ends.
pub async fn listed(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
    filter: Filter,
    page: Page<u64>,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let Some(lottery) = cx.services.lotteries.managed(manager(cx, person), code).await? else {
        return Ok(not_theirs(cx, &press));
    };
    let list = list(cx, &lottery, filter, page, None).await?;
    wizard::leave(cx, person, vec![press.show(ManageScreen::Participants(list))]).await
}

/// A page of participants as it is now.
pub async fn list(
    cx: Context<'_>,
    lottery: &Lottery,
    filter: Filter,
    page: Page<u64>,
    note: Option<Msg>,
) -> Result<ParticipantList, HandleError> {
    let page = match page {
        Page::First => Page::First,
        Page::After(ticket) => Page::After(Ticket::new(ticket)),
        Page::Before(ticket) => Page::Before(Ticket::new(ticket)),
    };
    let which = match filter {
        Filter::Everyone => ParticipantFilter::Everyone,
        Filter::Suspicious => ParticipantFilter::Suspicious,
    };
    let page = cx.services.lotteries.participants(lottery.id, which, page).await?;
    Ok(ParticipantList::of(lottery, filter, &page, note))
}

/// One participant's screen was opened.
pub async fn opened(
    cx: Context<'_>,
    press: Press<ManageButton>,
    code: &Code,
    user: UserId,
    from: Filter,
) -> Result<Outcome, HandleError> {
    let person = press.person.id;
    let Some(lottery) = cx.services.lotteries.managed(manager(cx, person), code).await? else {
        return Ok(not_theirs(cx, &press));
    };
    let screen = match cx.services.lotteries.participant(lottery.id, user).await? {
        Some(record) => {
            let from_suspects = from == Filter::Suspicious;
            let screen = ParticipantScreen::of(&lottery, &record, None);
            ManageScreen::Participant(ParticipantScreen { from_suspects, ..screen })
        }
        None => {
            let list = list(cx, &lottery, from, Page::First, None).await?;
            return Ok(
                cx.say(vec![press.alert(Msg::AlertStale), press.show(ManageScreen::Participants(list))])
            );
        }
    };
    wizard::leave(cx, person, vec![press.show(screen)]).await
}
