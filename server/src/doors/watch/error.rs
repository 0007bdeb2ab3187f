//! WatchLLM's errors: FastAPI's, with an object as the detail. Source: contracts 4.1.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::doors::fastapi;
use crate::doors::gate::Refusal;

/// `{"detail": {"error": "…"}}`.
#[derive(Serialize, ToSchema)]
pub(in crate::doors) struct WatchFault {
    detail: WatchDetail,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
pub(in crate::doors) struct WatchDetail {
    /// In its words.
    error: String,
    /// In ours, where they say more.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// Where to read on.
    #[serde(skip_serializing_if = "Option::is_none")]
    docs: Option<&'static str>,
}

impl WatchDetail {
    /// With nothing but one sentence.
    pub(in crate::doors) fn new(error: impl Into<String>) -> Self {
        Self {
            error: error.into(),
            message: None,
            docs: None,
        }
    }
}

/// An answer with a detail.
pub(super) fn answer(status: StatusCode, detail: WatchDetail) -> Response {
    (status, Json(WatchFault { detail })).into_response()
}

/// A whole request refused.
pub(in crate::doors) fn of(refusal: &Refusal) -> Response {
    let (status, error) = match refusal {
        Refusal::Invalid(errors) => return fastapi::unprocessable(errors),
        Refusal::KeyMissing => (refusal.status(), "Missing API key"),
        Refusal::KeyWrong => (refusal.status(), "Invalid API key"),
        Refusal::TooManyEvents(_) => (StatusCode::BAD_REQUEST, "Too many events"),
        Refusal::Limited(_) => (refusal.status(), "Rate limit exceeded"),
        Refusal::Quota(_) => (refusal.status(), "Monthly event limit exceeded for your tier."),
        Refusal::Busy | Refusal::Unavailable(_) => (refusal.status(), "Queue unavailable"),
        _ => return answer(refusal.status(), WatchDetail::new(refusal.sentence())),
    };
    let docs = matches!(refusal, Refusal::KeyMissing | Refusal::KeyWrong).then_some("/api/openapi.json");
    let detail = WatchDetail {
        error: error.to_owned(),
        message: Some(refusal.sentence()),
        docs,
    };
    answer(status, detail)
}

/// Whether the key that a request carries is one of WatchLLM's own: its
/// clients, pointed here, and not given a key of ours yet.
pub(in crate::doors) fn has_foreign_key(headers: &HeaderMap) -> bool {
    let key = headers.get("x-api-key").and_then(|value| value.to_str().ok());
    key.is_some_and(|key| key.starts_with("sk_live_") || key.starts_with("sk_test_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_theirs_is_told_by_its_beginning() {
        let of = |key: &str| {
            has_foreign_key(
                &[(axum::http::HeaderName::from_static("x-api-key"), key.parse().unwrap())]
                    .into_iter()
                    .collect(),
            )
        };
        assert!(of("sk_test_demo1234567890abcdefghijklmno") && of("sk_live_x"));
        assert!(!of("proj_1_x") && !of("sk_other") && !has_foreign_key(&HeaderMap::new()));
    }
}
