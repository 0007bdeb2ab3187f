//! An installation moves from SQLite to Postgres; the copy is killed on the way.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use axum::http::Method;
use eventglass_engine::clock::{Clock, SystemClock};
use eventglass_harness::http::Client;
use eventglass_harness::server::{ServerProcess, Session};
use eventglass_model::{CreatedProject, Timestamp};
use serde_json::{Value, json};

use crate::belongings;
use crate::installation::{Installation, PROGRAM, found, headers};
use crate::{ALONE, cluster};

const EVENTS: usize = 20_000;
const TRACES: usize = 150;
const UNPRICED: usize = 40;
const MINUTE: i64 = 60_000_000;

async fn post(server: &ServerProcess, created: &CreatedProject, path: &str, body: &Value) -> Value {
    let client = Client::new(false, Duration::from_secs(30)).unwrap();
    let uri = server.url().at(path).unwrap();
    let answer = client
        .send(Method::POST, uri, &headers(created), body.to_string())
        .await
        .unwrap();
    assert!(answer.is_success(), "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

/// Everything that a project's pages can show of its events.
async fn everything(session: &Session, project: i64) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let mut query = vec![("limit", "1000")];
        if !cursor.is_empty() {
            query.push(("cursor", &cursor));
        }
        let page = session.events(project, &query).await.unwrap();
        all.extend(page.items.iter().map(|event| serde_json::to_string(event).unwrap()));
        match page.next_cursor {
            Some(next) => cursor = next,
            None => return all,
        }
    }
}

async fn whole(session: &Session, project: i64, id: &str) -> Value {
    let path = format!("/api/v1/projects/{project}/events/{id}");
    serde_json::from_slice(&session.look(&path).await.unwrap().body).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_moves() {
    let _alone = ALONE.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("sqlite.log"));
    let server = ServerProcess::start(Path::new(PROGRAM), &data, &log).await.unwrap();
    let session = Session::register(server.url(), "move@example.com", "correct horse")
        .await
        .unwrap();
    let (shop, other) = (
        session.create_project("Shop").await.unwrap(),
        session.create_project("Other").await.unwrap(),
    );
    for created in [&shop, &other] {
        session.lift_limits(created.project.id).await.unwrap();
    }
    for first in (0..EVENTS).step_by(1_000) {
        let events: Vec<Value> = (first..first + 1_000)
            .map(|n| {
                json!({ "event_id": format!("e{n}"), "kind": "log", "message": format!("Order {} packed", n % 977),
                    "service": "warehouse", "attributes": { "n": n, "text": "Grüße" }, "duration_ms": 0.1 })
            })
            .collect();
        post(&server, &shop, "/api/v1/events/batch", &Value::from(events)).await;
    }
    let odd = json!([
        { "event_id": "nul\u{0}", "kind": "odd", "message": "\u{0}zero \u{10fffd} 支払い",
          "time": "1969-07-20T20:17:40Z" },
        { "event_id": "e1", "kind": "log", "message": "the same id in another project",
          "input": { "messages": [{ "role": "user", "content": "where is the elephant" }] } },
        { "kind": "" },
    ]);
    post(&server, &other, "/api/v1/events/batch", &odd).await;
    let batch = json!({ "batch": [
        { "id": "p1", "type": "generation-create", "timestamp": "2026-11-20T12:00:00Z",
          "body": { "id": "g1", "traceId": "t1", "name": "answer", "input": "a tiger" } },
    ]});
    post(&server, &other, "/api/public/ingestion", &batch).await;
    let (id, elsewhere) = (shop.project.id, other.project.id);
    let agents = session.create_project("Agents").await.unwrap();
    let until = Timestamp::from_micros(SystemClock.now().micros() / MINUTE * MINUTE);
    let with_agents = agents.project.id;
    post(
        &server,
        &agents,
        "/api/v1/events/batch",
        &belongings::spans(TRACES, until),
    )
    .await;
    post(&server, &other, "/api/v1/events/batch", &belongings::unpriced(UNPRICED)).await;
    let link = belongings::arrange(&session, with_agents).await;
    // What was refused is written every few seconds.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let pages = belongings::pages(&session, with_agents, &link, until).await;
    let questions = [
        "order 976",
        "elephant",
        "\"elephant\"",
        "tiger",
        "warehouse",
        "packed",
        "zero",
    ];
    let mut answers = Vec::new();
    for q in questions {
        answers.push((found(&session, id, q).await, found(&session, elsewhere, q).await));
    }
    assert_eq!(answers[1].1.len(), 1, "words that are in no column move, too");
    let before = (everything(&session, id).await, everything(&session, elsewhere).await);
    assert_eq!(before.0.len(), EVENTS);
    let one = whole(&session, id, "e17").await;

    let installation = Installation::new();
    let copy = || {
        let mut command = Command::new(PROGRAM);
        command.args(["copy", "--to", &installation.url, "--from"]).arg(&data);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let said = |output: &std::process::Output| {
        String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat()).into_owned()
    };
    let refused = copy().output().unwrap();
    assert!(
        said(&refused).contains("a server is using the database"),
        "{}",
        said(&refused)
    );
    belongings::price_the_past(&session, elsewhere).await;
    server.kill().unwrap();

    // Killed when some of the events are there.
    let mut child = copy().spawn().unwrap();
    let (started, mut there) = (Instant::now(), 0);
    while there == 0 {
        if child.try_wait().unwrap().is_some() {
            panic!("it has ended: {}", said(&child.wait_with_output().unwrap()));
        }
        assert!(started.elapsed() < Duration::from_secs(60), "nothing is copied");
        let count = cluster::shared().execute(&installation.url, "SELECT count(*) FROM events");
        there = count.ok().and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(there < EVENTS, "it was too quick to be killed");
    let mut serve = Command::new(&installation.program);
    let serve = serve.args(["serve", "--addr", "127.0.0.1:0"]).output().unwrap();
    assert!(said(&serve).contains("has not ended"), "{}", said(&serve));

    let done = copy().output().unwrap();
    assert!(done.status.success(), "{}", said(&done));
    assert!(
        said(&done).contains(&format!("{:<24} {:>12}", "events", EVENTS + 3 + 3 * TRACES + UNPRICED)),
        "{}",
        said(&done)
    );
    println!("{}", said(&done));

    let server = installation.serve().await;
    let session = session.moved_to(server.url());
    let after = (everything(&session, id).await, everything(&session, elsewhere).await);
    assert!(before == after, "every event is there, as it was");
    for (q, (here, there)) in questions.iter().zip(&answers) {
        assert_eq!(
            (&found(&session, id, q).await, &found(&session, elsewhere, q).await),
            (here, there),
            "{q}"
        );
    }
    assert_eq!(whole(&session, id, "e17").await, one);
    belongings::same(&pages, &belongings::pages(&session, with_agents, &link, until).await);
    belongings::past_is_priced(&session, elsewhere, UNPRICED).await;
    let project = session.project(id).await.unwrap();
    assert_eq!(usize::try_from(project.event_count), Ok(EVENTS));
    let refused: Value =
        serde_json::from_slice(&session.look("/api/v1/projects/other/refused").await.unwrap().body).unwrap();
    assert_eq!(refused["items"].as_array().map(Vec::len), Some(1), "{refused}");

    // It goes on as it did there: keys, ids, parts, counters.
    let repeat = json!([{ "event_id": "e17", "kind": "log" }, { "event_id": "new", "kind": "log" }]);
    let outcome = post(&server, &shop, "/api/v1/events/batch", &repeat).await;
    assert_eq!((&outcome["accepted"], &outcome["duplicates"]), (&json!(1), &json!(1)));
    let update = json!({ "batch": [
        { "id": "p2", "type": "generation-update", "timestamp": "2026-11-20T12:00:01Z",
          "body": { "id": "g1", "traceId": "t1", "output": "a lion" } },
    ]});
    post(&server, &other, "/api/public/ingestion", &update).await;
    assert_eq!(found(&session, elsewhere, "tiger lion").await.len(), 1);
    let third = session.create_project("Third").await.unwrap();
    assert!(third.project.id > elsewhere);

    let refused = copy().output().unwrap();
    assert!(said(&refused).contains("connected to the target"), "{}", said(&refused));
    server.kill().unwrap();
    let refused = copy().output().unwrap();
    assert!(said(&refused).contains("the target is not empty"), "{}", said(&refused));
}
