//! In private: from the link to the ticket, past the challenge and the conditions.

use std::sync::Arc;

use qura_app::ingest::HandleError;
use qura_app::joining::{JoinAnswer, Look};
use qura_app::subscription::Freshness;
use qura_domain::challenge::Attempts;
use qura_domain::code::Code;
use qura_domain::ids::UserId;
use qura_domain::lottery::{JoinRefusal, LotteryState};
use qura_domain::person::Person;
use qura_i18n::Msg;
use qura_storage::Tx;

use super::refusal::{Door, RefusedScreen};
use super::ticket::TicketScreen;
use super::{JoinButton, JoinScreen, Way, card, challenge, failed};
use crate::context::{Context, Outcome};
use crate::features::menu::MenuScreen;
use crate::press::Press;
use crate::reply::Reply;
use crate::wizard::{self, Wizard};

/// Somebody who passed the gate wants to join the lottery of this code.
pub async fn arrived(
    cx: Context<'_>,
    person: &Person,
    code: &Code,
    way: Way,
) -> Result<Outcome, HandleError> {
    let look = cx.services.joining.look(person, code, Freshness::Cached, None).await.map_err(failed)?;
    let Some(look) = look else { return unknown(cx, person, &way).await };
    go_on(cx, person, look, way, None).await
}

/// «تحقق»: asks Telegram about everything, and says so when it changed nothing.
pub async fn checked(
    cx: Context<'_>,
    press: &Press<JoinButton>,
    code: &Code,
) -> Result<Outcome, HandleError> {
    let person = &press.person;
    let look = cx.services.joining.look(person, code, Freshness::Now, None).await.map_err(failed)?;
    let way = Way::edit(press, false);
    let Some(look) = look else { return unknown(cx, person, &way).await };
    let way = match &look.verdict {
        Err(JoinRefusal::Unmet(unmet)) => {
            let count = i64::try_from(unmet.len()).unwrap_or(i64::MAX);
            way.saying(press, Msg::JoinUnmetAlert { count })
        }
        Err(refusal @ (JoinRefusal::NotMember | JoinRefusal::PremiumOnly | JoinRefusal::Paused)) => {
            match super::refusal::alert(refusal) {
                Some(text) => way.saying(press, text),
                None => way,
            }
        }
        Err(JoinRefusal::Challenge(_)) => match challenge::locked_for(&look, cx.services.clock.now()) {
            Some(left) => way.saying(press, Msg::ChallengeLockedAlert { left }),
            None => way,
        },
        _ => way,
    };
    go_on(cx, person, look, way, None).await
}

/// Registers whom the look lets in, and shows everyone else what stands before them. `solved` are
/// attempts at the challenge that are not stored yet.
pub async fn go_on(
    cx: Context<'_>,
    person: &Person,
    look: Look,
    way: Way,
    solved: Option<Attempts>,
) -> Result<Outcome, HandleError> {
    let joining = &cx.services.joining;
    let screen = match &look.verdict {
        Ok(()) => return register(cx, person, look, way, solved).await,
        Err(JoinRefusal::Challenge(kind)) => return challenge::put(cx, person, &look, way, *kind).await,
        Err(refusal) => refused(cx, person.id, &look, refusal).await?,
    };
    let card = matches!(&screen, JoinScreen::Card(_));
    let pauses = matches!(&look.verdict, Err(JoinRefusal::CannotCheck | JoinRefusal::ConditionLost(_)));
    let replies = way.show(screen);
    if solved.is_none() && !card && !pauses {
        return match way.arrives() {
            true => cx.seen(person, None, replies).await,
            // The card may have been open.
            false => wizard::leave(cx, person.id, replies).await,
        };
    }
    let mut tx = cx.begin().await?;
    let (replies, then) = begin(cx, &mut tx, person, &look.code, &way, replies).await?;
    joining.suspend(&mut tx, &look).await?;
    if let Some(attempts) = &solved {
        joining.keep(&mut tx, person.id, look.application.lottery, attempts).await?;
    }
    if card {
        // The card is open as long as this is where the person is.
        let open = Wizard::JoinCard { code: look.code.clone(), then };
        wizard::go_on(cx, &mut tx, person.id, &open).await?;
    }
    let outcome = cx.commit(tx, replies).await?;
    joining.announce().await;
    Ok(outcome)
}

/// What stands before somebody, or that nothing does any more.
pub async fn refused(
    cx: Context<'_>,
    person: UserId,
    look: &Look,
    refusal: &JoinRefusal,
) -> Result<JoinScreen, HandleError> {
    let code = look.code.clone();
    let state = look.application.terms.state;
    Ok(match refusal {
        JoinRefusal::Unmet(_) => JoinScreen::Card(card::CardScreen::of(cx, look).await?),
        // There is nothing that a ticket could win.
        JoinRefusal::AlreadyIn(_) if state == LotteryState::Cancelled => {
            JoinScreen::Refused(RefusedScreen { code, refusal: JoinRefusal::Closed, chat: None })
        }
        JoinRefusal::AlreadyIn(ticket) => JoinScreen::Ticket(TicketScreen {
            unfinished: wizard::current_of(cx, person).await?.and_then(|wizard| wizard.unfinished(&code)),
            code,
            ticket: ticket.get(),
            commitment: look.application.commitment,
            again: true,
            is_closed: !state.is_changeable(),
        }),
        refusal => {
            let chat = match refusal {
                JoinRefusal::NotMember => {
                    cx.services.joining.chats(&[look.application.chat]).await?.first().map(Door::from)
                }
                _ => None,
            };
            JoinScreen::Refused(RefusedScreen { code, refusal: refusal.clone(), chat })
        }
    })
}

/// What every transaction of somebody on the way to a ticket begins with: who came by a link is seen, and a
/// wizard that they were in ends. With the lottery whose card they left for this one.
pub async fn begin(
    cx: Context<'_>,
    tx: &mut Tx,
    person: &Person,
    code: &Code,
    way: &Way,
    mut replies: Vec<Reply>,
) -> Result<(Vec<Reply>, Option<Code>), HandleError> {
    if way.arrives() {
        cx.services.people.see(tx, person).await?;
    }
    let ended = wizard::end(tx, person.id, &mut replies).await?;
    Ok((replies, ended.and_then(|wizard| wizard.unfinished(code))))
}

async fn register(
    cx: Context<'_>,
    person: &Person,
    look: Look,
    way: Way,
    solved: Option<Attempts>,
) -> Result<Outcome, HandleError> {
    let code = look.code.clone();
    let words = move |answer: &JoinAnswer, ended: Option<&str>| {
        let unfinished = ended.and_then(|state| wizard::unfinished(state, &code));
        way.show(told(&code, answer, unfinished))
    };
    cx.joined(person, &look, solved, Arc::new(words)).await
}

/// What the registration came to. The challenge and the conditions were looked at a moment ago; who fails
/// them now, or lost their membership meanwhile, is asked to try again.
fn told(code: &Code, answer: &JoinAnswer, unfinished: Option<Code>) -> JoinScreen {
    let ticket = |ticket, commitment, again| TicketScreen {
        code: code.clone(),
        ticket,
        commitment,
        again,
        is_closed: false,
        unfinished,
    };
    match answer {
        JoinAnswer::Registered { ticket: number, commitment } => {
            JoinScreen::Ticket(ticket(number.get(), *commitment, false))
        }
        JoinAnswer::Refused(JoinRefusal::AlreadyIn(number)) => {
            JoinScreen::Ticket(ticket(number.get(), None, true))
        }
        JoinAnswer::Refused(refusal) => {
            JoinScreen::Refused(RefusedScreen { code: code.clone(), refusal: refusal.clone(), chat: None })
        }
    }
}

/// A code that no lottery has.
async fn unknown(cx: Context<'_>, person: &Person, way: &Way) -> Result<Outcome, HandleError> {
    let mut replies = way.before.clone();
    replies.push(way.replace(MenuScreen::by_unknown_link(person)));
    match way.arrives() {
        true => cx.seen(person, None, replies).await,
        false => Ok(cx.say(replies)),
    }
}
