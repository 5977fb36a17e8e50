//! answerPreCheckoutQuery: once, within 10 s, and a refusal with its reason.

use serde_json::json;

use super::answer::TOO_OLD;
use super::{Answer, Call};
use crate::bot_api::refusal::Refusal;
use crate::world::World;
use crate::world::queries::{CHECKOUT_MS, CheckoutAnswer};

pub fn answer(world: &mut World, call: &Call) -> Answer {
    let too_old = || Refusal::bad_request(TOO_OLD);
    let now_ms = world.clock.now_ms();
    let ok = call.flag("ok");
    let error = call.text("error_message").filter(|text| !text.is_empty()).map(str::to_owned);
    if !ok && error.is_none() {
        return Err(Refusal::bad_request("ERROR_TEXT_EMPTY"));
    }
    let id = call.text("pre_checkout_query_id").and_then(|id| id.parse().ok()).ok_or_else(too_old)?;
    let query =
        world.queries.checkouts.get_mut(&id).filter(|query| query.bot == call.bot).ok_or_else(too_old)?;
    if query.answer.is_some() || now_ms - query.asked_ms > CHECKOUT_MS {
        return Err(too_old());
    }
    query.answer = Some(CheckoutAnswer { ok, error: error.filter(|_| !ok) });
    world.touch();
    Ok(json!(true))
}
