//! Reads the Bot API's objects from objects alone.

/// Makes shapes that are `#[serde(remote = "Self")]` readable. The derived reader would also take a list,
/// its items for the fields in their order: `[7, "private", …]` would be a chat.
macro_rules! from_objects {
    ($($shape:ty),+) => {$(
        impl<'de> serde::Deserialize<'de> for $shape {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Fields;

                impl<'de> serde::de::Visitor<'de> for Fields {
                    type Value = $shape;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<$shape, A::Error> {
                        // The derived one, which has the same name.
                        <$shape>::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                    }
                }

                deserializer.deserialize_map(Fields)
            }
        }
    )+};
}

pub(super) use from_objects;
