//! What holds on SQLite alone: a file has one process.

use qura_i18n::Msg;

use crate::world::World;

#[tokio::test]
async fn a_second_process_on_the_same_sqlite_file() {
    let w = World::open().await;
    let sara = w.member("سارة").await;
    for command in [&["run"][..], &["admin", "get"], &["migrate", "status"]] {
        let said = w.runs(command).await;
        assert!(said.refused().contains("qura.db"), "{said:?}");
    }
    sara.says("/help").await;
    sara.sees(Msg::HelpText).await;
    w.ends().await;
}
