//! The things of the puzzle with pictures: named in words, to be found among the pictures of others.

use serde::{Deserialize, Serialize};

macro_rules! things {
    ($($thing:ident $glyph:literal)+) => {
        /// A thing that has a name everybody knows, and a picture like no other's of these.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Emoji { $($thing,)+ }

        impl Emoji {
            pub const ALL: &'static [Self] = &[$(Self::$thing,)+];

            /// The picture, for a button.
            pub const fn glyph(self) -> &'static str {
                match self { $(Self::$thing => $glyph,)+ }
            }
        }
    };
}

things! {
    Apple "🍎" Banana "🍌" Grapes "🍇" Watermelon "🍉" Carrot "🥕" Bread "🍞"
    Cat "🐱" Horse "🐴" Camel "🐪" Fish "🐟" Bird "🐦" Butterfly "🦋"
    Car "🚗" Plane "✈️" Ship "🚢" Bicycle "🚲" House "🏠" Tree "🌳"
    Sun "☀️" Moon "🌙" Fire "🔥" Key "🔑" Clock "⏰" Umbrella "☂️"
}
