//! Langfuse's SDKs, as they were before they spoke OpenTelemetry, and the
//! scores that all of them send.

use serde_json::{Value, json};

use crate::app::{Caller, TestApp};

fn envelope(id: &str, kind: &str, second: u32, body: Value) -> Value {
    json!({ "id": id, "type": kind, "timestamp": format!("2026-11-21T11:59:{second:02}.000Z"), "body": body })
}

async fn post(sdk: &Caller, batch: Value) -> Value {
    sdk.post(
        "/api/public/ingestion",
        &json!({ "batch": batch, "metadata": { "sdk": "test" } }),
    )
    .await
    .expect(207)
}

async fn events(user: &Caller, project: &Value, query: &str) -> Vec<String> {
    let path = format!("/api/v1/projects/{}/events?{query}", project["id"]);
    let page = user.get(&path).await.expect(200);
    let mut ids: Vec<String> = crate::app::event_ids(&page).into_iter().map(str::to_owned).collect();
    ids.sort();
    ids
}

async fn event(user: &Caller, project: &Value, id: &str) -> Value {
    user.get(&format!("/api/v1/projects/{}/events/{id}", project["id"]))
        .await
        .expect(200)
}

fn whole_trace() -> Vec<Value> {
    vec![
        envelope(
            "e1",
            "trace-create",
            1,
            json!({ "id": "t1", "name": "chat", "userId": "ada", "sessionId": "s", "tags": ["x"] }),
        ),
        envelope(
            "e2",
            "generation-create",
            2,
            json!({
                "id": "g1", "traceId": "t1", "name": "answer", "startTime": "2026-11-21T11:59:02.000Z", "model": "gpt-4o",
                "modelParameters": { "temperature": 0.2 }, "input": [{ "role": "user", "content": "zebra question" }],
                "output": "draft giraffe",
            }),
        ),
        envelope(
            "e3",
            "generation-update",
            4,
            json!({
                "id": "g1", "endTime": "2026-11-21T11:59:04.500Z", "output": "final elephant",
                "usageDetails": { "input": 10, "output": 5 }, "costDetails": { "total": 0.00007 }, "level": "WARNING",
            }),
        ),
        envelope(
            "e4",
            "trace-create",
            5,
            json!({ "id": "t1", "output": "done", "environment": "langfuse-Prod" }),
        ),
        envelope(
            "e5",
            "score-create",
            6,
            json!({ "id": "sc1", "traceId": "t1", "observationId": "g1", "name": "helpful", "value": 1, "dataType": "BOOLEAN", "comment": "ok" }),
        ),
        envelope("e6", "sdk-log", 6, json!({ "log": "noise" })),
    ]
}

async fn assert_whole(user: &Caller, project: &Value) {
    assert_eq!(events(user, project, "").await, ["g1", "score:sc1", "trace:t1"]);
    let generation = event(user, project, "g1").await;
    assert_eq!(generation["kind"], "llm");
    assert_eq!(generation["duration_ms"], 2_500.0);
    assert_eq!(generation["output"], "final elephant");
    assert_eq!(generation["tokens"]["input_total"], 10);
    assert_eq!(generation["cost_usd"], 0.00007);
    assert_eq!(generation["severity"], "warning");
    assert_eq!(generation["parent_span_id"], "trace:t1");
    let trace = event(user, project, "trace:t1").await;
    assert_eq!((&trace["name"], &trace["user_id"]), (&json!("chat"), &json!("ada")));
    assert_eq!(
        (&trace["output"], &trace["environment"]),
        (&json!("done"), &json!("prod"))
    );
    assert_eq!(trace["attributes"]["tags"], json!(["x"]));
    let score = event(user, project, "score:sc1").await;
    assert_eq!(
        (&score["trace_id"], &score["parent_span_id"]),
        (&json!("t1"), &json!("g1"))
    );
    assert_eq!(score["message"], "helpful: 1 (ok)");
    // The words of now find it, those of before do not.
    assert_eq!(events(user, project, "q=elephant").await, ["g1"]);
    assert_eq!(events(user, project, "q=giraffe").await, [""; 0]);
    assert_eq!(events(user, project, "q=zebra").await, ["g1"]);
}

#[tokio::test]
async fn creates_and_updates_become_one_event() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("whole").await;
    let answer = post(&sdk, json!(whole_trace())).await;
    insta::assert_json_snapshot!(answer);
    assert_whole(&user, &project).await;
    let counted = user
        .get(&format!("/api/v1/projects/{}", project["id"]))
        .await
        .expect(200);
    assert_eq!(counted["event_count"], 3, "an update is no event of its own");
}

#[tokio::test]
async fn whatever_their_order_and_their_batches() {
    let app = TestApp::new().await;
    for (n, order) in [[5, 4, 3, 2, 1, 0], [2, 0, 4, 1, 5, 3], [3, 1, 0, 5, 2, 4]]
        .iter()
        .enumerate()
    {
        let (user, project, sdk) = app.project(&format!("order-{n}")).await;
        let all = whole_trace();
        for place in order {
            post(&sdk, json!([all[*place]])).await;
        }
        assert_whole(&user, &project).await;
    }
}

#[tokio::test]
async fn a_batch_that_is_sent_again_changes_nothing() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("again").await;
    let first = post(&sdk, json!(whole_trace())).await;
    let later = envelope(
        "e9",
        "generation-update",
        9,
        json!({ "id": "g1", "output": "later elephant" }),
    );
    post(&sdk, json!([later])).await;
    assert_eq!(post(&sdk, json!(whole_trace())).await, first, "201 again");
    assert_eq!(event(&user, &project, "g1").await["output"], "later elephant");
    assert_eq!(events(&user, &project, "").await.len(), 3);
}

#[tokio::test]
async fn one_bad_event_is_named_and_the_others_stored() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("bad").await;
    let batch = json!([
        envelope("ok", "span-create", 1, json!({ "id": "s1", "traceId": "t", "name": "good" })),
        envelope("type", "party-create", 1, json!({ "id": "s2" })),
        envelope("level", "span-create", 1, json!({ "id": "s3", "traceId": "t", "level": "LOUD" })),
        envelope("time", "span-create", 1, json!({ "id": "s4", "traceId": "t", "startTime": "soon" })),
        envelope("score", "score-create", 1, json!({ "id": "x", "traceId": "t", "name": "n", "value": "high", "dataType": "NUMERIC" })),
        envelope("noid", "span-update", 1, json!({ "traceId": "t" })),
        { "type": "span-create", "timestamp": "2026-11-21T11:59:00Z", "body": {} },
        "not an object",
        envelope("nobody", "span-create", 1, Value::Null),
    ]);
    let answer = post(&sdk, batch).await;
    insta::assert_json_snapshot!(answer);
    assert_eq!(events(&user, &project, "").await, ["s1"]);
    let refused = user
        .get(&format!("/api/v1/projects/{}/refused", project["id"]))
        .await
        .expect(200);
    assert_eq!(refused["items"].as_array().unwrap().len(), 8);

    assert_eq!(post(&sdk, json!([])).await, json!({ "successes": [], "errors": [] }));
    sdk.post("/api/public/ingestion", &json!({})).await.expect(400);
    sdk.post("/api/public/ingestion", &json!({ "batch": 7 }))
        .await
        .expect(400);
    let stranger = app
        .anonymous()
        .post("/api/public/ingestion", &json!({ "batch": [] }))
        .await
        .expect(401);
    assert_eq!(stranger["error"], "UnauthorizedError");
}

#[tokio::test]
async fn the_small_reads_keep_the_sdk_going() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("reads").await;
    // As Langfuse's SDKs send it: the key as the password of Basic.
    use base64::Engine as _;
    let basic =
        base64::engine::general_purpose::STANDARD.encode(format!("pk-lf-any:{}", sdk.header_value("x-api-key")));
    let langfuse = app.anonymous().with("authorization", &format!("Basic {basic}"));
    let projects = langfuse.get("/api/public/projects").await.expect(200);
    assert_eq!(projects["data"][0]["id"], project["id"].to_string());
    assert_eq!(
        app.anonymous().get("/api/public/health").await.expect(200)["status"],
        "OK"
    );
    app.anonymous().get("/api/public/projects").await.expect(401);
    let missing = langfuse
        .get("/api/public/v2/prompts/folder/my-prompt?label=production")
        .await
        .expect(404);
    assert_eq!(missing["error"], "LangfuseNotFoundError");
    assert_eq!(
        langfuse.get("/api/public/v2/prompts").await.expect(200)["data"],
        json!([])
    );
    let media = langfuse
        .post("/api/public/media", &json!({ "traceId": "t", "contentType": "image/png", "contentLength": 3, "sha256Hash": "x", "field": "input" }))
        .await
        .expect(201);
    assert_eq!(media["uploadUrl"], Value::Null);

    let score = langfuse
        .post("/api/public/scores", &json!({ "traceId": "0af7651916cd43dd8448eb211c80319c", "name": "tone", "value": "kind", "dataType": "CATEGORICAL" }))
        .await
        .expect(200);
    let stored = event(&user, &project, &format!("score:{}", score["id"].as_str().unwrap())).await;
    assert_eq!(stored["message"], "tone: kind");
    langfuse
        .post("/api/public/scores", &json!({ "name": "tone" }))
        .await
        .expect(400);
}

#[tokio::test]
async fn scores_come_in_lists() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("scores").await;
    let score = |id: &str, value: Value| json!({ "id": id, "traceId": "t", "observationId": "o", "name": "tone", "value": value });
    let all = json!([score("a", json!(0.5)), score("b", json!("kind"))]);
    for _ in 0..2 {
        assert_eq!(
            sdk.post("/api/public/scores", &all).await.expect(202),
            json!({ "message": "Accepted" })
        );
    }
    assert_eq!(events(&user, &project, "").await, ["score:a", "score:b"]);
    assert_eq!(event(&user, &project, "score:a").await["parent_span_id"], "o");

    let some = json!([score("c", json!(1)), score("d", json!([])), 7]);
    let answer = sdk.post("/api/public/scores", &some).await.expect(207);
    assert_eq!((&answer["accepted"], &answer["rejected"]), (&json!(1), &json!(2)));
    assert_eq!(
        answer["errors"][0]["message"],
        "body.1.value: does not fit the score's dataType"
    );
    assert_eq!(events(&user, &project, "").await, ["score:a", "score:b", "score:c"]);
    let path = format!("/api/v1/projects/{}/refused", project["id"]);
    let refused = user.get(&path).await.expect(200);
    assert_eq!(refused["items"].as_array().unwrap().len(), 2);
    assert_eq!(
        refused["items"][0]["payload"]["type"], "score-create",
        "can be sent again"
    );

    assert_eq!(sdk.post("/api/public/scores", &json!([])).await.status, 202);
    sdk.with("content-type", "application/json")
        .send(axum::http::Method::POST, "/api/public/scores", "[{")
        .await
        .expect(400);
}

#[tokio::test]
async fn two_projects_may_use_the_same_ids() {
    let app = TestApp::new().await;
    let (one, first, sdk) = app.project("one").await;
    let (two, second, other) = app.project("two").await;
    post(&sdk, json!(whole_trace())).await;
    post(
        &other,
        json!([envelope(
            "e2",
            "generation-create",
            2,
            json!({ "id": "g1", "traceId": "t1", "name": "theirs" })
        )]),
    )
    .await;
    assert_whole(&one, &first).await;
    assert_eq!(event(&two, &second, "g1").await["name"], "theirs");
}
