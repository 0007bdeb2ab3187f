//! What all items of a scope share, worked out once.

use super::out::Object;
use super::slots::Slots;
use crate::doors::otlp::wire::{ResourceItems, Scope, ScopeItems};

/// A scope in its resource.
pub struct Shared<'a> {
    /// The resource's attributes.
    pub resource: &'a Slots<'a>,
    /// `"resource":{...},"scope":{...}`, for the attributes of every item; or nothing.
    pub tail: Vec<u8>,
    /// The schema of the items' attributes.
    pub schema_url: &'a str,
    /// The schema of the resource's attributes.
    pub resource_schema_url: &'a str,
    /// How many attributes of the resource the client left out.
    pub resource_dropped: u32,
}

impl<'a> Shared<'a> {
    /// The attributes of a resource, to be looked up.
    pub fn resource(items: &'a ResourceItems) -> Slots<'a> {
        Slots::new(
            items.resource.as_ref().map_or(&[], |resource| &resource.attributes),
            None,
        )
    }

    /// See the type.
    pub fn new(items: &'a ResourceItems, resource: &'a Slots<'a>, scope: &'a ScopeItems) -> Self {
        let mut tail = Vec::with_capacity(512);
        let mut object = Object::open(&mut tail);
        if let Some(resource) = &items.resource {
            object.some_attributes("resource", &resource.attributes);
        }
        if let Some(scope) = &scope.scope {
            write_scope(&mut object, scope);
        }
        // Its brace is that of the object that it becomes part of.
        tail.remove(0);
        let resource_dropped = items
            .resource
            .as_ref()
            .map_or(0, |resource| resource.dropped_attributes_count);
        Self {
            resource,
            tail,
            schema_url: &scope.schema_url,
            resource_schema_url: &items.schema_url,
            resource_dropped,
        }
    }
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
