//! What calls cost, through every door, and what people set and see of it.

use axum::http::Method;
use serde_json::{Value, json};

use crate::app::{Answer, Caller, TestApp};

const SHOP: &str = "/api/v1/projects/shop";

async fn event(user: &Caller, id: &str) -> Value {
    user.get(&format!("{SHOP}/events/{id}")).await.expect(200)
}

async fn put(user: &Caller, path: &str, body: &Value) -> Answer {
    user.with("content-type", "application/json")
        .send(Method::PUT, &format!("{SHOP}{path}"), body.to_string())
        .await
}

/// Cost, who said so, and the tokens.
fn cost(event: &Value) -> (Value, Value, Value) {
    let field = |name: &str| event[name].clone();
    (field("cost_usd"), field("cost_source"), field("tokens"))
}

fn attribute(key: &str, value: Value) -> Value {
    let value = match value {
        Value::Number(n) => json!({ "intValue": n.to_string() }),
        other => json!({ "stringValue": other }),
    };
    json!({ "key": key, "value": value })
}

fn span(n: u8, attributes: &[(&str, Value)]) -> Value {
    let attributes: Vec<Value> = attributes
        .iter()
        .map(|(key, value)| attribute(key, value.clone()))
        .collect();
    json!({
        "traceId": "07".repeat(16), "spanId": format!("{n:02x}").repeat(8), "name": "chat",
        "startTimeUnixNano": "1795262399000000000", "endTimeUnixNano": "1795262399250000000", "attributes": attributes,
    })
}

fn span_id(n: u8) -> String {
    format!("{}:{}", "07".repeat(16), format!("{n:02x}").repeat(8))
}

#[tokio::test]
async fn spans_cost_what_their_model_costs() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let spans = [
        // OpenAI: the cached are within the input.
        span(
            1,
            &[
                ("gen_ai.system", json!("openai")),
                ("gen_ai.operation.name", json!("chat")),
                ("gen_ai.response.model", json!("gpt-4o-2024-08-06")),
                ("gen_ai.usage.input_tokens", json!(100_000)),
                ("gen_ai.usage.output_tokens", json!(10_000)),
                ("gen_ai.usage.cache_read.input_tokens", json!(40_000)),
            ],
        ),
        // Anthropic's own numbers: what was cached comes on top.
        span(
            2,
            &[
                ("gen_ai.system", json!("anthropic")),
                ("gen_ai.operation.name", json!("chat")),
                ("gen_ai.response.model", json!("claude-sonnet-4-20250514")),
                ("gen_ai.usage.input_tokens", json!(1_000)),
                ("gen_ai.usage.output_tokens", json!(10_000)),
                ("gen_ai.usage.cache_read_input_tokens", json!(50_000)),
                ("gen_ai.usage.cache_creation_input_tokens", json!(20_000)),
            ],
        ),
        span(
            3,
            &[
                ("gen_ai.provider.name", json!("gcp.gemini")),
                ("gen_ai.operation.name", json!("generate_content")),
                ("gen_ai.request.model", json!("gemini-2.5-flash")),
                ("gen_ai.usage.input_tokens", json!(100_000)),
                ("gen_ai.usage.output_tokens", json!(1_000)),
                ("gen_ai.usage.reasoning.output_tokens", json!(400)),
                ("gen_ai.usage.audio.input_tokens", json!(50_000)),
            ],
        ),
        // Served for half the price.
        span(
            4,
            &[
                ("gen_ai.system", json!("openai")),
                ("gen_ai.operation.name", json!("chat")),
                ("gen_ai.response.model", json!("gpt-5")),
                ("gen_ai.usage.input_tokens", json!(100_000)),
                ("gen_ai.usage.output_tokens", json!(0)),
                ("openai.request.service_tier", json!("auto")),
                ("openai.response.service_tier", json!("flex")),
            ],
        ),
        // An agent's usage is that of its calls, and not counted twice.
        span(
            5,
            &[
                ("gen_ai.operation.name", json!("invoke_agent")),
                ("gen_ai.request.model", json!("gpt-4o")),
                ("gen_ai.usage.input_tokens", json!(100_000)),
            ],
        ),
        span(
            6,
            &[
                ("gen_ai.system", json!("ollama")),
                ("gen_ai.operation.name", json!("chat")),
                ("gen_ai.request.model", json!("mistral-small")),
                ("gen_ai.usage.input_tokens", json!(10)),
            ],
        ),
        span(
            7,
            &[
                ("openinference.span.kind", json!("LLM")),
                ("llm.model_name", json!("gpt-4")),
                ("llm.token_count.prompt", json!(1_000)),
                ("llm.token_count.completion", json!(500)),
                ("llm.cost.total", json!("0.5")),
            ],
        ),
    ];
    let body = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] });
    sdk.post("/v1/traces", &body).await.expect(200);
    // 60,000 at 2.50, 40,000 at 1.25, 10,000 at 10.
    for (n, dollars, source) in [
        (1, json!(0.3), json!("computed")),
        // 1,000 at 3, 50,000 at 0.30, 20,000 at 3.75, 10,000 at 15.
        (2, json!(0.243), json!("computed")),
        // 50,000 at 0.30, 50,000 at 1, 1,000 at 2.50.
        (3, json!(0.0675), json!("computed")),
        (4, json!(0.0625), json!("computed")),
        (5, Value::Null, Value::Null),
        (6, Value::Null, json!("unpriced")),
        (7, json!(0.5), json!("client")),
    ] {
        let found = event(&ada, &span_id(n)).await;
        let (cost, said, tokens) = cost(&found);
        assert_eq!((&cost, &said), (&dollars, &source), "{n}: {tokens}");
    }
    let anthropic = event(&ada, &span_id(2)).await;
    assert_eq!(
        anthropic["tokens"],
        json!({ "input_total": 71_000, "output_total": 10_000, "cache_read": 50_000, "cache_write": 20_000 })
    );
}

#[tokio::test]
async fn other_doors_report_tokens_too() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    // EvalForge: its cost where it knows one, else ours.
    let forge = |id: &str, cost: f64, tokens: Value| {
        json!({
            "id": id, "operation_type": "llm_call", "start_time": "2026-11-21T11:59:00Z", "status": "success",
            "tokens": tokens, "cost": cost, "provider": "openai", "model": "gpt-4",
        })
    };
    let events = [
        forge(
            "f-client",
            0.25,
            json!({ "prompt": 1_000, "completion": 500, "total": 1_500 }),
        ),
        forge(
            "f-zero",
            0.0,
            json!({ "prompt": 1_000, "completion": 500, "total": 1_500 }),
        ),
        forge("f-total", 0.0, json!({ "prompt": 0, "completion": 0, "total": 1_000 })),
    ];
    sdk.post("/sdk/v1/projects/1/events/batch", &json!({ "events": events }))
        .await
        .expect(201);
    // WatchLLM: a total alone is seven tenths input.
    for (id, body) in [
        (
            "w-total",
            json!({ "model": "gpt-4", "totalTokens": 1_000, "cost": 0.0 }),
        ),
        (
            "w-both",
            json!({ "model": "gpt-4", "inputTokens": 100, "outputTokens": 50, "totalTokens": 150, "cost": 0.0 }),
        ),
        (
            "w-said",
            json!({ "model": "gpt-4", "inputTokens": 100, "outputTokens": 50, "costUSD": 0.001 }),
        ),
        (
            "w-unknown",
            json!({ "model": "unknown", "inputTokens": 1_000, "outputTokens": 500 }),
        ),
    ] {
        let envelope =
            json!({ "eventId": id, "projectId": "p", "type": "token_usage", "sdk": { "name": "x" }, "body": body });
        sdk.post("/api/v1/events", &envelope).await.expect(202);
    }
    // Native: our own words, or a provider's usage object as it stands.
    for (id, model, tokens) in [
        (
            "n-own",
            "gpt-4o",
            json!({ "input": 1_000, "output": 100, "cache_read": 400 }),
        ),
        (
            "n-gemini",
            "gemini-2.5-pro",
            json!({ "promptTokenCount": 1_000, "candidatesTokenCount": 100, "thoughtsTokenCount": 300, "totalTokenCount": 1_400 }),
        ),
        (
            "n-claude",
            "claude-opus-4-1",
            json!({ "input_tokens": 100, "output_tokens": 10, "cache_read_input_tokens": 1_000, "cache_creation_input_tokens": 0 }),
        ),
        ("n-total", "gpt-4", json!({ "total": 1_000 })),
    ] {
        let body = json!({ "event_id": id, "kind": "llm", "model": model, "tokens": tokens });
        sdk.post("/api/v1/events", &body).await.expect(202);
    }
    // Langfuse: a create without usage, an update with it.
    let langfuse = |id: &str, kind: &str, body: Value| json!({ "id": id, "type": kind, "timestamp": "2026-11-21T11:59:00Z", "body": body });
    let batch = [
        langfuse(
            "l1",
            "generation-create",
            json!({ "id": "lf", "traceId": "t", "startTime": "2026-11-21T11:59:00Z", "model": "claude-3-5-sonnet-20241022" }),
        ),
        langfuse(
            "l2",
            "generation-update",
            json!({ "id": "lf", "usageDetails": { "input": 1_000, "cache_read_input_tokens": 10_000, "output": 100 } }),
        ),
        langfuse(
            "l3",
            "generation-create",
            json!({ "id": "lf-said", "traceId": "t", "model": "gpt-4", "usage": { "input": 10, "output": 5, "totalCost": 0.3 } }),
        ),
    ];
    sdk.post("/api/public/ingestion", &json!({ "batch": batch }))
        .await
        .expect(207);
    for (id, dollars, source) in [
        ("f-client", json!(0.25), "client"),
        ("f-zero", json!(0.06), "computed"),
        ("f-total", json!(0.039), "computed"),
        ("w-total", json!(0.039), "computed"),
        ("w-both", json!(0.006), "computed"),
        ("w-said", json!(0.001), "client"),
        ("w-unknown", Value::Null, "unpriced"),
        ("n-own", json!(0.003), "computed"),
        ("n-gemini", json!(0.00525), "computed"),
        ("n-claude", json!(0.00375), "computed"),
        ("n-total", json!(0.039), "computed"),
        ("lf", json!(0.0075), "computed"),
        ("lf-said", json!(0.3), "client"),
    ] {
        let found = event(&ada, id).await;
        let (cost, said, tokens) = cost(&found);
        assert_eq!((&cost, &said), (&dollars, &json!(source)), "{id}: {tokens}");
    }
}

#[tokio::test]
async fn a_price_is_set_and_the_past_follows() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    for n in 0..30 {
        let call = json!({ "event_id": format!("c{n}"), "kind": "llm", "model": "acme/Large-2026-01-01", "tokens": { "input": 1_000_000 } });
        sdk.post("/api/v1/events", &call).await.expect(202);
    }
    let unpriced = ada.get(&format!("{SHOP}/prices/unpriced")).await.expect(200);
    insta::assert_json_snapshot!(unpriced, { ".items[].last_seen" => "[time]" });

    let price = json!({ "rates": { "input_usd": 1.5, "output_usd": 3 }, "source": "our contract", "recompute": true });
    let set = put(&ada, "/prices/acme/large", &price).await.expect(200);
    insta::assert_json_snapshot!(set);
    // What comes now has the price already.
    let call = json!({ "event_id": "new", "kind": "llm", "model": "acme/large", "tokens": { "input": 2_000_000 } });
    sdk.post("/api/v1/events", &call).await.expect(202);
    assert_eq!(event(&ada, "new").await["cost_usd"], 3.0);

    app.clock.advance_micros(11_000_000);
    let job = loop {
        let status = ada.get(&format!("{SHOP}/prices/recompute")).await.expect(200);
        if status["job"]["state"] != "running" {
            break status["job"].clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert_eq!(
        (&job["state"], &job["changed"], &job["seen"], &job["difference_usd"]),
        (&json!("done"), &json!(30), &json!(31), &json!(45.0)),
        "{job}"
    );
    assert_eq!(cost(&event(&ada, "c7").await).0, json!(1.5));
    let unpriced = ada.get(&format!("{SHOP}/prices/unpriced")).await.expect(200);
    assert_eq!(unpriced["items"], json!([]));

    let budget = json!({ "budget": { "monthly_usd": 60, "thresholds_percent": [50, 80, 100] } });
    let patched = ada
        .with("content-type", "application/json")
        .send(Method::PATCH, &format!("{SHOP}/settings"), budget.to_string())
        .await
        .expect(200);
    assert_eq!(patched["budget"]["monthly_usd"], 60.0);
    let spent = ada.get(&format!("{SHOP}/budget")).await.expect(200);
    assert_eq!(
        (
            &spent["month"],
            &spent["spent_usd"],
            &spent["spent_percent"],
            &spent["reached_percent"]
        ),
        (&json!("2026-11"), &json!(48.0), &json!(80.0), &json!([50, 80])),
        "{spent}"
    );

    let gone = ada.delete(&format!("{SHOP}/prices/acme/large")).await.expect(200);
    assert_eq!(gone, json!({ "price": null, "job": null }));
    ada.delete(&format!("{SHOP}/prices/acme/large")).await.expect(404);
}

#[tokio::test]
async fn prices_are_listed_and_guarded() {
    let app = TestApp::new().await;
    let (ada, _, _) = app.project("shop").await;
    let list = ada
        .get(&format!("{SHOP}/prices?q=gpt-4o-2024&limit=1"))
        .await
        .expect(200);
    insta::assert_json_snapshot!(list);
    let list = ada.get(&format!("{SHOP}/prices?q=anthropic&limit=3")).await.expect(200);
    let next = list["next_cursor"].as_str().unwrap();
    let more = ada
        .get(&format!("{SHOP}/prices?q=anthropic&limit=3&cursor={next}"))
        .await
        .expect(200);
    assert!(more["items"][0]["model"].as_str() > list["items"][2]["model"].as_str());

    let mallory = app.user("mallory").await;
    for path in ["/prices", "/prices/unpriced", "/prices/recompute", "/budget"] {
        mallory.get(&format!("{SHOP}{path}")).await.expect(403);
        app.anonymous().get(&format!("{SHOP}{path}")).await.expect(401);
        ada.get(&format!("{SHOP}{path}?colour=red")).await.expect(422);
    }
    let price = json!({ "rates": { "input_usd": 1 } });
    put(&mallory, "/prices/x", &price).await.expect(403);
    for (body, place) in [
        (
            json!({ "rates": { "input_usd": -1 } }),
            json!(["body", "rates", "input_usd"]),
        ),
        (
            json!({ "rates": { "input_usd": 2e6 } }),
            json!(["body", "rates", "input_usd"]),
        ),
        (
            json!({ "rates": { "input_usd": 1 }, "tiers": [{ "rates": { "input_usd": 1 } }] }),
            json!(["body", "tiers", 0]),
        ),
        (json!({ "rates": { "input_usd": 1 }, "colour": "red" }), json!(["body"])),
        (json!({ "from": "soon", "rates": { "input_usd": 1 } }), json!(["body"])),
    ] {
        let refused = put(&ada, "/prices/x", &body).await.expect(422);
        assert_eq!(refused["errors"][0]["loc"], place, "{refused}");
    }
    ada.delete(&format!("{SHOP}/prices/recompute")).await.expect(404);
    let begun = ada
        .post(&format!("{SHOP}/prices/recompute"), &json!({ "models": ["GPT-4"] }))
        .await
        .expect(202);
    assert_eq!(begun["job"]["models"], json!(["gpt-4"]));
    let again = ada
        .post(&format!("{SHOP}/prices/recompute"), &json!({}))
        .await
        .expect(202);
    assert_eq!(again["job"]["models"], json!([]), "one job for both");
    let cancelled = ada.delete(&format!("{SHOP}/prices/recompute")).await.expect(200);
    assert_eq!(cancelled["job"]["state"], "cancelled");
    for (budget, status) in [
        (json!({ "monthly_usd": 0 }), 422),
        (json!({ "monthly_usd": 10, "thresholds_percent": [80, 50] }), 422),
        (json!({ "monthly_usd": 10 }), 200),
        (Value::Null, 200),
    ] {
        let body = json!({ "budget": budget }).to_string();
        let answer = ada
            .with("content-type", "application/json")
            .send(Method::PATCH, &format!("{SHOP}/settings"), body)
            .await;
        answer.expect(status);
    }
    let settings = ada.get(&format!("{SHOP}/settings")).await.expect(200);
    assert_eq!(settings["budget"], Value::Null);
}
