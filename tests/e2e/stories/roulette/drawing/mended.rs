//! A draw that cannot go on, because something in the database is wrong.

use std::time::Duration;

use qura_domain::lottery::AutoDraw;
use qura_domain::time::Timestamp;

use crate::world::World;
use crate::world::draw::DrawPlan;

#[tokio::test]
async fn a_draw_that_cannot_go_on_is_not_given_up_and_goes_on_once_it_is_mended() {
    let mut w = World::builder().idle().start().await;
    let at = Timestamp::from_micros(w.now() + 3_600_000_000);
    let lottery = DrawPlan::among(3).with(|s| s.auto_draw = AutoDraw::At(at)).open(&w).await;
    let commitment = "SELECT commitment, draw_mode FROM lotteries";
    let (commitment, mode): (String, i64) = w.database.rows(commitment).await.remove(0);
    w.database.writes("UPDATE lotteries SET commitment = NULL, draw_mode = NULL".to_owned()).await;
    w.expects_error("a draw cannot go on");
    w.program_starts();
    w.settles().await;
    let orders = "SELECT state, attempts, run_at FROM jobs WHERE kind = 'draw.order'";
    let mut attempts = 0;
    for _ in 0..3 {
        w.passes(Duration::from_secs(3_700)).await;
        w.comes_true("it is tried again", async || {
            let rows: Vec<(String, i64, i64)> = w.database.rows(orders).await;
            let is_put_off = |(_, tried, at): &(String, i64, i64)| *tried > attempts && *at > w.now();
            rows.iter().any(is_put_off)
        })
        .await;
        w.settles().await;
        let rows: Vec<(String, i64, i64)> = w.database.rows(orders).await;
        let [(state, tried, _)] = &rows[..] else { panic!("not one order: {rows:?}") };
        assert_eq!(state, "queued");
        attempts = *tried;
    }
    let mend = format!("UPDATE lotteries SET commitment = '{commitment}', draw_mode = {mode}");
    w.database.writes(mend).await;
    w.passes(Duration::from_secs(3_700)).await;
    w.is_announced(&lottery).await;
    assert_eq!(w.documents(&lottery).await.len(), 1);
    w.ends().await;
}

#[tokio::test]
async fn an_heir_who_cannot_be_found_is_looked_for_until_it_is_mended() {
    let mut w = World::builder().idle().start().await;
    let plan = DrawPlan::among(3).winners(1, 1).with(|s| s.confirmation_hours = Some(24));
    let lottery = plan.ordered(&w).await;
    w.program_starts();
    w.is_announced(&lottery).await;
    w.database.writes("UPDATE draw_receipts SET content = content || ' '".to_owned()).await;
    w.expects_error("a draw cannot go on");
    w.passes(Duration::from_secs(25 * 3_600)).await;
    let orders = "SELECT state, attempts FROM jobs WHERE kind = 'draw.replace'";
    for _ in 0..3 {
        w.passes(Duration::from_secs(700)).await;
        w.comes_true("it is tried again", async || {
            let rows: Vec<(String, i64)> = w.database.rows(orders).await;
            !rows.is_empty() && rows.iter().all(|(state, attempts)| state == "queued" && *attempts > 0)
        })
        .await;
        w.settles().await;
        assert_eq!(w.database.rows::<(String, i64)>(orders).await.len(), 1);
    }
    w.database.writes("UPDATE draw_receipts SET content = TRIM(content)".to_owned()).await;
    w.passes(Duration::from_secs(700)).await;
    w.comes_true("the place passes on", async || w.documents(&lottery).await.len() == 2).await;
    w.is_all_said().await;
    w.ends().await;
}
