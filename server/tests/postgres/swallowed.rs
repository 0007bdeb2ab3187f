//! The network swallows what passes for a second, without a word: no connection
//! breaks, and no answer ever comes.

use std::time::{Duration, Instant};

use eventglass_harness::server::Session;

use crate::installation::{Installation, stored};
use crate::load::Load;
use crate::proxy::Proxy;
use crate::{ALONE, cluster};

/// A commit that is under way for longer makes the server unready, which is asked now and then.
const STUCK: Duration = Duration::from_secs(16);
/// After a commit has been given up, and another connection made.
const BACK: Duration = Duration::from_secs(45);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_swallowed_answer_is_not_waited_for_without_end() {
    let _alone = ALONE.lock().await;
    let proxy = Proxy::start(cluster::shared().port()).await.unwrap();
    let direct = cluster::shared().over_tcp(&cluster::shared().database());
    let port = |port: u16| format!("127.0.0.1:{port}/");
    let url = direct.replace(&port(cluster::shared().port()), &port(proxy.port()));
    assert_ne!(url, direct);
    let installation = Installation::on(url, &[]);
    let server = installation.serve().await;
    let session = Session::register(server.url(), "swallowed@example.com", "correct horse")
        .await
        .unwrap();
    let created = session.create_project("Swallowed").await.unwrap();
    session.lift_limits(created.project.id).await.unwrap();
    let load = Load::new([&server]);
    let senders = load.start(&created, 4);
    let pause = |millis| tokio::time::sleep(Duration::from_millis(millis));

    pause(1_500).await;
    assert!(!load.acknowledged().is_empty());
    proxy.swallow(true);
    pause(1_000).await;
    proxy.swallow(false);
    let (since, before) = (Instant::now(), load.acknowledged().len());
    // In the meantime it says so, and then it goes on by itself.
    let mut unready = 0;
    while load.acknowledged().len() < before + 500 {
        assert!(
            since.elapsed() < BACK,
            "the service does not return: {}",
            std::fs::read_to_string(installation.log()).unwrap()
        );
        let ready = session.look("/readyz").await.unwrap();
        unready += usize::from(ready.status == 503);
        pause(250).await;
    }
    // A commit that was not under way just then does not notice much.
    let away = since.elapsed();
    assert!(
        unready > 0 || away < STUCK,
        "a server that commits nothing for {away:?} is not ready"
    );
    let acknowledged = load.end(senders).await;
    assert_eq!(session.look("/readyz").await.unwrap().status, 200);

    let stored = stored(&session, created.project.id).await;
    let lost = acknowledged.iter().filter(|id| !stored.contains_key(*id)).count();
    assert_eq!(lost, 0, "of {}", acknowledged.len());
    assert!(stored.values().all(|times| *times == 1), "stored more than once");
    let counted = session.project(created.project.id).await.unwrap().event_count;
    assert_eq!(usize::try_from(counted), Ok(stored.len()));
}
