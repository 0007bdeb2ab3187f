//! The errors that FastAPI makes, which two of the older systems answer with.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use eventglass_model::{FieldError, Loc};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// The shape of an error of [`unprocessable`].
#[derive(ToSchema)]
#[schema(as = FastApiInvalid)]
#[expect(dead_code, reason = "it is described, never made")]
pub(super) struct Unprocessable {
    detail: Vec<Fault>,
}

#[derive(ToSchema)]
#[schema(as = FastApiFault)]
#[expect(dead_code, reason = "it is described, never made")]
struct Fault {
    /// Pydantic's word for it.
    #[schema(rename = "type")]
    kind: String,
    /// The way to the field.
    loc: Vec<Loc>,
    /// What is wrong.
    msg: String,
}

/// The shape of an error of [`detail`].
#[derive(ToSchema)]
#[schema(as = FastApiError)]
#[expect(dead_code, reason = "it is described, never made")]
pub(super) struct Detail {
    detail: String,
}

/// The shape of a request is wrong: 422, `{"detail": [{"type", "loc", "msg"}]}`.
/// Source: FastAPI's `RequestValidationError`.
pub(super) fn unprocessable(errors: &[FieldError]) -> Response {
    let detail: Vec<Value> = errors
        .iter()
        .map(|error| json!({ "type": kind(&error.msg), "loc": error.loc, "msg": error.msg }))
        .collect();
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "detail": detail }))).into_response()
}

/// Everything else: `{"detail": "…"}`. Source: FastAPI's `HTTPException`.
pub(super) fn detail(status: StatusCode, detail: &str) -> Response {
    (status, Json(json!({ "detail": detail }))).into_response()
}

/// Pydantic's word for a fault, by our sentence for it.
fn kind(msg: &str) -> &'static str {
    const KINDS: &[(&str, &str)] = &[
        ("field required", "missing"),
        ("is not JSON", "json_invalid"),
        ("List should have at most", "too_long"),
        ("List should have at least", "too_short"),
        ("must be an array", "list_type"),
        ("must be an object", "dict_type"),
        ("must be a string", "string_type"),
    ];
    KINDS
        .iter()
        .find(|(beginning, _)| msg.starts_with(beginning))
        .map_or("value_error", |(_, kind)| kind)
}
