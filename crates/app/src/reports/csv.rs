//! Comma-separated values (RFC 4180) that spreadsheets open as they are meant.

use super::Cell;

/// So that spreadsheets know that it is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{FEFF}";

pub struct CsvTable {
    text: String,
    /// Bytes that make it full.
    most: usize,
}

impl CsvTable {
    pub fn new(columns: &[String], most: usize) -> Self {
        let mut table = Self { text: BYTE_ORDER_MARK.to_owned(), most };
        let columns: Vec<Cell> = columns.iter().map(|column| Cell::Text(column.clone())).collect();
        table.row(&columns);
        table
    }

    pub fn row(&mut self, cells: &[Cell]) {
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            match cell {
                Cell::Number(number) => self.text.push_str(&number.to_string()),
                Cell::Text(text) => push_quoted(&mut self.text, text),
            }
        }
        self.text.push_str("\r\n");
    }

    pub fn is_full(&self) -> bool {
        self.text.len() >= self.most
    }

    pub fn finish(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}

/// Names are written by strangers: a spreadsheet must not take one for a formula. What begins like one gets
/// an apostrophe before it, which marks words (flows, 3.5).
fn push_quoted(to: &mut String, text: &str) {
    to.push('"');
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        to.push('\'');
    }
    to.push_str(&text.replace('"', "\"\""));
    to.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> String {
        let mut line = String::new();
        push_quoted(&mut line, text);
        line
    }

    #[test]
    fn what_begins_like_a_formula_is_harmless() {
        for begin in ["=", "+", "-", "@", "\t", "\r", "\n"] {
            assert_eq!(line(&format!("{begin}cmd|' /C calc'!A0")), format!("\"'{begin}cmd|' /C calc'!A0\""));
        }
        assert_eq!(line("a=b"), "\"a=b\"");
        assert_eq!(line(""), "\"\"");
    }

    #[test]
    fn quotes_and_lines_stay_inside_of_their_cell() {
        let mut table = CsvTable::new(&["الاسم".to_owned(), "رقم".to_owned()], 100);
        table.row(&[Cell::Text("س\",\r\nص".to_owned()), Cell::Number(-5)]);
        let text = String::from_utf8(table.finish()).unwrap();
        assert_eq!(text, "\u{FEFF}\"الاسم\",\"رقم\"\r\n\"س\"\",\r\nص\",-5\r\n");
    }
}
