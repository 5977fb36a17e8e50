//! Payments: a question before each, answered once and in time.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_payment_is_asked_about_and_answered_once() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let path = format!("/people/{sara}/pay");
    let bot = async {
        let batch = w.ok("getUpdates", json!({"timeout": 10})).await;
        let query = &batch[0]["pre_checkout_query"];
        assert_eq!((&query["total_amount"], &query["invoice_payload"]), (&json!(5), &json!("x")));
        let id = &query["id"];
        let silent = json!({"pre_checkout_query_id": id, "ok": false});
        assert!(w.refused("answerPreCheckoutQuery", silent).await.contains("ERROR_TEXT_EMPTY"));
        let answer = json!({"pre_checkout_query_id": id, "ok": false, "error_message": "no"});
        w.ok("answerPreCheckoutQuery", answer.clone()).await;
        assert!(w.refused("answerPreCheckoutQuery", answer).await.contains("too old"));
    };
    let (paid, ()) = tokio::join!(w.post(&path, json!({"amount": 5, "payload": "x"})), bot);
    assert_eq!(paid["answer"], json!({"ok": false, "error": "no"}));
    w.post(&path, json!({"amount": 5, "payload": "x", "wait_ms": 0})).await;
    let query = w.taken("pre_checkout_query").await.remove(0);
    w.post("/clock", json!({"advance_ms": 10_001})).await;
    let late = json!({"pre_checkout_query_id": query["id"], "ok": true});
    assert!(w.refused("answerPreCheckoutQuery", late).await.contains("too old"));
    w.ends_with_refusals(3).await;
}
