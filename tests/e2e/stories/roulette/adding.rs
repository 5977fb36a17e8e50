//! Adding a chat from the first step of the wizard: it goes on in that chat, with what was entered.

use qura_i18n::Msg;

use super::FORGED;
use super::organizing::{begins, organizer, publishes, skips_and_fills, states, takes_the_numbers};
use crate::world::{Channel, ChannelPlan, Person, World};

/// Opens the first step and asks to add a chat there.
async fn begins_to_add(person: &Person) {
    person.starts().await;
    person.sees(person.menu()).await;
    person.presses("قسم الروليت").await.is_quiet();
    person.sees(Msg::RouletteTitle).await;
    person.presses("إنشاء روليت").await.is_quiet();
    person.sees_button("إضافة قناة/مجموعة جديدة").await;
    adds(person).await;
}

async fn adds(person: &Person) {
    person.presses("إضافة قناة/مجموعة جديدة").await.is_quiet();
    person.sees(Msg::ChannelsAsk).await.has_buttons(&["إلغاء", "رجوع", "الرئيسية"]);
    person.sees(Msg::ChannelsPickerPrompt).await;
    person.sees(Msg::ChannelsAsk).await;
}

/// The wizard goes on in the chat that was added; the picker is gone.
async fn goes_on(person: &Person, channel: &Channel) {
    person.sees(Msg::ChannelsAdded { title: channel.title.clone() }).await;
    person.sees(Msg::RouletteConditionsNone).await;
    assert_eq!(person.keyboard().await, None);
}

async fn links(w: &World) -> Vec<(i64,)> {
    w.settles().await;
    w.database.rows("SELECT chat_id FROM user_channels WHERE deleted_at IS NULL").await
}

#[tokio::test]
async fn who_linked_nothing_adds_a_chat_and_goes_on_there() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let news = w.channel(ChannelPlan::public("أخبار", "qura_news")).await;
    news.appoints(&sara).await;
    begins_to_add(&sara).await;
    // What is no chat, and a private link: the question stays where it was.
    sara.says("قناتي").await;
    sara.sees(Msg::ChannelsErrorNotAReference).await;
    sara.says("https://t.me/+AbCdEf012345").await;
    sara.sees(Msg::ChannelsErrorPrivateLink).await;
    sara.picks(&news).await;
    goes_on(&sara, &news).await;
    assert_eq!(links(&w).await, [(news.id,)]);
    skips_and_fills(&sara, "سحب").await;
    publishes(&w, &sara, &news).await;
    assert_eq!(sara.count(Msg::ChannelsOffer { title: "أخبار".into() }).await, 0);
    assert_eq!(w.database.wizards().await, 0);
    w.ends().await;
}

#[tokio::test]
async fn a_draft_moves_to_the_chat_that_is_added_and_keeps_what_was_entered() {
    let mut w = World::open().await;
    let (sara, news) = organizer(&w).await;
    let sport = w.channel(ChannelPlan::public("رياضة", "qura_sport")).await;
    sport.appoints(&sara).await;
    sport.appoints_the_bot().await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "نص محفوظ").await;
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
    adds(&sara).await;
    // Whatever is asked for is asked for after a restart, too.
    w.program_is_killed();
    sara.says("@qura_sport").await;
    w.program_starts();
    goes_on(&sara, &sport).await;
    sara.presses("تخطي").await.is_quiet();
    sara.sees(Msg::RouletteTemplateCurrent { text: "نص محفوظ".into() }).await;
    sara.presses("التالي").await.is_quiet();
    takes_the_numbers(&sara).await;
    publishes(&w, &sara, &sport).await;
    assert_eq!(states(&w).await.len(), 1);
    assert!(news.posts_of_the_bot(&w).await.is_empty());
    w.ends().await;
}

#[tokio::test]
async fn what_is_missing_is_mended_and_the_wizard_goes_on() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    let news = w.channel(ChannelPlan::public("أخبار", "qura_news")).await;
    news.appoints(&sara).await;
    begins_to_add(&sara).await;
    sara.says("@qura_news").await;
    sara.sees(Msg::ChannelsObstacles { title: "أخبار".into() }).await;
    sara.presses("إعادة الفحص").await.toasts(Msg::ChannelsRecheckLacking);
    assert_eq!(links(&w).await, []);
    news.appoints_the_bot().await;
    sara.presses("إعادة الفحص").await.is_quiet();
    sara.sees(Msg::RouletteConditionsNone).await;
    assert_eq!((links(&w).await, sara.keyboard().await), (vec![(news.id,)], None));
    assert_eq!(states(&w).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn back_and_cancel_leave_the_question_and_the_picker() {
    let w = World::open().await;
    let (sara, news) = organizer(&w).await;
    begins_to_add(&sara).await;
    sara.presses("رجوع").await.is_quiet();
    sara.sees(Msg::RouletteChats).await;
    assert_eq!((w.database.wizards().await, sara.keyboard().await), (0, None));
    // With a draft, back leads to its own list, and what is cancelled is kept.
    sara.presses(&*news.title).await.is_quiet();
    sara.sees(Msg::RouletteConditionsNone).await;
    sara.presses("رجوع").await.is_quiet();
    sara.sees(Msg::RouletteChats).await;
    adds(&sara).await;
    sara.presses("رجوع").await.is_quiet();
    sara.sees(Msg::RouletteChats).await;
    adds(&sara).await;
    sara.says("/cancel").await;
    sara.sees(Msg::RouletteDraftKept).await;
    assert_eq!((w.database.wizards().await, sara.keyboard().await), (0, None));
    assert_eq!(states(&w).await, [("draft".to_owned(), None)]);
    w.ends().await;
}

#[tokio::test]
async fn a_forged_button_links_no_chat_of_others() {
    let mut w = World::open().await;
    w.expected.tolerated.push(FORGED);
    let (sara, _) = organizer(&w).await;
    let theirs = w.channel(ChannelPlan::public("قناة غيرها", "qura_theirs")).await;
    theirs.appoints_the_bot().await;
    sara.starts().await;
    let screen = sara.sees(sara.menu()).await;
    sara.forges_a_press(&screen, &format!("roul:link:{}:", theirs.id)).await;
    sara.sees(Msg::ChannelsObstaclePersonNotAdministrator).await;
    sara.forges_a_press(&screen, &format!("roul:link:{}:AbCd1234", theirs.id)).await;
    sara.sees(Msg::ChannelsObstaclePersonNotAdministrator).await;
    assert_eq!((links(&w).await.len(), states(&w).await.len()), (1, 0));
    w.ends().await;
}
