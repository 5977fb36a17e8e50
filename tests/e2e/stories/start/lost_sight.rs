//! A gate channel that the bot cannot look into: people pass, and the operator hears of it once.

use std::time::Duration;

use qura_i18n::Msg;
use serde_json::json;

use crate::world::{ChannelPlan, Person, World};

async fn world() -> World {
    World::builder()
        .gate(ChannelPlan::public("أخبار قُرعة", "qura_news"))
        .operator("خالد")
        .operator("منى")
        .start()
        .await
}

fn alert(w: &World) -> Msg {
    Msg::OperatorGateUnchecked { title: w.gate[0].title.clone() }
}

/// A crowd starts at once.
async fn crowd(w: &World, size: usize) -> Vec<Person> {
    let mut crowd = Vec::new();
    for number in 0..size {
        let person = w.person(&format!("عابر {number}")).await;
        person.starts().await;
        crowd.push(person);
    }
    crowd
}

async fn alerts_in_the_audit_log(w: &World) -> usize {
    let subject = format!("gate.unchecked:{}", w.gate[0].id);
    let rows = w.database.audit().await;
    rows.iter().filter(|row| row.action == "alert.raise" && row.subject == subject).count()
}

#[tokio::test]
async fn a_bot_thrown_out_of_the_gate_channel_lets_everyone_pass_and_alerts_once() {
    let mut w = world().await;
    w.expects_refusal("getChatMember", "bot was kicked");
    w.gate[0].removes_the_bot().await;
    for person in crowd(&w, 20).await {
        person.sees(person.menu()).await;
    }
    w.settles().await;
    for operator in w.operators() {
        assert_eq!(operator.count(alert(&w)).await, 1, "{}", operator.name());
    }
    assert_eq!(alerts_in_the_audit_log(&w).await, 1);

    // Mended: the gate stands again. Lost again: it is told again.
    w.gate[0].appoints_the_bot().await;
    let sara = w.person("سارة").await;
    sara.starts().await;
    sara.sees(Msg::GateSubscribe { count: 1 }).await;
    let khalid = w.operator();
    khalid.looks_away().await;
    w.gate[0].removes_the_bot().await;
    khalid.sees(alert(&w)).await;
    w.settles().await;
    assert_eq!((khalid.count(alert(&w)).await, alerts_in_the_audit_log(&w).await), (2, 2));
    w.ends().await;
}

#[tokio::test]
async fn a_loss_that_only_shows_when_asking_is_told_once_too_and_survives_a_restart() {
    let mut w = world().await;
    let blind = json!({
        "kind": "bad_request", "method": "getChatMember", "description": "Bad Request: CHAT_ADMIN_REQUIRED",
    });
    let fault = w.control.fault(blind).await;
    for person in crowd(&w, 10).await {
        person.sees(person.menu()).await;
    }
    w.settles().await;
    w.program_stops().await;
    w.program_starts();
    for person in crowd(&w, 3).await {
        person.sees(person.menu()).await;
    }
    w.settles().await;
    let khalid = w.operator();
    assert_eq!((khalid.count(alert(&w)).await, alerts_in_the_audit_log(&w).await), (1, 1));

    w.control.delete(&format!("/faults/{fault}")).await;
    let sara = w.person("سارة").await;
    sara.starts().await;
    sara.sees(Msg::GateSubscribe { count: 1 }).await;
    w.control.fault(json!({"kind": "bad_request", "method": "getChatMember", "count": 1})).await;
    let laila = w.person("ليلى").await;
    laila.starts().await;
    laila.sees(laila.menu()).await;
    w.is_all_said().await;
    assert_eq!(khalid.count(alert(&w)).await, 2);
    w.ends().await;
}

#[tokio::test]
async fn a_loss_that_was_mended_while_the_program_was_away_is_told_again_when_it_comes_back() {
    let mut w = world().await;
    let blind = json!({"kind": "bad_request", "method": "getChatMember"});
    let fault = w.control.fault(blind.clone()).await;
    let sara = w.person("سارة").await;
    sara.starts().await;
    sara.sees(sara.menu()).await;
    let khalid = w.operator();
    khalid.sees(alert(&w)).await;
    w.settles().await;
    w.program_stops().await;
    w.control.delete(&format!("/faults/{fault}")).await;
    w.program_starts();
    let laila = w.person("ليلى").await;
    laila.starts().await;
    laila.sees(Msg::GateSubscribe { count: 1 }).await;
    w.settles().await;

    w.control.fault(blind).await;
    let huda = w.person("هدى").await;
    huda.starts().await;
    huda.sees(huda.menu()).await;
    w.is_all_said().await;
    assert_eq!((khalid.count(alert(&w)).await, alerts_in_the_audit_log(&w).await), (2, 2));
    w.ends().await;
}

#[tokio::test]
async fn nobody_is_lost_while_telegram_cannot_say_who_is_subscribed() {
    let w = World::gated().await;
    let sara = w.person("سارة").await;
    sara.joins(&w.gate[0]).await;
    w.settles().await;
    // The channel's news have made it known that she is inside; others have to be asked about.
    let fault = w.control.fault(json!({"kind": "server_error", "method": "getChatMember", "count": 6})).await;
    let crowd = crowd(&w, 3).await;
    sara.starts().await;
    sara.sees(sara.menu()).await;
    for person in crowd {
        person.sees(Msg::GateSubscribe { count: 1 }).await;
    }
    assert_eq!(w.control.hits(fault).await, 6);
    w.ends().await;
}

/// Flows, section 0: answered within a second also when something fails.
#[tokio::test]
async fn the_check_is_answered_in_time_though_telegram_is_out_of_order() {
    let mut w = World::gated().await;
    // The words of thanks come too late, and the menu all the same.
    w.expects_refusal("answerCallbackQuery", "query is too old");
    let sara = w.person("سارة").await;
    sara.starts().await;
    sara.sees(Msg::GateSubscribe { count: 1 }).await;
    sara.joins(&w.gate[0]).await;
    let fault = w.control.fault(json!({"kind": "server_error", "method": "getChatMember", "count": 6})).await;
    let press = sara.presses("لقد اشتركت").await;
    assert!(press.took < Duration::from_secs(2), "{press:?}");
    sara.sees(sara.menu()).await;
    assert_eq!(w.control.hits(fault).await, 6);
    w.ends().await;
}
