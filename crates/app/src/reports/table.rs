//! A file that grows row by row, of either kind.

use super::csv::CsvTable;
use super::failing::ReportError;
use super::xlsx::XlsxTable;
use super::{Cell, ReportFormat, Sheet};

/// How much a part holds, to a page more.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    /// Rows of a spreadsheet. A row takes about 40 bytes when packed, and ten times that in the worst of names.
    pub rows: u32,
    /// Of a CSV.
    pub bytes: usize,
}

/// Well under the 50 MB that Telegram takes.
pub const MOST: Most = Most { rows: 100_000, bytes: 40_000_000 };

pub enum Table {
    Csv(CsvTable),
    Xlsx(Box<XlsxTable>),
}

impl Table {
    pub fn new(format: ReportFormat, sheet: &Sheet, most: Most) -> Result<Self, ReportError> {
        Ok(match format {
            ReportFormat::Csv => Self::Csv(CsvTable::new(&sheet.columns, most.bytes)),
            ReportFormat::Xlsx => {
                let table = XlsxTable::new(&sheet.name, sheet.is_right_to_left, &sheet.columns, most.rows);
                Self::Xlsx(Box::new(table.map_err(|error| ReportError::File(error.to_string()))?))
            }
        })
    }

    pub fn row(&mut self, cells: &[Cell]) -> Result<(), ReportError> {
        match self {
            Self::Csv(table) => {
                table.row(cells);
                Ok(())
            }
            Self::Xlsx(table) => table.row(cells).map_err(|error| ReportError::File(error.to_string())),
        }
    }

    /// Whether the next rows belong into another part.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Csv(table) => table.is_full(),
            Self::Xlsx(table) => table.is_full(),
        }
    }

    /// The file. Packing takes its time, so it has a thread of its own.
    pub async fn finish(self) -> Result<Vec<u8>, ReportError> {
        let finish = tokio::task::spawn_blocking(move || match self {
            Self::Csv(table) => Ok(table.finish()),
            Self::Xlsx(table) => table.finish().map_err(|error| error.to_string()),
        });
        finish.await.map_err(|error| ReportError::File(error.to_string()))?.map_err(ReportError::File)
    }
}
