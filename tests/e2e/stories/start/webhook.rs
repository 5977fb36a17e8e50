//! A token whose last program left a webhook behind: Telegram lets nobody poll then.

use serde_json::json;

use crate::world::{TOKEN, World};

#[tokio::test]
async fn a_webhook_that_was_left_behind_is_removed_and_nothing_is_lost() {
    let mut w = World::builder().idle().start().await;
    let sara = w.person("سارة").await;
    sara.starts().await;
    w.control.as_the_bot(TOKEN, "setWebhook", json!({"url": "https://example.org/old"})).await;
    w.expects_refusal("getUpdates", "webhook is active");
    w.program_starts();
    sara.sees(sara.menu()).await;
    assert_eq!(w.control.calls("deleteWebhook").await.len(), 1);
    w.ends().await;
}
