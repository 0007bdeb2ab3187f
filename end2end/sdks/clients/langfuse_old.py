"""A program traced with Langfuse's SDK of version 2, which knows creates and
updates. Only LANGFUSE_* is set."""

import json
import logging
import sys
import time

from langfuse import Langfuse
from langfuse.decorators import langfuse_context, observe

logging.basicConfig(level=logging.WARNING)
langfuse = Langfuse()
told = {"auth": langfuse.auth_check()}

prompt = langfuse.get_prompt("greeting", fallback="Hello {{name}}", max_retries=1)
told["prompt"] = [prompt.compile(name="Ada"), prompt.is_fallback]

trace = langfuse.trace(
    id="trace-1", name="support", user_id="ada", session_id="visit-9", tags=["beta"], metadata={"plan": "pro"},
    input={"question": "pangolins?"}, release="4.2",
)
span = trace.span(id="span-1", name="find", input={"q": "pangolins"}, metadata={"a": 1, "b": 1})
generation = span.generation(
    id="generation-1",
    name="model",
    model="gpt-4o",
    model_parameters={"temperature": 0.2},
    input=[{"role": "user", "content": "What is a pangolin?"}],
    usage={"input": 90, "output": 20, "unit": "TOKENS"},
)
if "slowly" in sys.argv:
    # What is created and what is changed go in requests of their own.
    langfuse.flush()
    time.sleep(0.01)
generation.update(completion_start_time=None, metadata={"attempt": 1})
generation.end(
    output="A scaly mammal.",
    usage_details={"input": 80, "input_cached_tokens": 10, "output": 25},
    cost_details={"input": 0.0002, "output": 0.0003, "total": 0.0005},
)
span.event(id="event-1", name="cache miss", level="WARNING", status_message="cold")
span.end(output=["About pangolins"], metadata={"b": 2})
trace.span(id="span-2", name="lookup").end(level="ERROR", status_message="no such id")
generation.score(id="score-1", name="helpful", value=0.9, comment="fine")
trace.score(id="score-2", name="tone", value="kind", data_type="CATEGORICAL")
trace.update(output={"answer": "A scaly mammal."}, tags=["beta", "late"])


@observe(as_type="generation")
def inner(question: str) -> str:
    langfuse_context.update_current_observation(model="gpt-4o-mini", usage={"input": 3, "output": 4})
    return f"{question}!"


@observe()
def outer(question: str) -> str:
    langfuse_context.update_current_trace(user_id="grace")
    return inner(question)


outer("Really?")
langfuse_context.flush()
langfuse.flush()
langfuse.shutdown()
print(json.dumps(told))
