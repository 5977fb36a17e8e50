//! Parses one text of a message file: its words, placeholders and formatting.

use std::fmt;

use crate::name;

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Text(String),
    Argument(Placeholder),
    Styled(Style, Vec<Node>),
}

/// What a tag does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Style {
    Bold,
    Italic,
    Code,
    Quote,
    /// No formatting: keeps Latin commands, links and dates in order inside of Arabic.
    LeftToRight,
    /// With the name of the placeholder that holds the address.
    Link(String),
}

/// `{name}` or `{name:kind}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder {
    pub name: String,
    pub kind: Kind,
}

/// The type of a placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// Text of at most so many characters: whatever is longer is cut.
    Short(u8),
    Number,
    Code,
    Url,
    Duration,
    Date,
    Zone,
}

/// What any text is cut to: `MAX_WORDS` of `src/bidi.rs`.
pub const LONGEST: u8 = 128;

impl Kind {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "number" => Some(Self::Number),
            "code" => Some(Self::Code),
            "url" => Some(Self::Url),
            "duration" => Some(Self::Duration),
            "date" => Some(Self::Date),
            "zone" => Some(Self::Zone),
            _ if name.bytes().all(|byte| byte.is_ascii_digit()) => {
                name.parse().ok().filter(|most| (1..LONGEST).contains(most)).map(Self::Short)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Text => return write!(f, "{{{}}}", self.name),
            Kind::Short(most) => return write!(f, "{{{}:{most}}}", self.name),
            Kind::Number => "number",
            Kind::Code => "code",
            Kind::Url => "url",
            Kind::Duration => "duration",
            Kind::Date => "date",
            Kind::Zone => "zone",
        };
        write!(f, "{{{}:{kind}}}", self.name)
    }
}

/// Why a text cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub enum MarkupError {
    Empty,
    /// `{`, `}` or `<` that opens or closes nothing.
    Stray(char),
    BadName(String),
    UnknownKind(String),
    UnknownTag(String),
    NotClosed(&'static str),
    NotOpened(String),
    EmptyTag(&'static str),
    /// An address outside of `href`.
    UrlInText(String),
    /// `<a>` without an address of the form `href="{name:url}"`.
    BadLink,
    /// Telegram keeps these apart: the outer tag, the inner one.
    Nesting(&'static str, &'static str),
}

impl fmt::Display for MarkupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the text is empty"),
            Self::Stray(sign) => write!(f, "`{sign}` belongs to no placeholder and no tag"),
            Self::BadName(name) => write!(f, "`{name}` cannot be the name of a placeholder"),
            Self::UnknownKind(kind) => write!(
                f,
                "the placeholder type `{kind}` is unknown (known: number, code, url, duration, date, zone, \
                 and for text of limited length 1 to {})",
                LONGEST - 1
            ),
            Self::UnknownTag(tag) => {
                write!(f, "the tag `<{tag}>` is unknown (known: b, i, code, quote, ltr, a)")
            }
            Self::NotClosed(tag) => write!(f, "`<{tag}>` is not closed"),
            Self::NotOpened(tag) => write!(f, "`</{tag}>` does not close the tag before it"),
            Self::EmptyTag(tag) => write!(f, "`<{tag}>` has nothing inside"),
            Self::UrlInText(name) => {
                write!(f, "`{{{name}:url}}` may stand only in `<a href=\"{{{name}:url}}\">`")
            }
            Self::BadLink => write!(f, "`<a>` needs an address of the form `<a href=\"{{name:url}}\">`"),
            Self::Nesting(outer, inner) => write!(f, "`<{inner}>` may not stand inside of `<{outer}>`"),
        }
    }
}

/// The pieces of a text.
pub fn parse(text: &str) -> Result<Vec<Node>, MarkupError> {
    let mut parser = Parser { rest: text };
    let nodes = parser.nodes(&[])?;
    if nodes.is_empty() { Err(MarkupError::Empty) } else { Ok(nodes) }
}

/// Every placeholder with its type, in order of appearance, also those in addresses.
pub fn placeholders(nodes: &[Node]) -> Vec<Placeholder> {
    let mut found = Vec::new();
    for node in nodes {
        match node {
            Node::Text(_) => {}
            Node::Argument(placeholder) => found.push(placeholder.clone()),
            Node::Styled(style, inner) => {
                if let Style::Link(name) = style {
                    found.push(Placeholder { name: name.clone(), kind: Kind::Url });
                }
                found.extend(placeholders(inner));
            }
        }
    }
    found
}

/// The text without its tags, as a reader of the code wants to see it.
pub fn bare(nodes: &[Node]) -> String {
    let piece = |node: &Node| match node {
        Node::Text(text) => text.clone(),
        Node::Argument(placeholder) => format!("{{{}}}", placeholder.name),
        Node::Styled(_, inner) => bare(inner),
    };
    nodes.iter().map(piece).collect()
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    /// Reads up to the end, or to the tag that closes the last of `open`.
    fn nodes(&mut self, open: &[&'static str]) -> Result<Vec<Node>, MarkupError> {
        let mut nodes = Vec::new();
        loop {
            let plain = self.take_until(|c| matches!(c, '<' | '{' | '}'));
            if !plain.is_empty() {
                nodes.push(Node::Text(plain.to_owned()));
            }
            let Some(sign) = self.rest.chars().next() else {
                return open.last().map_or(Ok(nodes), |tag| Err(MarkupError::NotClosed(tag)));
            };
            match sign {
                '{' => nodes.push(Node::Argument(self.argument(open)?)),
                '<' => {
                    let tag = self.bracketed('<', '>')?;
                    match tag.strip_prefix('/') {
                        Some(closing) if open.last() == Some(&closing) => return Ok(nodes),
                        Some(closing) => return Err(MarkupError::NotOpened(closing.to_owned())),
                        None => nodes.push(self.styled(tag, open)?),
                    }
                }
                stray => return Err(MarkupError::Stray(stray)),
            }
        }
    }

    fn argument(&mut self, open: &[&'static str]) -> Result<Placeholder, MarkupError> {
        let placeholder = placeholder(self.bracketed('{', '}')?)?;
        let code = placeholder.kind == Kind::Code;
        match open.iter().find(|tag| **tag == "code" || (code && !matches!(**tag, "quote" | "ltr"))) {
            _ if placeholder.kind == Kind::Url => Err(MarkupError::UrlInText(placeholder.name)),
            Some(outer) => Err(MarkupError::Nesting(outer, "{…}")),
            None => Ok(placeholder),
        }
    }

    fn styled(&mut self, tag: &str, open: &[&'static str]) -> Result<Node, MarkupError> {
        let (tag, style) = match tag {
            "b" => ("b", Style::Bold),
            "i" => ("i", Style::Italic),
            "code" => ("code", Style::Code),
            "quote" => ("quote", Style::Quote),
            "ltr" => ("ltr", Style::LeftToRight),
            "a" => return Err(MarkupError::BadLink),
            _ => match tag.strip_prefix("a ") {
                Some(attributes) => ("a", Style::Link(address(attributes)?)),
                None => return Err(MarkupError::UnknownTag(tag.to_owned())),
            },
        };
        if let Some(outer) = open.iter().find(|outer| !may_hold(outer, tag)) {
            return Err(MarkupError::Nesting(outer, tag));
        }
        let inner = self.nodes(&[open, &[tag]].concat())?;
        let blank = bare(&inner).trim().is_empty();
        if blank { Err(MarkupError::EmptyTag(tag)) } else { Ok(Node::Styled(style, inner)) }
    }

    /// Takes what stands between two signs.
    fn bracketed(&mut self, open: char, close: char) -> Result<&'a str, MarkupError> {
        let inside = self.rest.strip_prefix(open).and_then(|rest| rest.split_once(close));
        let (inside, rest) = inside.ok_or(MarkupError::Stray(open))?;
        self.rest = rest;
        Ok(inside)
    }

    fn take_until(&mut self, stop: impl Fn(char) -> bool) -> &'a str {
        let (taken, rest) = self.rest.split_at(self.rest.find(stop).unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }
}

/// Bot API, «Formatting options»: code holds and is held by nothing but quotes; quotes, links and the same
/// style do not nest.
fn may_hold(outer: &str, inner: &str) -> bool {
    match (outer, inner) {
        ("code", _) | (_, "quote") => false,
        ("b" | "i" | "a", "code") => false,
        _ => outer != inner,
    }
}

fn placeholder(inside: &str) -> Result<Placeholder, MarkupError> {
    let (name, kind) = match inside.split_once(':') {
        Some((name, kind)) => {
            (name, Kind::from_name(kind).ok_or_else(|| MarkupError::UnknownKind(kind.to_owned()))?)
        }
        None => (inside, Kind::Text),
    };
    let named = name::is_field(name);
    if named {
        Ok(Placeholder { name: name.to_owned(), kind })
    } else {
        Err(MarkupError::BadName(name.into()))
    }
}

/// The placeholder's name in `href="{name:url}"`.
fn address(attributes: &str) -> Result<String, MarkupError> {
    let inside = attributes.strip_prefix("href=\"{").and_then(|rest| rest.strip_suffix("}\""));
    let placeholder = placeholder(inside.ok_or(MarkupError::BadLink)?)?;
    if placeholder.kind == Kind::Url { Ok(placeholder.name) } else { Err(MarkupError::BadLink) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Node {
        Node::Text(text.to_owned())
    }

    fn argument(name: &str, kind: Kind) -> Node {
        Node::Argument(Placeholder { name: name.to_owned(), kind })
    }

    #[test]
    fn reads_words_placeholders_and_nested_tags() {
        let bold = Node::Styled(
            Style::Bold,
            vec![argument("name", Kind::Text), text(" "), { Node::Styled(Style::Italic, vec![text("x")]) }],
        );
        let link = Node::Styled(Style::Link("post".into()), vec![argument("n", Kind::Number)]);
        let nodes = vec![text("أهلًا "), bold, text(" > "), link];
        let written = "أهلًا <b>{name} <i>x</i></b> > <a href=\"{post:url}\">{n:number}</a>";
        assert_eq!(parse(written).as_ref(), Ok(&nodes));
        let found: Vec<String> = placeholders(&nodes).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["{name}", "{post:url}", "{n:number}"]);
        assert_eq!(bare(&nodes), "أهلًا {name} x > {n}");
        assert_eq!(parse("{digest:43}"), Ok(vec![argument("digest", Kind::Short(43))]));
    }

    #[test]
    fn says_what_is_malformed() {
        use MarkupError::*;
        for (written, error) in [
            ("", Empty),
            ("a } b", Stray('}')),
            ("a { b", Stray('{')),
            ("a < b", Stray('<')),
            ("{}", BadName("".into())),
            ("{Name}", BadName("Name".into())),
            ("{type}", BadName("type".into())),
            ("{n:float}", UnknownKind("float".into())),
            ("{n:text}", UnknownKind("text".into())),
            ("{n:}", UnknownKind("".into())),
            ("{n:0}", UnknownKind("0".into())),
            ("{n:128}", UnknownKind("128".into())),
            ("{n:+43}", UnknownKind("+43".into())),
            ("<u>x</u>", UnknownTag("u".into())),
            ("<b>x", NotClosed("b")),
            ("x</b>", NotOpened("b".into())),
            ("<b><i>x</b></i>", NotOpened("b".into())),
            ("<b> </b>", EmptyTag("b")),
            ("{link:url}", UrlInText("link".into())),
            ("<a>x</a>", BadLink),
            ("<a href=\"https://x.y\">x</a>", BadLink),
            ("<a href=\"{link}\">x</a>", BadLink),
        ] {
            assert_eq!(parse(written), Err(error), "{written}");
        }
    }

    #[test]
    fn keeps_apart_what_telegram_keeps_apart() {
        for (outer, inner) in [("b", "b"), ("b", "code"), ("code", "b"), ("quote", "quote"), ("b", "quote")] {
            let written = format!("<{outer}><{inner}>x</{inner}></{outer}>");
            let refused = parse(&written);
            assert!(matches!(refused, Err(MarkupError::Nesting(_, _))), "{written}: {refused:?}");
        }
        assert!(parse("<b>{c:code}</b>").is_err() && parse("<code>{name}</code>").is_err());
        assert!(parse("<quote><b>x</b> <code>y</code> {c:code}</quote>").is_ok());
        assert!(parse("<b><ltr>/start</ltr></b>").is_ok());
    }
}
