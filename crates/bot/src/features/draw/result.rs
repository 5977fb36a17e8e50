//! The result of a draw as the chat reads it, and the list that the organizer gets.

use std::collections::HashMap;
use std::time::Duration;

use qura_app::draws::{DrawView, PART};
use qura_domain::draw::addendum::Addendum;
use qura_domain::draw::receipt::Receipt;
use qura_domain::draw::walk::Status;
use qura_domain::ids::UserId;
use qura_domain::language::Language;
use qura_domain::lottery::Ticket;
use qura_domain::text::{Entity, EntityKind, RichText};
use qura_i18n::{Msg, reason};
use qura_storage::WinnerRecord;

/// Letters of a name that a list shows.
const NAME: usize = 64;

/// A part of the result, from 0, of so many; the last one carries what is to be known beside the names.
pub fn text(draw: &DrawView, part: u32, all: u32, language: Language) -> RichText {
    let mut text = head(draw, part, all).rich(language);
    let mut lines = RichText::new();
    for record in of_part(&draw.winners, part) {
        lines.push_str("\n").append(line(record, language));
    }
    if !lines.is_empty() {
        text.push_str("\n").append(lines);
    }
    if part + 1 < all {
        return text;
    }
    let mut below = |message: Msg| {
        text.push_str("\n\n").append(message.rich(language));
    };
    let wanted = draw.lottery.settings.winners as usize;
    if draw.winners.len() < wanted && !draw.winners.is_empty() {
        below(Msg::DrawResultFewer { found: count(draw.winners.len()), wanted: count(wanted) });
    }
    let removed = removed(draw);
    if removed > 0 {
        below(Msg::DrawResultRemoved { count: count(removed) });
    }
    if let Some(hours) = draw.lottery.settings.confirmation_hours.filter(|_| !draw.winners.is_empty()) {
        below(Msg::DrawResultConfirm { left: Duration::from_secs(u64::from(hours) * 3600) });
    }
    if let Some(receipt) = draw.documents.first() {
        below(Msg::DrawResultDigest { digest: receipt.digest.to_base64url() });
    }
    if let Some(last) = draw.documents.last().filter(|last| last.number > 0) {
        below(Msg::DrawResultAddendum { digest: last.digest.to_base64url() });
    }
    text
}

fn head(draw: &DrawView, part: u32, all: u32) -> Msg {
    let nobody_came = receipt(draw).is_none_or(|receipt| receipt.tickets == 0);
    match draw.winners.len() {
        0 if nobody_came => Msg::DrawResultNobody,
        0 => Msg::DrawResultAllLeft,
        _ if part > 0 => Msg::DrawResultPart { part: i64::from(part) + 1, parts: i64::from(all) },
        winners => Msg::DrawResult { count: count(winners) },
    }
}

/// The organizer's list, with usernames.
pub fn list(draw: &DrawView, part: u32, language: Language) -> RichText {
    let code = draw.lottery.code.to_string();
    let (found, wanted) = (draw.winners.len(), draw.lottery.settings.winners as usize);
    let head = match found {
        0 => Msg::DrawOrganizerNobody { code },
        found => Msg::DrawOrganizer { code, count: count(found) },
    };
    let mut text = head.rich(language);
    for record in of_part(&draw.winners, part) {
        let winner = record.winner;
        let username = record.username.as_ref().map(|name| format!("@{name}")).unwrap_or_default();
        let line = Msg::DrawOrganizerLine {
            place: i64::from(winner.place),
            link: mention(winner.user),
            name: name(record),
            username,
            ticket: i64::try_from(winner.ticket.get()).unwrap_or(i64::MAX),
        };
        text.push_str("\n").append(mentions(line.rich(language)));
    }
    if found > 0 && found < wanted {
        let fewer = Msg::DrawOrganizerFewer { found: count(found), wanted: count(wanted) };
        text.push_str("\n\n").append(fewer.rich(language));
    }
    text
}

/// What the chat, or the organizer, reads of an addendum.
pub fn replaced(addendum: &Addendum, named: &[WinnerRecord], language: Language) -> RichText {
    let of = |ticket| named.iter().find(|record| record.winner.ticket == ticket);
    let (old, new) = (of(addendum.replaced), addendum.heir.and_then(of));
    let (old_link, old_name) = link_and_name(old);
    let text = match new {
        Some(new) => {
            let (link, name) = link_and_name(Some(new));
            Msg::DrawReplaced { oldlink: old_link, old: old_name, link, name }
        }
        None => Msg::DrawReplacedNobody { link: old_link, name: old_name },
    };
    let mut text = mentions(text.rich(language));
    let reason = reason(addendum.reason).plain(language);
    text.push_str("\n\n").append(Msg::DrawReason { reason }.rich(language));
    if let Some(note) = &addendum.note {
        text.push_str("\n").append(Msg::DrawReasonNote { note: note.clone() }.rich(language));
    }
    if let Ok(digest) = addendum.digest() {
        let digest = Msg::DrawResultAddendum { digest: digest.to_base64url() };
        text.push_str("\n\n").append(digest.rich(language));
    }
    text
}

/// The receipt of a draw, where there is one.
pub fn receipt(draw: &DrawView) -> Option<Receipt> {
    Receipt::parse(draw.documents.first()?.content.as_bytes()).ok()
}

/// First and last name, cut; nothing for one who is not known any more.
pub fn name(record: &WinnerRecord) -> String {
    let names = [record.first_name.as_deref(), record.last_name.as_deref()];
    let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    name.chars().take(NAME).collect()
}

fn link_and_name(record: Option<&WinnerRecord>) -> (String, String) {
    record.map_or_else(Default::default, |record| (mention(record.winner.user), name(record)))
}

fn line(record: &WinnerRecord, language: Language) -> RichText {
    let place = i64::from(record.winner.place);
    let link = mention(record.winner.user);
    mentions(Msg::DrawResultLine { place, link, name: name(record) }.rich(language))
}

fn of_part(winners: &[WinnerRecord], part: u32) -> impl Iterator<Item = &WinnerRecord> {
    winners.iter().skip((part * PART) as usize).take(PART as usize)
}

/// How many of those who have won were taken out by an administrator.
fn removed(draw: &DrawView) -> usize {
    let Some(receipt) = receipt(draw) else { return 0 };
    let has_won = |ticket| draw.winners.iter().any(|record| record.winner.ticket == ticket);
    let addenda = draw.documents.iter().skip(1);
    let addenda = addenda.filter_map(|document| Addendum::parse(document.content.as_bytes()).ok());
    let walk = receipt.walk.into_iter().chain(addenda.flat_map(|addendum| addendum.walk));
    // A reserve was looked at once when they became it and once when they inherited: what was seen last counts.
    let removed: HashMap<Ticket, bool> =
        walk.map(|candidate| (candidate.ticket, candidate.status == Status::Removed)).collect();
    removed.into_iter().filter(|(ticket, removed)| *removed && has_won(*ticket)).count()
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

const MENTION: &str = "tg://user?id=";

fn mention(user: UserId) -> String {
    format!("{MENTION}{user}")
}

/// Links to people become mentions: they open the profile also of those without a username.
fn mentions(text: RichText) -> RichText {
    let (text, entities) = text.into_parts();
    let entities = entities.into_iter().map(|entity| {
        let user = match &entity.kind {
            EntityKind::TextLink { url } => url.strip_prefix(MENTION).and_then(|id| id.parse().ok()),
            _ => None,
        };
        match user {
            Some(id) => Entity { kind: EntityKind::TextMention { user: UserId::new(id) }, ..entity },
            None => entity,
        }
    });
    RichText::from_parts(text, entities.collect())
}
