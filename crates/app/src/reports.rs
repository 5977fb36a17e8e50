//! «تقرير»: who takes part in a lottery, as a file that a worker makes.
//!
//! A million participants are more than one file can hold (Telegram takes 50 MB), so a report comes in
//! parts: each is a run of the job, which orders the next one. So no more than one part is in memory.

mod csv;
mod job;
mod order;
mod part;
mod xlsx;

use qura_domain::code::Code;
use qura_domain::text::RichText;
use qura_storage::{ParticipantRecord, UserRecord};
use serde::{Deserialize, Serialize};

pub use job::ReportJob;

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

/// Puts a report into the words and the calendar of whoever asked for it.
pub trait ReportWriter: Send + Sync + 'static {
    /// The name of the sheet, and whether it is read from right to left.
    fn sheet(&self, reader: Option<&UserRecord>) -> (String, bool);

    fn columns(&self, reader: Option<&UserRecord>) -> Vec<String>;

    /// As many cells as there are columns.
    fn row(&self, reader: Option<&UserRecord>, participant: &ParticipantRecord) -> Vec<Cell>;

    /// What stands under a file; `part` counts from 1, and is `None` where there is only one.
    fn caption(&self, reader: Option<&UserRecord>, code: &Code, part: Option<u32>) -> RichText;
}

/// A file that grows row by row.
enum Table {
    Csv(csv::CsvTable),
    Xlsx(Box<xlsx::XlsxTable>),
}

impl Table {
    fn row(&mut self, cells: &[Cell]) -> Result<(), String> {
        match self {
            Self::Csv(table) => {
                table.row(cells);
                Ok(())
            }
            Self::Xlsx(table) => table.row(cells).map_err(|error| error.to_string()),
        }
    }

    /// Whether the next rows belong into another part.
    fn is_full(&self) -> bool {
        match self {
            Self::Csv(table) => table.is_full(),
            Self::Xlsx(table) => table.is_full(),
        }
    }

    fn finish(self) -> Result<Vec<u8>, String> {
        match self {
            Self::Csv(table) => Ok(table.finish()),
            Self::Xlsx(table) => table.finish().map_err(|error| error.to_string()),
        }
    }
}
