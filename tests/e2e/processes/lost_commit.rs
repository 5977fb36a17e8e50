//! The answer to a commit is lost, and the database stays away for longer than anybody waits for a connection: what was
//! brought about is said all the same.

use std::time::Duration;

use super::torn_path::TornPath;
use crate::world::World;

/// Longer than two looks for a connection, each ten seconds (`crates/storage/src/db.rs`): that of the handler's second try,
/// and that of the look at what became of the first.
const AWAY: Duration = Duration::from_secs(22);

const APPLIED: &str = "
    CREATE FUNCTION say_applied() RETURNS TRIGGER LANGUAGE plpgsql AS
        'BEGIN RAISE NOTICE ''an effect''; RETURN NULL; END';
    CREATE TRIGGER applied AFTER UPDATE OF state ON updates
        FOR EACH ROW WHEN (NEW.state = 'applied') EXECUTE FUNCTION say_applied();";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_committed_is_said_though_nobody_heard_of_the_commit() {
    let mut w = World::builder().with_books().await;
    w.sql(APPLIED).await;
    w.expected.tolerated.push("the database failed");
    let database = w.setting("DATABASE_URL").parse().unwrap();
    let mut path = TornPath::to(&database, "an effect").await;
    w.launch = w.launch.clone().with("DATABASE_URL", path.instead_of(&database));
    w.program_starts();
    w.control.wait("polled", &[]).await.unwrap();
    let sara = w.person("سارة").await;
    sara.starts().await;
    path.is_torn().await;
    tokio::time::sleep(AWAY).await;
    path.is_mended().await;
    sara.sees(sara.menu()).await;
    w.settles().await;
    assert_eq!(w.books("seen").await, [sara.id()], "seen once");
    w.ends().await;
}
