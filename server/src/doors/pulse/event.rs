//! From PulseStream's event to the canonical one. Source: `EventCreate` in
//! that system's `schemas/events.py`; the limits are its limits.

use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{Severity, Status};

use super::loose_text;
use crate::doors::fields::{Fields, int_of, text_of};
use crate::doors::gate::Reading;

/// `event_type` is one of these.
pub(super) const TYPES: &[&str] = &["api_call", "user_action", "system_event", "error_event", "custom_event"];
/// `severity` is one of these.
pub(super) const SEVERITIES: &[&str] = &["info", "warning", "error", "critical"];

/// Reads an event. `context`, `metrics`, `error_details`, `payload`,
/// `metadata` and what is unknown stay in the attributes as the client wrote them.
///
/// # Errors
/// Every fault of the item, with PulseStream's names.
pub(super) fn read(mut fields: Fields<'_>, reading: Reading) -> Result<NewEvent, Refused> {
    let event_id = fields.text(&["event_id"]);
    check_length(&mut fields, "event_id", event_id.as_ref(), 0, 100);
    let kind = required(&mut fields, "event_type");
    if let Some(kind) = &kind
        && !TYPES.contains(&kind.as_str())
    {
        fields.fault("event_type", format!("Input should be one of: {}", TYPES.join(", ")));
    }
    let title = required(&mut fields, "title");
    check_length(&mut fields, "title", title.as_ref(), 1, 200);
    let message = fields.text(&["message"]);
    check_length(&mut fields, "message", message.as_ref(), 0, 2_000);
    let severity = fields.word(&["severity"], |word| {
        let known = SEVERITIES.contains(&word.to_ascii_lowercase().as_str());
        Severity::parse(word)
            .ok()
            .filter(|_| known)
            .ok_or(format!("Input should be one of: {}", SEVERITIES.join(", ")))
    });
    let time = fields.time(&["timestamp"]).unwrap_or(reading.now);

    let id = event_id.clone().unwrap_or_else(|| reading.new_id());
    let mut event = NewEvent::new(id, time, kind.unwrap_or_default());
    event.name = title;
    event.message = message;
    read_source(&mut fields, &mut event);
    read_metrics(&mut fields, &mut event);
    read_context(&mut fields, &mut event);
    read_error(&mut fields);
    read_free_form(&fields, &mut event);
    event.severity = severity.unwrap_or(Severity::Info);
    event.status = match event.status_code {
        Some(400..) => Status::Error,
        None if event.severity >= Severity::Error => Status::Error,
        Some(_) => Status::Ok,
        None => Status::Unset,
    };
    event.attributes = fields.rest();
    fields.finish(event, event_id)
}

/// `source` is required, and three of its fields are.
fn read_source(fields: &mut Fields<'_>, event: &mut NewEvent) {
    if fields.peek("source").is_none() {
        fields.fault("source", "field required");
        return;
    }
    let Some(mut source) = fields.object("source") else {
        return;
    };
    event.service = required(&mut source, "service");
    event.endpoint = required(&mut source, "endpoint");
    event.method = required(&mut source, "method");
    event.version = source.text(&["version"]);
    event.environment = source.text(&["environment"]);
    let lengths = [
        ("service", &event.service, 1, 100),
        ("endpoint", &event.endpoint, 1, 500),
        ("method", &event.method, 1, 10),
        ("version", &event.version, 0, 20),
        ("environment", &event.environment, 0, 50),
    ];
    for (name, text, least, most) in lengths {
        check_length(&mut source, name, text.as_ref(), least, most);
    }
    // All of it has a column, unless the client put more there.
    if source.errors.is_empty() && source.rest().is_none() {
        let _ = fields.raw("source");
    }
    fields.absorb(source);
}

fn read_metrics(fields: &mut Fields<'_>, event: &mut NewEvent) {
    let Some(mut metrics) = fields.object("metrics") else {
        return;
    };
    for name in ["response_time_ms", "status_code"] {
        if metrics.peek(name).is_none() {
            metrics.fault(name, "field required");
        }
    }
    let millis = metrics.float(&["response_time_ms"]);
    if millis.is_some_and(|ms| ms < 0.0) {
        metrics.fault("response_time_ms", "Input should be greater than or equal to 0");
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "saturates, and nothing takes 292,000 years"
    )]
    let micros = millis.map(|ms| (ms * 1_000.0).round() as i64);
    event.duration_us = micros;
    event.status_code = metrics.int(&["status_code"]);
    if event.status_code.is_some_and(|code| !(100..=599).contains(&code)) {
        metrics.fault("status_code", "Input should be from 100 to 599");
    }
    for name in ["request_size_bytes", "response_size_bytes"] {
        if metrics
            .peek(name)
            .is_some_and(|size| int_of(size).is_none_or(|size| size < 0))
        {
            metrics.fault(name, "Input should be a whole number, 0 or more");
        }
    }
    fields.absorb(metrics);
}

fn read_context(fields: &mut Fields<'_>, event: &mut NewEvent) {
    let Some(mut context) = fields.object("context") else {
        return;
    };
    event.user_id = context.text(&["user_id"]);
    event.session_id = context.text(&["session_id"]);
    event.request_id = context.text(&["request_id"]);
    let user_agent = context.text(&["user_agent"]);
    check_length(&mut context, "user_agent", user_agent.as_ref(), 0, 500);
    if let Some(tags) = context.object("tags") {
        event.device = loose_text(&tags, &["device", "device_type"]);
        read_place(&tags, event);
        context.absorb(tags);
    }
    fields.absorb(context);
}

fn read_error(fields: &mut Fields<'_>) {
    let Some(mut error) = fields.object("error_details") else {
        return;
    };
    for (name, most) in [("error_message", 1_000), ("error_type", 100), ("error_code", 100)] {
        let text = error.peek(name).and_then(text_of);
        check_length(&mut error, name, text.as_ref(), 0, most);
    }
    fields.absorb(error);
}

/// What `payload` and `metadata`, which may hold anything, usually hold.
fn read_free_form(fields: &Fields<'_>, event: &mut NewEvent) {
    for name in ["payload", "metadata"] {
        // Not an object: kept, not understood.
        let Some(Ok(inner)) = fields.peek(name).map(|json| Fields::open(json.get(), Vec::new())) else {
            continue;
        };
        event.trace_id = event.trace_id.take().or_else(|| loose_text(&inner, &["trace_id"]));
        event.span_id = event.span_id.take().or_else(|| loose_text(&inner, &["span_id"]));
        event.device = event.device.take().or_else(|| loose_text(&inner, &["device_type"]));
        read_place(&inner, event);
    }
}

fn read_place(fields: &Fields<'_>, event: &mut NewEvent) {
    event.country = event
        .country
        .take()
        .or_else(|| loose_text(fields, &["country", "geo_country"]));
    event.city = event.city.take().or_else(|| loose_text(fields, &["city", "geo_city"]));
    event.region = event.region.take().or_else(|| loose_text(fields, &["region"]));
}

fn required(fields: &mut Fields<'_>, name: &'static str) -> Option<String> {
    if fields.peek(name).is_none() {
        fields.fault(name, "field required");
    }
    fields.text(&[name])
}

fn check_length(fields: &mut Fields<'_>, name: &str, text: Option<&String>, least: usize, most: usize) {
    let length = text.map_or(least, |text| text.chars().count());
    if length < least {
        fields.fault(name, format!("String should have at least {least} character"));
    } else if length > most {
        fields.fault(name, format!("String should have at most {most} characters"));
    }
}

#[cfg(test)]
mod tests {
    use eventglass_model::{Timestamp, loc};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}", noise in any::<Vec<u8>>()) {
            let noise = String::from_utf8_lossy(&noise).into_owned();
            let quoted = serde_json::to_string(&noise).unwrap();
            let object = |value: &str| {
                let fields = [
                    "event_id", "title", "message", "severity", "timestamp", "source", "service", "endpoint", "method",
                    "metrics", "response_time_ms", "status_code", "context", "user_agent", "tags", "error_details",
                    "error_message", "payload", "metadata", "city",
                ]
                .map(|name| format!("\"{name}\":{value}"))
                .join(",");
                format!("{{\"event_type\":\"api_call\",{fields}}}")
            };
            for json in [text.clone(), noise, object(&text), object(&quoted), object(&object(&quoted))] {
                let Ok(fields) = Fields::open(&json, loc!["body"]) else { continue };
                let _ = read(fields, Reading::alone(Timestamp::from_micros(1)));
            }
        }
    }
}
