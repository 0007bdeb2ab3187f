//! Searching, paging and polling over HTTP.

use serde_json::json;

use crate::app::{Caller, TestApp, event_ids};

async fn shop(app: &TestApp) -> (Caller, Caller) {
    let (ada, _, sdk) = app.project("shop").await;
    let event = |n: i64| {
        json!({
            "event_id": format!("e{n}"), "kind": "api_call", "name": format!("Call {n}"), "service": if n % 2 == 0 { "pay" } else { "auth" },
            "severity": if n % 5 == 0 { "error" } else { "info" }, "time": format!("2026-11-21T11:00:{n:02}.5Z"), "duration_ms": n,
        })
    };
    let batch: Vec<_> = (0..20).map(event).collect();
    sdk.post("/api/v1/events/batch", &json!(batch)).await.expect(202);
    (ada, sdk)
}

#[tokio::test]
async fn a_page_of_events() {
    let app = TestApp::new().await;
    let (ada, _) = shop(&app).await;
    let page = ada
        .get("/api/v1/projects/shop/events?limit=2&service=pay")
        .await
        .expect(200);
    assert_eq!(event_ids(&page), ["e18", "e16"]);
    insta::assert_json_snapshot!(page["items"][0], { ".id" => "[id]" }, @r#"
    {
      "duration_ms": 18.0,
      "event_id": "e18",
      "id": "[id]",
      "kind": "api_call",
      "name": "Call 18",
      "received_at": "2026-11-21T12:00:00.000000Z",
      "service": "pay",
      "severity": "info",
      "status": "unset",
      "time": "2026-11-21T11:00:18.500000Z"
    }
    "#);
    let next = format!(
        "/api/v1/projects/1/events?limit=2&service=pay&cursor={}",
        page["next_cursor"].as_str().unwrap()
    );
    assert_eq!(event_ids(&ada.get(&next).await.expect(200)), ["e14", "e12"]);
    let all = ada.get("/api/v1/projects/shop/events?service=pay").await.expect(200);
    assert_eq!((event_ids(&all).len(), &all["next_cursor"]), (10, &json!(null)));
    let last_hour = ada.get("/api/v1/projects/shop/events?from=-1h").await.expect(200);
    assert_eq!(event_ids(&last_hour).len(), 20);
    let none = ada.get("/api/v1/projects/shop/events?from=-30m").await.expect(200);
    assert_eq!(event_ids(&none).len(), 0);
    let errors = ada
        .get("/api/v1/projects/shop/events?q=call&severity=error&from=2026-11-21T11:00:05.5Z&to=2026-11-21T11:00:15.5Z")
        .await
        .expect(200);
    assert_eq!(event_ids(&errors), ["e10", "e5"]);
}

#[tokio::test]
async fn polling_tells_what_is_new() {
    let app = TestApp::new().await;
    let (ada, sdk) = shop(&app).await;
    let page = ada.get("/api/v1/projects/shop/events?severity=error").await.expect(200);
    let poll = |watermark: &serde_json::Value| {
        format!(
            "/api/v1/projects/shop/events?severity=error&arrived_after={}",
            watermark.as_str().unwrap()
        )
    };
    let quiet = ada.get(&poll(&page["watermark"])).await.expect(200);
    assert_eq!((event_ids(&quiet).len(), &quiet["watermark"]), (0, &page["watermark"]));
    sdk.post(
        "/api/v1/events/batch",
        &json!([
            { "kind": "log", "event_id": "late", "severity": "error", "time": "2020-01-01T00:00:00Z" },
            { "kind": "log", "event_id": "fine", "severity": "info" },
        ]),
    )
    .await
    .expect(202);
    let news = ada.get(&poll(&quiet["watermark"])).await.expect(200);
    assert_eq!(event_ids(&news), ["late"]);
}

#[tokio::test]
async fn facets_count_values() {
    let app = TestApp::new().await;
    let (ada, _) = shop(&app).await;
    let facets = ada
        .get("/api/v1/projects/shop/facets?fields=service,severity&q=call")
        .await
        .expect(200);
    assert_eq!(
        facets,
        json!({ "partial": false, "facets": {
            "service": [{ "value": "auth", "count": 10 }, { "value": "pay", "count": 10 }],
            "severity": [{ "value": "info", "count": 16 }, { "value": "error", "count": 4 }]
        }})
    );
    let unknown = ada.get("/api/v1/projects/shop/facets?fields=colour").await.expect(422);
    assert_eq!(unknown["errors"][0]["loc"], json!(["query", "fields"]));
}

#[tokio::test]
async fn unknown_parameters_are_refused_by_name() {
    let app = TestApp::new().await;
    let (ada, _) = shop(&app).await;
    for path in [
        "events?colour=red",
        "events/e1?colour=red",
        "keys?colour=red",
        "facets?colour=red",
    ] {
        let answer = ada.get(&format!("/api/v1/projects/shop/{path}")).await.expect(422);
        assert_eq!(answer["errors"][0]["loc"], json!(["query", "colour"]), "{path}");
    }
    // What has no pages knows nothing of them.
    for path in ["facets?cursor=zz", "events/histogram?cursor=zz"] {
        let answer = ada.get(&format!("/api/v1/projects/shop/{path}")).await.expect(422);
        assert_eq!(answer["errors"][0]["msg"], "unknown parameter", "{path}");
    }
    assert_eq!(
        ada.get("/api/v1/projects/shop/events?cursor=zz").await.expect(422)["errors"][0]["loc"],
        json!(["query", "cursor"])
    );
}

#[tokio::test]
async fn one_event_by_either_id() {
    let app = TestApp::new().await;
    let (ada, _) = shop(&app).await;
    let event = ada.get("/api/v1/projects/shop/events/e7").await.expect(200);
    let id = event["id"].as_str().unwrap();
    assert_eq!(
        ada.get(&format!("/api/v1/projects/shop/events/{id}")).await.expect(200),
        event
    );
    assert_eq!(
        ada.get("/api/v1/projects/shop/events/e999").await.expect(404)["code"],
        "not_found"
    );
}

/// Its page is opened in `end2end/tests/pages.spec.ts`: pages need a built site.
#[tokio::test]
async fn json_of_any_depth_is_kept() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    for (n, (open, close)) in [("[", "]"), ("{\"a\":", "}")].iter().enumerate() {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let body = format!(r#"{{"event_id":"deep{n}","kind":"llm","input":{deep},"attributes":{{"x":{deep}}}}}"#);
        sdk.with("content-type", "application/json")
            .send(axum::http::Method::POST, "/api/v1/events", body)
            .await
            .expect(202);
        let event = ada.get(&format!("/api/v1/projects/shop/events/deep{n}")).await;
        assert!(event.body.len() > 400_000, "kept whole");
    }
}
