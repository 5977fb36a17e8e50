//! Writing fields into JSON objects without the panics of indexing.

use serde_json::Value;

pub trait Put {
    /// Sets a field of an object; what is not an object stays as it is.
    fn put(&mut self, name: &str, value: impl Into<Value>);
}

impl Put for Value {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        if let Self::Object(fields) = self {
            fields.insert(name.to_owned(), value.into());
        }
    }
}
