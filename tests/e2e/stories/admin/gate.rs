//! The gate's switches and its channels, changed from within the bot.

use qura_i18n::Msg;
use serde_json::{Value, json};

use super::opens_the_gate;
use crate::world::{ChannelPlan, Person, World};

async fn world() -> World {
    let plan = ChannelPlan::public("أخبار قُرعة", "qura_news");
    World::builder().gate(plan).gate_off().operator("خالد").operator("منى").start().await
}

/// What a person changed, by the audit log: key, before, after.
async fn changes_of(w: &World, person: &Person) -> Vec<(String, Value, Value)> {
    let json = |text: Option<String>| serde_json::from_str(&text.unwrap()).unwrap();
    let rows = w.database.audit().await.into_iter().filter(|row| row.actor_id == Some(person.id()));
    rows.map(|row| {
        assert_eq!(row.action, "settings.set");
        (row.subject, json(row.before), json(row.after))
    })
    .collect()
}

#[tokio::test]
async fn the_switch_counts_at_once() {
    let w = world().await;
    let khalid = w.operator();
    let sara = w.member("سارة").await;
    sara.leaves(&w.gate[0]).await;
    let off = opens_the_gate(&khalid, Msg::AdminGateOff { count: 1 }).await;
    off.button("إضافة قناة");
    khalid.presses("تفعيل").await.is_quiet();
    let on = khalid.sees(Msg::AdminGateOn { count: 1 }).await;
    assert_eq!(on.id, off.id);
    sara.says("/help").await;
    sara.sees(Msg::GateSubscribe { count: 1 }).await;
    khalid.presses("تعطيل").await.is_quiet();
    khalid.sees(Msg::AdminGateOff { count: 1 }).await.button("تفعيل");
    sara.says("/help").await;
    sara.sees(Msg::HelpText).await;
    w.settles().await;
    let change = |before: bool, after: bool| ("gate.enabled".to_owned(), json!(before), json!(after));
    assert_eq!(changes_of(&w, &khalid).await, [change(false, true), change(true, false)]);
    w.ends().await;
}

#[tokio::test]
async fn requests_to_join_are_a_switch_of_their_own() {
    let w = world().await;
    let khalid = w.operator();
    opens_the_gate(&khalid, Msg::AdminGateOff { count: 1 }).await.button("❌ احتساب");
    khalid.presses(Msg::AdminGateRequestsOff).await.is_quiet();
    khalid.sees_button(Msg::AdminGateRequestsOn).await.button("✅ احتساب");
    w.settles().await;
    let change = ("gate.requests_count".to_owned(), json!(false), json!(true));
    assert_eq!(changes_of(&w, &khalid).await, [change]);
    w.ends().await;
}

#[tokio::test]
async fn removing_a_channel_asks_first() {
    let w = world().await;
    let khalid = w.operator();
    let (title, link) = (w.gate[0].title.clone(), w.gate[0].link.clone());
    opens_the_gate(&khalid, Msg::AdminGateOff { count: 1 }).await;
    khalid.presses(Msg::AdminGateChannelButton { title: title.clone() }).await.is_quiet();
    khalid.sees(Msg::AdminGateChannel { link: link.clone(), title: title.clone() }).await;
    khalid.presses("حذف").await.is_quiet();
    khalid.sees(Msg::AdminGateRemoveConfirm { title: title.clone() }).await.button("تأكيد");
    khalid.presses("إلغاء").await.is_quiet();
    khalid.sees(Msg::AdminGateChannel { link, title: title.clone() }).await;
    w.settles().await;
    assert_eq!(changes_of(&w, &khalid).await, []);

    khalid.presses("حذف").await.is_quiet();
    khalid.sees(Msg::AdminGateRemoveConfirm { title: title.clone() }).await;
    khalid.presses("تأكيد").await.is_quiet();
    let left = khalid.sees(Msg::AdminGateRemoved { title: title.clone() }).await;
    assert!(left.text.contains(&Msg::AdminGateOff { count: 0 }.plain(Default::default())));
    w.settles().await;
    let change = ("gate.channels".to_owned(), json!([w.gate[0].as_gate()]), json!([]));
    assert_eq!(changes_of(&w, &khalid).await, [change]);
    w.ends().await;
}

#[tokio::test]
async fn a_button_of_a_channel_that_another_operator_removed_is_stale() {
    let w = world().await;
    let (khalid, mona) = (w.operators()[0].clone(), w.operators()[1].clone());
    let title = w.gate[0].title.clone();
    for operator in [&khalid, &mona] {
        opens_the_gate(operator, Msg::AdminGateOff { count: 1 }).await;
        operator.presses(Msg::AdminGateChannelButton { title: title.clone() }).await.is_quiet();
        operator.sees_button("حذف").await;
        operator.presses("حذف").await.is_quiet();
        operator.sees_button("تأكيد").await;
    }
    khalid.presses("تأكيد").await.is_quiet();
    khalid.sees(Msg::AdminGateRemoved { title: title.clone() }).await;
    mona.presses("إلغاء").await.alerts(Msg::AlertStale);
    mona.sees(Msg::AdminGateOff { count: 0 }).await;
    w.settles().await;
    assert_eq!((changes_of(&w, &khalid).await.len(), changes_of(&w, &mona).await.len()), (1, 0));
    w.ends().await;
}
