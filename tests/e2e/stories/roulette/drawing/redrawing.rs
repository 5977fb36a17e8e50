//! «إعادة سحب فائز» where many have won.

use qura_i18n::Msg;

use crate::world::draw::{DrawPlan, tickets};
use crate::world::{Screen, World};

#[tokio::test]
async fn the_winners_of_a_large_draw_are_listed_page_by_page() {
    let mut w = World::builder().idle().start().await;
    let lottery = DrawPlan::among(101).winners(100, 1).ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    let receipt = w.documents(&lottery).await.remove(0);
    let winners = tickets(&receipt, "winners");
    let label = |place: usize| {
        let name = lottery.owner(winners[place - 1]).name().to_owned();
        Msg::DrawRedrawWinnerButton { place: i64::try_from(place).unwrap(), name }.plain(Default::default())
    };
    let page = |places: std::ops::RangeInclusive<usize>, below: &[&str]| -> Vec<String> {
        places.map(label).chain(below.iter().map(|&words| words.to_owned())).collect()
    };
    let organizer = &lottery.organizer;
    let list = organizer.sees_button("إعادة سحب فائز").await;
    organizer.presses_on(&list, "إعادة سحب فائز").await.is_quiet();
    let first = organizer.sees(Msg::DrawRedrawTitle).await;
    assert_ne!(first.id, list.id, "the list of winners stays to be read");
    assert_eq!(first.labels().len(), 11, "{:?}", first.labels());
    let has = |screen: &Screen, labels: Vec<String>| {
        screen.has_buttons(&labels.iter().map(String::as_str).collect::<Vec<_>>());
    };
    has(&first, page(1..=8, &["المزيد", "رجوع", "الرئيسية"]));
    organizer.presses("المزيد").await.is_quiet();
    let second = organizer.sees_button(&*label(9)).await;
    has(&second, page(9..=16, &["السابق", "المزيد", "رجوع", "الرئيسية"]));
    organizer.presses("السابق").await.is_quiet();
    organizer.sees_button(&*label(8)).await;
    for page in 2..=13 {
        organizer.presses("المزيد").await.is_quiet();
        organizer.sees_button(&*label(page * 8 - 7)).await;
    }
    organizer.presses(&*label(100)).await;
    organizer.sees(Msg::DrawRedrawReason).await;
    organizer.says("لم يرد على رسائلنا").await;
    organizer.sees_text(lottery.owner(winners[99]).name()).await;
    w.ends().await;
}
