//! A stored event as PulseStream shows it.

use eventglass_model::{Event, Severity};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::doors::fields::Fields;

/// `payload` of its search and of its rows. What the client sent as `payload`
/// is `custom_data` here.
#[derive(Serialize, ToSchema)]
#[schema(as = PulseStreamPayload)]
pub(super) struct Payload {
    title: Option<String>,
    message: Option<String>,
    severity: Severity,
    source: Source,
    #[schema(value_type = Option<Value>)]
    context: Option<Box<RawValue>>,
    #[schema(value_type = Option<Value>)]
    metrics: Option<Box<RawValue>>,
    #[schema(value_type = Option<Value>)]
    error_details: Option<Box<RawValue>>,
    #[schema(value_type = Option<Value>)]
    custom_data: Option<Box<RawValue>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PulseStreamSource)]
struct Source {
    service: Option<String>,
    endpoint: Option<String>,
    method: Option<String>,
    version: Option<String>,
    environment: Option<String>,
}

impl Payload {
    pub(super) fn of(event: &Event) -> Self {
        Self {
            title: event.name.clone(),
            message: event.message.clone(),
            severity: event.severity,
            source: Source {
                service: event.service.clone(),
                endpoint: event.endpoint.clone(),
                method: event.method.clone(),
                version: event.version.clone(),
                environment: event.environment.clone(),
            },
            context: part(event, "context"),
            metrics: part(event, "metrics"),
            error_details: part(event, "error_details"),
            custom_data: part(event, "payload"),
        }
    }
}

/// A part of what the client sent, as it wrote it.
pub(super) fn part(event: &Event, name: &str) -> Option<Box<RawValue>> {
    let attributes = event.attributes.as_ref()?.get();
    let fields = Fields::open(attributes, Vec::new()).ok()?;
    fields.peek(name).map(ToOwned::to_owned)
}
