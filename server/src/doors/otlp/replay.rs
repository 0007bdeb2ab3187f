//! Refused items, as they are kept and read again.

use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{FieldError, loc};
use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::encoding::Encoding;
use super::map::{Repeats, Shared};
use super::read::{Place, event, names};
use super::wire::{ExportRequest, JsonRequest, LogRecord, Signal, Span, base64};
use crate::doors::gate::Reading;

/// One item alone, with its resource and scope, as a JSON request that can be
/// sent again. What cannot be read is kept as it came, in base64.
pub(super) fn alone(request: &ExportRequest, encoding: Encoding, signal: Signal, place: Place) -> Option<String> {
    let resource = request.resources.get(place.0)?;
    let scope = resource.scopes.get(place.1)?;
    let item = scope.items.get(place.2)?;
    let names = names(signal);
    let item = match (encoding, signal) {
        (Encoding::Json, _) => String::from_utf8(item.to_vec()).ok(),
        (Encoding::Protobuf, Signal::Logs) => json_of::<LogRecord>(item),
        (Encoding::Protobuf, Signal::Traces | Signal::Metrics) => json_of::<Span>(item),
    };
    let Some(item) = item else {
        let raw = scope.items.get(place.2)?;
        return Some(format!("{{\"protobuf\":\"{}\"}}", base64(raw)));
    };
    let part = |name: &str, json: String| format!("\"{name}\":{json},");
    let optional = |name, json: Option<String>| json.map_or_else(String::new, |json| part(name, json));
    let url = |url: &String| (!url.is_empty()).then(|| text(url)).flatten();
    Some(format!(
        "{{\"{}\":[{{{}{}\"{}\":[{{{}{}\"{}\":[{item}]}}]}}]}}",
        names.resources,
        optional("resource", resource.resource.as_ref().and_then(text)),
        optional("schemaUrl", url(&resource.schema_url)),
        names.scopes,
        optional("scope", scope.scope.as_ref().and_then(text)),
        optional("schemaUrl", url(&scope.schema_url)),
        names.items,
    ))
}

fn text<T: Serialize>(value: &T) -> Option<String> {
    serde_json::to_string(value).ok()
}

fn json_of<T: Message + Default + DeserializeOwned + Serialize>(item: &prost::bytes::Bytes) -> Option<String> {
    text(&Encoding::Protobuf.decode::<T>(item.clone()).ok()?)
}

/// Reads what [`alone`] has made.
///
/// # Errors
/// What is wrong with the item, or that there is none.
pub(in crate::doors) fn reread(json: &str, reading: Reading) -> Result<NewEvent, Refused> {
    let nothing = || Refused {
        event_id: None,
        errors: vec![FieldError::new(loc!["body"], "there is no span or log record in it")],
    };
    let request: JsonRequest = serde_json::from_str(json).map_err(|_| nothing())?;
    let (resources, signal) = match (request.traces, request.logs) {
        (Some(resources), _) => (resources, Signal::Traces),
        (None, Some(resources)) => (resources, Signal::Logs),
        (None, None) => return Err(nothing()),
    };
    let resource = resources.first().ok_or_else(nothing)?;
    let scope = resource.scopes.first().ok_or_else(nothing)?;
    let item = scope.items.first().ok_or_else(nothing)?;
    let attributes = Shared::resource(resource);
    let shared = Shared::new(resource, &attributes, scope);
    let names = names(signal);
    let place = loc![names.resources, 0, names.scopes, 0, names.items, 0];
    let mut repeats = Repeats::default();
    event(item, Encoding::Json, signal, &shared, place, reading.now, &mut repeats)
}
