//! Makes people's words safe to stand inside of a sentence: one line, bounded, and unable to reverse the rest.

pub(crate) const LTR_ISOLATE: &str = "\u{2066}";
pub(crate) const FIRST_STRONG_ISOLATE: &str = "\u{2068}";
pub(crate) const POP_ISOLATE: &str = "\u{2069}";

/// Shows nothing, and is a letter that reads from right to left.
pub(crate) const RIGHT_TO_LEFT_MARK: &str = "\u{200F}";

/// How many code points of an argument are shown; the last one of a longer argument is `…`.
///
/// Names of chats have up to 128, those of people (first and last) up to 64 each, and a message with a few
/// arguments stays far below Telegram's 4,096.
pub const MAX_WORDS: usize = 128;

/// Shown for an argument with nothing in it: a deleted account has no name, and an entity over nothing would
/// be refused.
const NOTHING: &str = "—";

/// Someone's words between first-strong isolates (U+2068 … U+2069), so that a name in Hebrew, Arabic or Latin
/// leaves the order of the words around it alone.
///
/// Line breaks become spaces; control characters, U+2028–U+202E and U+2066–U+2069 are removed, for with these
/// a name could break out; at most [`MAX_WORDS`] code points remain. Words that show nothing become `—`.
pub fn isolate(words: &str) -> String {
    isolate_within(words, MAX_WORDS)
}

/// The same, with at most so many code points between the isolates.
pub(crate) fn isolate_within(words: &str, most: usize) -> String {
    format!("{FIRST_STRONG_ISOLATE}{}{POP_ISOLATE}", cut(words, most))
}

/// The words without the isolates around them.
pub(crate) fn tame(words: &str) -> String {
    cut(words, MAX_WORDS)
}

fn cut(words: &str, most: usize) -> String {
    let spaced = words.chars().map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c });
    let kept: String = spaced.filter(|c| !c.is_control() && !directs(*c)).collect();
    let kept = kept.trim();
    if kept.is_empty() {
        return NOTHING.to_owned();
    }
    match kept.char_indices().nth(most) {
        None => kept.to_owned(),
        Some(_) => kept.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// Line and paragraph separators, embeddings, overrides and isolates.
fn directs(c: char) -> bool {
    matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_reverse_or_leave_its_place() {
        assert_eq!(isolate("سارة"), "\u{2068}سارة\u{2069}");
        assert_eq!(isolate("\u{202E}evil\u{2069}\u{2067}x"), "\u{2068}evilx\u{2069}");
        assert_eq!(isolate("a\r\nb\tc\u{0}\u{85}\u{2028}\u{1b}"), "\u{2068}a b c\u{2069}");
        // Marks that only describe one character's direction, and joiners of emoji, are harmless.
        assert_eq!(isolate("\u{200F}👨\u{200D}👩"), "\u{2068}\u{200F}👨\u{200D}👩\u{2069}");
    }

    #[test]
    fn what_shows_nothing_becomes_a_dash() {
        for nothing in ["", "  ", "\n", "\u{2066}\u{2069}"] {
            assert_eq!(isolate(nothing), "\u{2068}—\u{2069}");
        }
    }

    #[test]
    fn long_words_end_in_an_ellipsis_exactly_past_the_limit() {
        let fits = "😀".repeat(MAX_WORDS);
        assert_eq!(tame(&fits), fits);
        let cut = tame(&"😀".repeat(MAX_WORDS + 1));
        assert_eq!((cut.chars().count(), cut.chars().last()), (MAX_WORDS, Some('…')));
        assert_eq!(isolate_within("سارة", 4), "\u{2068}سارة\u{2069}");
        assert_eq!(isolate_within("سارة", 3), "\u{2068}سا…\u{2069}");
        assert_eq!(isolate_within("سارة", 1), "\u{2068}…\u{2069}");
    }
}
