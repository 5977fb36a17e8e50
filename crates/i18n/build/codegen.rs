//! Writes the enum `Msg` and the code that renders it.

use std::fmt::Write as _;

use crate::catalog::{Catalog, Message, Wording};
use crate::markup::{self, Kind, Node, Style};

/// Rust source for `src/msg.rs` to include.
pub fn source(catalog: &Catalog) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_source(&mut out, catalog);
    out
}

fn write_source(out: &mut String, catalog: &Catalog) -> std::fmt::Result {
    let messages = &catalog.messages;
    out.push_str("/// Everything that Qura says to people, with what each sentence needs.\n");
    out.push_str("///\n/// Stored by key, so messages may be reordered between versions, but not renamed.\n");
    out.push_str("#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]\npub enum Msg {\n");
    for message in messages {
        writeln!(out, "    #[doc = {:?}]\n    #[serde(rename = {:?})]", documentation(message), message.key)?;
        writeln!(out, "    {},", declaration(message))?;
    }
    out.push_str("}\n\nimpl Msg {\n    /// The keys of all messages, in the order of the message file.\n");
    out.push_str("    pub const KEYS: &'static [&'static str] = &[\n");
    for message in messages {
        writeln!(out, "        {:?},", message.key)?;
    }
    out.push_str("    ];\n\n    /// The message's key in the message files.\n");
    out.push_str("    #[expect(clippy::too_many_lines, reason = \"as long as there are messages\")]\n");
    out.push_str("    pub const fn key(&self) -> &'static str {\n        match self {\n");
    for message in messages {
        writeln!(out, "            Self::{} {{ .. }} => {:?},", message.variant, message.key)?;
    }
    out.push_str("        }\n    }\n\n    #[expect(clippy::too_many_lines, reason = \"as long as there are messages\")]\n    fn write(&self, out: &mut Writer) {\n        match (self, out.language()) {\n");
    for message in messages {
        for (language, wording) in &message.wordings {
            writeln!(out, "            ({}, Language::{}) => {{", pattern(message), language.variant)?;
            write_wording(out, wording)?;
            out.push_str("            }\n");
        }
    }
    out.push_str(
        "        }\n    }\n\n    /// One of each message, all with the same arguments.\n    #[cfg(test)]\n",
    );
    out.push_str("    #[expect(clippy::too_many_lines, reason = \"as long as there are messages\")]\n");
    out.push_str("    pub(crate) fn every(sample: &crate::sample::Sample) -> Vec<Self> {\n        vec![\n");
    for message in messages {
        writeln!(out, "            {},", sample(message))?;
    }
    out.push_str("        ]\n    }\n}\n");
    Ok(())
}

/// The first language's text, out of reach of Markdown.
fn documentation(message: &Message) -> String {
    let text = match message.wordings.first() {
        None => String::new(),
        Some((_, Wording::Same(nodes))) => markup::bare(nodes),
        Some((_, Wording::ByCount(forms))) => {
            let lines: Vec<String> =
                forms.iter().map(|(form, nodes)| format!("{form}: {}", markup::bare(nodes))).collect();
            lines.join("\n")
        }
    };
    format!("```text\n{text}\n```")
}

fn declaration(message: &Message) -> String {
    fields(message, |name, kind| {
        let rust = match kind {
            Kind::Text | Kind::Short(_) | Kind::Code | Kind::Url => "String",
            Kind::Number => "i64",
            Kind::Duration => "Duration",
            Kind::Date => "LocalTime",
            Kind::Zone => "Timezone",
        };
        format!("{name}: {rust}")
    })
}

fn sample(message: &Message) -> String {
    let value = |kind| match kind {
        Kind::Text | Kind::Short(_) | Kind::Code | Kind::Url => "sample.text.clone()",
        Kind::Number => "sample.number",
        Kind::Duration => "sample.duration",
        Kind::Date => "sample.date",
        Kind::Zone => "sample.zone",
    };
    format!("Self::{}", fields(message, |name, kind| format!("{name}: {}", value(kind))))
}

fn pattern(message: &Message) -> String {
    format!("Self::{}", fields(message, |name, _| name.to_owned()))
}

fn fields(message: &Message, field: impl Fn(&str, Kind) -> String) -> String {
    let fields: Vec<String> = message.arguments.iter().map(|a| field(&a.name, a.kind)).collect();
    match fields.is_empty() {
        true => message.variant.clone(),
        false => format!("{} {{ {} }}", message.variant, fields.join(", ")),
    }
}

fn write_wording(out: &mut String, wording: &Wording) -> std::fmt::Result {
    match wording {
        Wording::Same(nodes) => write_nodes(out, nodes),
        Wording::ByCount(forms) => {
            out.push_str("match PluralForm::of(*count, out.language()) {\n");
            for (form, nodes) in forms {
                let variant = match *form {
                    "zero" => "PluralForm::Zero",
                    "one" => "PluralForm::One",
                    "two" => "PluralForm::Two",
                    "few" => "PluralForm::Few",
                    "many" => "PluralForm::Many",
                    // «Other» comes last in every language and takes what the language does not tell apart.
                    _ => "_",
                };
                writeln!(out, "{variant} => {{")?;
                write_nodes(out, nodes)?;
                out.push_str("}\n");
            }
            out.push_str("}\n");
            Ok(())
        }
    }
}

fn write_nodes(out: &mut String, nodes: &[Node]) -> std::fmt::Result {
    for node in nodes {
        match node {
            Node::Text(text) => writeln!(out, "out.text({text:?});")?,
            Node::Argument(argument) => {
                let name = &argument.name;
                match argument.kind {
                    Kind::Text => writeln!(out, "out.words({name});")?,
                    Kind::Short(most) => writeln!(out, "out.short({name}, {most});")?,
                    Kind::Number => writeln!(out, "out.number(*{name});")?,
                    Kind::Code => writeln!(out, "out.code({name});")?,
                    Kind::Duration => writeln!(out, "out.duration(*{name});")?,
                    Kind::Date => writeln!(out, "out.date(*{name});")?,
                    Kind::Zone => writeln!(out, "out.zone(*{name});")?,
                    // Stands only in `Style::Link`.
                    Kind::Url => {}
                }
            }
            Node::Styled(Style::Code, inner) => writeln!(out, "out.fixed_code({:?});", markup::bare(inner))?,
            Node::Styled(style, inner) => {
                match style {
                    Style::LeftToRight => out.push_str("out.left_to_right(|out| {\n"),
                    Style::Bold => out.push_str("out.styled(EntityKind::Bold, |out| {\n"),
                    Style::Italic => out.push_str("out.styled(EntityKind::Italic, |out| {\n"),
                    Style::Quote => out.push_str("out.styled(EntityKind::Blockquote, |out| {\n"),
                    Style::Link(url) => {
                        writeln!(out, "out.styled(EntityKind::TextLink {{ url: {url}.clone() }}, |out| {{")?;
                    }
                    Style::Code => {}
                }
                write_nodes(out, inner)?;
                out.push_str("});\n");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plural::LANGUAGES;

    #[test]
    fn words_of_the_files_are_data_and_keys_are_the_stored_names() {
        let [arabic, english] = &LANGUAGES;
        let text = r#"{"a.b": "\"); panic!(\"<b>{name}</b>"}"#;
        let catalog = Catalog::read(&[(arabic, text.to_owned()), (english, text.to_owned())]).unwrap();
        let source = source(&catalog);
        assert!(source.contains(r#"#[serde(rename = "a.b")]"#), "{source}");
        assert!(source.contains("AB { name: String },"), "{source}");
        assert!(source.contains(r#"out.text("\"); panic!(\"");"#), "{source}");
        assert!(source.contains("out.styled(EntityKind::Bold, |out| {\nout.words(name);\n});"), "{source}");
    }
}
