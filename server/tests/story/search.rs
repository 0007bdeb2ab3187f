//! The search language, histogram, facets, saved views and exports over HTTP.

use std::net::{Ipv4Addr, SocketAddr};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::app::{Caller, TestApp, event_ids};

async fn shop(app: &TestApp) -> (Caller, Caller) {
    let (ada, _, sdk) = app.project("shop").await;
    let event = |n: i64| {
        json!({
            "event_id": format!("e{n}"), "kind": "api_call", "name": format!("Call {n}"),
            "message": if n % 4 == 0 { "支払いが失敗しました" } else { "Card was declined" },
            "service": if n % 2 == 0 { "payment-service" } else { "auth" }, "endpoint": format!("/api/v1/orders/{n}"),
            "severity": if n % 5 == 0 { "error" } else { "info" }, "status_code": 200 + 100 * (n % 4), "duration_ms": n * 100,
            "time": format!("2026-11-21T11:{n:02}:00.5Z"), "country": if n < 10 { "BR" } else { "DE" },
            "attributes": { "plan": if n % 3 == 0 { "pro" } else { "free" }, "cart": { "items": n } },
            "input": { "question": format!("=HYPERLINK({n})") },
        })
    };
    let batch: Vec<_> = (0..20).map(event).collect();
    sdk.post("/api/v1/events/batch", &json!(batch)).await.expect(202);
    (ada, sdk)
}

/// Space and the like as they stand in a URL.
fn encoded(q: &str) -> String {
    q.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b':' | b'.' | b'_' | b'-' | b'*' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[tokio::test]
async fn the_language_finds_events() {
    let app = TestApp::new().await;
    let (ada, _) = shop(&app).await;
    for (q, expected) in [
        ("service:pay* -country:DE status:4xx", "e6 e2"),
        ("失敗", "e16 e12 e8 e4 e0"),
        ("\"was declined\" attributes.plan:pro latency:>=1.5s", "e18 e15"),
        ("(status_code:500 OR severity:error) time:>=2026-11-21T11:15", "e19 e15"),
        ("attributes.cart.items:3..5", "e5 e4 e3"),
        ("endpoint:/api/v1/orders/1", "e1"),
        ("*clin* latency:<0.15s", "e1"),
        ("NOT declined message:失敗 country:(BR OR FR)", "e8 e4 e0"),
        ("e7 ", ""),
    ] {
        let path = format!("/api/v1/projects/shop/events?q={}", encoded(q));
        let page = ada.get(&path).await.expect(200);
        assert_eq!(event_ids(&page).join(" "), expected, "{q}");
        assert_eq!(page["partial"], false);
    }
}

#[tokio::test]
async fn errors_point_at_the_character() {
    let app = TestApp::new().await;
    let (ada, _) = shop(&app).await;
    for route in ["events", "events/histogram", "facets", "export"] {
        let path = format!("/api/v1/projects/shop/{route}?q={}", encoded("é servce:pay"));
        let problem = ada.get(&path).await.expect(422);
        assert_eq!(
            problem["errors"],
            json!([{ "loc": ["query", "q"], "msg": "there is no field `servce`; did you mean `service`?", "position": 2 }]),
            "{route}"
        );
    }
}

#[tokio::test]
async fn bars_and_facets() {
    let app = TestApp::new().await;
    let (ada, _) = shop(&app).await;
    let histogram = ada
        .get("/api/v1/projects/shop/events/histogram?q=service:auth&time=2026-11-21T11:00..2026-11-21T11:20&buckets=4")
        .await
        .expect(200);
    insta::assert_json_snapshot!(histogram, @r#"
    {
      "bucket_ms": 300000,
      "buckets": [
        {
          "count": 2,
          "errors": 0,
          "start": "2026-11-21T11:00:00.000000Z"
        },
        {
          "count": 3,
          "errors": 1,
          "start": "2026-11-21T11:05:00.000000Z"
        },
        {
          "count": 2,
          "errors": 0,
          "start": "2026-11-21T11:10:00.000000Z"
        },
        {
          "count": 3,
          "errors": 1,
          "start": "2026-11-21T11:15:00.000000Z"
        }
      ],
      "partial": false
    }
    "#);
    let all = ada.get("/api/v1/projects/shop/events/histogram").await.expect(200);
    let count = |bars: &Value| {
        bars["buckets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|bar| bar["count"].as_i64().unwrap())
            .sum::<i64>()
    };
    assert_eq!(count(&all), 20);
    for bad in ["buckets=0", "buckets=501", "buckets=x", "colour=red", "time=soon"] {
        ada.get(&format!("/api/v1/projects/shop/events/histogram?{bad}"))
            .await
            .expect(422);
    }
    let facets = ada
        .get("/api/v1/projects/shop/facets?fields=country,status_code&q=attributes.plan:pro")
        .await
        .expect(200);
    assert_eq!(
        facets["facets"],
        json!({
            "country": [{ "value": "BR", "count": 4 }, { "value": "DE", "count": 3 }],
            "status_code": [{ "value": "200", "count": 2 }, { "value": "400", "count": 2 }, { "value": "500", "count": 2 }, { "value": "300", "count": 1 }],
        })
    );
}

#[tokio::test]
async fn views_are_kept_and_shared() {
    let app = TestApp::new().await;
    let (ada, _) = shop(&app).await;
    let views = "/api/v1/projects/shop/views";
    let view = json!({ "name": " Slow calls ", "q": "latency:>1s", "time": "last 3h", "columns": ["service", "attributes.plan"], "shared": true });
    let made = ada.post(views, &view).await.expect(201);
    insta::assert_json_snapshot!(made, { ".id" => "[id]", ".owner" => "[owner]" }, @r#"
    {
      "columns": [
        "service",
        "attributes.plan"
      ],
      "created_at": "2026-11-21T12:00:00.000000Z",
      "editable": true,
      "id": "[id]",
      "mine": true,
      "name": "Slow calls",
      "owner": "[owner]",
      "q": "latency:>1s",
      "shared": true,
      "time": "last 3h",
      "updated_at": "2026-11-21T12:00:00.000000Z"
    }
    "#);
    let one = format!("{views}/{}", made["id"]);
    assert_eq!(ada.post(views, &view).await.expect(409)["code"], "conflict");
    let bad = json!({ "name": "", "q": "a OR", "time": "soon", "columns": ["colour"] });
    let faults = ada.post(views, &bad).await.expect(422);
    let places: Vec<String> = faults["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["loc"].to_string())
        .collect();
    assert_eq!(
        places,
        [
            r#"["body","name"]"#,
            r#"["body","q"]"#,
            r#"["body","time"]"#,
            r#"["body","columns",0]"#
        ]
    );
    assert_eq!(faults["errors"][1]["position"], 4);
    let changed = ada.put(&one, &json!({ "name": "Slower" })).await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["shared"]),
        (&json!("Slower"), &json!(false))
    );
    let listed = ada.get(views).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);

    // A stranger to the project sees nothing of it.
    let (eve, _, _) = app.project("other").await;
    eve.get(views).await.expect(403);
    eve.get(&one.replace("shop", "other")).await.expect(405);
    eve.delete(&one.replace("shop", "other")).await.expect(404);
    ada.delete(&one).await.expect(204);
    ada.delete(&one).await.expect(404);
}

#[tokio::test]
async fn exports_are_whole_and_safe_to_open() {
    let app = TestApp::new().await;
    let (ada, sdk) = shop(&app).await;
    let many: Vec<_> = (0..1_200)
        .map(|n| json!({ "event_id": format!("m{n}"), "kind": "log", "name": "-1+1", "input": "one\ntwo" }))
        .collect();
    sdk.post("/api/v1/events/batch", &json!(many)).await.expect(202);

    let answer = ada.get("/api/v1/projects/shop/export?q=kind:log").await;
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert_eq!(text.lines().count(), 1_200);
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["event_id"], &first["input"]),
        (&json!("m1199"), &json!("one\ntwo"))
    );
    let header = |name: &str| answer.headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!(header("x-export-events"), "1200");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"shop-2026-11-21T120000.jsonl\""
    );

    let csv = ada.get("/api/v1/projects/shop/export?format=csv&q=kind:log").await;
    let text = String::from_utf8(csv.body.to_vec()).unwrap();
    assert!(text.starts_with("time,received_at,id,event_id,kind,name,message,"));
    assert_eq!(text.matches("\r\n").count(), 1_201);
    assert!(text.contains(",log,'-1+1,"), "no formula");

    let parquet = ada.get("/api/v1/projects/shop/export?format=parquet").await;
    assert!(parquet.body.starts_with(b"PAR1") && parquet.body.ends_with(b"PAR1"));
    for bad in ["format=xml", "limit=5", "cursor=1", "colour=red"] {
        ada.get(&format!("/api/v1/projects/shop/export?{bad}"))
            .await
            .expect(422);
    }
}

#[tokio::test]
async fn an_export_that_nobody_reads_on_gives_its_place_back() {
    let app = TestApp::with(&[("exports", "1")]).await;
    let (ada, sdk) = shop(&app).await;
    let many: Vec<_> = (0..3_000)
        .map(|n| json!({ "event_id": format!("m{n}"), "kind": "log", "message": "x".repeat(200) }))
        .collect();
    for batch in many.chunks(1_000) {
        sdk.post("/api/v1/events/batch", &json!(batch)).await.expect(202);
    }
    let path = "/api/v1/projects/shop/export?q=kind:log";
    let request = Request::builder()
        .uri(path)
        .header("authorization", ada.header_value("authorization"))
        .extension(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 4711))))
        .body(Body::empty())
        .unwrap();
    let answer = ada.router().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["x-export-events"], "3000");
    let mut body = answer.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    let begun = String::from_utf8(first.to_vec()).unwrap().lines().count();
    assert!((1..3_000).contains(&begun), "{begun}: it is sent piece by piece");
    // While it is under way there is no room for another.
    ada.get(path).await.expect(503);
    drop(body);
    let whole = ada.get(path).await;
    assert_eq!(whole.status, 200);
    assert_eq!(String::from_utf8(whole.body).unwrap().lines().count(), 3_000);
}

#[tokio::test]
async fn facets_of_many_events() {
    let app = TestApp::with(&[("facet_events", "5")]).await;
    let (ada, _) = shop(&app).await;
    let facets = async |q: &str| ada.get(&format!("/api/v1/projects/shop/facets?{q}")).await.expect(200);
    // What is kept is counted in full, the rest among the newest.
    let found = facets("fields=service,severity").await;
    assert_eq!(
        (&found["partial"], &found["complete"]),
        (&json!(true), &json!(["service"]))
    );
    assert_eq!(
        found["facets"]["service"],
        json!([{ "value": "auth", "count": 10 }, { "value": "payment-service", "count": 10 }])
    );
    let counted: i64 = found["facets"]["severity"]
        .as_array()
        .unwrap()
        .iter()
        .map(|value| value["count"].as_i64().unwrap())
        .sum();
    assert_eq!(counted, 5);
    let found = facets("fields=kind&q=service:auth").await;
    assert_eq!(found["facets"]["kind"], json!([{ "value": "api_call", "count": 10 }]));
    assert_eq!(found["complete"], json!(["kind"]));
    // Where the search asks for more than is kept, every count is of the newest.
    for q in ["fields=service&q=declined", "fields=service&severity=info"] {
        let found = facets(q).await;
        assert_eq!(
            (&found["partial"], &found["complete"]),
            (&json!(true), &Value::Null),
            "{q}"
        );
    }
    // So it is of a span so short that whole minutes are much more.
    let found = facets("fields=service&from=2026-11-21T11:05:30Z&to=2026-11-21T11:10:31Z").await;
    assert_eq!((&found["partial"], &found["complete"]), (&json!(true), &Value::Null));
}

#[tokio::test]
async fn names_of_attributes() {
    let app = TestApp::new().await;
    let (ada, _) = shop(&app).await;
    let found = ada
        .get("/api/v1/projects/shop/facets?fields=attributes&q=service:auth")
        .await
        .expect(200);
    assert_eq!(
        found,
        json!({ "partial": false, "facets": { "attributes": [
            { "value": "cart.items", "count": 10 }, { "value": "plan", "count": 10 }
        ] } })
    );
}
