//! Sharing: who is offered which lotteries, what comes into the chat, and where its button leads.

use serde_json::{Value, json};

use super::organizing::{begins, code, organizer, publishes, skips_and_fills};
use crate::world::{Channel, ChannelPlan, Person, TOKEN, USERNAME, World};

/// A lottery that is there before the program starts.
struct Planted<'a> {
    code: &'a str,
    organizer: &'a Person,
    channel: &'a Channel,
    state: &'a str,
    template: Value,
    /// Who is registered.
    participants: &'a [&'a Person],
    post: Option<i64>,
}

impl<'a> Planted<'a> {
    fn open(code: &'a str, organizer: &'a Person, channel: &'a Channel) -> Self {
        let template = json!({"text": {"text": format!("سحب {code}"), "entities": []}});
        Self { code, organizer, channel, state: "open", template, participants: &[], post: None }
    }

    async fn is_planted(&self, w: &World, id: i64) {
        let Self { code, organizer, channel, state, template, participants, post } = self;
        let (post, published, organizer) =
            (post.map_or("NULL".to_owned(), |id| id.to_string()), id, organizer.id());
        let deleted = if *state == "cancelled" { "9" } else { "NULL" };
        let mut sql = format!(
            "INSERT INTO lotteries (id, code, organizer_id, chat_id, state, template, settings, message_id,
                                    created_at, published_at, deleted_at)
             VALUES ({id}, '{code}', {organizer}, {}, '{state}', '{template}', '{{}}', {post}, {id}, {published}, {deleted});
             INSERT INTO lottery_counters (lottery_id) VALUES ({id});",
            channel.id,
        );
        for (ticket, person) in (1..).zip(*participants) {
            sql.push_str(&format!(
                "INSERT INTO lottery_participants (lottery_id, user_id, ticket, joined_at, changed_at, source)
                 VALUES ({id}, {}, {ticket}, 1, 1, 'post');",
                person.id()
            ));
        }
        w.database.writes(sql).await;
    }
}

/// A channel that the bot knows.
async fn known_channel(w: &World, plan: ChannelPlan, username: Option<&str>) -> Channel {
    let channel = w.channel(plan).await;
    channel.appoints_the_bot().await;
    let username = username.map_or("NULL".to_owned(), |name| format!("'{name}'"));
    let sql = format!(
        "INSERT INTO channels (chat_id, kind, title, username, bot, checked_at)
         VALUES ({}, 'channel', '{}', {username}, '\"creator\"', 0);",
        channel.id, channel.title
    );
    w.database.writes(sql).await;
    channel
}

/// A world whose program does not run yet; the schema is there.
async fn quiet_world() -> World {
    let w = World::builder().idle().start().await;
    w.runs(&["migrate", "up"]).await.lines();
    w
}

async fn wakes(w: &mut World) {
    w.program_starts();
    w.control.wait("polled", &[]).await.expect("it polls");
}

#[tokio::test]
async fn only_open_lotteries_in_sight_are_offered() {
    let mut w = quiet_world().await;
    let [sara, mona, nora, badr] = ["سارة", "منى", "نورة", "بدر"].map(|name| w.person(name));
    let (sara, mona, nora, badr) = (sara.await, mona.await, nora.await, badr.await);
    let channel = known_channel(&w, ChannelPlan::public("أخبار", "qura_news"), Some("qura_news")).await;
    let lotteries = [
        Planted { participants: &[&mona], ..Planted::open("Open0001", &sara, &channel) },
        Planted::open("Open0002", &sara, &channel),
        Planted { state: "paused", participants: &[&mona], ..Planted::open("Paused01", &sara, &channel) },
        Planted { state: "cancelled", participants: &[&mona], ..Planted::open("Cancel01", &sara, &channel) },
        Planted { state: "draft", ..Planted::open("Draft001", &sara, &channel) },
        Planted { participants: &[&mona, &badr], ..Planted::open("Others01", &nora, &channel) },
    ];
    for (id, lottery) in (1..).zip(&lotteries) {
        lottery.is_planted(&w, id).await;
    }
    w.database
        .writes(format!(
            "INSERT INTO users (id, first_name, is_premium, first_seen_at, last_seen_at, banned_at)
             VALUES ({}, 'بدر', FALSE, 1, 1, 1);",
            badr.id()
        ))
        .await;
    wakes(&mut w).await;

    assert_eq!(sara.asks_inline("").await.ids(), ["Open0002", "Open0001"]);
    assert_eq!(mona.asks_inline(" ").await.ids(), ["Others01", "Open0001"]);
    // Whoever knows the code, to the letter, may share the lottery.
    assert_eq!(nora.asks_inline("Open0001").await.ids(), ["Open0001"]);
    for words in ["open0001", "Open000", "Open00011", "Open0001 x", "Paused01", "Cancel01", "Draft001", "سحب"]
    {
        assert_eq!(sara.asks_inline(words).await.ids(), Vec::<&str>::new(), "{words}");
    }
    // Who is shut out shares nothing.
    for words in ["", "Open0001"] {
        assert_eq!(badr.asks_inline(words).await.ids(), Vec::<&str>::new());
    }
    for call in w.control.calls("answerInlineQuery").await {
        let parameters = &call["params"];
        assert!(parameters["cache_time"].as_i64().unwrap() <= 5, "{call}");
        assert_eq!(parameters["is_personal"], true, "{call}");
    }
    w.ends().await;
}

#[tokio::test]
async fn the_template_comes_into_the_chat_with_a_way_to_the_lottery() {
    let mut w = quiet_world().await;
    let (sara, mona) = (w.person("سارة").await, w.person("منى").await);
    let public = known_channel(&w, ChannelPlan::public("أخبار", "qura_news"), Some("qura_news")).await;
    let private = known_channel(&w, ChannelPlan::private("خاصة"), None).await;
    let group = w.channel(ChannelPlan::group("أصدقاء", "qura_friends")).await;
    for person in [&sara, &mona] {
        person.joins(&group).await;
    }
    let post = public.posts("سحب على 🎁").await;
    let bold = json!([{"type": "bold", "offset": 8, "length": 2}]);
    let text = json!({"text": {"text": "سحب على 🎁", "entities": bold}});
    let photo = w.control.post("/files?kind=photo", json!("a picture")).await["file_id"].clone();
    let captioned = json!({"text": {"text": "سحب"}, "media": {"kind": "photo", "file_id": photo}});
    let lotteries = [
        Planted { template: text, post: Some(post), ..Planted::open("Public01", &sara, &public) },
        Planted { template: captioned, post: Some(3), ..Planted::open("Private1", &sara, &private) },
    ];
    for (id, lottery) in (1..).zip(&lotteries) {
        lottery.is_planted(&w, id).await;
    }
    wakes(&mut w).await;

    let offer = sara.asks_inline("").await;
    assert_eq!(offer.ids(), ["Private1", "Public01"]);
    let shared = sara.chooses(&offer, "Public01", &group).await;
    let view = group.message(shared).await;
    assert_eq!((&view["text"], &view["entities"]), (&json!("سحب على 🎁"), &bold));
    let way = mona.follows(&group, shared, "الانتقال إلى السحب").await;
    assert_eq!(way, json!({"kind": "chat", "chat": public.id, "message": post}));

    let shared = sara.chooses(&offer, "Private1", &group).await;
    let view = group.message(shared).await;
    assert_eq!((&view["text"], &view["media"]["file_id"]), (&json!("سحب"), &json!(photo)));
    let way = mona.follows(&group, shared, "الانتقال إلى السحب").await;
    assert_eq!(way["kind"], "start", "strangers cannot open the post: the private chat opens");
    w.ends().await;
}

#[tokio::test]
async fn a_bot_without_inline_mode_has_its_link_shared_by_telegrams_own_page() {
    let mut w = World::builder().idle().start().await;
    let bot = json!({"token": TOKEN, "username": USERNAME, "name": "قُرعة", "inline": false});
    w.control.post("/bots", bot).await;
    wakes(&mut w).await;
    let (sara, news) = organizer(&w).await;
    begins(&sara, &news).await;
    skips_and_fills(&sara, "سحب").await;
    let post = publishes(&w, &sara, &news).await;
    let share = &post["buttons"][1][0];
    assert!(share["text"].as_str().unwrap().contains("مشاركة السحب"), "{share}");
    let page = reqwest::Url::parse(share["url"].as_str().unwrap()).unwrap();
    assert_eq!(format!("{}{}", page.host_str().unwrap(), page.path()), "t.me/share/url");
    let shared = page.query_pairs().find(|(name, _)| name == "url").unwrap().1.into_owned();
    assert_eq!(shared, format!("https://t.me/{USERNAME}?start=join_{}", code(&w).await));
    // Whoever gets it comes to the lottery; nobody else is asked for.
    let mona = w.person("منى").await;
    mona.opens(&shared).await;
    mona.sees(qura_i18n::Msg::JoinNotMember { title: "أخبار".into() }).await;
    w.ends().await;
}
