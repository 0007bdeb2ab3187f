//! Traces: lists, trees, spans, steps, comparisons, sessions, users, links,
//! and the older routes.

use eventglass_model::PackedSkeleton;
use serde_json::{Value, json};

use crate::app::{Caller, TestApp};

/// A trace of an agent: two model calls, a tool that fails, a log and a score.
fn agent(trace: &str, user: &str, minute: u32) -> Value {
    let at = |second: u32| format!("2026-11-21T11:{minute:02}:{second:02}Z");
    let id = |span: &str| format!("{trace}:{span}");
    json!([
        { "event_id": id("root"), "kind": "agent_action", "name": "answer", "time": at(0), "duration_ms": 9000,
          "trace_id": trace, "span_id": "root", "user_id": user, "session_id": format!("s-{user}"), "service": "agent",
          "environment": "prod", "status": "ok", "input": { "question": "Where is my parcel?" } },
        { "event_id": id("ask"), "kind": "llm", "name": "chat", "time": at(1), "duration_ms": 1500, "trace_id": trace,
          "span_id": "ask", "parent_span_id": "root", "model": "gpt-4o", "provider": "openai", "service": "agent",
          "tokens": { "input": 100, "output": 20 }, "cost_usd": 0.001,
          "input": [{ "role": "user", "content": "Where is my parcel?" }],
          "attributes": { "gen_ai.request.temperature": 0.2 } },
        { "event_id": id("tool"), "kind": "tool_call", "name": "track", "time": at(3), "duration_ms": 2000,
          "trace_id": trace, "span_id": "tool", "parent_span_id": "root", "status": "error", "service": "orders" },
        { "event_id": id("log"), "kind": "error", "message": "TimeoutError", "time": at(4), "trace_id": trace,
          "span_id": "tool", "severity": "error" },
        { "event_id": id("again"), "kind": "llm", "name": "chat", "time": at(6), "duration_ms": 1000, "trace_id": trace,
          "span_id": "again", "parent_span_id": "root", "model": "gpt-4o", "provider": "openai", "service": "agent",
          "tokens": { "input": 200, "output": 40 }, "cost_usd": 0.002,
          "input": [{ "role": "user", "content": "Where is my order?" }],
          "attributes": { "gen_ai.request.temperature": 0.7 } },
        { "event_id": id("score"), "kind": "eval_metric", "name": "helpful", "time": at(9), "trace_id": trace,
          "span_id": id("score"), "parent_span_id": "root", "attributes": { "value": 1, "comment": "solved" } }
    ])
}

async fn send(sdk: &Caller, events: &Value) {
    let outcome = sdk.post("/api/v1/events/batch", events).await.expect(202);
    assert_eq!(outcome["rejected"], 0, "{outcome}");
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["trace_id"].as_str().unwrap())
        .collect()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect()
}

/// A trace in the form `packed`, as it is in the other.
fn unpacked(mut trace: Value) -> Value {
    let packed = trace.as_object_mut().unwrap().remove("packed").unwrap();
    let packed: PackedSkeleton = serde_json::from_value(packed).unwrap();
    trace["spans"] = serde_json::to_value(packed.unpack().unwrap()).unwrap();
    trace
}

#[tokio::test]
async fn from_a_list_to_a_payload() {
    let app = TestApp::new().await;
    let (ada, project, sdk) = app.project("shop").await;
    let base = format!("/api/v1/projects/{}", project["slug"].as_str().unwrap());
    for (n, (trace, user)) in [("t1", "ada"), ("t2", "bob"), ("t3", "ada")].into_iter().enumerate() {
        send(&sdk, &agent(trace, user, u32::try_from(n).unwrap() + 10)).await;
    }
    let page = ada.get(&format!("{base}/traces?limit=2")).await.expect(200);
    assert_eq!(ids(&page), ["t3", "t2"]);
    insta::assert_json_snapshot!("trace_list_item", page["items"][0]);
    let next = page["next_cursor"].as_str().unwrap();
    let page = ada
        .get(&format!("{base}/traces?limit=2&cursor={next}"))
        .await
        .expect(200);
    assert_eq!(
        (ids(&page), &page["next_cursor"], &page["behind"]),
        (vec!["t1"], &Value::Null, &json!(false))
    );
    for (query, expected) in [
        ("user=ada", vec!["t3", "t1"]),
        ("session=s-bob&errors=true", vec!["t2"]),
        ("service=orders&min_cost_usd=0.003&limit=1", vec!["t3"]),
        ("min_cost_usd=0.0031", vec![]),
        ("q=parcel%20question&limit=9", vec!["t3", "t2", "t1"]),
        ("q=parcel&user=bob", vec!["t2"]),
        ("from=2026-11-21T11:11:00Z&to=2026-11-21T11:12:00Z", vec!["t2"]),
    ] {
        let page = ada.get(&format!("{base}/traces?{query}")).await.expect(200);
        if !query.contains("question") {
            assert_eq!(ids(&page), expected, "{query}");
        }
    }

    let trace = ada.get(&format!("{base}/traces/t1")).await.expect(200);
    insta::assert_json_snapshot!("trace", trace, { ".watermark" => "[watermark]", ".spans.id[3]" => "[id]" });
    let packed = ada.get(&format!("{base}/traces/t1?form=packed")).await.expect(200);
    assert_eq!(unpacked(packed), trace);
    assert_eq!(
        ada.get(&format!("{base}/traces/t1?form=arrays")).await.expect(200),
        trace
    );
    ada.get(&format!("{base}/traces/t1?form=tree")).await.expect(422);
    let span = ada.get(&format!("{base}/traces/t1/spans/tool")).await.expect(200);
    assert_eq!(span["event"]["name"], "track");
    assert_eq!(span["logs"][0]["message"], "TimeoutError");
    let root = ada.get(&format!("{base}/traces/t1/spans/root")).await.expect(200);
    assert_eq!(root["event"]["input"], json!({ "question": "Where is my parcel?" }));
    assert_eq!(
        (&root["scores"][0]["value"], &root["scores"][0]["comment"]),
        (&json!(1), &json!("solved"))
    );
    assert_eq!(root["logs"], json!([]));
    // What has no span id of its own is asked for by its event.
    for id in texts(&trace["spans"]["id"]) {
        let found = ada.get(&format!("{base}/traces/t1/spans/{id}")).await.expect(200);
        assert_eq!(found["event"]["trace_id"], "t1");
    }
    ada.get(&format!("{base}/traces/t1/spans/none")).await.expect(404);
    ada.get(&format!("{base}/traces/t2/spans/t1:ask")).await.expect(404);

    let steps = ada.get(&format!("{base}/traces/t1/steps")).await.expect(200);
    let told: Vec<(&str, i64)> = steps["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["name"].as_str().unwrap(), step["tokens_so_far"].as_i64().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("answer", 0),
            ("chat", 120),
            ("track", 120),
            ("TimeoutError", 120),
            ("chat", 360)
        ]
    );
    assert_eq!(
        (&steps["first_error"], &steps["steps"][4]["within"]),
        (&json!(2), &json!(0))
    );
}

#[tokio::test]
async fn a_running_trace_is_followed() {
    let app = TestApp::new().await;
    let (ada, project, sdk) = app.project("shop").await;
    let base = format!("/api/v1/projects/{}/traces/t", project["id"]);
    let span = |id: &str, rest: Value| {
        let mut event =
            json!({ "event_id": id, "kind": "span", "trace_id": "t", "span_id": id, "time": "2026-11-21T11:59:00Z" });
        event.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        json!([event])
    };
    ada.get(&base).await.expect(404);
    send(&sdk, &span("a", json!({}))).await;
    let trace = ada.get(&base).await.expect(200);
    assert_eq!(
        (&trace["running"], &trace["spans"]["duration_us"]),
        (&json!(true), &json!([null]))
    );
    let watermark = trace["watermark"].as_str().unwrap();
    let nothing = ada
        .get(&format!("{base}/updates?arrived_after={watermark}"))
        .await
        .expect(200);
    assert_eq!(nothing["trace"], Value::Null);
    send(&sdk, &span("b", json!({ "parent_span_id": "a", "duration_ms": 5 }))).await;
    let more = ada
        .get(&format!("{base}/updates?arrived_after={watermark}"))
        .await
        .expect(200);
    assert_eq!(texts(&more["trace"]["spans"]["id"]), ["a", "b"]);
    assert_eq!(more["watermark"], more["trace"]["watermark"]);
    let packed = ada
        .get(&format!("{base}/updates?arrived_after={watermark}&form=packed"))
        .await
        .expect(200);
    assert_eq!(unpacked(packed["trace"].clone()), more["trace"]);
    for bad in [
        "",
        "?arrived_after=",
        "?arrived_after=zz",
        &format!("?arrived_after={watermark}&x=1"),
    ] {
        ada.get(&format!("{base}/updates{bad}")).await.expect(422);
    }
}

#[tokio::test]
async fn traces_are_for_members() {
    let app = TestApp::new().await;
    let (_, project, sdk) = app.project("shop").await;
    send(&sdk, &agent("t", "ada", 1)).await;
    let eve = app.user("eve").await;
    let base = format!("/api/v1/projects/{}", project["id"]);
    for path in [
        "/traces",
        "/traces/t",
        "/traces/t/updates?arrived_after=0",
        "/traces/t/steps",
        "/traces/t/spans/ask",
        "/traces/t/diff?a=ask&b=again",
        "/traces/t/share",
        "/traces/compare?a=t&b=t",
        "/sessions",
        "/sessions/s-ada",
        "/users",
        "/users/ada",
    ] {
        app.anonymous().get(&format!("{base}{path}")).await.expect(401);
        sdk.get(&format!("{base}{path}")).await.expect(401);
        eve.get(&format!("{base}{path}")).await.expect(403);
    }
    eve.post(&format!("{base}/traces/t/share"), &json!({}))
        .await
        .expect(403);
    eve.delete(&format!("{base}/traces/t/share")).await.expect(403);
    // Of another project's trace nothing is to be had with the ids of one's own.
    let own = eve
        .post("/api/v1/projects", &json!({ "name": "own" }))
        .await
        .expect(201);
    let own = format!("/api/v1/projects/{}", own["project"]["id"]);
    for path in [
        "/traces/t",
        "/traces/t/spans/ask",
        "/traces/t/steps",
        "/sessions/s-ada",
        "/users/ada",
    ] {
        eve.get(&format!("{own}{path}")).await.expect(404);
    }
    assert_eq!(ids(&eve.get(&format!("{own}/traces")).await.expect(200)), [""; 0]);
}

#[tokio::test]
async fn wrong_questions_are_refused_by_name() {
    let app = TestApp::new().await;
    let (ada, project, _) = app.project("shop").await;
    let base = format!("/api/v1/projects/{}", project["id"]);
    for (path, name) in [
        ("/traces?colour=red", "colour"),
        ("/traces?limit=0", "limit"),
        ("/traces?min_cost_usd=cheap", "min_cost_usd"),
        ("/traces?cursor=nonsense", "cursor"),
        ("/traces/t?x=1", "x"),
        ("/traces/t/steps?x=1", "x"),
        ("/traces/compare?a=t", "b"),
        ("/traces/t/diff?a=x&b=y&c=z", "c"),
        ("/sessions?colour=red", "colour"),
        ("/users?user=ada", "user"),
        ("/users/ada?limit=1", "limit"),
    ] {
        let problem = ada.get(&format!("{base}{path}")).await.expect(422);
        assert_eq!(problem["errors"][0]["loc"][1], name, "{path} {problem}");
    }
}

#[tokio::test]
async fn a_link_shows_one_trace_until_it_is_closed() {
    let app = TestApp::new().await;
    let (ada, project, sdk) = app.project("shop").await;
    send(&sdk, &agent("t", "ada", 1)).await;
    send(&sdk, &agent("other", "ada", 2)).await;
    let base = format!("/api/v1/projects/{}", project["id"]);
    let share = format!("{base}/traces/t/share");
    let refused = ada.post(&share, &json!({})).await.expect(403);
    assert_eq!(refused["code"], "links_off");
    let settings = format!("{base}/settings");
    let allow = |yes: bool| {
        let ada = ada.with("content-type", "application/json");
        let settings = settings.clone();
        async move {
            let body = json!({ "trace_links": yes }).to_string();
            ada.send(axum::http::Method::PATCH, &settings, body).await.expect(200)
        }
    };
    assert_eq!(allow(true).await["trace_links"], true);
    let created = ada.post(&share, &json!({})).await.expect(201);
    let token = created["token"].as_str().unwrap();
    ada.post(&format!("{base}/traces/none/share"), &json!({}))
        .await
        .expect(404);

    let anyone = app.anonymous();
    let link = format!("/api/v1/shared/{token}");
    let answer = anyone.get(&link).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let shared = answer.expect(200);
    assert_eq!(shared["trace_id"], "t");
    let packed = anyone.get(&format!("{link}?form=packed")).await;
    assert_eq!(packed.header("cache-control"), "no-store");
    assert_eq!(unpacked(packed.expect(200)), shared);
    assert_eq!(
        anyone.get(&format!("{link}/spans/ask")).await.expect(200)["event"]["model"],
        "gpt-4o"
    );
    anyone.get(&format!("{link}/steps")).await.expect(200);
    let nothing = anyone
        .get(&format!("{link}/updates?arrived_after=ffffffffffffff"))
        .await
        .expect(200);
    assert_eq!(nothing["trace"], Value::Null);
    anyone.get(&format!("{link}/spans/other:ask")).await.expect(404);
    let diff = anyone.get(&format!("{link}/diff?a=ask&b=again")).await.expect(200);
    assert_eq!(
        diff,
        ada.get(&format!("{base}/traces/t/diff?a=ask&b=again"))
            .await
            .expect(200)
    );
    anyone
        .get(&format!("{link}/diff?a=ask&b=ask&b_trace=other"))
        .await
        .expect(422);
    anyone.get(&format!("{link}/diff?a=ask&b=other:ask")).await.expect(404);
    anyone.get("/api/v1/shared/guessed").await.expect(404);

    let listed = ada.get(&share).await.expect(200);
    assert_eq!(
        (&listed["allowed"], &listed["items"][0]["id"]),
        (&json!(true), &created["id"])
    );
    assert!(!listed.to_string().contains(token), "the token is told once");
    allow(false).await;
    anyone.get(&link).await.expect(404);
    allow(true).await;
    anyone.get(&link).await.expect(200);
    let id = created["id"].as_str().unwrap();
    ada.delete(&format!("{base}/traces/other/share/{id}")).await.expect(404);
    ada.delete(&format!("{share}/{id}")).await.expect(204);
    anyone.get(&link).await.expect(404);
    let again = ada.post(&share, &json!({})).await.expect(201);
    ada.delete(&share).await.expect(204);
    anyone
        .get(&format!("/api/v1/shared/{}", again["token"].as_str().unwrap()))
        .await
        .expect(404);
}

#[tokio::test]
async fn sessions_and_users_add_up() {
    let app = TestApp::new().await;
    let (ada, project, sdk) = app.project("shop").await;
    for (n, user) in ["ada", "bob", "ada", "eve/é"].into_iter().enumerate() {
        send(&sdk, &agent(&format!("t{n}"), user, u32::try_from(n).unwrap() * 10)).await;
    }
    let base = format!("/api/v1/projects/{}", project["id"]);
    let users = ada.get(&format!("{base}/users?limit=2")).await.expect(200);
    insta::assert_json_snapshot!("users", users["items"][1]);
    assert_eq!(users["items"][0]["id"], "eve/é");
    let next = users["next_cursor"].as_str().unwrap();
    let rest = ada
        .get(&format!("{base}/users?limit=2&cursor={next}"))
        .await
        .expect(200);
    assert_eq!(
        (&rest["items"][0]["id"], &rest["next_cursor"]),
        (&json!("bob"), &Value::Null)
    );
    let sessions = ada.get(&format!("{base}/sessions?user=ada")).await.expect(200);
    assert_eq!(
        (&sessions["items"][0]["id"], &sessions["items"][0]["traces"]),
        (&json!("s-ada"), &json!(2))
    );
    let of_ada = ada.get(&format!("{base}/users/ada")).await.expect(200);
    assert_eq!(
        (&of_ada["traces"], &of_ada["errors"], &of_ada["tokens"]),
        (&json!(2), &json!(4), &json!(720))
    );
    assert_eq!(of_ada["buckets"].as_array().unwrap().len(), 2);
    assert_eq!(
        ada.get(&format!("{base}/users/eve%2F%C3%A9")).await.expect(200)["traces"],
        1
    );
    let early = ada
        .get(&format!("{base}/users/ada?to=2026-11-21T11:10:00Z"))
        .await
        .expect(200);
    assert_eq!(early["traces"], 1);
    ada.get(&format!("{base}/sessions/none")).await.expect(404);
}

#[tokio::test]
async fn two_traces_and_two_prompts_are_compared() {
    let app = TestApp::new().await;
    let (ada, project, sdk) = app.project("shop").await;
    send(&sdk, &agent("a", "ada", 1)).await;
    let mut other = agent("b", "ada", 2);
    other.as_array_mut().unwrap().retain(|event| event["span_id"] != "tool");
    other[1]["tokens"]["input"] = json!(150);
    send(&sdk, &other).await;
    let base = format!("/api/v1/projects/{}/traces", project["id"]);
    let found = ada.get(&format!("{base}/compare?a=a&b=b")).await.expect(200);
    assert_eq!(
        (&found["added"], &found["removed"], &found["tokens"]),
        (&json!(0), &json!(2), &json!(50))
    );
    assert_eq!(found["row_a"], json!([0, 1, 2, 3, 4, 5]));
    assert_eq!(found["row_b"], json!([0, 1, -1, -1, 2, 3]));
    assert_eq!(found["changed"][1], true);
    ada.get(&format!("{base}/compare?a=a&b=none")).await.expect(404);
    let diff = ada.get(&format!("{base}/a/diff?a=ask&b=again")).await.expect(200);
    insta::assert_json_snapshot!("prompt_diff", diff);
    let other = ada
        .get(&format!("{base}/a/diff?a=ask&b=ask&b_trace=b"))
        .await
        .expect(200);
    assert_eq!(other["parameters"], json!([]));
    ada.get(&format!("{base}/a/diff?a=ask&b=tool&b_trace=b"))
        .await
        .expect(404);
}

#[tokio::test]
async fn the_older_routes_keep_their_shape() {
    let app = TestApp::new().await;
    let (ada, project, sdk) = app.project("shop").await;
    let envelope = |id: &str, parent: Option<&str>, kind: &str, body: Value| {
        json!({ "eventId": id, "projectId": "proj_demo", "type": kind, "timestamp": "2026-11-21T11:00:00", "body": body,
                "sdk": { "name": "watchllm-js", "version": "0.1.0" }, "context": { "userId": "u1", "environment": "prod" },
                "traceId": "w", "parentEventId": parent })
    };
    let events = json!([
        envelope(
            "e1",
            None,
            "agent_action",
            json!({ "agentName": "planner", "action": "plan", "input": "x", "durationMs": 900 })
        ),
        envelope(
            "e2",
            Some("e1"),
            "model_response",
            json!({ "model": "gpt-4", "prompt": "p", "response": "r", "latencyMs": 300, "costUSD": 0.06 })
        ),
        envelope("e3", Some("gone"), "error", json!({ "message": "boom" })),
    ]);
    send(&sdk, &events).await;
    let id = &project["id"];
    for name in [
        id.to_string(),
        project["slug"].as_str().unwrap().to_owned(),
        format!("proj_{id}"),
    ] {
        let list = ada
            .get(&format!("/api/v1/traces?project_id={name}&limit=5"))
            .await
            .expect(200);
        let first = &list.as_array().unwrap()[0];
        assert_eq!((&first["trace_id"], &first["project_id"]), (&json!("w"), &json!(name)));
        assert_eq!(
            (&first["event_count"], &first["has_errors"], &first["total_cost"]),
            (&json!(3), &json!(true), &json!(0.06))
        );
    }
    let trace = ada.get(&format!("/api/v1/traces/w?project_id={id}")).await.expect(200);
    insta::assert_json_snapshot!("watch_trace", trace, { ".project_id" => "[project]" });
    let missing = ada
        .get(&format!("/api/v1/traces/none?project_id={id}"))
        .await
        .expect(404);
    assert_eq!(missing, json!({ "detail": { "error": "Trace not found" } }));
    ada.get("/api/v1/traces").await.expect(422);
    ada.get(&format!("/api/v1/traces?project_id={id}&limit=501"))
        .await
        .expect(422);
    app.user("eve")
        .await
        .get(&format!("/api/v1/traces/w?project_id={id}"))
        .await
        .expect(403);
    app.anonymous()
        .get(&format!("/api/v1/traces?project_id={id}"))
        .await
        .expect(401);

    let forge = ada.get(&format!("/api/projects/{id}/traces")).await.expect(200);
    let mut rows: Vec<&str> = forge["traces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["trace_id"].as_str().unwrap())
        .collect();
    rows.dedup();
    assert_eq!(rows, ["w"]);
}

#[tokio::test]
async fn thousands_of_levels_do_not_overflow() {
    let app = TestApp::new().await;
    let (ada, project, sdk) = app.project("shop").await;
    let events: Vec<Value> = (0..3_000)
        .map(|n| {
            json!({ "event_id": format!("e{n}"), "kind": "span", "name": "level", "time": "2026-11-21T11:00:00Z",
                    "duration_ms": 1, "trace_id": "deep", "span_id": n.to_string(),
                    "parent_span_id": (n > 0).then(|| (n - 1).to_string()) })
        })
        .collect();
    send(&sdk, &json!(events)).await;
    let base = format!("/api/v1/projects/{}/traces", project["id"]);
    let trace = ada.get(&format!("{base}/deep")).await.expect(200);
    assert_eq!(
        (&trace["spans"]["depth"][2_999], &trace["spans"]["size"][0]),
        (&json!(2_999), &json!(3_000))
    );
    ada.get(&format!("{base}/compare?a=deep&b=deep")).await.expect(200);
    let older = ada
        .get(&format!("/api/v1/traces/deep?project_id={}", project["id"]))
        .await;
    assert_eq!(older.status, 200);
    let text = String::from_utf8(older.body).unwrap();
    assert_eq!(text.matches("\"children\":[").count(), 3_000);
    let balanced = |open: char, close: char| text.matches(open).count() == text.matches(close).count();
    assert!(balanced('{', '}') && balanced('[', ']'));
}
