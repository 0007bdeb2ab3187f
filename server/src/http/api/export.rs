//! `/api/v1/projects/{project}/export`: a whole search as a file.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use eventglass_engine::export::{Encoder, ExportError, ExportRead, Format};
use eventglass_model::{FieldError, loc};
use futures::stream;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use utoipa_axum::routes;

use super::events::read;
use crate::http::error::ApiError;
use crate::http::extract::{Member, Pairs};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::params::Search;
use crate::state::AppState;

/// How many events there will be, when that was quick to know.
const COUNT: HeaderName = HeaderName::from_static("x-export-events");
/// How long it may take to know.
const COUNTING: Duration = Duration::from_millis(500);

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default().routes(routes!(export))
}

/// A whole search as a file, however many events it has.
///
/// `format` is one of [`Format::NAMES`]; the rest is a search, without `limit` and `cursor`.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/export",
    operation_id = "export_events",
    params(Search, ("format" = Option<String>, Query, description = "`jsonl` (when absent), `csv` or `parquet`", example = "jsonl")),
    responses((
        status = 200,
        description = "The file, as it is read; `X-Export-Events` says how many events, where that was quick to know",
        content(
            (String = "application/x-ndjson"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.apache.parquet")
        )
    ))
)]
async fn export(State(state): State<AppState>, member: Member, mut pairs: Pairs) -> Result<Response, ApiError> {
    let name = pairs.take("format").unwrap_or_else(|| "jsonl".to_owned());
    let bad = |name: &str, msg: String| ApiError::invalid(vec![FieldError::new(loc!["query", name], msg)]);
    let format: Format = name.parse().map_err(|()| {
        bad(
            "format",
            format!("unknown format `{name}`; expected one of: {}", Format::NAMES),
        )
    })?;
    for name in ["limit", "cursor", "arrived_after"] {
        if pairs.take(name).is_some() {
            return Err(bad(name, "an export is of everything that matches".to_owned()));
        }
    }
    let search = read(pairs, &state)?;
    let permit = Arc::clone(&state.exports)
        .try_acquire_owned()
        .map_err(|_| ApiError::unavailable("too many exports are under way"))?;
    let reading = ExportRead::new(Arc::clone(&state.store), member.project_id(), &search).await?;
    let count = reading.count(COUNTING).await?;
    let encoder = Encoder::new(format).map_err(ApiError::internal)?;

    let file = format!(
        "attachment; filename=\"{}-{}.{}\"",
        member.project().slug,
        file_time(search.now),
        format.extension()
    );
    let mut response = Body::from_stream(pieces(reading, encoder, permit)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::try_from(file) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    if let Some(count) = count {
        headers.insert(COUNT, HeaderValue::from(count));
    }
    Ok(response)
}

/// Seconds as they may stand in a file's name.
fn file_time(time: eventglass_model::Timestamp) -> String {
    let text = time.to_string().replace(':', "");
    text.split('.').next().unwrap_or_default().to_owned()
}

/// The pieces of the file. The next one is read when the one before has left,
/// so that a slow reader costs no memory, and one that has gone ends it.
fn pieces(
    reading: ExportRead,
    encoder: Encoder,
    permit: OwnedSemaphorePermit,
) -> impl stream::Stream<Item = Result<Bytes, ExportError>> + Send + 'static {
    stream::try_unfold(Some((reading, encoder, permit)), |state| async {
        let Some((mut reading, mut encoder, permit)) = state else {
            return Ok::<_, ExportError>(None);
        };
        loop {
            let Some(events) = reading.next().await.inspect_err(log)? else {
                let last = encoder.finish().inspect_err(log)?;
                return Ok(Some((Bytes::from(last), None)));
            };
            // Compressing a group of rows takes a while.
            let encoding = tokio::task::spawn_blocking(move || {
                let piece = encoder.add(events);
                (encoder, piece)
            });
            let piece;
            (encoder, piece) = encoding.await.map_err(std::io::Error::other)?;
            let piece = piece.inspect_err(log)?;
            if !piece.is_empty() {
                return Ok(Some((Bytes::from(piece), Some((reading, encoder, permit)))));
            }
        }
    })
}

/// The status is sent already: the body breaks off, and the log says why.
fn log(error: &impl std::fmt::Display) {
    tracing::error!(%error, "an export broke off");
}
