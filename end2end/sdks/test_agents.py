"""Whole agents, in LangGraph and in OpenAI's Agents SDK, over a model that is
not one: their trace is a tree that can be read, walked, and counted once."""

import pytest

RUNS = ("langgraph", "openai-agents")


@pytest.fixture(scope="module", params=RUNS)
def agent(request, run, new_project, fake_openai):
    """A project, and the trace of each run of the agent."""
    project = new_project(request.param)
    told = run.python(
        "agents",
        "agent_runs.py",
        request.param,
        **project.otlp("weather-desk"),
        OPENAI_BASE_URL=fake_openai.url,
        OPENAI_API_KEY="sk-none",
    ).told
    return project, told


def tree(trace: dict) -> list[tuple[int, str, str]]:
    """Depth, kind and name of each span, as they are drawn."""
    spans, text = trace["spans"], trace["spans"]["strings"]
    return [(d, text[k], text[n]) for d, k, n in zip(spans["depth"], spans["kind"], spans["name"], strict=True)]


def test_the_tree(agent):
    project, told = agent
    trace = project.get(f"/traces/{told['fine']}")
    drawn = tree(trace)
    assert drawn[0] == (0, "span", "fine"), drawn
    kinds = [kind for _, kind, _ in drawn]
    assert kinds.count("llm") == 2 and kinds.count("tool_call") == 1, drawn
    assert "agent_action" in kinds, drawn
    # The model asks, the tool runs, the model answers: all below the agent.
    order = [kind for _, kind, _ in drawn if kind in ("llm", "tool_call")]
    assert order == ["llm", "tool_call", "llm"]
    assert all(depth > 1 for depth, kind, _ in drawn if kind in ("llm", "tool_call")), drawn
    assert trace["status"] != "error" and trace["error_count"] == 0


def test_nothing_counts_twice(agent):
    project, told = agent
    trace = project.get(f"/traces/{told['fine']}")
    calls = [e for e in project.events(q=f"trace:{told['fine']}") if e["kind"] == "llm"]
    assert [call["tokens"]["input_total"] + call["tokens"]["output_total"] for call in calls] == [30, 30]
    assert trace["tokens"] == 60
    cost = sum(call["cost_usd"] for call in calls)
    assert cost > 0 and trace["cost_usd"] == pytest.approx(cost, abs=1e-6) and trace["cost_complete"] is True
    (listed,) = [item for item in project.get("/traces")["items"] if item["trace_id"] == told["fine"]]
    assert (listed["tokens"], listed["cost_usd"]) == (trace["tokens"], trace["cost_usd"])


def test_the_steps(agent):
    project, told = agent
    path = f"/traces/{told['fine']}"
    steps = [s for s in project.get(f"{path}/steps")["steps"] if s["kind"] in ("llm", "tool_call")]
    assert [step["kind"] for step in steps] == ["llm", "tool_call", "llm"]
    assert [step["tokens_so_far"] for step in steps] == [30, 30, 60]
    asked, ran, answered = (project.get(f"{path}/spans/{step['span']}")["event"] for step in steps)
    assert "Is it raining in Oslo?" in str(asked["input"])
    assert "weather" in str(asked["output"]) and "Oslo" in str(asked["output"])
    assert "Oslo" in str(ran["input"]) and "Oslo: sunny, 21 degrees" in str(ran["output"])
    assert "Oslo: sunny, 21 degrees" in str(answered["input"])
    assert "Pangolins are scaly." in str(answered["output"])


def test_where_it_failed(agent):
    project, told = agent
    trace = project.get(f"/traces/{told['failing']}")
    assert trace["status"] == "error"
    found = project.summaries(q=f'trace:{told["failing"]} "no station in Oslo"')
    assert "tool_call" in {event["kind"] for event in found}, [event["kind"] for event in found]
    (item,) = project.get("/traces", errors="true")["items"]
    assert item["trace_id"] == told["failing"]
