"""A shop's checkout that is traced with the OpenTelemetry SDK. Where to send
is said by OTEL_EXPORTER_OTLP_* alone."""

import json

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

trace.set_tracer_provider(TracerProvider())
trace.get_tracer_provider().add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = trace.get_tracer("shop.checkout", "2.1.0", attributes={"team": "payments"})

ids = {}


def span(name, *given, **named):
    """A span that is the current one; its ids are told at the end."""
    context = tracer.start_as_current_span(name, *given, **named)
    entered = context.__enter__()
    told = entered.get_span_context()
    ids[name] = {"trace_id": f"{told.trace_id:032x}", "span_id": f"{told.span_id:016x}"}
    return context, entered


with tracer.start_as_current_span("yesterday's order") as earlier:
    link = Link(earlier.get_span_context(), {"why": "same basket"})

request, root = span("POST /checkout", kind=SpanKind.SERVER, links=[link])
root.set_attributes(
    {
        "http.request.method": "POST",
        "http.route": "/checkout/{cart}",
        "url.path": "/checkout/77",
        "http.response.status_code": 502,
        "user.id": "ada",
        "session.id": "visit-9",
    }
)

charge, card = span("charge card")
card.set_attributes(
    {
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
)
card.add_event("gateway asked", {"attempt": 1})
try:
    raise ConnectionError("the gateway hung up on ocelot")
except ConnectionError as error:
    card.record_exception(error)
    card.set_status(Status(StatusCode.ERROR, "card was not charged"))
charge.__exit__(None, None, None)

# As the semantic conventions for generative AI write a model call and a tool call.
asked = [{"role": "user", "parts": [{"type": "text", "content": "Is the lamp in stock?"}]}]
said = [{"role": "assistant", "parts": [{"type": "text", "content": "Two are left."}], "finish_reason": "stop"}]
chat, model = span("chat gpt-4o-mini", kind=SpanKind.CLIENT)
model.set_attributes(
    {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
        "gen_ai.request.temperature": 0.2,
        "gen_ai.usage.input_tokens": 120,
        "gen_ai.usage.output_tokens": 30,
        "gen_ai.usage.cache_read.input_tokens": 100,
        "gen_ai.input.messages": json.dumps(asked),
        "gen_ai.output.messages": json.dumps(said),
        "gen_ai.conversation.id": "visit-9",
    }
)
tool, called = span("execute_tool stock")
called.set_attributes(
    {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "stock",
        "gen_ai.tool.call.arguments": '{"sku": "L-7"}',
        "gen_ai.tool.call.result": '{"left": 2}',
    }
)
tool.__exit__(None, None, None)
chat.__exit__(None, None, None)
request.__exit__(None, None, None)

# An error that nobody caught: the SDK writes it down when the span ends.
try:
    with tracer.start_as_current_span("nightly job"):
        raise KeyError("no such sku")
except KeyError:
    pass

trace.get_tracer_provider().shutdown()
print(json.dumps({"ids": ids, "asked": asked, "said": said}))
