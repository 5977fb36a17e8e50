//! A handler takes a typed event and returns what to say; it does not send.

use crate::forbid;
use crate::source::{self, Source};

const WAYS_OUT: &[&str] =
    &["Messenger", "messenger", "Delivery", "delivery", "Lane", "Request", "TelegramError", "BotApiDecoder"];

fn offences(sources: &[Source]) -> Vec<String> {
    let features = sources.iter().filter(|source| source.path.starts_with("crates/bot/src/features"));
    features.flat_map(|source| WAYS_OUT.iter().flat_map(|way| source.finds(way))).collect()
}

#[test]
fn features_do_not_send() {
    let sources = source::of_the_program();
    assert!(
        sources.iter().any(|source| source.path == "crates/bot/src/features/menu.rs"),
        "features have moved"
    );
    forbid("Features return what to say:", &offences(&sources));
}

#[test]
fn notices_a_feature_that_sends() {
    let text = "async fn pressed(m: &dyn Messenger) { m.send(Lane::Interactive, x).await; }";
    assert_eq!(offences(&[Source::of("crates/bot/src/features/x.rs", text)]).len(), 2);
    assert_eq!(offences(&[Source::of("crates/bot/src/delivery.rs", text)]).len(), 0);
}
