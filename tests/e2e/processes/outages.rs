//! Redis and PostgreSQL go down under a crowd and come back: all goes on by itself, and nobody is lost.

use super::services::Services;
use crate::world::World;

/// How often somebody may be answered twice: once for each outage.
const OUTAGES: usize = 4;

#[tokio::test]
async fn a_crowd_loses_nobody_though_redis_and_postgres_fail() {
    let mut services = Services::start().await;
    let mut builder = World::builder();
    builder.servers = Some(services.servers());
    let mut w = builder.with_books().await;
    w.expected.tolerated = vec![
        // Without leases two may poll for a moment.
        "terminated by other getUpdates request",
        "the database failed",
    ];
    let programs = w.two().await;
    let crowd = w.crowd(5_000, 300).await;
    crowd.is_answered_up_to(&w, 500).await;
    services.servers().tells_redis(&["FLUSHALL"]).unwrap();
    crowd.is_answered_up_to(&w, 1_200).await;
    services.redis.is_killed();
    services.redis.starts().await;
    crowd.is_answered_up_to(&w, 2_000).await;
    // «Fast shutdown»: the sessions are told.
    services.postgres.stops("INT").await;
    services.postgres.starts().await;
    crowd.is_answered_up_to(&w, 3_200).await;
    services.postgres.is_killed();
    services.postgres.starts().await;
    let repeats = crowd.is_served(&w, OUTAGES).await;
    eprintln!("{repeats} of 5000 menus were sent again after {OUTAGES} outages");
    w.is_shared_by(2).await;
    w.ends_with(programs).await;
}
