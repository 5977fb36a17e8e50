//! Data behind inline buttons: typed, with a prefix of each feature's own, at most 64 bytes.
//!
//! What comes back in a press is forged until checked: a value that does not parse is a stale button.

use qura_domain::code::Code;
use qura_domain::ids::{ChatId, LotteryId};
use qura_domain::language::Language;
use qura_domain::link::DeepLink;

/// Bot API, `InlineKeyboardButton.callback_data`. Bytes, not characters.
pub const MAX_BYTES: usize = 64;

/// The buttons of one feature.
pub trait CallbackData: Sized {
    /// Unique among all features; the dispatcher finds the feature by it.
    const PREFIX: &'static str;

    fn pack(&self) -> String;

    /// `None` for anything that `pack` did not make.
    fn unpack(data: &str) -> Option<Self>;
}

/// A value inside callback data. Must not contain `:`.
pub trait Field: Sized {
    fn write(&self) -> String;
    fn read(text: &str) -> Option<Self>;
}

impl Field for ChatId {
    fn write(&self) -> String {
        self.get().to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(ChatId::new)
    }
}

impl Field for LotteryId {
    fn write(&self) -> String {
        self.get().to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(LotteryId::new)
    }
}

impl Field for Code {
    fn write(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Field for u32 {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Field for u8 {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Field for u64 {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Field for Language {
    fn write(&self) -> String {
        self.code().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Language::from_code(text)
    }
}

impl Field for DeepLink {
    fn write(&self) -> String {
        self.payload()
    }

    fn read(text: &str) -> Option<Self> {
        DeepLink::parse(text)
    }
}

impl<T: Field> Field for Option<T> {
    fn write(&self) -> String {
        self.as_ref().map(T::write).unwrap_or_default()
    }

    fn read(text: &str) -> Option<Self> {
        if text.is_empty() { Some(None) } else { T::read(text).map(Some) }
    }
}

/// Declares the buttons of a feature: `Variant { field: Type } = "word"`. The packed form is
/// `prefix:word:field:…`.
macro_rules! callback_data {
    (
        $(#[$doc:meta])*
        pub enum $name:ident in $prefix:literal {
            $($(#[$vdoc:meta])* $variant:ident $({ $($field:ident: $type:ty),+ $(,)? })? = $word:literal,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$vdoc])* $variant $({ $($field: $type),+ })?,)+
        }

        impl $crate::callback::CallbackData for $name {
            const PREFIX: &'static str = $prefix;

            fn pack(&self) -> String {
                match self {
                    $(Self::$variant $({ $($field),+ })? => {
                        #[allow(unused_mut, reason = "a button without fields adds nothing")]
                        let mut data = String::from(concat!($prefix, ":", $word));
                        $($(
                            data.push(':');
                            data.push_str(&$crate::callback::Field::write($field));
                        )+)?
                        debug_assert!(data.len() <= $crate::callback::MAX_BYTES, "{data} is too long");
                        data
                    })+
                }
            }

            fn unpack(data: &str) -> Option<Self> {
                let mut parts = data.split(':');
                if parts.next()? != $prefix {
                    return None;
                }
                let button = match parts.next()? {
                    $($word => Self::$variant $({
                        $($field: <$type as $crate::callback::Field>::read(parts.next()?)?,)+
                    })?,)+
                    _ => return None,
                };
                parts.next().is_none().then_some(button)
            }
        }
    };
}

pub(crate) use callback_data;

#[cfg(test)]
mod tests {
    use super::*;

    callback_data! {
        pub enum Sample in "sample" {
            Plain = "plain",
            Full { chat: ChatId, link: Option<DeepLink> } = "full",
        }
    }

    #[test]
    fn packs_and_unpacks_within_the_limit() {
        let longest = Sample::Full { chat: ChatId::new(i64::MIN), link: DeepLink::parse("verify_AbCd1234") };
        for sample in [Sample::Plain, Sample::Full { chat: ChatId::new(-5), link: None }, longest] {
            assert!(sample.pack().len() <= MAX_BYTES);
            assert_eq!(Sample::unpack(&sample.pack()), Some(sample));
        }
    }

    #[test]
    fn forged_data_is_nothing() {
        for data in [
            "",
            ":",
            "sample",
            "sample:",
            "sample:other",
            "sample:plain:",
            "sample:plain:1",
            "other:plain",
            "sample:full",
            "sample:full:x:",
            "sample:full:1",
            "sample:full:1:hack_AbCd1234",
            "sample:full:1::",
            "sample:full:99999999999999999999:",
        ] {
            assert_eq!(Sample::unpack(data), None, "{data}");
        }
    }
}
