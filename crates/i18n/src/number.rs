//! Numbers as readers of Telegram expect them.

use qura_domain::language::Language;

use crate::bidi::{LTR_ISOLATE, POP_ISOLATE};

/// The number in Latin digits with a comma between thousands, `1,250,000`, in both languages: Telegram's own
/// Arabic shows counts in these digits, and they read the same in codes, dates and Stars.
///
/// A minus would change sides in Arabic, so a negative number stands in a left-to-right isolate there.
pub fn number(n: i64, language: Language) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match (n < 0, language) {
        (false, _) => grouped,
        (true, Language::Arabic) => format!("{LTR_ISOLATE}-{grouped}{POP_ISOLATE}"),
        (true, Language::English) => format!("-{grouped}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (n, shown) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_250_000, "1,250,000")] {
            assert_eq!(number(n, Language::Arabic), shown);
            assert_eq!(number(n, Language::English), shown);
        }
    }

    #[test]
    fn a_minus_stays_on_its_side() {
        assert_eq!(number(-1500, Language::Arabic), "\u{2066}-1,500\u{2069}");
        assert_eq!(number(i64::MIN, Language::English), "-9,223,372,036,854,775,808");
    }
}
