//! The whole document.

use serde_json::{Map, Value, json};
use utoipa::openapi::security::SecurityScheme;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, RefOr, SecurityRequirement, ServerBuilder};

use super::describe::operations;
use super::parts::{SESSION_SCHEMES, path_part, security_schemes};
use super::text::plain;

/// What the document says of itself.
const ABOUT: &str = "Everything that the pages do, and the doors that SDKs send to.

People (and their programs) come with a session: `POST /api/auth/login` answers its token. SDKs come with the key of a \
project. Errors outside the doors are `application/problem+json` with a `code` for programs, a `detail` for people, and \
of wrong fields `errors`; a door answers in its own dialect. Lists answer `items` and `next_cursor`, which goes back as \
`cursor`. Unknown parameters are refused by name, except in the doors. Times are RFC 3339 in UTC with microseconds, \
`*_ms` are milliseconds, `*_usd` US dollars.";

/// Headings, in order.
const TAGS: &[(&str, &str)] = &[
    ("Accounts", "Registering, logging in and out"),
    ("Projects", "Projects, their keys, settings and use"),
    (
        "Events",
        "Searching, counting and exporting events; views are searches kept by name",
    ),
    ("Metrics", "What events add up to, over time; services and dashboards"),
    ("Traces", "Trees of spans, sessions, users, and links to one trace"),
    ("Cost", "Prices of models, and what a month costs"),
    ("Ingest", "How ingest fares, and what it refused"),
    (
        "Native",
        "Sending events in Eventglass's own form, or in WatchLLM's envelope",
    ),
    ("OpenTelemetry", "OTLP over HTTP"),
    ("Langfuse", "What Langfuse's SDKs call"),
    ("PulseStream", "What PulseStream's clients call"),
    ("EvalForge", "What EvalForge's SDKs and tools call"),
    ("CartNudge", "What CartNudge's clients call"),
    (
        "WatchLLM",
        "What WatchLLM's dashboard reads; its SDKs send to the native routes",
    ),
    ("Operation", "Whether the server lives, and this document"),
];

/// Completes what the routes say with what they share.
pub(super) fn of(mut api: OpenApi) -> Value {
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0"));
    api.info = InfoBuilder::new()
        .title("Eventglass")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(license.build()))
        .build();
    api.servers = Some(vec![ServerBuilder::new().url("/").build()]);
    let tag = |(name, what): &(&str, &str)| TagBuilder::new().name(*name).description(Some(*what)).build();
    api.tags = Some(TAGS.iter().map(tag).collect());
    let session = |name: &&str| SecurityRequirement::new(*name, [""; 0]);
    api.security = Some(SESSION_SCHEMES.iter().map(session).collect());
    for (path, item) in &mut api.paths.paths {
        let placeholders: Vec<&str> = placeholders(path).collect();
        for (_, operation) in operations(item) {
            let parameters = operation.parameters.get_or_insert_default();
            parameters.splice(0..0, placeholders.iter().filter_map(|name| path_part(name)));
            for response in operation.responses.responses.values_mut() {
                if let RefOr::T(response) = response
                    && response.description.is_empty()
                {
                    "What was asked for".clone_into(&mut response.description);
                }
            }
        }
    }
    let components = api.components.get_or_insert_with(Components::new);
    let schemes = security_schemes();
    let schemes = schemes
        .into_iter()
        .map(|(name, scheme): (_, SecurityScheme)| (name.to_owned(), scheme.into()));
    components.security_schemes.extend(schemes);

    let mut document = serde_json::to_value(&api).unwrap_or_else(|error| {
        tracing::error!(%error, "the description of the API cannot be written");
        json!({})
    });
    rename_wildcards(&mut document);
    tidy(&mut document);
    open_parts(&mut document);
    document
}

/// `a` and `b` of `/x/{a}/{*b}`.
pub(super) fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|part| {
        let (name, _) = part.split_once('}')?;
        Some(name.trim_start_matches('*'))
    })
}

/// OpenAPI writes `{*b}`, which takes slashes, too, as `{b}`.
fn rename_wildcards(document: &mut Value) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    let renamed: Map<String, Value> = std::mem::take(paths)
        .into_iter()
        .map(|(path, item)| (path.replace("{*", "{"), item))
        .collect();
    *paths = renamed;
}

/// Comments become sentences, and parameters are never `null`.
fn tidy(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(tidy),
        Value::Object(map) => {
            for name in ["summary", "description"] {
                if let Some(Value::String(text)) = map.get_mut(name) {
                    *text = plain(text);
                }
            }
            // Of several forms of a thing, a value may have more than one.
            if let Some(forms) = map.remove("oneOf") {
                map.insert("anyOf".to_owned(), forms);
            }
            if map.contains_key("in")
                && let Some(schema) = map.get_mut("schema")
            {
                not_null(schema);
            }
            map.values_mut().for_each(tidy);
        }
        _ => {}
    }
}

/// What is a part of something greater cannot say that there is nothing else.
fn open_parts(document: &mut Value) {
    fn parts(value: &Value, names: &mut Vec<String>) {
        for part in value.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            names.extend(part.get("$ref").and_then(Value::as_str).map(str::to_owned));
        }
        match value {
            Value::Array(list) => list.iter().for_each(|value| parts(value, names)),
            Value::Object(map) => map.values().for_each(|value| parts(value, names)),
            _ => {}
        }
    }
    let mut names = Vec::new();
    parts(document, &mut names);
    for name in names {
        let part = document
            .pointer_mut(name.trim_start_matches('#'))
            .and_then(Value::as_object_mut);
        part.map(|part| part.remove("additionalProperties"));
    }
}

fn not_null(schema: &mut Value) {
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            if let Some(kind) = schema.get_mut("type") {
                *kind = only;
            }
        }
    }
}
