"""A program traced with Langfuse's SDK of version 4 or 5: traces by
OpenTelemetry, scores, prompts. Only LANGFUSE_* is set."""

import json
import logging

from langfuse import Langfuse, get_client, observe, propagate_attributes

logging.basicConfig(level=logging.WARNING)
langfuse = Langfuse()
told = {"auth": langfuse.auth_check()}

prompt = langfuse.get_prompt("greeting", fallback="Hello {{name}}", max_retries=0)
told["prompt"] = [prompt.compile(name="Ada"), prompt.is_fallback]

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@observe(as_type="retriever")
def find(question: str) -> list[str]:
    return [f"About {question}"]


with langfuse.start_as_current_observation(name="answer", input={"question": "pangolins?"}) as root:
    with propagate_attributes(
        user_id="ada", session_id="visit-9", tags=["beta"], metadata={"plan": "pro"}, trace_name="support"
    ):
        told["trace"], told["root"] = root.trace_id, root.id
        found = find("pangolins")
        with langfuse.start_as_current_observation(
            name="model",
            as_type="generation",
            model="gpt-4o",
            model_parameters={"temperature": 0.2},
            input=[{"role": "user", "content": "What is a pangolin?"}],
            metadata={"attempt": 1},
        ) as generation:
            generation.update(
                output={"role": "assistant", "content": "A scaly mammal."},
                usage_details={"input": 90, "input_cached_tokens": 10, "output": 25},
                cost_details={"input": 0.0002, "output": 0.0003, "total": 0.0005},
            )
            told["generation"] = generation.id
            generation.score(name="helpful", value=0.9, data_type="NUMERIC", comment="fine")
        with langfuse.start_as_current_observation(name="lookup", as_type="tool", input={"id": 1}) as tool:
            tool.update(output=None, level="ERROR", status_message="no such id")
        with langfuse.start_as_current_observation(name="plan", as_type="agent"):
            with langfuse.start_as_current_observation(name="vectors", as_type="embedding", model="embed-3") as embed:
                embed.update(usage_details={"input": 7})
        langfuse.create_event(name="cache miss", input={"key": "p"}, level="WARNING")
        with langfuse.start_as_current_observation(name="picture", input=f"data:image/png;base64,{PIXEL}"):
            pass
    root.update(output={"answer": "A scaly mammal."})
    root.score_trace(name="tone", value="kind", data_type="CATEGORICAL")

langfuse.create_score(name="solved", value=1, data_type="BOOLEAN", trace_id=told["trace"], score_id="solved-1")
langfuse.create_score(name="session mood", value="good", session_id="visit-9", score_id="mood-1")
langfuse.flush()
# A score of the same id is the same score, changed.
langfuse.create_score(name="solved", value=0, data_type="BOOLEAN", trace_id=told["trace"], score_id="solved-1")
assert get_client() is not None
langfuse.shutdown()
print(json.dumps(told))
