//! How the program asks for memory (docs/decisions/0016-jemalloc.md).

use crate::world::World;

#[tokio::test]
async fn the_allocator_is_bounded_where_it_is_built() {
    let w = World::builder().idle().start().await;
    // It says how it is set as the program ends.
    let said = w.launch.clone().with("_RJEM_MALLOC_CONF", "stats_print:true").run(&["--version"]).await;
    let settings: Vec<&str> = said.err.lines().map(str::trim).collect();
    for setting in ["opt.narenas: 1", "opt.tcache_max: 4096"] {
        assert!(settings.contains(&setting), "{setting} in {}", said.err);
    }
    for decay in ["opt.dirty_decay_ms: 1000 ", "opt.muzzy_decay_ms: 0 "] {
        assert!(settings.iter().any(|setting| setting.starts_with(decay)), "{decay} in {}", said.err);
    }
    w.ends().await;
}
