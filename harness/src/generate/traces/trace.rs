//! Makes the events of one trace.

use eventglass_model::Timestamp;
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// The events of a trace so far, and the moment it has reached.
pub(super) struct TraceMaker<'a> {
    pub(super) rng: &'a mut Rng,
    /// In microseconds.
    pub(super) now: i64,
    start: i64,
    pub(super) trace_id: String,
    /// Who answers.
    pub(super) service: &'static str,
    user: String,
    session: String,
    events: Vec<Value>,
    spans: usize,
}

/// A span that has begun.
pub(super) struct Open {
    pub(super) id: String,
    start: i64,
}

impl<'a> TraceMaker<'a> {
    pub(super) fn new(rng: &'a mut Rng, start: i64, user: &str, session: &str) -> Self {
        let trace_id = format!("{:032x}", rng.u128(..));
        Self {
            rng,
            now: start,
            start,
            trace_id,
            service: "support-agent",
            user: user.to_owned(),
            session: session.to_owned(),
            events: Vec::new(),
            spans: 0,
        }
    }

    /// How many spans there are.
    pub(super) const fn spans(&self) -> usize {
        self.spans
    }

    /// A new span id.
    pub(super) fn id(&mut self) -> String {
        format!("{:016x}", self.rng.u64(1..))
    }

    /// Time passes: so many milliseconds, more or less.
    pub(super) fn pass(&mut self, ms: u32) {
        let micros = i64::from(ms) * 1_000;
        self.now += self.rng.i64(micros / 2..=micros.max(1) * 3 / 2);
    }

    /// Begins a span.
    pub(super) fn open(&mut self) -> Open {
        let id = self.id();
        Open { id, start: self.now }
    }

    /// Ends a span now. `rest` are further fields of its event.
    pub(super) fn close(&mut self, open: Open, parent: Option<&str>, kind: &str, name: &str, rest: Value) -> String {
        let duration = (self.now - open.start) as f64 / 1_000.0;
        let mut fields = Map::new();
        fields.insert("duration_ms".to_owned(), json!(duration));
        if let Value::Object(rest) = rest {
            fields.extend(rest);
        }
        self.spans += 1;
        self.event(&open.id, parent, kind, name, open.start, fields);
        // Time that nobody accounts for.
        self.now += self.rng.i64(20..800);
        open.id
    }

    /// Something said in a span.
    pub(super) fn log(&mut self, span: &str, severity: &str, message: &str) {
        let number = self.events.len();
        self.events.push(json!({
            "event_id": format!("{}:{span}:log:{number}", self.trace_id),
            "kind": if severity == "error" { "error" } else { "log" },
            "time": self.now,
            "severity": severity,
            "message": message,
            "service": self.service,
            "environment": "production",
            "trace_id": self.trace_id,
            "span_id": span,
        }));
    }

    /// Somebody's opinion of a span.
    pub(super) fn score(&mut self, span: &str, name: &str, value: &Value, comment: &str) {
        let id = format!("score:{:016x}", self.rng.u64(..));
        self.events.push(json!({
            "event_id": id,
            "kind": "eval_metric",
            "name": name,
            "time": self.now,
            "message": format!("{name}: {value} ({comment})"),
            "trace_id": self.trace_id,
            "span_id": id,
            "parent_span_id": span,
            "attributes": { "value": value, "comment": comment, "source": "EVAL" },
        }));
    }

    /// An event of any shape, whenever.
    pub(super) fn event(
        &mut self,
        id: &str,
        parent: Option<&str>,
        kind: &str,
        name: &str,
        start: i64,
        rest: Map<String, Value>,
    ) {
        let mut event = json!({
            "event_id": format!("{}:{id}", self.trace_id),
            "kind": kind,
            "name": name,
            "time": start,
            "service": self.service,
            "environment": "production",
            "trace_id": self.trace_id,
            "span_id": id,
            "user_id": self.user,
            "session_id": self.session,
        });
        if let Value::Object(event) = &mut event {
            if let Some(parent) = parent {
                event.insert("parent_span_id".to_owned(), json!(parent));
            }
            event.entry("status").or_insert(json!("ok"));
            event.extend(rest);
        }
        self.events.push(event);
    }

    /// All of it, moved so that it is over when it was to begin: however long
    /// it takes, nothing of it lies in the future.
    pub(super) fn finish(mut self) -> Vec<Value> {
        let took = self.now - self.start;
        for event in &mut self.events {
            if let Some(time) = event.get_mut("time") {
                let micros = time.as_i64().unwrap_or(self.start);
                *time = json!(Timestamp::from_micros(micros - took).to_string());
            }
        }
        self.events
    }
}
