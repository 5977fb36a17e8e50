//! Compiles the schema file into shapes that refer to each other by index.

use std::collections::HashMap;
use std::io;

use serde::Deserialize;

use super::{Field, Kind, Method, Schema, Shape};

const SOURCE: &str = include_str!("../../schema/bot-api-10.3.json");

#[derive(Deserialize)]
struct File {
    methods: HashMap<String, FileMethod>,
    types: HashMap<String, FileType>,
}

#[derive(Deserialize)]
struct FileMethod {
    returns: Vec<String>,
    fields: HashMap<String, FileField>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FileType {
    Subtypes { subtypes: Vec<String> },
    Fields { fields: HashMap<String, FileField> },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FileField {
    Plain(Vec<String>, u8),
    Constant(Vec<String>, u8, String),
}

impl Schema {
    pub fn load() -> io::Result<Self> {
        let file: File = serde_json::from_str(SOURCE)?;
        let names: HashMap<String, usize> =
            file.types.keys().enumerate().map(|(index, name)| (name.clone(), index)).collect();
        let compiler = Compiler { types: &file.types, names: &names };
        let mut shapes: Vec<Shape> = names.iter().map(|_| Shape::empty()).collect();
        for (name, index) in &names {
            if let (Some(FileType::Fields { fields }), Some(slot)) =
                (file.types.get(name), shapes.get_mut(*index))
            {
                *slot = compiler.shape(fields);
            }
        }
        let methods = file
            .methods
            .iter()
            .map(|(name, method)| {
                let compiled = Method {
                    name: name.clone(),
                    parameters: compiler.shape(&method.fields),
                    returns: compiler.kind(&method.returns),
                };
                (name.to_ascii_lowercase(), compiled)
            })
            .collect();
        Ok(Self { shapes, by_name: names, methods })
    }
}

impl Shape {
    fn empty() -> Self {
        Self { fields: HashMap::new(), required: Vec::new() }
    }
}

struct Compiler<'a> {
    types: &'a HashMap<String, FileType>,
    names: &'a HashMap<String, usize>,
}

impl Compiler<'_> {
    fn shape(&self, fields: &HashMap<String, FileField>) -> Shape {
        let mut shape = Shape::empty();
        for (name, field) in fields {
            let (types, required, constant) = match field {
                FileField::Plain(types, required) => (types, *required == 1, None),
                FileField::Constant(types, required, value) => (types, *required == 1, Some(value.clone())),
            };
            if required {
                shape.required.push(name.clone());
            }
            shape.fields.insert(name.clone(), Field { kind: self.kind(types), constant });
        }
        shape.required.sort();
        shape
    }

    fn kind(&self, types: &[String]) -> Kind {
        let mut kinds: Vec<Kind> = types.iter().map(|name| self.named(name)).collect();
        match kinds.len() {
            1 => kinds.pop().unwrap_or(Kind::Any),
            _ => Kind::Union(kinds),
        }
    }

    fn named(&self, name: &str) -> Kind {
        if let Some(item) = name.strip_prefix("Array of ") {
            return Kind::Array(Box::new(self.named(item)));
        }
        match name {
            "Integer" => Kind::Integer,
            "Float" => Kind::Float,
            "Boolean" => Kind::Boolean,
            "True" => Kind::True,
            "String" | "InputFile" => Kind::Text,
            // A string, an array or one of many objects: rich texts have no behaviour here.
            "RichText" => Kind::Any,
            _ => match (self.types.get(name), self.names.get(name)) {
                (Some(FileType::Subtypes { subtypes }), _) => self.kind(subtypes),
                (Some(FileType::Fields { .. }), Some(index)) => Kind::Object(*index),
                _ => Kind::Any,
            },
        }
    }
}
