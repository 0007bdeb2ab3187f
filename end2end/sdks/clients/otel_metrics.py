"""A program that sends metrics, which nobody stores, and traces."""

import json

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

metrics = MeterProvider(metric_readers=[PeriodicExportingMetricReader(OTLPMetricExporter())])
meter = metrics.get_meter("shop")
orders = meter.create_counter("orders")
latency = meter.create_histogram("latency")
for n in range(5):
    orders.add(1, {"country": "DE" if n % 2 else "FR"})
    latency.record(n / 10)
flushed = [metrics.force_flush()]

traces = TracerProvider()
traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
with traces.get_tracer("shop").start_as_current_span("after the metrics"):
    orders.add(1)
flushed.append(metrics.force_flush())
metrics.shutdown()
traces.shutdown()
print(json.dumps({"flushed": flushed}))
