//! What a store tells of itself, and what one of all servers does.

use std::time::{Duration, Instant};

use super::{NOON, append, event, project};
use crate::store::SharedStore;

async fn a_store_tells_how_it_is(store: SharedStore) {
    store.ready().await.unwrap();
    let p = project(&store, "upkeep").await;
    append(&store, p, vec![event("a", NOON), event("b", NOON)]).await;
    assert!(store.size_bytes().await.unwrap() > 10_000);
    // Alone, it leads before long.
    let started = Instant::now();
    while !store.leads() || !store.lead_rollups().await.unwrap() {
        assert!(started.elapsed() < Duration::from_secs(20), "it does not lead");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(store.rebuilding().await.unwrap(), []);
    store.request_rebuild().await.unwrap();
    let waiting = store.rebuilding().await.unwrap();
    assert_eq!(
        waiting
            .iter()
            .map(|build| (build.project_id, build.done))
            .collect::<Vec<_>>(),
        [(p, false)]
    );
    while store.build_rollups().await.unwrap().is_some() {}
    assert_eq!(store.rebuilding().await.unwrap(), []);
    store.close().await;
    assert!(store.ready().await.is_err(), "closed");
}

conformance! { sqlite_store, super::super::sqlite();
    a_store_tells_how_it_is
}

conformance! { postgres_store, super::super::postgres();
    a_store_tells_how_it_is
}
