//! While the database is away, every read says so and when to come back, in
//! the words of each dialect; and nobody has to restart anything.

use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue, Method};
use eventglass_harness::http::{Answer, Client};
use eventglass_harness::server::Session;
use serde_json::{Value, json};

use crate::installation::{Installation, found, headers};
use crate::{ALONE, cluster};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_say_when_to_come_back() {
    let _alone = ALONE.lock().await;
    let installation = Installation::new();
    let server = installation.serve().await;
    let session = Session::register(server.url(), "away@example.com", "correct horse")
        .await
        .unwrap();
    let created = session.create_project("Away").await.unwrap();
    let id = created.project.id;
    let client = Client::new(false, Duration::from_secs(30)).unwrap();
    let key = created.api_key.clone();
    let with_key = async |method: Method, path: &str| {
        let name = HeaderName::from_static("x-api-key");
        let headers = [(name, HeaderValue::from_str(&key).unwrap())];
        client
            .send(method, server.url().at(path).unwrap(), &headers, "")
            .await
            .unwrap()
    };
    let send = async || {
        let uri = server.url().at("/api/v1/events").unwrap();
        let event = json!({ "event_id": "one", "kind": "k", "message": "here again" });
        client
            .send(Method::POST, uri, &headers(&created), event.to_string())
            .await
            .unwrap()
            .status
    };
    assert_eq!(send().await, 202);

    tokio::task::block_in_place(|| cluster::shared().crash()).unwrap();
    let asked = Instant::now();
    let (api, facets, me, forge, costs, pulse, stats, langfuse, ready, readiness) = tokio::join!(
        session.look("/api/v1/projects/away/events"),
        session.look("/api/v1/projects/away/facets"),
        session.look("/api/auth/me"),
        session.look("/api/projects"),
        session.look("/api/projects/1/analytics/costs"),
        with_key(Method::GET, "/api/v1/ingestion/events/search"),
        with_key(Method::GET, "/api/v1/ingestion/stats"),
        with_key(Method::GET, "/api/public/projects"),
        session.look("/readyz"),
        send(),
    );
    assert!(asked.elapsed() < Duration::from_secs(12), "{:?}", asked.elapsed());
    assert_eq!(readiness, 503);
    let problem = |answer: anyhow::Result<Answer>| unavailable(&answer.unwrap());
    for body in [api, facets, me, ready].map(problem) {
        assert_eq!(
            (&body["code"], &body["status"]),
            (&json!("unavailable"), &json!(503)),
            "{body}"
        );
    }
    for body in [forge, costs].map(problem) {
        assert!(body["error"].as_str().unwrap().contains("try again"), "{body}");
    }
    for body in [unavailable(&pulse), unavailable(&stats)] {
        assert_eq!(
            (&body["error"], &body["status_code"]),
            (&json!("HTTP_ERROR"), &json!(503)),
            "{body}"
        );
    }
    assert_eq!(unavailable(&langfuse)["error"], "ServiceUnavailableError");

    tokio::task::block_in_place(|| cluster::shared().launch()).unwrap();
    let back = Instant::now();
    while send().await != 202 {
        assert!(back.elapsed() < Duration::from_secs(8), "the service does not return");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(found(&session, id, "again").await, ["one"]);
    assert_eq!(session.look("/readyz").await.unwrap().status, 200);
    let log = std::fs::read_to_string(installation.log()).unwrap();
    assert!(
        !log.contains("request failed"),
        "that is no fault of the program: {log}"
    );
}

/// The body of an honest refusal.
pub fn unavailable(answer: &Answer) -> Value {
    let text = String::from_utf8_lossy(&answer.body);
    assert_eq!(answer.status, 503, "{text}");
    let seconds: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..60).contains(&seconds));
    serde_json::from_str(&text).unwrap()
}
