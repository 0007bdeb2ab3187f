//! The attributes of the event: all that was sent, as one JSON object.

use super::out::Object;
use super::shared::Shared;
use crate::doors::otlp::wire::KeyValue;

/// Names in the object that are ours. An attribute of such a name is kept
/// within `otel.attributes`.
const OURS: &[&str] = &["resource", "scope", "otel"];

/// `{...attributes, "resource": {...}, "scope": {...}, "otel": {...}}`.
pub fn json(attributes: &[KeyValue], shared: &Shared<'_>, otel: impl FnOnce(&mut Object<'_>)) -> String {
    let mut json = Vec::with_capacity(64 * attributes.len() + shared.tail.len() + 512);
    let mut object = Object::open(&mut json);
    let mut shadowed = false;
    for attribute in attributes {
        if OURS.contains(&attribute.key.as_str()) {
            shadowed = true;
        } else {
            object.attribute(attribute);
        }
    }
    object.members(&shared.tail);
    let mut inner = Object::open(object.key("otel"));
    otel(&mut inner);
    inner.some_text("schema_url", shared.schema_url);
    inner.some_text("resource_schema_url", shared.resource_schema_url);
    inner.some_number("resource_dropped_attributes_count", shared.resource_dropped.into());
    if shadowed {
        let mut kept = Object::open(inner.key("attributes"));
        let ours = attributes
            .iter()
            .filter(|attribute| OURS.contains(&attribute.key.as_str()));
        ours.for_each(|attribute| kept.attribute(attribute));
        kept.close();
    }
    inner.close();
    object.close();
    // It is made of strings, so this does not fail.
    String::from_utf8(json).unwrap_or_default()
}
