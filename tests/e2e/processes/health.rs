//! What a program tells of itself on `HTTP_ADDR`.

use serde_json::Value;

use super::LEASE;
use crate::world::World;

#[tokio::test]
async fn each_program_tells_who_polls_and_what_it_has() {
    let w = World::builder().idle().start().await;
    let [first, second] = w.two().await;
    for program in [&first, &second] {
        let health: Value = serde_json::from_str(&program.page("/health/ready").await).unwrap();
        assert_eq!(health["status"], "ok", "{health}");
        assert_eq!(health["coordination"], "ok", "{health}");
        let left = health["poller_lease_seconds"].as_f64().unwrap();
        assert!(left > 0.0 && left <= LEASE.as_secs_f64(), "{health}");
    }
    assert_eq!((first.counted("poller_turn").await, second.counted("poller_turn").await), (1.0, 0.0));
    let (one, other) = (first.counted("partitions_held").await, second.counted("partitions_held").await);
    assert!(one > 0.0 && other > 0.0 && one + other == 33.0, "{one} and {other}");
    w.ends_with([first, second]).await;
}
