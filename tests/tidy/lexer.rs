//! Tells the code of a Rust file from its comments, from the contents of its literals, and from its tests.

use std::ops::Range;

/// A Rust text taken apart. Offsets are bytes of the original, which `code` keeps.
pub struct Lexed {
    /// The text with comments and the contents of literals blanked.
    pub code: String,
    pub literals: Vec<Literal>,
}

/// The content of a string or character literal, as it is written.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    pub offset: usize,
    pub text: String,
}

pub fn lex(text: &str) -> Lexed {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut literals = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let content = if rest.starts_with("//") {
            at..at + rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            at..at + block_comment(rest)
        } else if let Some(content) = literal(text, at) {
            literals.push(Literal { offset: content.start, text: text[content.clone()].to_owned() });
            content
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let is_comment = content.start == at;
        blank(&mut code, content.clone());
        // Behind a literal stands its closing quote.
        at = if is_comment { content.end } else { content.end + 1 };
    }
    Lexed { code: String::from_utf8(code).unwrap(), literals }
}

/// Replaces all but line breaks by blanks.
pub fn blank(code: &mut [u8], range: Range<usize>) {
    for byte in &mut code[range] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

/// The length of a block comment; they nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The content of the literal that begins here, if one does. Of `r#"…"#` only `r` is looked at, so that
/// `br` and `cr` need nothing of their own.
fn literal(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = &text[at..];
    if let Some(raw) = rest.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let is_name =
            text[..at].ends_with(|c: char| c.is_alphanumeric() && !matches!(c, 'b' | 'c') || c == '_');
        if !is_name && raw[hashes..].starts_with('"') {
            let start = at + 1 + hashes + 1;
            let end = text[start..].find(&format!("\"{}", "#".repeat(hashes)))?;
            return Some(start..start + end);
        }
        return None;
    }
    if rest.starts_with('"') {
        let start = at + 1;
        return Some(start..start + unescaped(&text[start..], '"')?);
    }
    let inside = rest.strip_prefix('\'')?;
    let start = at + 1;
    if inside.starts_with('\\') {
        return Some(start..start + unescaped(inside, '\'')?);
    }
    // A lifetime has no closing quote behind its first character.
    let first = inside.chars().next()?;
    inside[first.len_utf8()..].starts_with('\'').then(|| start..start + first.len_utf8())
}

/// Where the quote stands that no backslash hides.
fn unescaped(text: &str, quote: char) -> Option<usize> {
    let mut hidden = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if hidden => hidden = false,
            '\\' => hidden = true,
            c if c == quote => return Some(at),
            _ => {}
        }
    }
    None
}

/// The items of some code that only tests have, and the names of such modules in files of their own.
pub fn test_items(code: &str) -> (Vec<Range<usize>>, Vec<String>) {
    const ATTRIBUTE: &str = "#[cfg(test)]";
    let (mut items, mut modules) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(found) = code[at..].find(ATTRIBUTE) {
        let start = at + found;
        let end = item_end(code, start + ATTRIBUTE.len());
        let item = code[start + ATTRIBUTE.len()..end].trim();
        if let Some(name) = item.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
            modules.push(name.trim().to_owned());
        }
        items.push(start..end);
        at = end;
    }
    (items, modules)
}

/// Behind the `;` or the block that ends the item which begins here.
pub fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0;
    for (offset, c) in code[from..].char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(c, ';' | '}') {
            return from + offset + 1;
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked() {
        let text = r####"let a = "x // y\" z"; // unwrap()
/* a /* b */ c */ let b: &'static str = r#"q "r" "#; let c = '"'; let d = '\''; b"bytes" 'س'"####;
        let lexed = lex(text);
        let literals: Vec<_> = lexed.literals.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(literals, [r#"x // y\" z"#, r#"q "r" "#, "\"", "\\'", "bytes", "س"]);
        for word in ["unwrap", "q", "x", "bytes", "/*"] {
            assert!(!lexed.code.contains(word), "{word} in {}", lexed.code);
        }
        assert!(lexed.code.contains("&'static str = r#\"") && lexed.code.len() == text.len());
    }

    #[test]
    fn test_items_end_where_they_end() {
        let code = "fn a() {}\n#[cfg(test)]\npub fn of(v: &[(u8, u8)]) -> Self { x }\nfn b() {}\n#[cfg(test)]\nmod tests;\n";
        let (items, modules) = test_items(code);
        assert_eq!(items.len(), 2);
        assert_eq!(modules, ["tests"]);
        assert!(!code[items[0].clone()].contains("fn b"));
        let mut rest = code.as_bytes().to_vec();
        items.into_iter().for_each(|item| blank(&mut rest, item));
        let rest = String::from_utf8(rest).unwrap();
        assert_eq!(rest.split_whitespace().collect::<Vec<_>>(), ["fn", "a()", "{}", "fn", "b()", "{}"]);
    }
}
