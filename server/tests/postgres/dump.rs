//! The documented backup of an installation on Postgres, under load.

use std::collections::HashSet;
use std::process::Stdio;
use std::time::Duration;

use eventglass_harness::server::Session;

use crate::installation::{Installation, stored};
use crate::load::Load;
use crate::{ALONE, cluster};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_in_the_dump() {
    let _alone = ALONE.lock().await;
    let installation = Installation::new();
    let server = installation.serve().await;
    let session = Session::register(server.url(), "dump@example.com", "correct horse")
        .await
        .unwrap();
    let created = session.create_project("Dump").await.unwrap();
    session.lift_limits(created.project.id).await.unwrap();
    let load = Load::new([&server]);
    let senders = load.start(&created, 3);
    while load.acknowledged().len() < 2_000 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let before = load.acknowledged();
    let dump = |url: &str| {
        let mut command = cluster::shared().program("pg_dump").unwrap();
        command
            .args(["--format=custom", "--dbname", url])
            .stdout(Stdio::piped());
        command.spawn().unwrap()
    };
    // From one to the other, as over a network.
    let copy = Installation::new();
    let mut dumping = dump(&installation.url);
    let mut restore = cluster::shared().program("pg_restore").unwrap();
    restore
        .args(["--exit-on-error", "--no-owner", "--dbname", &copy.url])
        .stdin(dumping.stdout.take().unwrap());
    let restored = tokio::task::spawn_blocking(move || restore.output().unwrap())
        .await
        .unwrap();
    assert!(
        restored.status.success(),
        "{}",
        String::from_utf8_lossy(&restored.stderr)
    );
    assert!(dumping.wait().unwrap().success());
    assert!(load.acknowledged().len() > before.len(), "events were taken meanwhile");
    let sent: HashSet<String> = load.end(senders).await.into_iter().collect();

    let server = copy.serve().await;
    let session = session.moved_to(server.url());
    let there = stored(&session, created.project.id).await;
    assert_eq!(before.iter().filter(|id| there.get(*id) != Some(&1)).count(), 0);
    assert!(there.keys().all(|id| sent.contains(id)) && there.len() < sent.len());
    let counted = session.project(created.project.id).await.unwrap().event_count;
    assert_eq!(usize::try_from(counted), Ok(there.len()));
}
