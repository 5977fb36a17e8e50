//! Updates that come twice: one effect, and one answer.

use qura_i18n::Msg;
use serde_json::json;

use crate::world::{ChannelPlan, World};

#[tokio::test]
async fn a_start_that_comes_again_is_answered_once() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let laila = w.member("ليلى").await;
    w.settles().await;
    let rows = w.database.people().await;
    let again = w.control.post("/updates/redeliver", json!({"count": 10})).await;
    assert_eq!(again["redelivered"], 2);
    let mona = w.member("منى").await;
    w.settles().await;
    assert_eq!(&w.database.people().await[..2], rows, "not even seen again");
    for person in [sara, laila, mona] {
        assert_eq!(person.chat().await.len(), 1, "{}", person.name());
    }
    w.ends().await;
}

#[tokio::test]
async fn a_switch_that_comes_again_is_not_turned_back() {
    let plan = ChannelPlan::public("أخبار قُرعة", "qura_news");
    let w = World::builder().gate(plan).gate_off().operator("خالد").start().await;
    let khalid = w.operator();
    khalid.says("/admin").await;
    khalid.sees(Msg::AdminTitle).await;
    khalid.presses("الاشتراك الإجباري").await.is_quiet();
    khalid.sees(Msg::AdminGateOff { count: 1 }).await;
    khalid.presses("تفعيل").await.is_quiet();
    khalid.sees(Msg::AdminGateOn { count: 1 }).await;
    w.settles().await;
    let answers = w.control.calls("answerCallbackQuery").await.len();
    w.control.post("/updates/redeliver", json!({"count": 1})).await;
    w.settles().await;
    let sara = w.person("سارة").await;
    sara.starts().await;
    sara.sees(Msg::GateSubscribe { count: 1 }).await;
    let changes =
        w.database.audit().await.into_iter().filter(|row| row.actor_id == Some(khalid.id())).count();
    assert_eq!((changes, w.control.calls("answerCallbackQuery").await.len()), (1, answers));
    w.ends().await;
}

#[tokio::test]
async fn when_every_batch_comes_twice_nobody_notices() {
    let w = World::open().await;
    w.control.fault(json!({"kind": "duplicate_updates"})).await;
    for number in 0..10 {
        let person = w.member(&format!("شخص {number}")).await;
        person.says("/help").await;
        person.sees(Msg::HelpText).await;
        w.control.post("/updates/redeliver", json!({"count": 3})).await;
        assert_eq!(person.chat().await.len(), 2);
    }
    w.control.delete("/faults").await;
    w.settles().await;
    assert_eq!(w.control.calls("sendMessage").await.len(), 20);
    w.ends().await;
}
