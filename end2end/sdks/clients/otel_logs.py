"""A program whose ordinary logging goes out as OpenTelemetry's logs, beside
its traces."""

import json
import logging

from opentelemetry import trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

traces = TracerProvider()
traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(traces)
logs = LoggerProvider()
logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
set_logger_provider(logs)

log = logging.getLogger("shop.stock")
log.setLevel(logging.DEBUG)
log.addHandler(LoggingHandler(logger_provider=logs))

log.debug("warming up")
with trace.get_tracer("shop").start_as_current_span("restock") as span:
    log.info("%d lamps ordered", 3, extra={"sku": "L-7", "left": 2})
    log.warning("supplier is slow")
    for _ in range(2):
        log.error("out of stock")
    try:
        raise TimeoutError("the supplier did not answer")
    except TimeoutError:
        log.exception("order failed")
    log.critical("shelves are empty", extra={"otel.event.name": "stock.empty"})
    context = span.get_span_context()

traces.shutdown()
logs.shutdown()
print(json.dumps({"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}))
