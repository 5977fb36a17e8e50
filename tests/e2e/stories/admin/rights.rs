//! Who may do what operators do: nobody else, by no way.

use qura_i18n::Msg;

use super::super::start::MENU;
use crate::world::{ChannelPlan, World};

#[tokio::test]
async fn a_stranger_is_refused_by_command_and_by_forged_button() {
    let plan = ChannelPlan::public("أخبار قُرعة", "qura_news");
    let mut w = World::builder().gate(plan).gate_off().operator("خالد").start().await;
    w.expects_refusal("answerCallbackQuery", "query ID is invalid");
    let before = w.database.audit().await;
    let channel = w.gate[0].id;
    for (number, data) in [
        "admin:home".to_owned(),
        "agate:open".to_owned(),
        "agate:toggle".to_owned(),
        "agate:requests".to_owned(),
        "agate:add".to_owned(),
        format!("agate:confirm:{channel}"),
    ]
    .iter()
    .enumerate()
    {
        let sara = w.member(&format!("سارة {number}")).await;
        let menu = sara.chat().await.remove(0);
        sara.forges_a_press(&menu, data).await;
        w.settles().await;
        let answers = w.control.calls("answerCallbackQuery").await;
        let said = answers[number]["params"]["text"].as_str();
        assert_eq!(said, Some(&*Msg::AlertOperatorsOnly.plain(Default::default())), "{data}");
        assert_eq!(sara.chat().await, [menu], "{data}");
    }
    assert_eq!(w.counted("callbacks_forbidden_total").await, 6.0);
    let sara = w.member("سارة").await;
    sara.says("/admin").await;
    sara.sees(Msg::AlertOperatorsOnly).await.has_buttons(&MENU);
    assert_eq!((w.database.audit().await, w.database.wizards().await), (before, 0));
    w.ends().await;
}

#[tokio::test]
async fn an_operator_opens_the_sections() {
    let w = World::builder().operator("خالد").start().await;
    let khalid = w.operator();
    khalid.says("/admin").await;
    let home = khalid.sees(Msg::AdminTitle).await;
    home.button("الاشتراك الإجباري");
    khalid.presses(Msg::AdminStatistics).await.alerts(Msg::SectionSoonAlert);
    khalid.presses("الرئيسية").await.is_quiet();
    assert_eq!(khalid.sees(khalid.menu()).await.id, home.id);
    w.ends().await;
}

#[tokio::test]
async fn who_is_no_operator_any_more_cannot_finish_what_they_began() {
    let mut w = World::builder().operator("خالد").start().await;
    let khalid = w.operator();
    let channel = w.channel(ChannelPlan::public("أخبار قُرعة", "qura_news")).await;
    channel.appoints_the_bot().await;
    super::opens_the_gate(&khalid, Msg::AdminGateOff { count: 0 }).await;
    khalid.presses("إضافة قناة").await.is_quiet();
    let ask = khalid.sees(Msg::AdminGateAsk).await;
    w.settles().await;
    w.program_stops().await;
    w.launch = w.launch.clone().with("ADMIN_IDS", "");
    w.program_starts();
    khalid.says("@qura_news").await;
    khalid.sees(Msg::AlertOperatorsOnly).await;
    khalid.presses_on(&ask, "رجوع").await.alerts(Msg::AlertOperatorsOnly);
    w.settles().await;
    assert_eq!(w.database.audit().await, []);
    w.ends().await;
}
