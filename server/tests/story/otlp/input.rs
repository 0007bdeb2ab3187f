//! Good, bad, empty, huge and deep input, in both encodings.

use prost::Message as _;
use serde_json::{Value, json};

use super::{PROTO, answered, logs, proto, proto_span, request, send, span, spans};
use crate::app::TestApp;

/// `value` in as many lists as asked for.
fn nested(depth: usize) -> String {
    let open = "{\"arrayValue\":{\"values\":[".repeat(depth);
    let close = "]}}".repeat(depth);
    format!("{open}{{\"intValue\":1}}{close}")
}

/// A span whose attribute is that deep.
fn nested_proto(depth: usize) -> Vec<u8> {
    let field = |tag: u8, inner: &[u8]| {
        let mut out = vec![tag << 3 | 2];
        prost::encoding::encode_varint(inner.len() as u64, &mut out);
        out.extend_from_slice(inner);
        out
    };
    let value = (0..depth).fold(vec![0x18, 1], |inner, _| field(5, &field(1, &inner)));
    let attribute = field(9, &[field(1, b"deep"), field(2, &value)].concat());
    [proto_span(5).encode_to_vec(), attribute].concat()
}

#[tokio::test]
async fn good_and_bad_input() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let deep = |depth: usize| {
        let mut item = spans(json!([span(1), span(2)])).to_string();
        let attribute = format!("\"attributes\":[{{\"key\":\"deep\",\"value\":{}}},", nested(depth));
        item = item.replacen(
            "\"attributes\":[{\"key\":\"http",
            &format!("{attribute}{{\"key\":\"http"),
            1,
        );
        item
    };
    let one = |field: &str, value: Value| {
        let mut span = span(1);
        span[field] = value;
        spans(json!([span])).to_string()
    };
    let snake = spans(json!([span(1)])).to_string();
    let snake = [
        ("resourceSpans", "resource_spans"),
        ("scopeSpans", "scope_spans"),
        ("traceId", "trace_id"),
    ]
    .iter()
    .fold(snake, |text, (camel, snake)| text.replace(camel, snake));
    let attributes = |value: Value| one("attributes", json!([{ "key": "k", "value": value }]));
    // What it is, the body, the status, how many are refused.
    let json_cases: Vec<(&str, String, u16, usize)> = vec![
        ("plain", spans(json!([span(1)])).to_string(), 200, 0),
        ("snake case", snake, 200, 0),
        ("no spans", spans(json!([])).to_string(), 200, 0),
        (
            "null lists",
            "{\"resourceSpans\":[{\"scopeSpans\":null,\"resource\":null}]}".to_owned(),
            200,
            0,
        ),
        ("enum by name", one("kind", json!("SPAN_KIND_CLIENT")), 200, 0),
        ("number as string", one("kind", json!("3")), 200, 0),
        ("unknown enum", one("kind", json!("SPAN_KIND_ODD")), 200, 1),
        ("base64 id", one("spanId", json!("AQIDBAUGBwg=")), 200, 0),
        (
            "upper-case id",
            one("traceId", json!("0AF7651916CD43DD8448EB211C80319C")),
            200,
            0,
        ),
        (
            "text of the right length as id",
            one("spanId", json!("eight-by")),
            200,
            1,
        ),
        ("long id", one("spanId", json!("01".repeat(9))), 200, 1),
        ("number as id", one("spanId", json!(7)), 200, 1),
        ("null id", one("spanId", Value::Null), 200, 1),
        ("short parent", one("parentSpanId", json!("0102")), 200, 1),
        ("negative time", one("startTimeUnixNano", json!(-1)), 200, 1),
        ("text as time", one("startTimeUnixNano", json!("noon")), 200, 1),
        ("object as name", one("name", json!({})), 200, 1),
        ("unknown field", one("color", json!([{ "a": null }])), 200, 0),
        ("null attributes", one("attributes", Value::Null), 200, 0),
        ("object as attributes", one("attributes", json!({ "a": 1 })), 200, 1),
        ("bare value", attributes(json!("text")), 200, 1),
        ("no value", attributes(Value::Null), 200, 0),
        ("empty value", attributes(json!({})), 200, 0),
        (
            "unknown type of value",
            attributes(json!({ "dateValue": "today" })),
            200,
            0,
        ),
        (
            "huge int",
            attributes(json!({ "intValue": "99999999999999999999" })),
            200,
            1,
        ),
        ("not base64", attributes(json!({ "bytesValue": "!" })), 200, 1),
        (
            "huge text",
            attributes(json!({ "stringValue": "x".repeat(1_000_000) })),
            200,
            0,
        ),
        ("deep", deep(30), 200, 0),
        ("too deep", deep(100), 200, 1),
        ("far too deep", deep(50_000), 200, 1),
        (
            "brackets",
            format!("{{\"resourceSpans\":{}", "[".repeat(1_000_000)),
            400,
            0,
        ),
        (
            "brackets elsewhere",
            format!("{{\"x\":{}", "[".repeat(1_000_000)),
            400,
            0,
        ),
        ("empty", String::new(), 400, 0),
        ("list", "[]".to_owned(), 400, 0),
        ("text", "\"x\"".to_owned(), 400, 0),
        ("cut off", "{\"resourceSpans\":[{\"scope".to_owned(), 400, 0),
        ("two", "{}{}".to_owned(), 400, 0),
        ("spans as object", "{\"resourceSpans\":{}}".to_owned(), 400, 0),
        ("logs on the wrong path", logs(json!([{}])).to_string(), 400, 0),
    ];
    for (name, body, status, refused) in json_cases {
        let answer = send(&sdk, "/v1/traces", "application/json", body).await;
        let answer = answer.expect(status);
        if status == 200 {
            let said = answer["partialSuccess"]["rejectedSpans"].as_str().unwrap_or("0");
            assert_eq!(said, refused.to_string(), "{name}: {answer}");
        } else {
            assert_eq!(answer["code"], 3, "{name}: {answer}");
        }
    }
    let mut other = proto_span(6);
    other.trace_id = vec![1; 15];
    let mut latin = proto_span(7).encode_to_vec();
    latin.extend_from_slice(b"\x2a\x01\xff");
    let proto_cases: Vec<(&str, Vec<u8>, u16, i64)> = vec![
        ("plain", request(vec![proto_span(1).encode_to_vec()]), 200, 0),
        (
            "unknown field",
            [request(vec![]), vec![0xfa, 0x07, 1, 0]].concat(),
            200,
            0,
        ),
        (
            "short id",
            request(vec![other.encode_to_vec(), proto_span(1).encode_to_vec()]),
            200,
            1,
        ),
        ("not UTF-8", request(vec![latin, proto_span(1).encode_to_vec()]), 200, 1),
        ("empty span", request(vec![vec![]]), 200, 1),
        ("deep", request(vec![nested_proto(40)]), 200, 0),
        (
            "too deep",
            request(vec![nested_proto(100), proto_span(1).encode_to_vec()]),
            200,
            1,
        ),
        ("far too deep", request(vec![nested_proto(20_000)]), 200, 1),
        ("noise", vec![0xff; 100], 400, 0),
        ("JSON", b"{}".to_vec(), 400, 0),
        ("longer than it is", vec![0x0a, 0x7f, 1], 400, 0),
        ("endless varint", vec![0x80; 64], 400, 0),
    ];
    for (name, body, status, refused) in proto_cases {
        let answer = send(&sdk, "/v1/traces", PROTO, body).await;
        if status == 200 {
            let said = answered::<proto::Answer>(&answer, 200)
                .partial
                .map_or(0, |partial| partial.rejected);
            assert_eq!(said, refused, "{name}");
        } else {
            assert_eq!(answered::<proto::Status>(&answer, status).code, 3, "{name}");
        }
    }
}
