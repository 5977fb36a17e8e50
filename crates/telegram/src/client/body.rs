//! What a call carries: its parameters as JSON, or as a form with a file.

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;
use serde_json::Value;

/// The body of a call. Cheap to clone, so that a call can be repeated.
#[derive(Clone)]
pub struct Body {
    pub content_type: HeaderValue,
    pub bytes: Bytes,
}

/// A file to upload.
pub struct File<'a> {
    /// The parameter that it is, or the name that follows `attach://` in one.
    pub part: &'a str,
    /// The name under which people save it.
    pub name: &'a str,
    pub content_type: &'a str,
    pub content: &'a [u8],
}

impl Body {
    pub fn json(parameters: &impl Serialize) -> Result<Self, serde_json::Error> {
        let bytes = serde_json::to_vec(parameters)?.into();
        Ok(Self { content_type: HeaderValue::from_static("application/json"), bytes })
    }

    /// `multipart/form-data` (RFC 7578): a part for each field of `parameters`, which must be an object,
    /// and one for the file. Strings go as they are, all else as JSON (Bot API, «Making requests»).
    ///
    /// No line of the file may be the boundary: 128 bits of chance are.
    pub fn form(
        parameters: &impl Serialize,
        file: &File<'_>,
        chance: [u8; 16],
    ) -> Result<Self, serde_json::Error> {
        let boundary = format!("qura-{:032x}", u128::from_be_bytes(chance));
        let Value::Object(fields) = serde_json::to_value(parameters)? else {
            return Err(serde::ser::Error::custom("parameters are an object"));
        };
        let mut bytes = Vec::with_capacity(file.content.len() + 2_048);
        let mut part = |head: &str, content: &[u8]| {
            let head = format!("--{boundary}\r\ncontent-disposition: form-data; {head}\r\n\r\n");
            bytes.extend_from_slice(head.as_bytes());
            bytes.extend_from_slice(content);
            bytes.extend_from_slice(b"\r\n");
        };
        for (name, value) in &fields {
            let value = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            part(&format!("name=\"{name}\""), value.as_bytes());
        }
        let File { part: name, name: file_name, content_type, content } = file;
        let file_name = quotable(file_name);
        part(&format!("name=\"{name}\"; filename=\"{file_name}\"\r\ncontent-type: {content_type}"), content);
        bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let content_type = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"));
        let content_type = content_type.map_err(serde::ser::Error::custom)?;
        Ok(Self { content_type, bytes: bytes.into() })
    }
}

/// A file's name in the only escapes that a form has (HTML, «multipart/form-data encoding algorithm»).
fn quotable(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_has_a_part_for_each_parameter_and_the_file_to_the_byte() {
        let parameters = json!({"chat_id": -1001, "caption": "«تقرير»", "reply_markup": {"a": ["b"]}});
        let content = b"a\r\n--qura-\0\xff";
        let file = File { part: "document", name: "a\"\r\nب.csv", content_type: "text/csv", content };
        let mut chance = [0; 16];
        chance[15] = 0xab;
        let body = Body::form(&parameters, &file, chance).unwrap();
        let boundary = "qura-000000000000000000000000000000ab";
        assert_eq!(body.content_type, format!("multipart/form-data; boundary={boundary}"));
        let mut expected = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"caption\"\r\n\r\n«تقرير»\r\n\
             --{boundary}\r\ncontent-disposition: form-data; name=\"chat_id\"\r\n\r\n-1001\r\n\
             --{boundary}\r\ncontent-disposition: form-data; name=\"reply_markup\"\r\n\r\n{{\"a\":[\"b\"]}}\r\n\
             --{boundary}\r\ncontent-disposition: form-data; name=\"document\"; filename=\"a%22%0D%0Aب.csv\"\r\n\
             content-type: text/csv\r\n\r\n"
        )
        .into_bytes();
        expected.extend_from_slice(content);
        expected.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        assert_eq!(String::from_utf8_lossy(&body.bytes), String::from_utf8_lossy(&expected));
        assert_eq!(body.bytes, expected);
    }

    #[test]
    fn parameters_that_are_no_object_make_no_form() {
        let file = File { part: "a", name: "a", content_type: "text/csv", content: b"" };
        assert!(Body::form(&json!([1]), &file, [0; 16]).is_err());
    }
}
