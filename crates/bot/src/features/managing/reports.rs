//! What stands in a report, in the words and by the clock of whoever asked for it.

use qura_app::reports::{Cell, ChatStays, Counted, ReportKind, ReportWriter, Sheet};
use qura_domain::code::Code;
use qura_domain::language::Language;
use qura_domain::lottery::retention::{PERIODS, Stays};
use qura_domain::text::RichText;
use qura_domain::time::Timestamp;
use qura_domain::timezone::Timezone;
use qura_i18n::{LocalTime, Msg};
use qura_storage::{ParticipantRecord, UserRecord};

use super::participants::{number, signal_label, source_label, state_label};
use crate::context::Defaults;
use crate::features::roulette::create::grid::challenge;

/// The columns of a report of participants.
const PARTICIPANTS: [Msg; 10] = [
    Msg::ReportTicket,
    Msg::ReportName,
    Msg::ReportUsername,
    Msg::ReportId,
    Msg::ReportJoined,
    Msg::ReportState,
    Msg::ReportSource,
    Msg::ReportChallenge,
    Msg::ReportSignals,
    Msg::ReportReason,
];

/// The columns of a report of who stayed: a row a chat and period.
const RETENTION: [Msg; 10] = [
    Msg::RetentionChat,
    Msg::RetentionChatId,
    Msg::RetentionCame,
    Msg::RetentionDays,
    Msg::RetentionThere,
    Msg::RetentionGone,
    Msg::RetentionRemoved,
    Msg::RetentionUnknown,
    Msg::RetentionShare,
    Msg::RetentionNote,
];

/// Writes reports.
pub struct Reports(pub Defaults);

impl Reports {
    fn language(&self, reader: Option<&UserRecord>) -> Language {
        reader.and_then(|reader| reader.language).unwrap_or(self.0.language)
    }

    fn timezone(&self, reader: Option<&UserRecord>) -> Timezone {
        reader.and_then(|reader| reader.timezone).unwrap_or(self.0.timezone)
    }
}

impl ReportWriter for Reports {
    fn sheet(&self, reader: Option<&UserRecord>, kind: ReportKind) -> Sheet {
        let language = self.language(reader);
        let (name, columns) = match kind {
            ReportKind::Participants => (Msg::ReportSheet, &PARTICIPANTS[..]),
            ReportKind::Retention => (Msg::RetentionSheet, &RETENTION[..]),
        };
        Sheet {
            name: name.plain(language),
            is_right_to_left: language == Language::Arabic,
            columns: columns.iter().map(|column| column.plain(language)).collect(),
        }
    }

    fn row(&self, reader: Option<&UserRecord>, participant: &ParticipantRecord) -> Vec<Cell> {
        let language = self.language(reader);
        let names = [participant.first_name.as_deref(), participant.last_name.as_deref()];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let username = participant.username.as_ref().map(|name| format!("@{name}"));
        let signals: Vec<String> =
            participant.signals.iter().map(|signal| signal_label(signal).plain(language)).collect();
        vec![
            Cell::Number(number(participant.ticket.get())),
            Cell::Text(name),
            Cell::Text(username.unwrap_or_default()),
            Cell::Number(participant.user.get()),
            Cell::Text(time(participant.joined_at, self.timezone(reader))),
            Cell::Text(state_label(participant.state).plain(language)),
            Cell::Text(source_label(participant.source).plain(language)),
            Cell::Text(challenge(participant.challenge).plain(language)),
            Cell::Text(signals.join(" · ")),
            Cell::Text(participant.reason.clone().unwrap_or_default()),
        ]
    }

    fn caption(&self, reader: Option<&UserRecord>, code: &Code, part: Option<u32>) -> RichText {
        let code = code.to_string();
        let caption = match part {
            None => Msg::ReportCaption { code },
            Some(part) => Msg::ReportCaptionPart { code, part: i64::from(part) },
        };
        caption.rich(self.language(reader))
    }

    fn stays(&self, reader: Option<&UserRecord>, chat: &ChatStays) -> Vec<Vec<Cell>> {
        let language = self.language(reader);
        let title = chat.channel.as_ref().map(|channel| channel.title.clone()).unwrap_or_default();
        let note = match chat.has_gaps() {
            true => Msg::RetentionGaps.plain(language),
            false => String::new(),
        };
        let row = |(days, stays): (u32, &Stays)| {
            vec![
                Cell::Text(title.clone()),
                Cell::Number(chat.chat.get()),
                Cell::Number(number(stays.came())),
                Cell::Number(i64::from(days)),
                Cell::Number(number(stays.there)),
                Cell::Number(number(stays.gone())),
                Cell::Number(number(stays.removed)),
                Cell::Number(number(stays.unknown)),
                stays.percent().map_or(Cell::Text(String::new()), |percent| Cell::Number(number(percent))),
                Cell::Text(note.clone()),
            ]
        };
        PERIODS.into_iter().zip(&chat.retention).map(row).collect()
    }

    fn retention_caption(&self, reader: Option<&UserRecord>, code: &Code, counted: &Counted) -> RichText {
        let (code, zone) = (code.to_string(), self.timezone(reader));
        let time = LocalTime { at: counted.as_of, zone };
        let caption = match counted.came {
            true => Msg::RetentionCaption { code, time },
            false => Msg::RetentionCaptionNobody { code, time },
        };
        let mut caption = caption.rich(self.language(reader));
        if let Some(days) = counted.forgotten_after_days {
            let forgotten = Msg::RetentionForgotten { days: number(days) };
            caption.push_str("\n\n").append(forgotten.rich(self.language(reader)));
        }
        caption
    }
}

/// Sorted as it stands, and read by every spreadsheet.
fn time(at: Timestamp, zone: Timezone) -> String {
    let local = zone.local(at);
    local.map(|local| local.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}
