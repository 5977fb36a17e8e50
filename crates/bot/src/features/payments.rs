//! Payments. Nothing is for sale yet, so whoever tries to pay is told so instead of waiting in vain.

use qura_i18n::Msg;
use qura_ports::telegram::Checkout;

use crate::context::{Context, Outcome};
use crate::reply::Reply;

/// Somebody is about to pay an invoice, which can only be one of another program with the bot's token.
pub fn checkout(cx: Context<'_>, checkout: &Checkout) -> Outcome {
    let reason = Msg::PaymentsInvoiceInvalid;
    cx.say(vec![Reply::RefuseCheckout { query: checkout.id.clone(), to: checkout.from.id, reason }])
}
