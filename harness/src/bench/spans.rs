//! OTLP requests in protobuf, written by hand so that it is known where in
//! the bytes the parts lie that make each span unlike every other. Source of
//! the field numbers: opentelemetry-proto, `trace/v1/trace.proto`.

use std::ops::Range;

use eventglass_model::Timestamp;

/// Where in a request the patched parts of a span lie.
pub(super) struct SpanPlaces {
    pub(super) trace_id: Range<usize>,
    pub(super) span_id: Range<usize>,
    pub(super) parent: Range<usize>,
    pub(super) start: Range<usize>,
    pub(super) end: Range<usize>,
}

/// Bytes with places in them.
#[derive(Default)]
struct Message {
    bytes: Vec<u8>,
    spans: Vec<SpanPlaces>,
}

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    fn tag(&mut self, field: u64, wire_type: u64) {
        self.varint(field << 3 | wire_type);
    }

    fn data(&mut self, field: u64, bytes: &[u8]) -> Range<usize> {
        self.tag(field, 2);
        self.varint(bytes.len() as u64);
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }

    fn fixed64(&mut self, field: u64, value: u64) -> Range<usize> {
        self.tag(field, 1);
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&value.to_le_bytes());
        start..self.bytes.len()
    }

    /// A message in this one; its places move with it.
    fn message(&mut self, field: u64, inner: Self) {
        let at = self.data(field, &inner.bytes).start;
        let shift = |range: Range<usize>| range.start + at..range.end + at;
        self.spans.extend(inner.spans.into_iter().map(|span| SpanPlaces {
            trace_id: shift(span.trace_id),
            span_id: shift(span.span_id),
            parent: shift(span.parent),
            start: shift(span.start),
            end: shift(span.end),
        }));
    }

    fn text_attribute(&mut self, field: u64, key: &str, value: &str) {
        let mut any = Self::default();
        any.data(1, value.as_bytes());
        self.attribute(field, key, any);
    }

    fn int_attribute(&mut self, field: u64, key: &str, value: u64) {
        let mut any = Self::default();
        any.tag(3, 0);
        any.varint(value);
        self.attribute(field, key, any);
    }

    fn attribute(&mut self, field: u64, key: &str, any: Self) {
        let mut pair = Self::default();
        pair.data(1, key.as_bytes());
        pair.message(2, any);
        self.message(field, pair);
    }
}

/// A request of `count` spans of about 1.1 KB each: model calls of an agent.
pub(super) fn request(count: usize, rng: &mut fastrand::Rng, now: Timestamp) -> (Vec<u8>, Vec<SpanPlaces>) {
    let mut resource = Message::default();
    resource.text_attribute(1, "service.name", "support-agent");
    resource.text_attribute(1, "service.version", "4.2.0");
    resource.text_attribute(1, "deployment.environment.name", "production");
    resource.text_attribute(1, "telemetry.sdk.language", "python");
    resource.text_attribute(1, "telemetry.sdk.name", "opentelemetry");
    let mut scope = Message::default();
    scope.data(1, b"opentelemetry.instrumentation.openai");
    scope.data(2, b"0.47.0");
    let mut scope_spans = Message::default();
    scope_spans.message(1, scope);
    for _ in 0..count {
        scope_spans.message(2, span(rng, now));
    }
    let mut resource_spans = Message::default();
    resource_spans.message(1, resource);
    resource_spans.message(2, scope_spans);
    let mut request = Message::default();
    request.message(1, resource_spans);
    (request.bytes, request.spans)
}

fn span(rng: &mut fastrand::Rng, now: Timestamp) -> Message {
    const MODELS: &[&str] = &["gpt-4o", "gpt-4o-mini", "claude-3-5-sonnet", "mistral-large"];
    const TOPICS: &[&str] = &[
        "an invoice",
        "a refund",
        "a parcel",
        "a password",
        "an address",
        "a contract",
    ];
    let pick = |list: &[&'static str], n: usize| list.get(n % list.len().max(1)).copied().unwrap_or_default();
    let model = pick(MODELS, rng.usize(..));
    let topic = pick(TOPICS, rng.usize(..));
    let (input, output) = (rng.u64(200..4_000), rng.u64(20..800));
    let question = format!(
        "[{{\"role\":\"system\",\"content\":\"You answer customers of a shop, briefly and kindly.\"}},{{\"role\":\"user\",\
         \"content\":\"I have a question about {topic}, number {}: could you tell me what has become of it since last week?\"}}]",
        rng.u32(..)
    );
    let answer = format!(
        "[{{\"role\":\"assistant\",\"content\":\"Of course! I have looked up {topic} with the reference {} and all of it \
         is in order; you will hear from us by the end of the day.\",\"finish_reason\":\"stop\"}}]",
        rng.u32(..)
    );
    let nanos = u64::try_from(now.micros()).unwrap_or_default() * 1_000;
    let mut span = Message::default();
    let trace_id = span.data(1, &[1; 16]);
    let span_id = span.data(2, &[1; 8]);
    let parent = span.data(4, &[1; 8]);
    span.data(5, format!("chat {model}").as_bytes());
    span.tag(6, 0);
    span.varint(3);
    let start = span.fixed64(7, nanos);
    let end = span.fixed64(8, nanos);
    span.spans.push(SpanPlaces {
        trace_id,
        span_id,
        parent,
        start,
        end,
    });
    for (key, value) in [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "openai"),
        ("gen_ai.request.model", model),
        ("gen_ai.response.model", model),
        ("gen_ai.response.id", &format!("chatcmpl-{:024x}", rng.u128(..) >> 32)),
        ("gen_ai.conversation.id", &format!("conversation-{}", rng.u32(..5_000))),
        ("user.id", &format!("user_{}", rng.u32(1_000..99_999))),
        ("gen_ai.input.messages", &question),
        ("gen_ai.output.messages", &answer),
        ("server.address", "api.example.com"),
    ] {
        span.text_attribute(9, key, value);
    }
    for (key, value) in [
        ("gen_ai.usage.input_tokens", input),
        ("gen_ai.usage.output_tokens", output),
        ("gen_ai.usage.cache_read.input_tokens", input / 4),
        ("gen_ai.request.max_tokens", 1_024),
    ] {
        span.int_attribute(9, key, value);
    }
    let mut status = Message::default();
    status.tag(3, 0);
    status.varint(1);
    span.message(15, status);
    span
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_of_the_size_that_is_claimed_and_their_places_are_right() {
        let now = Timestamp::from_micros(1_795_262_400_000_000);
        let (bytes, spans) = request(100, &mut fastrand::Rng::with_seed(1), now);
        assert_eq!(spans.len(), 100);
        assert!((1_000..1_300).contains(&(bytes.len() / 100)), "{}", bytes.len() / 100);
        for span in spans {
            assert_eq!(bytes[span.trace_id], [1; 16]);
            assert_eq!(bytes[span.span_id], [1; 8]);
            assert_eq!(bytes[span.parent], [1; 8]);
            let start = u64::from_le_bytes(bytes[span.start].try_into().unwrap());
            assert_eq!(start, 1_795_262_400_000_000_000);
            assert_eq!(span.end.len(), 8);
        }
    }
}
