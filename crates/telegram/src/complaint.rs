//! Says why JSON was not understood, without repeating what people wrote in it.

/// The error with what it quotes from the text left out: it goes into logs, messages must not.
pub fn complaint(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if let Some((before, rest)) = text.split_once("unknown variant `")
        && let Some((_, after)) = rest.rsplit_once("`, expected")
    {
        return format!("{before}unknown variant …, expected{after}");
    }
    match (text.find('"'), text.rfind('"')) {
        (Some(first), Some(last)) if first < last => {
            let (before, after) = (text.get(..first), text.get(last + 1..));
            format!("{}…{}", before.unwrap_or_default(), after.unwrap_or_default())
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> String {
        complaint(&serde_json::from_str::<i64>(json).unwrap_err())
    }

    #[test]
    fn names_the_place_and_not_the_words() {
        assert_eq!(of(r#""رسالة \"خاصة\" جدا""#), "invalid type: string …, expected i64 at line 1 column 32");
        assert_eq!(of("1.5"), "invalid type: floating point `1.5`, expected i64 at line 1 column 3");
        assert_eq!(of(""), "EOF while parsing a value at line 1 column 0");
    }

    #[test]
    fn a_word_that_is_none_of_the_known_ones_is_not_repeated() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Known {
            One,
            Two,
        }
        for written in ["secret", "`, expected \\\"x\\\" secret"] {
            let error = serde_json::from_str::<Known>(&format!("\"{written}\"")).unwrap_err();
            let complaint = complaint(&error);
            assert!(
                complaint.starts_with("unknown variant …, expected `one` or `two` at line 1"),
                "{complaint}"
            );
        }
        assert!(matches!(
            (serde_json::from_str("\"one\""), serde_json::from_str("\"two\"")),
            (Ok(Known::One), Ok(Known::Two))
        ));
    }
}
