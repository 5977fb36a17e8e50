//! «الاشتراك في السحب» under the post: answered in place, or by the link into the private chat.

use qura_app::ingest::HandleError;
use qura_domain::code::Code;
use qura_domain::link::DeepLink;
use qura_domain::lottery::JoinRefusal;
use qura_i18n::Msg;
use qura_ports::telegram::Callback;

use super::{failed, refusal};
use crate::context::{Context, Outcome};
use crate::reply::Reply;

/// The button was pressed, wherever it stands. Nothing is changed by it: what it finds out is found out
/// once more when the link is opened.
pub async fn pressed(cx: Context<'_>, callback: &Callback, code: &Code) -> Result<Outcome, HandleError> {
    let joining = &cx.services.joining;
    let person = &callback.from;
    let Some(look) = joining.preview(person, code).await.map_err(failed)? else {
        metrics::counter!("callbacks_unknown_total").increment(1);
        return Ok(cx.say(vec![answer(callback, Some(Msg::LinkUnknown), None)]));
    };
    let text = look.verdict.as_ref().err().and_then(refusal::alert);
    let Some(text) = text else {
        joining.pressed(look.application.lottery, person.id);
        return Ok(cx.say(vec![answer(callback, None, Some(DeepLink::Join(code.clone())))]));
    };
    let replies = vec![answer(callback, Some(text), None)];
    if look.verdict != Err(JoinRefusal::CannotCheck) {
        return Ok(cx.say(replies));
    }
    let mut tx = cx.begin().await?;
    joining.suspend(&mut tx, &look).await?;
    let outcome = cx.commit(tx, replies).await?;
    joining.announce().await;
    Ok(outcome)
}

fn answer(callback: &Callback, text: Option<Msg>, link: Option<DeepLink>) -> Reply {
    let alert = text.is_some();
    Reply::Answer { callback: callback.id.clone(), to: Some(callback.from.id), text, alert, link }
}
