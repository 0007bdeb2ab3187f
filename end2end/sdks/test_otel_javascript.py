"""The OpenTelemetry SDK for JavaScript with its OTLP exporter (HTTP, JSON),
set up by its environment variables alone."""

TRACES = "/v1/traces"
SMALL = {"GET /lamps", "render", "chat claude"}


def otlp(url: str, project, **more: str) -> dict[str, str]:
    return {
        **project.otlp("web", url),
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=production",
        **more,
    }


def test_traces(run, relay, project):
    told = run.node("traces.mjs", **otlp(relay.url, project)).told
    (exchange,) = relay.exchanges
    assert (exchange.path, exchange.status) == (TRACES, 200)
    assert exchange.headers["content-type"] == "application/json"
    assert exchange.answer_headers["content-type"] == "application/json" and exchange.answer == b"{}"

    spans = project.by_name()
    assert {name: span["kind"] for name, span in spans.items()} == {
        "GET /lamps": "span",
        "render": "span",
        "chat claude": "llm",
    }
    for name, ids in told["ids"].items():
        span = spans[name]
        assert (span["trace_id"], span["span_id"]) == (ids["trace_id"], ids["span_id"])
        assert (span["service"], span["environment"]) == ("web", "production")
        assert span["attributes"]["resource"]["telemetry.sdk.language"] == "nodejs"
        assert span["attributes"]["scope"] == {"name": "shop.web", "version": "3.0.1"}
    root, render, chat = spans["GET /lamps"], spans["render"], spans["chat claude"]
    assert (root["method"], root["endpoint"], root["status_code"], root["user_id"]) == ("GET", "/lamps", 200, "grace")
    assert root["parent_span_id"] is None
    assert render["parent_span_id"] == chat["parent_span_id"] == root["span_id"]

    attributes = {k: v for k, v in render["attributes"].items() if k not in ("resource", "scope", "otel")}
    assert attributes == {
        "text": "Grüße, 世界",
        "truth": False,
        "whole": 42,
        "big": 9007199254740991,
        "real": 2.5,
        "texts": ["a", "b"],
        "wholes": [1, 2],
    }
    assert (render["status"], render["severity"], render["message"]) == ("error", "error", "not rendered")
    half, thrown = render["attributes"]["otel"]["events"]
    assert (half["name"], half["attributes"]) == ("half way", {"percent": 50})
    assert thrown["attributes"]["exception.type"] == "TypeError"
    assert [event["name"] for event in project.summaries(q="wombat")] == ["render"]

    assert (chat["provider"], chat["model"]) == ("anthropic", "claude-sonnet-4-5")
    assert chat["tokens"] == {"input_total": 11, "output_total": 7}
    assert chat["input"] == [{"role": "user", "parts": [{"type": "text", "content": "hello"}]}]
    assert chat["output"] == [{"role": "assistant", "parts": [{"type": "text", "content": "hi"}]}]


def test_gzip_limits_and_lost_answers(run, relay, project):
    project.limit(key_requests_per_second=1)
    relay.faults = {TRACES: ["refuse", "lose"]}
    run.node("traces.mjs", "27", **otlp(relay.url, project, OTEL_EXPORTER_OTLP_COMPRESSION="gzip"))
    assert {exchange.headers["content-encoding"] for exchange in relay.exchanges} == {"gzip"}
    statuses = relay.statuses(TRACES)
    assert statuses.count(503) == 1 and statuses.count(0) == 1 and statuses.count(429) >= 1
    names = sorted(event["name"] for event in project.summaries())
    assert names == sorted(SMALL | {f"span-{n}" for n in range(27)})
    (sender,) = project.senders()
    assert (sender["door"], sender["accepted"]) == ("otlp", 30)
    assert sender["sdk"].startswith("OTel-OTLP-Exporter-JavaScript/")
