//! The forced subscription («الاشتراك الإجباري»): who may pass, and what the others must do first.

use serde::{Deserialize, Serialize};

use crate::ids::ChatId;
use crate::membership::Membership;

/// The gate as the operator set it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    pub enabled: bool,
    pub channels: Vec<GateChannel>,
    /// Whether a request to join that waits for approval counts as a subscription.
    pub requests_count: bool,
}

/// A channel that people must subscribe to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateChannel {
    pub chat: ChatId,
    /// As it was when the operator added it; shown where there are several.
    pub title: String,
    /// Where «اضغط للاشتراك» leads: the public address or an invite link.
    pub link: String,
}

/// What is known of one person in one gate channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Known(Membership),
    /// Outside, with a request that waits for approval.
    Requested,
    /// The bot itself cannot look: it was removed or lost its rights.
    CannotCheck,
}

impl Gate {
    /// As many buttons as fit on one message with ease.
    pub const MAX_CHANNELS: usize = 10;

    /// Whether anything has to be checked at all.
    pub fn is_open(&self) -> bool {
        !self.enabled || self.channels.is_empty()
    }

    /// Decides from the person's standing in each channel, in the order of `channels`.
    ///
    /// A channel that the bot cannot check lets people pass: the operator's mistake is not theirs.
    pub fn verdict(&self, standings: &[Standing]) -> Verdict {
        if self.is_open() {
            return Verdict::Pass;
        }
        let mut missing = Vec::new();
        for (channel, standing) in self.channels.iter().zip(standings) {
            let requested = match standing {
                Standing::Known(membership) if membership.is_inside() => continue,
                Standing::CannotCheck => continue,
                Standing::Requested if self.requests_count => continue,
                Standing::Requested => true,
                Standing::Known(_) => false,
            };
            missing.push(MissingChannel { channel: channel.clone(), requested });
        }
        if missing.is_empty() { Verdict::Pass } else { Verdict::Subscribe(missing) }
    }
}

/// The gate's answer for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    /// To be joined first, at least one.
    Subscribe(Vec<MissingChannel>),
}

/// A gate channel that the person is not in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingChannel {
    pub channel: GateChannel,
    /// They asked to join and wait for approval.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub requested: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(requests_count: bool) -> Gate {
        let channel = |id: i64| GateChannel {
            chat: ChatId::new(id),
            title: format!("قناة {id}"),
            link: format!("https://t.me/c{id}"),
        };
        Gate { enabled: true, channels: vec![channel(-1), channel(-2)], requests_count }
    }

    const INSIDE: Standing = Standing::Known(Membership::Member);
    const OUTSIDE: Standing = Standing::Known(Membership::Left);

    fn missing(verdict: Verdict) -> Vec<(i64, bool)> {
        match verdict {
            Verdict::Pass => vec![],
            Verdict::Subscribe(missing) => {
                missing.iter().map(|m| (m.channel.chat.get(), m.requested)).collect()
            }
        }
    }

    #[test]
    fn only_those_inside_every_channel_pass() {
        assert_eq!(gate(false).verdict(&[INSIDE, INSIDE]), Verdict::Pass);
        assert_eq!(missing(gate(false).verdict(&[INSIDE, OUTSIDE])), [(-2, false)]);
        assert_eq!(missing(gate(false).verdict(&[OUTSIDE, OUTSIDE])), [(-1, false), (-2, false)]);
    }

    #[test]
    fn a_restricted_member_is_inside_only_while_a_member() {
        let restricted = |is_member| Standing::Known(Membership::Restricted { is_member });
        assert_eq!(gate(false).verdict(&[restricted(true), INSIDE]), Verdict::Pass);
        assert_eq!(missing(gate(false).verdict(&[restricted(false), INSIDE])), [(-1, false)]);
        assert_eq!(
            missing(gate(false).verdict(&[Standing::Known(Membership::Kicked), INSIDE])),
            [(-1, false)]
        );
    }

    #[test]
    fn a_request_counts_only_where_the_operator_says_so() {
        assert_eq!(missing(gate(false).verdict(&[Standing::Requested, INSIDE])), [(-1, true)]);
        assert_eq!(gate(true).verdict(&[Standing::Requested, INSIDE]), Verdict::Pass);
    }

    #[test]
    fn what_the_bot_cannot_check_and_what_is_off_lets_pass() {
        assert_eq!(gate(false).verdict(&[Standing::CannotCheck, INSIDE]), Verdict::Pass);
        assert_eq!(Gate { enabled: false, ..gate(false) }.verdict(&[OUTSIDE, OUTSIDE]), Verdict::Pass);
        assert_eq!(Gate { channels: vec![], ..gate(false) }.verdict(&[]), Verdict::Pass);
    }
}
