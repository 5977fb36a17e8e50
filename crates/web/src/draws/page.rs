//! Writes the page of a draw: who won and how to check, then the proof, then the program that checks it.

use std::collections::HashMap;

use qura_domain::code::Code;
use qura_domain::draw::addendum::Addendum;
use qura_domain::draw::commitment::Mode;
use qura_domain::draw::leaf::Ticket;
use qura_domain::draw::receipt::Receipt;
use qura_domain::draw::walk::Outcome;
use qura_domain::language::Language;
use qura_domain::time::Timestamp;
use qura_domain::timezone::Timezone;
use qura_i18n::{LocalTime, Msg, reason};
use qura_storage::{DrawDocument, WinnerRecord};
use serde_json::json;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
const VERIFY: &str = include_str!("../../../../docs/draw/verify.mjs");
const BEACON: &str = include_str!("../../../../docs/draw/beacon.mjs");

/// Candidates that the page lists; all of them are in the file.
const MOST_CANDIDATES: usize = 500;

/// What does not hold, by its name in `docs/draw-v1.md`, in words. No `digest`: what the channel announced,
/// the reader compares.
const REFUSALS: [(&str, Msg); 15] = [
    ("format", Msg::PageRefusedFormat),
    ("version", Msg::PageRefusedVersion),
    ("commitment", Msg::PageRefusedCommitment),
    ("terms", Msg::PageRefusedTerms),
    ("attempts", Msg::PageRefusedAttempts),
    ("freeze", Msg::PageRefusedFreeze),
    ("discarded_freeze", Msg::PageRefusedDiscardedFreeze),
    ("late_freeze", Msg::PageRefusedLateFreeze),
    ("beacon", Msg::PageRefusedBeacon),
    ("order", Msg::PageRefusedOrder),
    ("outcome", Msg::PageRefusedOutcome),
    ("end", Msg::PageRefusedEnd),
    ("result", Msg::PageRefusedResult),
    ("chain", Msg::PageRefusedChain),
    ("replaced", Msg::PageRefusedReplaced),
];

/// What the page tells of.
pub struct Draw<'a> {
    pub code: Code,
    pub documents: &'a [DrawDocument],
    pub winners: &'a [WinnerRecord],
}

impl Draw<'_> {
    /// `None` where there is no receipt.
    pub fn html(&self, language: Language) -> Option<String> {
        let document = self.documents.first()?;
        let receipt = Receipt::parse(document.content.as_bytes()).ok()?;
        let say = |message: Msg| escape(&message.plain(language));
        let title = say(Msg::PageTitle { code: self.code.to_string() });
        let mut body = format!("<h1>{title}</h1>");
        if receipt.mode == Mode::Secret {
            body.push_str(&format!("<p class=\"warning\">{}</p>", say(Msg::DrawVerifySecret)));
        }
        body.push_str(&self.winners(&receipt, language));
        body.push_str(&self.changes(language));
        body.push_str(&format!(
            "<section><p id=\"verdict\" role=\"status\" class=\"busy\">{}</p></section>",
            say(Msg::PageChecking)
        ));
        body.push_str(&self.how(language));
        body.push_str(&proof(&receipt, document, language));
        body.push_str(&format!("<section><h2>{}</h2>", say(Msg::PageLimits)));
        body.push_str(&format!("<p>{}</p></section>", say(Msg::DrawVerifyLimits)));
        Some(frame(&title, &body, &self.data(language), language))
    }

    fn winners(&self, receipt: &Receipt, language: Language) -> String {
        let say = |message: Msg| escape(&message.plain(language));
        let count = i64::try_from(self.winners.len()).unwrap_or(i64::MAX);
        let head = match self.winners {
            [] if receipt.tickets == 0 => return format!("<p>{}</p>", say(Msg::DrawResultNobody)),
            [] => return format!("<p>{}</p>", say(Msg::DrawResultAllLeft)),
            _ => say(Msg::DrawResult { count }),
        };
        let mut html = format!("<section><h2>{head}</h2><ol class=\"winners\">");
        for record in self.winners {
            let names = [record.first_name.as_deref(), record.last_name.as_deref()];
            let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
            let ticket = number(record.winner.ticket);
            html.push_str(&format!("<li>{}</li>", say(Msg::PageWinner { name, ticket })));
        }
        html.push_str("</ol></section>");
        html
    }

    /// Who lost a win since, why, and who has it now.
    fn changes(&self, language: Language) -> String {
        let say = |message: Msg| escape(&message.plain(language));
        let addenda = self.documents.iter().skip(1);
        let addenda = addenda.filter_map(|document| Addendum::parse(document.content.as_bytes()).ok());
        let changes: Vec<String> = addenda
            .map(|addendum| {
                let (ticket, reason) = (number(addendum.replaced), reason(addendum.reason).plain(language));
                let change = say(match addendum.heir {
                    Some(heir) => Msg::PageReplaced { ticket, heir: number(heir), reason },
                    None => Msg::PageReplacedByNobody { ticket, reason },
                });
                let note = addendum.note.map(|note| format!("<br>{}", say(Msg::DrawReasonNote { note })));
                format!("<li>{change}{}</li>", note.unwrap_or_default())
            })
            .collect();
        if changes.is_empty() {
            return String::new();
        }
        let head = say(Msg::PageChanges);
        format!("<section><h2>{head}</h2><ol class=\"changes\">{}</ol></section>", changes.concat())
    }

    fn how(&self, language: Language) -> String {
        let say = |message: Msg| escape(&message.plain(language));
        let digest = self.documents.last().map(|last| last.digest.to_base64url()).unwrap_or_default();
        let mut html = format!("<section><h2>{}</h2><ol>", say(Msg::PageHow));
        html.push_str(&format!("<li>{}<br><code id=\"told\">{digest}</code></li>", say(Msg::PageHowDigest)));
        html.push_str(&format!("<li>{}<ul>", say(Msg::PageHowFile)));
        for document in self.documents {
            let (number, name) = (document.number, file_name(&self.code, document.number));
            html.push_str(&format!(
                "<li><a href=\"/draws/{}/{number}\" download=\"{name}\"><bdi>{name}</bdi></a><br><code>{}</code></li>",
                self.code,
                document.digest.to_base64url()
            ));
        }
        html.push_str(&format!("</ul></li><li>{}</li></ol>", say(Msg::PageHowProgram)));
        let names: Vec<String> =
            self.documents.iter().map(|document| file_name(&self.code, document.number)).collect();
        let commands = ["qura verify", "python3 verify.py", "node verify.mjs"]
            .map(|program| format!("{program} {}", names.join(" ")));
        html.push_str(&format!("<pre dir=\"ltr\">{}</pre>", commands.join("\n")));
        html.push_str(&format!(
            "<p><label for=\"files\">{}</label> <input id=\"files\" type=\"file\" multiple accept=\".json\"></p>\
             <p id=\"judged\" role=\"status\"></p></section>",
            say(Msg::PageOther)
        ));
        html
    }

    /// What the script works with. No `<` in it, so that nothing ends the element early.
    fn data(&self, language: Language) -> String {
        let documents: Vec<&str> = self.documents.iter().map(|document| document.content.as_str()).collect();
        let digests: Vec<String> =
            self.documents.iter().map(|document| document.digest.to_base64url()).collect();
        let winners: Vec<u64> = self.winners.iter().map(|record| record.winner.ticket.get()).collect();
        let say = |message: Msg| message.plain(language);
        let refusals: HashMap<_, _> = REFUSALS.into_iter().map(|(name, words)| (name, say(words))).collect();
        let data = json!({
            "documents": documents,
            "digests": digests,
            "winners": winners,
            "verify": VERIFY,
            "beacon": BEACON,
            "holds": say(Msg::PageHolds),
            "earlier": say(Msg::PageHoldsEarlier),
            "other": say(Msg::PageHoldsOther),
            "refused": say(Msg::PageRefused),
            "refusals": refusals,
            "unable": say(Msg::PageUnable),
            "checking": say(Msg::PageChecking),
            "code": say(Msg::PageCode),
            "tickets": say(Msg::PageTickets),
            "digest": say(Msg::PageDigestShort),
        });
        data.to_string().replace('<', "\\u003c")
    }
}

/// The page of a draw that there is not, or not yet.
pub fn missing(language: Language) -> String {
    let text = escape(&Msg::PageMissing.plain(language));
    frame(&text, &format!("<h1>{text}</h1>"), "null", language)
}

fn file_name(code: &Code, number: u32) -> String {
    match number {
        0 => format!("receipt-{code}.json"),
        number => format!("addendum-{code}-{number}.json"),
    }
}

fn number(ticket: Ticket) -> i64 {
    i64::try_from(ticket.get()).unwrap_or(i64::MAX)
}

fn proof(receipt: &Receipt, document: &DrawDocument, language: Language) -> String {
    let say = |message: Msg| escape(&message.plain(language));
    let mut html = format!("<section><h2>{}</h2><dl>", say(Msg::PageProof));
    let mut row = |name: Msg, value: &str| {
        html.push_str(&format!("<dt>{}</dt><dd dir=\"ltr\"><code>{}</code></dd>", say(name), escape(value)));
    };
    row(Msg::PageSkips, &receipt.skips.to_string());
    row(Msg::PageTickets, &receipt.tickets.to_string());
    row(Msg::PageCommitment, &receipt.commitment.to_base64url());
    row(Msg::PageRoot, &receipt.root.to_string());
    row(Msg::PageTerms, receipt.terms.as_str());
    row(Msg::PageSecret, &String::from(receipt.secret.clone()));
    for freeze in &receipt.freezes {
        row(Msg::PageFreeze { attempt: i64::from(freeze.attempt) + 1 }, &freeze.hash.to_string());
        if let Some(round) = freeze.round {
            let zone = Timezone::RIYADH;
            let at = LocalTime { at: Timestamp::from_secs(round.time().get()), zone };
            row(Msg::PageRound { at, zone }, &round.get().to_string());
        }
    }
    if let Some(beacon) = receipt.beacon {
        row(Msg::PageBeacon, &String::from(beacon.signature));
    }
    row(Msg::PageDigest, &document.digest.to_base64url());
    html.push_str(&format!("</dl><details><summary>{}</summary>", say(Msg::PageOrder)));
    html.push_str("<table><tbody>");
    for candidate in receipt.walk.iter().take(MOST_CANDIDATES) {
        let outcome = match candidate.outcome {
            Outcome::Winner => say(Msg::PageOutcomeWinner),
            Outcome::Reserve => say(Msg::PageOutcomeReserve),
            Outcome::Skipped(why) => say(reason(why)),
        };
        let ticket = say(Msg::PageTicket { ticket: number(candidate.ticket) });
        html.push_str(&format!("<tr><td>{ticket}</td><td>{outcome}</td></tr>"));
    }
    html.push_str("</tbody></table></details></section>");
    html
}

fn frame(title: &str, body: &str, data: &str, language: Language) -> String {
    let (code, direction, other, name) = match language {
        Language::Arabic => ("ar", "rtl", "en", Msg::LanguageEnglish),
        Language::English => ("en", "ltr", "ar", Msg::LanguageArabic),
    };
    let name = escape(&name.plain(language));
    format!(
        "<!doctype html><html lang=\"{code}\" dir=\"{direction}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><nav><a href=\"?lang={other}\" lang=\"{other}\">{name}</a></nav>\
         <main>{body}</main><script type=\"application/json\" id=\"data\">{data}</script>\
         <script type=\"module\">{SCRIPT}</script></body></html>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn whatever_the_verifier_refuses_is_told_in_words() {
        let vectors: Value =
            serde_json::from_str(include_str!("../../../../docs/draw/vectors.json")).unwrap();
        let forgeries = vectors["forgeries"].as_array().unwrap();
        let refusals: BTreeSet<_> =
            forgeries.iter().map(|forgery| forgery["refusal"].as_str().unwrap()).collect();
        let told: BTreeSet<_> = REFUSALS.iter().map(|(name, _)| *name).collect();
        assert_eq!(told, refusals);
    }
}
