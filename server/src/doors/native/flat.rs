//! The native event: an object with the canonical fields, and whatever else
//! the client has to say.

use eventglass_engine::cost::{Dialect, of_map};
use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{CostSource, Severity, Status, Tokens};

use serde_json::{Map, Value};

use crate::doors::fields::Fields;
use crate::doors::gate::Reading;

/// Reads an event. Only `kind` must be there. A field of another name is kept
/// in the attributes, beside those that the client gave as `attributes`.
///
/// # Errors
/// Every fault of the item.
pub(super) fn read(mut fields: Fields<'_>, reading: Reading) -> Result<NewEvent, Refused> {
    let event_id = fields.text(&["event_id", "id"]);
    let kind = fields.text(&["kind", "type", "event_type"]);
    if kind.is_none() && fields.errors.is_empty() {
        fields.fault("kind", "field required");
    }
    let time = fields.time(&["time", "timestamp"]).unwrap_or(reading.now);
    let id = event_id.clone().unwrap_or_else(|| reading.new_id());
    let mut event = NewEvent::new(id, time, kind.unwrap_or_default());
    event.name = fields.text(&["name", "title"]);
    event.message = fields.text(&["message"]);
    let severity = fields.word(&["severity", "level"], Severity::parse);
    event.status = fields.word(&["status"], Status::parse).unwrap_or(Status::Unset);
    event.service = fields.text(&["service"]);
    event.endpoint = fields.text(&["endpoint"]);
    event.method = fields.text(&["method"]);
    event.version = fields.text(&["version"]);
    event.environment = fields.text(&["environment"]);
    event.topic = fields.text(&["topic"]);
    event.user_id = fields.text(&["user_id"]);
    event.session_id = fields.text(&["session_id"]);
    event.request_id = fields.text(&["request_id"]);
    event.trace_id = fields.text(&["trace_id"]);
    event.span_id = fields.text(&["span_id"]);
    event.parent_span_id = fields.text(&["parent_span_id"]);
    event.duration_us = fields.float(&["duration_ms"]).map(micros);
    event.status_code = fields.int(&["status_code"]);
    event.provider = fields.text(&["provider"]);
    event.model = fields.text(&["model"]);
    event.tokens = tokens(&mut fields);
    if let Some(cost) = fields.float(&["cost_usd", "cost"]) {
        event.cost_nano_usd = Some(nano_dollars(cost));
        event.cost_source = Some(CostSource::Client);
    }
    event.country = fields.text(&["country"]);
    event.city = fields.text(&["city"]);
    event.region = fields.text(&["region"]);
    event.device = fields.text(&["device"]);
    event.input = fields.raw("input").map(|json| json.get().to_owned());
    event.output = fields.raw("output").map(|json| json.get().to_owned());
    event.severity = severity.unwrap_or(match event.status {
        Status::Error | Status::Timeout => Severity::Error,
        Status::Unset | Status::Ok => Severity::Info,
    });
    event.attributes = attributes(&mut fields);
    fields.finish(event, event_id)
}

/// `attributes` alone as it stands; together with other fields as one object.
fn attributes(fields: &mut Fields<'_>) -> Option<String> {
    let given = fields.raw("attributes");
    if let Some(given) = given
        && !given.get().starts_with('{')
    {
        fields.fault("attributes", "must be an object");
        return None;
    }
    match (given.map(|json| json.get()), fields.rest()) {
        (None, rest) => rest,
        (Some(given), None) => Some(given.to_owned()),
        (Some(given), Some(rest)) => Some(merge(given, &rest)),
    }
}

/// Two objects as one text: `{a}` and `{b}` become `{a,b}`.
fn merge(first: &str, second: &str) -> String {
    let body = first
        .trim()
        .strip_prefix('{')
        .and_then(|body| body.strip_suffix('}'))
        .unwrap_or("")
        .trim();
    let rest = second.strip_prefix('{').unwrap_or(second);
    if body.is_empty() {
        second.to_owned()
    } else {
        format!("{{{body},{rest}")
    }
}

/// `{"input": 10, "output": 5}`, with parts that are within them, or the usage
/// object of a provider's API as it stands.
fn tokens(fields: &mut Fields<'_>) -> Option<Tokens> {
    let raw = fields.raw("tokens")?;
    let Ok(map) = serde_json::from_str::<Map<String, Value>>(raw.get()) else {
        fields.fault("tokens", "must be an object");
        return None;
    };
    let is_count = |value: &Value| {
        let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        number.is_some_and(|number: f64| number.fract() == 0.0)
    };
    for (name, value) in &map {
        let counts = !matches!(value, Value::Object(_) | Value::Array(_) | Value::Null);
        if counts && name != "service_tier" && !is_count(value) {
            fields.fault_within("tokens", name, "must be a whole number");
        }
    }
    of_map(&map, Dialect::Native)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "saturates, and nothing takes 292,000 years"
)]
pub(in crate::doors) fn micros(millis: f64) -> i64 {
    (millis * 1_000.0).round() as i64
}

#[expect(clippy::cast_possible_truncation, reason = "saturates at nine billion dollars")]
pub(in crate::doors) fn nano_dollars(dollars: f64) -> i64 {
    (dollars * 1e9).round() as i64
}

#[cfg(test)]
mod tests {
    use eventglass_model::{Timestamp, loc};

    use super::*;

    fn event(json: &str) -> Result<NewEvent, Refused> {
        read(
            Fields::open(json, loc!["body"]).unwrap(),
            Reading::alone(Timestamp::from_micros(1)),
        )
    }

    #[test]
    fn what_is_not_canonical_is_an_attribute() {
        let event =
            event(r#"{"kind":"cart.add","attributes":{"n": 1.50},"sku":"A7","duration_ms":12.5,"status":"failed"}"#)
                .unwrap();
        assert_eq!(event.attributes.as_deref(), Some(r#"{"n": 1.50,"sku":"A7"}"#));
        assert_eq!(event.duration_us, Some(12_500));
        assert_eq!((event.status, event.severity), (Status::Error, Severity::Error));
        assert_eq!(event.time, Timestamp::from_micros(1));
        assert!(!event.event_id.is_empty());
    }

    #[test]
    fn empty_attributes_merge() {
        assert_eq!(
            event(r#"{"kind":"a","attributes":{ },"b":1}"#)
                .unwrap()
                .attributes
                .as_deref(),
            Some(r#"{"b":1}"#)
        );
        assert_eq!(
            event(r#"{"kind":"a","attributes":{"c":{}},"b":1}"#)
                .unwrap()
                .attributes
                .as_deref(),
            Some(r#"{"c":{},"b":1}"#)
        );
    }

    #[test]
    fn names_every_fault() {
        let refused =
            event(r#"{"event_id":"e1","severity":"loud","duration_ms":"fast","attributes":[1]}"#).unwrap_err();
        assert_eq!(refused.event_id.as_deref(), Some("e1"));
        let places: Vec<String> = refused
            .errors
            .iter()
            .map(|e| serde_json::to_string(&e.loc).unwrap())
            .collect();
        assert_eq!(
            places,
            [
                r#"["body","kind"]"#,
                r#"["body","severity"]"#,
                r#"["body","duration_ms"]"#,
                r#"["body","attributes"]"#
            ]
        );
    }
}
