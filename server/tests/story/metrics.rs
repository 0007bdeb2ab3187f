//! Charts, services and dashboards over HTTP.

use axum::http::Method;
use serde_json::{Value, json};

use crate::app::{Caller, TestApp};

async fn shop(app: &TestApp) -> (Caller, Caller) {
    let (ada, _, sdk) = app.project("shop").await;
    let event = |n: i64| {
        json!({
            "event_id": format!("e{n}"), "kind": "api_call", "service": if n % 2 == 0 { "pay" } else { "auth" },
            "version": if n < 10 { "1.0" } else { "1.1" }, "environment": "production",
            "severity": if n % 5 == 0 { "error" } else { "info" }, "time": format!("2026-11-21T11:{n:02}:00.5Z"),
            "duration_ms": 10 * (n + 1), "user_id": format!("u{}", n % 3), "country": "BR",
            "region": if n < 15 { "Bahia" } else { "Acre" },
            "attributes": { "cart": { "total": n, "gift": n % 4 == 0 }, "shop.plan": if n == 0 { Value::Null } else { json!("pro") } },
        })
    };
    let batch: Vec<_> = (0..20).map(event).collect();
    sdk.post("/api/v1/events/batch", &json!(batch)).await.expect(202);
    (ada, sdk)
}

async fn metrics(caller: &Caller, query: &str) -> Value {
    caller
        .get(&format!("/api/v1/projects/shop/metrics?{query}"))
        .await
        .expect(200)
}

fn totals(metrics: &Value) -> Vec<(String, String, f64)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    metrics["series"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| {
            (
                text(&s["measure"]),
                text(&s["group"]),
                s["total"].as_f64().unwrap_or(-1.0),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_chart_in_one_request() {
    let app = TestApp::new().await;
    let (ada, _) = shop(&app).await;
    let found = metrics(
        &ada,
        "measure=count,errors&group=service&from=-1h&interval=30m&compare=previous",
    )
    .await;
    insta::assert_json_snapshot!(found);
    // A search for what series are made of is answered from rollups too.
    let found = metrics(
        &ada,
        "measure=count,error_rate,p50,users&q=service:pay+env:prod*&interval=none",
    )
    .await;
    assert_eq!(found["source"], "rollups");
    let of = |measure: &str, value: f64| (measure.to_owned(), String::new(), value);
    let all = totals(&found);
    assert_eq!(all[..2], [of("count", 10.0), of("error_rate", 0.2)]);
    assert!((all[2].2 - 90.0).abs() < 2.0, "{all:?}");
    assert_eq!(all[3], of("users", 3.0));
}

#[tokio::test]
async fn what_rollups_do_not_know_is_looked_up() {
    let app = TestApp::new().await;
    let (ada, _) = shop(&app).await;
    let found = metrics(
        &ada,
        "measure=p50,sum,avg&field=attributes.cart.total&group=severity&interval=none",
    )
    .await;
    assert_eq!(
        (found["source"].as_str(), found["partial"].as_bool()),
        (Some("events"), Some(false))
    );
    assert_eq!(
        found.get("searched_to"),
        None,
        "a whole answer has nothing to say of it"
    );
    let of = |measure: &str, group: &str, value: f64| (measure.to_owned(), group.to_owned(), value);
    let expected = [
        of("p50", "info", 9.0),
        of("p50", "error", 5.0),
        of("sum", "info", 160.0),
        of("sum", "error", 30.0),
        of("avg", "info", 10.0),
        of("avg", "error", 7.5),
    ];
    assert_eq!(totals(&found), expected);
    // By a field that is not counted, and by attributes, whatever they are.
    let found = metrics(&ada, "group=region&interval=none").await;
    assert_eq!(totals(&found), [of("count", "Bahia", 15.0), of("count", "Acre", 5.0)]);
    let by =
        "measure=sum,count&field=attributes.cart.total&group=attributes.cart.gift,attributes.shop.plan&interval=none";
    let found = metrics(&ada, by).await;
    assert_eq!(found["group"], json!(["attributes.cart.gift", "attributes.shop.plan"]));
    let expected = [
        of("sum", "false / pro", 150.0),
        of("sum", "true / pro", 40.0),
        of("sum", "true / (none)", 0.0),
        of("count", "false / pro", 15.0),
        of("count", "true / pro", 4.0),
        of("count", "true / (none)", 1.0),
    ];
    assert_eq!(totals(&found), expected);
    let app = TestApp::with(&[("metrics_scan_events", "5")]).await;
    let (ada, _) = shop(&app).await;
    let found = metrics(&ada, "group=user_id&from=-1h&interval=none").await;
    assert_eq!(found["partial"], true);
    // The newest five are of 11:19 to 11:15: the one before was not counted any more.
    let searched_to = found["searched_to"].as_str().unwrap();
    assert!(searched_to.starts_with("2026-11-21T11:14:00"), "{searched_to}");
    assert_eq!(totals(&found).iter().map(|(_, _, total)| total).sum::<f64>(), 5.0);
}

#[tokio::test]
async fn bad_questions_are_refused_by_name() {
    let app = TestApp::new().await;
    let (ada, _) = shop(&app).await;
    for (query, name) in [
        ("measure=speed", "measure"),
        ("group=colour", "group"),
        ("from=-1h&to=-2h", "from"),
        ("from=-90d&interval=1m&group=severity", "interval"),
        ("q=%28", "q"),
        ("colour=red", "colour"),
    ] {
        let refused = ada
            .get(&format!("/api/v1/projects/shop/metrics?{query}"))
            .await
            .expect(422);
        assert_eq!(
            refused["errors"][0]["loc"],
            json!(["query", name]),
            "{query}: {refused}"
        );
    }
    app.anonymous().get("/api/v1/projects/shop/metrics").await.expect(401);
    let eve = app.user("eve").await;
    for path in [
        "metrics",
        "services",
        "dashboards",
        "dashboards/x",
        "dashboards/x/export",
    ] {
        eve.get(&format!("/api/v1/projects/shop/{path}")).await.expect(403);
    }
}

#[tokio::test]
async fn the_health_of_services() {
    let app = TestApp::new().await;
    let (ada, sdk) = shop(&app).await;
    let old = json!({ "event_id": "old", "kind": "job", "service": "cron", "time": "2026-11-20T12:30:00Z" });
    sdk.post("/api/v1/events", &old).await.expect(202);
    let found = ada.get("/api/v1/projects/shop/services?environment=").await.expect(200);
    insta::assert_json_snapshot!(found, { ".items[].points" => "[points]" });
    let points = found["items"][0]["points"].as_array().unwrap();
    assert_eq!(points.iter().map(|p| p["count"].as_u64().unwrap()).sum::<u64>(), 10);
    ada.get("/api/v1/projects/shop/services?colour=red").await.expect(422);
}

fn draft(name: &str) -> Value {
    json!({
        "name": name, "from": "-1h", "refresh_seconds": 30,
        "widgets": [{
            "id": "w1", "title": "=Errors", "kind": "line", "place": { "x": 0, "y": 0, "width": 6, "height": 4 },
            "query": { "measure": ["errors"], "group": ["service"], "interval": "30m" },
        }],
    })
}

async fn put(caller: &Caller, path: &str, body: &Value) -> crate::app::Answer {
    let caller = caller.with("content-type", "application/json");
    caller.send(Method::PUT, path, body.to_string()).await
}

#[tokio::test]
async fn a_dashboard_lives() {
    let app = TestApp::new().await;
    let (ada, _) = shop(&app).await;
    let all = "/api/v1/projects/shop/dashboards";
    let made = ada.post(all, &draft("Sales")).await;
    assert_eq!(made.header("etag"), "\"1\"");
    let made = made.expect(201);
    insta::assert_json_snapshot!(made, { ".id" => "[id]" });
    let one = format!("{all}/{}", made["id"].as_str().unwrap());
    assert_eq!(ada.get(&one).await.expect(200), made);

    // Nobody overwrites what they have not seen.
    put(&ada, &one, &draft("Blind")).await.expect(428);
    let changed = put(&ada.with("if-match", "\"1\""), &one, &draft("Revenue"))
        .await
        .expect(200);
    assert_eq!(
        (changed["version"].as_i64(), &changed["name"]),
        (Some(2), &json!("Revenue"))
    );
    let refused = put(&ada.with("if-match", "\"1\""), &one, &draft("Late"))
        .await
        .expect(412);
    assert_eq!(refused["code"], "changed_meanwhile");
    let mut by_body = draft("Takings");
    by_body["version"] = json!(2);
    put(&ada, &one, &by_body).await.expect(200);
    let list = ada.get(all).await.expect(200);
    assert_eq!(list["items"][0]["name"], "Takings");
    assert_eq!(list["items"][0]["widgets"], 1);

    let csv = ada.get(&format!("{one}/export?format=csv")).await;
    assert_eq!(csv.status, 200);
    let text = String::from_utf8(csv.body).unwrap();
    insta::assert_snapshot!(text);

    ada.with("if-match", "\"1\"").delete(&one).await.expect(412);
    ada.delete(&one).await.expect(204);
    ada.get(&one).await.expect(404);
    put(&ada.with("if-match", "\"3\""), &one, &draft("Gone"))
        .await
        .expect(404);
}

#[tokio::test]
async fn dashboards_are_checked_and_bounded() {
    let app = TestApp::with(&[("dashboards", "2")]).await;
    let (ada, _) = shop(&app).await;
    let all = "/api/v1/projects/shop/dashboards";
    let mut wrong = draft("");
    wrong["widgets"][0]["place"]["x"] = json!(9);
    let refused = ada.post(all, &wrong).await.expect(422);
    assert_eq!(refused["errors"][0]["loc"], json!(["body", "name"]));
    assert_eq!(refused["errors"][1]["loc"], json!(["body", "widgets", 0, "place"]));
    ada.post(all, &draft("One")).await.expect(201);
    ada.post(all, &draft("Two")).await.expect(201);
    let full = ada.post(all, &draft("Three")).await.expect(409);
    assert_eq!(full["code"], "too_many_dashboards");
}
