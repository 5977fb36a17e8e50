//! Which wording a number asks for.

use qura_domain::language::Language;

/// The plural forms of CLDR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PluralForm {
    Zero,
    One,
    Two,
    Few,
    Many,
    Other,
}

impl PluralForm {
    /// The form of a whole number, by CLDR's cardinal rules. Its sign does not matter.
    pub fn of(n: i64, language: Language) -> Self {
        let n = n.unsigned_abs();
        match language {
            Language::Arabic => match (n, n % 100) {
                (0, _) => Self::Zero,
                (1, _) => Self::One,
                (2, _) => Self::Two,
                (_, 3..=10) => Self::Few,
                (_, 11..=99) => Self::Many,
                _ => Self::Other,
            },
            Language::English => match n {
                1 => Self::One,
                _ => Self::Other,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use icu_locale_core::locale;
    use icu_plurals::{PluralCategory, PluralRules, PluralRulesOptions};
    use proptest::prelude::*;

    use super::*;

    fn oracle(language: Language) -> impl Fn(i64) -> PluralForm {
        let locale = match language {
            Language::Arabic => locale!("ar"),
            Language::English => locale!("en"),
        };
        let rules = PluralRules::try_new(locale.into(), PluralRulesOptions::default()).unwrap();
        move |n| match rules.category_for(n) {
            PluralCategory::Zero => PluralForm::Zero,
            PluralCategory::One => PluralForm::One,
            PluralCategory::Two => PluralForm::Two,
            PluralCategory::Few => PluralForm::Few,
            PluralCategory::Many => PluralForm::Many,
            PluralCategory::Other => PluralForm::Other,
        }
    }

    #[test]
    fn agrees_with_icu_on_every_number_to_a_hundred_thousand() {
        for language in Language::ALL {
            let expected = oracle(language);
            for n in 0..=100_000 {
                assert_eq!(PluralForm::of(n, language), expected(n), "{n} in {language:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_icu_on_any_number(n: i64) {
            for language in Language::ALL {
                prop_assert_eq!(PluralForm::of(n, language), oracle(language)(n));
            }
        }
    }
}
