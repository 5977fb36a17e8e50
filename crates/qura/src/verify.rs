//! `qura verify`: recomputes a draw from its receipt, without settings, database or network.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use qura_domain::draw::addendum::Addendum;
use qura_domain::draw::commitment::Mode;
use qura_domain::draw::hash::Hash;
use qura_domain::draw::receipt::Receipt;
use qura_domain::draw::standing::Standing;

use crate::logging::say;

/// Verifies the receipt and its addenda, and prints who has won by them. `announced` is the digest of
/// the last document, as the channel shows it.
pub fn run(documents: &[PathBuf], announced: Option<&str>) -> anyhow::Result<()> {
    let Some((first, addenda)) = documents.split_first() else { bail!("no receipt was named") };
    let announced = match announced {
        Some(text) => Some(Hash::parse(text).context("--digest is neither 64 digits of hex nor 43 letters")?),
        None => None,
    };
    let refused = |path: &Path| format!("{} is refused", path.display());
    let receipt = Receipt::parse(&read(first)?).with_context(|| refused(first))?;
    let mut standing = Standing::after(&receipt).with_context(|| refused(first))?;
    for path in addenda {
        let addendum = Addendum::parse(&read(path)?).with_context(|| refused(path))?;
        standing.apply(&addendum).with_context(|| refused(path))?;
    }
    let digest = standing.digest();
    if announced.is_some_and(|announced| announced != digest) {
        bail!("the digest is not the one that was announced: it is {digest}");
    }
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
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}
