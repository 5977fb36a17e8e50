//! `qura playground`: a page, people to play, and the real bot behind it, with nothing set up.

use qura_i18n::Msg;

use crate::world::World;
use crate::world::control::Control;
use crate::world::person::Person;

#[tokio::test]
async fn the_playground_opens_with_a_page_and_a_bot_that_answers() {
    let w = World::builder().idle().start().await;
    let mut launch = w.launch.clone();
    launch.settings.retain(|(name, _)| name == "RUST_LOG");
    let mut program = launch.with("HTTP_ADDR", "127.0.0.1:0").start(&["playground"]);
    let line = program.says("The playground is open").await;
    let url = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
    let control = Control::new(&url);
    let page = reqwest::get(&url).await.unwrap();
    assert!(page.status().is_success());
    assert!(page.text().await.unwrap().contains("<html"));

    // A visitor, and the gate of the scene.
    control.wait("polled", &[]).await.unwrap();
    let sara = Person::make(&control, serde_json::json!({"first_name": "زائرة"})).await;
    sara.starts().await;
    let gate = sara.sees(Msg::GateSubscribe { count: 1 }).await;
    gate.has_buttons(&["اضغط للاشتراك", "لقد اشتركت"]);
    sara.presses("لقد اشتركت").await.alerts(Msg::GateMissingAlert { count: 1 });
    let refusals = control.get("/refusals").await;
    assert_eq!(refusals["own_faults"], serde_json::json!([]));
    program.stops().await;
    assert!(!program.log().contains("panicked") && !program.log().contains(" ERROR "), "{}", program.log());
    w.ends().await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let w = World::builder().idle().start().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = w.launch.clone().with("HTTP_ADDR", &address).run(&["playground"]).await;
    assert!(said.refused().contains("HTTP_ADDR") && said.err.contains(&address), "{said:?}");
    w.ends().await;
}
