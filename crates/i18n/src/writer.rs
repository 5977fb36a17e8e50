//! Puts a message together: its own words, people's words, and the entities over them.

use std::time::Duration;

use qura_domain::language::Language;
use qura_domain::text::{Entity, EntityKind, RichText};
use qura_domain::timezone::Timezone;

use crate::bidi::{self, FIRST_STRONG_ISOLATE, LTR_ISOLATE, POP_ISOLATE};
use crate::date::LocalTime;

/// A message that is being written. What the build script generates calls one method for each piece.
pub(crate) struct Writer {
    language: Language,
    text: String,
    /// UTF-16 code units of `text`.
    units: u32,
    /// By offset, the outer before the inner.
    entities: Vec<Entity>,
}

impl Writer {
    pub fn new(language: Language) -> Self {
        Self { language, text: String::new(), units: 0, entities: Vec::new() }
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
        self.units = self.units.saturating_add(text.chars().map(|c| c.len_utf16() as u32).sum());
    }

    /// A person's or a chat's words.
    pub fn words(&mut self, words: &str) {
        self.text(&bidi::isolate(words));
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
        self.text(LTR_ISOLATE);
        inner(self);
        self.text(POP_ISOLATE);
    }

    /// Formats what `inner` writes, which is never nothing: the build script refuses empty tags, and
    /// arguments show at least a dash.
    pub fn styled(&mut self, kind: EntityKind, inner: impl FnOnce(&mut Self)) {
        let (offset, index) = (self.units, self.entities.len());
        self.entities.push(Entity { kind, offset, length: 0 });
        inner(self);
        if let Some(entity) = self.entities.get_mut(index) {
            entity.length = self.units.saturating_sub(offset);
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
        assert_eq!(text.text(), "🎉 \u{2068}سارة 🌹\u{2069} \u{2068}AbCd1234\u{2069}");
        let kinds: Vec<_> = text.entities().iter().map(|e| (&e.kind, units(&text, e))).collect();
        assert_eq!(
            kinds,
            [
                (&EntityKind::Blockquote, "\u{2068}سارة 🌹\u{2069} \u{2068}AbCd1234\u{2069}".to_owned()),
                (&EntityKind::Bold, "\u{2068}سارة 🌹\u{2069}".to_owned()),
                (&EntityKind::Code, "AbCd1234".to_owned()),
            ]
        );
    }

    #[test]
    fn a_nameless_argument_still_carries_its_entity() {
        let mut out = Writer::new(Language::Arabic);
        out.code(" \u{202E}\n");
        out.styled(EntityKind::Bold, |out| out.words(""));
        let text = out.finish();
        assert_eq!(text.text(), "\u{2068}—\u{2069}\u{2068}—\u{2069}");
        assert!(text.entities().iter().all(|entity| entity.length > 0));
    }
}
