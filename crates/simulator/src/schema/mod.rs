//! The official Bot API schema, compiled once into a fast checker of requests and answers.

mod check;
mod compile;

use std::collections::HashMap;

/// What a value may be.
pub enum Kind {
    Any,
    Integer,
    Float,
    Boolean,
    True,
    Text,
    Array(Box<Kind>),
    Object(usize),
    Union(Vec<Kind>),
}

pub struct Field {
    pub kind: Kind,
    /// The only text that the field may hold; tells the subtypes of a type apart.
    constant: Option<String>,
}

/// An object's fields: a type's, or a method's parameters.
pub struct Shape {
    fields: HashMap<String, Field>,
    required: Vec<String>,
}

pub struct Method {
    pub name: String,
    pub parameters: Shape,
    pub returns: Kind,
}

pub struct Schema {
    shapes: Vec<Shape>,
    by_name: HashMap<String, usize>,
    /// By lower-cased name: Telegram takes method names in any case.
    methods: HashMap<String, Method>,
}

impl Schema {
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.methods.get(&name.to_ascii_lowercase())
    }

    /// The kinds of updates that Telegram knows.
    pub fn update_kinds(&self) -> impl Iterator<Item = &str> {
        let update = self.by_name.get("Update").and_then(|index| self.shapes.get(*index));
        update
            .into_iter()
            .flat_map(|shape| shape.fields.keys())
            .map(String::as_str)
            .filter(|n| *n != "update_id")
    }
}

impl Shape {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(name)
    }
}

impl Kind {
    pub fn allows_text(&self) -> bool {
        match self {
            Self::Text | Self::Any => true,
            Self::Union(kinds) => kinds.iter().any(Self::allows_text),
            _ => false,
        }
    }

    pub fn allows_integer(&self) -> bool {
        match self {
            Self::Integer => true,
            Self::Union(kinds) => kinds.iter().any(Self::allows_integer),
            _ => false,
        }
    }
}
