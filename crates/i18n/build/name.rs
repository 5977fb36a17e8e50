//! The names that keys and placeholders give to variants and fields.

/// The variant of a key: `gate.still_missing` becomes `GateStillMissing`. `None` where the key is not made of
/// small Latin letters, digits, `_` and dots, each part beginning with a letter.
pub fn variant(key: &str) -> Option<String> {
    let mut name = String::new();
    for part in key.split('.') {
        if !is_word(part) {
            return None;
        }
        for word in part.split('_') {
            let mut letters = word.chars();
            name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            name.extend(letters);
        }
    }
    (name != "Self").then_some(name)
}

/// Whether a placeholder's name can be the name of a field.
pub fn is_field(name: &str) -> bool {
    const RESERVED: [&str; 18] = [
        "as", "box", "else", "enum", "fn", "for", "if", "in", "loop", "match", "mod", "move", "out", "ref",
        "self", "type", "use", "where",
    ];
    is_word(name) && !RESERVED.contains(&name)
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_variants() {
        assert_eq!(variant("gate.still_missing.alert").as_deref(), Some("GateStillMissingAlert"));
        for bad in ["", ".", "gate.", "Gate", "gate title", "gate.1", "قائمة", "self"] {
            assert_eq!(variant(bad), None, "{bad}");
        }
    }

    #[test]
    fn words_of_the_language_are_no_fields() {
        assert!(is_field("count") && is_field("max_2"));
        assert!(!is_field("type") && !is_field("Count") && !is_field("") && !is_field("out"));
    }
}
