//! One span of a trace, whole.

use eventglass_model::{Event, Severity, SpanLog, SpanScore, Timestamp, TraceSpan};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::row::SCORE;
use super::skeleton::skeleton_of;
use super::{Traces, Tree};
use crate::store::{EventKey, StoreError};

/// The most logs and scores of a span.
const MOST_SAID: usize = 1_000;

impl Traces {
    /// A span by what the skeleton calls it: its span id, or the id of its event.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn span(&self, project_id: i64, trace_id: &str, span: &str) -> Result<Option<TraceSpan>, StoreError> {
        let Some(event) = self.find(project_id, trace_id, span).await? else {
            return Ok(None);
        };
        let mut ids = vec![event.event_id.clone()];
        ids.extend(
            event
                .span_id
                .clone()
                .filter(|_| event.duration_ms.is_some() || !is_log(&event)),
        );
        let said = self
            .store
            .trace_events(project_id, trace_id, Some(&ids), MOST_SAID)
            .await?;
        let mut logs = events_within(&event);
        let mut scores = Vec::new();
        for found in said.into_iter().filter(|found| found.id != event.id) {
            if found.kind == SCORE {
                scores.push(score(found));
            } else if is_log(&found) {
                logs.push(log(found));
            }
        }
        logs.sort_by_key(|log| log.time);
        logs.truncate(MOST_SAID);
        Ok(Some(TraceSpan { event, logs, scores }))
    }

    /// The event of a span. Mostly its id tells the event's, so that nobody
    /// has to look through the trace.
    async fn find(&self, project_id: i64, trace_id: &str, span: &str) -> Result<Option<Event>, StoreError> {
        for id in [format!("{trace_id}:{span}"), span.to_owned()] {
            let found = self.store.event(project_id, &id).await?;
            let of_trace = found.filter(|event| event.trace_id.as_deref() == Some(trace_id));
            let named = |event: &Event| event.span_id.as_deref() == Some(span) || event.id == span;
            if let Some(event) = of_trace.filter(|event| named(event) || event.event_id == span) {
                return Ok(Some(event));
            }
        }
        let rows = self.rows(project_id, trace_id).await?;
        let span = span.to_owned();
        let id = super::service::in_thread(move || {
            let tree = Tree::build(&rows.rows);
            let none = vec![false; tree.len()];
            let place = skeleton_of(&rows.rows, &tree, &none).position(&span)?;
            let row = rows.rows.get(*tree.rows.get(place)? as usize)?;
            Some(EventKey(row.key).id(&row.event_hash).to_string())
        })
        .await?;
        match id {
            Some(id) => self.store.event(project_id, &id).await,
            None => Ok(None),
        }
    }
}

/// Whether it is said in a span, and is none.
fn is_log(event: &Event) -> bool {
    event.duration_ms.is_none() && !super::row::LASTING.contains(&event.kind.as_str())
}

fn log(event: Event) -> SpanLog {
    SpanLog {
        id: Some(event.id),
        time: event.time,
        kind: event.kind,
        severity: event.severity,
        name: event.name,
        message: event.message,
        attributes: event.attributes,
    }
}

/// What a score says, by the names of Langfuse and of WatchLLM's envelope.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    value: Option<Box<RawValue>>,
    comment: Option<String>,
    body: Option<Body>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    value: Option<Box<RawValue>>,
    comment: Option<String>,
}

fn score(event: Event) -> SpanScore {
    let said: Said = event
        .attributes
        .as_ref()
        .and_then(|json| serde_json::from_str(json.get()).ok())
        .unwrap_or_default();
    let body = said.body.unwrap_or_default();
    SpanScore {
        id: event.id,
        time: event.time,
        name: event.name.unwrap_or(event.kind),
        value: said.value.or(body.value),
        comment: said.comment.or(body.comment),
    }
}

/// `OpenTelemetry`'s events, which are part of their span.
#[derive(Deserialize)]
struct Attributes {
    otel: Option<Otel>,
}

#[derive(Deserialize)]
struct Otel {
    #[serde(default)]
    events: Vec<Within>,
}

#[derive(Deserialize)]
struct Within {
    time_unix_nano: u64,
    #[serde(default)]
    name: String,
    attributes: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "exception.message")]
    message: Option<String>,
    #[serde(rename = "exception.type")]
    kind: Option<String>,
}

fn events_within(event: &Event) -> Vec<SpanLog> {
    let attributes = event
        .attributes
        .as_ref()
        .and_then(|json| serde_json::from_str::<Attributes>(json.get()).ok());
    let events = attributes
        .and_then(|attributes| attributes.otel)
        .map(|otel| otel.events);
    let log = |within: Within| {
        let exception = within.attributes.as_ref().filter(|_| within.name == "exception");
        let exception = exception.and_then(|json| serde_json::from_str::<Exception>(json.get()).ok());
        let failed = exception.is_some();
        SpanLog {
            id: None,
            time: Timestamp::from_micros(i64::try_from(within.time_unix_nano / 1_000).unwrap_or(i64::MAX)),
            kind: if failed { "error" } else { "log" }.to_owned(),
            severity: if failed { Severity::Error } else { Severity::Info },
            name: Some(within.name),
            message: exception.and_then(|exception| exception.message.or(exception.kind)),
            attributes: within.attributes,
        }
    };
    events
        .unwrap_or_default()
        .into_iter()
        .take(MOST_SAID)
        .map(log)
        .collect()
}
