//! Under load, every connection of a pool is taken, and every one of Postgres':
//! what needs one is refused in time, the rest goes on, and what was
//! acknowledged is there once.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::http::Method;
use eventglass_harness::server::{ServerProcess, Session};
use serde_json::json;
use tokio::task::{JoinHandle, JoinSet};

use crate::away::unavailable;
use crate::installation::{Installation, stored};
use crate::load::Load;
use crate::{ALONE, cluster};

/// Who waits for a lock.
const WAITING: &str = "SELECT count(*) FROM pg_stat_activity \
     WHERE application_name = 'eventglass' AND datname = current_database() AND wait_event_type = 'Lock'";
/// Cuts all connections of servers, again and again.
const CUT: &str = "DO $$ BEGIN FOR n IN 1..20 LOOP \
     PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'eventglass'; \
     PERFORM pg_sleep(0.2); PERFORM pg_stat_clear_snapshot(); END LOOP; END $$";

/// Holds a lock for so many seconds.
fn hold(url: &str, lock: &str, seconds: u32) -> JoinHandle<()> {
    let (url, hang) = (
        url.to_owned(),
        format!("BEGIN; LOCK TABLE {lock}; SELECT pg_sleep({seconds}); COMMIT"),
    );
    tokio::task::spawn_blocking(move || drop(cluster::shared().execute(&url, &hang).unwrap()))
}

/// Waits until so many wait for a lock: each has a connection.
async fn taken(url: &str, connections: usize) {
    let started = Instant::now();
    loop {
        let waiting = tokio::task::block_in_place(|| cluster::shared().execute(url, WAITING)).unwrap();
        if waiting.parse::<usize>().unwrap() >= connections {
            return;
        }
        assert!(
            started.elapsed() < Duration::from_secs(3),
            "{waiting} of {connections} connections are taken"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Takes every connection that Postgres gives, until it is told to stop.
fn take_all(stop: Arc<AtomicBool>) -> JoinHandle<usize> {
    let user = b"\0\x03\0\0user\0eventglass\0database\0postgres\0\0";
    let length = u32::try_from(user.len() + 4).unwrap().to_be_bytes();
    let startup = [length.as_slice(), user].concat();
    tokio::task::spawn_blocking(move || {
        let mut taken = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, cluster::shared().port())).unwrap();
            socket.write_all(&startup).unwrap();
            let mut answer = [0];
            // "R": it may come in. "E": there are too many.
            if socket.read_exact(&mut answer).is_ok() && answer == *b"R" {
                taken.push(socket);
            } else {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        taken.len()
    })
}

/// Each server says that it cannot, by the time that its waiting ends.
async fn refused_in_time(servers: &[&ServerProcess], session: &Session, path: &'static str) {
    let mut asking = JoinSet::new();
    for server in servers {
        let session = session.moved_to(server.url());
        asking.spawn(async move {
            let asked = Instant::now();
            (session.look(path).await.unwrap(), asked.elapsed())
        });
    }
    for (answer, took) in asking.join_all().await {
        unavailable(&answer);
        assert!(took < Duration::from_secs(8), "{path}: {took:?}");
    }
}

/// Every connection for writing but those of groups: people wait, events do not.
async fn fill_writers(servers: &[&ServerProcess], session: &Session, url: &str, load: &Load) {
    // Who keeps a search by a name waits; who reads names does not.
    let held = hold(url, "views IN SHARE MODE", 5);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (refused, before) = (load.refused.load(Ordering::Relaxed), load.acknowledged().len());
    let mut keeping = JoinSet::new();
    for (place, server) in servers.iter().enumerate() {
        for n in 0..6 {
            let session = session.moved_to(server.url());
            keeping.spawn(async move {
                let body = json!({ "name": format!("{place}.{n}") }).to_string();
                let asked = Instant::now();
                let kept = session.change(Method::POST, "/api/v1/projects/full/views", body).await;
                (kept.map(drop), asked.elapsed())
            });
        }
    }
    taken(url, servers.len() * 4).await;
    for server in servers {
        let ready = session.moved_to(server.url()).look("/readyz").await.unwrap();
        assert_eq!(ready.status, 200, "events are taken");
    }
    held.await.unwrap();
    let mut kept = 0;
    for (outcome, took) in keeping.join_all().await {
        match outcome {
            Ok(()) => kept += 1,
            Err(error) => {
                let error = error.to_string();
                assert!(error.contains("was answered 503"), "{error}");
                assert!(took < Duration::from_secs(4), "refused after {took:?}");
            }
        }
    }
    assert!(
        kept >= servers.len() * 4,
        "who had a connection waited for the lock: {kept}"
    );
    assert!(kept < servers.len() * 6, "nobody found the pool full");
    assert_eq!(load.refused.load(Ordering::Relaxed), refused, "events were refused");
    assert!(load.acknowledged().len() > before + 100, "events waited");
}

/// Every connection that looks up keys and sessions.
async fn fill_lookups(servers: &[&ServerProcess], session: &Session, url: &str) {
    let held = hold(url, "sessions IN ACCESS EXCLUSIVE MODE", 7);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut asking = JoinSet::new();
    for server in servers {
        for _ in 0..6 {
            let session = session.moved_to(server.url());
            asking.spawn(async move { session.look("/api/auth/me").await.unwrap() });
        }
    }
    taken(url, servers.len() * 2).await;
    refused_in_time(servers, session, "/readyz").await;
    held.await.unwrap();
    let (mut answered, mut refused) = (0, 0);
    for answer in asking.join_all().await {
        if answer.status == 200 {
            answered += 1;
        } else {
            unavailable(&answer);
            refused += 1;
        }
    }
    assert!(answered >= servers.len() * 2 && refused > 0, "{answered}, {refused}");
}

/// Every connection that Postgres has.
async fn fill_postgres(servers: &[&ServerProcess], session: &Session, url: &str) {
    let stop = Arc::new(AtomicBool::new(false));
    // This one has its connection before there is none.
    let cut = format!("SELECT pg_sleep(2); {CUT}");
    let cutting = tokio::task::spawn_blocking({
        let url = url.to_owned();
        move || drop(cluster::shared().execute(&url, &cut).unwrap())
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let taking = take_all(Arc::clone(&stop));
    cutting.await.unwrap();
    refused_in_time(servers, session, "/api/v1/projects/full/events").await;
    stop.store(true, Ordering::Relaxed);
    let taken = taking.await.unwrap();
    assert!(taken > 200, "only {taken} connections were taken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_while_connections_are_short() {
    let _alone = ALONE.lock().await;
    let installation = Installation::new();
    let (first, second) = tokio::join!(installation.serve(), installation.serve());
    let servers = [&first, &second];
    let session = Session::register(first.url(), "full@example.com", "correct horse")
        .await
        .unwrap();
    let created = session.create_project("Full").await.unwrap();
    session.lift_limits(created.project.id).await.unwrap();
    let load = Load::new(servers);
    let senders = load.start(&created, 4);
    tokio::time::sleep(Duration::from_secs(1)).await;

    fill_writers(&servers, &session, &installation.url, &load).await;
    fill_lookups(&servers, &session, &installation.url).await;
    fill_postgres(&servers, &session, &installation.url).await;

    // Service returns by itself, within the breaker's longest pause and some.
    let (ended, before) = (Instant::now(), load.acknowledged().len());
    while load.acknowledged().len() < before + 500 {
        assert!(ended.elapsed() < Duration::from_secs(12), "the service does not return");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let acknowledged = load.end(senders).await;
    for server in servers {
        let session = session.moved_to(server.url());
        let stored = stored(&session, created.project.id).await;
        let lost = acknowledged.iter().filter(|id| !stored.contains_key(*id)).count();
        assert_eq!(lost, 0, "of {}", acknowledged.len());
        assert!(stored.values().all(|times| *times == 1), "stored more than once");
        let counted = session.project(created.project.id).await.unwrap().event_count;
        assert_eq!(usize::try_from(counted), Ok(stored.len()));
    }
}
