//! What an installation has besides events: traces, links, prices, dashboards,
//! saved searches, and what events add up to; and all that its pages show of it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use axum::http::Method;
use eventglass_harness::server::Session;
use eventglass_model::Timestamp;
use serde_json::{Value, json};

async fn make(session: &Session, method: Method, path: &str, body: Value) -> Value {
    let answer = session.change(method, path, body.to_string()).await.unwrap();
    serde_json::from_slice(&answer.body).unwrap()
}

async fn seen(session: &Session, path: &str) -> Value {
    let answer = session.look(path).await.unwrap();
    assert!(answer.is_success(), "{path}: {}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

/// Traces of agents, of the minutes before a moment: each a root, a call to a model and a search.
pub fn spans(traces: usize, until: Timestamp) -> Value {
    let question = "Where is my parcel? ".repeat(60);
    let spans = (0..traces).flat_map(|n| {
        let trace = format!("trace-{n}");
        let time = until.plus_micros(-1_000_000 * i64::try_from(n + 1).unwrap());
        let common = |id: &str| {
            json!({ "time": time, "event_id": format!("{trace}:{id}"), "trace_id": trace, "span_id": id, "service": "support",
                "user_id": format!("user-{}", n % 7), "session_id": format!("chat-{}", n % 11), "duration_ms": n % 900 })
        };
        let with = |id: &str, more: Value| {
            let mut span = common(id);
            span.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            span
        };
        [
            with("root", json!({ "kind": "agent_action", "name": format!("Answer {n}"),
                "status": if n % 9 == 0 { "error" } else { "ok" } })),
            with("call", json!({ "kind": "llm", "parent_span_id": "root", "model": "gpt-4o", "provider": "openai",
                "tokens": { "input": 900 + n, "output": 50 }, "input": [{ "role": "user", "content": question }],
                "output": format!("It is on its way, number {n}") })),
            with("find", json!({ "kind": "retrieval", "parent_span_id": "root", "attributes": { "db.statement": "SELECT 1" } })),
        ]
    });
    spans.collect()
}

/// Calls of a model that nobody knows the price of.
pub fn unpriced(calls: usize) -> Value {
    let call = |n: usize| json!({ "event_id": format!("u{n}"), "kind": "llm", "model": "acme/large", "tokens": { "input": 1_000_000 } });
    (0..calls).map(call).collect()
}

/// Makes one of each, and gives the address of the link.
pub async fn arrange(session: &Session, project: i64) -> String {
    let base = format!("/api/v1/projects/{project}");
    make(
        session,
        Method::PATCH,
        &format!("{base}/settings"),
        json!({ "trace_links": true }),
    )
    .await;
    let view =
        json!({ "name": "Slow", "q": "latency:>500ms", "time": "last 3h", "columns": ["service"], "shared": true });
    make(session, Method::POST, &format!("{base}/views"), view).await;
    let dashboard = json!({
        "name": "Sales", "from": "-1h", "refresh_seconds": 30,
        "widgets": [{ "id": "w1", "title": "Errors", "kind": "line", "place": { "x": 0, "y": 0, "width": 6, "height": 4 },
            "query": { "measure": ["errors"], "group": ["service"], "interval": "30m" } }],
    });
    make(session, Method::POST, &format!("{base}/dashboards"), dashboard).await;
    let price = json!({ "rates": { "input_usd": 0.7, "output_usd": 3 }, "source": "our contract" });
    make(session, Method::PUT, &format!("{base}/prices/acme/small"), price).await;
    let link = make(
        session,
        Method::POST,
        &format!("{base}/traces/trace-3/share"),
        json!({}),
    )
    .await;
    format!("/api/v1/shared/{}", link["token"].as_str().unwrap())
}

/// Sets the price of what was unpriced, which begins a job.
pub async fn price_the_past(session: &Session, project: i64) {
    let price = json!({ "rates": { "input_usd": 1.5, "output_usd": 3 }, "recompute": true });
    let set = make(
        session,
        Method::PUT,
        &format!("/api/v1/projects/{project}/prices/acme/large"),
        price,
    )
    .await;
    assert_eq!(set["job"]["state"], "running", "{set}");
}

/// Waits until the job is done.
pub async fn past_is_priced(session: &Session, project: i64, calls: usize) {
    let started = Instant::now();
    loop {
        let status = seen(session, &format!("/api/v1/projects/{project}/prices/recompute")).await;
        if status["job"]["state"] == "done" {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{status}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let event = seen(session, &format!("/api/v1/projects/{project}/events/u{}", calls - 1)).await;
    assert_eq!(event["cost_usd"], 1.5, "{event}");
}

/// What the pages show, by their questions. Waits until lists have followed the events.
pub async fn pages(session: &Session, project: i64, link: &str, until: Timestamp) -> BTreeMap<String, Value> {
    let base = format!("/api/v1/projects/{project}");
    let from = until.plus_micros(-6 * 3_600_000_000);
    let span = format!("from={from}&to={until}");
    let questions = [
        base.clone(),
        format!("{base}/settings"),
        format!("{base}/usage"),
        format!("{base}/keys"),
        format!("{base}/views"),
        format!("{base}/dashboards"),
        format!("{base}/prices?q=acme"),
        format!("{base}/prices/unpriced"),
        format!("{base}/facets?{span}"),
        format!("{base}/events/histogram?{span}"),
        format!("{base}/events?q=kind:llm+parcel&limit=20"),
        format!("{base}/traces?limit=200"),
        format!("{base}/traces?errors=true&{span}"),
        format!("{base}/traces?name=Answer+17"),
        format!("{base}/traces/trace-3"),
        format!("{base}/traces/trace-3/steps"),
        format!("{base}/sessions?{span}"),
        format!("{base}/users?{span}"),
        format!("{base}/services?{span}"),
        format!("{base}/metrics?measure=count,errors,p95,tokens,cost,users&group=service,kind&interval=1h&{span}"),
        format!("{base}/metrics?measure=count,cost&group=model&interval=none&{span}"),
        format!("{base}/metrics?measure=count&group=user_id&model=*&interval=none&{span}"),
        link.to_owned(),
        format!("{link}/steps"),
    ];
    let mut pages = BTreeMap::new();
    for question in questions {
        let started = Instant::now();
        let answer = loop {
            let answer = seen(session, &question).await;
            if answer["behind"] != true {
                break answer;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "{question} stays behind");
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        pages.insert(question, answer);
    }
    pages
}

/// Fails where two lots of pages differ, and says where.
pub fn same(before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>) {
    for (question, answer) in before {
        assert_eq!(after.get(question), Some(answer), "{question}");
    }
    assert_eq!(before.len(), after.len());
}
