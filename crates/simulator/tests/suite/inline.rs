//! Inline mode: asking from any chat, answering, choosing.

use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn inline_results_are_asked_answered_and_chosen() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let group = w.chat("supergroup", sara).await;
    let bot = async {
        let batch = w.ok("getUpdates", json!({"timeout": 10})).await;
        let query = &batch[0]["inline_query"];
        let result = json!({
            "type": "article", "id": "a", "title": "t", "input_message_content": {"message_text": "hello"},
            "reply_markup": {"inline_keyboard": [[{"text": "go", "callback_data": "z"}]]},
        });
        let answer = json!({"inline_query_id": query["id"], "results": [result.clone()], "cache_time": 5});
        w.ok("answerInlineQuery", answer.clone()).await;
        assert!(w.refused("answerInlineQuery", answer).await.contains("too old"));
    };
    let path = format!("/people/{sara}/inline");
    let (asked, ()) = tokio::join!(w.post(&path, json!({"query": "q", "chat": group})), bot);
    assert_eq!(asked["results"][0]["id"], "a");
    let choose = json!({"inline_query_id": asked["inline_query_id"], "result_id": "a", "chat": group});
    let put = w.post(&format!("/people/{sara}/choose"), choose).await;
    let chosen = w.taken("chosen_inline_result").await;
    let inline = chosen[0]["inline_message_id"].clone();
    let press = json!({"chat": group, "message": put["message"], "data": "z", "wait_ms": 0});
    w.post(&format!("/people/{sara}/press"), press).await;
    let query = w.taken("callback_query").await.remove(0);
    assert_eq!((&query["inline_message_id"], query.get("message")), (&inline, None));
    let edit = json!({"inline_message_id": inline, "text": "changed"});
    assert_eq!(w.ok("editMessageText", edit).await, true);
    let view = w.get(&format!("/chats/{group}/messages/{}", put["message"])).await;
    assert_eq!((&view["text"], &view["via_bot"]), (&json!("changed"), &json!("qura_bot")));
    w.post("/bots", json!({"token": "1001:test", "username": "qura_bot", "inline": false})).await;
    assert!(w.try_control("POST", &path, json!({"query": "q"})).await.is_err());
    w.ends_with_refusals(1).await;
}

/// Asks as a person without waiting; the query's id.
async fn query(w: &World, person: i64) -> String {
    let ask = json!({"query": "q", "offset": "8", "wait_ms": 0});
    w.post(&format!("/people/{person}/inline"), ask).await;
    let query = w.taken("inline_query").await.remove(0);
    assert_eq!(query["offset"], "8");
    query["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn results_are_held_to_the_rules() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let video = w.file("video").await;
    let id = query(&w, sara).await;
    let answer = |results: Value| json!({"inline_query_id": id, "results": results});
    let article = |id: &str, title: &str, text: &str| json!({"type": "article", "id": id, "title": title, "input_message_content": {"message_text": text}});
    let captioned = |caption: String| json!({"type": "video", "id": "v", "title": "t", "video_file_id": video, "caption": caption});
    let many: Vec<Value> = (0..51).map(|id: i32| article(&id.to_string(), "t", "a")).collect();
    for (results, why) in [
        (json!(many), "RESULTS_TOO_MUCH"),
        (json!([article("a", "t", "a"), article("a", "t", "b")]), "RESULT_ID_DUPLICATE"),
        (json!([article(&"ب".repeat(33), "t", "a")]), "RESULT_ID_INVALID"),
        (json!([article("a", " ", "a")]), "ARTICLE_TITLE_EMPTY"),
        (json!([article("a", "t", "")]), "message text is empty"),
        (json!([captioned("س".repeat(1_025))]), "message caption is too long"),
        (json!([{"type": "video", "id": "v", "title": "", "video_file_id": video}]), "VIDEO_TITLE_EMPTY"),
        (
            json!([{"type": "photo", "id": "p", "photo_file_id": video}]),
            "wrong file identifier/HTTP URL specified",
        ),
        (
            json!([{"type": "photo", "id": "p", "photo_file_id": "x"}]),
            "wrong file identifier/HTTP URL specified",
        ),
    ] {
        let refused = w.refused("answerInlineQuery", answer(results)).await;
        assert_eq!(refused, format!("400 Bad Request: {why}"));
    }
    let far = json!({"inline_query_id": id, "results": [], "next_offset": "ب".repeat(33)});
    assert_eq!(w.refused("answerInlineQuery", far).await, "400 Bad Request: NEXT_OFFSET_INVALID");
    w.ok("answerInlineQuery", answer(json!([captioned("س".repeat(1_024))]))).await;
    w.ends_with_refusals(10).await;
}

#[tokio::test]
async fn an_answer_comes_too_late_after_half_a_minute() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let id = query(&w, sara).await;
    w.advance(30_001).await;
    let late = w.refused("answerInlineQuery", json!({"inline_query_id": id, "results": []})).await;
    assert!(late.contains("query is too old"), "{late}");
    w.ends_with_refusals(1).await;
}

#[tokio::test]
async fn a_result_goes_only_where_the_person_may_write() {
    let w = World::new().await;
    let (owner, sara) = (w.user("مالك").await, w.user("سارة").await);
    let channel = w.chat("channel", owner).await;
    let file = w.file("photo").await;
    let choose = async |person: i64, place: Value| {
        let id = query(&w, person).await;
        let emoji = json!([{"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "1"}]);
        let result = json!({"type": "photo", "id": "p", "photo_file_id": file, "caption": "😀", "caption_entities": emoji});
        w.ok("answerInlineQuery", json!({"inline_query_id": id, "results": [result]})).await;
        let mut choose = json!({"inline_query_id": id, "result_id": "p"});
        choose.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
        w.try_control("POST", &format!("/people/{person}/choose"), choose).await
    };
    assert_eq!(
        choose(sara, json!({"chat": channel})).await,
        Err("this person may not write there".to_owned())
    );
    let put = choose(owner, json!({"chat": channel})).await.unwrap();
    let view = w.get(&format!("/chats/{channel}/messages/{}", put["message"])).await;
    assert_eq!((&view["media"]["file_id"], &view["text"]), (&json!(file), &json!("😀")));
    assert_eq!(view["entities"], json!([]), "custom emoji become plain in a channel");
    choose(sara, json!({"saved": true})).await.unwrap();
    w.ends_with_refusals(0).await;
}

#[tokio::test]
async fn nothing_is_uploaded_into_an_inline_message() {
    let w = World::new().await;
    let sara = w.user("سارة").await;
    let id = query(&w, sara).await;
    let (old, new) = (w.file("photo").await, w.file("photo").await);
    let keyboard = crate::world::callback_keyboard("x", "y");
    let result = json!({"type": "photo", "id": "p", "photo_file_id": old, "reply_markup": keyboard});
    w.ok("answerInlineQuery", json!({"inline_query_id": id, "results": [result]})).await;
    let choose = json!({"inline_query_id": id, "result_id": "p", "bot": "qura_bot"});
    w.post(&format!("/people/{sara}/choose"), choose).await;
    let inline = w.taken("chosen_inline_result").await[0]["inline_message_id"].as_str().unwrap().to_owned();
    let media = |of: &str| json!({"type": "photo", "media": of}).to_string();
    let upload = [("inline_message_id", inline.clone()), ("media", media("attach://new"))];
    let refused = w.upload("editMessageMedia", &upload, ("new", "a.png", &crate::media::png(9, 9))).await;
    assert_eq!(refused["description"], "Bad Request: can't upload a new file to an inline message");
    let known = json!({"inline_message_id": inline, "media": {"type": "photo", "media": new}});
    assert_eq!(w.ok("editMessageMedia", known).await, true);
    w.ends_with_refusals(1).await;
}
