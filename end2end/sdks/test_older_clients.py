"""Clients that were never published: small programs send byte for byte what
those send (clients/watchllm.py, clients/evalforge.py)."""

import datetime


def watchllm(url: str, project) -> dict[str, str]:
    return {"WATCHLLM_HOST": url, "WATCHLLM_API_KEY": project.key, "WATCHLLM_PROJECT": "proj_demo"}


def evalforge(url: str, project) -> dict[str, str]:
    return {
        "EVALFORGE_BASE_URL": f"{url}/",
        "EVALFORGE_API_KEY": project.key,
        "EVALFORGE_PROJECT_ID": str(project.id),
    }


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_watchllm(run, relay, project):
    relay.faults = {"/api/v1/events": ["", "refuse", "lose"]}
    told = run.python("otel", "watchllm.py", **watchllm(relay.url, project)).told["events"]
    assert [one["tries"] for one in told] == [[202], [503, 0, 202], [202]]
    events = {event["event_id"]: event for event in project.events()}
    assert list(events) == [one["id"] for one in told]
    log, error, usage = events.values()
    for one, event in zip(told, events.values()):
        # A time without a zone is UTC.
        assert moment(event["time"]) == moment(one["at"] + "+00:00")
        assert event["attributes"]["sdk"]["name"] == "watchllm-python"
    assert (log["kind"], log["severity"], log["message"]) == ("log", "warning", "lamps loaded")
    assert (log["user_id"], log["session_id"]) == ("ada", "visit-9")
    assert (error["kind"], error["status"], error["message"]) == ("error", "error", "no lamp")
    assert usage["kind"] == "token_usage" and usage["model"] == "gpt-4o"
    assert usage["tokens"] == {"input_total": 10, "output_total": 5, "total": 15}
    # 0.0 is that client's word for not known: what the model costs is reckoned.
    assert (usage["cost_usd"], usage["cost_source"]) == (0.000075, "computed")


def test_evalforge(run, relay, project):
    relay.faults = {f"/sdk/v1/projects/{project.id}/events/batch": ["", "lose"]}
    told = run.python("otel", "evalforge.py", "25", "10", **evalforge(relay.url, project)).told
    assert told["tries"] == [[201], [0, 201], [201]]
    events = {event["event_id"]: event for event in project.events()}
    assert set(events) == {sent["id"] for sent in told["events"]}
    for n, sent in enumerate(told["events"]):
        event = events[sent["id"]]
        assert event["kind"] == ("llm" if n % 2 == 0 else "tool_call")
        assert (event["trace_id"], event["span_id"]) == (sent["trace_id"], sent["span_id"])
        assert event["parent_span_id"] is None
        assert moment(event["time"]) == moment(sent["start_time"])
        assert event["duration_ms"] == 125
        assert event["status"] == ("error" if n == 3 else "ok")
        assert (event["input"], event["output"]) == (sent["input"], sent["output"])
        assert event["attributes"]["metadata"] == sent["metadata"]
        assert event["tokens"] == {"input_total": 5, "output_total": 3, "total": sent["tokens"]["total"]}
        reckoned = (0.00033, "computed")
        assert (event["cost_usd"], event["cost_source"]) == ((sent["cost"], "client") if sent["cost"] else reckoned)
        assert (event["provider"], event["model"]) == ("openai", "gpt-4")


def test_evalforge_waits_for_a_limit(run, server, project):
    project.limit(key_requests_per_second=1)
    told = run.python("otel", "evalforge.py", "6", "2", **evalforge(server.url, project)).told
    assert all(tries[-1] == 201 for tries in told["tries"])
    assert any(429 in tries for tries in told["tries"])
    assert len(project.events()) == 6


def test_evalforge_is_told_what_is_wrong(run, server, project):
    wrong_key = evalforge(server.url, project) | {"EVALFORGE_API_KEY": "ef_wrong"}
    assert run.python("otel", "evalforge.py", "2", "2", **wrong_key).told["tries"] == [[401]]
    other_project = evalforge(server.url, project) | {"EVALFORGE_PROJECT_ID": "99999"}
    (tries,) = run.python("otel", "evalforge.py", "2", "2", **other_project).told["tries"]
    assert len(tries) == 1 and 400 <= tries[0] < 500
    assert project.summaries() == []
