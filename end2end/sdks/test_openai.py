"""OpenAI's own client, instrumented twice: by OpenInference and by OpenLLMetry.
The two write the same things under other names; what arrives is the same."""

import json

import pytest

from support.fake_openai import MODEL


@pytest.fixture(scope="module", params=["openinference", "openllmetry"])
def instrumented(request, run, new_project, fake_openai):
    """A project, and what was made of each call: a list of events, in the order of time."""
    project = new_project(request.param)
    told = run.python(
        "otel",
        "openai_calls.py",
        request.param,
        **project.otlp("zoo"),
        OPENAI_BASE_URL=fake_openai.url,
        OPENAI_API_KEY="sk-none",
    ).told
    events = project.events()
    parents = {event["span_id"] for event in events if event["kind"] == "span"}
    assert parents == set(told.values())
    calls = {name: [e for e in events if e["parent_span_id"] == span_id] for name, span_id in told.items()}
    assert {name: len(made) for name, made in calls.items()} == {
        "plain": 1,
        "streamed": 1,
        "tool": 2,
        "embedded": 1,
        "failed": 1,
    }
    assert len(events) == len(told) + 6
    return project, calls


@pytest.fixture
def calls(instrumented):
    return instrumented[1]


def texts(value) -> str:
    """All of a value as text: the two conventions nest messages differently."""
    return json.dumps(value, ensure_ascii=False)


def test_chat(calls):
    for name in ("plain", "streamed"):
        (call,) = calls[name]
        assert (call["kind"], call["provider"], call["model"], call["service"]) == ("llm", "openai", MODEL, "zoo")
        tokens = call["tokens"]
        assert (tokens["input_total"], tokens["output_total"]) == (21, 9), name
        assert tokens["cache_read"] == 16, name
        roles = [message["role"] for message in call["input"]]
        assert roles == ["system", "user"]
        assert "You know animals." in texts(call["input"][0])
        assert "What is a pangolin?" in texts(call["input"][1])
        (said,) = call["output"]
        assert said["role"] == "assistant" and "Pangolins are scaly." in texts(said)
        assert call["duration_ms"] > 0 and call["status"] in ("ok", "unset")


def test_tool_calls(calls):
    asked, answered = calls["tool"]
    assert (asked["kind"], answered["kind"]) == ("llm", "llm")
    (said,) = asked["output"]
    assert "weather" in texts(said) and "Oslo" in texts(said) and "call_1" in texts(said)
    assert "Is it raining in Oslo?" in texts(asked["input"])
    assert [message["role"] for message in answered["input"]] == ["user", "assistant", "tool"]
    assert "sunny" in texts(answered["input"][2])
    assert "Pangolins are scaly." in texts(answered["output"])


def test_embeddings(calls):
    (call,) = calls["embedded"]
    assert (call["kind"], call["model"]) == ("embedding", "text-embedding-3-small")
    assert call["tokens"]["input_total"] == 5
    assert "pangolin" in texts(call["input"]) and "aardvark" in texts(call["input"])


def test_failures(calls):
    (call,) = calls["failed"]
    assert (call["kind"], call["status"], call["severity"]) == ("llm", "error", "error")
    assert call["model"] == "unknown"
    assert "The model does not exist" in call["message"]
    assert not call["tokens"]


def test_what_was_said_is_found(instrumented):
    found = instrumented[0].summaries(q='"pangolins are scaly"')
    assert {event["kind"] for event in found} == {"llm"} and len(found) == 3
