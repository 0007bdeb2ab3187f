//! How the API's document describes what is written by hand here: the types
//! whose JSON is not that of their fields.

use std::borrow::Cow;

use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, schema::SchemaType};
use utoipa::{PartialSchema, ToSchema};

use crate::{Dimension, Interval, Loc, MetricField, MetricGroup};

/// A text, with a pattern that it matches and what it means.
fn text(description: &str, pattern: &str, example: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some(description))
        .pattern(Some(pattern))
        .examples([example])
        .into()
}

/// One of some words.
pub(crate) fn one_of(description: &str, words: &[&'static str]) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some(description))
        .enum_values(Some(words.iter().copied()))
        .into()
}

impl PartialSchema for Interval {
    fn schema() -> RefOr<Schema> {
        text(
            "How far apart points are: `auto`, `none`, or a time such as 1m, 15m, 1h, 1d or 1w.",
            "^(auto|none|[0-9]+[smhdw])?$",
            "5m",
        )
    }
}

impl ToSchema for Interval {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Interval")
    }
}

impl PartialSchema for MetricField {
    fn schema() -> RefOr<Schema> {
        text(
            "The number of an event that percentiles, means and sums are of: `duration_ms`, `cost_usd`, `tokens`, or \
             a path among the attributes.",
            "^(duration|duration_ms|latency|cost|cost_usd|tokens|attributes\\..+)?$",
            "attributes.cart.total",
        )
    }
}

impl ToSchema for MetricField {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("MetricField")
    }
}

impl PartialSchema for MetricGroup {
    fn schema() -> RefOr<Schema> {
        let fields: Vec<&str> = Dimension::ALL.iter().map(|dimension| dimension.as_str()).collect();
        text(
            "What series are grouped by: a field, or a path among the attributes.",
            &format!("^({}|attributes\\..+)$", fields.join("|")),
            "service",
        )
    }
}

impl ToSchema for MetricGroup {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("MetricGroup")
    }
}

impl PartialSchema for Loc {
    fn schema() -> RefOr<Schema> {
        let of = |kind| ObjectBuilder::new().schema_type(SchemaType::Type(kind));
        AnyOfBuilder::new()
            .description(Some("One step on the way to a field: a key, or a place in a list."))
            .item(of(Type::String))
            .item(of(Type::Integer))
            .into()
    }
}

impl ToSchema for Loc {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Loc")
    }
}
