//! Reads a message file: one JSON object of texts and of plural forms, in its order.
//!
//! Written here because a message file needs what general readers do not give: a key that stands twice is an
//! error instead of a silent replacement, and each error names its line.

use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

/// What stands behind a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    /// Plural forms by name.
    Forms(Vec<(String, String)>),
}

/// Why a file cannot be read, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct JsonError {
    pub line: usize,
    pub problem: Problem,
}

/// What is wrong with a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    Expected(&'static str),
    BadEscape,
    /// A line break or another control character inside of a string; JSON wants it escaped.
    RawControl,
    Duplicate(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expected(what) => write!(f, "expected {what}"),
            Self::BadEscape => write!(f, "a backslash sequence that JSON does not know"),
            Self::RawControl => write!(f, "a line break or control character inside of a string"),
            Self::Duplicate(key) => write!(f, "the key `{key}` stands here for the second time"),
        }
    }
}

/// The entries of a message file, in order.
pub fn read(text: &str) -> Result<Vec<(String, Value)>, JsonError> {
    let mut reader = Reader { rest: text.chars().peekable(), line: 1 };
    let entries = reader.object(Reader::value)?;
    reader.skip_space();
    match reader.rest.peek() {
        None => Ok(entries),
        Some(_) => reader.fail(Problem::Expected("the end of the file")),
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Value, JsonError> {
        self.skip_space();
        match self.rest.peek() {
            Some('"') => self.string().map(Value::Text),
            Some('{') => self.object(Self::string).map(Value::Forms),
            _ => self.fail(Problem::Expected("a text in quotes or an object of plural forms")),
        }
    }

    fn object<V>(
        &mut self,
        value: impl Fn(&mut Self) -> Result<V, JsonError>,
    ) -> Result<Vec<(String, V)>, JsonError> {
        self.sign('{', "`{`")?;
        let mut entries: Vec<(String, V)> = Vec::new();
        self.skip_space();
        if self.rest.next_if_eq(&'}').is_some() {
            return Ok(entries);
        }
        loop {
            let key = self.string()?;
            if entries.iter().any(|(known, _)| *known == key) {
                return self.fail(Problem::Duplicate(key));
            }
            self.sign(':', "`:`")?;
            let value = value(self)?;
            entries.push((key, value));
            self.skip_space();
            if self.rest.next_if_eq(&',').is_none() {
                self.sign('}', "`,` or `}`")?;
                return Ok(entries);
            }
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.sign('"', "a text in quotes")?;
        let mut text = String::new();
        loop {
            match self.rest.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escape()?),
                Some(c) if c.is_control() => return self.fail(Problem::RawControl),
                Some(c) => text.push(c),
                None => return self.fail(Problem::Expected("the end of a text (a quote)")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        match self.rest.next() {
            Some(c @ ('"' | '\\' | '/')) => Ok(c),
            Some('n') => Ok('\n'),
            Some('t') => Ok('\t'),
            Some('u') => self.unicode(),
            _ => self.fail(Problem::BadEscape),
        }
    }

    /// The character of `\uXXXX`, or of two of them that are a surrogate pair.
    fn unicode(&mut self) -> Result<char, JsonError> {
        let first = self.hex()?;
        let single = char::decode_utf16([first]).next().and_then(Result::ok);
        if let Some(c) = single {
            return Ok(c);
        }
        if self.rest.next() != Some('\\') || self.rest.next() != Some('u') {
            return self.fail(Problem::BadEscape);
        }
        let second = self.hex()?;
        match char::decode_utf16([first, second]).next() {
            Some(Ok(c)) => Ok(c),
            _ => self.fail(Problem::BadEscape),
        }
    }

    fn hex(&mut self) -> Result<u16, JsonError> {
        let mut unit = 0;
        for _ in 0..4 {
            match self.rest.next().and_then(|c| c.to_digit(16)) {
                Some(digit) => unit = unit << 4 | digit as u16,
                None => return self.fail(Problem::BadEscape),
            }
        }
        Ok(unit)
    }

    fn sign(&mut self, sign: char, name: &'static str) -> Result<(), JsonError> {
        self.skip_space();
        match self.rest.next_if_eq(&sign) {
            Some(_) => Ok(()),
            None => self.fail(Problem::Expected(name)),
        }
    }

    fn skip_space(&mut self) {
        while let Some(c) = self.rest.next_if(|c| matches!(c, ' ' | '\t' | '\r' | '\n')) {
            self.line += usize::from(c == '\n');
        }
    }

    fn fail<T>(&self, problem: Problem) -> Result<T, JsonError> {
        Err(JsonError { line: self.line, problem })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_texts_and_forms_in_order() {
        let file = "{\n \"b\": \"\\u0642\\n\\\"x\\\" \\ud83c\\udf89\",\n \"a\": {\"one\": \"1\", \"other\": \"n\"}\n}\n";
        let forms = vec![("one".to_owned(), "1".to_owned()), ("other".to_owned(), "n".to_owned())];
        assert_eq!(
            read(file),
            Ok(vec![
                ("b".to_owned(), Value::Text("ق\n\"x\" 🎉".to_owned())),
                ("a".to_owned(), Value::Forms(forms))
            ])
        );
        assert_eq!(read("{}"), Ok(vec![]));
    }

    #[test]
    fn refuses_a_key_that_stands_twice() {
        let twice = |key: &str| Problem::Duplicate(key.to_owned());
        assert_eq!(read("{\"a\": \"1\",\n\"a\": \"2\"}"), Err(JsonError { line: 2, problem: twice("a") }));
        let inner = read("{\"a\": {\"one\": \"1\", \"one\": \"2\"}}");
        assert_eq!(inner, Err(JsonError { line: 1, problem: twice("one") }));
    }

    #[test]
    fn names_the_line_of_what_is_no_message_file() {
        for (file, line) in [
            ("", 1),
            ("[]", 1),
            ("{\n\"a\": 1}", 2),
            ("{\n\n\"a\": \"x\",}", 3),
            ("{\"a\": \"x\"\n\"b\": \"y\"}", 2),
            ("{\"a\": \"x\ny\"}", 1),
            ("{\"a\": \"x", 1),
            ("{\"a\": \"\\q\"}", 1),
            ("{\"a\": \"\\ud83c\"}", 1),
            ("{\"a\": {\"one\": {}}}", 1),
            ("{}\n{}", 2),
        ] {
            assert_eq!(read(file).unwrap_err().line, line, "{file}");
        }
    }
}
