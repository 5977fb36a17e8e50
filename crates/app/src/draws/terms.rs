//! What decides who is eligible, as the text that is frozen and stands on the receipt.

use qura_domain::code::Code;
use qura_domain::condition::{Condition, ConditionKind};
use qura_domain::draw::terms::{Terms, TermsError};
use qura_domain::ids::ChatId;
use qura_domain::lottery::{Audience, Lottery};
use serde::Serialize;

/// The fields of the terms. Public and hashed: to rename one is to change what receipts say.
#[derive(Serialize)]
struct Published<'a> {
    winners: u32,
    reserves: u32,
    audience: Audience,
    members_only: bool,
    leavers_excluded: bool,
    /// Of the chat of the lottery; a string, as every id.
    chat: String,
    /// In the order in which reasons count them, from 1.
    conditions: Vec<PublishedCondition<'a>>,
}

#[derive(Serialize)]
struct PublishedCondition<'a> {
    kind: ConditionKind,
    chat: Option<String>,
    code: Option<&'a Code>,
}

/// The terms of a lottery as it is now.
pub fn terms(lottery: &Lottery, conditions: &[Condition]) -> Result<Terms, TermsError> {
    let id = |chat: ChatId| chat.get().to_string();
    Terms::new(&Published {
        winners: lottery.settings.winners,
        reserves: lottery.settings.reserves(),
        audience: lottery.settings.audience,
        members_only: lottery.settings.members_only,
        leavers_excluded: lottery.settings.leavers_excluded,
        chat: id(lottery.chat),
        conditions: conditions
            .iter()
            .map(|condition| PublishedCondition {
                kind: condition.kind(),
                chat: condition.chat().map(id),
                code: condition.code(),
            })
            .collect(),
    })
}
