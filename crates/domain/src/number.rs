//! Numbers as people type them: in Latin, Arabic-Indic (٠-٩) and Persian (۰-۹) digits.

use std::ops::RangeInclusive;

/// The text with every Arabic-Indic and Persian digit replaced by its Latin one.
pub fn latin_digits(typed: &str) -> String {
    typed.chars().map(latin_digit).collect()
}

fn latin_digit(c: char) -> char {
    let zero = match c {
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06F0}'..='\u{06F9}' => 0x06F0,
        _ => return c,
    };
    char::from_digit(u32::from(c) - zero, 10).unwrap_or(c)
}

/// A whole number within `range`, or what is wrong with it. Spaces around it and thousands
/// separators (`,` `٬` `_` and spaces) inside it do not matter.
pub fn parse_number(typed: &str, range: RangeInclusive<i64>) -> Result<i64, NumberError> {
    let digits: String = latin_digits(typed.trim())
        .chars()
        .filter(|c| !matches!(c, ',' | '٬' | '_' | ' ' | '\u{a0}'))
        .collect();
    let number: i64 = digits.parse().map_err(|_| NumberError::NotANumber)?;
    if range.contains(&number) { Ok(number) } else { Err(NumberError::OutOfRange) }
}

/// Why a typed text is not the number that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    #[error("not a whole number")]
    NotANumber,
    #[error("outside of the accepted range")]
    OutOfRange,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_all_three_scripts() {
        for typed in ["1250", " ١٢٥٠ ", "۱۲۵۰", "1,250", "١٬٢٥٠", "1 250"] {
            assert_eq!(parse_number(typed, 1..=10_000), Ok(1250), "{typed}");
        }
        assert_eq!(parse_number("-٥", -10..=10), Ok(-5));
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(parse_number("خمسة", 1..=10), Err(NumberError::NotANumber));
        assert_eq!(parse_number("", 1..=10), Err(NumberError::NotANumber));
        assert_eq!(parse_number("1.5", 1..=10), Err(NumberError::NotANumber));
        assert_eq!(parse_number("11", 1..=10), Err(NumberError::OutOfRange));
        assert_eq!(parse_number("99999999999999999999", 1..=10), Err(NumberError::NotANumber));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_never_panics(typed in ".*") {
            let _ = parse_number(&typed, 0..=100);
        }
    }
}
