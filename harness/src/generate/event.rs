//! One event: drawn first, then written as JSON by hand into a reused
//! buffer, which is several times faster than building a tree of values.
//!
//! Nothing is escaped, because nothing that is written needs it: the texts
//! come from the catalogue (a test reads every event back with `serde_json`).

use std::io::Write;
use std::ops::Range;

use eventglass_model::Timestamp;
use fastrand::Rng;

use super::call::{Call, pick};
use super::catalogue::Extra;
use super::distributions::{ENVIRONMENTS, uniform, weighted};
use super::failures::error_type;
use super::people::{CITIES, DEVICES, NETWORKS};

/// What was written, and where in the buffer the parts are that make an event
/// unlike every other: who sends the same text again has to change them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Place of the service in [`SERVICES`](super::SERVICES).
    pub service: usize,
    /// Whether the status is 400 or above.
    pub failed: bool,
    /// Place of the text of `event_id`; its last 12 bytes are hexadecimal digits.
    pub event_id: Range<usize>,
    /// Place of the text of `timestamp`: RFC 3339 with microseconds and `Z`, 27 bytes.
    pub timestamp: Range<usize>,
    /// Place of the text of `payload.trace_id`; its last 32 bytes are hexadecimal digits.
    pub trace_id: Range<usize>,
}

/// Draws event number `number` and writes it to the end of `out`, without a line's end.
pub(super) fn write_event(rng: &mut Rng, number: u64, time: Timestamp, out: &mut Vec<u8>) -> Written {
    let (service, call) = Call::draw(rng, time);

    text(out, r#"{"event_id":""#);
    let event_id = out.len()..{
        put(out, format_args!("evt_{number}_"));
        hex(rng, 12, out);
        out.len()
    };
    text(out, r#"","event_type":"api_call","timestamp":""#);
    let timestamp = out.len()..{
        put(out, format_args!("{}", call.time));
        out.len()
    };
    text(out, "\",");
    write_head(out, &call);
    write_context(rng, out);
    write_metrics(rng, out, &call);
    let trace_id = write_payload(rng, out, &call);
    write_metadata(rng, out);
    text(out, "}");

    Written {
        service,
        failed: call.failure.is_some(),
        event_id,
        timestamp,
        trace_id,
    }
}

/// Title, message, severity, source and what went wrong.
fn write_head(out: &mut Vec<u8>, call: &Call) {
    let Call {
        service,
        endpoint,
        method,
        status,
        ..
    } = call;
    let action = endpoint.action;
    match call.failure {
        Some(failure) => put(
            out,
            format_args!(
                r#""title":"{action} failed: {}","message":"{}","#,
                failure.title, failure.message
            ),
        ),
        None => put(
            out,
            format_args!(
                r#""title":"{action} succeeded","message":"{method} {} answered {status} in {:.0} ms","#,
                endpoint.path, call.response_ms
            ),
        ),
    }
    put(out, format_args!(r#""severity":"{}","#, call.severity()));
    put(
        out,
        format_args!(
            r#""source":{{"service":"{}","endpoint":"{}","method":"{method}","version":"{}","#,
            service.name, endpoint.path, service.version
        ),
    );
}

/// The rest of the source, who called and from where.
fn write_context(rng: &mut Rng, out: &mut Vec<u8>) {
    let environment = weighted(rng, ENVIRONMENTS, "production");
    put(
        out,
        format_args!(r#""environment":"{environment}"}},"context":{{"user_id":"#),
    );
    if rng.f64() < 0.1 {
        text(out, "null");
    } else {
        put(out, format_args!(r#""user_{}""#, rng.u32(1_000..100_000)));
    }
    text(out, r#","session_id":"sess_"#);
    hex(rng, 16, out);
    text(out, r#"","request_id":"req_"#);
    hex(rng, 32, out);
    let [first, ..] = &NETWORKS;
    let network = pick(rng, &NETWORKS, first);
    put(out, format_args!(r#"","ip_address":"{network}.{}""#, rng.u8(1..255)));
}

fn write_metrics(rng: &mut Rng, out: &mut Vec<u8>, call: &Call) {
    let [first, ..] = &DEVICES;
    let device = pick(rng, &DEVICES, first);
    let [one, other] = device.user_agents;
    let user_agent = if rng.bool() { one } else { other };
    put(
        out,
        format_args!(
            r#","user_agent":"{user_agent}","tags":{{"device":"{}"}}}},"metrics":{{"response_time_ms":{:.2},"status_code":{},"#,
            device.kind, call.response_ms, call.status
        ),
    );
    let answer = if call.failure.is_some() { 50..=500 } else { 200..=50_000 };
    put(
        out,
        format_args!(
            r#""request_size_bytes":{},"response_size_bytes":{},"cache_hit":{}}},"#,
            rng.u32(100..=5_000),
            rng.u32(answer),
            call.status == 200 && rng.bool()
        ),
    );
    if let Some(failure) = call.failure {
        put(
            out,
            format_args!(
                r#""error_details":{{"error_code":"ERR_{}_{}","error_message":"{}","stack_trace":null,"error_type":"{}"}},"#,
                call.status,
                rng.u32(100..1_000),
                failure.message,
                error_type(call.status)
            ),
        );
    }
}

/// Gives the place of the trace id.
fn write_payload(rng: &mut Rng, out: &mut Vec<u8>, call: &Call) -> Range<usize> {
    text(out, r#""payload":{"correlation_id":"corr_"#);
    hex(rng, 16, out);
    text(out, r#"","trace_id":""#);
    let trace_id = out.len()..{
        text(out, "trace_");
        hex(rng, 32, out);
        out.len()
    };
    text(out, "\"");
    match call.endpoint.extra {
        Extra::Login => {
            let ways = ["password", "oauth_google", "oauth_github", "sso", "magic_link"];
            choice(rng, out, "auth_method", &ways);
        }
        Extra::Registration => choice(
            rng,
            out,
            "registration_source",
            &["web", "mobile_app", "referral", "campaign"],
        ),
        Extra::Payment if call.method == "POST" => {
            let ways = ["credit_card", "debit_card", "paypal", "apple_pay", "bank_transfer"];
            choice(rng, out, "payment_method", &ways);
            put(out, format_args!(r#","amount":{:.2}"#, uniform(rng, 10.0, 5_000.0)));
            choice(rng, out, "currency", &["USD", "EUR", "GBP", "JPY"]);
        }
        Extra::Order => {
            let items = rng.u32(1..=10);
            let total = uniform(rng, 20.0, 1_000.0);
            put(out, format_args!(r#","items_count":{items},"total_amount":{total:.2}"#));
        }
        Extra::Payment | Extra::None => {}
    }
    trace_id
}

fn write_metadata(rng: &mut Rng, out: &mut Vec<u8>) {
    let [first, ..] = &CITIES;
    let city = pick(rng, &CITIES, first);
    put(
        out,
        format_args!(
            r#"}},"metadata":{{"city":"{}","country":"{}","region":"{}"}}"#,
            city.name, city.country, city.region
        ),
    );
}

fn choice(rng: &mut Rng, out: &mut Vec<u8>, key: &str, list: &[&str]) {
    let word = rng.choice(list).copied().unwrap_or_default();
    put(out, format_args!(r#","{key}":"{word}""#));
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

fn put(out: &mut Vec<u8>, arguments: std::fmt::Arguments<'_>) {
    // Writing to memory cannot fail.
    let _ = out.write_fmt(arguments);
}

/// Writes `digits` (at most 32) random hexadecimal digits.
fn hex(rng: &mut Rng, digits: usize, out: &mut Vec<u8>) {
    let mut random = rng.u128(..);
    for _ in 0..digits {
        out.push(hex_digit((random & 15) as u8));
        random >>= 4;
    }
}

/// The hexadecimal digit of the lowest four bits.
pub(crate) const fn hex_digit(nibble: u8) -> u8 {
    let nibble = nibble & 15;
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}
