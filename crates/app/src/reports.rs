//! «تقرير»: who takes part in a lottery, and who of those whom it brought has stayed, as files that a worker makes.
//!
//! A million participants are more than one file can hold (Telegram takes 50 MB), so a report comes in
//! parts: each is a run of the job, which orders the next one. So no more than one part is in memory. Who stayed is
//! one small file, but counted in as many runs.

mod counting;
mod csv;
mod failing;
mod job;
mod order;
mod part;
mod retention;
mod table;
mod xlsx;

use qura_domain::code::Code;
use qura_domain::text::RichText;
use qura_storage::{ParticipantRecord, UserRecord};
use serde::{Deserialize, Serialize};

pub use job::ReportJob;
pub use retention::{ChatStays, Counted, RetentionJob};

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportKind {
    Participants,
    /// «تقرير البقاء»
    Retention,
}

impl ReportKind {
    /// As in names of files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Participants => "participants",
            Self::Retention => "retention",
        }
    }
}

/// The kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    Csv,
    Xlsx,
}

impl ReportFormat {
    pub const ALL: [Self; 2] = [Self::Csv, Self::Xlsx];

    /// As in names of files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// What stands in one place of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Number(i64),
    /// Also a stranger's words: they stay words, whatever they begin with.
    Text(String),
}

/// What stands above the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub name: String,
    pub is_right_to_left: bool,
    pub columns: Vec<String>,
}

/// Puts a report into the words and the calendar of whoever asked for it.
pub trait ReportWriter: Send + Sync + 'static {
    fn sheet(&self, reader: Option<&UserRecord>, kind: ReportKind) -> Sheet;

    /// As many cells as a sheet of participants has columns.
    fn row(&self, reader: Option<&UserRecord>, participant: &ParticipantRecord) -> Vec<Cell>;

    /// What stands under a file of participants; `part` counts from 1, and is `None` where there is only one.
    fn caption(&self, reader: Option<&UserRecord>, code: &Code, part: Option<u32>) -> RichText;

    /// The rows of one chat, each with as many cells as a sheet of retention has columns.
    fn stays(&self, reader: Option<&UserRecord>, chat: &ChatStays) -> Vec<Vec<Cell>>;

    /// What stands under a file of retention.
    fn retention_caption(&self, reader: Option<&UserRecord>, code: &Code, counted: &Counted) -> RichText;
}
