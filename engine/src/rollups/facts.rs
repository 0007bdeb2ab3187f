//! What of an event is counted.

use eventglass_model::{CostSource, Dimension, Severity, Status, Timestamp, Tokens};

use crate::ingest::NewEvent;

/// What of an event is counted, and as what. The same for an event on its way
/// in and for one that is stored.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the fields are the canonical event's")]
pub struct Facts<'a> {
    pub time: Timestamp,
    pub kind: &'a str,
    pub name: Option<&'a str>,
    pub severity: Severity,
    pub status: Status,
    pub service: Option<&'a str>,
    pub endpoint: Option<&'a str>,
    pub version: Option<&'a str>,
    pub environment: Option<&'a str>,
    pub user_id: Option<&'a str>,
    pub session_id: Option<&'a str>,
    pub provider: Option<&'a str>,
    pub model: Option<&'a str>,
    pub country: Option<&'a str>,
    pub city: Option<&'a str>,
    pub duration_us: Option<i64>,
    pub status_code: Option<i64>,
    /// Input and output, as [`tokens_of`] takes them.
    pub tokens: Option<TokenCounts>,
    pub cost_nano_usd: Option<i64>,
    pub cost_source: Option<CostSource>,
}

/// Tokens of a model call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenCounts {
    /// All input.
    pub input: i64,
    /// All output.
    pub output: i64,
    /// Both; or what the client gave, where it gave only that.
    pub all: i64,
}

/// The counts of an event's tokens.
#[must_use]
pub const fn tokens_of(tokens: &Tokens) -> TokenCounts {
    let (input, output) = (tokens.input_total, tokens.output_total);
    let sum = input.saturating_add(output);
    TokenCounts {
        input,
        output,
        all: if sum == 0 { tokens.total } else { sum },
    }
}

impl<'a> From<&'a NewEvent> for Facts<'a> {
    fn from(event: &'a NewEvent) -> Self {
        Self {
            time: event.time,
            kind: &event.kind,
            name: event.name.as_deref(),
            severity: event.severity,
            status: event.status,
            service: event.service.as_deref(),
            endpoint: event.endpoint.as_deref(),
            version: event.version.as_deref(),
            environment: event.environment.as_deref(),
            user_id: event.user_id.as_deref(),
            session_id: event.session_id.as_deref(),
            provider: event.provider.as_deref(),
            model: event.model.as_deref(),
            country: event.country.as_deref(),
            city: event.city.as_deref(),
            duration_us: event.duration_us,
            status_code: event.status_code,
            tokens: event.tokens.as_ref().map(tokens_of),
            cost_nano_usd: event.cost_nano_usd,
            cost_source: event.cost_source,
        }
    }
}

impl<'a> Facts<'a> {
    /// The value of a dimension that is a text.
    #[must_use]
    pub const fn text(&self, dimension: Dimension) -> Option<&'a str> {
        match dimension {
            Dimension::Service => self.service,
            Dimension::Endpoint => self.endpoint,
            Dimension::Kind => Some(self.kind),
            Dimension::Environment => self.environment,
            Dimension::Provider => self.provider,
            Dimension::Model => self.model,
            Dimension::Version => self.version,
            Dimension::Country => self.country,
            Dimension::City => self.city,
            Dimension::UserId => self.user_id,
            Dimension::SessionId => self.session_id,
            Dimension::Name => self.name,
            Dimension::Severity => Some(self.severity.as_str()),
            Dimension::Status => Some(self.status.as_str()),
            // A number, and what is not counted.
            Dimension::StatusCode | Dimension::Region | Dimension::Device | Dimension::Topic => None,
        }
    }
}
