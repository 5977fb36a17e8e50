//! A notice that a later version of the program wrote: this one cannot read it, and leaves it to the other.

use std::time::Duration;

use qura_i18n::Msg;

use crate::world::World;

async fn tries(w: &World) -> Vec<(i64, String)> {
    w.database.rows("SELECT attempts, state FROM outbox").await
}

#[tokio::test]
async fn a_notice_that_this_version_cannot_read_is_left_to_a_later_one() {
    let mut w = World::open().await;
    let laila = w.member("ليلى").await;
    let (now, id) = (w.now(), laila.id());
    w.database
        .runs(&format!(
            "INSERT INTO outbox (id, notice, send_at, created_at)
             VALUES (7, '{{\"kind\":\"to_be_invented\",\"person\":{id}}}', {now}, {now})"
        ))
        .await;
    w.comes_true("it is tried", async || tries(&w).await.first().is_some_and(|(attempts, _)| *attempts > 0))
        .await;
    w.passes(Duration::from_secs(10)).await;
    w.comes_true("it is tried again", async || tries(&w).await[0].0 > 1).await;
    assert_eq!(tries(&w).await[0].1, "pending");
    // What the later one does with it.
    w.database
        .runs(&format!(
            "UPDATE outbox SET notice = '{{\"kind\":\"wizard_expired\",\"person\":{id}}}' WHERE id = 7"
        ))
        .await;
    w.passes(Duration::from_secs(60)).await;
    laila.sees(Msg::WizardExpired).await;
    w.ends().await;
}
