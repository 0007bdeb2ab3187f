//! In which form a skeleton is told: `form=packed` makes it short for the page.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use eventglass_model::{FieldError, PackedTrace, PackedTraceUpdate, Trace, TraceUpdate, loc};
use serde::Serialize;

use crate::http::error::ApiError;
use crate::http::extract::Pairs;

/// What the description of the API says of it.
pub(super) const FORM: &str = "`packed`: `packed` in place of `spans`, the same tree in less text";

/// The media type of what is packed. The descriptions of the routes name it, too.
const MEDIA: &str = "application/vnd.eventglass.packed+json";

/// What the caller asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `spans`: arrays of numbers.
    Arrays,
    /// `packed`: a text for each array.
    Packed,
}

/// An answer in one form or the other, each with a media type of its own.
pub(super) enum Told<A, P> {
    Arrays(A),
    Packed(P),
}

impl<A: Serialize, P: Serialize> IntoResponse for Told<A, P> {
    fn into_response(self) -> Response {
        match self {
            Self::Arrays(arrays) => Json(arrays).into_response(),
            Self::Packed(packed) => ([(header::CONTENT_TYPE, MEDIA)], Json(packed)).into_response(),
        }
    }
}

impl Form {
    /// Takes it out of the query.
    pub(super) fn take(pairs: &mut Pairs) -> Result<Self, ApiError> {
        match pairs.take("form").as_deref() {
            None | Some("arrays") => Ok(Self::Arrays),
            Some("packed") => Ok(Self::Packed),
            Some(_) => Err(ApiError::invalid(vec![FieldError::new(
                loc!["query", "form"],
                "must be arrays or packed",
            )])),
        }
    }

    /// Tells a trace.
    pub(super) async fn trace(self, trace: Trace) -> Result<Told<Trace, PackedTrace>, ApiError> {
        if self == Self::Arrays {
            return Ok(Told::Arrays(trace));
        }
        let packed = tokio::task::spawn_blocking(|| PackedTrace::from(trace)).await;
        packed.map(Told::Packed).map_err(ApiError::internal)
    }

    /// Tells what was added to a trace.
    pub(super) async fn update(self, update: TraceUpdate) -> Result<Told<TraceUpdate, PackedTraceUpdate>, ApiError> {
        if self == Self::Arrays {
            return Ok(Told::Arrays(update));
        }
        let packed = tokio::task::spawn_blocking(|| PackedTraceUpdate {
            watermark: update.watermark,
            trace: update.trace.map(PackedTrace::from),
        });
        packed.await.map(Told::Packed).map_err(ApiError::internal)
    }
}
