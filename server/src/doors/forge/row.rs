//! A stored event as EvalForge shows it. Source: contract 1.3, and besides
//! `tokens` and `parent_span_id`, which it stored and did not show.

use eventglass_model::{Event, Status, Timestamp, Tokens};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::doors::fields::{Fields, text_of};

/// An entry of `GET /api/projects/{id}/events`.
#[derive(Serialize, ToSchema)]
#[schema(as = EvalForgeEvent)]
pub(super) struct EventRow {
    #[serde(flatten)]
    trace: TraceRow,
    parent_span_id: Option<String>,
    name: String,
    #[schema(value_type = Value)]
    input: Box<RawValue>,
    #[schema(value_type = Value)]
    output: Box<RawValue>,
    #[schema(value_type = Value)]
    metadata: Box<RawValue>,
    tokens: TokenRow,
}

/// An entry of `GET /api/projects/{id}/traces`.
#[derive(Serialize, ToSchema)]
#[schema(as = EvalForgeTraceEvent)]
pub(super) struct TraceRow {
    /// The client's id.
    id: String,
    trace_id: String,
    span_id: String,
    operation_type: String,
    start_time: Timestamp,
    end_time: Timestamp,
    /// Whole milliseconds, cut off, as its SDKs do.
    duration_ms: i64,
    status: String,
    /// US dollars; 0 where it is not known.
    cost: f64,
    provider: String,
    model: String,
}

#[derive(Default, Serialize, ToSchema)]
#[schema(as = EvalForgeTokens)]
struct TokenRow {
    prompt: i64,
    completion: i64,
    total: i64,
}

impl TraceRow {
    pub(super) fn of(event: &Event) -> Self {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "saturates, and nothing takes 292 million years"
        )]
        let (millis, micros) = event
            .duration_ms
            .map_or((0, 0), |ms| (ms.trunc() as i64, (ms * 1_000.0).round() as i64));
        Self {
            id: event.event_id.clone(),
            trace_id: text(&event.trace_id),
            span_id: text(&event.span_id),
            operation_type: said(event, "operation_type").unwrap_or_else(|| match event.kind.as_str() {
                "llm" => "llm_call".to_owned(),
                kind => kind.to_owned(),
            }),
            start_time: event.time,
            end_time: event.time.plus_micros(micros),
            duration_ms: millis,
            status: match event.status {
                Status::Ok => "success".to_owned(),
                Status::Unset => said(event, "status").unwrap_or_else(|| event.status.to_string()),
                Status::Error | Status::Timeout => event.status.to_string(),
            },
            cost: event.cost_usd.unwrap_or_default(),
            provider: text(&event.provider),
            model: text(&event.model),
        }
    }
}

impl EventRow {
    pub(super) fn of(event: Event) -> Self {
        let trace = TraceRow::of(&event);
        // Of an event that came through another door, all that it carries.
        let metadata = attribute(&event, "metadata").or(event.attributes);
        Self {
            name: event.name.unwrap_or_else(|| trace.operation_type.clone()),
            trace,
            parent_span_id: event.parent_span_id,
            input: event.input.unwrap_or_else(empty),
            output: event.output.unwrap_or_else(empty),
            metadata: metadata.unwrap_or_else(empty),
            tokens: event.tokens.as_ref().map(tokens).unwrap_or_default(),
        }
    }
}

/// Its total is what the client said, or else the sum.
fn tokens(tokens: &Tokens) -> TokenRow {
    TokenRow {
        prompt: tokens.input_total,
        completion: tokens.output_total,
        total: match tokens.total {
            0 => tokens.input_total.saturating_add(tokens.output_total),
            total => total,
        },
    }
}

fn empty() -> Box<RawValue> {
    RawValue::from_string("{}".to_owned()).unwrap_or_default()
}

/// What the client said in a field that the canonical event has no room for.
fn said(event: &Event, name: &str) -> Option<String> {
    text_of(&attribute(event, name)?)
}

fn attribute(event: &Event, name: &str) -> Option<Box<RawValue>> {
    let fields = Fields::open(event.attributes.as_ref()?.get(), Vec::new()).ok()?;
    fields.peek(name).map(ToOwned::to_owned)
}
