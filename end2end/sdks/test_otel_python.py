"""The OpenTelemetry SDK for Python with its OTLP exporter (HTTP, protobuf),
set up by its environment variables alone."""

import threading
import time

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse

TRACES = "/v1/traces"


def otlp(url: str, project, **more: str) -> dict[str, str]:
    """What a user sets."""
    return {
        **project.otlp("shop", url),
        "OTEL_RESOURCE_ATTRIBUTES": "service.version=4.2,deployment.environment.name=staging",
        **more,
    }


def test_traces(run, relay, project):
    environment = otlp(relay.url, project, OTEL_EXPORTER_OTLP_COMPRESSION="gzip")
    told = run.python("otel", "otel_traces.py", **environment).told
    assert {e.headers.get("content-encoding") for e in relay.exchanges} == {"gzip"}
    assert set(relay.statuses(TRACES)) == {200}

    spans = project.by_name()
    assert {name: span["kind"] for name, span in spans.items()} == {
        "yesterday's order": "span",
        "POST /checkout": "span",
        "charge card": "span",
        "chat gpt-4o-mini": "llm",
        "execute_tool stock": "tool_call",
        "nightly job": "span",
    }
    for name, ids in told["ids"].items():
        span = spans[name]
        assert span["trace_id"] == ids["trace_id"] and span["span_id"] == ids["span_id"]
        assert span["event_id"] == f"{ids['trace_id']}:{ids['span_id']}"
        assert span["service"] == "shop" and span["version"] == "4.2" and span["environment"] == "staging"
        assert span["attributes"]["resource"]["telemetry.sdk.name"] == "opentelemetry"
        assert span["attributes"]["scope"] == {
            "name": "shop.checkout",
            "version": "2.1.0",
            "attributes": {"team": "payments"},
        }
        assert span["duration_ms"] > 0

    root = spans["POST /checkout"]
    assert root["parent_span_id"] is None
    assert (root["method"], root["endpoint"], root["status_code"]) == ("POST", "/checkout/{cart}", 502)
    assert (root["user_id"], root["session_id"]) == ("ada", "visit-9")
    assert root["attributes"]["otel"]["kind"] == "server"
    linked = spans["yesterday's order"]
    (link,) = root["attributes"]["otel"]["links"]
    assert (link["trace_id"], link["span_id"]) == (linked["trace_id"], linked["span_id"])
    assert link["attributes"] == {"why": "same basket"}
    assert spans["charge card"]["parent_span_id"] == root["span_id"]
    assert spans["chat gpt-4o-mini"]["parent_span_id"] == root["span_id"]
    assert spans["execute_tool stock"]["parent_span_id"] == spans["chat gpt-4o-mini"]["span_id"]


def test_attributes_and_exceptions(run, server, project):
    run.python("otel", "otel_traces.py", **otlp(server.url, project))
    spans = project.by_name()
    card = spans["charge card"]
    attributes = {k: v for k, v in card["attributes"].items() if k not in ("resource", "scope", "otel")}
    assert attributes == {
        "text": "Zwölf Löwen 🦁",
        "truth": True,
        "whole": 9_007_199_254_740_993,
        "negative": -7,
        "real": 0.1,
        "texts": ["a", "b"],
        "truths": [True, False],
        "wholes": [1, 2, 3],
        "reals": [0.5, 1.5],
        "empty": [],
    }
    assert (card["status"], card["severity"], card["message"]) == ("error", "error", "card was not charged")
    asked, thrown = card["attributes"]["otel"]["events"]
    assert (asked["name"], asked["attributes"]) == ("gateway asked", {"attempt": 1})
    assert thrown["attributes"]["exception.type"] == "ConnectionError"
    assert "otel_traces.py" in thrown["attributes"]["exception.stacktrace"]
    assert [event["name"] for event in project.summaries(q="ocelot")] == ["charge card"]

    job = spans["nightly job"]
    assert (job["status"], job["severity"]) == ("error", "error")
    assert job["message"] == "KeyError: 'no such sku'"


def test_generative_ai(run, server, project):
    told = run.python("otel", "otel_traces.py", **otlp(server.url, project)).told
    spans = project.by_name()
    chat = spans["chat gpt-4o-mini"]
    assert (chat["provider"], chat["model"]) == ("openai", "gpt-4o-mini-2024-07-18")
    assert chat["tokens"] == {"input_total": 120, "output_total": 30, "cache_read": 100}
    assert (chat["input"], chat["output"]) == (told["asked"], told["said"])
    assert chat["session_id"] == "visit-9"
    assert chat["attributes"]["gen_ai.request.temperature"] == 0.2
    tool = spans["execute_tool stock"]
    assert (tool["input"], tool["output"]) == ({"sku": "L-7"}, {"left": 2})
    assert [event["name"] for event in project.summaries(q='"two are left"')] == ["chat gpt-4o-mini"]
    assert {event["name"] for event in project.summaries(kind="llm,tool_call")} == {chat["name"], tool["name"]}


def test_logs(run, server, project):
    told = run.python("otel", "otel_logs.py", **otlp(server.url, project)).told
    events = project.events()
    (span,) = (event for event in events if event["kind"] == "span")
    assert (span["trace_id"], span["span_id"]) == (told["trace_id"], told["span_id"])
    logs = [event for event in events if event["kind"] != "span"]
    assert [(log["severity"], log["message"]) for log in logs] == [
        ("debug", "warming up"),
        ("info", "3 lamps ordered"),
        ("warning", "supplier is slow"),
        ("error", "out of stock"),
        ("error", "out of stock"),
        ("error", "order failed"),
        ("critical", "shelves are empty"),
    ]
    assert logs[0]["trace_id"] is None and logs[0]["span_id"] is None
    for log in logs[1:]:
        assert (log["trace_id"], log["span_id"]) == (span["trace_id"], span["span_id"])
        assert log["service"] == "shop"
        assert log["attributes"]["scope"]["name"] == "shop.stock"
    assert (logs[1]["attributes"]["sku"], logs[1]["attributes"]["left"]) == ("L-7", 2)
    failed = logs[5]
    assert (failed["kind"], failed["status"]) == ("error", "error")
    assert failed["attributes"]["exception.type"] == "TimeoutError"
    assert logs[6]["name"] == "stock.empty"
    # What belongs to a trace is found by it, span and logs.
    assert len(project.summaries(q=told["trace_id"])) == 7


def test_metrics_are_refused_politely(run, relay, project):
    finished = run.python("otel", "otel_metrics.py", **otlp(relay.url, project))
    assert finished.told["flushed"] == [True, True]
    assert "Failed to export" not in finished.log
    answers = [exchange for exchange in relay.exchanges if exchange.path == "/v1/metrics"]
    assert len(answers) >= 2 and {answer.status for answer in answers} == {200}
    refused = ExportMetricsServiceResponse.FromString(answers[0].answer).partial_success
    # Two series of the counter and one of the histogram.
    assert refused.rejected_data_points == 3
    assert "metrics" in refused.error_message
    assert [event["name"] for event in project.events()] == ["after the metrics"]


def test_a_limit_of_rates_loses_nothing(run, relay, project):
    project.limit(key_requests_per_second=1)
    finished = run.python("otel", "otel_many.py", "40", "10", **otlp(relay.url, project))
    assert finished.told["results"] == [True] * 4
    statuses = relay.statuses(TRACES)
    assert statuses.count(200) == 4 and 429 in statuses
    limited = next(exchange for exchange in relay.exchanges if exchange.status == 429)
    assert limited.answer_headers["retry-after"] == "1"
    assert "Too Many Requests" in finished.log and "retrying in 1.00s" in finished.log
    assert_all_once(project, 40)


def test_refusals_and_lost_answers_lose_and_double_nothing(run, relay, project):
    relay.faults = {TRACES: ["refuse", "lose", "", "lose", "refuse"]}
    finished = run.python("otel", "otel_many.py", "30", "10", **otlp(relay.url, project))
    assert finished.told["results"] == [True] * 3
    assert sorted(relay.statuses(TRACES)) == [0, 0, 200, 200, 200, 503, 503]
    assert_all_once(project, 30)
    (sender,) = project.senders()
    assert (sender["door"], sender["accepted"], sender["duplicates"]) == ("otlp", 30, 20)
    assert sender["sdk"].startswith("OTel-OTLP-Exporter-Python/")


def test_a_server_that_comes_back_gets_everything(run, server, project):
    process = None
    try:
        server.stop()
        process = run.start_python("otel", "otel_many.py", "200", "50", **otlp(server.url, project))
        back = threading.Thread(target=lambda: (time.sleep(2), server.start()))
        back.start()
        finished = run.wait(process)
        back.join()
    finally:
        if not server.ready():
            server.start()
    assert finished.told["results"] == [True] * 4
    assert "retrying" in finished.log
    assert_all_once(project, 200)


def test_a_wrong_key_does_not_hold_up_the_program(run, relay, project):
    environment = otlp(relay.url, project) | {"OTEL_EXPORTER_OTLP_HEADERS": f"x-api-key={project.key}wrong"}
    finished = run.python("otel", "otel_many.py", "20", "10", **environment)
    assert finished.told["results"] == [False, False]
    assert relay.statuses(TRACES) == [401, 401], "nobody tries a wrong key again"
    assert project.summaries() == []


def test_keys_travel_as_bearer_too(run, server, project):
    headers = f"Authorization=Bearer%20{project.key}"
    environment = otlp(server.url, project) | {"OTEL_EXPORTER_OTLP_HEADERS": headers}
    assert run.python("otel", "otel_many.py", "5", "5", **environment).told["results"] == [True]
    assert_all_once(project, 5)


def assert_all_once(project, count: int):
    assert sorted(event["name"] for event in project.summaries()) == sorted(f"span-{n}" for n in range(count))
