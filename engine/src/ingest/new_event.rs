//! The canonical event on its way in.

use eventglass_model::{CostSource, FieldError, Loc, Severity, Status, Timestamp, Tokens};

use crate::ingest::hash::{IdHash, id_hash};
use crate::ingest::limits::Limits;
use crate::ingest::text;
use crate::store::Payload;

/// A canonical event that a door has made of what a client sent. Strings are
/// as the client wrote them; [`NewEvent::check`] holds them to their limits.
#[derive(Clone, Debug)]
#[expect(
    missing_docs,
    reason = "the fields are the canonical event's, described at eventglass_model::Event"
)]
pub struct NewEvent {
    pub event_id: String,
    pub time: Timestamp,
    pub kind: String,
    pub name: Option<String>,
    pub message: Option<String>,
    pub severity: Severity,
    pub status: Status,
    pub service: Option<String>,
    pub endpoint: Option<String>,
    pub method: Option<String>,
    pub version: Option<String>,
    pub environment: Option<String>,
    pub topic: Option<String>,
    pub user_id: Option<String>,
    pub session_id: Option<String>,
    pub request_id: Option<String>,
    pub trace_id: Option<String>,
    pub span_id: Option<String>,
    pub parent_span_id: Option<String>,
    pub duration_us: Option<i64>,
    pub status_code: Option<i64>,
    pub provider: Option<String>,
    pub model: Option<String>,
    pub tokens: Option<Tokens>,
    pub cost_nano_usd: Option<i64>,
    pub cost_source: Option<CostSource>,
    pub country: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    pub device: Option<String>,
    /// JSON text, whole.
    pub input: Option<String>,
    /// JSON text, whole.
    pub output: Option<String>,
    /// JSON object as text, whole.
    pub attributes: Option<String>,
    /// Where the event stands in the request, for naming its faults.
    pub place: Vec<Loc>,
}

impl NewEvent {
    /// An event with what every event has, and nothing else.
    #[must_use]
    pub fn new(event_id: String, time: Timestamp, kind: String) -> Self {
        Self {
            event_id,
            time,
            kind,
            name: None,
            message: None,
            severity: Severity::Info,
            status: Status::Unset,
            service: None,
            endpoint: None,
            method: None,
            version: None,
            environment: None,
            topic: None,
            user_id: None,
            session_id: None,
            request_id: None,
            trace_id: None,
            span_id: None,
            parent_span_id: None,
            duration_us: None,
            status_code: None,
            provider: None,
            model: None,
            tokens: None,
            cost_nano_usd: None,
            cost_source: None,
            country: None,
            city: None,
            region: None,
            device: None,
            input: None,
            output: None,
            attributes: None,
            place: Vec::new(),
        }
    }

    /// Every fault of the event, each at the canonical field's name in [`Self::place`].
    /// There is no limit on how old an event may be.
    #[must_use]
    pub fn check(&self, now: Timestamp, limits: &Limits) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut fault = |field: &str, msg: String| {
            let place = self.place.iter().cloned().chain([Loc::from(field)]);
            errors.push(FieldError::new(place.collect(), msg));
        };
        let latest = now.plus_micros(i64::from(limits.future_tolerance_secs) * 1_000_000);
        if self.time > latest {
            let msg = format!(
                "must not be more than {} seconds in the future",
                limits.future_tolerance_secs
            );
            fault("time", msg);
        }
        if self.event_id.is_empty() {
            fault("event_id", "must not be empty".to_owned());
        }
        if self.kind.is_empty() {
            fault("kind", "must not be empty".to_owned());
        }
        let optional = |field: &Option<String>| field.as_ref().map_or(0, |text| text.chars().count());
        let lengths = [
            ("event_id", self.event_id.chars().count(), 200),
            ("kind", self.kind.chars().count(), 100),
            ("name", optional(&self.name), 1_000),
            ("message", optional(&self.message), limits.message_chars),
            ("service", optional(&self.service), 200),
            ("endpoint", optional(&self.endpoint), 2_000),
            ("method", optional(&self.method), 50),
            ("version", optional(&self.version), 200),
            ("environment", optional(&self.environment), 200),
            ("topic", optional(&self.topic), 200),
            ("user_id", optional(&self.user_id), 200),
            ("session_id", optional(&self.session_id), 200),
            ("request_id", optional(&self.request_id), 200),
            ("trace_id", optional(&self.trace_id), 200),
            ("span_id", optional(&self.span_id), 200),
            ("parent_span_id", optional(&self.parent_span_id), 200),
            ("provider", optional(&self.provider), 200),
            ("model", optional(&self.model), 200),
            ("country", optional(&self.country), 100),
            ("city", optional(&self.city), 200),
            ("region", optional(&self.region), 100),
            ("device", optional(&self.device), 100),
        ];
        for (field, length, most) in lengths {
            if length > most {
                fault(field, format!("must have at most {most} characters, has {length}"));
            }
        }
        if self.duration_us.is_some_and(|d| d < 0) {
            fault("duration_ms", "must not be negative".to_owned());
        }
        errors
    }

    /// Makes the event ready for the writer. Runs in the request's task, so
    /// that the one writer has little left to do.
    #[must_use]
    pub(crate) fn prepare(mut self, project_id: i64, await_ack: bool) -> PendingEvent {
        let event_hash = id_hash(project_id, &self.event_id);
        let text = text::search_text(&self, project_id);
        let payload = Payload {
            input: self.input.take(),
            output: self.output.take(),
            attributes: self.attributes.take(),
        };
        PendingEvent {
            project_id,
            event_hash,
            await_ack,
            text,
            payload: payload.encode(),
            event: self,
        }
    }

    /// Roughly what the event holds in memory, in bytes.
    #[must_use]
    pub(crate) fn size(&self) -> usize {
        let long = [&self.message, &self.input, &self.output, &self.attributes];
        std::mem::size_of::<PendingEvent>()
            + long
                .iter()
                .map(|text| text.as_ref().map_or(0, String::len))
                .sum::<usize>()
            + 512
    }
}

/// An event that only waits to be written.
#[derive(Clone, Debug)]
pub struct PendingEvent {
    /// Whose it is.
    pub project_id: i64,
    /// Hash of the project and the client's id, by which duplicates are found.
    pub(crate) event_hash: IdHash,
    /// Whether to note that its acknowledgement has not left yet.
    pub(crate) await_ack: bool,
    /// The words it is found by.
    pub text: String,
    /// Input, output and attributes, as they are stored.
    pub(crate) payload: Option<Vec<u8>>,
    /// The event; input, output and attributes are taken out of it.
    pub event: NewEvent,
}
