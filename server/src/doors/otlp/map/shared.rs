//! What all items of a scope share, worked out once.

use super::out::Object;
use super::slots::Slots;
use crate::doors::otlp::wire::{Resource, ResourceItems, Scope, ScopeItems};

/// A scope in its resource.
pub struct Shared<'a> {
    /// The resource's attributes.
    pub resource: &'a Slots<'a>,
    /// `"resource":{...},"scope":{...}`, for the attributes of every item.
    pub tail: Vec<u8>,
    /// The schema of the items' attributes.
    pub schema_url: &'a str,
}

impl<'a> Shared<'a> {
    /// The attributes of a resource, to be looked up.
    pub fn resource(items: &'a ResourceItems) -> Slots<'a> {
        Slots::new(items.resource.as_ref().map_or(&[], |resource| &resource.attributes), None)
    }

    /// See the type.
    pub fn new(items: &'a ResourceItems, resource: &'a Slots<'a>, scope: &'a ScopeItems) -> Self {
        let mut tail = Vec::with_capacity(512);
        let mut object = Object::open(&mut tail);
        if let Some(resource) = &items.resource {
            write_resource(&mut object, resource);
        }
        if let Some(scope) = &scope.scope {
            write_scope(&mut object, scope);
        }
        object.some_text("resource_schema_url", &items.schema_url);
        Self {
            resource,
            // The braces are those of the object that it becomes part of.
            tail: tail.get(1..).unwrap_or_default().to_vec(),
            schema_url: &scope.schema_url,
        }
    }
}

fn write_resource(object: &mut Object<'_>, resource: &Resource) {
    if resource.dropped_attributes_count > 0 {
        let count = u64::from(resource.dropped_attributes_count);
        object.some_number("resource_dropped_attributes_count", count);
    }
    object.some_attributes("resource", &resource.attributes);
}

fn write_scope(object: &mut Object<'_>, scope: &Scope) {
    if *scope == Scope::default() {
        return;
    }
    let mut inner = Object::open(object.key("scope"));
    inner.some_text("name", &scope.name);
    inner.some_text("version", &scope.version);
    inner.some_attributes("attributes", &scope.attributes);
    inner.some_number("dropped_attributes_count", scope.dropped_attributes_count.into());
    inner.close();
}
