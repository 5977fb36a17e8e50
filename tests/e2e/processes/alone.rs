//! Without Redis nothing coordinates several programs, so the second one does not start. Nor does it where one of them
//! has Redis and the other has not.

use std::time::Duration;

use qura_storage::Company;

use crate::world::World;

#[tokio::test]
async fn a_second_program_on_the_same_database_without_redis_is_refused() {
    let mut w = World::builder().idle().start().await;
    w.launch = w.launch.clone().without("REDIS_URL");
    w.program_starts();
    w.member("سارة").await;
    let said = w.runs(&["run"]).await;
    assert!(said.refused().contains("REDIS_URL"), "{said:?}");
    w.member("ليلى").await;
    // The place of one that died is free.
    w.program_is_killed();
    w.program_starts();
    w.member("منى").await;
    w.ends().await;
}

#[tokio::test]
async fn a_program_with_redis_and_one_without_do_not_share_a_database() {
    let mut w = World::builder().idle().start().await;
    let (with, without) = (w.launch.clone(), w.launch.clone().without("REDIS_URL"));
    for (first, second) in [(&without, &with), (&with, &without)] {
        w.launch = first.clone();
        w.program_starts();
        w.member("سارة").await;
        let said = second.run(&["run"]).await;
        assert!(said.refused().contains("REDIS_URL"), "{said:?}");
        w.member("ليلى").await;
        w.program_stops().await;
    }
    w.launch = with;
    w.program_starts();
    w.member("منى").await;
    w.ends().await;
}

/// PostgreSQL keeps the place of a program for a moment after its death.
#[tokio::test]
async fn the_place_of_one_that_died_just_now_is_waited_for() {
    let mut w = World::builder().idle().start().await;
    w.launch = w.launch.clone().without("REDIS_URL");
    let db = w.storage().await;
    db.migrate_up().await.unwrap();
    let place = db.take_place(Company::Alone).await.unwrap().unwrap();
    w.program_starts();
    tokio::time::sleep(Duration::from_secs(1)).await;
    drop(place);
    w.member("سارة").await;
    db.close().await;
    w.ends().await;
}
