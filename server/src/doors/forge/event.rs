//! From EvalForge's trace event to the canonical one. Source: contracts 1.1
//! (what its SDKs send) and 1.3 (the single form, which its own tools send).

use eventglass_engine::cost::Reported;
use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{CostSource, Loc, Severity, Status, Tokens};

use crate::doors::fields::{Fields, int_of, text_of};
use crate::doors::gate::Reading;
use crate::doors::native::{micros, nano_dollars};

/// Characters of what is taken over from `metadata`, which may hold anything.
const TAKEN_OVER: usize = 200;
/// Characters of an error's text that become the event's message.
const MESSAGE: usize = 10_000;

/// Reads an event. Ids that are missing are made; `metadata` and what is
/// unknown stay in the attributes as the client wrote them. The project is the
/// key's, whatever `project_id` says.
///
/// # Errors
/// Every fault of the item.
pub(in crate::doors) fn read(json: &str, place: Vec<Loc>, reading: Reading) -> Result<NewEvent, Refused> {
    let mut fields = Fields::open(json, place).map_err(|error| Refused {
        event_id: None,
        errors: vec![error],
    })?;
    let event_id = filled(fields.text(&["id", "event_id"]));
    let id = event_id.clone().unwrap_or_else(|| reading.new_id());
    let _ = fields.raw("project_id");
    let kind = read_kind(&mut fields);
    let start = fields.time(&["start_time", "timestamp"]);
    let end = fields.time(&["end_time"]);
    let mut event = NewEvent::new(id, start.or(end).unwrap_or(reading.now), kind);

    // What stands alone is a trace of one span: what names it is its own id.
    event.trace_id = filled(fields.text(&["trace_id"])).or_else(|| Some(event.event_id.clone()));
    event.span_id = filled(fields.text(&["span_id"])).or_else(|| Some(event.event_id.clone()));
    event.parent_span_id = filled(fields.text(&["parent_span_id"]));
    let claimed = fields.float(&["duration_ms"]).map(micros);
    let spanned = start
        .zip(end)
        .map(|(start, end)| end.micros().saturating_sub(start.micros()));
    event.duration_us = duration(claimed, spanned);
    event.provider = filled(fields.text(&["provider"]));
    event.model = filled(fields.text(&["model"]));
    event.tokens = read_tokens(&mut fields);
    set_cost(&mut event, fields.float(&["cost"]));
    read_metrics(&fields, &mut event);
    read_status(&mut fields, &mut event);
    event.name = filled(fields.text(&["name"]));
    event.message = filled(fields.text(&["message"])).or_else(|| error_text(&fields, event.status));
    event.input = fields.raw("input").map(|json| json.get().to_owned());
    event.output = fields.raw("output").map(|json| json.get().to_owned());
    read_metadata(&fields, &mut event);
    event.attributes = fields.rest();
    fields.finish(event, event_id)
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// The kind that an `operation_type` (in the single form: `type`) is here. A
/// word that cannot be told from its kind again stays in the attributes.
fn read_kind(fields: &mut Fields<'_>) -> String {
    let word = fields.peek("operation_type").or_else(|| fields.peek("type"));
    let word = word.and_then(text_of).unwrap_or_default();
    let kind = match word.as_str() {
        "" => "span",
        "llm_call" => "llm",
        other if other.starts_with("tool") => "tool_call",
        other => other,
    };
    if kind != "tool_call" || kind == word {
        let _ = fields.text(&["operation_type", "type"]);
    }
    kind.to_owned()
}

/// Its SDKs cut the milliseconds off: where the two times agree with what they
/// say, the times are the more exact. Less than nothing is no duration.
fn duration(claimed: Option<i64>, spanned: Option<i64>) -> Option<i64> {
    let micros = match (claimed, spanned) {
        (Some(claimed), Some(spanned)) if claimed.abs_diff(spanned) < 1_000 => spanned,
        (claimed, spanned) => claimed.or(spanned)?,
    };
    (micros >= 0).then_some(micros)
}

/// `{"prompt", "completion", "total"}`. A total that is not their sum is
/// theirs to know; all zeros are its SDKs' word for "none".
fn read_tokens(fields: &mut Fields<'_>) -> Option<Tokens> {
    let mut inner = Fields::open(fields.peek("tokens")?.get(), Vec::new()).ok()?;
    let mut count = |name: &str| inner.raw(name).map_or(Some(0), int_of).map(|n| n.max(0));
    let (input, output, total) = (count("prompt")?, count("completion")?, count("total")?);
    if inner.rest().is_none() {
        let _ = fields.raw("tokens");
    }
    let reported = Reported {
        // Zeros beside a total are its SDKs' word for "not known".
        input: Some(input).filter(|_| input > 0 || output > 0),
        output: Some(output).filter(|_| input > 0 || output > 0),
        total: Some(total),
        ..Reported::default()
    };
    (input > 0 || output > 0 || total > 0).then(|| reported.settle())
}

/// Its SDKs send 0 for "not known".
fn set_cost(event: &mut NewEvent, dollars: Option<f64>) {
    if let Some(dollars) = dollars.filter(|dollars| *dollars > 0.0) {
        event.cost_nano_usd = Some(nano_dollars(dollars));
        event.cost_source = Some(CostSource::Client);
    }
}

/// The single form's `metrics`: `{"latency_ms", "tokens_used", "cost"}`.
fn read_metrics(fields: &Fields<'_>, event: &mut NewEvent) {
    let Some(Ok(metrics)) = fields.peek("metrics").map(|json| Fields::open(json.get(), Vec::new())) else {
        return;
    };
    let number = |name: &str| {
        let number: Option<f64> = metrics.peek(name)?.get().trim_matches('"').parse().ok();
        number.filter(|number| number.is_finite() && *number >= 0.0)
    };
    if event.duration_us.is_none() {
        event.duration_us = number("latency_ms").map(micros);
    }
    if event.tokens.is_none() {
        let total = metrics.peek("tokens_used").and_then(int_of).filter(|total| *total > 0);
        let reported = |total| Reported {
            total: Some(total),
            ..Reported::default()
        };
        event.tokens = total.map(|total| reported(total).settle());
    }
    if event.cost_nano_usd.is_none() {
        set_cost(event, number("cost"));
    }
}

/// None given is success, as there. A word that is not one of ours stays in
/// the attributes.
fn read_status(fields: &mut Fields<'_>, event: &mut NewEvent) {
    let word = fields.peek("status").and_then(text_of);
    let status = match word.as_deref() {
        None if fields.peek("status").is_some() => None,
        None | Some("") => Some(Status::Ok),
        Some(word) => Status::parse(word).ok(),
    };
    if status.is_some() {
        let _ = fields.raw("status");
    }
    event.status = status.unwrap_or(Status::Unset);
    event.severity = match event.status {
        Status::Error | Status::Timeout => Severity::Error,
        Status::Unset | Status::Ok => Severity::Info,
    };
}

/// Its decorators put what was raised into `output.error`.
fn error_text(fields: &Fields<'_>, status: Status) -> Option<String> {
    if !matches!(status, Status::Error | Status::Timeout) {
        return None;
    }
    let output = Fields::open(fields.peek("output")?.get(), Vec::new()).ok()?;
    let text = filled(output.peek("error").and_then(text_of))?;
    Some(text.chars().take(MESSAGE).collect())
}

fn read_metadata(fields: &Fields<'_>, event: &mut NewEvent) {
    let Some(Ok(metadata)) = fields.peek("metadata").map(|json| Fields::open(json.get(), Vec::new())) else {
        return;
    };
    let short = |name: &str| {
        let text = filled(metadata.peek(name).and_then(text_of));
        text.filter(|text| text.chars().count() <= TAKEN_OVER)
    };
    event.name = event.name.take().or_else(|| short("function"));
    event.user_id = short("user_id");
    event.session_id = short("session_id");
    event.request_id = short("request_id");
    event.service = short("service");
    event.environment = short("environment");
}

#[cfg(test)]
mod tests {
    use eventglass_model::{Timestamp, loc};
    use proptest::prelude::*;

    use super::*;

    fn event(json: &str) -> Result<NewEvent, Refused> {
        read(json, loc!["body"], Reading::alone(Timestamp::from_micros(1)))
    }

    #[test]
    fn operations_become_kinds() {
        for (word, kind, kept) in [
            ("llm_call", "llm", false),
            ("embedding", "embedding", false),
            ("tool_call", "tool_call", false),
            ("tool_use", "tool_call", true),
            ("retrieval", "retrieval", false),
            ("my.step", "my.step", false),
            ("", "span", false),
        ] {
            let event = event(&format!(r#"{{"operation_type":"{word}"}}"#)).unwrap();
            assert_eq!(
                (event.kind.as_str(), event.attributes.is_some()),
                (kind, kept),
                "{word}"
            );
        }
        assert_eq!(event("{}").unwrap().kind, "span");
        assert!(event(r#"{"operation_type":[]}"#).is_err());
    }

    #[test]
    fn the_more_exact_duration_wins() {
        assert_eq!(duration(Some(1_000), Some(1_742)), Some(1_742));
        assert_eq!(
            duration(Some(5_000_000), Some(0)),
            Some(5_000_000),
            "the client knows better"
        );
        assert_eq!(duration(None, Some(7)), Some(7));
        assert_eq!(duration(None, Some(-7)), None);
        assert_eq!(duration(Some(-1_000), None), None);
    }

    #[test]
    fn tokens_need_not_add_up() {
        let tokens = |json: &str| {
            let event = event(&format!(r#"{{"tokens":{json}}}"#)).unwrap();
            (
                event.tokens.map(|t| (t.input_total, t.output_total, t.total)),
                event.attributes,
            )
        };
        assert_eq!(
            tokens(r#"{"prompt":5,"completion":3,"total":12}"#),
            (Some((5, 3, 12)), None)
        );
        assert_eq!(tokens(r#"{"prompt":0,"completion":0,"total":0}"#), (None, None));
        assert_eq!(
            tokens("7"),
            (None, Some(r#"{"tokens":7}"#.into())),
            "kept, not understood"
        );
        assert_eq!(
            tokens(r#"{"prompt":5,"cached":3}"#),
            (Some((5, 0, 0)), Some(r#"{"tokens":{"prompt":5,"cached":3}}"#.into()))
        );
    }

    #[test]
    fn the_single_form() {
        let event = event(
            r#"{"type":"llm_call","name":"ask","metrics":{"latency_ms":12.5,"tokens_used":9,"cost":0.25},"status":"queued"}"#,
        )
        .unwrap();
        assert_eq!(
            (event.duration_us, event.cost_nano_usd),
            (Some(12_500), Some(250_000_000))
        );
        assert_eq!(event.tokens.map(|tokens| tokens.total), Some(9));
        assert_eq!((event.name.as_deref(), event.status), (Some("ask"), Status::Unset));
        assert!(event.attributes.unwrap().contains("queued"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}", noise in any::<Vec<u8>>()) {
            let noise = String::from_utf8_lossy(&noise).into_owned();
            let quoted = serde_json::to_string(&noise).unwrap();
            let names = [
                "id", "operation_type", "start_time", "end_time", "duration_ms", "tokens", "cost", "metrics", "status",
                "input", "output", "metadata", "model",
            ];
            let object = |value: &str| {
                let fields: Vec<String> = names.iter().map(|name| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", fields.join(","))
            };
            for json in [text.clone(), noise, object(&quoted), object(&text), object(&object(&quoted))] {
                if let Ok(event) = event(&json) {
                    for kept in [event.input, event.output, event.attributes].into_iter().flatten() {
                        prop_assert!(serde_json::from_str::<&serde_json::value::RawValue>(&kept).is_ok());
                    }
                }
            }
        }
    }
}
