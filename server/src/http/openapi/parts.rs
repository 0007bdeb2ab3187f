//! The parts of the document that many routes share.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{RefOr, Required};

use crate::http::extract::SESSION_COOKIE;

/// The type of the bodies of errors outside the doors.
pub(crate) const PROBLEM: &[&str] = &["application/problem+json"];
/// How a session is shown.
pub(super) const SESSION_SCHEMES: &[&str] = &["session_token", "session_cookie"];
/// How an API key is shown.
pub(super) const KEY_SCHEMES: &[&str] = &["api_key", "api_key_bearer", "api_key_basic"];

/// The parts of paths: name, whether it is a number, what it is.
const PATH_PARTS: &[(&str, bool, &str)] = &[
    ("project", false, "Id or slug of the project"),
    (
        "event",
        false,
        "The server's id of the event, or the client's `event_id`",
    ),
    ("event_id", false, "The client's id of the event, or the server's"),
    ("key", true, "Id of the key"),
    ("view", true, "Id of the view"),
    ("dashboard", false, "Id of the dashboard"),
    ("item", true, "Id of the refused item"),
    ("model", false, "Name of the model; slashes in it stay as they are"),
    ("trace", false, "The client's id of the trace"),
    ("trace_id", false, "The client's id of the trace"),
    ("span", false, "What the trace calls the span: an entry of `spans.id`"),
    ("share", false, "Id of the link"),
    ("token", false, "The secret of the link"),
    ("session", false, "Id of the session, as the events name it"),
    ("user", false, "Id of the user, as the events name it"),
    ("media", false, "Id of the file"),
    ("name", false, "Name of the prompt; slashes in it stay as they are"),
];

/// The parameter that a placeholder of a path is; none for one that is not known.
pub(super) fn path_part(name: &str) -> Option<RefOr<Parameter>> {
    let (name, number, what) = PATH_PARTS.iter().find(|(known, ..)| *known == name)?;
    let kind = if *number { Type::Integer } else { Type::String };
    let parameter = ParameterBuilder::new()
        .name(*name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(*what))
        .schema(Some(ObjectBuilder::new().schema_type(SchemaType::Type(kind)).build()))
        .build();
    Some(parameter.into())
}

/// What an error's status means where a handler does not say more.
pub(super) const fn status_text(status: u16) -> &'static str {
    match status {
        400 => "The body is not JSON, or does not decompress",
        401 => "No session or key was sent, or it is not valid",
        403 => "You may not do that: your role in the project is too low, or a cookie came from another site",
        404 => "There is no such thing, or it is not yours to see",
        408 => "The body came too slowly",
        413 => "The body is too large",
        415 => "The body is of a type, or compressed in a way, that is not read here",
        422 => "Parameters or fields are wrong or unknown; the answer names each",
        429 => "Too many: in a second, a minute or a month",
        500 => "The server failed; its log says why",
        _ => "The server, or its database, is too busy or away; try again",
    }
}

/// How callers show who they are.
pub(super) fn security_schemes() -> Vec<(&'static str, SecurityScheme)> {
    let bearer = |format: &str, description: &str| {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format(format);
        SecurityScheme::Http(scheme.description(Some(description)).build())
    };
    vec![
        ("session_token", bearer("opaque", "The `token` that logging in answers")),
        (
            "session_cookie",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
                SESSION_COOKIE,
                "The same token, as browsers have it. Requests that change something must come from this server's own \
                 pages",
            ))),
        ),
        (
            "api_key",
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
                "X-API-Key",
                "A key of a project, `proj_{project_id}_{secret}`. `api-key`, `api_key` and `x-honeycomb-team` are read, too, \
                 and so is the key alone in `Authorization`",
            ))),
        ),
        (
            "api_key_bearer",
            bearer("proj_{project_id}_{secret}", "The same key as a Bearer token"),
        ),
        (
            "api_key_basic",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Basic)
                    .description(Some("The same key as the password; the name does not matter"))
                    .build(),
            ),
        ),
        (
            "metrics_token",
            bearer("opaque", "`metrics_token` of the settings, where it is set"),
        ),
    ]
}
