"""Langfuse's SDK for Python. Since version 3 it sends traces by OpenTelemetry;
scores go to the ingestion API (4) or to /api/public/scores (5). Version 2
sends everything to the ingestion API."""

import base64
import json

import pytest

from support.relay import Relay

OTEL = "/api/public/otel/v1/traces"
INGESTION = "/api/public/ingestion"
SCORES = "/api/public/scores"

#: What the new program sends, and what it is here.
KINDS = {
    "answer": "span",
    "find": "retrieval",
    "model": "llm",
    "lookup": "tool_call",
    "plan": "agent_action",
    "vectors": "embedding",
    "cache miss": "log",
    "picture": "span",
}


def langfuse(url: str, project, **more: str) -> dict[str, str]:
    """What a user sets: the key is the secret key; a public one is not needed, so that any will do."""
    return {
        "LANGFUSE_BASE_URL": url,
        "LANGFUSE_HOST": url,
        "LANGFUSE_PUBLIC_KEY": "pk-lf-any",
        "LANGFUSE_SECRET_KEY": project.key,
        **more,
    }


class Sent:
    """What one program sent, and what became of it."""

    def __init__(self, version, finished, relay, project):
        self.version, self.told, self.log = version, finished.told, finished.log
        self.relay, self.project = relay, project
        events = project.events()
        self.scores = {event["name"]: event for event in events if event["kind"] == "eval_metric"}
        self.spans = {event["name"]: event for event in events if event["kind"] != "eval_metric"}
        assert len(events) == len(self.scores) + len(self.spans)


@pytest.fixture(scope="module", params=["langfuse-5", "langfuse-4"])
def sent(request, run, server, new_project):
    project = new_project(request.param)
    with Relay(server.port) as relay:
        environment = langfuse(relay.url, project, LANGFUSE_TRACING_ENVIRONMENT="staging", LANGFUSE_RELEASE="4.2")
        finished = run.python(request.param, "langfuse_new.py", **environment)
        yield Sent(request.param, finished, relay, project)


def test_nothing_goes_wrong(sent):
    assert sent.told["auth"] is True
    assert sent.told["prompt"] == ["Hello Ada", True]
    assert "ERROR" not in sent.log
    bad = [(e.method, e.path.split("?")[0], e.status) for e in sent.relay.exchanges if not 200 <= e.status < 300]
    assert bad == [("GET", "/api/public/v2/prompts/greeting", 404)]
    # The picture itself stays at home: the media route asks for no upload.
    assert sent.relay.statuses("/api/public/media") == [201]


def test_traces(sent):
    spans = sent.spans
    assert {name: span["kind"] for name, span in spans.items()} == KINDS
    for span in spans.values():
        assert span["trace_id"] == sent.told["trace"]
        assert (span["environment"], span["version"]) == ("staging", "4.2")
        assert (span["user_id"], span["session_id"]) == ("ada", "visit-9"), span["name"]
    root = spans["answer"]
    assert (root["span_id"], root["parent_span_id"]) == (sent.told["root"], None)
    assert (root["input"], root["output"]) == ({"question": "pangolins?"}, {"answer": "A scaly mammal."})
    for name in ["find", "model", "lookup", "plan", "cache miss", "picture"]:
        assert spans[name]["parent_span_id"] == root["span_id"], name
    assert spans["vectors"]["parent_span_id"] == spans["plan"]["span_id"]
    assert spans["find"]["output"] == ["About pangolins"]
    lookup = spans["lookup"]
    assert (lookup["status"], lookup["severity"], lookup["message"]) == ("error", "error", "no such id")
    assert spans["cache miss"]["severity"] == "warning"
    assert "@@@langfuseMedia:type=image/png|id=" in spans["picture"]["input"]


def test_generations(sent):
    model = sent.spans["model"]
    assert (model["span_id"], model["model"]) == (sent.told["generation"], "gpt-4o")
    assert model["tokens"] == {"input_total": 100, "output_total": 25, "cache_read": 10}
    assert (model["cost_usd"], model["cost_source"]) == (0.0005, "client")
    assert model["input"] == [{"role": "user", "content": "What is a pangolin?"}]
    assert model["output"] == {"role": "assistant", "content": "A scaly mammal."}
    assert json.loads(model["attributes"]["langfuse.observation.model.parameters"]) == {"temperature": 0.2}
    assert sent.spans["vectors"]["tokens"]["input_total"] == 7


def test_scores(sent):
    scores = sent.scores
    assert {name: score["message"] for name, score in scores.items()} == {
        "helpful": "helpful: 0.9 (fine)",
        "tone": "tone: kind",
        "solved": "solved: 0.0",
        "session mood": "session mood: good",
    }
    helpful = scores["helpful"]
    assert (helpful["trace_id"], helpful["parent_span_id"]) == (sent.told["trace"], sent.told["generation"])
    assert scores["solved"]["event_id"] == "score:solved-1"
    assert (scores["session mood"]["session_id"], scores["session mood"]["trace_id"]) == ("visit-9", None)


def test_how_it_is_sent(sent):
    paths = {exchange.path for exchange in sent.relay.exchanges}
    at = SCORES if sent.version == "langfuse-5" else INGESTION
    assert OTEL in paths and paths & {SCORES, INGESTION} == {at}
    assert set(sent.relay.statuses(at)) == ({202} if at == SCORES else {207})
    traces = next(exchange for exchange in sent.relay.exchanges if exchange.path == OTEL)
    assert traces.headers["content-type"] == "application/x-protobuf"
    if sent.version == "langfuse-5":
        assert traces.headers["content-encoding"] == "gzip"
    basic = base64.b64decode(traces.headers["authorization"].removeprefix("Basic ")).decode()
    assert basic == f"pk-lf-any:{sent.project.key}"
    sdk = f"langfuse-python/{sent.version.removeprefix('langfuse-')}."
    senders = sent.project.senders()
    assert {sender["door"] for sender in senders} == {"otlp", "langfuse"}
    assert all(sender["sdk"].startswith(sdk) for sender in senders)


@pytest.mark.parametrize("version", ["langfuse-5", "langfuse-4", "langfuse-2"])
def test_refusals_and_lost_answers_lose_and_double_nothing(run, relay, project, version):
    # Each of these routes is asked for at least one batch, which is tried three times.
    relay.faults = {OTEL: ["lose", "refuse"], SCORES: ["refuse", "lose"], INGESTION: ["refuse", "lose"]}
    program = "langfuse_old.py" if version == "langfuse-2" else "langfuse_new.py"
    finished = run.python(version, program, **langfuse(relay.url, project))
    assert finished.told["auth"] is True
    for path in {"langfuse-5": [OTEL, SCORES], "langfuse-4": [OTEL, INGESTION], "langfuse-2": [INGESTION]}[version]:
        statuses = relay.statuses(path)
        assert statuses.count(503) == statuses.count(0) == 1, path
    names = [event["name"] for event in project.events()]
    if version == "langfuse-2":
        assert len(names) == 9
    else:
        assert sorted(names) == sorted([*KINDS, "helpful", "tone", "solved", "session mood"])


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
    assert len(decorated) == 2 and len(events) == len(own) + 2
    inner = decorated["inner"]
    assert (inner["kind"], inner["model"], inner["output"]) == ("llm", "gpt-4o-mini", "Really?!")
    assert (inner["tokens"]["input_total"], inner["tokens"]["output_total"]) == (3, 4)
    outer = decorated["outer"]
    assert outer["user_id"] == "grace" and inner["trace_id"] == outer["trace_id"]
