//! Deep links: what `https://t.me/<bot>?start=<payload>` asks for.
//!
//! A link proves nothing. It says what its bearer wants; whether they may is checked when acting.

use serde::{Deserialize, Serialize};

pub use crate::code::Code;
use crate::ids::UserId;

/// The payload of a deep link, understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeepLink {
    /// Only digits: invited by this person.
    Referral(UserId),
    /// `join_<code>`: join a lottery.
    Join(Code),
    /// `enter_<code>`: enter a contest as a contestant.
    Enter(Code),
    /// `vote_<code>`: vote for an entry.
    Vote(Code),
    /// `verify_<code>`: the receipt of a draw.
    Verify(Code),
    /// `win_<code>`: «تأكيد الفوز».
    Win(Code),
    /// `link_<code>`: a one-time link of the bot's own.
    OneTime(Code),
}

impl DeepLink {
    /// `None` for a payload that Qura never made.
    pub fn parse(payload: &str) -> Option<Self> {
        if !payload.is_empty() && payload.bytes().all(|b| b.is_ascii_digit()) {
            // Telegram ids have at most 52 significant bits.
            return payload
                .parse()
                .ok()
                .filter(|id| (1..1 << 52).contains(id))
                .map(|id| Self::Referral(UserId::new(id)));
        }
        let (kind, code) = payload.split_once('_')?;
        let code = Code::parse(code)?;
        match kind {
            "join" => Some(Self::Join(code)),
            "enter" => Some(Self::Enter(code)),
            "vote" => Some(Self::Vote(code)),
            "verify" => Some(Self::Verify(code)),
            "win" => Some(Self::Win(code)),
            "link" => Some(Self::OneTime(code)),
            _ => None,
        }
    }

    /// The payload again; within Telegram's 64 characters of `[A-Za-z0-9_-]`.
    pub fn payload(&self) -> String {
        match self {
            Self::Referral(user) => user.to_string(),
            Self::Join(code) => format!("join_{code}"),
            Self::Enter(code) => format!("enter_{code}"),
            Self::Vote(code) => format!("vote_{code}"),
            Self::Verify(code) => format!("verify_{code}"),
            Self::Win(code) => format!("win_{code}"),
            Self::OneTime(code) => format!("link_{code}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_what_it_never_made() {
        for payload in
            ["", "0", "99999999999999999999", "join_", "join_short", "join_با٠١٢٣", "hack_AbCd1234", "-5"]
        {
            assert_eq!(DeepLink::parse(payload), None, "{payload}");
        }
    }

    proptest! {
        #[test]
        fn a_payload_reads_back(code in "[A-Za-z0-9]{8}", id in 1i64..1 << 52) {
            let code = Code::parse(&code).unwrap();
            for link in [
                DeepLink::Referral(UserId::new(id)), DeepLink::Join(code.clone()), DeepLink::Enter(code.clone()),
                DeepLink::Vote(code.clone()), DeepLink::Verify(code.clone()), DeepLink::OneTime(code.clone()),
            ] {
                prop_assert!(link.payload().len() <= 64);
                prop_assert_eq!(DeepLink::parse(&link.payload()), Some(link));
            }
        }

        #[test]
        fn a_forged_payload_never_panics(payload in ".*") {
            let _ = DeepLink::parse(&payload);
        }
    }
}
