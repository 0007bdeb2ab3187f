//! Three servers under load, and what can befall them.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use eventglass_harness::server::Session;

use crate::installation::{Installation, stored};
use crate::load::Load;
use crate::{ALONE, cluster};

/// Cuts all connections, whatever they are doing.
const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
     WHERE application_name = 'eventglass' AND pid <> pg_backend_pid()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_lose_nothing() {
    let _alone = ALONE.lock().await;
    let installation = Installation::new();
    let (first, second, third) = tokio::join!(installation.serve(), installation.serve(), installation.serve());
    let session = Session::register(first.url(), "faults@example.com", "correct horse")
        .await
        .unwrap();
    let created = session.create_project("Faults").await.unwrap();
    session.lift_limits(created.project.id).await.unwrap();
    let load = Load::new([&first, &second, &third]);
    let senders = load.start(&created, 6);
    let pause = |millis| tokio::time::sleep(Duration::from_millis(millis));

    pause(1_500).await;
    second.kill().unwrap();
    pause(500).await;
    let replaced = installation.serve().await;
    load.urls.lock().unwrap()[1] = replaced.url().clone();
    pause(500).await;
    // Every connection is cut, many of them in mid-commit.
    for _ in 0..10 {
        cluster::shared().execute("postgres", CUT).unwrap();
        pause(100).await;
    }
    // A server that hangs in mid-commit: commits wait for it, and nothing else does.
    let url = installation.url.clone();
    let hang = "BEGIN; SELECT 1 FROM projects FOR UPDATE; SELECT pg_sleep(3); COMMIT";
    let hold = tokio::task::spawn_blocking(move || cluster::shared().execute(&url, hang).unwrap());
    pause(1_000).await;
    let asked = Instant::now();
    session.events(created.project.id, &[("limit", "10")]).await.unwrap();
    assert!(
        asked.elapsed() < Duration::from_millis(1_500),
        "reading went on: {:?}",
        asked.elapsed()
    );
    hold.await.unwrap();
    pause(1_000).await;
    tokio::task::block_in_place(|| cluster::shared().crash()).unwrap();
    // What was committed before may still be on its way.
    pause(500).await;
    let acknowledged = load.acknowledged().len();
    pause(1_500).await;
    assert_eq!(
        load.acknowledged().len(),
        acknowledged,
        "without a database there is no acknowledgement"
    );
    tokio::task::block_in_place(|| cluster::shared().launch()).unwrap();
    let ids = load.ids.load(Ordering::Relaxed);
    // Service returns by itself, within the breaker's longest pause and some.
    pause(8_000).await;
    let more = load.ids.load(Ordering::Relaxed) - ids;
    assert!(more > 500, "after the restart only {more} events were sent");
    let acknowledged = load.end(senders).await;

    for server in [&first, &replaced, &third] {
        let session = session.moved_to(server.url());
        let stored = stored(&session, created.project.id).await;
        let lost = acknowledged.iter().filter(|id| !stored.contains_key(*id)).count();
        assert_eq!(lost, 0, "of {}", acknowledged.len());
        let twice = stored.values().filter(|times| **times > 1).count();
        assert_eq!(twice, 0, "stored more than once");
        let counted = session.project(created.project.id).await.unwrap().event_count;
        assert_eq!(usize::try_from(counted), Ok(stored.len()));
    }
    println!("{} acknowledged", acknowledged.len());
}
