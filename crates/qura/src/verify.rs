//! `qura verify`: recomputes a draw from its receipt, without settings, database or network.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use qura_domain::draw::addendum::Addendum;
use qura_domain::draw::commitment::Mode;
use qura_domain::draw::hash::Hash;
use qura_domain::draw::leaf::Opening;
use qura_domain::draw::receipt::Receipt;
use qura_domain::draw::refusal::Refusal;
use qura_domain::draw::standing::Standing;

use crate::logging::say;

/// Verifies the receipt and its addenda, and prints who has won by them. `announced` is the digest of
/// the last document, as the channel shows it; `opening` the proof of a ticket, as its owner got it.
pub fn run(documents: &[PathBuf], announced: Option<&str>, opening: Option<&Path>) -> anyhow::Result<()> {
    let Some((first, addenda)) = documents.split_first() else { bail!("no receipt was named") };
    let announced = match announced {
        Some(text) => Some(Hash::parse(text).context("--digest is neither 64 digits of hex nor 43 letters")?),
        None => None,
    };
    let receipt = Receipt::parse(&read(first)?).map_err(|refusal| refused(first, refusal))?;
    let mut standing = Standing::after(&receipt).map_err(|refusal| refused(first, refusal))?;
    for path in addenda {
        let addendum = Addendum::parse(&read(path)?).map_err(|refusal| refused(path, refusal))?;
        standing.apply(&addendum).map_err(|refusal| refused(path, refusal))?;
    }
    let digest = standing.digest();
    if announced.is_some_and(|announced| announced != digest) {
        return Err(refused(documents.last().unwrap_or(first), Refusal::Digest(digest)));
    }
    let opening = opening.map(|path| opened(path, &receipt)).transpose()?;
    let winners: Vec<String> = standing.winners().iter().map(|ticket| ticket.get().to_string()).collect();
    say(&format!("skipped candidates: {}", receipt.skips));
    say(&format!(
        "winners, by ticket: {}",
        if winners.is_empty() { "none".into() } else { winners.join(", ") }
    ));
    say(&format!("tickets: {}; mode: {}", receipt.tickets, receipt.mode.byte()));
    say(&format!("digest: {}", digest.to_base64url()));
    if receipt.mode == Mode::Secret {
        say("mode 0: whoever runs the bot could have known the result beforehand");
    }
    if let Some(Opening { ticket, eligible, .. }) = opening {
        let eligible = if eligible { "yes" } else { "no" };
        say(&format!("ticket {} took part, eligible: {eligible}", ticket.get()));
    }
    Ok(())
}

/// The name of what does not hold, as the other programs say it too, and what it means.
fn refused(path: &Path, refusal: Refusal) -> anyhow::Error {
    anyhow!("{} is refused: {}: {refusal}", path.display(), refusal.name())
}

/// A proof that holds for the list of this receipt.
fn opened(path: &Path, receipt: &Receipt) -> anyhow::Result<Opening> {
    let opening: Option<Opening> = serde_json::from_slice(&read(path)?).ok();
    let holds = |opening: &Opening| opening.tickets == receipt.tickets && opening.is_in(&receipt.root);
    opening.filter(holds).with_context(|| {
        format!("{} is refused: opening: it is not in the list of this receipt", path.display())
    })
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}
