//! Puts a message together: its own words, people's words, and the entities over them.

use std::time::Duration;

use qura_domain::language::Language;
use qura_domain::text::{Entity, EntityKind, RichText};
use qura_domain::timezone::Timezone;

use crate::bidi::{self, FIRST_STRONG_ISOLATE, LTR_ISOLATE, POP_ISOLATE, RIGHT_TO_LEFT_MARK};
use crate::date::LocalTime;

/// A message that is being written. What the build script generates calls one method for each piece.
pub(crate) struct Writer {
    language: Language,
    text: String,
    /// UTF-16 code units of `text`.
    units: u32,
    /// By offset, the outer before the inner.
    entities: Vec<Entity>,
    /// Whether the line has a letter that says in which direction it reads.
    is_directed: bool,
    /// Isolates that are open: what stands in them says nothing of the line's direction (UAX #9, P2).
    isolates: u32,
}

impl Writer {
    pub fn new(language: Language) -> Self {
        let (text, entities) = (String::new(), Vec::new());
        Self { language, text, units: 0, entities, is_directed: false, isolates: 0 }
    }

    pub fn language(&self) -> Language {
        self.language
    }

    pub fn finish(self) -> RichText {
        RichText::from_parts(self.text, self.entities)
    }

    /// The message's own words.
    pub fn text(&mut self, text: &str) {
        self.text.push_str(text);
        for c in text.chars() {
            self.units = self.units.saturating_add(if c.len_utf16() == 1 { 1 } else { 2 });
            match c {
                '\n' => self.is_directed = false,
                '\u{2066}'..='\u{2068}' => self.isolates = self.isolates.saturating_add(1),
                '\u{2069}' => self.isolates = self.isolates.saturating_sub(1),
                // A letter further on in the line says no more, and to look it up is the dear part of this.
                _ if self.is_directed || self.isolates > 0 => {}
                '\u{200E}' | '\u{200F}' => self.is_directed = true,
                c => self.is_directed = c.is_alphabetic(),
            }
        }
    }

    /// Before an isolate. A line whose letters all stand in isolates, or behind them, would read from left
    /// to right, with its emoji on the wrong side of the name.
    fn directs(&mut self) {
        if self.language != Language::Arabic || self.is_directed || self.isolates > 0 {
            return;
        }
        let mark = self.units;
        self.text(RIGHT_TO_LEFT_MARK);
        // What begins here begins behind the mark; a quotation is a paragraph and keeps it.
        let begins = |entity: &&mut Entity| entity.length == 0 && entity.offset == mark;
        for entity in self.entities.iter_mut().filter(begins) {
            if entity.kind != EntityKind::Blockquote {
                entity.offset = self.units;
            }
        }
    }

    /// A person's or a chat's words.
    pub fn words(&mut self, words: &str) {
        self.directs();
        self.text(&bidi::isolate(words));
    }

    /// The same, of at most so many code points.
    pub fn short(&mut self, words: &str, most: usize) {
        self.directs();
        self.text(&bidi::isolate_within(words, most));
    }

    pub fn number(&mut self, n: i64) {
        self.text(&crate::number::number(n, self.language));
    }

    /// Something to copy that comes as an argument.
    pub fn code(&mut self, code: &str) {
        self.fixed_code(&bidi::tame(code));
    }

    /// Something to copy that the message itself holds. The isolates stand outside, so that a tap copies the
    /// code alone; they follow its first strong letter, for a code may be Arabic.
    pub fn fixed_code(&mut self, code: &str) {
        self.directs();
        self.text(FIRST_STRONG_ISOLATE);
        self.styled(EntityKind::Code, |out| out.text(code));
        self.text(POP_ISOLATE);
    }

    pub fn duration(&mut self, span: Duration) {
        self.text(&crate::duration::duration(span, self.language));
    }

    pub fn date(&mut self, at: LocalTime) {
        self.text(&crate::date::date(at, self.language));
    }

    pub fn zone(&mut self, zone: Timezone) {
        self.text(&crate::zone::city(zone, self.language));
    }

    /// Keeps what reads from left to right in its order inside of an Arabic sentence.
    pub fn left_to_right(&mut self, inner: impl FnOnce(&mut Self)) {
        self.directs();
        self.text(LTR_ISOLATE);
        inner(self);
        self.text(POP_ISOLATE);
    }

    /// Formats what `inner` writes, which is never nothing: the build script refuses empty tags, and
    /// arguments show at least a dash.
    pub fn styled(&mut self, kind: EntityKind, inner: impl FnOnce(&mut Self)) {
        let index = self.entities.len();
        self.entities.push(Entity { kind, offset: self.units, length: 0 });
        inner(self);
        if let Some(entity) = self.entities.get_mut(index) {
            entity.length = self.units.saturating_sub(entity.offset);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &RichText, entity: &Entity) -> String {
        let units: Vec<u16> = text.text().encode_utf16().collect();
        String::from_utf16(&units[entity.offset as usize..(entity.offset + entity.length) as usize]).unwrap()
    }

    #[test]
    fn entities_count_surrogates_and_nest_outer_first() {
        let mut out = Writer::new(Language::Arabic);
        out.text("🎉 ");
        out.styled(EntityKind::Blockquote, |out| {
            out.styled(EntityKind::Bold, |out| out.words("سارة 🌹"));
            out.text(" ");
            out.code("AbCd1234");
        });
        let text = out.finish();
        assert_eq!(text.text(), "🎉 \u{200F}\u{2068}سارة 🌹\u{2069} \u{2068}AbCd1234\u{2069}");
        let kinds: Vec<_> = text.entities().iter().map(|e| (&e.kind, units(&text, e))).collect();
        assert_eq!(
            kinds,
            [
                (
                    &EntityKind::Blockquote,
                    "\u{200F}\u{2068}سارة 🌹\u{2069} \u{2068}AbCd1234\u{2069}".to_owned()
                ),
                (&EntityKind::Bold, "\u{2068}سارة 🌹\u{2069}".to_owned()),
                (&EntityKind::Code, "AbCd1234".to_owned()),
            ]
        );
    }

    #[test]
    fn a_line_without_a_letter_before_a_name_reads_from_right_to_left() {
        let mut out = Writer::new(Language::Arabic);
        out.text("🎉 ");
        out.styled(EntityKind::Bold, |out| out.words("Sara"));
        out.text(" (3)\n1. ");
        out.styled(EntityKind::Blockquote, |out| out.left_to_right(|out| out.text("/start")));
        out.text("\nمرحبًا ");
        out.words("Sara");
        out.text(" ");
        out.code("AbCd1234");
        let text = out.finish();
        assert_eq!(
            text.text(),
            "🎉 \u{200F}\u{2068}Sara\u{2069} (3)\n1. \u{200F}\u{2066}/start\u{2069}\n\
             مرحبًا \u{2068}Sara\u{2069} \u{2068}AbCd1234\u{2069}"
        );
        let marked: Vec<_> = text.entities().iter().map(|e| units(&text, e)).collect();
        assert_eq!(marked, ["\u{2068}Sara\u{2069}", "\u{200F}\u{2066}/start\u{2069}", "AbCd1234"]);
    }

    #[test]
    fn what_is_in_an_isolate_directs_no_line_and_english_needs_no_mark() {
        let mut out = Writer::new(Language::Arabic);
        out.words("أحمد");
        out.text(" ");
        out.words("Sara");
        out.text("\n");
        out.words("أحمد");
        let marks = "\u{200F}\u{2068}أحمد\u{2069} \u{2068}Sara\u{2069}\n\u{200F}\u{2068}أحمد\u{2069}";
        assert_eq!(out.finish().text(), marks);
        let mut out = Writer::new(Language::English);
        out.words("أحمد");
        assert_eq!(out.finish().text(), "\u{2068}أحمد\u{2069}");
    }

    #[test]
    fn a_nameless_argument_still_carries_its_entity() {
        let mut out = Writer::new(Language::Arabic);
        out.code(" \u{202E}\n");
        out.styled(EntityKind::Bold, |out| out.words(""));
        let text = out.finish();
        assert_eq!(text.text(), "\u{200F}\u{2068}—\u{2069}\u{2068}—\u{2069}");
        assert!(text.entities().iter().all(|entity| entity.length > 0));
    }
}
