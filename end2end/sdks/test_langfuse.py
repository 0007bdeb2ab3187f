"""Langfuse's SDK for Python. Since version 3 it sends traces by OpenTelemetry;
scores go to the ingestion API (4) or to /api/public/scores (5). Version 2
sends everything to the ingestion API."""

import base64
import gzip
import json

import pytest

OTEL = "/api/public/otel/v1/traces"
INGESTION = "/api/public/ingestion"


def langfuse(url: str, project, **more: str) -> dict[str, str]:
    """What a user sets: the key is the secret key; a public one is not needed, so that any will do."""
    return {
        "LANGFUSE_BASE_URL": url,
        "LANGFUSE_HOST": url,
        "LANGFUSE_PUBLIC_KEY": "pk-lf-any",
        "LANGFUSE_SECRET_KEY": project.key,
        **more,
    }


@pytest.mark.parametrize("version", ["langfuse-5", "langfuse-4"])
def test_traces_scores_and_prompts(run, relay, project, version):
    environment = langfuse(relay.url, project, LANGFUSE_TRACING_ENVIRONMENT="staging", LANGFUSE_RELEASE="4.2")
    finished = run.python(version, "langfuse_new.py", **environment)
    told = finished.told
    assert told["auth"] is True
    assert told["prompt"] == ["Hello Ada", True]
    bad = [(e.method, e.path, e.status) for e in relay.exchanges if not 200 <= e.status < 300]
    assert [(method, path.split("?")[0], status) for method, path, status in bad] == [
        ("GET", "/api/public/v2/prompts/greeting", 404)
    ]
    assert "rror" not in finished.log.replace("due to fetch error", ""), finished.log

    events = project.events()
    spans = {event["name"]: event for event in events if event["kind"] != "eval_metric"}
    assert {name: span["kind"] for name, span in spans.items()} == {
        "answer": "span",
        "find": "retrieval",
        "model": "llm",
        "lookup": "tool_call",
        "plan": "agent_action",
        "vectors": "embedding",
        "cache miss": spans["cache miss"]["kind"],
        "picture": "span",
    }
    for span in spans.values():
        assert span["trace_id"] == told["trace"]
        assert (span["environment"], span["version"]) == ("staging", "4.2")
        assert (span["user_id"], span["session_id"]) == ("ada", "visit-9"), span["name"]
    root, model = spans["answer"], spans["model"]
    assert (root["span_id"], root["parent_span_id"]) == (told["root"], None)
    assert (root["input"], root["output"]) == ({"question": "pangolins?"}, {"answer": "A scaly mammal."})
    for name in ["find", "model", "lookup", "plan", "cache miss", "picture"]:
        assert spans[name]["parent_span_id"] == root["span_id"], name
    assert spans["vectors"]["parent_span_id"] == spans["plan"]["span_id"]
    assert spans["find"]["output"] == ["About pangolins"]

    assert (model["span_id"], model["model"]) == (told["generation"], "gpt-4o")
    assert model["tokens"] == {"input_total": 100, "output_total": 25, "cache_read": 10}
    assert (model["cost_usd"], model["cost_source"]) == (0.0005, "client")
    assert model["input"] == [{"role": "user", "content": "What is a pangolin?"}]
    assert model["output"] == {"role": "assistant", "content": "A scaly mammal."}
    assert json.loads(model["attributes"]["langfuse.observation.model.parameters"]) == {"temperature": 0.2}
    assert spans["vectors"]["tokens"]["input_total"] == 7
    lookup = spans["lookup"]
    assert (lookup["status"], lookup["severity"], lookup["message"]) == ("error", "error", "no such id")
    assert spans["cache miss"]["severity"] == "warning"
    # The picture itself stays at home, a reference to it is sent.
    assert spans["picture"]["input"].startswith("@@@langfuseMedia:type=image/png|id=")

    scores = {event["name"]: event for event in events if event["kind"] == "eval_metric"}
    assert {name: score["message"] for name, score in scores.items()} == {
        "helpful": "helpful: 0.9 (fine)",
        "tone": "tone: kind",
        "solved": "solved: 0.0",
        "session mood": "session mood: good",
    }
    helpful = scores["helpful"]
    assert (helpful["trace_id"], helpful["parent_span_id"]) == (told["trace"], told["generation"])
    assert scores["solved"]["event_id"] == "score:solved-1"
    assert (scores["session mood"]["session_id"], scores["session mood"]["trace_id"]) == ("visit-9", None)
    assert len(events) == len(spans) + len(scores)


def test_how_version_5_sends(run, relay, project):
    run.python("langfuse-5", "langfuse_new.py", **langfuse(relay.url, project))
    paths = {exchange.path.split("?")[0] for exchange in relay.exchanges}
    assert OTEL in paths and "/api/public/scores" in paths and INGESTION not in paths
    traces = next(exchange for exchange in relay.exchanges if exchange.path == OTEL)
    assert traces.headers["content-encoding"] == "gzip" and gzip.decompress(traces.request)
    assert traces.headers["content-type"] == "application/x-protobuf"
    basic = base64.b64decode(traces.headers["authorization"].removeprefix("Basic ")).decode()
    assert basic == f"pk-lf-any:{project.key}"
    assert set(relay.statuses("/api/public/scores")) == {202}
    senders = {(sender["door"], sender["sdk"]) for sender in project.senders()}
    assert senders == {("otlp", "langfuse-python/5.0.4"), ("langfuse", "langfuse-python/5.0.4")}


@pytest.mark.parametrize("version", ["langfuse-5", "langfuse-4", "langfuse-2"])
def test_refusals_and_lost_answers_lose_and_double_nothing(run, relay, project, version):
    program = "langfuse_old.py" if version == "langfuse-2" else "langfuse_new.py"
    faultless = run.python(version, program, **langfuse(relay.url, project))
    told = len(project.summaries())
    again = project.user.create_project("again")
    # The two reads at the start come through; then each second request suffers.
    relay.faults = ["", "", "refuse", "lose", "", "refuse", "lose", ""]
    finished = run.python(version, program, **langfuse(relay.url, again))
    assert finished.told["auth"] is faultless.told["auth"] is True
    statuses = [exchange.status for exchange in relay.exchanges]
    assert statuses.count(503) == 2 and statuses.count(0) == 2
    names = lambda project: sorted(event["name"] for event in project.events())
    assert names(again) == names(project) and len(names(again)) == told


@pytest.mark.parametrize("pace", ["at once", "slowly"])
def test_version_2(run, relay, project, pace):
    environment = langfuse(relay.url, project, LANGFUSE_TRACING_ENVIRONMENT="staging")
    finished = run.python("langfuse-2", "langfuse_old.py", pace, **environment)
    assert (finished.told["auth"], finished.told["prompt"]) == (True, ["Hello Ada", True])
    assert set(relay.statuses(INGESTION)) == {207}
    for exchange in relay.exchanges:
        if exchange.path == INGESTION:
            assert json.loads(exchange.answer)["errors"] == []

    events = {event["event_id"]: event for event in project.events()}
    own = {k: v for k, v in events.items() if v["trace_id"] == "trace-1"}
    assert {k: (v["kind"], v["name"]) for k, v in own.items()} == {
        "trace:trace-1": ("span", "support"),
        "span-1": ("span", "find"),
        "generation-1": ("llm", "model"),
        "event-1": ("log", "cache miss"),
        "span-2": ("span", "lookup"),
        "score:score-1": ("eval_metric", "helpful"),
        "score:score-2": ("eval_metric", "tone"),
    }
    trace, span, model = own["trace:trace-1"], own["span-1"], own["generation-1"]
    assert (trace["user_id"], trace["session_id"], trace["environment"]) == ("ada", "visit-9", "staging")
    assert (trace["input"], trace["output"]) == ({"question": "pangolins?"}, {"answer": "A scaly mammal."})
    assert (trace["attributes"]["tags"], trace["version"]) == (["beta", "late"], "4.2")
    assert span["parent_span_id"] == trace["span_id"] and model["parent_span_id"] == "span-1"
    assert own["span-2"]["parent_span_id"] == trace["span_id"]
    assert own["event-1"]["parent_span_id"] == "span-1"
    assert (span["input"], span["output"]) == ({"q": "pangolins"}, ["About pangolins"])
    assert span["attributes"]["metadata"] == {"a": 1, "b": 2}
    assert span["duration_ms"] > 0
    assert model["model"] == "gpt-4o" and model["output"] == "A scaly mammal."
    assert model["tokens"] == {"input_total": 90, "output_total": 25, "cache_read": 10}
    assert model["cost_usd"] == 0.0005
    assert (own["span-2"]["status"], own["span-2"]["message"]) == ("error", "no such id")
    assert (own["event-1"]["severity"], own["event-1"]["message"]) == ("warning", "cold")
    assert own["score:score-1"]["parent_span_id"] == "generation-1"
    assert own["score:score-1"]["message"] == "helpful: 0.9 (fine)"

    decorated = {v["name"]: v for v in events.values() if v["trace_id"] != "trace-1"}
    assert len(events) == len(own) + 3
    inner = decorated["inner"]
    assert (inner["kind"], inner["model"], inner["output"]) == ("llm", "gpt-4o-mini", "Really?!")
    assert (inner["tokens"]["input_total"], inner["tokens"]["output_total"]) == (3, 4)
    outer = next(v for v in events.values() if v["name"] == "outer")
    assert outer["user_id"] == "grace" and inner["trace_id"] == outer["trace_id"]
