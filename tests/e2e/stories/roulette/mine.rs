//! «سحوباتي»: by state, page by page; drafts taken up again, copied, thrown away; schedules called back.

use std::time::Duration;

use qura_i18n::Msg;

use super::organizing::{begins, confirms, organizer, publishes, skips_and_fills, states};
use crate::world::{Person, Screen, World};

/// Opens a list of lotteries; the screen.
async fn opens(person: &Person, list: &str) -> Screen {
    person.says("/my").await;
    person.sees(Msg::MineTitle).await;
    person.presses("سحوباتي").await.is_quiet();
    person.sees(Msg::MineShelves).await;
    person.presses(list).await.is_quiet();
    person.sees_button("رجوع").await
}

#[tokio::test]
async fn each_lottery_stands_where_its_state_says() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    for list in ["المسودات", "المجدولة", "الجارية", "المتوقفة مؤقتًا", "المنتهية"]
    {
        opens(&sara, list).await.has_buttons(&["رجوع", "الرئيسية"]);
    }
    begins(&sara, &news).await;
    skips_and_fills(&sara, "منشور").await;
    publishes(&w, &sara, &news).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "مسودة").await;
    opens(&sara, "الجارية").await.has_buttons(&["منشور", "رجوع", "الرئيسية"]);
    sara.presses("منشور").await.is_quiet();
    let card = sara.sees(Msg::RouletteStateOpen).await;
    card.button("فتح المنشور");
    opens(&sara, "المسودات").await.has_buttons(&["مسودة", "رجوع", "الرئيسية"]);
    sara.presses("مسودة").await.is_quiet();
    sara.sees(Msg::RouletteStateDraft).await;
    sara.presses("متابعة المسودة").await.is_quiet();
    sara.sees(Msg::RouletteSettings { winners: 1, reserves: 1 }).await;
    publishes(&w, &sara, &news).await;
    opens(&sara, "الجارية").await.has_buttons(&["مسودة", "منشور", "رجوع", "الرئيسية"]);
    let laila = w.member("ليلى").await;
    opens(&laila, "الجارية").await.has_buttons(&["رجوع", "الرئيسية"]);
    w.ends().await;
}

#[tokio::test]
async fn drafts_are_paged_and_limited() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    for _ in 0..30 {
        begins(&sara, &news).await;
    }
    sara.starts().await;
    sara.sees(sara.menu()).await;
    sara.presses("قسم الروليت").await.is_quiet();
    sara.sees(Msg::RouletteTitle).await;
    sara.presses("إنشاء روليت").await.is_quiet();
    sara.sees(Msg::RouletteChats).await;
    sara.presses("أخبار").await.alerts(Msg::RouletteDraftsTooManyAlert);
    let mut page = opens(&sara, "المسودات").await;
    let mut seen = Vec::new();
    loop {
        let rows = page
            .rows
            .iter()
            .filter(|row| row[0].data.as_deref().is_some_and(|d| d.starts_with("roul:card:")));
        let labels: Vec<String> = rows.map(|row| row[0].label.clone()).collect();
        assert!(labels.len() <= 8);
        seen.extend(labels);
        if !page.labels().contains(&"المزيد") {
            break;
        }
        sara.presses_on(&page, "المزيد").await.is_quiet();
        page = sara.sees_button("السابق").await;
    }
    assert_eq!(seen.len(), 30);
    seen.dedup();
    assert_eq!(seen.len(), 30);
    assert_eq!(states(&w).await.len(), 30);
    w.ends().await;
}

#[tokio::test]
async fn a_copy_is_a_draft_of_its_own_and_a_draft_can_be_thrown_away() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "أصل").await;
    sara.presses("نوع المستخدمين").await.is_quiet();
    sara.sees_button("المميزين").await;
    publishes(&w, &sara, &news).await;
    opens(&sara, "الجارية").await;
    sara.presses("أصل").await.is_quiet();
    sara.sees(Msg::RouletteStateOpen).await;
    sara.presses("نسخ").await.is_quiet();
    sara.sees(Msg::RouletteCopied).await;
    assert_eq!(states(&w).await.into_iter().map(|(state, _)| state).collect::<Vec<_>>(), ["open", "draft"]);
    assert_eq!(super::organizing::settings(&w).await["audience"], "premium");
    sara.presses("حذف المسودة").await.is_quiet();
    sara.sees(Msg::RouletteDiscardConfirm).await;
    sara.presses("تأكيد").await.is_quiet();
    let list = sara.sees(Msg::RouletteDiscarded).await;
    list.has_buttons(&["رجوع", "الرئيسية"]);
    assert_eq!(states(&w).await[1].0, "cancelled");
    assert_eq!(states(&w).await[0].0, "open");
    w.ends().await;
}

/// The second press was sent before the first was answered.
#[tokio::test]
async fn what_is_tapped_twice_is_one_draft() {
    let mut w = World::open().await;
    w.expected.tolerated.push(super::FORGED);
    let (sara, news) = organizer(&w).await;
    sara.starts().await;
    sara.sees(sara.menu()).await;
    sara.presses("قسم الروليت").await.is_quiet();
    sara.sees(Msg::RouletteTitle).await;
    sara.presses("إنشاء روليت").await.is_quiet();
    let chats = sara.sees(Msg::RouletteChats).await;
    let again = chats.button(&news.title).data.clone().unwrap();
    sara.presses(&*news.title).await.is_quiet();
    sara.sees(Msg::RouletteConditionsNone).await;
    sara.forges_a_press(&chats, &again).await;
    assert_eq!(states(&w).await.len(), 1);
    // Who goes through the menu again wants another one.
    begins(&sara, &news).await;
    assert_eq!(states(&w).await.len(), 2);
    skips_and_fills(&sara, "أصل").await;
    opens(&sara, "المسودات").await;
    sara.presses("أصل").await.is_quiet();
    let card = sara.sees(Msg::RouletteStateDraft).await;
    let again = card.button("نسخ").data.clone().unwrap();
    sara.presses("نسخ").await.is_quiet();
    sara.sees(Msg::RouletteCopied).await;
    sara.forges_a_press(&card, &again).await;
    assert_eq!(states(&w).await.len(), 3);
    w.passes(Duration::from_secs(60)).await;
    sara.forges_a_press(&card, &again).await;
    assert_eq!(states(&w).await.len(), 4);
    w.ends().await;
}

#[tokio::test]
async fn a_schedule_is_called_back_and_nothing_is_published() {
    let mut w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "مجدول").await;
    sara.presses("موعد النشر").await.is_quiet();
    sara.sees_button("بعد ساعة").await;
    sara.presses("بعد ساعة").await.is_quiet();
    sara.sees_button("موعد النشر").await;
    confirms(&sara).await;
    sara.sees_button("إدارة السحب").await;
    opens(&sara, "المجدولة").await;
    sara.presses("مجدول").await.is_quiet();
    sara.sees(Msg::RouletteStateScheduled).await;
    sara.presses("إلغاء الجدولة").await.is_quiet();
    sara.sees(Msg::RouletteCalledBack).await;
    w.passes(Duration::from_secs(3_700)).await;
    w.settles().await;
    assert!(news.posts_of_the_bot(&w).await.is_empty());
    // Its time has passed, which is named; published at once it appears.
    sara.presses("متابعة المسودة").await.is_quiet();
    sara.sees(Msg::RouletteSettings { winners: 1, reserves: 1 }).await;
    sara.presses("التالي").await;
    sara.sees(Msg::RouletteSettingsPast).await;
    sara.presses("رجوع").await.is_quiet();
    sara.sees_button("موعد النشر").await;
    sara.presses("موعد النشر").await.is_quiet();
    sara.sees_button("بعد ساعة").await;
    sara.presses("الآن").await.is_quiet();
    sara.sees_button("موعد النشر: \u{2068}الآن").await;
    publishes(&w, &sara, &news).await;
    assert_eq!(news.posts_of_the_bot(&w).await.len(), 1);
    w.ends().await;
}
