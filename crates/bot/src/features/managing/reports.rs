//! What stands in a report, in the words and by the clock of whoever asked for it.

use qura_app::reports::{Cell, ReportWriter};
use qura_domain::code::Code;
use qura_domain::language::Language;
use qura_domain::text::RichText;
use qura_domain::time::Timestamp;
use qura_domain::timezone::Timezone;
use qura_i18n::Msg;
use qura_storage::{ParticipantRecord, UserRecord};

use super::participants::{number, signal_label, source_label, state_label};
use crate::context::Defaults;
use crate::features::roulette::create::grid::challenge;

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
    fn sheet(&self, reader: Option<&UserRecord>) -> (String, bool) {
        let language = self.language(reader);
        (Msg::ReportSheet.plain(language), language == Language::Arabic)
    }

    fn columns(&self, reader: Option<&UserRecord>) -> Vec<String> {
        let columns = [
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
        columns.map(|column| column.plain(self.language(reader))).to_vec()
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
}

/// Sorted as it stands, and read by every spreadsheet.
fn time(at: Timestamp, zone: Timezone) -> String {
    let local = zone.local(at);
    local.map(|local| local.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}
