//! Valid updates of every kind that the Bot API has, made from its schema.

use serde_json::Value;

use super::json::Json;

/// The official Bot API 10.3 as data.
const SCHEMA: &str = include_str!("../../../simulator/schema/bot-api-10.3.json");

/// Below this depth lists are empty, and of several forms only the first is used.
const PLAIN: usize = 3;

/// Below this depth objects have no fields, should the schema go on for ever.
const DEEPEST: usize = 9;

/// A letter of two UTF-16 units among letters of one: formatting can point into its middle.
const TEXTS: &[&str] = &["/start", "/start join_Ab12", "😀 قُرعة", "/help", "/settings", "مرحبا 😀😀", ""];

/// What is in every message, so that there is something to break where Qura reads.
const READ: &[&str] = &["from", "text", "entities", "reply_to_message", "forward_origin", "chat_shared"];

const ENTITIES: &[&str] =
    &["bold", "bot_command", "text_link", "text_mention", "custom_emoji", "pre", "date_time"];

/// Who and where an update is about.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    pub person: i64,
    /// A negative number.
    pub group: i64,
}

/// All shapes of the Bot API.
pub struct Corpus {
    types: Value,
    kinds: Vec<String>,
}

/// What one update is made with.
struct Draft<'a> {
    types: &'a Value,
    scene: Scene,
    /// Decides whatever may be this or that.
    variant: u64,
    in_private: bool,
    /// Above this depth everything is there that may be.
    optional: usize,
}

impl Corpus {
    pub fn new() -> Self {
        let mut schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let types = schema["types"].take();
        let fields = types["Update"]["fields"].as_object().unwrap();
        let kinds = fields.keys().filter(|name| *name != "update_id").cloned().collect();
        Self { types, kinds }
    }

    /// The kinds by their names in `Update`.
    pub fn kinds(&self) -> &[String] {
        &self.kinds
    }

    /// A kind by any number. Half of the numbers mean what everything begins with: a message.
    pub fn kind(&self, number: u32) -> &str {
        if number.is_multiple_of(2) { "message" } else { &self.kinds[number as usize / 2 % self.kinds.len()] }
    }

    /// A valid update. The variant decides how much is in it, and what.
    pub fn update(&self, id: i64, kind: &str, scene: Scene, variant: u64) -> Json {
        let draft = Draft {
            types: &self.types,
            scene,
            variant: variant / 64,
            in_private: variant.is_multiple_of(2) && kind != "channel_post",
            optional: match variant / 2 % 32 {
                0 => 2,
                1..5 => 1,
                _ => 0,
            },
        };
        let shape = self.types["Update"]["fields"][kind][0][0].as_str().unwrap();
        Json::object([("update_id", Json::token(id.to_string())), (kind, draft.value(shape, kind, 0))])
    }
}

impl Default for Corpus {
    fn default() -> Self {
        Self::new()
    }
}

impl Draft<'_> {
    fn choice<'t, T: ?Sized>(&self, of: &'t [&'t T]) -> &'t T {
        of[(self.variant % of.len() as u64) as usize]
    }

    fn value(&self, shape: &str, field: &str, depth: usize) -> Json {
        if let Some(item) = shape.strip_prefix("Array of ") {
            let deep = depth > PLAIN;
            return Json::Array(if deep { Vec::new() } else { vec![self.value(item, field, depth + 1)] });
        }
        match shape {
            "Integer" => Json::token(if field.contains("date") { "1790000000" } else { "3" }),
            "Float" => Json::token("1.5"),
            "Boolean" | "True" => Json::token("true"),
            "String" => Json::string(match field {
                "text" | "caption" => self.choice(TEXTS),
                "data" => "menu:home",
                "language_code" => "ar",
                _ => "س",
            }),
            _ => self.object(shape, field, depth),
        }
    }

    fn object(&self, shape: &str, field: &str, depth: usize) -> Json {
        let described = &self.types[shape];
        if let Some(subtypes) = described["subtypes"].as_array() {
            let which = self.variant % subtypes.len() as u64;
            let subtype = if depth > PLAIN { 0 } else { which as usize };
            return self.value(subtypes[subtype].as_str().unwrap(), field, depth);
        }
        let mut fields = Vec::new();
        for (name, field) in described["fields"].as_object().into_iter().flatten() {
            let required = field[1] == 1;
            let read = depth == 0 && shape == "Message" && READ.contains(&name.as_str());
            if depth > DEEPEST || !(required || read || depth < self.optional) {
                continue;
            }
            let value = match field[2].as_str() {
                Some(constant) => Json::string(constant),
                None => self
                    .special(shape, name)
                    .unwrap_or_else(|| self.value(field[0][0].as_str().unwrap(), name, depth + 1)),
            };
            fields.push((name.as_str(), value));
        }
        if shape == "MessageEntity" {
            fields.extend(self.what_an_entity_needs(&fields));
        }
        Json::object(fields)
    }

    /// Fields whose values the schema does not know.
    fn special(&self, shape: &str, field: &str) -> Option<Json> {
        let number = |number: i64| Some(Json::token(number.to_string()));
        match (shape, field) {
            ("User", "id") => number(self.scene.person),
            ("User", "is_bot") => Some(Json::token("false")),
            ("Chat", "id") if self.in_private => number(self.scene.person),
            ("Chat", "id") => number(self.scene.group),
            ("Chat", "type") if self.in_private => Some(Json::string("private")),
            ("Chat", "type") => Some(Json::string(self.choice(&["group", "supergroup", "channel"]))),
            // Then it would be nobody's own word.
            ("Message", "sender_chat") if self.in_private => Some(Json::token("null")),
            ("Message", "from") => Some(self.value("User", "from", 1)),
            ("Message", "text") => Some(Json::string(self.choice(TEXTS))),
            ("MessageEntity", "type") => Some(Json::string(self.choice(ENTITIES))),
            ("MessageEntity", "offset") => number(0),
            ("MessageEntity", "length") => number(2),
            _ => None,
        }
    }

    /// Some kinds of entities need fields that others do not have.
    fn what_an_entity_needs<'n>(&self, present: &[(&str, Json)]) -> Option<(&'n str, Json)> {
        let needed = match self.choice(ENTITIES) {
            "text_link" => ("url", Json::string("https://example.org")),
            "text_mention" => ("user", self.object("User", "user", DEEPEST)),
            "custom_emoji" => ("custom_emoji_id", Json::string("5")),
            _ => return None,
        };
        present.iter().all(|(name, _)| *name != needed.0).then_some(needed)
    }
}
