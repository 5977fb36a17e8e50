//! SIGTERM while Telegram makes the program wait: it ends in time, and what it had in hand is not lost.

use qura_i18n::Msg;
use serde_json::json;

use crate::world::{ChannelPlan, World};

#[tokio::test]
async fn a_notice_that_telegram_holds_up_is_sent_by_the_next_program() {
    let mut w =
        World::builder().gate(ChannelPlan::public("أخبار قُرعة", "qura_news")).operator("خالد").start().await;
    let khalid = w.operator();
    // Longer than any program may take to end.
    let silence = json!({
        "kind": "too_many_requests", "retry_after": 60, "method": "sendMessage", "chat": khalid.id(), "count": 1,
    });
    let silence = w.control.fault(silence).await;
    w.gate[0].removes_the_bot().await;
    w.comes_true("the alert is on its way", async || w.control.hits(silence).await == 1).await;
    // It looks at the clock by itself.
    w.program_stops().await;
    w.program_starts();
    let alert = Msg::OperatorGateUnchecked { title: w.gate[0].title.clone() };
    khalid.sees(alert.clone()).await;
    w.settles().await;
    assert_eq!(khalid.count(alert).await, 1);
    w.ends().await;
}
