"""COUNT spans in requests of BATCH, and whether the SDK got rid of them all.
The names are span-0, span-1, ..."""

import json
import logging
import sys

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

count, batch = map(int, sys.argv[1:])
logging.basicConfig(level=logging.INFO)


class Noting(OTLPSpanExporter):
    """The SDK's own exporter; how each request ended is noted."""

    results = []

    def export(self, spans):
        result = super().export(spans)
        self.results.append(result is SpanExportResult.SUCCESS)
        return result


provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(Noting(), max_export_batch_size=batch, schedule_delay_millis=60_000))
tracer = provider.get_tracer("many")
for n in range(count):
    tracer.start_span(f"span-{n}").end()
provider.force_flush()
provider.shutdown()
print(json.dumps({"results": Noting.results}))
