//! Why somebody did not win.

use qura_domain::draw::walk::Reason;

use crate::msg::Msg;

/// Why somebody was passed over or replaced.
pub fn reason(reason: Reason) -> Msg {
    match reason {
        Reason::Left => Msg::DrawReasonLeft,
        Reason::Timeout => Msg::DrawReasonTimeout,
        Reason::Redrawn => Msg::DrawReasonRedrawn,
        Reason::Declined => Msg::DrawReasonDeclined,
        Reason::NoPremium => Msg::DrawReasonPremium,
        Reason::Condition(number) => Msg::DrawReasonCondition { number: i64::from(number) },
        Reason::Void => Msg::DrawReasonVoid,
    }
}
