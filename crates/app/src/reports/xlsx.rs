//! A spreadsheet, written row by row: what is written goes to a temporary file, not into memory.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::Cell;

/// A cell holds no more (Excel's own limit); names are far shorter.
const MOST_CHARS: usize = 32_767;

pub struct XlsxTable {
    workbook: Workbook,
    /// The row that comes next.
    next: u32,
    /// Rows that make it full.
    most: u32,
}

impl XlsxTable {
    pub fn new(name: &str, is_right_to_left: bool, columns: &[String], most: u32) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        let heading = Format::new().set_bold();
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_right_to_left(is_right_to_left).set_freeze_panes(1, 0)?;
        for (place, column) in (0u16..).zip(columns) {
            sheet.set_column_width(place, 18)?.write_string_with_format(0, place, column, &heading)?;
        }
        Ok(Self { workbook, next: 1, most })
    }

    pub fn row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (place, cell) in (0u16..).zip(cells) {
            match cell {
                // As a number where none of its digits would be lost.
                Cell::Number(number) if number.unsigned_abs() < 1 << 53 => {
                    sheet.write_number(self.next, place, *number as f64)?;
                }
                Cell::Number(number) => {
                    sheet.write_string(self.next, place, number.to_string())?;
                }
                // A string is never a formula, whatever it begins with.
                Cell::Text(text) => {
                    let text: String = text.chars().take(MOST_CHARS).collect();
                    sheet.write_string(self.next, place, text)?;
                }
            }
        }
        self.next += 1;
        Ok(())
    }

    pub fn is_full(&self) -> bool {
        self.next > self.most
    }

    pub fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        self.workbook.save_to_buffer()
    }
}
