"""A program that calls a model with OpenAI's client, and is instrumented by
"openinference" or "openllmetry". Nothing else in it knows of tracing."""

import json
import sys

from openai import NotFoundError, OpenAI
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
if sys.argv[1] == "openinference":
    from openinference.instrumentation.openai import OpenAIInstrumentor
else:
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor
OpenAIInstrumentor().instrument(tracer_provider=provider)

client = OpenAI(max_retries=0)
QUESTION = [
    {"role": "system", "content": "You know animals."},
    {"role": "user", "content": "What is a pangolin?"},
]
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
told = {}


def call(name, make):
    """Under a span of its own, by which the test finds what was made of it."""
    with trace.get_tracer("test").start_as_current_span(name) as span:
        told[name] = f"{span.get_span_context().span_id:016x}"
        return make()


create = client.chat.completions.create
answer = call("plain", lambda: create(model="gpt-4o-mini", messages=QUESTION, temperature=0.5))
assert answer.choices[0].message.content == "Pangolins are scaly."


def streamed():
    options = {"include_usage": True}
    pieces = create(model="gpt-4o-mini", messages=QUESTION, stream=True, stream_options=options)
    return "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)


assert call("streamed", streamed) == "Pangolins are scaly."


def with_tool():
    asked = [{"role": "user", "content": "Is it raining in Oslo?"}]
    first = create(model="gpt-4o-mini", messages=asked, tools=[TOOL]).choices[0].message
    reply = {"role": "tool", "tool_call_id": first.tool_calls[0].id, "content": "sunny"}
    return create(model="gpt-4o-mini", messages=[*asked, first.model_dump(exclude_none=True), reply], tools=[TOOL])


assert call("tool", with_tool).choices[0].finish_reason == "stop"
call("embedded", lambda: client.embeddings.create(model="text-embedding-3-small", input=["pangolin", "aardvark"]))


def failing():
    try:
        create(model="unknown", messages=QUESTION)
    except NotFoundError:
        return
    raise AssertionError("the model was found")


call("failed", failing)
provider.shutdown()
print(json.dumps(told))
