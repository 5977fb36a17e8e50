//! The wizard: each step forth and back, each condition, each setting, and a restart in the middle.

use qura_i18n::Msg;
use serde_json::json;

use super::organizing::{
    begins, code, fills, linked, organizer, publishes, settings, skips_and_fills, states, takes_the_numbers,
};
use crate::world::{ChannelPlan, World};

#[tokio::test]
async fn a_lottery_is_created_and_published_in_its_simplest_form() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    let conditions = begins(&sara, &news).await;
    conditions.has_buttons(&[
        "قناة شرط",
        "مجموعة شرط",
        "الاشتراك في روليت آخر",
        "تعزيز القناة",
        "تخطي",
        "إلغاء",
        "رجوع",
        "الرئيسية",
    ]);
    let grid = skips_and_fills(&sara, "سحب على جائزة 🎁").await;
    grid.has_buttons(&[
        "نوع المستخدمين: \u{2068}الجميع",
        "✅ الاشتراك في القناة",
        "منع الوهمي: \u{2068}صورة",
        "✅ استبعاد المغادرين",
        "السحب التلقائي: \u{2068}بدون",
        "موعد النشر: \u{2068}الآن",
        "مهلة التأكيد: \u{2068}بدون",
        "التالي",
        "إلغاء",
        "رجوع",
        "الرئيسية",
    ]);
    let post = publishes(&w, &sara, &news).await;
    assert_eq!(post["text"], "سحب على جائزة 🎁");
    let labels: Vec<&str> =
        post["buttons"].as_array().unwrap().iter().map(|row| row[0]["text"].as_str().unwrap()).collect();
    assert!(labels[0].contains("عدد المشتركين") && labels[0].contains('0'), "{labels:?}");
    assert!(labels[1].contains("مشاركة السحب") && labels[2].contains("الاشتراك في السحب"), "{labels:?}");
    assert_eq!(states(&w).await, [("open".to_owned(), post["id"].as_i64())]);
    assert_eq!(w.database.wizards().await, 0);
    w.ends().await;
}

#[tokio::test]
async fn each_kind_of_condition_is_added_and_taken_away() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    // Something to join first.
    begins(&sara, &news).await;
    skips_and_fills(&sara, "سحب أول").await;
    publishes(&w, &sara, &news).await;
    let first = code(&w).await;

    let sport = w.channel(ChannelPlan::public("رياضة", "qura_sport")).await;
    let talk = w.channel(ChannelPlan::group("نقاش", "qura_talk")).await;
    for chat in [&sport, &talk] {
        chat.appoints(&sara).await;
        chat.appoints_the_bot().await;
    }
    begins(&sara, &news).await;
    sara.presses(Msg::RouletteConditionChannel).await.is_quiet();
    sara.sees(Msg::RouletteAskChannel).await;
    sara.sees(Msg::RoulettePickerPrompt).await;
    sara.says("@qura_sport").await;
    sara.sees(Msg::RouletteConditionAdded { title: "رياضة".into() }).await;
    assert_eq!(sara.keyboard().await, None, "the picker is gone");
    sara.presses(Msg::RouletteConditionGroup).await.is_quiet();
    sara.sees(Msg::RouletteAskGroup).await;
    sara.sees(Msg::RoulettePickerPrompt).await;
    sara.shares(&talk).await;
    sara.sees(Msg::RouletteConditionAdded { title: "نقاش".into() }).await;
    sara.presses(Msg::RouletteConditionLottery).await.is_quiet();
    sara.sees(Msg::RouletteAskLottery).await;
    sara.says(&format!("https://t.me/qura_bot?start=join_{first}")).await;
    sara.sees(Msg::RouletteConditionAdded { title: first.clone() }).await;
    sara.presses(Msg::RouletteConditionBoost).await.is_quiet();
    sara.sees(Msg::RouletteAskBoost).await;
    let post = sport.posts("أهلًا").await;
    sara.forwards(&sport, post).await;
    let list = sara.sees(Msg::RouletteConditionAdded { title: "رياضة".into() }).await;
    let shown: Vec<&str> = list.labels().into_iter().filter(|label| label.starts_with('❌')).collect();
    assert_eq!(shown.len(), 4, "{shown:?}");
    assert!(shown[2].contains("سحب أول"), "a lottery goes by its words: {shown:?}");
    w.settles().await;
    let sql = "SELECT kind FROM lottery_conditions ORDER BY position";
    let kinds: Vec<(String,)> = w.database.rows(sql).await;
    assert_eq!(
        kinds.into_iter().map(|(kind,)| kind).collect::<Vec<_>>(),
        ["channel", "group", "lottery", "boost"]
    );
    let unwanted = ["مجموعة شرط:", "الاشتراك في روليت آخر:", "تعزيز القناة:"];
    for gone in unwanted {
        let label = list.labels().into_iter().find(|label| label.contains(gone)).unwrap();
        sara.presses_on(&list, label).await.is_quiet();
        sara.sees(Msg::RouletteConditions).await;
    }
    fills(&sara, "سحب ثان").await;
    publishes(&w, &sara, &news).await;
    let kinds: Vec<(String, Option<i64>)> =
        w.database.rows("SELECT kind, chat_id FROM lottery_conditions ORDER BY position").await;
    assert_eq!(kinds, [("channel".to_owned(), Some(sport.id))]);
    w.ends().await;
}

#[tokio::test]
async fn each_setting_is_turned_over_chosen_or_typed() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    sara.presses("تخطي").await.is_quiet();
    sara.sees(Msg::RouletteTemplate).await;
    sara.says("سحب").await;
    sara.sees(Msg::RouletteWinners { current: 1 }).await;
    sara.says("٥").await;
    sara.sees(Msg::RouletteReserves { current: 5 }).await;
    sara.says("۳").await;
    sara.sees(Msg::RouletteSettings { winners: 5, reserves: 3 }).await;
    sara.presses("نوع المستخدمين").await.is_quiet();
    sara.sees_button("نوع المستخدمين: \u{2068}المميزين").await;
    sara.presses("الاشتراك في القناة").await.is_quiet();
    sara.sees_button("❌ الاشتراك في القناة").await;
    sara.presses("استبعاد المغادرين").await.is_quiet();
    sara.sees_button("❌ استبعاد المغادرين").await;
    for kind in ["رموز", "حسابي", "زر مؤقت", "بدون", "صورة", "رموز"] {
        sara.presses("منع الوهمي").await.is_quiet();
        sara.sees_button(&*format!("منع الوهمي: \u{2068}{kind}")).await;
    }
    sara.presses("مهلة التأكيد").await.is_quiet();
    sara.sees(Msg::RouletteAskConfirmation).await;
    sara.says("48").await;
    sara.sees_button("مهلة التأكيد: \u{2068}48 ساعةً").await;
    sara.presses("السحب التلقائي").await.is_quiet();
    sara.sees(Msg::RouletteAskDraw).await;
    sara.presses("عند اكتمال عدد").await.is_quiet();
    sara.sees(Msg::RouletteAskDrawCount).await;
    sara.says("١٬٢٥٠").await;
    sara.sees_button("السحب التلقائي: \u{2068}عند 1,250 مشتركًا\u{2069}").await;
    assert_eq!(settings(&w).await["auto_draw"], json!({"at_count": 1250}));
    sara.presses("السحب التلقائي").await.is_quiet();
    sara.sees(Msg::RouletteAskDraw).await;
    sara.presses("في وقت محدد").await.is_quiet();
    sara.sees_button("بعد 3 ساعات").await;
    let before = w.now();
    sara.says("بعد ٣ ساعات و ٥ دقائق").await;
    sara.sees_button("السحب التلقائي").await;
    let draw = settings(&w).await["auto_draw"]["at"].as_i64().unwrap();
    assert!((before + 11_100_000_000..before + 11_160_000_000).contains(&draw));
    sara.presses("موعد النشر").await.is_quiet();
    sara.sees_button("بعد ساعة").await;
    sara.says("الآن").await;
    sara.sees_button("موعد النشر: \u{2068}الآن").await;
    sara.presses("موعد النشر").await.is_quiet();
    sara.sees_button("بعد ساعة").await;
    sara.presses("بعد ساعة").await.is_quiet();
    sara.sees_button("موعد النشر").await;
    let all = settings(&w).await;
    assert!(
        (before + 3_600_000_000..before + 3_720_000_000)
            .contains(&all["publication"]["at"].as_i64().unwrap())
    );
    assert_eq!(
        json!([
            all["winners"],
            all["reserves"],
            all["audience"],
            all["members_only"],
            all["leavers_excluded"]
        ]),
        json!([5, 3, "premium", false, false])
    );
    assert_eq!(json!([all["challenge"], all["confirmation_hours"]]), json!(["emoji", 48]));
    w.ends().await;
}

#[tokio::test]
async fn going_back_keeps_what_was_entered_and_cancel_keeps_a_draft() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "نص محفوظ").await;
    sara.presses("نوع المستخدمين").await.is_quiet();
    sara.sees_button("المميزين").await;
    for step in [
        Msg::RouletteReserves { current: 1 },
        Msg::RouletteWinners { current: 1 },
        Msg::RouletteTemplateCurrent { text: "نص محفوظ".into() },
        Msg::RouletteConditionsNone,
        Msg::RouletteChats,
    ] {
        sara.presses("رجوع").await.is_quiet();
        sara.sees(step).await;
    }
    // Elsewhere is another chat, not another draft.
    sara.presses("أخبار").await.is_quiet();
    sara.sees(Msg::RouletteConditionsNone).await;
    sara.presses("إلغاء").await.is_quiet();
    sara.sees(Msg::RouletteDraftKept).await;
    assert_eq!(states(&w).await, [("draft".to_owned(), None)]);
    assert_eq!(settings(&w).await["audience"], "premium");
    assert_eq!(w.database.wizards().await, 0);
    w.ends().await;
}

#[tokio::test]
async fn who_writes_where_buttons_are_to_be_pressed_stays_where_they_are() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    sara.says("كلام").await;
    sara.sees(Msg::RouletteErrorPress).await.button("تخطي");
    skips_and_fills(&sara, "سحب").await;
    sara.says("5").await;
    sara.sees(Msg::RouletteErrorPress).await.button("منع الوهمي");
    sara.presses("السحب التلقائي").await.is_quiet();
    sara.sees(Msg::RouletteAskDraw).await;
    sara.says("غدًا").await;
    sara.sees(Msg::RouletteErrorPress).await.button("عند اكتمال عدد");
    sara.presses("رجوع").await.is_quiet();
    sara.sees_button("منع الوهمي").await;
    sara.presses("التالي").await;
    sara.sees(Msg::RoulettePreviewReady).await;
    sara.says("نعم").await;
    sara.sees(Msg::RouletteErrorPress).await.button("تأكيد وبدء السحب");
    // It is a step of the wizard, which can be cancelled from it.
    sara.says("/cancel").await;
    sara.sees(Msg::RouletteDraftKept).await;
    w.settles().await;
    assert_eq!(w.database.wizards().await, 0);
    w.ends().await;
}

#[tokio::test]
async fn the_wizard_goes_on_where_it_was_after_the_programs_death() {
    let mut w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    sara.presses("تخطي").await.is_quiet();
    sara.sees(Msg::RouletteTemplate).await;
    w.program_is_killed();
    // What she says while it is dead waits for it.
    sara.says("سحب بعد انقطاع").await;
    w.program_starts();
    takes_the_numbers(&sara).await;
    w.program_is_killed();
    w.program_starts();
    let post = publishes(&w, &sara, &news).await;
    assert_eq!(post["text"], "سحب بعد انقطاع");
    w.ends().await;
}

#[tokio::test]
async fn a_draft_moves_to_another_chat() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    let sport = linked(&w, &sara, ChannelPlan::public("رياضة", "qura_sport")).await;
    begins(&sara, &news).await;
    sara.presses("رجوع").await.is_quiet();
    sara.sees(Msg::RouletteChats).await;
    sara.presses("رياضة").await.is_quiet();
    sara.sees(Msg::RouletteConditionsNone).await;
    skips_and_fills(&sara, "سحب").await;
    publishes(&w, &sara, &sport).await;
    assert!(news.posts_of_the_bot(&w).await.is_empty());
    assert_eq!(states(&w).await.len(), 1);
    w.ends().await;
}
