// A program traced with the OpenTelemetry SDK. Where to send is said by
// OTEL_EXPORTER_OTLP_* alone. COUNT further spans go in requests of ten.
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, detectResources, envDetector } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const count = Number(process.argv[2] ?? 0);
const exporter = new OTLPTraceExporter();
const provider = new NodeTracerProvider({
  resource: defaultResource().merge(detectResources({ detectors: [envDetector] })),
  spanProcessors: [new BatchSpanProcessor(exporter, { maxExportBatchSize: 10, scheduledDelayMillis: 60_000 })],
});
provider.register();
const tracer = trace.getTracer("shop.web", "3.0.1");
const ids = {};

function inSpan(name, options, work) {
  return tracer.startActiveSpan(name, options, (span) => {
    const { traceId, spanId } = span.spanContext();
    ids[name] = { trace_id: traceId, span_id: spanId };
    try {
      return work(span);
    } finally {
      span.end();
    }
  });
}

inSpan("GET /lamps", { kind: SpanKind.SERVER }, (root) => {
  root.setAttributes({
    "http.request.method": "GET",
    "http.route": "/lamps",
    "http.response.status_code": 200,
    "enduser.id": "grace",
  });
  inSpan("render", {}, (span) => {
    span.setAttributes({
      text: "Grüße, 世界",
      truth: false,
      whole: 42,
      big: Number.MAX_SAFE_INTEGER,
      real: 2.5,
      texts: ["a", "b"],
      wholes: [1, 2],
    });
    span.addEvent("half way", { percent: 50 });
    try {
      throw new TypeError("no template for wombat");
    } catch (error) {
      span.recordException(error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: "not rendered" });
    }
  });
  inSpan("chat claude", { kind: SpanKind.CLIENT }, (span) => {
    span.setAttributes({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "anthropic",
      "gen_ai.request.model": "claude-sonnet-4-5",
      "gen_ai.usage.input_tokens": 11,
      "gen_ai.usage.output_tokens": 7,
      "gen_ai.input.messages": JSON.stringify([{ role: "user", parts: [{ type: "text", content: "hello" }] }]),
      "gen_ai.output.messages": JSON.stringify([{ role: "assistant", parts: [{ type: "text", content: "hi" }] }]),
    });
  });
});
for (let n = 0; n < count; n++) tracer.startSpan(`span-${n}`, { root: true }, context.active()).end();

await provider.forceFlush();
await provider.shutdown();
console.log(JSON.stringify({ ids }));
